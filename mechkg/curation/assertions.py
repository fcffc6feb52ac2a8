"""What can be done upon one assertion: the acts that give it its status.

These hold every road into the ledger to the rules of ``batch.py``. They know nothing of people and their rights: the importer of
corpus files uses them as they are, and the acts that people do (``accept``, ``retract``, ...) use them once they are allowed.

Each takes a ledger (then it is a transaction of its own) or an open batch; ``actor`` defaults to the one of the batch. Each
raises RefusedActError, with nothing written, when the status of the assertion does not allow it or a reason is owed and blank.
"""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable, superseding_reason
from mechkg.model.ledger_record import Act, AssertionRecord


def propose(to: Writable, record: AssertionRecord, *, actor: str | None = None, reason: str | None = None) -> Act:
    """Propose ``record``, new or once rejected, superseded or retracted: it enters the ledger and waits for a decision.

    Raise RefusedActError also when its id is not that of its content.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("propose", record.id, actor, reason, record))
    return act


def accept(to: Writable, assertion: str, *, actor: str | None = None, reason: str | None = None) -> Act:
    """Accept the proposed ``assertion``: from here on it counts.

    Raise RefusedActError also when its item has another accepted assertion that is not superseded in the same batch.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("accept", assertion, actor, reason))
    return act


def reject(to: Writable, assertion: str, *, reason: str, actor: str | None = None) -> Act:
    """Reject the proposed ``assertion``: it stays in the ledger and does not count. What is accepted is retracted instead."""
    with to.writing() as batch:
        act = batch.add(NewAct("reject", assertion, actor, reason))
    return act


def supersede(to: Writable, assertion: str, *, by: str, reason: str | None = None, actor: str | None = None) -> Act:
    """Supersede the accepted ``assertion`` by the assertion ``by``, which says it better and counts in its place.

    The link is kept in the reason of the act; :func:`mechkg.curation.batch.successor` reads it back. Raise RefusedActError also
    when ``by`` is unknown or the same, or is not accepted by the end of the batch: a lone act needs a successor that is accepted
    already, so an item's new version is accepted in one batch with this act.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("supersede", assertion, actor, superseding_reason(by, reason)))
    return act


def retract(to: Writable, assertion: str, *, reason: str, actor: str | None = None) -> Act:
    """Retract ``assertion``, accepted or still proposed: nothing takes its place."""
    with to.writing() as batch:
        act = batch.add(NewAct("retract", assertion, actor, reason))
    return act


def restore(to: Writable, assertion: str, *, reason: str, actor: str | None = None) -> Act:
    """Restore the retracted ``assertion``: it counts again, as if it had not been retracted."""
    with to.writing() as batch:
        act = batch.add(NewAct("restore", assertion, actor, reason))
    return act
