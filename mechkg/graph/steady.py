"""A graph on a server as it was at one revision, for whoever asks many questions that have to fit together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from mechkg.errors import GraphError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.sparql_server import Revision, SparqlServer
from mechkg.graph.store import Answer, Graphs, Solutions, Store, Table, Triples
from mechkg.graph.terms import Quad, Term, Triple

_log = logging.getLogger(__name__)

T = TypeVar("T")


class OwnGraph(Protocol):
    """A graph of one version that is not on the server."""

    def ask(self, question: Callable[[GraphView], T]) -> T:
        """Answer a question, or several of them; the graph that it is given is not to be used afterwards."""
        ...


class Steady:
    """Answers as the server did at ``revision``, all its life; threads may share it.

    A server has no answers to several questions about one moment. So after each answer it is asked whether the revision is still
    the same: an answer counts only if it is. When it is not, when the server fails, or when it is one whose answers are not
    relied on, ``own`` is asked from there on: a graph of one's own that says what the server said then.
    """

    def __init__(self, server: SparqlServer, revision: Revision | None, own: OwnGraph) -> None:
        self._server = server
        self._revision = revision if server.quirks.relied_on else None
        self._own = own
        self._moved = False

    @property
    def moved(self) -> bool:
        """Whether a graph of one's own is asked by now."""
        return self._moved

    def _asked(self, ask: Callable[[GraphView], T]) -> T:
        if not self._moved and self._revision is not None:
            try:
                answer = ask(self._server)
                if self._server.revision() == self._revision:
                    return answer
            except GraphError as error:
                _log.warning("what %s does not answer is asked of a graph derived from the ledger: %s", self._server.place, error)
        self._moved = True
        return self._own.ask(ask)

    def __len__(self) -> int:
        return self._asked(len)

    def has_graph(self, graph: str) -> bool:
        """Say whether there is a graph of this name."""
        return self._asked(lambda view: view.has_graph(graph))

    def graph(self, graph: str) -> list[Triple]:
        """Return the triples of one graph."""
        return self._asked(lambda view: view.graph(graph))

    def quads_with(self, subject: Term | None = None, predicate: Term | None = None, object_: Term | None = None) -> list[Quad]:
        """Return the quads with these terms, wherever they are said."""
        return self._asked(lambda view: view.quads_with(subject, predicate, object_))

    def triples_of(self, subject: Term, graph: str) -> list[Triple]:
        """Return what one graph says of a subject."""
        return self._asked(lambda view: view.triples_of(subject, graph))

    def n_quads(self) -> str:
        """Return everything as N-Quads, in no particular order."""
        return self._asked(lambda view: view.n_quads())

    def quads(self) -> Iterator[Quad]:
        """Return everything, in no particular order."""
        return iter(self._asked(lambda view: list(view.quads())))

    def select(self, query: str, values: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT (or ASK) asked of all graphs together."""
        return self._asked(lambda view: view.select(query, values))

    def construct(self, query: str, values: Mapping[str, Term] | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE."""
        return self._asked(lambda view: view.construct(query, values))

    def says(self, query: str, values: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK."""
        return self._asked(lambda view: view.says(query, values))

    def answer(self, query: str, among: Graphs | None = None, *, base: str, prefixes: Mapping[str, str]) -> Answer:
        """Answer any query as it is written; the whole answer is read before this returns."""

        def whole(view: GraphView) -> Answer:
            found = view.answer(query, among, base=base, prefixes=prefixes)
            if isinstance(found, Solutions):
                return Solutions(found.variables, iter(list(found.rows)))
            return Triples(iter(list(found.found))) if isinstance(found, Triples) else found

        return self._asked(whole)

    def rows(self, query: str, bindings: Mapping[str, str]) -> list[list[Any]]:
        """Answer a SELECT with rows of plain values."""
        return self._asked(lambda view: view.rows(query, bindings))

    def together(self, ask: Callable[[GraphView], T]) -> T:
        """Answer several questions of one graph: whether the revision is still the same is asked once, after all of them."""
        return self._asked(ask)

    def copy(self) -> Store:
        """Return a store in memory that says the same: derived anew, which is faster than to fetch it."""
        self._moved = True
        return self._own.ask(lambda view: view.copy())

    def copy_to(self, folder: Path) -> None:
        """Put a copy into ``folder``."""
        self._moved = True
        self._own.ask(lambda view: view.copy_to(folder))
