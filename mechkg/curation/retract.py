"""Retract an assertion, accepted or still proposed: nothing takes its place."""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable
from mechkg.model.ledger_record import Act


def retract(to: Writable, assertion: str, *, reason: str, actor: str | None = None) -> Act:
    """Retract ``assertion``. ``actor`` defaults to the one of the batch.

    Raise RefusedActError when it is neither proposed nor accepted, or the reason is blank.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("retract", assertion, actor, reason))
    return act
