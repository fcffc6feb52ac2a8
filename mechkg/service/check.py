"""Check a hypothesis space: verdicts on its candidates, or on one put together on the spot."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mechkg.model.hypothesis import Candidate
from mechkg.model.verdict import CandidateVerdict, Check
from mechkg.service.workspace import Workspace

AD_HOC = "ad-hoc"
"""Name of a candidate that was put together on the spot."""


def check(
    workspace: Workspace,
    space: str,
    *,
    candidates: Collection[str] = (),
    without: Collection[str] = (),
    steps: Collection[str] | None = None,
) -> Check:
    """Check the candidates of ``space``: all, or those named; ``steps`` adds one with just these optional steps.

    Assumptions in ``without`` are withdrawn. Raises NotFoundError with the nearest name for anything unknown.
    """
    name = workspace.catalog.space(space).id
    extra = () if steps is None else (ad_hoc(steps),)
    with workspace.lock:
        return workspace.checker(name).check(candidates, without, extra)


def ad_hoc(steps: Collection[str]) -> Candidate:
    """Return a candidate with just these optional steps."""
    return Candidate(id=AD_HOC, title="put together on the spot", steps=tuple(dict.fromkeys(steps)))


def as_json(found: Check) -> dict[str, Any]:
    """Return a check as plain JSON content, in the form that ``mechkg check --json`` prints."""
    return {
        "space": found.space,
        "graph_version": found.graph_version,
        "assumptions": list(found.assumptions),
        "withdrawn": list(found.withdrawn),
        "candidates": [_candidate(candidate) for candidate in found.candidates],
    }


def _candidate(found: CandidateVerdict) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "steps": list(found.steps),
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
