"""Conclusions against survivors: a small space in which each finding comes up, and the same by brute force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import MechkgError, NotFoundError
from mechkg.model.conclusion import Assessed, Conclusion, Mapped, Statement
from mechkg.model.hypothesis import Candidate, Constraint
from mechkg.reasoning.conclusions import Assessor, constraint_clauses, judged, smallest
from mechkg.reasoning.engine import Solver
from mechkg.reasoning.evaluate import plan
from tests.reasoning.small_spaces import (
    PlainRule,
    SmallSpace,
    assumed,
    claimed,
    conflict,
    counted,
    derived,
    on,
    small_spaces,
    subsets,
)

# o0 needs s0; o1 speaks against s1 while a1, which nothing backs, is held; o2 is explained by s2; nothing bears on c0
CASE = SmallSpace(
    (
        PlainRule(derived(0, 0), (on("s0"),)),
        PlainRule(conflict("o0"), (counted("o0"), assumed("a0")), (derived(0, 0),)),
        PlainRule(conflict("o1"), (counted("o1"), on("s1"), assumed("a1"))),
        PlainRule('explained("o2")', (counted("o2"), on("s2"))),
        PlainRule('taken("o2")', (counted("o2"), assumed("a2"))),
        PlainRule('taken("o0")', (counted("o0"),)),
        PlainRule('can_see("o1")', (assumed("a1"),)),
        PlainRule('taken("o1")', (counted("o1"),)),
    ),
    claims=("c0",),
    assumptions=("a0", "a1", "a2"),
    observations=("o0", "o1", "o2"),
    background=("b",),
    backing=("stated", "silent", "silent"),
    candidates=(
        Candidate(id="right", title="s0 runs", steps=("s0",)),
        Candidate(id="more", title="s0 and s2 run", steps=("s0", "s2")),
        Candidate(id="wrong", title="s1 runs", steps=("s1",)),
    ),
)
ASSESSOR = Assessor(CASE.problem())


def assess(*claims: dict[str, Any], without: tuple[str, ...] = (), answer: bool = True, by: Assessor = ASSESSOR) -> Assessed:
    mapped = Mapped.model_validate({"id": "c-1", "space": "small", "without": without, "claims": claims, "note": "why"})
    return by.assess(mapped, lambda statement: answer)


# --- each finding ------------------------------------------------------------------------------------------------------------


def test_what_is_true_in_every_survivor_is_derived() -> None:
    found = assess({"on": "s0"})
    assert (found.found, found.assumptions, found.observations, found.note) == ("derived", ("a0",), ("o0",), "why")
    assert (found.id, found.judgement, found.agrees) == ("c-1", None, None)


def test_what_needs_an_untested_assumption_is_derived_with_it() -> None:
    found = assess({"off": "s1"})
    assert (found.found, found.assumptions, found.observations) == ("derived with assumptions", ("a1",), ("o1",))
    both = assess({"on": "s0"}, {"off": "s1"})
    assert (both.found, both.assumptions, both.observations) == ("derived with assumptions", ("a0", "a1"), ("o0", "o1"))


def test_what_is_true_in_some_survivors_is_tied_with_those_that_lack_it() -> None:
    found = assess({"on": "s2"})
    assert (found.found, found.candidates) == ("tied", ("right",))
    assert assess({"off": "s2"}).candidates == ("more",)


def test_what_is_true_in_no_survivor_is_contradicted_by_observations() -> None:
    assert (assess({"off": "s0"}).found, assess({"off": "s0"}).observations) == ("contradicted", ("o0",))
    assert (assess({"on": "s1"}).found, assess({"on": "s1"}).observations) == ("contradicted", ("o1",))
    assert assess({"on": "s2"}, {"on": "s1"}).found == "contradicted", "one claim that fails is enough"


def test_what_nothing_bears_on_is_not_covered() -> None:
    assert assess({"postulated": "c0"}).found == assess({"not_postulated": "c0"}).found == "not covered"
    assert assess({"on": "s0"}, without=("a0",)).found == "not covered", "what the author does not assume is withdrawn"


def test_without_a_survivor_everything_is_contradicted() -> None:
    rules = (*CASE.rules, PlainRule(conflict("o0"), (counted("o0"), assumed("a0"), on("s0"))))
    found = assess({"on": "s2"}, by=Assessor(replace(CASE, rules=rules).problem()))
    assert (found.found, found.observations) == ("contradicted", ("o0",))


# --- each kind of claim ------------------------------------------------------------------------------------------------------


def test_an_established_step_is_part_in_any_case() -> None:
    assert assess({"on": "b"}).found == "derived"
    assert assess({"off": "b"}).found == "contradicted"


def test_a_verdict_can_be_claimed() -> None:
    assert (assess({"ruled_out": "wrong"}).found, assess({"ruled_out": "right"}).found) == ("derived", "contradicted")
    assert (assess({"survives": "right"}).found, assess({"survives": "wrong"}).found) == ("derived", "contradicted")
    assert assess({"survives": "right"}, without=("a0",)).found == "derived"


def test_an_atom_can_be_claimed() -> None:
    place = ["d0-0", "g"]
    assert (assess({"true": "possible", "of": place}).found, assess({"false": "possible", "of": place}).found) == (
        "derived",
        "contradicted",
    )
    never = ["x", "g"]
    assert (assess({"true": "possible", "of": never}).found, assess({"false": "possible", "of": never}).found) == (
        "contradicted",
        "derived",
    )


def test_observations_can_be_claimed_and_an_absence_needs_its_limit() -> None:
    assert assess({"observed": ["o0"]}).found == "derived"
    assert (assess({"observed": ["o2"]}).found, assess({"observed": ["o2"]}).assumptions) == ("derived with assumptions", ("a2",))
    assert assess({"observed": ["o1"]}).found == "derived", "what is seen needs no limit"
    absent = Assessor(replace(CASE, observations=CASE.observations).problem())
    facts = absent.problem.facts
    atoms = {a._replace(arguments=("o1", "absent", "x", "g")) if a.arguments[:1] == ("o1",) else a for a in facts.atoms}
    object.__setattr__(facts, "atoms", frozenset(atoms))
    found = assess({"observed": ["o1"]}, by=absent)
    assert (found.found, found.assumptions) == ("derived with assumptions", ("a1",))


def test_a_question_is_answered_or_not() -> None:
    asked = {"question": "which", "mentions": ["x"]}
    assert (assess(asked).found, assess(asked, answer=False).found) == ("derived", "contradicted")


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ({"on": "s9"}, "no optional step of 'small' called 's9'"),
        ({"not_postulated": "c9"}, "no postulate of 'small' called 'c9'"),
        ({"ruled_out": "wrng"}, "no candidate of 'small' called 'wrng'.*'wrong'"),
        ({"survives": "rihgt"}, "no candidate of 'small' called 'rihgt'.*'right'"),
        ({"observed": ["o9"]}, "no observation considered here called 'o9'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(claim: dict[str, Any], message: str) -> None:
    with pytest.raises(NotFoundError, match=message):
        assess(claim)
    with pytest.raises(NotFoundError, match="no assumption called 'a9'"):
        assess({"on": "s0"}, without=("a9",))


@pytest.mark.parametrize(
    ("name", "of", "message"),
    [
        ("possibel", ["d0-0", "g"], "no predicate called 'possibel'.*'possible'"),
        ("possible", ["d0-0"], "'possible' takes 2 arguments"),
        ("possible", ["d0-0", "gg"], "no stage called 'gg'"),
    ],
)
def test_an_atom_that_cannot_be_is_refused(name: str, of: list[str], message: str) -> None:
    """What is misspelt never holds, so that 'false' would be derived of it."""
    for word in ("true", "false"):
        with pytest.raises(MechkgError, match=message):
            assess({word: name, "of": of})


# --- by brute force ----------------------------------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(small_spaces(), st.data())
def test_a_finding_about_a_step_is_what_the_survivors_say(space: SmallSpace, data: st.DataObject) -> None:
    kind, name = data.draw(st.sampled_from([*(("on", s) for s in space.steps), *(("postulated", c) for c in space.claims)]))
    value = data.draw(st.booleans())
    word = kind if value else {"on": "off", "postulated": "not_postulated"}[kind]
    found = assess({word: name}, by=Assessor(space.problem()))

    def shares(without: tuple[str, ...] = ()) -> list[bool]:
        return [
            (name in s.steps | s.postulates) == value
            for s in space.settings(without)
            if space.meets(s.steps, s.postulates, without) and space.free(s)
        ]

    true = shares()
    if not true or not any(true):
        assert found.found == "contradicted"
    elif all(true):
        needed = [a for a in space.assumptions if (less := shares((a,))) and not all(less)]
        backing = dict(zip(space.assumptions, space.backing, strict=False))
        untested = any(backing[a] == "silent" for a in needed)
        assert found.assumptions == tuple(needed)
        assert found.found == ("derived with assumptions" if untested else "derived")
    else:
        assert found.found in ("tied", "not covered")


@settings(max_examples=60, deadline=None)
@given(small_spaces(steps=2, claims=1, orders=1))
def test_clauses_say_what_constraints_say(space: SmallSpace) -> None:
    problem = space.problem()
    program = problem.program
    # nothing is forbidden but by the constraints
    solver = Solver(plan(program, sorted(program.inputs), {}), forbidden=(), clauses=constraint_clauses(problem))
    inputs = problem.outcomes.inputs
    for without in subsets(space.assumptions):
        for setting in space.settings(without):
            values = inputs.set_by(setting)
            assert (solver.clash(values) is None) == space.meets(setting.steps, setting.postulates, without)


def test_a_clause_knows_established_steps() -> None:
    for kind in ("one-of", "at-most-one", "at-least-one", "all-or-none", "requires"):
        space = SmallSpace((), background=("b",), constraints=(Constraint(kind=kind, steps=("b", "s0")),))
        problem = space.problem()
        todo = plan(problem.program, sorted(problem.program.inputs), {})
        solver = Solver(todo, forbidden=(), clauses=constraint_clauses(problem))
        for value in (True, False):
            free = solver.clash({problem.outcomes.inputs.steps["s0"]: value}) is None
            assert free == space.meets(["s0"] if value else [], []), (kind, value)


def test_the_smallest_part_of_a_clash_is_found() -> None:
    space = SmallSpace((PlainRule(conflict("o0"), (counted("o0"), on("s0"), claimed("c0"))),), claims=("c0",))
    program = space.program
    todo = plan(program, program.by_name["conflict"], {})
    setting = dict.fromkeys(todo.inputs, True)
    solver = Solver(todo)
    assert {program.texts[n] for n in smallest(solver, setting, list(setting))} == {counted("o0"), on("s0"), claimed("c0")}
    assert smallest(solver, setting, None) == []


# --- beside a judgement ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judgement", "finding"),
    [
        ("holds", "derived"),
        ("holds_conditionally", "derived with assumptions"),
        ("underdetermined", "tied"),
        ("contradicted", "contradicted"),
        ("untested", "not covered"),
    ],
)
def test_a_judgement_agrees_with_its_finding_alone(judgement: Any, finding: Any) -> None:
    conclusion = Conclusion("c-1", "it is so", judgement)
    plain = assess({"on": "s0"})
    for other in ("derived", "derived with assumptions", "tied", "contradicted", "not covered"):
        result = judged(replace(plain, found=other), conclusion)
        assert result.agrees == (other == finding)
        assert (result.text, result.judgement, result.assumptions) == ("it is so", judgement, plain.assumptions)


def test_a_statement_says_one_thing() -> None:
    for given_ in ({}, {"on": "a", "off": "b"}, {"of": ["x"]}):
        with pytest.raises(ValueError, match="give exactly one of"):
            Statement.model_validate(given_)
