"""What cannot hold together in a candidate, and the least that has to go for it to return."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from mechkg.model.report import ConflictSet, ConflictSets
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.check import verdict_of
from mechkg.reasoning.conflict_sets import conflict_sets, first_conflict_set
from mechkg.service.check import chosen
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph


@dataclass(frozen=True, slots=True)
class Clashes:
    """The verdict on a candidate, and the first conflict set found, None for one that is not ruled out.

    ``gone`` are steps and claims of it that no longer count.
    """

    candidate: str
    verdict: VerdictName
    first: ConflictSet | None
    words: Words
    gone: tuple[str, ...] = ()


def first_conflict(
    workspace: View,
    space: str,
    candidate: str | None,
    *,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    steps: Collection[str] | None = None,
    postulates: Collection[str] = (),
) -> Clashes:
    """Return one minimal conflict set of a candidate, which comes at once; ``steps`` and ``postulates`` put one together.

    Raises NotFoundError with the nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
        found = chosen(problem, candidate, steps, postulates)
        settings = [problem.setting(c, withdrawn, ignored) for c in (problem.nothing, found)]
        baseline, outcome = problem.outcomes.of(settings, quick=True)
        first = None
        for observation in sorted(outcome.hit, key=problem.rank):
            first = first or first_conflict_set(problem, found, withdrawn, observation, ignored)
        if outcome.hit and first is None:  # no observation alone does it: each can be met in some order of the competing steps
            [first] = conflict_sets(problem, found, withdrawn, ignored, most=1, budget=inf).sets
        words = Words.of(workspace, problem, [found]).telling()
        return Clashes(found.id, verdict_of(outcome, baseline), first, words, outcome.gone)


def conflicts(
    workspace: View,
    space: str,
    candidate: str | None,
    *,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    steps: Collection[str] | None = None,
    postulates: Collection[str] = (),
    budget: float = 5.0,
    progress: Callable[[int, int], None] | None = None,
) -> ConflictSets:
    """Return all minimal conflict sets and repairs of a candidate, as far as the ``budget`` (seconds) goes.

    ``progress`` is told how many of each are known. Raises NotFoundError with the nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
        found = chosen(problem, candidate, steps, postulates)
        return conflict_sets(problem, found, withdrawn, ignored, budget=budget, progress=progress)


def as_json(found: ConflictSets) -> dict[str, Any]:
    """Return conflict sets and repairs as plain JSON content."""
    return {
        "candidate": found.candidate,
        "complete": found.complete,
        "hopeless": found.hopeless,
        "seconds": round(found.seconds, 3),
        "sets": [set_as_json(s) for s in found.sets],
        "repairs": [{"assumptions": list(r.assumptions), "observations": list(r.observations)} for r in found.repairs],
    }


def set_as_json(found: ConflictSet) -> dict[str, Any]:
    """Return one conflict set as plain JSON content."""
    return {
        "steps": list(found.steps),
        "missing_steps": list(found.missing_steps),
        "postulates": list(found.postulates),
        "missing_postulates": list(found.missing_postulates),
        "assumptions": list(found.assumptions),
        "observations": list(found.observations),
    }
