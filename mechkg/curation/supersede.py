"""Supersede what counts by something else that counts: one of two items says it better."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation.batch import superseding_reason
from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import called
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller


def supersede(ledger: Ledger, by: Caller, assertion: str, *, successor: str, reason: str, materials: Collection[str] = ()) -> Act:
    """Let the accepted ``assertion`` give way to ``successor``, which counts already.

    A new reading of the same item is a change set instead. Raise ForbiddenError for who may not or declared an interest,
    RefusedActError when one of the two does not count or no reason is given.
    """
    with at_desk(ledger, by) as desk:
        desk.require("supersede", materials)
        for one in (assertion, successor):
            desk.refuse_interested_in(one, materials)
        if not reason.strip():
            name = called(assertion, desk.batch.state(assertion))
            raise RefusedActError(f"cannot supersede {name} without a reason", hint="say why in a sentence")
        return desk.give_status("supersede", assertion, superseding_reason(successor, reason))
