"""The read models of one version: each made when it is first asked for, from that of an earlier version where there is one.

Threads may share them. What was made stays as it is when the next version comes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from mechkg.model.corpus import ItemKind
from mechkg.model.filter import EVERYTHING, Filter, NameField, Sort, TextField
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.collecting import not_collecting
from mechkg.service.read_models.columns import Bools, Columns, Ints
from mechkg.service.read_models.conflicts import Conflicts
from mechkg.service.read_models.facets import Facet, facet
from mechkg.service.read_models.filtering import matching
from mechkg.service.read_models.pages import Order, PageOf, checked, page
from mechkg.service.read_models.relations import Relations
from mechkg.service.read_models.text_index import Found, TextIndex

T = TypeVar("T")

_SAME_FILTERS = 64
"""So many filters are kept with the rows that meet them: the pages and the facets of one list ask for the same."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A model, the items it was made of, and their version."""

    model: Any
    entries: Mapping[str, Entry]
    version: int


class ReadModels:
    """Columns, texts, relations and conflicts of the items that count."""

    def __init__(self, catalog: Catalog, before: ReadModels | None = None) -> None:
        self.catalog = catalog
        self._lock = threading.RLock()
        self._made: dict[object, _Made] = {}
        # of each model the last that was made: a version that nobody asked breaks no chain, and is not held
        self._earlier: dict[object, _Made] = {} if before is None else before._latest()
        self._rows: dict[Filter, Bools] = {}
        self._in_order: dict[tuple[tuple[Sort, ...], Filter], Ints] = {}

    def _latest(self) -> dict[object, _Made]:
        with self._lock:
            return {**self._earlier, **self._made}

    # --- asking

    def rows(self, given: Filter = EVERYTHING) -> Bools:
        """Return which rows of the columns meet a filter; raise as :func:`matching` does."""
        found = self._rows.get(given)
        if found is None:
            found = matching(self, given)
            found.flags.writeable = False
            with self._lock:
                if len(self._rows) >= _SAME_FILTERS:
                    self._rows.clear()
                self._rows[given] = found
        return found

    def count(self, given: Filter = EVERYTHING) -> int:
        """Return how many items meet a filter."""
        return int(self.rows(given).sum())

    def page(
        self,
        given: Filter = EVERYTHING,
        sorts: Sequence[Sort] = (),
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> PageOf:
        """Return a page of the items that meet a filter, in an order; see :func:`mechkg.service.read_models.pages.page`."""
        order = self._order(sorts)
        return page(order, self._ranked(order, given), first=first, after=after, last=last, before=before)

    def _ranked(self, order: Order, given: Filter) -> Ints:
        key = (order.sorts, given)
        found = self._in_order.get(key)
        if found is None:
            found = order.ranked(self.rows(given))
            with self._lock:
                if len(self._in_order) >= _SAME_FILTERS:
                    self._in_order.clear()
                self._in_order[key] = found
        return found

    def facet(self, field: NameField | str, given: Filter = EVERYTHING, most: int | None = None) -> Facet:
        """Count the values of a field among the items that meet a filter."""
        return facet(self.columns, self.rows(given), field, most)

    def search(
        self,
        query: str,
        *,
        kind: ItemKind | None = None,
        given: Filter | None = None,
        fields: Sequence[TextField] = (),
        most: int = 20,
    ) -> Found:
        """Return the items that a query finds, the best first; of one kind, or that meet a filter, where one is given."""
        among: Collection[str] | None = None
        if given is not None:
            entries = self.columns.entries
            among = {entries[row].id for row in np.flatnonzero(self.rows(given)).tolist()}
        of = self.catalog
        return self._texts.search(of.version, of.entries, query, fields=fields, kind=kind, among=among, most=most)

    def saying(self, text: str, fields: tuple[TextField, ...]) -> Bools:
        """Return which rows have all the words of a text."""
        found = np.zeros(len(self.columns), np.bool_)
        found[[self.columns.row_of[name] for name in self._texts.matching(self.catalog.version, text, fields)]] = True
        return found

    @property
    def in_disagreement(self) -> Bools:
        """Which rows stand on a side of a disagreement."""
        return self.conflicts.rows

    # --- the models

    @property
    def columns(self) -> Columns:
        """The columns."""
        entries = self.catalog.entries

        def made(earlier: _Made | None) -> Columns:
            return Columns.of(entries.values()) if earlier is None else earlier.model.after(*self._since(earlier))

        return self._once("columns", made)

    @property
    def conflicts(self) -> Conflicts:
        """What is claimed of the same property of the same thing."""

        def made(earlier: _Made | None) -> Conflicts:
            if earlier is None:
                return Conflicts(self.catalog, self.columns)
            gone, come = self._since(earlier)
            return Conflicts(self.catalog, self.columns, earlier.model, {*gone, *(entry.id for entry in come)})

        return self._once("conflicts", made)

    @cached_property
    def relations(self) -> Relations:
        """What is about what."""
        return Relations(self.columns)

    @property
    def _texts(self) -> TextIndex:
        entries, version = self.catalog.entries, self.catalog.version

        def made(earlier: _Made | None) -> TextIndex:
            if earlier is None:
                return TextIndex.of(version, entries)
            index: TextIndex = earlier.model.after(earlier.entries, version, entries, *self._since(earlier))
            return index

        return self._once("texts", made)

    def _order(self, sorts: Sequence[Sort]) -> Order:
        those = checked(sorts)

        def made(earlier: _Made | None) -> Order:
            before = earlier.model if earlier is not None and earlier.model.continued_by(self.columns) else None
            return Order(self.columns, those, before)

        return self._once(("order", those), made)

    def _once(self, key: object, make: Callable[[_Made | None], T]) -> T:
        """Return a model, made when it is first asked for, from that of an earlier version."""
        found = self._made.get(key)
        if found is None:
            with self._lock:
                found = self._made.get(key)
                if found is None:
                    with not_collecting():
                        model = make(self._earlier.pop(key, None))
                    found = self._made[key] = _Made(model, self.catalog.entries, self.catalog.version)
        made: T = found.model
        return made

    def _since(self, earlier: _Made) -> tuple[list[str], list[Entry]]:
        """Return the names of the items that are gone since a model was made, and the items that are new or changed."""
        return self.catalog.since(earlier.version, earlier.entries)
