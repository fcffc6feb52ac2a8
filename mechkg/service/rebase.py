"""Rebase a change set on what counts now, choosing a side wherever both changed the same."""

from __future__ import annotations

from mechkg.curation.rebase import Choices, MovedEdit, moved_edits
from mechkg.curation.rebase import rebase as write
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
    """Make revision ``revision`` of a change set anew on what counts now; raise StaleError, naming each place, without a
    choice.
    """
    found = change_set_of(workspace, change_set)
    materials = materials_of_edits(workspace, found.edits)
    return write(
        workspace.ledger, by, change_set, revision=revision, choices=choices, reason=reason, materials=materials, check=_valid
    )


def merge_of(workspace: Recorded, change_set: str, choices: Choices | None = None) -> list[MovedEdit]:
    """Return each edit of a change set that is stale, with what a merge would come to; empty when it is not stale."""
    return moved_edits(workspace.ledger, change_set_of(workspace, change_set), choices)


def _valid(record: AssertionRecord) -> None:
    record_of(record.kind, record.document, record.body)
