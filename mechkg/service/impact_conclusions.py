"""Which conclusions of authors would be found otherwise if a change set were accepted."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.assets import queries_dir
from mechkg.errors import BadInputError, NotFoundError
from mechkg.literature.conclusions import read_maps
from mechkg.model.conclusion import Finding, Mapped
from mechkg.reasoning.conclusions import Assessor
from mechkg.reasoning.problem import Problem
from mechkg.service.impact import Impact


@dataclass(frozen=True, slots=True)
class ConclusionChange:
    """A conclusion that a paper draws, and what is found of it now and then; None where it can no longer be put."""

    conclusion: str
    space: str
    before: Finding | None
    after: Finding | None


def conclusions_that_change(impact: Impact) -> tuple[ConclusionChange, ...]:
    """Return the conclusions that would be found otherwise, by space, as the files of ``queries/conclusions`` put them.

    Only those about the verdicts of a space that was worked out, not those that a question of the graph answers. Worked out when
    asked for: every assumption is withdrawn for every conclusion, which takes up to a second for the largest space.
    """
    found = []
    for mapped in read_maps(queries_dir() / "conclusions").values():
        problems = impact.problems.get(mapped.space or "")
        if problems is None or any(claim.question for claim in mapped.claims):
            continue
        before, after = (_finding(problem, mapped) for problem in problems)
        if before != after:
            found.append(ConclusionChange(mapped.id, mapped.space or "", before, after))
    return tuple(found)


def _finding(problem: Problem | None, mapped: Mapped) -> Finding | None:
    """Return what is found of a conclusion; None when the space has not, or no longer, what it speaks of."""
    if problem is None:
        return None
    try:
        return Assessor(problem).assess(mapped, lambda claim: False).found
    except (NotFoundError, BadInputError):
        return None
