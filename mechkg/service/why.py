"""Say why a candidate has its verdict, down to the sentences of the papers."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from mechkg.model.verdict import Explanation
from mechkg.reasoning.check import explain
from mechkg.service.check import ad_hoc, one_or_own

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph


def why(
    workspace: View,
    space: str,
    candidate: str | None = None,
    *,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    steps: Collection[str] | None = None,
    postulates: Collection[str] = (),
) -> Explanation:
    """Prove the verdict on a named candidate, or on one with just these ``steps`` and ``postulates``.

    Raises NotFoundError with the nearest name for anything unknown, BadInputError unless it is one of the two.
    """
    one_or_own(candidate, steps, postulates)
    with workspace.lock:
        asked = candidate if candidate is not None else ad_hoc(steps or (), postulates)
        return explain(workspace.problem(space), asked, without, ignoring)
