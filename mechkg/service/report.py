"""The full report on a hypothesis space, as a value, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mechkg.model.experiment import Plan
from mechkg.model.report import Report
from mechkg.reasoning.experiments import plan_experiments
from mechkg.reasoning.report import report as work_out
from mechkg.service.check import as_json as check_as_json
from mechkg.service.conflicts import as_json as conflicts_as_json
from mechkg.service.matrix import as_json as matrix_as_json
from mechkg.service.next_experiment import as_json as plan_as_json
from mechkg.service.what_if import as_json as what_if_as_json
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph

BUDGET = 5.0
"""Seconds that go into the conflict sets and repairs of each candidate unless more or less is asked for."""


@dataclass(frozen=True)
class SpaceReport:
    """Everything found about a space, with the words for it; ``budget`` is in seconds for each candidate.

    ``asked_as`` is what a command has to be given to ask of the same space, where that is not its name.
    """

    found: Report
    plan: Plan
    words: Words
    budget: float = BUDGET
    asked_as: str = ""

    @property
    def space(self) -> str:
        """What a command has to be given to ask of the space."""
        return self.asked_as or self.found.check.space


def report(
    workspace: View,
    space: str,
    *,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    budget: float = BUDGET,
    progress: Callable[[str, float], None] | None = None,
) -> SpaceReport:
    """Work out everything about ``space``; ``progress`` is told what is being done and the share that is done.

    Assumptions in ``without`` are withdrawn, observations in ``ignoring`` left out of account. Raises NotFoundError with the
    nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        found = work_out(problem, without, ignoring, budget=budget, progress=progress)
        if progress is not None:
            progress("experiments", 0.0)
        plan = plan_experiments(
            problem, without, ignoring, progress=None if progress is None else lambda share: progress("experiments", share)
        )
        return SpaceReport(found, plan, Words.of(workspace, problem), budget)


def as_json(report: SpaceReport) -> dict[str, Any]:
    """Return a report as plain JSON content; ``names`` says in words what the names in it stand for."""
    found, words = report.found, report.words
    space = words.problem.space
    return {
        "title": found.check.title,
        "question": found.check.question,
        **check_as_json(found.check, found.whole),
        "matrix": matrix_as_json(found.matrix),
        "classes": [list(names) for names in found.classes],
        "rate_laws": {law: list(names) for law, names in found.rate_laws.items()},
        "budget": report.budget,
        "conflicts": [conflicts_as_json(sets) for sets in found.conflicts],
        "what_if": what_if_as_json(found.what_if),
        "experiments": plan_as_json(report.plan),
        "assumed": [_assumption(name, words, name in found.check.withdrawn) for name in space.assumptions],
        "names": {
            "steps": {step: words.member(step) for step in (*space.background, *space.optional)},
            "postulates": {p.id: p.statement for p in space.postulates},
            "observations": {o: words.observation(o) for o in found.matrix.observations},
        },
    }


def _assumption(name: str, words: Words, withdrawn: bool) -> dict[str, Any]:
    stored = words.stored.get(name, {})
    return {
        "id": name,
        "statement": stored.get("statement", name),
        "backing": words.problem.backing.get(name, "silent"),
        "supported_by": list(stored.get("supported_by", ())),
        "cites": list(stored.get("cites", ())),
        "withdrawn": withdrawn,
    }
