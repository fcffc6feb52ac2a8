"""Dispute what counts, in place: it goes on counting, marked as disputed, until somebody settles the dispute."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller


def dispute(
    ledger: Ledger, by: Caller, upon: Subject, reason: str, *, rests_on: Collection[str] = (), materials: Collection[str] = ()
) -> Act:
    """Dispute an accepted assertion, or a verdict, for a reason; ``rests_on`` names items that speak against it.

    Raise ForbiddenError for who may not, RefusedActError without a reason or for an assertion that does not count.
    """
    with at_desk(ledger, by) as desk:
        desk.require("dispute", materials)
        if upon.kind == "assertion":
            state = desk.batch.state(upon.name)
            if state is None or state.status != "accepted":
                found = state.status if state else "unknown"
                name = desk.called(upon)
                raise RefusedActError(f"cannot dispute {name}: it is {found}", hint="dispute what counts; comment on the rest")
        return desk.act("dispute", upon, reason, {"rests_on": sorted(rests_on)})
