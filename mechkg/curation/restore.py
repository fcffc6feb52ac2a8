"""Restore what was retracted: it counts again."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller


def restore(ledger: Ledger, by: Caller, assertion: str, *, reason: str, materials: Collection[str] = ()) -> Act:
    """Let a retracted assertion count again.

    Raise ForbiddenError for who may not or declared an interest, RefusedActError when it is not retracted, never counted, or
    another assertion of its item counts meanwhile.
    """
    with at_desk(ledger, by) as desk:
        desk.require("restore", materials)
        desk.refuse_interested_in(assertion, materials)
        return desk.give_status("restore", assertion, reason)
