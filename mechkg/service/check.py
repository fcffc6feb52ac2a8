"""Check a hypothesis space: verdicts on its candidates, or on one put together on the spot."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from mechkg.errors import BadInputError, TooLargeError
from mechkg.model.hypothesis import Candidate
from mechkg.model.report import Whole
from mechkg.model.verdict import CandidateVerdict, Check
from mechkg.reasoning.check import check as check_problem
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import choices_of, of_sweep, sweep

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph

AD_HOC = "ad-hoc"
"""Name of a candidate that was put together on the spot."""

MOST_CHOICES = 20
"""A check goes through the whole space up to so many free choices, which takes a second at most; a report goes on from there."""


def check(
    workspace: View,
    space: str,
    *,
    candidates: Collection[str] = (),
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    steps: Collection[str] | None = None,
    postulates: Collection[str] = (),
) -> Check:
    """Check the candidates of ``space``: all, or those named; ``steps`` adds one with just these optional steps and postulates.

    Assumptions in ``without`` are withdrawn, observations in ``ignoring`` left out of account. Raises NotFoundError with the
    nearest name for anything unknown.
    """
    extra = () if steps is None and not postulates else (ad_hoc(steps or (), postulates),)
    with workspace.lock:
        return check_problem(workspace.problem(space), candidates, without, extra, ignoring)


def whole(workspace: View, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole | None:
    """Return what all candidates of ``space`` come to; None when it has more than ``MOST_CHOICES`` free choices.

    Raises NotFoundError with the nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        value = problem.space
        withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
        if len(choices_of(value, withdrawn)[0]) > MOST_CHOICES:
            return None
        try:
            return of_sweep(sweep(problem.program, value, withdrawn, ignored))
        except TooLargeError:  # order choices come on top
            return None


def ad_hoc(steps: Collection[str], postulates: Collection[str] = ()) -> Candidate:
    """Return a candidate with just these optional steps and postulates, in whatever form their names are.

    The problem it is handed to knows which there are, and tells the nearest of one that is not.
    """
    return Candidate.model_construct(
        id=AD_HOC,
        title="put together on the spot",
        steps=tuple(dict.fromkeys(steps)),
        postulates=tuple(dict.fromkeys(postulates)),
    )


def one_or_own(candidate: str | None, steps: Collection[str] | None, postulates: Collection[str]) -> None:
    """Raise BadInputError unless a candidate is either named or put together from steps and postulates."""
    own = steps is not None or bool(postulates)
    if candidate is None and not own:
        raise BadInputError("no candidate is asked for", hint="name one, or put one together from steps and claims")
    if candidate is not None and own:
        hint = "steps and claims make a candidate of their own"
        raise BadInputError(f"name a candidate ('{candidate}') or put one together, not both", hint=hint)


def chosen(
    problem: Problem, candidate: str | None, steps: Collection[str] | None = None, postulates: Collection[str] = ()
) -> Candidate:
    """Return the candidate called ``candidate`` or, without a name, the one with just these steps and postulates.

    Raises NotFoundError with the nearest name for anything unknown, BadInputError for one that breaks a constraint, and when it
    is not just one of the two that is given.
    """
    one_or_own(candidate, steps, postulates)
    if candidate is not None:
        [found] = problem.candidates([candidate])
    else:
        [found] = problem.candidates(extra=[ad_hoc(steps or (), postulates)])
    return found


def as_json(found: Check, whole: Whole | None = None) -> dict[str, Any]:
    """Return a check as plain JSON content, in the form that ``mechkg check --json`` prints.

    ``whole`` is null where the space was not gone through.
    """
    return {
        "space": found.space,
        "graph_version": found.graph_version,
        "assumptions": list(found.assumptions),
        "withdrawn": list(found.withdrawn),
        "ignored": list(found.ignored),
        "cannot_refute": list(found.powerless),
        "candidates": [_candidate(candidate) for candidate in found.candidates],
        "whole": whole_as_json(whole) if whole else None,
    }


def whole_as_json(found: Whole) -> dict[str, Any]:
    """Return what all candidates of a space come to as plain JSON content."""
    return {
        "choices": found.choices,
        "candidates": found.candidates,
        "survivors": found.survivors,
        "exact": found.exact,
        "method": found.method,
        "standing": dict(found.standing),
        "minimal_survivors": [list(members) for members in found.minimal],
        "complete_up_to": found.complete_up_to,
        "ruled_out_by": dict(found.killed),
    }


def _candidate(found: CandidateVerdict) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "steps": list(found.steps),
        "postulates": list(found.postulates),
        "verdict": found.verdict,
        "gone": list(found.gone),
        "conflicts": [
            {"observation": c.observation, "rule": c.rule, "assumptions": list(c.assumptions), "sentence": c.sentence}
            for c in found.conflicts
        ],
        "explained": list(found.explained),
        "permitted": list(found.permitted),
        "silent": list(found.silent),
        "orders": list(found.orders),
    }
