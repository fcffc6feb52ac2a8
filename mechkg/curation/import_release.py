"""Import what a release holds: one batch that lets all of it count here as it counted there, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mechkg.curation.batch import superseding_reason
from mechkg.curation.chain import time_text
from mechkg.curation.desk import Desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.person import Caller

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What the import of a release did: numbers of assertions that came to count, that gave way to them, that were retracted, and
    that counted already.

    ``batch`` is the id of the batch; None when nothing had to be done.
    """

    release: str
    batch: str | None
    accepted: int
    superseded: int
    retracted: int
    unchanged: int


def import_release(
    ledger: Ledger,
    by: Caller,
    name: str,
    accepted: Sequence[tuple[AssertionRecord, Act]],
    retracted: Sequence[Act] = (),
    *,
    digest: str,
) -> ReleaseReport:
    """Let the assertions of the release called ``name`` count here; ``digest`` is that of its manifest.

    Each is accepted by the caller, and the act carries the one by which it was accepted there. What an earlier import of a
    release brought, and nobody touched since, is superseded, or retracted where ``retracted`` has the act that ended it there.
    Raise ForbiddenError for who may make no releases himself;
    RefusedActError, naming the items, when somebody decided otherwise here: then nothing enters.
    """
    with ledger.batch(f"release {name}", by.person, file_digest=digest, door=by.door) as batch:
        desk = Desk(ledger, batch, by)
        desk.require("release")
        batch.prefetch([record.id for record, _ in accepted])
        counting = batch.counting(record.item for record, _ in accepted)
        _refuse_decided(desk, name, accepted, counting)
        unchanged = superseded = 0
        for record, act in accepted:
            here = counting.get(record.item)
            if here == record.id:
                unchanged += 1
                continue
            state = batch.state(record.id)
            if state is None or state.status != "proposed":
                desk.give_status("propose", record.id, record=record)
            if here is not None:
                desk.give_status("supersede", here, superseding_reason(record.id, f"release {name} says otherwise"))
                superseded += 1
            reason = f"in release {name}: accepted by {act.actor or 'the system'} on {act.at.date().isoformat()}"
            desk.give_status("accept", record.id, reason, content={"release": name, "there": _content_of(act)})
        gone = _retract(desk, name, retracted, {record.id for record, _ in accepted})
        done = len(accepted) - unchanged
        return ReleaseReport(name, batch.id if batch.acts else None, done, superseded, gone, unchanged)


def _retract(desk: Desk, name: str, retracted: Sequence[Act], accepted: Collection[str]) -> int:
    """Retract what counts here by the import of a release alone, and counts there no more; return how much that is."""
    done = 0
    for act in retracted:
        state = desk.batch.state(act.assertion) if act.assertion is not None else None
        if state is None or state.status != "accepted" or state.assertion in accepted:
            continue
        if "release" not in (desk.batch.rows.acts_upon(state.assertion)[-1].content or {}):
            continue  # somebody accepted it here
        reason = f"in release {name}: {act.kind} by {act.actor or 'the system'} on {act.at.date().isoformat()}"
        content = {"code": (act.content or {}).get("code", "other"), "release": name, "there": _content_of(act)}
        desk.give_status("retract", state.assertion, f"{reason}: {act.reason}" if act.reason else reason, content=content)
        done += 1
    return done


def _content_of(act: Act) -> dict[str, object]:
    """Return an act of another ledger as plain JSON content, all that it says."""
    return {
        "position": act.position,
        "kind": act.kind,
        "by": act.actor,
        "at": time_text(act.at),
        "reason": act.reason,
        "batch": act.batch,
        "subject": str(act.subject) if act.subject else None,
        "door": act.door,
        "content": act.content,
        "digest": act.digest,
    }


def _refuse_decided(desk: Desk, name: str, accepted: Sequence[tuple[AssertionRecord, Act]], counting: dict[str, str]) -> None:
    """Raise RefusedActError when something that the release holds was decided otherwise here."""
    refused: list[str] = []
    for record, _ in accepted:
        here = counting.get(record.item)
        if here == record.id:
            continue
        state = desk.batch.state(record.id)
        if state is not None and state.status == "proposed" and desk.batch.rows.acts_upon(record.id)[-1].subject is not None:
            refused.append(f"'{record.item}' waits here for a decision, proposed by {state.actor}")
        elif here is not None:
            last = desk.batch.rows.acts_upon(here)[-1]
            if "release" not in (last.content or {}):
                refused.append(f"'{record.item}' reads otherwise here, accepted by {last.actor} in act {last.position}")
        elif state is not None and state.status in ("rejected", "retracted", "superseded"):
            if "release" in (desk.batch.rows.acts_upon(record.id)[-1].content or {}):
                continue  # it was another release that took it back
            refused.append(f"'{record.item}' was {state.status} here, by {state.actor} in act {state.position}")
    if refused:
        more = f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        raise RefusedActError(
            f"release {name} does not fit what was decided here: {'; '.join(refused[:_SHOWN])}{more}",
            hint="propose its changes as a change set, or import it into a ledger of its own",
        )
