"""Supersede an accepted assertion: another one says it better and counts in its place."""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable, superseding_reason
from mechkg.model.ledger_record import Act


def supersede(to: Writable, assertion: str, *, by: str, reason: str | None = None, actor: str | None = None) -> Act:
    """Supersede the accepted ``assertion`` by the assertion ``by``. ``actor`` defaults to the one of the batch.

    The link is kept in the reason of the act; :func:`mechkg.curation.batch.successor` reads it back. Raise RefusedActError when
    ``assertion`` is not accepted, when ``by`` is unknown or the same, or when ``by`` is not accepted by the end of the batch: a
    lone act needs a successor that is accepted already, so an item's new version is accepted in one batch with this act.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("supersede", assertion, actor, superseding_reason(by, reason)))
    return act
