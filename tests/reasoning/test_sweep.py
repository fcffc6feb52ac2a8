"""The whole space against brute force: who meets the constraints, who survives, what rules out whom, and who is minimal."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mechkg.errors import TooLargeError
from mechkg.model.hypothesis import Constraint
from mechkg.reasoning import sweep as module
from mechkg.reasoning.outcomes import Outcomes, Setting
from mechkg.reasoning.sweep import Choice, Sweep, choices_of, pattern, sweep
from tests.reasoning.interpreter import interpret, shipped_rules
from tests.reasoning.random_spaces import random_facts, random_program
from tests.reasoning.small_spaces import (
    PlainRule,
    SmallSpace,
    assumed,
    claimed,
    conflict,
    constraints_on,
    counted,
    faster,
    on,
    small_spaces,
    subsets,
)
from tests.reasoning.spaces_of_facts import program_of, space_of

FIRST = ("s0", "s1")
PLAIN = SmallSpace((PlainRule(conflict("o0"), (counted("o0"),), (on("s0"), on("s1"))),))


def brute_force(space: SmallSpace, without: frozenset[str], ignoring: frozenset[str]) -> dict[frozenset[str], dict[str, bool]]:
    """Return, for each candidate that meets the constraints, whether it survives and which observations always hit it."""
    found = {}
    for setting in space.settings(without, ignoring):
        if space.meets(setting.steps, setting.postulates, without):
            hits = [space.hit(setting, orders) for orders in subsets(space.orders)]
            always = frozenset.intersection(*hits)
            found[setting.steps | setting.postulates] = {"survives": not all(hits), **dict.fromkeys(always, True)}
    return found


def against(space: SmallSpace, found: Sweep, without: frozenset[str], ignoring: frozenset[str]) -> None:
    """Hold a sweep against brute force."""
    expected = brute_force(space, without, ignoring)
    at = {place: frozenset(found.members(place)) for place in range(1 << len(found.choices))}
    assert Counter(at[p] for p in found.places(found.valid)) == Counter(expected.keys())
    assert {at[p] for p in found.places(found.survivors)} == {c for c, about in expected.items() if about["survives"]}
    for observation in space.observations:
        hit = {at[p] for p in found.places(found.hits.get(observation, 0))}
        assert hit == {c for c, about in expected.items() if observation in about}
    assert all(found.hits.values()), "an observation that rules out nobody is left out"
    assert found.size == len(expected)
    survivors = {c for c, about in expected.items() if about["survives"]}
    assert {at[p] for p in found.places(found.minimal)} == {c for c in survivors if not any(d < c for d in survivors)}
    for name in {*space.steps, *space.claims} if survivors else ():
        share = sum(name in c for c in survivors)
        word = "excluded" if not share else "required" if share == len(survivors) else "possible"
        assert found.standing[name] == word
    assert bool(found.standing) == bool(survivors)


@settings(max_examples=150, deadline=None)
@given(small_spaces(), st.data())
def test_a_sweep_is_what_brute_force_finds(space: SmallSpace, data: st.DataObject) -> None:
    without = frozenset(data.draw(st.sets(st.sampled_from(space.assumptions))))
    ignoring = frozenset(data.draw(st.sets(st.sampled_from(space.observations))))
    against(space, sweep(space.program, space.space, without, ignoring), without, ignoring)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_constraints_of_every_kind_leave_whom_they_do_not_break(data: st.DataObject) -> None:
    claims = ("c0", "c1")
    members = [*(("steps", s) for s in PLAIN.steps), *(("postulates", c) for c in claims)]
    limits = data.draw(constraints_on(members, PLAIN.assumptions, 3))
    space = replace(PLAIN, claims=claims, constraints=limits)
    for without in subsets(space.assumptions):
        against(space, sweep(space.program, space.space, without), without, frozenset())


def test_a_constraint_may_name_an_established_step_which_is_on() -> None:
    for kind, expected in (("one-of", 4), ("at-most-one", 4), ("at-least-one", 8), ("all-or-none", 4), ("requires", 4)):
        limit = Constraint(kind=kind, steps=("b", "s0"))
        space = replace(PLAIN, background=("b",), constraints=(limit,))
        found = sweep(space.program, space.space)
        assert found.size == expected, kind
        against(space, found, frozenset(), frozenset())


def test_what_goes_together_is_one_choice() -> None:
    limits = (
        Constraint(kind="all-or-none", steps=("s0", "s1")),
        Constraint(kind="analogy", steps=("s1",), postulates=("c0",), assumption="a0"),
        Constraint(kind="at-most-one", steps=("s1", "s2")),
    )
    space = replace(PLAIN, claims=("c0", "c1"), constraints=limits).space
    choices, rest = choices_of(space)
    assert choices == [Choice(("s0", "s1"), ("c0",)), Choice(("s2",)), Choice((), ("c1",))]
    assert rest == [limits[2]]
    choices, rest = choices_of(space, ["a0"])
    assert choices == [Choice(("s0", "s1")), Choice(("s2",)), Choice((), ("c0",)), Choice((), ("c1",))]


def test_places_and_members_are_inverse() -> None:
    space = replace(PLAIN, claims=("c0",), constraints=(Constraint(kind="all-or-none", steps=("s0", "s2")),))
    found = sweep(space.program, space.space)
    assert len(found.choices) == 3
    for place in range(8):
        members = set(found.members(place))
        assert found.place(members & set(space.steps), members & set(space.claims)) == place
    assert found.place(["s0"], []) == 0, "half of what goes together is not on"
    assert found.places(found.valid, 3) == [0, 1, 2]
    assert found.valid_room == 255


@pytest.mark.parametrize("width", [1, 3, 7])
def test_a_pattern_is_one_bit_of_each_place(width: int) -> None:
    for bit in range(width):
        assert pattern(bit, width) == sum(1 << place for place in range(1 << width) if place >> bit & 1)


# --- rows of words -----------------------------------------------------------------------------------------------------------

WIDE = SmallSpace((), tuple(f"s{n}" for n in range(7)), claims=("c0", "c1"), orders=(("s0", "s1"), ("s2", "s3")))


@st.composite
def wide_spaces(draw: st.DrawFn) -> SmallSpace:
    """Spaces with nine choices and two orders, which are gone through in blocks when told to."""
    inputs = [*map(on, WIDE.steps), *map(claimed, WIDE.claims), *map(assumed, WIDE.assumptions), *map(faster, WIDE.orders)]
    atoms = st.lists(st.sampled_from(inputs), max_size=3, unique=True)
    rules = [
        PlainRule(conflict(o, s), (counted(o), *draw(atoms)), tuple(draw(atoms)))
        for o, s in product(WIDE.observations, "xy")
        if draw(st.booleans())
    ]
    members = [*(("steps", s) for s in WIDE.steps), *(("postulates", c) for c in WIDE.claims)]
    return replace(WIDE, rules=tuple(rules), constraints=draw(constraints_on(members, WIDE.assumptions, 2)))


@settings(max_examples=60, deadline=None)
@given(wide_spaces())
@example(replace(WIDE, rules=(PlainRule(conflict("o0"), (counted("o0"),)),)))
@example(replace(WIDE, rules=(PlainRule(conflict("o0"), (counted("o0"), faster(("s0", "s1"))), (faster(("s2", "s3")),)),)))
def test_one_row_and_blocks_come_to_the_same(space: SmallSpace) -> None:
    whole = sweep(space.program, space.space)
    assume(len(whole.choices) >= 6)  # a block has a word at least
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ONE_INTEGER", -1)
        for block in (6, 7, 8):
            patch.setattr(module, "_BLOCK", block)
            assert sweep(space.program, space.space) == whole


def test_progress_is_told_block_by_block() -> None:
    facts = random_program(0, 16)
    told: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", 13)
        found = sweep(program_of(facts), space_of(facts), progress=told.append)
    assert found.size == 2**16
    assert told == [n / 8 for n in range(1, 9)]


# --- the shipped rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_sweep_agrees_with_outcomes_and_with_the_interpreter(seed: int) -> None:
    facts = random_facts(seed, 4)
    program, space = program_of(facts), space_of(facts)
    found = sweep(program, space)
    outcomes = Outcomes(program)
    places = found.places(found.valid)
    places = random.Random(seed).sample(places, min(len(places), 48))
    on = [set(found.members(place)) for place in places]
    claims = [p.id for p in space.postulates]
    asked = [Setting(frozenset(m.intersection(space.optional)), frozenset(m.intersection(claims))) for m in on]
    for place, setting, outcome in zip(places, asked, outcomes.of(asked), strict=True):
        model = outcomes.model(setting, outcome.orders)
        chosen = [a for name in ("on", "postulated", "assumed", "counted", "faster") for a in model.named(name)]
        conflicts = {a for a in interpret(shipped_rules(), facts.atoms, chosen) if a.name == "conflict"}
        assert conflicts == set(outcome.conflicts)
        assert bool(found.survivors >> place & 1) == (not conflicts)
        # with rules by which an order only helps, what is hit in the best order is hit in every order
        assert all(found.hits[o] >> place & 1 for o in outcome.hit)


# --- limits ------------------------------------------------------------------------------------------------------------------


def test_a_space_too_large_is_refused_with_its_size() -> None:
    space = SmallSpace((), tuple(f"s{n}" for n in range(25)))
    with pytest.raises(TooLargeError, match="'small' has 25 free choices; up to 24 are gone through"):
        sweep(space.program, space.space)


def test_orders_that_help_and_harm_count_as_choices() -> None:
    rules = (
        PlainRule(conflict("o0"), (counted("o0"), faster(FIRST))),
        PlainRule(conflict("o1"), (counted("o1"),), (faster(FIRST),)),
    )
    space = SmallSpace(rules, tuple(f"s{n}" for n in range(24)), orders=(FIRST,))
    with pytest.raises(TooLargeError, match="24 free choices and 1 order choices that can help and harm"):
        sweep(space.program, space.space)
    # without the first observation the order only helps
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_in_blocks", lambda todo, bit_of, *rest: ({}, 0))
        assert sweep(space.program, space.space, ignored=["o0"]).size == 2**24


def test_a_space_that_nothing_rules_out_survives_as_a_whole() -> None:
    found = sweep(SmallSpace(()).program, SmallSpace(()).space)
    assert (found.size, found.survivors, found.hits) == (8, found.valid, {})
    assert set(found.standing.values()) == {"possible"}
    assert found.places(found.minimal) == [0]
