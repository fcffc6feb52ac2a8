"""A paper as readers go through it: what was read from it by kind, by figure and table, and its words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mechkg.service.browse import PATHS, TITLES
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.recorded import Recorded

MOST: Final = 60
"""So many items are listed for one figure, and so many quotes are shown."""

_FIGURE: Final = re.compile(r"\b(Figure|Fig\.|Scheme|Table|Equation|Note)s? (S?\d+(?:-\d+)?)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, scheme or table, and what was read from it; ``left_out`` are not listed."""

    name: str
    items: tuple[tuple[str, str, str], ...]
    """Of each: local name, title, kind."""
    left_out: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """Exact words, where they stand, and the item that they carry."""

    words: str
    where: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class DocumentSheet:
    """A paper: number of items by kind with the address of the list, figures, and quotes, of which some may be left out."""

    counts: tuple[tuple[str, str, int], ...]
    figures: tuple[Figure, ...]
    quotes: tuple[Quoted, ...]
    all_quotes: int


def document_sheet(view: Recorded, entry: Entry) -> DocumentSheet:
    """Return what was read from a paper."""
    those = [each for each in view.catalog.models.relations.in_document(entry.id) if each.id != entry.id]
    kinds = Counter(each.kind for each in those)
    counts = [
        (f"/{PATHS[kind]}?paper={quote(entry.id)}" if kind != "space" else "/spaces", TITLES[kind], kinds[kind])
        for kind in PATHS
        if kinds[kind]
    ]
    figures: dict[str, list[Entry]] = defaultdict(list)
    quotes = []
    for each in those:
        where = each.record.body.get("locator") or ""
        for kind, number in dict.fromkeys(_FIGURE.findall(where)):
            figures[f"{'Figure' if kind == 'Fig.' else kind} {number}"].append(each)
        if each.kind != "reference":  # names of authors tell nothing here
            quotes += [(words, where, each) for words in each.record.body.get("quote", ())]
    return DocumentSheet(
        tuple(counts),
        tuple(
            Figure(
                name,
                tuple((each.id, title_of(view, each), each.kind) for each in items[:MOST]),
                max(0, len(items) - MOST),
            )
            for name, items in sorted(figures.items(), key=lambda pair: _in_order(pair[0]))
        ),
        tuple(Quoted(words, where, each.id, title_of(view, each)) for words, where, each in quotes[:MOST]),
        len(quotes),
    )


def _in_order(name: str) -> tuple[str, bool, tuple[int, ...]]:
    """Return what figures are ordered by: kind, those of the supplement last, number."""
    kind, _, number = name.partition(" ")
    return kind, number.startswith("S"), tuple(int(part) for part in re.findall(r"\d+", number))
