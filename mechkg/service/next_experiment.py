"""Say which experiment to do next: what each survivor predicts of variations of what was done, and which splits them best."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mechkg.model.experiment import Plan
from mechkg.reasoning.experiments import plan_experiments
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph


def next_experiment(
    workspace: View,
    space: str,
    *,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    progress: Callable[[float], None] | None = None,
) -> tuple[Plan, Words]:
    """Rank the experiments that could be done next in ``space``, and return the words for what is in the plan.

    Assumptions in ``without`` are withdrawn, observations in ``ignoring`` left out of account. Raises NotFoundError with the
    nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        return plan_experiments(problem, without, ignoring, progress=progress), Words.of(workspace, problem)


def as_json(found: Plan, most: int | None = None) -> dict[str, Any]:
    """Return a plan as plain JSON content: the first ``most`` experiments and the smallest set; ``left_out`` counts the rest."""
    content = asdict(found)
    ranked = content["experiments"]
    first = len(ranked) if most is None else most
    kept = [e for place, e in enumerate(ranked) if place < first or e["name"] in found.smallest_set]
    content["left_out"] = len(found.experiments) - len(kept)
    content["experiments"] = kept
    content["not_separated"] = [[pair.one, pair.other] for pair in found.pairs if pair.experiment is None]
    return content
