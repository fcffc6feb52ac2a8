"""Say which experiment to do next: what each survivor predicts of variations of what was done, and which splits them best."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

from mechkg.model.experiment import Plan
from mechkg.reasoning.experiments import plan_experiments
from mechkg.service.workspace import Workspace


def next_experiment(
    workspace: Workspace,
    space: str,
    *,
    without: Collection[str] = (),
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """Rank the experiments that could be done next in ``space``, with the assumptions in ``without`` withdrawn.

    Raises NotFoundError with the nearest name for anything unknown.
    """
    name = workspace.catalog.space(space).id
    with workspace.lock:
        return plan_experiments(workspace.problem(name), without, progress=progress)


def as_json(found: Plan, most: int | None = None) -> dict[str, Any]:
    """Return a plan as plain JSON content: the first ``most`` experiments and the smallest set; ``left_out`` counts the rest."""
    content = asdict(found)
    if most is not None:
        kept = [e for place, e in enumerate(content["experiments"]) if place < most or e["name"] in found.smallest_set]
        content["left_out"] = len(found.experiments) - len(kept)
        content["experiments"] = kept
    return content
