"""One edit as a reviewer reads it: every field before and after, each value as what it is, and the words it rests on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from mechkg.literature.item_cells import Field as FieldOfKind
from mechkg.literature.item_cells import fields_of
from mechkg.literature.references import REFERENCES
from mechkg.literature.selectors import Anchor
from mechkg.model.corpus import ItemKind
from mechkg.model.merge import ABSENT, differences
from mechkg.service.describe_item import title_of
from mechkg.service.description import Fact, Shown
from mechkg.service.equation import Equation, equation_of
from mechkg.service.identifiers import iri_of
from mechkg.service.recorded import Recorded

_ELSEWHERE: Final = frozenset({"id", "quote"})
"""Fields that are shown apart from the others."""

_FORMULAS: Final = frozenset({"formula"})
_LONG: Final = 30
"""A text of so many characters is compared word by word."""

Mark = Literal["same", "gone", "come"]


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a field, and whether the other side lacks it."""

    value: Shown
    differs: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that reads otherwise: its name in words, as files write it, what it means, and both sides.

    A side is None where the field is not there. ``words`` are those of a text, each with what becomes of it.
    """

    title: str
    name: str
    meaning: str
    before: tuple[Part, ...] | None
    after: tuple[Part, ...] | None
    words: tuple[tuple[Mark, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Exact words of a paper, what stands around them and on which page, as far as that was kept; ``new``: not said before."""

    words: str
    before: str = ""
    after: str = ""
    page: int | None = None
    new: bool = False


def field_changes(
    view: Recorded, kind: ItemKind, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[FieldChange, ...]:
    """Return every field in which an item of some kind reads otherwise; None stands for an item that is not there."""
    return tuple(
        field_change(view, kind, each.path, each.before, each.after)
        for each in differences(_told(before), _told(after))
    )  # fmt: skip


def field_change(view: Recorded, kind: ItemKind, path: Sequence[str], before: Any, after: Any) -> FieldChange:
    """Return one field with both sides, each value as what it is; ABSENT stands for a field that is not there."""
    name = next((part for part in reversed(path) if part in _field_names(kind)), path[-1] if path else "")
    old, new = _members(before), _members(after)
    words: tuple[tuple[Mark, str], ...] = ()
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) >= _LONG:
        words = tuple(_words(before, after))
    return FieldChange(
        " › ".join(part.replace("_", " ") for part in path) or "the whole item",
        ".".join(path),
        _meanings(kind).get(path[0], "") if path else "",
        None if before is ABSENT else tuple(Part(value_shown(view, kind, name, each), each not in new) for each in old),
        None if after is ABSENT else tuple(Part(value_shown(view, kind, name, each), each not in old) for each in new),
        words,
    )


def value_shown(view: Recorded, kind: ItemKind, name: str, value: Any) -> Shown:
    """Return a value of the field ``name`` as readers see it: an item by its title, a formula as one, parts by their names."""
    if isinstance(value, Mapping):
        facts = tuple(
            Fact(key.replace("_", " "), tuple(value_shown(view, kind, key, each) for each in _members(one)))
            for key, one in value.items()
        )  # fmt: skip
        return Shown("", facts=facts)
    if isinstance(value, bool):
        return Shown("yes" if value else "no")
    if isinstance(value, int | float):
        return Shown(f"{value:g}" if isinstance(value, float) else str(value))
    text = str(value)
    if name in _naming(kind):
        entry = view.catalog.entries.get(text)
        if entry is not None:
            formula = entry.record.body.get("formula") == entry.label
            return Shown(title_of(view, entry), iri_of("item", text), text, "formula" if formula else "text")
        owner, slash, part = text.partition("/")
        if slash and owner in view.catalog.entries:
            return Shown(f"{title_of(view, view.catalog.entries[owner])}: {part}", iri_of("part", text), text)
    return Shown(text, how="formula" if name in _FORMULAS else "text")


def quotes_of(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, anchors: Iterable[Anchor]
) -> tuple[QuoteView, ...]:
    """Return the words that an item rests on, with what stands around them as far as ``anchors`` tell."""
    places = {" ".join(anchor.exact.split()): anchor for anchor in anchors}
    old = _listed((before or {}).get("quote"))
    found = []
    for words in _listed((after if after is not None else before or {}).get("quote")):
        anchor = places.get(" ".join(words.split()))
        new = after is not None and words not in old
        if anchor is None:
            found.append(QuoteView(words, new=new))
        else:
            found.append(QuoteView(words, anchor.prefix, anchor.suffix, anchor.page, new))
    return tuple(found)


def equations(
    view: Recorded, kind: ItemKind, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[Equation | None, Equation | None]:
    """Return the equation of a step on both sides; None where there is none, and twice where nothing in it changes."""
    if kind != "step":
        return None, None
    made = [equation_of(view.catalog, body) if body is not None else None for body in (before, after)]
    return (None, None) if made[0] == made[1] else (made[0], made[1])


# --- fields -----------------------------------------------------------------------------------------------------------


def _told(body: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (body or {}).items() if key not in _ELSEWHERE}


def _members(value: Any) -> list[Any]:
    if value is ABSENT:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _listed(value: Any) -> list[str]:
    return [str(each) for each in _members(ABSENT if value is None else value)]


@cache
def _naming(kind: ItemKind) -> frozenset[str]:
    """Return the fields of a kind of item that name items or parts of them, by the innermost name."""
    patterns = REFERENCES.get(kind, ())
    return frozenset(next(part for part in reversed(p.split(".")) if part not in ("*", "{}")) for p in patterns)


@cache
def _meanings(kind: ItemKind) -> dict[str, str]:
    return {field.name: field.meaning for field in fields_of(kind)}


@cache
def _field_names(kind: ItemKind) -> frozenset[str]:
    def names(fields: Iterable[FieldOfKind]) -> Iterator[str]:
        for field in fields:
            yield field.name
            yield from names(field.fields)

    return frozenset(names(fields_of(kind)))


def _words(before: str, after: str) -> Iterator[tuple[Mark, str]]:
    """Yield the words of two texts in order: those of both, those that go, those that come."""
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield "same", "".join(new[k:m])
            continue
        if i < j:
            yield "gone", "".join(old[i:j])
        if k < m:
            yield "come", "".join(new[k:m])
