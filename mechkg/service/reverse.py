"""Propose to undo a change set that was accepted: another one that puts back what stood before."""

from __future__ import annotations

from collections.abc import Iterator

from mechkg.errors import RefusedActError
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import Asked, PutItem, RemoveItem, change_set_of
from mechkg.service.propose import propose
from mechkg.service.recorded import Recorded
from mechkg.service.workspace import Workspace


def reverse(workspace: Workspace, by: Caller, change_set: str) -> ChangeSet:
    """Propose to put back what stood before a change set was accepted; somebody else reviews that, as all else.

    Raise RefusedActError for one that was not accepted, or of which something was changed since; besides what
    :func:`mechkg.service.propose.propose` raises.
    """
    found = change_set_of(workspace, change_set)
    if found.status != "accepted":
        raise RefusedActError(f"cannot undo {change_set}: it is {found.status}", hint="what was accepted can be undone")
    asked = list(_reversed(workspace, found))
    return propose(workspace, by, asked, title=f"Undo: {found.title}", reason=f"puts back what stood before {change_set}")


def _reversed(workspace: Recorded, found: ChangeSet) -> Iterator[Asked]:
    entries = workspace.catalog.entries
    bases = workspace.ledger.assertions(edit.base for edit in found.edits if edit.base is not None)
    for edit in found.edits:
        now = entries[edit.item].record.id if edit.item in entries else None
        if now != edit.assertion:
            raise RefusedActError(
                f"cannot undo {found.id}: '{edit.item}' was changed since", hint="change it as it stands now, or restore it"
            )
        if edit.base is None:
            yield RemoveItem(edit.item, "other")
        else:
            base = bases[edit.base]
            yield PutItem(base.kind, base.document, base.body)
