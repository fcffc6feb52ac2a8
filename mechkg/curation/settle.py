"""Settle a dispute, or the review that a retraction has called for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.threads import disputes
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller

Outcome = Literal["upheld", "dismissed", "stands"]
"""Of a dispute: upheld or dismissed. Of a review after a retraction: stands. What does not stand is changed or retracted."""


def settle(
    ledger: Ledger, by: Caller, upon: Subject, reason: str, *, outcome: Outcome, of: int, materials: Collection[str] = ()
) -> Act:
    """Settle the dispute, or the retraction's review, that act ``of`` opened upon a subject.

    Raise ForbiddenError for who may not, among them who disputed; RefusedActError when no such dispute is open.
    """
    with at_desk(ledger, by) as desk:
        desk.require("settle", materials)
        if upon.kind != "item":
            waiting = {d.position: d for d in disputes(desk.batch.acts_on(upon)) if d.outcome is None}
            if of not in waiting:
                raise RefusedActError(f"no dispute upon {upon} is open that act {of} began")
            if waiting[of].by == by.person:
                raise RefusedActError(f"{by.person} began this dispute", hint="somebody else has to settle it")
        return desk.act("settle", upon, reason, {"of": of, "outcome": outcome})
