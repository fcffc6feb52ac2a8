"""Settle a dispute, or the review that a retraction has called for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.threads import disputes
from mechkg.errors import ForbiddenError, RefusedActError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller

Outcome = Literal["upheld", "dismissed", "stands"]
"""Of a dispute: upheld or dismissed. Of a review after a retraction: stands. What does not stand is changed or retracted."""


def settle(
    ledger: Ledger, by: Caller, upon: Subject, reason: str, *, outcome: Outcome, of: int, materials: Collection[str] = ()
) -> Act:
    """Settle the dispute, or the retraction's review, that act ``of`` opened upon a subject.

    Raise ForbiddenError for who may not, among them who disputed or declared an interest; RefusedActError when nothing is open
    that act ``of`` began, or it cannot end so.
    """
    with at_desk(ledger, by) as desk:
        desk.require("settle", materials)
        if upon.kind == "assertion":
            desk.refuse_interested_in(upon.name, materials)
        else:
            desk.refuse_interested(materials)
        if upon.kind == "item":
            _check_review(desk, upon, of)
        else:
            _check_dispute(desk, upon, of)
        valid = ("stands",) if upon.kind == "item" else ("upheld", "dismissed")
        if outcome not in valid:
            raise RefusedActError(
                f"what act {of} began upon {desk.called(upon)} cannot end as '{outcome}'", hint=f"it is {' or '.join(valid)}"
            )
        return desk.act("settle", upon, reason, {"of": of, "outcome": outcome})


def _check_dispute(desk: Desk, upon: Subject, of: int) -> None:
    waiting = {dispute.position: dispute for dispute in disputes(desk.batch.acts_on(upon)) if dispute.outcome is None}
    if of not in waiting:
        still = ", ".join(map(str, waiting))
        hint = f"open are those that act {still} began" if still else None
        raise RefusedActError(f"no dispute upon {desk.called(upon)} is open that act {of} began", hint=hint)
    if waiting[of].by == desk.by.person:
        raise ForbiddenError(f"{desk.by.person} began this dispute", hint="somebody else has to settle it")


def _check_review(desk: Desk, upon: Subject, of: int) -> None:
    """Check that act ``of`` ended something that counted, and that nobody has said yet that ``upon`` stands in spite of it."""
    cause = next(desk.ledger.acts(of - 1, of), None) if of > 0 else None
    if cause is None or cause.assertion is None or cause.kind not in ("retract", "supersede"):
        raise RefusedActError(f"act {of} retracted nothing", hint="name the act that retracted what the item rests on")
    for act in desk.batch.acts_on(upon):
        if act.kind == "settle" and (act.content or {}).get("of") == of:
            raise RefusedActError(f"{act.actor} settled this in act {act.position}: {act.reason}")
