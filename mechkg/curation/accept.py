"""Accept a proposed assertion: from here on it counts."""

from __future__ import annotations

from mechkg.curation.batch import NewAct, Writable
from mechkg.model.ledger_record import Act


def accept(to: Writable, assertion: str, *, actor: str | None = None, reason: str | None = None) -> Act:
    """Accept the proposed ``assertion``. ``actor`` defaults to the one of the batch.

    Raise RefusedActError when it is not proposed, or when its item has another accepted assertion that is not superseded in
    the same batch.
    """
    with to.writing() as batch:
        act = batch.add(NewAct("accept", assertion, actor, reason))
    return act
