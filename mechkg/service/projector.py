"""The projector of a graph that several processes share: whoever finds it behind the ledger feeds it, one at a time.

Any process may be that one, and none has to be: a process that dies while it feeds lets go of its turn, and the next that wants
the graph takes it. What it wrote half counts for nothing, see :class:`mechkg.graph.sparql_server.SparqlServer`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mechkg.curation.ledger import Ledger
from mechkg.errors import GraphError, MechkgError
from mechkg.graph.build import bring_up_to_date, state_in, state_of
from mechkg.graph.canonical import digest
from mechkg.graph.namespaces import STATE_GRAPH
from mechkg.graph.sparql_server import Revision, SparqlServer

if TYPE_CHECKING:
    from mechkg.service.workspace import Workspace

_log = logging.getLogger(__name__)

PATIENCE: Final = 5.0
"""Seconds for which another process is waited for that feeds the graph; then one is derived from the ledger for oneself."""

_PAUSE: Final = 0.02

_LOOK: Final = 1.0
"""Seconds after which is looked for new acts that nothing told of."""


class Projector:
    """Brings the graph on a server up to a ledger. Threads may share it."""

    def __init__(self, ledger: Ledger, server: SparqlServer) -> None:
        self._ledger = ledger
        self.server = server
        self._name = f"graph {server.place.update}"
        self._lock = threading.Lock()

    def bring(self, patience: float = PATIENCE) -> Revision:
        """Return the revision that says what counts now, having written it when nobody else does.

        Raise GraphError when the server fails, or another process takes longer than ``patience``, in seconds.
        """
        with self._lock:
            until = time.monotonic() + patience
            while True:
                found = self.current()
                if found is not None:
                    return found
                with self._ledger.alone(self._name) as mine:
                    if mine:
                        self._project()
                if not mine:
                    if time.monotonic() > until:
                        raise GraphError(f"another process has been writing the graph at {self.server.place} for {patience:g} s")
                    time.sleep(_PAUSE)

    def rebuild(self, patience: float = 60.0) -> bool:
        """Make the graph anew; say whether it is the same as before."""
        with self._lock:
            until = time.monotonic() + patience
            while True:
                with self._ledger.alone(self._name) as mine:
                    if mine:
                        before = digest(self.server)
                        with self.server.taken():
                            self.server.change(remove_graphs=[STATE_GRAPH])
                        self._project()
                        return digest(self.server) == before
                if time.monotonic() > until:
                    raise GraphError(f"another process has been writing the graph at {self.server.place} for {patience:g} s")
                time.sleep(_PAUSE)

    def current(self) -> Revision | None:
        """Return the revision of the graph when it says what counts now; None otherwise."""
        found = self.server.revision()
        return found if found is not None and state_in(found.stamp) == state_of(self._ledger) else None

    def _project(self) -> None:
        with self.server.taken():
            if self.server.revision() is None:
                # whatever is there was not written to the end
                self.server.change(remove_graphs=[STATE_GRAPH])
            bring_up_to_date(self.server, self._ledger)


@contextmanager
def projecting(workspace: Workspace) -> Iterator[None]:
    """Bring the graph up to the ledger beside the block, whenever some process has written an act.

    Where neither is shared there is nothing to do: who acts is who asks.
    """
    if not workspace.shared:
        yield
        return
    ended = threading.Event()

    def work() -> None:
        with workspace.ledger.news() as news:
            while not ended.is_set():
                try:
                    workspace.follow()
                except MechkgError as error:
                    _log.warning("the graph was not brought up to the ledger, and will be: %s", error)
                except Exception:  # whatever it is, the next look may go well
                    _log.exception("the graph was not brought up to the ledger, and will be")
                news.wait(_LOOK)

    thread = threading.Thread(target=work, name="projecting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_LOOK + PATIENCE)
