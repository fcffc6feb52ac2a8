"""Check a hypothesis space: verdicts on its candidates, or on one put together on the spot."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mechkg.model.hypothesis import Candidate
from mechkg.model.verdict import CandidateVerdict, Check
from mechkg.reasoning.check import check as check_problem
from mechkg.service.workspace import Workspace

AD_HOC = "ad-hoc"
"""Name of a candidate that was put together on the spot."""


def check(
    workspace: Workspace,
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
    name = workspace.catalog.space(space).id
    extra = () if steps is None and not postulates else (ad_hoc(steps or (), postulates),)
    with workspace.lock:
        return check_problem(workspace.problem(name), candidates, without, extra, ignoring)


def ad_hoc(steps: Collection[str], postulates: Collection[str] = ()) -> Candidate:
    """Return a candidate with just these optional steps and postulates."""
    return Candidate(
        id=AD_HOC,
        title="put together on the spot",
        steps=tuple(dict.fromkeys(steps)),
        postulates=tuple(dict.fromkeys(postulates)),
    )


def as_json(found: Check) -> dict[str, Any]:
    """Return a check as plain JSON content, in the form that ``mechkg check --json`` prints."""
    return {
        "space": found.space,
        "graph_version": found.graph_version,
        "assumptions": list(found.assumptions),
        "withdrawn": list(found.withdrawn),
        "ignored": list(found.ignored),
        "cannot_refute": list(found.powerless),
        "candidates": [_candidate(candidate) for candidate in found.candidates],
    }


def _candidate(found: CandidateVerdict) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "steps": list(found.steps),
        "postulates": list(found.postulates),
        "verdict": found.verdict,
        "conflicts": [
            {"observation": c.observation, "rule": c.rule, "assumptions": list(c.assumptions), "sentence": c.sentence}
            for c in found.conflicts
        ],
        "explained": list(found.explained),
        "permitted": list(found.permitted),
        "silent": list(found.silent),
        "orders": list(found.orders),
    }
