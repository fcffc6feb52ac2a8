"""What if: which verdicts change when one assumption or observation is withdrawn, and what each verdict hangs on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from mechkg.model.report import WhatIf
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.what_if import what_if as try_each
from mechkg.service.words import Words

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph


def what_if(
    workspace: View, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()
) -> tuple[WhatIf, Words]:
    """Withdraw every assumption and every observation by itself, beyond those in ``without`` and ``ignoring``.

    Raises NotFoundError with the nearest name for anything unknown.
    """
    with workspace.lock:
        problem = workspace.problem(space)
        return try_each(problem, without, ignoring), Words.of(workspace, problem)


def as_json(found: WhatIf) -> dict[str, Any]:
    """Return it as plain JSON content."""

    def change(candidate: str, before: VerdictName, after: VerdictName) -> dict[str, str]:
        return {"candidate": candidate, "before": before, "after": after}

    return {
        "tried": found.tried,
        "flips": [
            {"kind": flip.kind, "name": flip.name, "verdicts": [change(c, *both) for c, both in flip.verdicts.items()]}
            for flip in found.flips
        ],
        "unchanged": [{"kind": kind, "name": name} for kind, name in found.unchanged],
        "weakest": [{"candidate": p.candidate, "kind": p.kind, "name": p.name, "backing": p.backing} for p in found.weakest],
    }
