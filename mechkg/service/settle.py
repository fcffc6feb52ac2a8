"""Settle a dispute, or the review that a retraction has called for."""

from __future__ import annotations

from mechkg.curation.settle import Outcome
from mechkg.curation.settle import settle as write
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of_subject
from mechkg.service.naming import known_subject
from mechkg.service.workspace import Workspace


def settle(workspace: Workspace, by: Caller, upon: Subject, reason: str, *, outcome: Outcome, of: int) -> Act:
    """Settle the dispute or review that act ``of`` began, saying why it ends so."""
    subject = known_subject(workspace, upon)
    materials = materials_of_subject(workspace, subject)
    return write(workspace.ledger, by, subject, reason, outcome=outcome, of=of, materials=materials)
