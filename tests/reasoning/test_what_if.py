"""What if: each withdrawal against a check run anew without the thing; the weakest premise against its definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from mechkg.errors import NotFoundError
from mechkg.model.hypothesis import Candidate
from mechkg.model.report import Flip, WhatIf
from mechkg.reasoning.check import check, verdict_of
from mechkg.reasoning.conflict_sets import DOUBT
from mechkg.reasoning.outcomes import Outcomes
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.what_if import what_if
from tests.reasoning.random_spaces import random_facts
from tests.reasoning.small_spaces import PlainRule, SmallSpace, assumed, conflict, counted, on, small_spaces
from tests.reasoning.spaces_of_facts import problem_of, random_candidates


def verdicts(problem: Problem, *, without: tuple[str, ...] = (), ignoring: tuple[str, ...] = ()) -> dict[str, str]:
    return {c.id: c.verdict for c in check(problem, without=without, ignoring=ignoring).candidates}


def check_against(problem: Problem, found: WhatIf, without: tuple[str, ...] = (), ignoring: tuple[str, ...] = ()) -> None:
    """Hold everything that is said against checks run anew."""
    before = verdicts(problem, without=without, ignoring=ignoring)
    things = [("assumption", a) for a in problem.space.assumptions if a not in without]
    things += [("observation", o) for o in problem.observations if o not in ignoring]
    assert found.tried == len(things)
    said = {(flip.kind, flip.name): dict(flip.verdicts) for flip in found.flips}
    for kind, name in things:
        if kind == "assumption":
            after = verdicts(problem, without=(*without, name), ignoring=ignoring)
        else:
            after = verdicts(problem, without=without, ignoring=(*ignoring, name))
        changed = {c: (before[c], after[c]) for c in before if before[c] != after[c]}
        assert said.get((kind, name), {}) == changed
    assert said.keys() <= set(things)
    assert [len(flip.verdicts) for flip in found.flips] == sorted((len(f.verdicts) for f in found.flips), reverse=True)
    weakest(problem, found)


def weakest(problem: Problem, found: WhatIf) -> None:
    def doubt(flip: Flip) -> int:
        return DOUBT[problem.backing.get(flip.name, "silent")] if flip.kind == "assumption" else len(DOUBT)

    assert [premise.candidate for premise in found.weakest] == [c.id for c in problem.space.candidates]
    for premise in found.weakest:
        bearing = [flip for flip in found.flips if premise.candidate in flip.verdicts]
        assert (premise.name is None) == (not bearing)
        if bearing:
            [chosen] = [flip for flip in bearing if (flip.kind, flip.name) == (premise.kind, premise.name)]
            assert doubt(chosen) == min(map(doubt, bearing))
            assert premise.backing == (problem.backing.get(chosen.name) if chosen.kind == "assumption" else None)


@pytest.mark.parametrize("seed", range(10))
def test_each_withdrawal_is_what_a_check_without_the_thing_finds(seed: int) -> None:
    facts = random_facts(seed, 4, observations=8)
    problem = problem_of(facts, candidates=random_candidates(facts, seed, 4))
    check_against(problem, what_if(problem))


@settings(max_examples=25, deadline=None)
@given(small_spaces(steps=2, claims=1, orders=2, constraints=0))
def test_so_it_is_where_orders_help_and_harm(space: SmallSpace) -> None:
    steps = [Candidate(id=f"c{n}", title="c", steps=tuple(sorted(s.steps)), postulates=tuple(sorted(s.postulates)))
             for n, s in enumerate(space.settings())]  # fmt: skip
    object.__setattr__(space, "candidates", tuple(steps))
    problem = space.problem()
    found = what_if(problem)
    check_by_brute_force(space, found)
    check_anew(problem, found)


def check_anew(problem: Problem, found: WhatIf) -> None:
    """Each verdict against one worked out by itself, where nothing else is asked."""

    def verdict(candidate: Candidate, without: tuple[str, ...] = (), ignoring: tuple[str, ...] = ()) -> str:
        asked = [problem.setting(c, without, ignoring) for c in (problem.nothing, candidate)]
        [baseline], [outcome] = (Outcomes(problem.program).of([setting]) for setting in asked)
        return verdict_of(outcome, baseline)

    said = {(flip.kind, flip.name): dict(flip.verdicts) for flip in found.flips}
    things = [("assumption", a) for a in problem.space.assumptions] + [("observation", o) for o in problem.observations]
    before = {c.id: verdict(c) for c in problem.space.candidates}
    for kind, name in things:
        gone = ((name,), ()) if kind == "assumption" else ((), (name,))
        after = {c.id: verdict(c, *gone) for c in problem.space.candidates}
        assert said.get((kind, name), {}) == {c: (before[c], after[c]) for c in before if before[c] != after[c]}


def check_by_brute_force(space: SmallSpace, found: WhatIf) -> None:
    """Whether a candidate is ruled out, by brute force: proofs have no words for the rules of small spaces."""
    said = {(flip.kind, flip.name): flip.verdicts for flip in found.flips}
    for name in (*space.assumptions, *space.observations):
        kind = "assumption" if name in space.assumptions else "observation"
        gone = {"without": [name]} if kind == "assumption" else {"ignoring": [name]}
        for candidate, before, after in zip(space.candidates, space.settings(), space.settings(**gone), strict=True):
            if space.free(before) != space.free(after):
                was, now = said[kind, name][candidate.id]
                assert (was == "ruled out", now == "ruled out") == (not space.free(before), not space.free(after))
            elif candidate.id in said.get((kind, name), {}):
                assert "ruled out" not in said[kind, name][candidate.id]


CASE = SmallSpace(
    (
        PlainRule(conflict("o0"), (counted("o0"), on("s0"), assumed("a0"), assumed("a1"))),
        PlainRule(conflict("o1"), (counted("o1"), on("s1"), assumed("a0"))),
        PlainRule('explained("o1")', (counted("o1"), on("s2"))),
    ),
    candidates=tuple(Candidate(id=s, title=s, steps=(s,)) for s in ("s0", "s1", "s2")),
)


def test_what_flips_and_what_a_verdict_hangs_on() -> None:
    found = what_if(CASE.problem())
    assert found.tried == 4
    assert [(flip.kind, flip.name, dict(flip.verdicts)) for flip in found.flips] == [
        ("assumption", "a0", {"s0": ("ruled out", "not covered"), "s1": ("ruled out", "not covered")}),
        ("observation", "o1", {"s1": ("ruled out", "not covered"), "s2": ("survives", "not covered")}),
        ("assumption", "a1", {"s0": ("ruled out", "not covered")}),
        ("observation", "o0", {"s0": ("ruled out", "not covered")}),
    ]
    # a0 is stated, a1 is backed by nothing
    assert [(p.candidate, p.kind, p.name, p.backing) for p in found.weakest] == [
        ("s0", "assumption", "a1", "silent"),
        ("s1", "assumption", "a0", "stated"),
        ("s2", "observation", "o1", None),
    ]


def test_what_is_withdrawn_already_is_not_tried_again() -> None:
    found = what_if(CASE.problem(), ["a0"], ["o0"])
    assert found.tried == 2
    assert [(flip.name, dict(flip.verdicts)) for flip in found.flips] == [("o1", {"s2": ("survives", "not covered")})]
    assert [p.name for p in found.weakest] == [None, None, "o1"]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r"no assumption called 'a00'.*'a0'"):
        what_if(CASE.problem(), ["a00"])
    with pytest.raises(NotFoundError, match=r"'o00'.*'o0'"):
        what_if(CASE.problem(), (), ["o00"])


def test_more_settings_than_go_at_once_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = what_if(CASE.problem())
    monkeypatch.setattr("mechkg.reasoning.what_if.LANES", 3)
    assert what_if(CASE.problem()) == whole
