"""What is about what, looked up from either end: sources, the species they speak of, and the steps of those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from mechkg.model.corpus import ItemKind
from mechkg.service.catalog import Entry
from mechkg.service.read_models.columns import Bools, Columns, Ints
from mechkg.service.read_models.names import NONE


class Index:
    """Rows by the number of a name."""

    def __init__(self, names: Ints, rows: Ints) -> None:
        order = np.argsort(names, kind="stable")
        self._names = names[order]
        self._rows = rows[order]

    def of(self, name: int) -> Ints:
        """Return the rows of one name, in ascending order."""
        start, end = np.searchsorted(self._names, [name, name + 1])
        return self._rows[start:end]

    def of_all(self, names: Ints) -> tuple[Ints, Ints]:
        """Return the rows of some names, and which of the names (by place) each is of."""
        starts, ends = np.searchsorted(self._names, names), np.searchsorted(self._names, names, side="right")
        counts = ends - starts
        places = np.repeat(np.arange(len(names), dtype=np.int32), counts)
        # the places of all rows in the index: each run counts up from its start
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._rows[starts[places] + within], places


class Relations:
    """Which items stand in a source, what an item is about, and what is about an item."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._sorted: dict[tuple[str, ItemKind], tuple[Entry, ...]] = {}

    @cached_property
    def _by_document(self) -> Index:
        rows = np.flatnonzero(self._columns.alive).astype(np.int32)
        return Index(self._columns.single["document"][rows], rows)

    @cached_property
    def _by_subject(self) -> Index:
        about = self._columns.several["about"]
        counts = self._columns.alive[about.rows]
        return Index(about.names[counts], about.rows[counts])

    @cached_property
    def _by_row(self) -> Index:
        about = self._columns.several["about"]
        return Index(about.rows, about.names)

    def in_document(self, document: str, kind: ItemKind | None = None) -> list[Entry]:
        """Return the items that were read from a document, in the order in which they were accepted."""
        return self._entries(self._by_document.of(self._columns.names.find(document)), kind)

    def about(self, item: str, kind: ItemKind | None = None) -> list[Entry]:
        """Return what is about an item, in the order in which it was accepted."""
        return self._entries(self._by_subject.of(self._columns.names.find(item)), kind)

    def by_name(self, item: str, kind: ItemKind) -> Sequence[Entry]:
        """Return what is of a kind and about an item, by local name; sorted when first asked for."""
        found = self._sorted.get((item, kind))
        if found is None:
            found = tuple(sorted(self.about(item, kind), key=lambda entry: entry.id))
            if found:  # there are as many of these as items, and no end of names that mean none
                self._sorted[item, kind] = found
        return found

    def all_about(self, items: Sequence[str], kind: ItemKind | None = None) -> list[list[Entry]]:
        """Return what is about each of some items, in one go."""
        codes = np.array([self._columns.names.find(name) for name in items], np.int32)
        rows, places = self._by_subject.of_all(codes)
        return self._grouped(rows, places, len(items), kind)

    def subjects_of(self, item: str) -> list[Entry]:
        """Return what an item is about, as far as it counts."""
        row = self._columns.row_of.get(item)
        return [] if row is None else self._named(self._by_row.of(row).tolist())

    def species_and_steps(self, document: str) -> list[tuple[Entry, list[Entry]]]:
        """Return the species that a document speaks of, and the steps that each of them takes part in, in any document.

        Of a species that stands in it, or that something is about that does; sorted by local name.
        """
        columns = self._columns
        rows = self._by_document.of(columns.names.find(document))
        codes, _ = self._by_row.of_all(rows)
        names = np.unique(np.concatenate([codes, columns.single["id"][rows]]))
        species = sorted((e for e in self._named(names.tolist()) if e.kind == "species"), key=lambda e: e.id)
        return list(zip(species, self.all_about([e.id for e in species], "step"), strict=True))

    def _named(self, codes: Iterable[int]) -> list[Entry]:
        columns = self._columns
        rows = (columns.row_of.get(columns.names[code]) for code in codes if code != NONE)
        return [columns.entries[row] for row in rows if row is not None]

    def _entries(self, rows: Ints, kind: ItemKind | None) -> list[Entry]:
        entries = self._columns.entries
        return [entries[row] for row in rows[self._of_kind(rows, kind)].tolist()]

    def _grouped(self, rows: Ints, places: Ints, count: int, kind: ItemKind | None) -> list[list[Entry]]:
        found: list[list[Entry]] = [[] for _ in range(count)]
        entries, those = self._columns.entries, self._of_kind(rows, kind)
        for row, place in zip(rows[those].tolist(), places[those].tolist(), strict=True):
            found[place].append(entries[row])
        return found

    def _of_kind(self, rows: Ints, kind: ItemKind | None) -> Bools:
        if kind is None:
            return np.ones(len(rows), np.bool_)
        return np.equal(self._columns.single["kind"][rows], self._columns.names.find(kind))
