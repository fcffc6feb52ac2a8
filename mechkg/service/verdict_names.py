"""Verdicts by name alone, without conflicts and proofs: what is compared between two moments."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.model.hypothesis import Candidate
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.check import verdict_of
from mechkg.service.reading import View


def verdict_names(
    view: View,
    space: str,
    candidates: Collection[str] = (),
    extra: Collection[Candidate] = (),
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
) -> dict[str, VerdictName]:
    """Return the verdicts on candidates of ``space``: those named and the ``extra`` ones, or all named when there are neither.

    Raises NotFoundError with the nearest name for anything unknown.
    """
    with view.lock:
        problem = view.problem(space)
        wanted = problem.candidates(candidates, tuple(extra))
        withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
        settings = [problem.setting(candidate, withdrawn, ignored) for candidate in (problem.nothing, *wanted)]
        baseline, *outcomes = problem.outcomes.of(settings)
        return {c.id: verdict_of(outcome, baseline) for c, outcome in zip(wanted, outcomes, strict=True)}
