"""Assign something to somebody."""

from __future__ import annotations

from mechkg.curation.assign import assign as write
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.service.disagreements import standing_subject
from mechkg.service.workspace import Workspace


def assign(workspace: Workspace, by: Caller, what: Subject, to: str | None, *, reason: str | None = None) -> Act:
    """Assign a change set, a document, an item or a conflict to a person, or to nobody again."""
    return write(workspace.ledger, by, standing_subject(workspace, what), to, reason=reason)
