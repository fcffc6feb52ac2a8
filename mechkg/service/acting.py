"""What the acts of people have in common: what is wished for, what it belongs to, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.edits import Put, Remove, Wish
from mechkg.errors import BadInputError, NotFoundError, nearest
from mechkg.literature.mistakes import findings_of_item
from mechkg.model.change_set import ChangeSet, Edit, RetractionCode
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import AssertionRecord, Subject
from mechkg.model.source import Document
from mechkg.service.catalog import Catalog
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class PutItem:
    """Wish for an item of ``document`` to read like ``body``, which is written as in a corpus file."""

    kind: ItemKind
    document: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Wish for an item to go, for a coded reason."""

    item: str
    code: RetractionCode


Asked = PutItem | RemoveItem


def record_of(kind: ItemKind, document: str, body: Mapping[str, Any]) -> AssertionRecord:
    """Return the assertion that says ``body``; raise BadInputError, naming each field, for what is no item of that kind."""
    model = Document if kind == "document" else ITEM_TYPES.get(kind)
    if model is None:
        close = nearest(kind, ITEM_TYPES)
        raise BadInputError(f"there is no kind of item called '{kind}'", hint=f"did you mean '{close}'?" if close else None)
    try:
        item = model.model_validate(dict(body))
    except ValidationError as error:
        wrong = findings_of_item(error, kind, body)
        if len(wrong) == 1:
            raise BadInputError(wrong[0].message, hint=wrong[0].hint) from error
        told = "; ".join(each.message + (f" ({each.hint})" if each.hint else "") for each in wrong)
        raise BadInputError(told, hint="items are written as in a corpus file") from error
    return AssertionRecord.of(kind, item, item.id, document)


def wishes_of(catalog: Catalog, asked: Sequence[Asked]) -> list[Wish]:
    """Return what is asked for, held against the items that count; raise NotFoundError, with the nearest name, for an unknown
    one.
    """
    coming = {str(one.body.get("id")) for one in asked if isinstance(one, PutItem) and one.kind == "document"}
    return [_wish(catalog, one, coming) for one in asked]


def _wish(catalog: Catalog, asked: Asked, coming: Collection[str]) -> Wish:
    if isinstance(asked, RemoveItem):
        if asked.item not in catalog.entries:
            raise NotFoundError.of("item", asked.item, catalog.entries)
        return Remove(catalog.entries[asked.item].record, asked.code)
    record = record_of(asked.kind, asked.document, asked.body)
    now = catalog.entries.get(record.item)
    if now is not None and (now.kind, now.record.document) != (record.kind, record.document):
        raise BadInputError(
            f"'{record.item}' is a {now.kind} of '{now.record.document}'", hint="give the new item an id of its own"
        )
    # an item goes on counting when its document does not: what it says can be put right
    if now is None and record.kind != "document" and record.document not in catalog.entries and record.document not in coming:
        raise NotFoundError.of("document", record.document, [e.id for e in catalog.by_kind.get("document", ())])
    return Put(record, now.record.id if now else None)


def records_of(workspace: Recorded, edits: Iterable[Edit]) -> Mapping[str, AssertionRecord]:
    """Return the new assertions of edits, by id."""
    return workspace.ledger.assertions([edit.assertion for edit in edits if edit.assertion is not None])


def change_set_of(workspace: Recorded, name: str) -> ChangeSet:
    """Return a change set; raise NotFoundError when there is none of that name."""
    found = fold(workspace.ledger.acts_on(subject_of(name)))
    if found is None:
        raise NotFoundError(f"there is no change set called '{name}'", hint="change sets are named set-N")
    return found


# --- materials --------------------------------------------------------------------------------------------------------


def materials_of(catalog: Catalog, records: Iterable[AssertionRecord]) -> frozenset[str]:
    """Return the materials that assertions belong to: those that are named at the least distance. Empty for none."""
    found: set[str] = set()
    for record in records:
        found |= _materials_of(catalog, record)
    return frozenset(found)


def materials_of_subject(workspace: Recorded, subject: Subject) -> frozenset[str]:
    """Return the materials that the subject of an act belongs to."""
    catalog = workspace.catalog
    if subject.kind == "set":
        edits = change_set_of(workspace, subject.name).edits
        return materials_of_edits(workspace, edits)
    if subject.kind == "assertion":
        return materials_of(catalog, [workspace.ledger.assertion(subject.name)])
    name = subject.name.partition("/")[0]
    return materials_of(catalog, [catalog.entries[name].record]) if name in catalog.entries else frozenset()


def materials_of_edits(workspace: Recorded, edits: Collection[Edit]) -> frozenset[str]:
    """Return the materials that edits belong to, by what they were and by what they would be."""
    names = [name for edit in edits for name in (edit.assertion, edit.base) if name is not None]
    return materials_of(workspace.catalog, workspace.ledger.assertions(names).values())


def _materials_of(catalog: Catalog, record: AssertionRecord) -> set[str]:
    if record.kind == "material":
        return {record.item}
    seen, level = {record.item}, [record.body]
    while level:
        named = {name.partition("/")[0] for body in level for name in _strings(body)} & catalog.entries.keys()
        found = {name for name in named if catalog.entries[name].kind == "material"}
        if found:
            return found
        level = [catalog.entries[name].record.body for name in sorted(named - seen)]
        seen |= named
    return set()


def _strings(content: object) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield key
            yield from _strings(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _strings(value)
