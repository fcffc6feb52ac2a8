"""Counting where there are too many candidates to go through: the same numbers where both ways are open; limits say so."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mechkg.model.hypothesis import Constraint
from mechkg.reasoning import counting
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.report import of_sweep, whole_space
from mechkg.reasoning.sweep import Sweep, sweep
from tests.reasoning.random_spaces import random_facts, random_program
from tests.reasoning.small_spaces import PlainRule, SmallSpace, assumed, conflict, counted, faster, on, small_spaces
from tests.reasoning.spaces_of_facts import problem_of

NOTHING = SmallSpace((PlainRule(conflict("o0"), (counted("o0"),)),))
IDLE = SmallSpace(
    (PlainRule(conflict("o0"), (counted("o0"), on("s0"))),),
    constraints=(Constraint(kind="one-of", steps=("s0", "s1")),),
)
BOTH_WAYS = SmallSpace(
    (
        PlainRule(conflict("o0"), (counted("o0"), on("s0")), (faster(("s0", "s1")),)),
        PlainRule(conflict("o1"), (counted("o1"), on("s1"), faster(("s0", "s1")))),
    ),
    orders=(("s0", "s1"),),
)


def sets(swept: Sweep) -> set[frozenset[str]]:
    return {frozenset(swept.members(place)) for place in swept.places(swept.minimal)}


@settings(max_examples=120, deadline=None)
@given(small_spaces(), st.data())
@example(NOTHING, None)
@example(IDLE, None)
@example(BOTH_WAYS, None)
@example(replace(IDLE, background=("b",), constraints=(Constraint(kind="at-most-one", steps=("s0", "b")),)), None)
def test_a_diagram_counts_what_a_sweep_finds(space: SmallSpace, data: st.DataObject | None) -> None:
    without = data.draw(st.sets(st.sampled_from(space.assumptions))) if data else set()
    ignoring = data.draw(st.sets(st.sampled_from(space.observations))) if data else set()
    swept = sweep(space.program, space.space, without, ignoring)
    found = count_survivors(space.problem(), without, ignoring)
    assert (found.exact, found.method) == (True, "decision diagram")
    assert (found.choices, found.candidates) == (len(swept.choices), swept.size)
    assert found.survivors == swept.survivors.bit_count()
    assert found.standing == swept.standing
    listed = [frozenset(one) for one in found.minimal]
    assert set(listed) <= sets(swept) and len(set(listed)) == len(listed)
    if swept.survivors:
        assert set(listed) == sets(swept), "there are few enough to list all"
        assert found.complete_up_to == len(swept.choices)
    else:
        assert listed == []


@pytest.mark.parametrize("seed", range(4))
def test_so_it_does_on_the_generated_set(seed: int) -> None:
    problem = problem_of(random_program(seed, 12))
    swept = of_sweep(sweep(problem.program, problem.space))
    found = count_survivors(problem)
    assert (found.candidates, found.survivors, found.standing) == (swept.candidates, swept.survivors, swept.standing)
    assert {frozenset(m) for m in found.minimal} <= sets(sweep(problem.program, problem.space))


def test_a_space_too_large_to_go_through_is_counted() -> None:
    whole = whole_space(problem_of(random_program(1, 32)))
    assert (whole.choices, whole.candidates, whole.exact, whole.method) == (32, 2**32, True, "decision diagram")
    assert 0 < whole.survivors < 2**32
    assert whole_space(problem_of(random_facts(0, 4))).method == "every candidate"


# --- limits ------------------------------------------------------------------------------------------------------------------


def lower_bound(problem_seed: int = 2, **limits: float) -> None:
    problem = problem_of(random_program(problem_seed, 12))
    exact = sweep(problem.program, problem.space).survivors.bit_count()
    found = count_survivors(problem, **limits)  # type: ignore[arg-type]
    assert not found.exact
    assert found.method.startswith("survivors listed one by one; ")
    assert 0 <= found.survivors <= exact


def test_a_diagram_that_takes_too_long_is_given_up_and_said_so() -> None:
    lower_bound(seconds=0.0)
    found = count_survivors(problem_of(random_program(2, 12)), seconds=0.0)
    assert "took more than 0 s" in found.method


def test_a_diagram_that_grows_too_large_is_given_up_and_said_so() -> None:
    lower_bound(nodes=10)
    found = count_survivors(problem_of(random_program(2, 12)), nodes=10)
    assert "grew beyond 10 nodes" in found.method
    assert found.survivors > 0


def test_without_the_package_survivors_are_listed_and_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dd.cudd", None)
    lower_bound()
    found = count_survivors(problem_of(random_program(2, 12)))
    assert "no package for decision diagrams is installed" in found.method


@pytest.mark.parametrize("most", [7, 10_000])
def test_survivors_listed_one_by_one_are_counted_up_to_a_number(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setitem(sys.modules, "dd.cudd", None)
    monkeypatch.setattr(counting, "MOST_LISTED", most)
    problem = problem_of(random_program(2, 9))
    exact = sweep(problem.program, problem.space).survivors.bit_count()
    assert count_survivors(problem).survivors == min(most, exact)
    assert exact > 7


def test_no_more_minimal_survivors_are_listed_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tuple(f"s{n}" for n in range(4))
    # one of the four is needed, so that there are four minimal survivors
    rule = PlainRule(conflict("o0"), (counted("o0"), assumed("a0")), tuple(map(on, steps)))
    space = SmallSpace((rule,), steps)
    assert len(count_survivors(space.problem()).minimal) == 4
    monkeypatch.setattr(counting, "MOST_MINIMAL", 3)
    few = count_survivors(space.problem())
    assert (len(few.minimal), few.complete_up_to) == (3, 0)
    assert count_survivors(space.problem(), ["a0"]).minimal == ((),)
