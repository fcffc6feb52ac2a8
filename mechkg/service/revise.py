"""Revise a change set: its authors wish for something else in its place."""

from __future__ import annotations

from collections.abc import Sequence

from mechkg.curation.revise import revise as write
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import Asked, materials_of, wishes_of
from mechkg.service.workspace import Workspace


def revise(
    workspace: Workspace,
    by: Caller,
    change_set: str,
    asked: Sequence[Asked],
    *,
    revision: int,
    title: str | None = None,
    reason: str | None = None,
) -> ChangeSet:
    """Put what is asked for in place of revision ``revision`` of a change set, as of what counts now."""
    reading = workspace.reading
    wishes = wishes_of(reading.catalog, asked)
    materials = materials_of(reading.catalog, (wish.record for wish in wishes))
    return write(
        workspace.ledger, by, change_set, wishes, revision=revision, base=reading.version, title=title, reason=reason,
        materials=materials,
    )  # fmt: skip
