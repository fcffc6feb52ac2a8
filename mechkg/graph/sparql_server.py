"""A graph on a SPARQL 1.1 server, spoken to by the query and update protocols (https://www.w3.org/TR/sparql11-protocol/).

Whoever writes says which revision it found: each request takes that away and puts another in its place, and is refused when it
is gone. A reader that finds the same revision before and after its questions knows that nothing was written meanwhile. Servers
do not keep two requests apart that are done at the same moment (Oxigraph's takes both, each seeing what was there before), and a
process that died may have left one. Then both leave a revision, and a graph with two counts for nothing. Only graphs with names
of ours are ever written or removed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

from mechkg.errors import GraphError, LockedGraphError, QueryError
from mechkg.graph.namespaces import GRAPH, STATE_GRAPH
from mechkg.graph.sparql_http import Asked, Place, SparqlHttp
from mechkg.graph.sparql_text import keywords, names_graphs
from mechkg.graph.store import (
    Answer,
    Graphs,
    Solutions,
    Store,
    Table,
    Triples,
    bound,
    checked_term,
    statements,
)
from mechkg.graph.terms import Quad, Term, Triple, iri, literal, literal_parts, term, thing

OURS: Final = "https://w3id.org/mechkg/"
"""What the names of our graphs begin with."""

REVISION: Final = GRAPH + "revision"
"""What the revision is said of; it is in a graph of its own, whose name tells it too."""

_REVISION: Final = term("revision")
_MANY: Final = 500
"""So many graphs are named in one request."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Revision:
    """What a graph is found to be: a name that is new after whatever is written, and its stamp, by property."""

    name: str
    stamp: Mapping[Term, Term]


class SparqlServer:
    """A graph on a server. Threads may share it; one process writes at a time, see :meth:`taken`."""

    where = None

    def __init__(self, place: Place) -> None:
        self.place = place
        self.quirks = place.quirks
        self._said = SparqlHttp(place)
        self._writing = threading.RLock()
        self._found: tuple[str, ...] | None = None

    @classmethod
    def open(cls, url: str) -> SparqlServer:
        """Open the graph at an address, see :meth:`Place.of`; raise GraphError when nothing there answers as it has to."""
        server = cls(Place.of(url))
        try:
            server.revision()
            server._check_together()
        except BaseException:
            server.close()
            raise
        return server

    def _check_together(self) -> None:
        """Raise GraphError when the server keeps what is in named graphs out of queries that name none."""
        found = self._said.table(f"SELECT ?s ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {_OURS} }} LIMIT 1").rows
        for subject, graph in found:
            if not self._said.table(f"SELECT ?p WHERE {{ {subject} ?p ?o }} LIMIT 1").rows:
                raise GraphError(f"the server at {self.place} does not find what is said in {graph}", hint=self.quirks.hint)

    def close(self) -> None:
        """Close the connections."""
        self._said.close()

    def __enter__(self) -> SparqlServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SparqlServer {self.place}>"

    # --- revisions

    def revision(self) -> Revision | None:
        """Return the revision and its stamp; None while it is being written, or when it was never written to the end."""
        query = (
            f"SELECT ?name ?p ?o WHERE {{ GRAPH ?g {{ {iri(REVISION)} {_REVISION} ?name }} "
            f"GRAPH {iri(STATE_GRAPH)} {{ ?s ?p ?o }} }}"
        )
        rows = self._said.table(query).rows
        names = {literal_parts(row[0])[0] for row in rows}
        return Revision(names.pop(), {row[1]: row[2] for row in rows}) if len(names) == 1 else None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Write for as long as the block lasts, from what is found now on.

        A write is refused with LockedGraphError when somebody else has written meanwhile. What several have written at once,
        as when a request of a process that died is still being done, counts for nothing, and has no stamp any more.
        """
        with self._writing:
            self._found = self._names()
            try:
                if len(self._found) > 1:
                    self._write(self._removal([STATE_GRAPH]))
                yield
            finally:
                self._found = None

    def _names(self) -> tuple[str, ...]:
        """Return the name of the revision, whether or not it was written to the end; more than one when several wrote at once."""
        query = f"SELECT DISTINCT ?name WHERE {{ GRAPH ?g {{ {iri(REVISION)} {_REVISION} ?name }} }}"
        return tuple(sorted(literal_parts(row[0])[0] for row in self._said.table(query).rows))

    # --- writing

    def change(self, add: Iterable[Quad] = (), remove_graphs: Iterable[str] = (), remove: Iterable[Quad] = ()) -> None:
        """Remove whole graphs (given by IRI) and quads, then add quads.

        On a server that does a request as a whole this is one; on another the stamp is taken away first and written last, so that
        what a killed process leaves counts for nothing.
        """
        new, dropped, gone = list(add), list(remove_graphs), list(remove)
        stamp = iri(STATE_GRAPH)
        if self.quirks.atomic:
            self._write([*self._removal(dropped), *self._deletion(gone), *self._insertion(new)])
            return
        last = [quad for quad in new if quad[3] == stamp]
        self._write(self._removal([STATE_GRAPH]))
        rest = [graph for graph in dropped if graph != STATE_GRAPH]
        for some in _parts(rest, _MANY):
            self._write(self._removal(some))
        for quads in _parts(gone, self.quirks.at_once):
            self._write(self._deletion(quads))
        for quads in _requests((quad for quad in new if quad[3] != stamp), self.quirks.at_once):
            self._write(self._insertion(quads))
        if last:
            self._write(self._insertion(last))

    def load(self, quads: Iterable[Quad]) -> None:
        """Add many quads, request by request: a process that dies may leave a part of them."""
        for some in _requests(quads, self.quirks.at_once):
            self._write(self._insertion(some))

    def clear(self) -> None:
        """Remove everything that is ours."""
        everything = f"GRAPH ?g {{ ?s ?p ?o }} {_OURS} {_NO_REVISION}"
        self._write([f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ {everything} }}"])

    def flush(self) -> None:
        """Do nothing: what a server has answered for is its own to keep."""

    def _removal(self, graphs: Iterable[str]) -> list[str]:
        return [f"{self.quirks.remove_graph} {iri(graph)}" for graph in graphs]

    def _deletion(self, quads: list[Quad]) -> list[str]:
        return [f"DELETE DATA {{ {statements(quads)} }}"] if quads else []

    def _insertion(self, quads: list[Quad]) -> list[str]:
        blank = [] if self.quirks.blank_nodes_in_data else [quad for quad in quads if _has_blank(quad)]
        named = [quad for quad in quads if not _has_blank(quad)] if blank else quads
        steps = [f"INSERT DATA {{ {statements(named)} }}"] if named else []
        return [*steps, f"INSERT {{ {statements(blank)} }} WHERE {{ }}"] if blank else steps

    def _write(self, steps: list[str]) -> None:
        """Do these updates, once the revision that was found is exchanged for another: as one request, where that is a whole."""
        if not steps:
            return
        with self._writing:
            before = self._names() if self._found is None else self._found
            name = secrets.token_hex(12)
            graph = iri(f"{REVISION}/{name}")
            # Neither is silent: to drop what is gone, or to create what is there, is a failure, and ends the request.
            exchange = [f"DROP GRAPH {iri(f'{REVISION}/{one}')}" for one in before]
            if len(before) > 1:
                exchange = self._removal(f"{REVISION}/{one}" for one in before)
            told = f"INSERT DATA {{ GRAPH {graph} {{ {iri(REVISION)} {_REVISION} {literal(name)} }} }}"
            try:
                self._update([*exchange, f"CREATE GRAPH {graph}", told, *(steps if self.quirks.atomic else ())])
            except GraphError as error:
                if self._names() == before:
                    raise
                raise LockedGraphError(
                    f"the graph at {self.place} was written by somebody else meanwhile",
                    hint="one process at a time writes a graph",
                ) from error
            if self._found is not None:
                self._found = (name,)
            if not self.quirks.atomic:
                # told again: should this be done late, after another has taken over, it is seen that both wrote
                self._update([told, *steps])

    def _update(self, steps: list[str]) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._said.update(" ;\n".join(steps))
                return
            except GraphError as error:
                if not left or self.quirks.again is None or self.quirks.again not in error.message:
                    raise
                time.sleep(_PAUSE)

    def together(self, ask: Callable[[SparqlServer], T]) -> T:
        """Answer several questions by one that ``ask`` is given: this one, which may move on in between."""
        return ask(self)

    # --- copies

    def copy(self) -> Store:
        """Return a store in memory that says what this one says now."""
        store = Store.open(None)
        store.load(self._steady(lambda: list(self.quads())))
        return store

    def copy_to(self, folder: Path) -> None:
        """Put a copy of what the server says now into ``folder``, which must not be there."""
        with self.copy() as copy:
            copy.copy_to(folder)

    def _steady(self, asked: Callable[[], list[Quad]]) -> list[Quad]:
        """Return an answer between whose beginning and end nothing was written."""
        for _ in range(_TRIES):
            before = self.revision()
            found = asked()
            if before is not None and self.revision() == before:
                return found
        raise GraphError(f"the graph at {self.place} is being written all the time", hint="try again later")

    # --- reading

    def __len__(self) -> int:
        [[count]] = self.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {_OURS} {_NO_REVISION} }}").rows
        return int(count)

    def has_graph(self, graph: str) -> bool:
        """Say whether there is a graph of this name."""
        return bool(self._said.table(f"SELECT ?s WHERE {{ GRAPH {_named(graph)} {{ ?s ?p ?o }} }} LIMIT 1").rows)

    def graph(self, graph: str) -> list[Triple]:
        """Return the triples of one graph."""
        return [
            (s, p, o) for s, p, o in self._said.table(f"SELECT ?s ?p ?o WHERE {{ GRAPH {_named(graph)} {{ ?s ?p ?o }} }}").rows
        ]

    def quads_with(self, subject: Term | None = None, predicate: Term | None = None, object_: Term | None = None) -> list[Quad]:
        """Return the quads with these terms, wherever they are said in graphs of ours."""
        given = (subject, predicate, object_)
        shown = [f"?{name}" if known is None else checked_term(known) for name, known in zip("spo", given, strict=True)]
        free = [name for name in shown if name.startswith("?")]
        rows = self._said.table(f"SELECT {' '.join([*free, '?g'])} WHERE {{ GRAPH ?g {{ {' '.join(shown)} }} {_OURS} }}").rows
        found: list[Quad] = []
        for row in rows:
            rest = iter(row)
            s, p, o = (next(rest) if known is None else known for known in given)
            found.append((s, p, o, next(rest)))
        return found

    def triples_of(self, subject: Term, graph: str) -> list[Triple]:
        """Return what one graph says of a subject, given as a term."""
        query = f"SELECT ?p ?o WHERE {{ GRAPH {_named(graph)} {{ {checked_term(subject)} ?p ?o }} }}"
        return [(subject, p, o) for p, o in self._said.table(query).rows]

    def n_quads(self) -> str:
        """Return everything as N-Quads, one line each, in no particular order."""
        return "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in self.quads())

    def quads(self) -> Iterator[Quad]:
        """Return everything of ours, in no particular order."""
        query = f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {_OURS} {_NO_REVISION} }}"
        return ((s, p, o, g) for s, p, o, g in self._said.table(query).rows)

    def select(self, query: str, values: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT (or ASK); ``values`` gives terms to variables, see :func:`bound`. Raises QueryError."""
        kind = _kind_of(query)
        if not kind <= {"SELECT", "ASK"}:
            raise QueryError("expected a SELECT or ASK query")
        if "ASK" in kind:
            return Table(("answer",), [[self.says(query, values)]])
        names, rows = self._said.solutions(bound(query, values or {}))
        return Table(names, [[None if cell is None else self._said.plain(cell) for cell in row] for row in rows])

    def construct(self, query: str, values: Mapping[str, Term] | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE. Raises QueryError."""
        if not _kind_of(query) <= {"CONSTRUCT", "DESCRIBE"}:
            raise QueryError("expected a CONSTRUCT or DESCRIBE query")
        return self._said.triples(bound(query, values or {}))

    def says(self, query: str, values: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK. Raises QueryError."""
        if not _kind_of(query) <= {"ASK"}:
            raise QueryError("expected an ASK query")
        return self.quirks.truth(self._said.json(bound(query, values or {})))

    def answer(self, query: str, among: Graphs | None = None, *, base: str, prefixes: Mapping[str, str]) -> Answer:
        """Answer any query as it is written; see :meth:`Store.answer`. The whole answer is read before this returns."""
        declared = "".join(f"PREFIX {name}: {iri(address)}\n" for name, address in prefixes.items())
        text = f"BASE {iri(base)}\n{declared}{query}"
        asked: Asked = [] if names_graphs(query) else [*self.quirks.together.items()]
        if among is not None:
            asked = [("default-graph-uri", name) for name in among.default] + [("named-graph-uri", name) for name in among.named]
        kind = _kind_of(query)
        if "ASK" in kind:
            return self.quirks.truth(self._said.json(text, asked))
        if "SELECT" in kind:
            names, rows = self._said.solutions(text, asked)
            return Solutions(names, (tuple(None if cell is None else self._said.term(cell) for cell in row) for row in rows))
        return Triples(iter(self._said.triples(text, asked)))

    def rows(self, query: str, bindings: Mapping[str, str]) -> list[list[Any]]:
        """Answer a SELECT with rows of plain values; ``bindings`` gives items, by local name, to variables."""
        return self.select(query, {name: thing(value) for name, value in bindings.items()}).rows


_OURS: Final = f'FILTER(STRSTARTS(STR(?g), "{OURS}"))'
_NO_REVISION: Final = f'FILTER(!STRSTARTS(STR(?g), "{REVISION}"))'
_TRIES: Final = 20
_PAUSE: Final = 0.05


def _named(graph: str) -> Term:
    return checked_term(iri(graph))


def _kind_of(query: str) -> frozenset[str]:
    """Return which kind of query it is: the first word that says so."""
    for word in keywords(query):
        if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return frozenset({word})
    return frozenset()


def _has_blank(quad: Quad) -> bool:
    return quad[0].startswith("_:") or quad[2].startswith("_:")


def _parts(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def _requests(quads: Iterable[Quad], size: int) -> Iterator[list[Quad]]:
    """Yield quads for one request after another; those with blank nodes, whose names hold within a request, in one."""
    blank: list[Quad] = []

    def named() -> Iterator[Quad]:
        for quad in quads:
            if _has_blank(quad):
                blank.append(quad)
            else:
                yield quad

    yield from _parts(named(), size)
    if blank:
        yield blank
