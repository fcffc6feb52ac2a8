"""What all candidates of a hypothesis space come to, gone through one by one or counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from mechkg.model.report import Whole
from mechkg.reasoning.report import whole_space as work_out
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph


def whole_space(
    workspace: View, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()
) -> tuple[Whole, Words]:
    """Return how many candidates of ``space`` survive, what survivors share and which are the smallest, and the words for it.

    Assumptions in ``without`` are withdrawn, observations in ``ignoring`` left out of account. Raises NotFoundError with the
    nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        found = work_out(problem, problem.assumptions(without), problem.reported(ignoring))
        return found, Words.of(workspace, problem)
