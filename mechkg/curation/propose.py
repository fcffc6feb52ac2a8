"""Propose an assertion: it enters the ledger and waits for a decision."""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable
from mechkg.model.ledger_record import Act, AssertionRecord


def propose(to: Writable, record: AssertionRecord, *, actor: str | None = None, reason: str | None = None) -> Act:
    """Propose ``record``, new or once rejected, superseded or retracted. ``actor`` defaults to the one of the batch.

    Raise RefusedActError when it is proposed or accepted already, or its id is not that of its content.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("propose", record.id, actor, reason, record))
    return act
