"""The evaluator, clingo and the interpreter agree verdict by verdict and conflict by conflict.

A slice of what ``make bench`` does with a thousand random spaces, every shipped space and every case.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.reasoning.terms import Atom
from mechkg.service.open_case import opened
from mechkg.service.workspace import Workspace
from tests.reasoning.agreement import Clingo, Tally, compare
from tests.reasoning.random_spaces import random_facts, random_program
from tests.reasoning.spaces_of_facts import space_of

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*/case.yaml"))


def random_space(seed: int) -> Tally:
    facts = random_facts(seed, 1 + seed % 5)
    return compare(facts, space_of(facts), seed, most=4)


@pytest.mark.parametrize("part", range(6))
def test_three_ways_agree_on_random_spaces(part: int) -> None:
    tally = Tally()
    for seed in range(part * 5, part * 5 + 5):
        tally.add(random_space(seed))
    assert tally.disagreements == []
    assert tally.candidates > 20


def test_what_is_compared_holds_verdicts_of_both_kinds() -> None:
    tally = Tally()
    for seed in range(6):
        tally.add(random_space(seed))
    assert 0 < tally.ruled_out < tally.candidates
    assert tally.conflicts > tally.ruled_out >= tally.every_order > 0
    assert tally.swept > tally.candidates / 2


def test_three_ways_agree_on_the_generated_set() -> None:
    facts = random_program(5, 14)
    tally = compare(facts, space_of(facts), only=6)
    assert tally.disagreements == []
    assert tally.candidates == 6


def test_three_ways_agree_on_every_shipped_space(shipped: Workspace) -> None:
    """On the candidates that have names, of the largest spaces on some of them."""
    spaces = [entry.id for entry in shipped.catalog.by_kind["space"]]
    assert len(spaces) > 30
    for name in spaces:
        problem = shipped.problem(name)
        tally = compare(problem.facts, problem.space, most=0, only=4, places=64, outcomes=problem.outcomes)
        assert tally.disagreements == []
        assert tally.candidates >= 2


def test_three_ways_agree_on_every_case() -> None:
    assert CASES
    for case in CASES:
        with opened(str(case)) as (workspace, name):
            problem = workspace.problem(name)
            tally = compare(problem.facts, problem.space, most=2, outcomes=problem.outcomes)
            assert tally.disagreements == []


def test_a_disagreement_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = random_facts(3, 3)
    space = space_of(facts)
    derive = Clingo.derive
    conflict = Atom("conflict", ("o0", "clash", "x", "g"))
    monkeypatch.setattr(Clingo, "derive", lambda self, true: derive(self, true) | {conflict})
    assert any("only that of clingo" in line for line in compare(facts, space).disagreements)
    monkeypatch.setattr(Clingo, "derive", derive)
    monkeypatch.setattr(Clingo, "fewest", lambda self, true: 99)
    assert any("and 99 by clingo" in line for line in compare(facts, space).disagreements)
