"""Dispute an accepted assertion or a verdict, in place."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation.dispute import dispute as write
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of_subject
from mechkg.service.naming import known_subject
from mechkg.service.workspace import Workspace


def dispute(workspace: Workspace, by: Caller, upon: Subject, reason: str, *, rests_on: Collection[str] = ()) -> Act:
    """Dispute what counts, saying why; ``rests_on`` names items that speak against it. Raises NotFoundError for an unknown
    one.
    """
    subject = known_subject(workspace, upon)
    items = [workspace.catalog.find(name).id for name in rests_on]
    return write(workspace.ledger, by, subject, reason, rests_on=items, materials=materials_of_subject(workspace, subject))
