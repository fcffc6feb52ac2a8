"""Reject a proposed assertion: it stays in the ledger, with the reason, and does not count."""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable
from mechkg.model.ledger_record import Act


def reject(to: Writable, assertion: str, *, reason: str, actor: str | None = None) -> Act:
    """Reject the proposed ``assertion``. ``actor`` defaults to the one of the batch.

    Raise RefusedActError when it is not proposed or the reason is blank. What is accepted already is retracted, not rejected.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("reject", assertion, actor, reason))
    return act
