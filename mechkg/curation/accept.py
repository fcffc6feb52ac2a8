"""Accept a change set: from here on its edits count, all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mechkg.curation import policy
from mechkg.curation.batch import superseding_reason
from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import ForbiddenError, RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Person


def accept(
    ledger: Ledger,
    by: Caller,
    change_set: str,
    *,
    revision: int,
    reason: str | None = None,
    materials: Collection[str] = (),
    despite: Mapping[str, str] | None = None,
    alone: str | None = None,
    checked_at: int | None = None,
) -> ChangeSet:
    """Accept revision ``revision`` of a change set, and return it.

    ``despite``: doubt -> why it is accepted in spite of it. ``alone``: why an administrator accepts own work, where nobody else
    could. ``checked_at`` is the position of what counted when the edits were held against it; StaleError when that has moved.

    Raise ForbiddenError for who may not, an author of the change set, or somebody with a declared conflict of interest;
    StaleError when it was made on what no longer counts; RefusedActError when it is decided or was revised since.
    """
    subject = subject_of(change_set)
    with at_desk(ledger, by, subject) as desk:
        found = desk.change_set(change_set)
        content: dict[str, Any] = {"revision": revision, **_admit(desk, found, materials, alone)}
        if despite:
            content["despite"] = dict(despite)
        desk.act("accept", subject, reason, content)
        desk.refuse_stale(change_set, found.edits)
        if checked_at is not None and desk.batch.rows.settled() != checked_at:
            raise StaleError("what counts has changed since the change set was checked", hint="look at its impact again")
        desk.batch.prefetch(edit.assertion for edit in found.edits if edit.assertion is not None)
        for edit in found.edits:
            _apply(desk, edit, subject, reason, found)
        return desk.change_set(change_set)


def refuse_who_may_not(
    ledger: Ledger, by: Caller, change_set: str, *, materials: Collection[str] = (), alone: str | None = None
) -> None:
    """Raise what :func:`accept` raises for who may not accept a change set, whatever it says; nothing is written."""
    with at_desk(ledger, by, subject_of(change_set)) as desk:
        _admit(desk, desk.change_set(change_set), materials, alone)


def _admit(desk: Desk, found: ChangeSet, materials: Collection[str], alone: str | None) -> dict[str, str]:
    """Return what is recorded of who accepts; raise ForbiddenError, or RefusedActError for own work without a reason."""
    person = desk.require_for("accept", found, materials)
    told = {"alone": _alone(desk, person, found.id, alone)} if person.id in found.authors and found.open else {}
    desk.refuse_interested({*materials, *found.materials, *found.authors, *(edit.document for edit in found.edits)})
    return told


def _alone(desk: Desk, person: Person, name: str, why: str | None) -> str:
    """Return why own work may be accepted here; raise when it may not."""
    if not policy.is_alone(desk.everybody.values()) or not person.may("administrator"):
        raise ForbiddenError(f"{person.id} cannot accept {name}, being an author of it", hint="somebody else has to look at it")
    if not (why or "").strip():
        raise RefusedActError(
            f"{person.id} is an author of {name}, and nobody else may review here", hint="say why it is accepted"
        )
    return str(why).strip()


def _apply(desk: Desk, edit: Edit, cause: Subject, reason: str | None, found: ChangeSet) -> None:
    if edit.op == "remove":
        assert edit.base is not None
        desk.give_status("retract", edit.base, f"removed by {cause.name}" + (f": {reason}" if reason else ""), cause,
                         content={"code": edit.code})  # fmt: skip
        return
    assert edit.assertion is not None
    if edit.base is not None:
        desk.give_status("supersede", edit.base, superseding_reason(edit.assertion, f"changed by {cause.name}"), cause)
    place = found.places.get(edit.item)
    # where it was read, so that the assertion itself tells the place of its quote
    desk.give_status("accept", edit.assertion, None, cause, content={"quotes": [place]} if place else None)
