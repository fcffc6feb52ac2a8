"""Propose a change set: items added, changed or removed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mechkg.curation.propose import propose as write
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import Asked, materials_of, wishes_of
from mechkg.service.workspace import Workspace


def propose(
    workspace: Workspace,
    by: Caller,
    asked: Sequence[Asked],
    *,
    title: str,
    reason: str | None = None,
    machine: Mapping[str, Any] | None = None,
    quotes: Mapping[str, Any] | None = None,
) -> ChangeSet:
    """Propose what is asked for, as of what counts now; it waits for a reviewer.

    What is wrong with it besides, such as a name that nothing has, is found by :func:`mechkg.service.impact.impact` and keeps it
    from being accepted. Raises as :func:`mechkg.curation.propose.propose` does, and NotFoundError with the nearest name.
    """
    reading = workspace.reading
    wishes = wishes_of(reading.catalog, asked)
    materials = materials_of(reading.catalog, (wish.record for wish in wishes))
    return write(
        workspace.ledger,
        by,
        wishes,
        title=title,
        base=reading.version,
        reason=reason,
        materials=materials,
        machine=machine,
        quotes=quotes,
    )
