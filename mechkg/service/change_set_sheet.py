"""A change set as a reviewer reads it: its edits, the words they rest on, doubts, disputes, and what was done upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mechkg.curation.change_set import subject_of
from mechkg.curation.threads import Dispute, disputes
from mechkg.errors import BadInputError
from mechkg.literature.fit import Fit, check_fit
from mechkg.literature.selectors import Anchor
from mechkg.model.base import Item
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Status, Subject
from mechkg.model.source import Reference
from mechkg.service.acting import change_set_of, records_of
from mechkg.service.browse import short_title
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.edit_sheet import FieldChange, QuoteView, equations, field_changes, quotes_of
from mechkg.service.equation import Equation
from mechkg.service.fit import Doubt, doubts, lexicon_of
from mechkg.service.history import happened, reason_of
from mechkg.service.queue import change_sets, queued_of
from mechkg.service.recorded import Recorded
from mechkg.service.sign_off import Signature, signatures
from mechkg.service.supposed import supposed_catalog

DID: Final[Mapping[ActKind, str]] = {
    "propose": "proposed it",
    "revise": "revised it",
    "rebase": "rebased it on what counts now",
    "withdraw": "withdrew it",
    "request-changes": "asked for changes",
    "accept": "accepted it",
    "reject": "rejected it",
    "assign": "assigned it",
    "comment": "said",
}
"""Act upon a change set -> what somebody did."""

MOST_NEAR: Final = 5
"""So many other items of the same place of a paper are named."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something done upon a change set: who, when, what, and why. ``revision`` is the one that it made, or None."""

    position: int
    kind: ActKind
    by: str
    at: datetime
    did: str
    reason: str
    revision: int | None = None
    despite: tuple[tuple[str, str], ...] = ()
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Another item that was read from the same place of a paper."""

    item: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class EditSheet:
    """An edit: the item with its title, its paper, every field before and after, its quotes, and what there is against it.

    ``status`` is that of the new assertion, ``base_status`` that of the one it takes the place of; ``disputes`` are open upon
    that one. ``fit`` is None where there is nothing to hold the item against.
    """

    edit: Edit
    title: str
    formula: bool
    counts: bool
    paper: str
    paper_counts: bool
    locator: str
    fields: tuple[FieldChange, ...]
    equations: tuple[Equation | None, Equation | None]
    quotes: tuple[QuoteView, ...]
    fit: Fit | None
    doubts: tuple[Doubt, ...]
    disputes: tuple[Dispute, ...]
    near: tuple[Near, ...]
    stale: bool
    status: Status | None
    base_status: Status | None
    signed: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeSetSheet:
    """A change set with all that a review needs; ``others`` are other waiting change sets that edit the same items."""

    found: ChangeSet
    stale_items: tuple[str, ...]
    edits: tuple[EditSheet, ...]
    events: tuple[Event, ...]
    others: tuple[tuple[str, str], ...]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Everything that a quote contradicts; whoever accepts says why in spite of each."""
        return tuple(doubt for edit in self.edits for doubt in edit.doubts)


def change_set_sheet(view: Recorded, name: str) -> ChangeSetSheet:
    """Return a change set as a reviewer reads it; raise NotFoundError when there is none of that name."""
    found = change_set_of(view, name)
    names = [one for edit in found.edits for one in (edit.assertion, edit.base) if one is not None]
    records = view.ledger.assertions(names)
    queued = queued_of(view.catalog, found)
    told = _doubts(view, found) if found.open else ()
    signed = _signed(view, names) if found.status == "accepted" else {}
    edits = tuple(_edit(view, found, edit, records, queued.stale_items, told, signed) for edit in found.edits)
    return ChangeSetSheet(found, queued.stale_items, edits, _events(view, found), _others(view, found))


# --- one edit ---------------------------------------------------------------------------------------------------------


def _edit(
    view: Recorded,
    found: ChangeSet,
    edit: Edit,
    records: Mapping[str, AssertionRecord],
    stale: tuple[str, ...],
    told: tuple[Doubt, ...],
    signed: Mapping[str, tuple[Signature, ...]],
) -> EditSheet:
    before, after = records.get(edit.base or ""), records.get(edit.assertion or "")
    old, new = (record.body if record is not None else None for record in (before, after))
    shown = after or before
    assert shown is not None
    item = Entry(shown, found.changed_at, "")
    paper = view.catalog.entries.get(edit.document)
    body = shown.body
    return EditSheet(
        edit,
        title_of(view, item),
        body.get("formula") == item.label,
        edit.item in view.catalog.entries,
        edit.document if paper is None else short_title(view, paper),
        paper is not None,
        str(body.get("locator", "")),
        field_changes(view, edit.kind, old, new),
        equations(view, edit.kind, old, new),
        quotes_of(old, new, _anchors(view, found, edit)),
        _fit(view, item) if found.open and edit.op != "remove" else None,
        tuple(doubt for doubt in told if doubt.item == edit.item),
        _open_disputes(view, edit) if found.open else (),
        _near(view, shown),
        edit.item in stale,
        view.ledger.status(edit.assertion) if edit.assertion else None,
        view.ledger.status(edit.base) if edit.base else None,
        signed.get(edit.assertion or "", ()),
    )


def _doubts(view: Recorded, found: ChangeSet) -> tuple[Doubt, ...]:
    then = supposed_catalog(view.catalog, found.edits, records_of(view, found.edits))
    return tuple(doubts(view.catalog, then, found.edits))


def _fit(view: Recorded, entry: Entry) -> Fit | None:
    value = entry.value
    if not isinstance(value, Item) or isinstance(value, Reference) or not value.quote:
        return None
    return check_fit(value.quote, value, lexicon_of(view.catalog))


def _anchors(view: Recorded, found: ChangeSet, edit: Edit) -> list[Anchor]:
    """Return where the quotes of an item stand: as who read them tells, else as its acceptance told."""
    place: Any = found.places.get(edit.item)
    if place is not None:
        try:
            return [Anchor.from_json(place)]
        except BadInputError:  # another version wrote it
            return []
    entry = view.catalog.entries.get(edit.item)
    return entry.anchors if entry is not None and entry.record.id in (edit.assertion, edit.base) else []


def _open_disputes(view: Recorded, edit: Edit) -> tuple[Dispute, ...]:
    if edit.base is None:
        return ()
    acts = view.ledger.acts_on(Subject("assertion", edit.base))
    return tuple(one for one in disputes(acts) if one.outcome is None)


def _near(view: Recorded, record: AssertionRecord) -> tuple[Near, ...]:
    """Return what else was read from the same figure, table or page."""
    locator = record.body.get("locator")
    if not locator:
        return ()
    those = (
        entry
        for entry in view.catalog.entries.values()
        if entry.record.document == record.document and entry.id != record.item and entry.record.body.get("locator") == locator
    )
    found = [entry for _, entry in zip(range(MOST_NEAR), those, strict=False)]
    return tuple(Near(e.id, title_of(view, e), next(iter(e.record.body.get("quote", ())), "")) for e in found)


def _signed(view: Recorded, names: list[str]) -> dict[str, tuple[Signature, ...]]:
    """Return the signatures upon assertions, each held against what counts now."""
    subjects = {act.subject.name for act in view.ledger.acts_of_kinds(["sign-off"]) if act.subject is not None}
    return {name: tuple(signatures(view, Subject("assertion", name))) for name in names if name in subjects}


# --- what was done ----------------------------------------------------------------------------------------------------


def _events(view: Recorded, found: ChangeSet) -> tuple[Event, ...]:
    acts = [act for act in view.ledger.acts_on(subject_of(found.id)) if act.assertion is None]
    revision, told = 0, []
    for one in happened(view.ledger, acts):
        act = one.act
        if act.kind in ("propose", "revise", "rebase"):
            revision += 1
        told.append(_event(act, reason_of(one) or "", revision if act.kind in ("propose", "revise", "rebase") else None))
    return tuple(told)


def _event(act: Act, reason: str, revision: int | None) -> Event:
    content = act.content or {}
    did = DID.get(act.kind, act.kind)
    if act.kind == "assign":
        did = f"assigned it to {content['to']}" if content.get("to") else "assigned it to nobody"
    despite = tuple((str(doubt), str(why)) for doubt, why in (content.get("despite") or {}).items())
    return Event(act.position, act.kind, act.actor, act.at, did, reason, revision, despite, content.get("answers"))


def _others(view: Recorded, found: ChangeSet) -> tuple[tuple[str, str], ...]:
    """Return other change sets that wait and edit an item that this one edits too."""
    if not found.open:
        return ()
    items = {edit.item for edit in found.edits}
    waiting = (one for one in change_sets(view.ledger).values() if one.open and one.id != found.id)
    return tuple((one.id, one.title) for one in waiting if not items.isdisjoint(edit.item for edit in one.edits))
