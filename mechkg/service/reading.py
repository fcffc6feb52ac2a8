"""A reading: what counts at one position of the ledger, read from one graph and kept."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Protocol

from mechkg.graph.store import Store
from mechkg.reasoning.facts import read_facts
from mechkg.reasoning.labels import Labels, read_labels
from mechkg.reasoning.problem import Problem
from mechkg.service.catalog import Catalog


class View(Protocol):
    """What can be asked: what counts now (an open workspace), or what counted at a position of the past (a reading)."""

    @property
    def version(self) -> int:
        """Ledger position that all answers are derived from."""
        ...

    @property
    def store(self) -> Store:
        """The graph."""
        ...

    @property
    def catalog(self) -> Catalog:
        """The items that count."""
        ...

    @property
    def labels(self) -> Labels:
        """What things are called."""
        ...

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem, which serves one question at a time."""
        ...

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        ...


class Reading:
    """The items that count, what they are called, and their hypothesis spaces, each grounded once.

    ``version`` is the ledger position; ``store`` a graph derived from it, which must not change while the reading is used.
    Threads may share it.
    """

    def __init__(self, version: int, store: Store, catalog: Catalog) -> None:
        self.version = version
        self.store = store
        self.catalog = catalog
        self.lock = threading.RLock()
        """Held by whoever uses a problem, which serves one question at a time."""
        self._lock = threading.RLock()
        self._problems: dict[str, Problem] = {}

    @cached_property
    def labels(self) -> Labels:
        """What things are called."""
        return read_labels(self.store)

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        with self._lock:
            found = self._problems.get(space)
            if found is None:
                value = self.catalog.space(space)
                facts = read_facts(self.store, value.id)
                backing = {a: self.catalog.backing(a) for a in value.assumptions}
                found = Problem(value, facts, self.labels.within(value.id), self.version, backing=backing)
                self._problems[space] = found
            return found
