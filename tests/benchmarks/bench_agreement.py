"""The evaluator, clingo and the interpreter on the same hypothesis spaces: how many settings, and how often they disagree."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from mechkg.reasoning.problem import Problem
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.service.load_corpus import load_corpus
from mechkg.service.open_case import opened
from mechkg.service.workspace import Workspace
from tests.benchmarks.timing import Row, goal
from tests.reasoning.agreement import Tally, compare, firing
from tests.reasoning.random_spaces import random_facts
from tests.reasoning.spaces_of_facts import space_of

SPACES = 1000
FIRING = 0.95
CASES = Path(__file__).parents[1] / "cases"


def bench_random_spaces(scratch: Path) -> Iterator[Row]:
    """Random spaces with up to eight optional steps; and whether the rules fire in them."""

    def tallies() -> Iterator[Tally]:
        for seed in range(SPACES):
            facts = random_facts(seed, 1 + seed % 8)
            yield compare(facts, space_of(facts), seed, most=6)

    yield _row("random hypothesis spaces", tallies())
    names = {rule.name for rule in read_rulebook().rules}
    silent = sorted(names - {name for seed in range(SPACES) for name in firing(random_facts(seed, 1 + seed % 8), seed)})
    share = 1 - len(silent) / len(names)
    met = goal(f"at least {FIRING:.0%} of the rules fire in some space", met=share >= FIRING)
    yield {"on": "rules that fire in some random space", "rules": len(names), "share": round(share, 4), "silent": silent, **met}


def bench_shipped_spaces(scratch: Path) -> Iterator[Row]:
    """Every space of the corpus: its named candidates, others at random, and the whole space where it can be gone through."""
    with Workspace.open(scratch) as workspace:
        load_corpus(workspace)
        yield _row("every shipped space", (_compared(workspace.problem(e.id)) for e in workspace.catalog.by_kind["space"]))


def bench_cases(scratch: Path) -> Iterator[Row]:
    """Every case of the tests."""

    def tallies() -> Iterator[Tally]:
        for case in sorted(CASES.glob("*/case.yaml")):
            with opened(str(case)) as (workspace, name):
                yield _compared(workspace.problem(name))

    yield _row("every case", tallies())


def _compared(problem: Problem) -> Tally:
    return compare(problem.facts, problem.space, most=12, places=4096, outcomes=problem.outcomes)


def _row(on: str, tallies: Iterable[Tally]) -> Row:
    start = time.perf_counter()
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return {
        "on": on,
        "spaces": total.spaces,
        "candidates": total.candidates,
        "ruled_out": total.ruled_out,
        "conflicts": total.conflicts,
        "every_order_tried": total.every_order,
        "swept": total.swept,
        "disagreements": len(total.disagreements),
        "first": total.disagreements[:3],
        "seconds": round(time.perf_counter() - start, 1),
        **goal("no disagreement", met=not total.disagreements),
    }
