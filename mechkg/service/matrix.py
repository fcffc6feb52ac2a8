"""The kill matrix of a hypothesis space: which part each observation plays for each candidate."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from mechkg.model.report import Matrix
from mechkg.reasoning.check import check
from mechkg.reasoning.report import classes, rate_laws
from mechkg.reasoning.report import matrix as matrix_of
from mechkg.service.page import Kind, Marks
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph

__all__ = ["as_csv", "as_json", "classes", "marks", "matrix", "rate_laws"]


def matrix(workspace: View, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> tuple[Matrix, Words]:
    """Return the kill matrix, observations that decide most first, and the words for what is in it.

    Assumptions in ``without`` are withdrawn, observations in ``ignoring`` left out of account. Raises NotFoundError with the
    nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        return matrix_of(check(problem, without=without, ignoring=ignoring)), Words.of(workspace, problem)


def marks(found: Matrix, words: Words) -> Marks:
    """Return a matrix as a part of a page: observations with the same marks in every row are one kind.

    A kind goes by the observation that is from printed words and was seen early.
    """
    same: dict[tuple[str, ...], list[str]] = {}
    for observation, roles in zip(found.observations, zip(*found.roles, strict=True), strict=True):
        same.setdefault(roles, []).append(observation)
    kinds = []
    for roles, observations in same.items():
        first, *more = words.early(observations)
        kinds.append(Kind((first, *more), roles, words.observation(first)))
    return Marks(found, tuple(map(words.observation, found.observations)), tuple(kinds))


def as_csv(found: Matrix) -> str:
    """Return a matrix as CSV: a row for each candidate, a column for each observation, in each cell the part as a word."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["candidate", *found.observations])
    writer.writerows([name, *roles] for name, roles in zip(found.candidates, found.roles, strict=True))
    return out.getvalue()


def as_json(found: Matrix) -> dict[str, Any]:
    """Return a matrix as plain JSON content."""
    return {
        "candidates": list(found.candidates),
        "observations": list(found.observations),
        "roles": [list(row) for row in found.roles],
    }
