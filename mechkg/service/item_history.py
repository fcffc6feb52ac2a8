"""The history of an item: its versions, every act that touched it, and how two of its versions differ."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.model.happened import Happened
from mechkg.model.ledger_record import Act, Subject
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.edit_sheet import FieldChange, QuoteView, equations, field_changes, quotes_of
from mechkg.service.equation import Equation
from mechkg.service.history import Version, happened, history, version_of, versions
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """An item with its versions and acts, the newest first. ``counts`` is the version that counts, if one does.

    ``one`` and ``other`` are the versions that are compared; None where there is only one, and nothing to compare.
    """

    item: str
    title: str
    formula: bool
    kind: str
    counts: Version | None
    versions: tuple[Version, ...]
    acts: tuple[Happened, ...]
    one: Version | None
    other: Version | None
    fields: tuple[FieldChange, ...]
    equations: tuple[Equation | None, Equation | None]
    quotes: tuple[tuple[QuoteView, ...], tuple[QuoteView, ...]]


def item_history(view: Recorded, item: str, one: str = "", other: str = "") -> ItemHistory:
    """Return the history of an item, two versions of it compared: the last two where it is not said which.

    Raise NotFoundError, with the nearest name, for an item or a version that never was.
    """
    ledger = view.ledger
    if not ledger.history(item):
        item = view.catalog.find(item).id  # by one of its names, or with the nearest
    those = versions(ledger, item)
    first = version_of(ledger, item, one) if one else (those[-2] if len(those) > 1 else None)
    second = version_of(ledger, item, other) if other else (those[-1] if len(those) > 1 else None)
    last = those[-1].record
    shown = view.catalog.entries.get(item) or Entry(last, those[-1].proposed_at, "")
    fields: tuple[FieldChange, ...] = ()
    sides: tuple[Equation | None, Equation | None] = (None, None)
    quotes: tuple[tuple[QuoteView, ...], tuple[QuoteView, ...]] = ((), ())
    if first is not None and second is not None:
        before, after = first.record.body, second.record.body
        fields = field_changes(view, last.kind, before, after)
        sides = equations(view, last.kind, before, after)
        if before.get("quote") != after.get("quote"):
            quotes = quotes_of(None, before, ()), quotes_of(before, after, ())
    return ItemHistory(
        item,
        title_of(view, shown),
        shown.record.body.get("formula") == shown.label,
        last.kind,
        next((each for each in those if each.status == "accepted"), None),
        tuple(reversed(those)),
        tuple(reversed(happened(ledger, history(view, Subject("item", item))))),
        first,
        second,
        fields,
        sides,
        quotes,
    )


def brought_by(version: Version) -> str | None:
    """Return the change set that brought a version; None for one that came otherwise, as from a corpus file."""
    return next((name for act in version.acts if (name := _set_of(act)) is not None), None)


def _set_of(act: Act) -> str | None:
    return act.subject.name if act.subject is not None and act.subject.kind == "set" else None
