"""Retract what counts: nothing takes its place, and everybody sees why."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import RetractionCode
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller


def retract(
    ledger: Ledger, by: Caller, assertion: str, *, code: RetractionCode, reason: str, materials: Collection[str] = ()
) -> Act:
    """Retract an accepted assertion for a coded reason and in words.

    What rests on it goes on counting and waits for a review. Raise ForbiddenError for who may not or declared an
    interest, RefusedActError when it does not count or no reason is given.
    """
    with at_desk(ledger, by) as desk:
        desk.require("retract", materials)
        desk.refuse_interested_in(assertion, materials)
        desk.refuse_other_status(assertion, "accepted", "retract")
        return desk.give_status("retract", assertion, reason, content={"code": code})
