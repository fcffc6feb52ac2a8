"""Comment on something."""

from __future__ import annotations

from mechkg.curation.comment import comment as write
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.service.disagreements import standing_subject
from mechkg.service.workspace import Workspace


def comment(workspace: Workspace, by: Caller, upon: Subject, text: str, *, answers: int | None = None) -> Act:
    """Say something upon a change set, an assertion, an item, a conflict, a verdict or a document."""
    return write(workspace.ledger, by, standing_subject(workspace, upon), text, answers=answers)
