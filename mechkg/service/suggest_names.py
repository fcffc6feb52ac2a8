"""Names that fit what somebody is typing: of items by name, formula or id, of stages, and of classes of the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from mechkg.errors import NotFoundError
from mechkg.graph.ontology import class_names, label_of
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import Is, TextField
from mechkg.service.catalog import Catalog, Entry

MOST: Final = 12
"""So many names are offered; how many there are besides is told."""

_FIELDS: Final[tuple[TextField, ...]] = ("label", "name", "formula")
_WHOLE: Final[tuple[ItemKind, ...]] = ("claim", "observation", "assumption", "remark")
"""Kinds without names of their own: they are sought by what they say, too."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that fits: what it is written as, what it is called, of which kind, and of which paper."""

    id: str
    label: str
    kind: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that fit best, and how many fit in all."""

    names: tuple[Name, ...]
    total: int


def suggest_names(catalog: Catalog, text: str, kinds: Sequence[str] = (), most: int = MOST) -> Names:
    """Return names of these kinds of things (none: of any item) that fit a text, the best first.

    Kinds are those of items, ``stage`` and ``class``. Raise NotFoundError, with the nearest, for an unknown kind.
    """
    known = (*get_args(ItemKind), "stage", "class")
    for kind in kinds:
        if kind not in known:
            raise NotFoundError.of("kind", kind, known)
    sought = text.strip().casefold()[:200]
    if "class" in kinds:
        return _first(_ranked(sought, ((name, name, label_of(name)) for name in sorted(class_names())), "class"), most)
    if "stage" in kinds:
        return _first(_ranked(sought, _stages(catalog), "stage"), most)
    items = [kind for kind in kinds if kind in get_args(ItemKind)]
    if not sought:
        those = [e for kind in items or ("species",) for e in catalog.by_kind.get(kind, ())]  # type: ignore[call-overload]
        return Names(tuple(_name(entry) for entry in those[:most]), len(those))
    return _items(catalog, sought, items, most)


def _items(catalog: Catalog, sought: str, kinds: Sequence[str], most: int) -> Names:
    """Return items: those whose id begins so, then those that the index of names and formulas finds."""
    found: dict[str, Entry] = {}
    if sought in catalog.entries and (not kinds or catalog.entries[sought].kind in kinds):
        found[sought] = catalog.entries[sought]
    fields = (*_FIELDS, "statement", "quote") if not kinds or set(kinds) & set(_WHOLE) else _FIELDS
    given = Is("kind", tuple(kinds)) if kinds else None
    hits = catalog.models.search(sought, given=given, fields=fields, most=most) if any(c.isalnum() for c in sought) else None
    for hit in hits.hits if hits else ():
        found.setdefault(hit.item, catalog.entries[hit.item])
    if len(found) < most:
        those = catalog.by_kind
        for kind in kinds or those:
            for entry in those.get(kind, ()):  # type: ignore[call-overload]
                if sought in entry.id and len(found) < most:
                    found.setdefault(entry.id, entry)
    names = tuple(_name(entry) for entry in list(found.values())[:most])
    return Names(names, max(len(found), hits.total if hits else 0))


def _name(entry: Entry) -> Name:
    said = entry.label
    if said == entry.id:
        body: Any = entry.record.body
        words = next((body[key] for key in ("statement", "text") if body.get(key)), None)
        words = words or " ".join([str(body.get("kind", "")), *map(str, body.get("subject", body.get("about", ())))])
        said = words if len(words) <= 90 else f"{words[:87].rstrip()} …"
    return Name(entry.id, said or entry.id, entry.kind, entry.record.document)


def _stages(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """Yield the stages of all procedures: name, the same by which it is sought first, and what it is called."""
    for entry in catalog.by_kind.get("procedure", ()):
        for stage in entry.record.body.get("stages", ()):
            name = f"{entry.id}/{stage['id']}"
            words = [str(stage.get("sample") or ""), str(stage["action"]), "in", entry.label]
            yield name, name, " ".join(word for word in words if word)


def _ranked(sought: str, those: Iterable[tuple[str, str, str]], kind: str) -> list[Name]:
    """Return what has every word of a text: what begins so first, then as it stands."""
    words = sought.split()
    found: list[tuple[int, Name]] = []
    for name, first, label in those:
        within = f"{first} {label}".casefold()
        if all(word in within for word in words):
            begins = first.casefold().startswith(sought) or label.casefold().startswith(sought)
            found.append((0 if begins else 1, Name(name, label, kind, name.partition("/")[0] if kind == "stage" else "")))
    found.sort(key=lambda pair: pair[0])
    return [name for _, name in found]


def _first(found: Sequence[Name], most: int) -> Names:
    return Names(tuple(found[:most]), len(found))
