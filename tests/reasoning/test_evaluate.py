"""The evaluator: three kinds of rows come to the same; what is fixed beforehand changes nothing; supports and directions hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from dd.cudd import BDD
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.reasoning.evaluate import AWAY, TOWARDS, Plan, directions, evaluate, plan, supports
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.sweep import pattern
from tests.reasoning.small_spaces import PlainRule, SmallSpace, conflict, counted, derived, faster, on, small_spaces

MOST = 9
"""So many inputs are gone through in every setting."""


def wanted_of(program: GroundProgram) -> list[int]:
    return [n for name in ("conflict", "explained", "possible") for n in program.by_name.get(name, ())]


def some(program: GroundProgram) -> tuple[list[int], dict[int, bool]]:
    """Return up to ``MOST`` inputs to be left open, and the others fixed."""
    inputs = sorted(program.inputs)
    return inputs[:MOST], {n: n % 2 == 0 for n in inputs[MOST:]}


def by_integers(todo: Plan, bit_of: Mapping[int, int]) -> dict[int, int]:
    width = len(bit_of)
    every = (1 << (1 << width)) - 1
    return evaluate(todo, {n: pattern(bit_of[n], width) for n in todo.inputs}, 0, every)


@settings(max_examples=100, deadline=None)
@given(small_spaces())
def test_every_lane_is_what_the_plain_evaluator_finds(space: SmallSpace) -> None:
    program = space.program
    free, fixed = some(program)
    bit_of = {n: k for k, n in enumerate(free)}
    wanted = wanted_of(program)
    rows = by_integers(plan(program, wanted, fixed), bit_of)
    assert rows.keys() == set(wanted)
    base = {program.texts[n] for n, value in fixed.items() if value}
    for lane in range(0, 1 << len(free), 3):
        known = space.holding(base | {program.texts[n] for n, k in bit_of.items() if lane >> k & 1})
        assert {n for n in wanted if rows[n] >> lane & 1} == {n for n in wanted if program.texts[n] in known}


@settings(max_examples=60, deadline=None)
@given(small_spaces())
def test_integers_arrays_and_diagrams_come_to_the_same(space: SmallSpace) -> None:
    program = space.program
    free, fixed = some(program)
    bit_of = {n: k for k, n in enumerate(free)}
    todo = plan(program, wanted_of(program), fixed)
    rows = by_integers(todo, bit_of)

    lanes = 1 << len(free)
    none, every = np.zeros(max(1, lanes // 64), np.uint64), np.full(max(1, lanes // 64), ~np.uint64(0))
    words = {n: pattern(bit_of[n], max(6, len(free))).to_bytes(max(8, lanes // 8), "little") for n in todo.inputs}
    arrays = evaluate(todo, {n: np.frombuffer(words[n], np.uint64) for n in todo.inputs}, none, every, same=np.array_equal)
    for n, row in rows.items():
        assert int.from_bytes(arrays[n].tobytes(), "little") & ((1 << lanes) - 1) == row

    diagram = BDD()
    diagram.declare(*(f"x{k}" for k in bit_of.values()))
    nodes = evaluate(todo, {n: diagram.var(f"x{bit_of[n]}") for n in todo.inputs}, diagram.false, diagram.true)
    for n, row in rows.items():
        assert diagram.count(nodes[n], nvars=len(free)) == row.bit_count()
        for lane in range(0, lanes, 37):
            at = diagram.let({f"x{k}": bool(lane >> k & 1) for k in bit_of.values()}, nodes[n])
            assert (at == diagram.true) == bool(row >> lane & 1)


@settings(max_examples=100, deadline=None)
@given(small_spaces(), st.data())
def test_a_plan_with_something_fixed_agrees_with_the_whole(space: SmallSpace, data: st.DataObject) -> None:
    program = space.program
    free, fixed = some(program)
    bit_of = {n: k for k, n in enumerate(free)}
    wanted = wanted_of(program)
    whole = by_integers(plan(program, wanted, fixed), bit_of)
    more = {n: data.draw(st.booleans()) for n in free if data.draw(st.booleans())}
    todo = plan(program, wanted, fixed | more)
    assert not more.keys() & set(todo.inputs)
    part = by_integers(todo, bit_of)
    lanes = [lane for lane in range(1 << len(free)) if all(lane >> bit_of[n] & 1 == value for n, value in more.items())]
    for n in wanted:
        assert [part[n] >> lane & 1 for lane in lanes] == [whole[n] >> lane & 1 for lane in lanes]


def test_a_plan_holds_only_what_is_needed() -> None:
    space = SmallSpace(
        (
            PlainRule(derived(0, 0), (on("s0"),)),
            PlainRule(derived(0, 1), (on("s1"),)),
            PlainRule(conflict("o0"), (counted("o0"), derived(0, 0)), (on("s2"),)),
        )
    )
    program = space.program
    wanted = program.by_name["conflict"]
    index = program.index
    todo = plan(program, wanted, {index[counted("o0")]: True})
    assert {program.texts[n] for n in todo.inputs} == {on("s0"), on("s2")}
    assert index[derived(0, 1)] not in {atom for group in todo.groups for atom, _ in group.bodies}
    settled = plan(program, wanted, {index[counted("o0")]: True, index[on("s0")]: True, index[on("s2")]: False})
    assert (settled.inputs, settled.groups) == ((), ())
    assert set(wanted) <= settled.true
    assert evaluate(settled, {}, 0, 15) == {wanted[0]: 15}
    never = plan(program, wanted, {index[counted("o0")]: False})
    assert evaluate(never, {}, 0, 15) == {wanted[0]: 0}
    assert todo.literals > never.literals == 0


def test_rows_that_are_known_are_not_worked_out_again() -> None:
    space = SmallSpace((PlainRule(derived(0, 0), (on("s0"),)), PlainRule(conflict("o0"), (counted("o0"), derived(0, 0)))))
    program = space.program
    [wanted] = program.by_name["conflict"]
    todo = plan(program, [wanted], {program.index[counted("o0")]: True})
    known = {program.index[derived(0, 0)]: 0b0110}
    inputs = {program.index[on("s0")]: 0b1100}
    assert evaluate(todo, inputs, 0, 15) == {wanted: 0b1100}
    assert evaluate(todo, inputs, 0, 15, known=known) == {wanted: 0b0110}


def test_the_work_can_be_broken_off() -> None:
    space = SmallSpace((PlainRule(derived(0, 0), (on("s0"),)), PlainRule(conflict("o0"), (counted("o0"), derived(0, 0)))))
    program = space.program

    def tick() -> None:
        raise TimeoutError

    todo = plan(program, program.by_name["conflict"], {})
    with pytest.raises(TimeoutError):
        evaluate(todo, dict.fromkeys(todo.inputs, 3), 0, 15, tick=tick)


@settings(max_examples=100, deadline=None)
@given(small_spaces())
def test_nothing_hangs_on_an_input_outside_its_support(space: SmallSpace) -> None:
    program = space.program
    free, fixed = some(program)
    bit_of = {n: k for k, n in enumerate(free)}
    todo = plan(program, wanted_of(program), fixed)
    rows, found = by_integers(todo, bit_of), supports(todo)
    for n in todo.wanted:
        for other in set(free) - found.get(n, frozenset()):
            on_row = pattern(bit_of[other], len(free))
            shift = 1 << bit_of[other]
            assert (rows[n] & on_row) >> shift == rows[n] & ~on_row


@settings(max_examples=150, deadline=None)
@given(small_spaces())
def test_an_input_moves_what_is_wanted_no_other_way_than_it_says(space: SmallSpace) -> None:
    program = space.program
    free, fixed = some(program)
    bit_of = {n: k for k, n in enumerate(free)}
    todo = plan(program, program.by_name.get("conflict", ()), fixed)
    rows = by_integers(todo, bit_of)
    for n, ways in directions(todo).items():
        on_row, shift = pattern(bit_of[n], len(free)), 1 << bit_of[n]
        for row in rows.values():
            with_it, without = (row & on_row) >> shift, row & ~on_row
            if 1 not in ways:
                assert with_it & ~without == 0
            if -1 not in ways:
                assert without & ~with_it == 0


def test_directions_tell_help_from_harm() -> None:
    order = ("s0", "s1")
    space = SmallSpace(
        (
            PlainRule(derived(0, 0), (on("s0"),), (faster(order),)),
            PlainRule(derived(1, 0), (), (derived(0, 0),)),
            PlainRule(conflict("o0"), (counted("o0"), on("s1")), (derived(1, 0),)),
        ),
        orders=(order,),
    )
    program = space.program
    found = directions(plan(program, program.by_name["conflict"], {}))
    index = program.index
    assert found[index[faster(order)]] == AWAY
    assert found[index[on("s0")]] == found[index[counted("o0")]] == TOWARDS
