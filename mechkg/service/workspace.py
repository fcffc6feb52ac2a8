"""An open mechkg: ledger, graph, and what is read from them, kept per ledger position."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from mechkg.curation.ledger import Ledger
from mechkg.errors import GraphError, LockedGraphError
from mechkg.graph.build import BuildReport, bring_up_to_date, digest_at, read_state, state_in
from mechkg.graph.graph_store import GraphView
from mechkg.graph.sparql_server import Revision, SparqlServer
from mechkg.graph.steady import Steady
from mechkg.graph.store import Store
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.service.as_of import AsOf, Moment, Past
from mechkg.service.catalog import Catalog
from mechkg.service.home import default_home, graph_address, may_write, open_ledger
from mechkg.service.kept import KeptSpaces, forget, made_by
from mechkg.service.mirror import Mirror
from mechkg.service.projector import Projector
from mechkg.service.read_catalog import read_catalog
from mechkg.service.reading import Reading
from mechkg.service.recorded import Recorded

_log = logging.getLogger(__name__)

_AWAY = 10.0
"""Seconds for which a server of the graph that failed is not asked by whoever waits for an answer."""

_BUSY = 10.0
"""Seconds between two versions that follow each other so fast that who asks about the first is still asking."""


class Workspace:
    """Ledger and graph of one home folder, opened together, the graph brought up to the ledger.

    Use it as a context manager; threads may share it. One process at a time holds the graph on disk. Another that opens the same
    home meanwhile (the shell, while the service runs) derives the graph from the ledger in memory, which takes a few seconds.

    A graph on a server is shared: one process at a time brings it up to the ledger, and each reads what counts at one position.
    """

    def __init__(self, ledger: Ledger, store: Store | SparqlServer, home: Path | None) -> None:
        self.ledger = ledger
        self.home = home
        self._graph = store
        self.projector = Projector(ledger, store) if isinstance(store, SparqlServer) else None
        self._revision: Revision | None = None
        self._renew = False
        self._away_until = 0.0
        self._given_up: Store | None = None
        self._lock = threading.RLock()
        self._reasoning = threading.RLock()
        self._reading: Reading | None = None
        self._past = Past(ledger, home)
        self._mirror = Mirror(ledger, lambda version: self._past.at(version).store)
        self._changed_at = float("-inf")
        self._shadowing = threading.Lock()
        self._shadow: Store | None = None
        self._version = -1
        if home is not None:
            made_by()  # taken down now: files may be exchanged while this process runs
        self.refresh()

    @classmethod
    def open(cls, home: Path | str | None = None, *, ledger: str | None = None, graph: str | None = None) -> Workspace:
        """Open the workspace in ``home`` (the user's by default), making it when it is not there.

        ``ledger`` is the URL of another record of truth (``MECHKG_LEDGER`` by default), ``graph`` the address of a SPARQL server
        (``MECHKG_GRAPH``).
        """
        folder = Path(home) if home is not None else default_home()
        folder.mkdir(parents=True, exist_ok=True)
        record = open_ledger(folder, ledger)
        try:
            if (address := graph_address(graph)) is not None:
                return cls(record, SparqlServer.open(address), folder)
            try:
                store = Store.open(folder / "graph")
            except GraphError as error:
                if not isinstance(error, LockedGraphError) and may_write(folder):
                    raise
                store = Store.open(None)
            return cls(record, store, folder)
        except BaseException:
            record.close()
            raise

    def refresh(self) -> None:
        """Bring the graph up to the ledger.

        Where it is on a server that fails, what counts is derived from the ledger alone, until the server answers again.
        """
        with self._lock:
            if self.projector is not None:
                self._version, before, self._revision = self.ledger.settled(), self._revision, None
                if time.monotonic() < self._away_until:
                    return
                try:
                    self._revision = self.projector.bring()
                    self._version = state_in(self._revision.stamp).position
                except GraphError as error:
                    self._away_until = time.monotonic() + _AWAY
                    _log.warning("what counts is derived from the ledger alone: %s", error)
                # what was derived from the ledger alone may be asked of the server again
                self._renew = before is None
                return
            assert isinstance(self._graph, Store)
            report = self._brought(self._graph)
            if report.rebuilt and self.home is not None and self._graph.where is not None:
                forget(self.home)  # the graph on disk was gone or none of ours: what was read from it counts no more
            self._version = report.position

    def _brought(self, graph: Store) -> BuildReport:
        """Bring a graph up to the ledger; where its disk is full or broken, another one in memory that takes its place."""
        try:
            return bring_up_to_date(graph, self.ledger)
        except GraphError as error:
            if graph.where is None:
                raise
            _log.warning("the graph goes on in memory, until the next start: %s", error)
            self._given_up = graph  # kept open, as it is still being read
            self._graph = Store.open(None)
            return bring_up_to_date(self._graph, self.ledger)

    def follow(self) -> None:
        """Bring the graph up to the ledger; one on a server also when it did not answer before, or others left it in disorder.

        Nobody waits for a server meanwhile that does not answer.
        """
        found: Revision | None = None
        if self.projector is not None:
            try:
                found = self.projector.bring()
            except GraphError as error:
                _log.warning("the graph is not brought up to the ledger: %s", error)
        with self._lock:
            self._away_until = 0.0 if found is not None else time.monotonic() + _AWAY
            if self.projector is not None and found != self._revision:
                self.refresh()
            _ = self.version
        self._mirror.let_go()

    @property
    def shared(self) -> bool:
        """Whether graph or ledger are on a server, where other processes use them too."""
        return self.projector is not None or self.ledger.on_server

    @property
    def store(self) -> GraphView:
        """The graph; of one on a server, what it says of what counts now."""
        return self._graph if isinstance(self._graph, Store) else self.reading.store

    @property
    def graph_position(self) -> int:
        """The ledger position that the graph was brought up to."""
        return read_state(self.store).position

    @property
    def version(self) -> int:
        """The position of the last act that changed what counts: everything here is derived from it.

        The graph follows when the ledger has moved on.
        """
        # a ledger on a server takes a while to say so: those who only read do not queue, nor ask again once they had to
        settled = self.ledger.settled()
        if settled == self._version:
            return settled
        with self._lock:
            if settled != self._version and self.ledger.settled() != self._version:
                self.refresh()
            return self._version

    @property
    def reading(self) -> Reading:
        """What counts now."""
        version = self.version
        if (known := self._known(version)) is not None:
            return known
        with self._lock:
            if (known := self._known(version)) is not None:  # somebody was faster
                return known
            version = self.version
            if (known := self._known(version)) is not None:
                return known
            self._renew = False
            before = self._reading
            catalog = read_catalog(self.ledger, version, before.catalog if before else None)
            changed_before, self._changed_at = self._changed_at, time.monotonic()
            busy = self.projector is not None and self._changed_at - changed_before < _BUSY
            store = self._view_of(version, busy=busy)
            # nobody comes back to a state that is gone the next moment
            kept = None if self.home is None or busy else KeptSpaces(self.home, self._ledger_digest(store, version))
            self._reading = found = Reading(version, store, catalog, kept, before)
            return found

    def _known(self, version: int) -> Reading | None:
        """Return what counts at ``version`` where it was read already."""
        known = self._reading
        return known if known is not None and known.version == version and not self._renew else None

    def _view_of(self, version: int, *, busy: bool) -> GraphView:
        """Return the graph of a version; one on a server may go on to another, and then one in memory is asked.

        That is asked to begin with when the ledger is ``busy``: the one on the server would go on before all is answered.
        """
        if isinstance(self._graph, Store):
            return self._graph
        return Steady(self._graph, None if busy and self._mirror.in_use else self._revision, self._mirror.of(version))

    def _ledger_digest(self, store: GraphView, version: int) -> str:
        """Return what tells this state of the ledger from all others."""
        if self._revision is not None:  # a server has said so already
            return state_in(self._revision.stamp).ledger
        return read_state(store).ledger if isinstance(store, Store) else digest_at(self.ledger, version)

    def at(self, as_of: AsOf) -> Moment:
        """Return a position of the ledger, a time or a release: it answers what the workspace answers, as it did then.

        Raise BadInputError, with the nearest name of a release, when it cannot be told what is meant.
        """
        return self._past.at(as_of)

    def view(self, as_of: AsOf | None = None) -> Recorded:
        """Return what is to be asked: the workspace itself about the present (None), else that moment of the past."""
        return self if as_of is None else self.at(as_of)

    @property
    def catalog(self) -> Catalog:
        """The accepted items, as of now."""
        return self.reading.catalog

    @property
    def labels(self) -> Labels:
        """What things are called, as of now."""
        return self.reading.labels

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once per ledger position."""
        return self.reading.problem(space)

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stands in the ledger; raise NotFoundError with the nearest name for an unknown one."""
        return self.reading.assumption(name)

    @contextmanager
    def shadow(self) -> Iterator[tuple[Reading, Store]]:
        """Yield what counts now, and a graph in memory that says the same and may be changed meanwhile, as long as all is undone.

        One at a time; made when first asked for.
        """
        with self._shadowing:
            now = self.reading
            if self._shadow is None:
                self._shadow = self.store.copy()
            try:
                bring_up_to_date(self._shadow, self.ledger)
                yield now, self._shadow
            except BaseException:
                # whatever state it was left in, it is made anew
                self._shadow.close()
                self._shadow = None
                raise

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem, which serves one question at a time; what is accepted can be read meanwhile."""
        return self._reasoning

    def close_graph(self) -> None:
        """Close the graph alone, so that another can be put in its place."""
        self._graph.close()

    def close(self) -> None:
        """Close graph and ledger."""
        self._mirror.let_go(idle=0)
        self._graph.close()
        if self._given_up is not None:
            self._given_up.close()
        if self._shadow is not None:
            self._shadow.close()
        self.ledger.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
