"""Conflict sets and repairs against brute force: what clashes, what no part of it does, and that each meets the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mechkg.model.hypothesis import Candidate, Constraint
from mechkg.model.report import ConflictSet, ConflictSets
from mechkg.reasoning.conflict_sets import conflict_set_on, conflict_sets, first_conflict_set, setting_values
from mechkg.reasoning.outcomes import Setting
from mechkg.reasoning.problem import Problem
from tests.reasoning.random_spaces import random_facts
from tests.reasoning.small_spaces import (
    PlainRule,
    SmallSpace,
    assumed,
    claimed,
    conflict,
    counted,
    faster,
    minimal,
    on,
    small_spaces,
    subsets,
)
from tests.reasoning.spaces_of_facts import problem_of, random_candidates
from tests.reasoning.stated import Row, seen, stated

Partial = dict[str, bool]
"""Choices as atoms, with their values; the rest is free."""

FIRST = ("s0", "s1")
ALL = Candidate(id="all", title="all", steps=("s0", "s1", "s2"))

# the candidate of the textbook: one observation needs two assumptions, another speaks for itself
TWO = SmallSpace(
    (
        PlainRule(conflict("o0"), (counted("o0"), on("s0"), assumed("a0"))),
        PlainRule(conflict("o0"), (counted("o0"), on("s0"), assumed("a1"))),
        PlainRule(conflict("o1"), (counted("o1"), on("s1")), (on("s2"),)),
    )
)


class Oracle:
    """Goes through every setting of everything."""

    def __init__(self, space: SmallSpace) -> None:
        away = list(product(subsets(space.assumptions), subsets(space.observations)))
        self.free = [
            space.choices_made(setting)
            for without, ignoring in away
            for setting in space.settings(without, ignoring)
            if space.meets(setting.steps, setting.postulates, without) and space.free(setting)
        ]

    def clash(self, partial: Partial) -> bool:
        return not any(all((atom in true) == value for atom, value in partial.items()) for true in self.free)

    def repairs(self, fixed: Partial, soft: Iterable[str]) -> set[frozenset[str]]:
        """Return the smallest parts of ``soft`` without which the candidate stands."""
        held = list(soft)
        return minimal(part for part in subsets(held) if not self.clash({**fixed, **{a: a not in part for a in held}}))


def elements(found: ConflictSet) -> Partial:
    """Say in atoms what a conflict set holds together."""
    on_off: Partial = {on(s): True for s in found.steps} | {on(s): False for s in found.missing_steps}
    on_off |= {claimed(c): True for c in found.postulates} | {claimed(c): False for c in found.missing_postulates}
    return on_off | {assumed(a): True for a in found.assumptions} | {counted(o): True for o in found.observations}


def soft(found: ConflictSet) -> frozenset[str]:
    return frozenset((*map(assumed, found.assumptions), *map(counted, found.observations)))


def candidate_of(setting: Setting) -> Candidate:
    return Candidate(id="c", title="c", steps=tuple(sorted(setting.steps)), postulates=tuple(sorted(setting.postulates)))


def parts_of(space: SmallSpace, setting: Setting) -> tuple[Partial, Partial, Partial]:
    """Return the steps and claims of a setting, what is withdrawn or left out, and what is held."""
    steps = {on(s): s in setting.steps for s in space.steps} | {claimed(c): c in setting.postulates for c in space.claims}
    kept = {assumed(a): a not in setting.without for a in space.assumptions}
    kept |= {counted(o): o not in setting.ignoring for o in space.observations}
    return steps, {a: v for a, v in kept.items() if not v}, {a: v for a, v in kept.items() if v}


def check_against(space: SmallSpace, setting: Setting, found: ConflictSets) -> None:
    """Hold everything that a search says against brute force."""
    oracle = Oracle(space)
    steps, away, held = parts_of(space, setting)
    assert found.complete
    for one in found.sets:
        asked = elements(one)
        assert asked.items() <= {**steps, **held}.items(), "each element is so in the candidate"
        assert oracle.clash({**away, **asked}), f"{list(one)} can stand together"
        for atom in asked:
            rest = {other: value for other, value in asked.items() if other != atom}
            assert not oracle.clash({**away, **rest}), f"{list(one)} clashes without {atom}"
    expected = oracle.repairs({**steps, **away}, held)
    assert found.hopeless == (not expected)
    if expected == {frozenset()}:
        assert (found.sets, found.repairs) == ((), ())
        return
    repairs = [soft(repair) for repair in found.repairs]
    if not found.hopeless:
        assert set(repairs) == expected and len(repairs) == len(expected)
        assert [len(repair) for repair in repairs] == sorted(len(repair) for repair in repairs)
    sets = [soft(one) for one in found.sets]
    for repair, one in product(repairs, sets):
        assert repair & one, "every repair meets every conflict set"
    if not found.hopeless:
        assert minimal(part for part in subsets(held) if all(part & one for one in sets)) == set(repairs), "they are dual"


def asked_of(space: SmallSpace, data: st.DataObject) -> Setting:
    without = data.draw(st.sets(st.sampled_from(space.assumptions), max_size=1))
    ignoring = data.draw(st.sets(st.sampled_from(space.observations), max_size=1))
    return data.draw(st.sampled_from(space.settings(without, ignoring)))


@settings(max_examples=150, deadline=None)
@given(small_spaces(steps=2, claims=1, orders=1), st.data())
def test_conflict_sets_and_repairs_are_what_brute_force_finds(space: SmallSpace, data: st.DataObject) -> None:
    setting = asked_of(space, data)
    found = conflict_sets(space.problem(), candidate_of(setting), setting.without, setting.ignoring, budget=60)
    check_against(space, setting, found)


@settings(max_examples=40, deadline=None)
@given(small_spaces(steps=2, claims=0, assumptions=3, observations=3, orders=0, rules=20), st.data())
def test_with_more_to_give_up_they_are_so_too(space: SmallSpace, data: st.DataObject) -> None:
    setting = asked_of(space, data)
    assume(not space.free(setting))
    found = conflict_sets(space.problem(), candidate_of(setting), setting.without, setting.ignoring, budget=60)
    check_against(space, setting, found)


def test_the_sets_and_repairs_of_a_plain_case() -> None:
    found = conflict_sets(TWO.problem(), Candidate(id="c", title="c", steps=("s0", "s1")))
    assert {tuple(one) for one in found.sets} == {
        ("s0 runs", "assumed: a0", "observed: o0"),
        ("s0 runs", "assumed: a1", "observed: o0"),
        ("s1 runs", "s2 does not run", "observed: o1"),
    }
    assert [tuple(one) for one in found.repairs] == [
        ("observed: o0", "observed: o1"),
        ("assumed: a0", "assumed: a1", "observed: o1"),
    ]
    assert (found.candidate, found.complete, found.hopeless) == ("c", True, False)


def test_of_repairs_of_one_size_the_doubtful_assumption_goes_first() -> None:
    space = SmallSpace((PlainRule(conflict("o0"), (counted("o0"), *map(assumed, ("a0", "a1")))),), backing=("stated", "silent"))
    found = conflict_sets(space.problem(), ALL)
    assert [tuple(one) for one in found.repairs] == [("assumed: a1",), ("assumed: a0",), ("observed: o0",)]


def test_a_candidate_that_stands_has_neither() -> None:
    found = conflict_sets(TWO.problem(), Candidate(id="c", title="c"))
    assert (found.sets, found.repairs, found.complete, found.hopeless) == ((), (), True, False)
    assert first_conflict_set(TWO.problem(), Candidate(id="c", title="c")) is None


def test_where_the_steps_alone_contradict_nothing_helps() -> None:
    space = replace(TWO, constraints=(Constraint(kind="at-most-one", steps=("s1", "s2")),))
    found = conflict_sets(space.problem(), ALL)
    assert found.hopeless and found.complete
    assert ("s1 runs", "s2 runs") in {tuple(one) for one in found.sets}


def test_a_constraint_is_kept_also_by_what_bears_on_no_observation() -> None:
    """Its member s1 changes no verdict; it can be on all the same."""
    rule = PlainRule(conflict("o0"), (counted("o0"), on("s0")))
    limit = Constraint(kind="one-of", steps=("s0", "s1"))
    space = SmallSpace((rule,), constraints=(limit,))
    found = conflict_sets(space.problem(), Candidate(id="c", title="c", steps=("s0",)))
    assert [tuple(one) for one in found.sets] == [("s0 runs", "observed: o0")]
    assert [tuple(one) for one in found.repairs] == [("observed: o0",)]
    needs = replace(space, constraints=(Constraint(kind="requires", steps=("s0", "s1")),))
    assert not conflict_sets(needs.problem(), Candidate(id="c", title="c", steps=("s0", "s1"))).hopeless


def test_a_constraint_may_name_an_established_step() -> None:
    rule = PlainRule(conflict("o0"), (counted("o0"), on("s0")))
    for kind in ("at-least-one", "all-or-none", "requires"):
        space = SmallSpace((rule,), background=("b",), constraints=(Constraint(kind=kind, steps=("s0", "b")),))
        found = conflict_sets(space.problem(), Candidate(id="c", title="c", steps=("s0",)))
        check_against(space, Setting(frozenset({"s0"})), found)


# --- what is not finished ----------------------------------------------------------------------------------------------------


def test_a_search_that_its_budget_ends_says_so() -> None:
    candidate = Candidate(id="c", title="c", steps=("s0", "s1"))
    assert not conflict_sets(TWO.problem(), candidate, budget=0).complete
    few = conflict_sets(TWO.problem(), candidate, most=1)
    assert (few.complete, len(few.sets) + len(few.repairs)) == (False, 1)
    told: list[tuple[int, int]] = []
    conflict_sets(TWO.problem(), candidate, progress=lambda *known: told.append(known))
    assert told[-1] == (3, 2) and told == sorted(told)


# --- the first one -----------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(small_spaces(steps=2, claims=1, orders=1, constraints=1), st.data())
def test_the_first_conflict_set_clashes_and_no_part_of_it_does(space: SmallSpace, data: st.DataObject) -> None:
    setting = asked_of(space, data)
    problem, candidate = space.problem(), candidate_of(setting)
    first = first_conflict_set(problem, candidate, setting.without, ignoring=setting.ignoring)
    assert (first is None) == space.free(setting)
    if first is not None:
        oracle = Oracle(space)
        steps, away, held = parts_of(space, setting)
        asked = elements(first)
        assert asked.items() <= {**steps, **held}.items()
        assert oracle.clash({**away, **asked})


BOTH = SmallSpace(
    (
        PlainRule(conflict("o0"), (counted("o0"), on("s0")), (faster(FIRST),)),
        PlainRule(conflict("o1"), (counted("o1"), on("s0"), faster(FIRST))),
    ),
    orders=(FIRST,),
)


def test_a_conflict_that_takes_two_observations_is_found_too() -> None:
    """Each order is in conflict with one observation, so neither observation rules the candidate out by itself."""
    candidate = Candidate(id="c", title="c", steps=("s0",))
    first = first_conflict_set(BOTH.problem(), candidate)
    assert first is not None
    assert tuple(first) == ("s0 runs", "observed: o0", "observed: o1")


def test_a_conflict_set_can_be_asked_for_by_its_observation() -> None:
    problem = TWO.problem()
    first = first_conflict_set(problem, ALL, observation="o0")
    assert first is not None
    assert (first.steps, first.observations, len(first.assumptions)) == (("s0",), ("o0",), 1)
    assert first_conflict_set(problem, ALL, observation="o1") is None
    assert first_conflict_set(problem, ALL, ["a0", "a1"]) is None
    assert first_conflict_set(problem, ALL, ignoring=["o0"]) is None
    values = setting_values(problem, ALL, ["a0"])
    found = conflict_set_on(problem, values, "o0")
    assert found is not None and found.assumptions == ("a1",)


# --- the shipped rules -------------------------------------------------------------------------------------------------------


def holds(problem: Problem, candidate: Candidate, away: Iterable[str]) -> bool:
    """Say whether a candidate is free of conflict without some assumptions and observations, by working it out."""
    names = set(away)
    [outcome] = problem.outcomes.of([problem.setting(candidate, names, names)])
    return not outcome.conflicts


@pytest.mark.parametrize("seed", range(20))
def test_each_repair_makes_a_candidate_stand_and_no_part_of_it_does(seed: int) -> None:
    facts = random_facts(seed, 4, observations=12)
    problem = problem_of(facts)
    for candidate in random_candidates(facts, seed, 3):
        found = conflict_sets(problem, candidate, budget=2)
        assert (holds(problem, candidate, ())) == (found.complete and not found.sets)
        for repair in found.repairs[:20]:
            gone = {*repair.assumptions, *repair.observations}
            assert holds(problem, candidate, gone)
            assert not any(holds(problem, candidate, gone - {name}) for name in gone)
            assert all(gone & {*one.assumptions, *one.observations} for one in found.sets)


def test_what_a_candidate_is_comes_before_what_it_is_not() -> None:
    """Two candidates with one claim each, of which the constraints let just one hold: what is claimed says it as well."""
    rate: list[Row] = [*seen("o", "rate-dependence", "b"), ("found_between", "o", "a", 750, 1250)]
    rate += [("law_order", "by-one", "o", "a", 1000), ("law_order", "by-two", "o", "a", 2000)]
    steps = {"one": (("a",), ("b",)), "two": (("a",), ("b",))}
    found = stated(*rate, steps=steps, claims={"by-one": "one", "by-two": "two"})
    tied = [Constraint(kind="all-or-none", steps=(s,), postulates=(c,)) for s, c in (("one", "by-one"), ("two", "by-two"))]
    choice = Constraint(kind="one-of", postulates=("by-one", "by-two"))
    second = Candidate(id="second", title="the second", steps=("two",), postulates=("by-two",))
    # the ready-made candidate of such a problem breaks the constraints
    space = found.space.model_copy(update={"constraints": (*tied, choice), "candidates": (second,)})
    asked = replace(found, space=space)
    first = first_conflict_set(asked, second)
    [only] = conflict_sets(asked, second).sets
    for clash in (first, only):
        assert clash is not None
        assert (clash.missing_steps, clash.missing_postulates, clash.observations) == ((), (), ("o",))
        assert len(clash.steps + clash.postulates) == 1
