"""Sign off on an assertion or on a verdict: somebody has looked at it and all it rests on, and stands by it.

The signature names what lies beneath, so that anybody can tell later that it has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import called
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act, Subject, content_id
from mechkg.model.person import Caller


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who stood by what, when, and by what digest of its ground."""

    subject: Subject
    by: str
    at: datetime
    position: int
    ground: str
    says: str
    reason: str | None = None


def ground_digest(says: str, beneath: Iterable[str]) -> str:
    """Return the digest of what is signed: what it says, and the assertions that it rests on."""
    return content_id({"says": says, "beneath": sorted(set(beneath))})


def sign_off(
    ledger: Ledger,
    by: Caller,
    upon: Subject,
    *,
    says: str,
    beneath: Collection[str],
    reason: str | None = None,
    materials: Collection[str] = (),
) -> SignOff:
    """Stand by ``upon``, which ``says`` this and rests on the assertions ``beneath``.

    Raise ForbiddenError for who may not or declared an interest, RefusedActError when it, or something beneath, does not count.
    """
    with at_desk(ledger, by) as desk:
        desk.require("sign-off", materials)
        rests_on = {*beneath, upon.name} if upon.kind == "assertion" else set(beneath)
        desk.batch.prefetch(rests_on)
        states = {assertion: desk.batch.state(assertion) for assertion in sorted(rests_on)}
        desk.refuse_interested({*materials, *(state.document for state in states.values() if state is not None)})
        for assertion, state in states.items():
            if state is None or state.status != "accepted":
                found = state.status if state else "unknown"
                why = f"it is {found}" if assertion == upon.name else f"it rests on {called(assertion, state)}, which is {found}"
                raise RefusedActError(f"cannot sign off {desk.called(upon)}: {why}", hint="only what counts is signed")
        act = desk.act("sign-off", upon, reason, {"says": says, "ground": ground_digest(says, beneath)})
        return sign_offs([act])[0]


def sign_offs(acts: Iterable[Act]) -> list[SignOff]:
    """Return the signatures among acts, the last of each person upon each subject."""
    found: dict[tuple[Subject, str], SignOff] = {}
    for act in acts:
        if act.kind == "sign-off" and act.subject is not None and act.content is not None:
            content = act.content
            found[act.subject, act.actor] = SignOff(
                act.subject, act.actor, act.at, act.position, content["ground"], content["says"], act.reason
            )
    return list(found.values())
