"""Blocks of candidates against the sweep of the whole space, and against a decision diagram where that would be too large."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mechkg.errors import TooLargeError
from mechkg.model.hypothesis import Constraint
from mechkg.reasoning import blocks as module
from mechkg.reasoning.blocks import Blocks, Counts
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.sweep import Sweep, sweep
from mechkg.service.workspace import Workspace
from tests.reasoning.random_spaces import random_facts, random_program
from tests.reasoning.small_spaces import PlainRule, SmallSpace, conflict, counted, faster, on, small_spaces
from tests.reasoning.spaces_of_facts import problem_of, program_of, space_of
from tests.reasoning.test_sweep import WIDE, wide_spaces

EVERY_SURVIVOR = 1 << 12


def counts_of(found: Sweep) -> Counts:
    """Return the counts that a sweep of the whole space comes to."""
    on = tuple((found.survivors & found.pattern(k)).bit_count() for k in range(len(found.choices)))
    hits = {name: row.bit_count() for name, row in found.hits.items()}
    return Counts(found.size, found.survivors.bit_count(), on, hits)


def gone_through(blocks: Blocks, most: int = EVERY_SURVIVOR) -> tuple[Counts, list[int]]:
    """Return what all blocks come to, and the survivors that they list."""
    found = [blocks.block(number, most) for number in range(blocks.number)]
    return reduce(add, (block.counts for block in found)), [place for block in found for place in block.first_survivors]


def hold_against_sweep(space: SmallSpace, bits: int, row: int, without: frozenset[str], ignoring: frozenset[str]) -> None:
    whole = sweep(space.program, space.space, without, ignoring)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROW", row)
        blocks = Blocks(space.program, space.space, bits, without, ignoring)
    assert blocks.choices == whole.choices
    assert blocks.number == 1 << max(0, len(whole.choices) - bits)
    counts, places = gone_through(blocks)
    assert counts == counts_of(whole)
    assert places == whole.places(whole.survivors)


@settings(max_examples=150, deadline=None)
@given(small_spaces(), st.integers(0, 7), st.integers(0, 9), st.data())
def test_any_cutting_comes_to_what_the_sweep_does(space: SmallSpace, bits: int, row: int, data: st.DataObject) -> None:
    without = frozenset(data.draw(st.sets(st.sampled_from(space.assumptions))))
    ignoring = frozenset(data.draw(st.sets(st.sampled_from(space.observations))))
    hold_against_sweep(space, bits, row, without, ignoring)


@settings(max_examples=80, deadline=None)
@given(wide_spaces(), st.integers(0, 10), st.integers(0, 12))
@example(replace(WIDE, rules=(PlainRule(conflict("o0"), (counted("o0"),)),)), 7, 6)
@example(replace(WIDE, rules=(PlainRule(conflict("o0"), (counted("o0"), faster(WIDE.orders[0])), (on("s0"),)),)), 3, 1)
def test_rows_of_several_words_too(space: SmallSpace, bits: int, row: int) -> None:
    hold_against_sweep(space, bits, row, frozenset(), frozenset())


def test_orders_that_help_and_harm_are_tried_both_ways() -> None:
    one, other = WIDE.orders
    rules = (
        PlainRule(conflict("o0"), (counted("o0"), faster(one), on("s0")), (faster(other),)),
        PlainRule(conflict("o1"), (counted("o1"), on("s1")), (faster(one),)),
        PlainRule(conflict("o1"), (counted("o1"), faster(other), on("s2"))),
    )
    space = replace(WIDE, rules=rules)
    for bits, row in ((9, 12), (9, 9), (9, 10), (6, 2), (6, 8), (0, 0), (2, 3)):
        hold_against_sweep(space, bits, row, frozenset(), frozenset())


@pytest.mark.parametrize("seed", range(6))
def test_under_the_shipped_rules(seed: int) -> None:
    facts = random_facts(seed, 8)
    problem = problem_of(facts)
    for without in ((), problem.space.assumptions[:2]):
        whole = sweep(problem.program, problem.space, without)
        blocks = Blocks(problem.program, problem.space, 3, without)
        assert gone_through(blocks) == (counts_of(whole), whole.places(whole.survivors))


def test_shipped_spaces(shipped: Workspace) -> None:
    gone = 0
    for entry in shipped.catalog.by_kind["space"][:10]:
        problem = shipped.problem(entry.id)
        try:
            whole = sweep(problem.program, problem.space)
        except TooLargeError:
            continue
        counts, _ = gone_through(Blocks(problem.program, problem.space, max(0, len(whole.choices) - 2)), most=0)
        assert counts == counts_of(whole), entry.id
        gone += 1
    assert gone >= 3


def test_twenty_choices_in_rows_and_blocks_of_usual_size() -> None:
    facts = random_program(1, 20)
    program, space = program_of(facts), space_of(facts)
    whole = sweep(program, space)
    counts, places = gone_through(Blocks(program, space, 18), most=50)
    assert counts == counts_of(whole)
    assert whole.survivors
    assert places[:50] == whole.places(whole.survivors, 50)


@pytest.mark.parametrize("limits", [0, 2])
def test_more_than_a_sweep_goes_through_agrees_with_a_decision_diagram(limits: int) -> None:
    facts = random_program(0, 30)
    steps = space_of(facts).optional
    constraints = (Constraint(kind="requires", steps=steps[2:5]), Constraint(kind="at-most-one", steps=steps[-3:]))[:limits]
    problem = problem_of(facts, constraints)
    counted = count_survivors(problem)
    counts, _ = gone_through(Blocks(problem.program, problem.space, 28), most=0)
    assert counted.exact
    assert (counts.candidates, counts.survivors) == (counted.candidates, counted.survivors)
    assert counts.survivors
    choices = Blocks(problem.program, problem.space, 28).choices
    for choice, there in zip(choices, counts.on, strict=True):
        word = "excluded" if not there else "required" if there == counts.survivors else "possible"
        assert {counted.standing[member] for member in choice.members} == {word}


def test_the_first_survivors_are_listed() -> None:
    space = SmallSpace((PlainRule(conflict("o0"), (counted("o0"), on("s0"))),), ("s0", "s1", "s2"))
    blocks = Blocks(space.program, space.space, 2)
    assert [blocks.block(n, 9).first_survivors for n in (0, 1)] == [(0, 2), (4, 6)]
    assert blocks.block(1, 1).first_survivors == (4,)
    assert blocks.block(1).first_survivors == ()


def test_too_many_choices_or_orders_are_refused_with_their_number() -> None:
    wide = SmallSpace((), tuple(f"s{n}" for n in range(61)))
    with pytest.raises(TooLargeError, match="'small' has 61 free choices; up to 60 are gone through in blocks"):
        Blocks(wide.program, wide.space, 20)
    orders = tuple((f"s{n}", f"s{n + 1}") for n in range(11))
    rules = [
        PlainRule(
            conflict(f"o{way}"), (counted(f"o{way}"), faster(order)) if way else (counted("o0"),), () if way else (faster(order),)
        )
        for order in orders
        for way in (0, 1)
    ]
    many = SmallSpace(tuple(rules), tuple(f"s{n}" for n in range(12)), orders=orders)
    with pytest.raises(TooLargeError, match="11 order choices that can help and harm; up to 10 are tried"):
        Blocks(many.program, many.space, 20)
