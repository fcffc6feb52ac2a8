"""A proposal as it is written in a file or kept in a draft: sections as in a corpus file, fields to change, items to remove.

::

    title: The band stands at 399 nm
    reason: misread from the figure
    document: the-paper
    observations:            # whole items, new or in place of those that count
      - id: o-1
        ...
    change:                  # single fields of items that count; null takes a field away
      o-2: {locator: Figure 2b, note: null}
    remove:
      - {item: o-3, code: duplicate}

With a document that is new its bibliographic data stand under ``source``, as in a corpus file. ``quotes`` says where somebody
read the quote of an item. A draft that a program made has ``machine`` besides, which says which program, and where it read each
quote.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from mechkg.errors import BadInputError, nearest
from mechkg.literature.selectors import Anchor
from mechkg.model.change_set import RetractionCode
from mechkg.model.corpus import SECTIONS
from mechkg.service.acting import Asked, PutItem, RemoveItem
from mechkg.service.catalog import Catalog
from mechkg.service.choosing import chosen

_FRAME = ("title", "reason", "document")
_KEYS = (*_FRAME, "source", *SECTIONS, "change", "remove", "quotes", "machine")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for, under which title, and why.

    ``machine`` says which program suggested it, if one did; ``quotes`` where somebody read the quote of an item, by item.
    """

    title: str
    reason: str | None
    asked: tuple[Asked, ...]
    machine: Mapping[str, Any] | None = None
    quotes: Mapping[str, Any] | None = None


def read_proposal(catalog: Catalog, content: Any) -> Proposal:
    """Read a proposal, held against the items that count.

    Raise BadInputError, with the nearest name, for a section or field that there is not; NotFoundError for an unknown item.
    """
    if not isinstance(content, Mapping):
        raise BadInputError("a proposal is a mapping", hint=f"its keys are {', '.join(_KEYS)}")
    for key in content:
        if key not in _KEYS:
            close = nearest(str(key), _KEYS)
            raise BadInputError(f"a proposal has no section '{key}'", hint=f"did you mean '{close}'?" if close else None)
    frame = {key: _text(content, key) for key in _FRAME}
    source = _source(content)
    document = frame["document"] or (source.document if source else None)
    asked = (*([source] if source else ()), *_whole(catalog, content, document), *_changed(catalog, content), *_removed(content))
    quotes = _still(content.get("quotes") or {}, asked)
    return Proposal(frame["title"] or "", frame["reason"], asked, _machine(content, asked), quotes)


def _text(content: Mapping[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is not None and not isinstance(value, str):
        raise BadInputError(f"'{key}' is text, and this is not: {value!r}")
    return value


def _source(content: Mapping[str, Any]) -> PutItem | None:
    body = content.get("source")
    if body is None:
        return None
    if not isinstance(body, Mapping) or not isinstance(body.get("id"), str):
        raise BadInputError(f"'source' is a document with its id, and this is not: {body!r}")
    return PutItem("document", body["id"], body)


def _whole(catalog: Catalog, content: Mapping[str, Any], document: str | None) -> Iterator[Asked]:
    for section, kind in SECTIONS.items():
        for body in _listed(content, section):
            if not isinstance(body, Mapping):
                raise BadInputError(f"an item in '{section}' is a mapping, and this is not: {body!r}")
            known = catalog.entries.get(str(body.get("id")))
            of = document or (known.record.document if known else None)
            if of is None:
                raise BadInputError(f"'{body.get('id')}' is new, and it is not said of which document", hint="document: its id")
            yield PutItem(kind, of, body)


def _changed(catalog: Catalog, content: Mapping[str, Any]) -> Iterator[Asked]:
    change = content.get("change") or {}
    if not isinstance(change, Mapping) or not all(isinstance(fields, Mapping) for fields in change.values()):
        raise BadInputError("'change' names items, and for each its fields", hint="change: {item: {field: value}}")
    for name, fields in change.items():
        yield changed_item(catalog, str(name), fields)


def changed_item(catalog: Catalog, name: str, fields: Mapping[str, Any]) -> PutItem:
    """Return the wish for an item that counts to read otherwise in some fields; None takes a field away.

    Raise NotFoundError, with the nearest name, for an unknown item.
    """
    entry = catalog.find(name)
    body = {**copy.deepcopy(entry.record.body), **fields}
    kept = {key: value for key, value in body.items() if value is not None or key not in fields}
    return PutItem(entry.kind, entry.record.document, kept)


def _removed(content: Mapping[str, Any]) -> Iterator[Asked]:
    codes: tuple[RetractionCode, ...] = get_args(RetractionCode)
    for each in _listed(content, "remove"):
        if not isinstance(each, Mapping) or set(each) != {"item", "code"}:
            raise BadInputError("what is to be removed is an item and a code", hint=f"code is one of {', '.join(codes)}")
        yield RemoveItem(str(each["item"]), chosen("code of why something goes", str(each["code"]), codes))


def _machine(content: Mapping[str, Any], asked: Iterable[Asked]) -> dict[str, Any] | None:
    """Return what is said of the program, with the places of those quotes only that the items still have."""
    machine = content.get("machine")
    if machine is None:
        return None
    places = machine.get("quotes", {}) if isinstance(machine, Mapping) else None
    if not isinstance(machine, Mapping) or not isinstance(places, Mapping):
        raise BadInputError("'machine' says which program made the draft, and this does not", hint="leave it as it was saved")
    said = {key: value for key, value in machine.items() if key not in ("quotes", "missing")}
    return {**said, "quotes": _still(places, asked)}


def _still(places: Any, asked: Iterable[Asked]) -> dict[str, Any]:
    """Return the places of those quotes that the items still have."""
    if not isinstance(places, Mapping):
        raise BadInputError("'quotes' says for items where their quotes stand, and this does not")
    quotes = {str(one.body.get("id")): one.body.get("quote") for one in asked if isinstance(one, PutItem)}
    kept: dict[str, Any] = {}
    for item, place in places.items():
        anchor = Anchor.from_json(place)
        printed = quotes.get(item) or ()
        if " ".join(anchor.exact.split()) in ([printed] if isinstance(printed, str) else printed):
            kept[item] = anchor.to_json()
    return kept


def _listed(content: Mapping[str, Any], key: str) -> list[Any]:
    value = content.get(key) or []
    if not isinstance(value, list | tuple):
        raise BadInputError(f"'{key}' is a list, and this is not: {value!r}")
    return list(value)
