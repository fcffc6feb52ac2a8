"""What somebody gathers into one change set: new items, changes of items that count, items that are to go; kept as a draft.

A draft holds it as a proposal (see :mod:`mechkg.service.proposal`); here it is a list of parts, each one item as it is typed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from mechkg.errors import BadInputError, nearest
from mechkg.literature.references import ANYTHING
from mechkg.literature.selectors import Anchor
from mechkg.model.corpus import SECTIONS, ItemKind
from mechkg.service.catalog import Catalog
from mechkg.service.item_form import body_of, boxes_of, named, typed, usual

_SECTION_OF: Final = {kind: section for section, kind in SECTIONS.items()}
_BY_NAME: Final = ("species", "chemical", "material")
_FIELD_TO_FILL: Final = {"species": "names", "chemical": "names", "material": "formula"}


@dataclass(frozen=True, slots=True)
class Part:
    """One item as it is typed; ``item`` is the one that counts which is to read so, None for a new one."""

    kind: ItemKind
    body: Mapping[str, Any]
    item: str | None = None

    @property
    def id(self) -> str:
        """Its name, blank while it has none."""
        return self.item or str(self.body.get("id") or "")

    @property
    def title(self) -> str:
        """What to call it: its first name or words."""
        names = self.body.get("names")
        first = names[0] if isinstance(names, list) and names else None
        words = first or next(
            (self.body[key] for key in ("title", "statement", "text", "formula", "label") if self.body.get(key)), ""
        )
        text = " ".join(str(words).split()) or self.id
        return text if len(text) <= 80 else f"{text[:77].rstrip()} …"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is gathered: under which title, why, of which paper; ``quotes`` are places in texts, by item.

    ``removes`` are items that are to go, as proposals have them; ``machine`` says which program made the draft, if one did.
    """

    title: str = ""
    reason: str = ""
    document: str = ""
    parts: tuple[Part, ...] = ()
    removes: tuple[Mapping[str, Any], ...] = ()
    quotes: Mapping[str, Any] = field(default_factory=dict)
    machine: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, catalog: Catalog, content: Any) -> Gathered:
        """Read the content of a draft; raise BadInputError for what was written otherwise, and is shown by no form."""
        if not isinstance(content, Mapping):
            raise BadInputError("this draft is no mapping of sections")
        known = {"title", "reason", "document", "source", *SECTIONS, "change", "remove", "quotes", "machine"}
        for key in content:
            if key not in known:
                close = nearest(str(key), known)
                raise BadInputError(f"a proposal has no section '{key}'", hint=f"did you mean '{close}'?" if close else None)
        parts: list[Part] = []
        if (source := content.get("source")) is not None:
            parts.append(Part("document", _mapping("source", source)))
        for section, kind in SECTIONS.items():
            parts += [Part(kind, _mapping(section, body)) for body in _listed(section, content.get(section) or [])]
        for name, fields in _mapping("change", content.get("change") or {}).items():
            entry = catalog.entries.get(str(name))
            old = copy.deepcopy(entry.record.body) if entry else {"id": str(name)}
            body = {**old, **_mapping("change", fields)}
            kept = {key: value for key, value in body.items() if value is not None}
            parts.append(Part(entry.kind if entry else "remark", kept, str(name)))
        removes = tuple(_mapping("remove", each) for each in _listed("remove", content.get("remove") or []))
        machine = content.get("machine")
        return cls(
            title=_text(content.get("title")),
            reason=_text(content.get("reason")),
            document=_text(content.get("document")),
            parts=tuple(parts),
            removes=removes,
            quotes=dict(_mapping("quotes", content.get("quotes") or {})),
            machine=None if machine is None else _mapping("machine", machine),
        )

    def content(self, catalog: Catalog) -> dict[str, Any]:
        """Return it as the content of a draft; of an item that counts only what reads otherwise."""
        found: dict[str, Any] = {key: text for key in ("title", "reason", "document") if (text := getattr(self, key).strip())}
        for part in self.parts:
            if part.item is not None:
                found.setdefault("change", {})[part.item] = _changes(catalog, part)
            elif part.kind == "document":
                found["source"] = dict(part.body)
            else:
                found.setdefault(_SECTION_OF[part.kind], []).append(dict(part.body))
        if self.removes:
            found["remove"] = [dict(each) for each in self.removes]
        if self.quotes:
            found["quotes"] = dict(self.quotes)
        if self.machine is not None:
            found["machine"] = dict(self.machine)
        return found

    def ordered(self) -> tuple[Gathered, dict[int, int]]:
        """Return it in the order in which a draft keeps it, and the new number of each part."""
        kinds: list[str] = ["document", *SECTIONS.values()]
        ranked = sorted(
            range(len(self.parts)),
            key=lambda n: (self.parts[n].item is not None, -1 if self.parts[n].item else kinds.index(self.parts[n].kind), n),
        )
        return replace(self, parts=tuple(self.parts[n] for n in ranked)), {old: new for new, old in enumerate(ranked)}

    def put(self, slot: int | None, part: Part) -> tuple[Gathered, int]:
        """Return it with a part in place of that of a number, or with one more; and the number of the part then."""
        many = list(self.parts)
        if slot is None or not 0 <= slot < len(many):
            same = next((n for n, each in enumerate(many) if part.item is not None and each.item == part.item), None)
            document = next((n for n, each in enumerate(many) if part.kind == each.kind == "document" and not part.item), None)
            slot = same if same is not None else document
        if slot is None:
            many.append(part)
            slot = len(many) - 1
        else:
            many[slot] = part
        found, moved = replace(self, parts=tuple(many)).ordered()
        return found, moved[slot]

    def without(self, slot: int) -> Gathered:
        """Return it without the part of a number."""
        gone = self.parts[slot].id
        kept = tuple(part for n, part in enumerate(self.parts) if n != slot)
        quotes = {name: place for name, place in self.quotes.items() if name != gone}
        return replace(self, parts=kept, quotes=quotes)


def _changes(catalog: Catalog, part: Part) -> dict[str, Any]:
    entry = catalog.entries.get(part.item or "")
    before: Mapping[str, Any] = entry.record.body if entry else {}
    now = usual(part.kind, part.body)
    changed = {key: value for key, value in now.items() if before.get(key) != value}
    return changed | {key: None for key in before if key not in now}


def _mapping(what: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInputError(f"'{what}' does not hold what a form could show: {value!r}"[:200])
    return value


def _listed(what: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BadInputError(f"'{what}' is a list, and this is not: {value!r}"[:200])
    return value


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise BadInputError(f"this is text, and it is not: {value!r}"[:200])
    return value or ""


# --- names ------------------------------------------------------------------------------------------------------------


def name_for(catalog: Catalog, kind: ItemKind, body: Mapping[str, Any], document: str, taken: Collection[str] = ()) -> str:
    """Return a name for a new item that nothing has yet: of what it is called, else of its paper and kind with a number."""
    called = body.get(_FIELD_TO_FILL.get(kind, ""))
    called = called[0] if isinstance(called, list) and called else called
    if kind in _BY_NAME and isinstance(called, str) and (stem := slug(called)):
        return _free(stem, catalog, taken)
    if kind == "document":
        return _free(slug(_cited(body)) or "paper", catalog, taken)
    stem = f"{document or 'new'}-{kind}"[:72]
    number = 1
    while f"{stem}-{number}" in catalog.entries or f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _cited(body: Mapping[str, Any]) -> str:
    authors = body.get("authors")
    family = str(authors[0]).split()[-1] if isinstance(authors, list) and authors else ""
    return f"{family}{body.get('year') or ''}" if family else str(body.get("title") or "")


def slug(text: str) -> str:
    """Return a text as a local name.

    >>> slug("CdSe MSC-350 (new)")
    'cdse-msc-350-new'
    """
    return re.sub(r"[^a-z0-9.\-]+", "-", text.lower().replace("_", "-")).strip("-.")[:60].rstrip("-.")


def _free(stem: str, catalog: Catalog, taken: Collection[str]) -> str:
    name, number = stem, 2
    while name in catalog.entries or name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def completed(catalog: Catalog, found: Gathered) -> Gathered:
    """Return it with a name for each new item that has none, and names of things in place of what they are called."""
    taken = {part.id for part in found.parts if part.id}
    parts = []
    for part in found.parts:
        body = dict(part.body)
        if part.item is None and not body.get("id"):
            body["id"] = name_for(catalog, part.kind, body, found.document, taken)
            taken.add(body["id"])
        parts.append(replace(part, body=_resolved(catalog, part.kind, body, taken)))
    return replace(found, parts=tuple(parts))


def _resolved(catalog: Catalog, kind: ItemKind, body: dict[str, Any], new: Collection[str]) -> dict[str, Any]:
    """Put the name of a thing where it is called otherwise, as long as just one thing of the right kind is called so."""
    better: dict[str, str] = {}
    for path, kinds, text in named(kind, body):
        if text in catalog.entries or text in new or "stage" in kinds:
            continue
        those = [e.id for e in catalog.by_name.get(text.casefold(), ()) if kinds == ANYTHING or e.kind in kinds]
        if len(those) == 1:
            better[path] = those[0]
    if not better:
        return body
    return body_of(kind, [(path, better.get(path, text)) for path, text in typed(boxes_of(kind, body))])


# --- titles and places ------------------------------------------------------------------------------------------------


def title_for(found: Gathered) -> str:
    """Return a title for a change set that nobody gave one."""
    told = [_told(part) for part in found.parts]
    told += [f"Without {each.get('item')}" for each in found.removes]
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    return f"{(told or ['Nothing'])[0][: 200 - len(more)]}{more}"


def _told(part: Part) -> str:
    if part.item:
        return f"Change of {part.title}"
    return f"New {part.kind}: {part.title}" if part.title else f"New {part.kind}"


def read_at(found: Gathered, item: str, place: Anchor) -> Gathered:
    """Return it with the place where the quote of an item was read."""
    return replace(found, quotes={**found.quotes, item: place.to_json()})
