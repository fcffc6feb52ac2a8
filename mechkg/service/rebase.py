"""Rebase a change set on what counts now, choosing a side wherever both changed the same."""

from __future__ import annotations

from mechkg.curation.rebase import Choices, MovedEdit, moved_edits
from mechkg.curation.rebase import rebase as write
from mechkg.errors import NotFoundError
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.person import Caller
from mechkg.service.acting import change_set_of, materials_of_edits, record_of
from mechkg.service.recorded import Recorded
from mechkg.service.workspace import Workspace


def rebase(
    workspace: Workspace,
    by: Caller,
    change_set: str,
    *,
    revision: int,
    choices: Choices | None = None,
    reason: str | None = None,
) -> ChangeSet:
    """Make revision ``revision`` of a change set anew on what counts now.

    Raise StaleError, naming each place without a choice; NotFoundError, with the nearest name, for a choice where none is needed.
    """
    found = change_set_of(workspace, change_set)
    if found.open and found.revision == revision:
        _refuse_needless(workspace, found, choices or {})
    materials = materials_of_edits(workspace, found.edits)
    return write(
        workspace.ledger, by, change_set, revision=revision, choices=choices, reason=reason, materials=materials, check=_valid
    )


def _refuse_needless(workspace: Workspace, found: ChangeSet, choices: Choices) -> None:
    moved = {each.edit.item: each for each in moved_edits(workspace.ledger, found)}
    for item, places in choices.items():
        if item not in moved:
            raise NotFoundError.of(f"item of {found.id} that others changed meanwhile", item, moved)
        merged = moved[item].merge
        valid = [clash.place for clash in merged.clashes] if merged is not None else [""]
        for place in places:
            if place not in valid:
                error = NotFoundError.of(f"clash of '{item}'", place, valid)
                told = ", ".join(valid) if any(valid) else "nothing but whether it is there" if valid else "nothing"
                raise NotFoundError(error.message, hint=error.hint or f"both sides changed {told}")


def merge_of(workspace: Recorded, change_set: str, choices: Choices | None = None) -> list[MovedEdit]:
    """Return each edit of a change set that is stale, with what a merge would come to; empty when it is not stale."""
    return moved_edits(workspace.ledger, change_set_of(workspace, change_set), choices)


def _valid(record: AssertionRecord) -> None:
    record_of(record.kind, record.document, record.body)
