"""The past: what counted, and what had been done, at a position of the ledger, at a time, or in a release.

A graph of the past is derived in memory from the ledger up to there, by the ontology and the rules of now, and kept for whoever
asks next. What was worked out of hypothesis spaces of the past is kept in the home folder like that of the present.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import LedgerAt
from mechkg.curation.moment import AsOf
from mechkg.curation.moment import position_of as told_position
from mechkg.curation.release import releases
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.graph_store import GraphView
from mechkg.graph.store import Store
from mechkg.model.ledger_record import Act
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.service.catalog import Catalog
from mechkg.service.kept import KeptSpaces
from mechkg.service.reading import Reading

__all__ = ["AsOf", "Moment", "Past", "Then", "position_of", "read_at", "record_at", "together"]

KEPT = 4
"""What counted then is kept of so many moments, those that were asked for last. Each may hold a graph in memory."""


def position_of(ledger: Ledger, as_of: AsOf) -> int:
    """Return the ledger position that is meant; see :func:`mechkg.curation.moment.position_of`."""
    return told_position(_Dates(ledger), as_of)


def record_at(ledger: Ledger, as_of: AsOf) -> LedgerAt:
    """Return the ledger as it was then; raise as :func:`position_of` does."""
    return LedgerAt(ledger, position_of(ledger, as_of))


@dataclass(frozen=True, slots=True)
class _Dates:
    """A ledger, by what has to be known of it to tell a moment."""

    ledger: Ledger

    def position(self) -> int:
        return self.ledger.position()

    def position_at(self, time: datetime) -> int:
        return self.ledger.position_at(time)

    def settled(self, at: int | None = None) -> int:
        return self.ledger.settled(at)

    def released(self) -> Mapping[str, int]:
        return {release.name: release.position for release in releases(self.ledger.acts_of_kinds(["release"]))}

    def done_from(self, position: int) -> Iterator[tuple[int, object]]:
        return ((act.position, together(act)) for act in self.ledger.acts(position - 1))


def together(act: Act) -> object:
    """Return what is the same for acts of one transaction, which follow each other: time, person, batch and door."""
    return act.at, act.actor, act.batch, act.door


def read_at(ledger: Ledger, position: int, store: Store | None = None) -> Reading:
    """Return what counted at ``position``, read from a graph of its own.

    A ``store`` in memory is brought there from an earlier position; what was read from it before must not be used any more.
    """
    then = LedgerAt(ledger, position)
    graph = Store.open(None) if store is None else store
    bring_up_to_date(graph, then)
    version = then.settled()
    return Reading(version, graph, Catalog.of(version, then.accepted_with_acts()))


class Then:
    """What counted at a position of the ledger. Its graph is derived in memory when something is asked that was not kept.

    Threads may share it; two that need the graph wait for one.
    """

    def __init__(self, ledger: LedgerAt, home: Path | None) -> None:
        self.version = ledger.until
        self.lock = threading.RLock()
        self._ledger = ledger
        self._making = threading.RLock()
        self._catalog: Catalog | None = None
        self._reading: Reading | None = None
        self._problems: dict[str, Problem] = {}
        digest = next((act.digest for act in ledger.acts(self.version - 1)), None) if self.version else None
        self._kept = None if home is None or digest is None else KeptSpaces(home, digest)

    @property
    def catalog(self) -> Catalog:
        """The items that counted."""
        with self._making:
            if self._catalog is None:
                self._catalog = Catalog.of(self.version, self._ledger.accepted_with_acts())
            return self._catalog

    @property
    def reading(self) -> Reading:
        """What counted, read from a graph of its own."""
        with self._making:
            if self._reading is None:
                graph = Store.open(None)
                bring_up_to_date(graph, self._ledger)
                self._reading = Reading(self.version, graph, self.catalog, self._kept)
            return self._reading

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        with self._making:
            found = self._problems.get(space)
            if found is None:
                name = self.catalog.space(space).id
                kept = self._kept.space(name, self.version) if self._kept is not None and self._reading is None else None
                found = self._problems[space] = kept.problem if kept is not None else self.reading.problem(name)
            return found


class Moment:
    """A moment of the past, to be asked like a workspace: what counted then, and what had been done until then."""

    def __init__(self, ledger: LedgerAt, then: Then) -> None:
        self.ledger = ledger
        self._then = then

    @property
    def version(self) -> int:
        """Position of the last act until then that changed what counts."""
        return self._then.version

    @property
    def reading(self) -> Reading:
        """What counted then, read from a graph."""
        return self._then.reading

    @property
    def store(self) -> GraphView:
        """The graph."""
        return self.reading.store

    @property
    def catalog(self) -> Catalog:
        """The items that counted then."""
        return self._then.catalog

    @property
    def labels(self) -> Labels:
        """What things were called."""
        return self.reading.labels

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem, which serves one question at a time."""
        return self._then.lock

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        return self._then.problem(space)

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stood then; raise NotFoundError with the nearest name for an unknown one."""
        return self.catalog.find(name, "assumption").record.body

    @contextmanager
    def shadow(self) -> Iterator[tuple[Reading, Store]]:
        """Yield what counted then, and a graph in memory that says the same and may be changed meanwhile."""
        store = Store.open(None)
        try:
            bring_up_to_date(store, self.ledger)
            yield self.reading, store
        finally:
            store.close()


class Past:
    """Moments of the past; what was read of the last few is kept, in memory and, as far as it can be, in the home folder.

    Threads may share it.
    """

    def __init__(self, ledger: Ledger, home: Path | None = None, kept: int = KEPT) -> None:
        self._ledger = ledger
        self._home = home
        self._most = kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Then] = OrderedDict()

    def at(self, as_of: AsOf) -> Moment:
        """Return the moment; raise as :func:`position_of` does."""
        ledger = record_at(self._ledger, as_of)
        return Moment(ledger, self._then(ledger.settled()))

    def _then(self, version: int) -> Then:
        """Return what counted; positions between which nothing came to count or ceased to are one."""
        with self._lock:
            found = self._kept.get(version)
            if found is None:
                found = self._kept[version] = Then(LedgerAt(self._ledger, version), self._home)
            self._kept.move_to_end(version)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)  # who still uses it holds it
            return found
