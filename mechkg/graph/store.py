"""The only home of pyoxigraph: the embedded quad store and its SPARQL engine.

The store is an index derived from the ledger. A killed process leaves it as it was after its last transaction; what a power
failure may take from it is written again from the ledger, which is the record of truth.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, TypeVar

import pyoxigraph as ox

from mechkg.errors import GraphError, LockedGraphError, QueryError
from mechkg.graph.sparql_text import names_graphs
from mechkg.graph.terms import Plain, Quad, Term, Triple, of_datatype, shown, thing

T = TypeVar("T")

_DUMP = "graph.nq"
"""File of a copy of a store in memory."""

_COPY = ".copy-"
_LARGE = 500_000
"""A copy of more quads than that is not held in memory, where a quad takes some hundred bytes."""

_FAILURES = (SyntaxError, ValueError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of an answer, values plain: local names, numbers, truth values, text; None where nothing is bound."""

    columns: tuple[str, ...]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs that a query is asked of, by IRI: those taken together where it names none, and those that it can name."""

    default: tuple[str, ...]
    named: tuple[str, ...]


Value = Term | tuple["Value", "Value", "Value"] | None
"""What a variable is bound to: a term, a triple taken as a term (RDF 1.2), nothing."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """What answers a SELECT, read once."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Triples:
    """What answers a CONSTRUCT or DESCRIBE, read once."""

    found: Iterator[Triple]


Answer = Solutions | Triples | bool


class Store:
    """An open quad store: in a folder, held by one process, or in memory. Threads may share it.

    Queries see the union of all graphs; ``GRAPH ?g { ... }`` tells which graph says something.
    """

    def __init__(self, engine: ox.Store, where: Path | None, passing: Path | None = None) -> None:
        self._engine: ox.Store | None = engine
        self.where = where
        self._passing = passing
        """A folder that goes when it is closed."""

    # --- opening and closing

    @classmethod
    def open(cls, where: Path | str | None) -> Store:
        """Open the store in the folder ``where``, making it when it is not there; None gives one in memory.

        Raises LockedGraphError when it is held already, GraphError when the folder is no store or is damaged.
        """
        if where is None:
            return cls(ox.Store(), None)
        folder = Path(where)
        _finish_swap(folder)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            opened = cls(ox.Store(str(folder)), folder)
        except _FAILURES as error:
            # "No locks available" is the system's way to say that this very process holds it
            if "lock" in str(error).lower():
                raise LockedGraphError(
                    f"the graph in '{folder}' is in use by another process",
                    hint="one process holds a graph at a time: stop the other mechkg, or ask the one that serves it",
                ) from error
            raise GraphError(
                f"the graph in '{folder}' cannot be opened: {error}",
                hint="remove the folder: the graph is built anew from the ledger",
            ) from error
        for left in folder.parent.glob(f"{folder.name}{_COPY}*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        return opened

    def close(self) -> None:
        """Put everything on disk and let go of the folder. Closing twice does no harm."""
        if self._engine is not None:
            with suppress(OSError, RuntimeError):  # a copy opened for reading has nothing to put there
                self._engine.flush()
        self._engine = None
        if self._passing is not None:
            shutil.rmtree(self._passing, ignore_errors=True)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def _open(self) -> ox.Store:
        if self._engine is None:
            raise GraphError("the graph is closed")
        return self._engine

    # --- writing

    def change(self, add: Iterable[Quad] = (), remove_graphs: Iterable[str] = (), remove: Iterable[Quad] = ()) -> None:
        """Remove whole graphs (given by IRI) and quads, then add quads: all of it or, when the process dies, nothing."""
        steps = [f"DROP SILENT GRAPH <{graph}>" for graph in remove_graphs]
        if gone := statements(remove):
            steps.append(f"DELETE DATA {{ {gone} }}")
        if new := statements(add):
            steps.append(f"INSERT DATA {{ {new} }}")
        if steps:
            with _explained("the graph cannot be written"):
                self._open.update(" ;\n".join(steps))

    def load(self, quads: Iterable[Quad]) -> None:
        """Add many quads fast. Not one transaction: a process that dies may leave a part of them."""
        text = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in quads)
        with _explained("the graph cannot be written"):
            self._open.bulk_load(text.encode(), ox.RdfFormat.N_QUADS)

    def clear(self) -> None:
        """Remove everything."""
        with _explained("the graph cannot be written"):
            self._open.clear()

    def flush(self) -> None:
        """Put everything on disk now; makes the next opening fast."""
        with _explained("the graph cannot be written"):
            self._open.flush()

    def together(self, ask: Callable[[Store], T]) -> T:
        """Answer several questions by one that ``ask`` is given: this one."""
        return ask(self)

    # --- copies

    def copy(self) -> Store:
        """Return a store of one's own that says what this one says now: in memory, or, of a large one on disk, beside it.

        That beside it shares its files until either changes, and is removed when it is closed.
        """
        with _explained("the graph cannot be copied"):
            if self.where is not None and len(self) > _LARGE:
                folder = Path(tempfile.mkdtemp(prefix=self.where.name + _COPY, dir=self.where.parent)) / "graph"
                self._open.backup(str(folder))
                return Store(ox.Store(str(folder)), None, folder.parent)
            engine = ox.Store()
            engine.load(self._open.dump(format=ox.RdfFormat.N_QUADS), ox.RdfFormat.N_QUADS)
        return Store(engine, None)

    def copy_to(self, folder: Path) -> None:
        """Put a copy of what the store says now into ``folder``, which must not be there; :meth:`open_copy` reads it.

        Of a store on disk, where ``folder`` is in the same file system, this takes milliseconds whatever its size.
        """
        with _explained("the graph cannot be copied"):
            if self.where is not None:
                self._open.backup(str(folder))
            else:
                folder.mkdir()
                self._open.dump(str(folder / _DUMP), format=ox.RdfFormat.N_QUADS)

    @classmethod
    def open_copy(cls, folder: Path) -> Store:
        """Open a copy that :meth:`copy_to` made. Any number of processes may; none may change it."""
        with _explained(f"the copy of the graph in '{folder}' cannot be opened"):
            if not (folder / _DUMP).exists():
                return cls(ox.Store.read_only(str(folder)), folder)
            engine = ox.Store()
            engine.bulk_load(path=str(folder / _DUMP), format=ox.RdfFormat.N_QUADS)
            return cls(engine, None)

    # --- reading

    def __len__(self) -> int:
        return len(self._open)

    def has_graph(self, graph: str) -> bool:
        """Say whether there is a graph of this name."""
        return self._open.contains_named_graph(ox.NamedNode(graph))

    def graph(self, graph: str) -> list[Triple]:
        """Return the triples of one graph."""
        found = self._open.quads_for_pattern(None, None, None, ox.NamedNode(graph))
        return [(str(q.subject), str(q.predicate), str(q.object)) for q in found]

    def quads_with(self, subject: Term | None = None, predicate: Term | None = None, object_: Term | None = None) -> list[Quad]:
        """Return the quads with these terms, wherever they are said; looked up in an index."""
        found = self._open.quads_for_pattern(_node(subject), _node(predicate), _object(object_))
        return [(str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in found]

    def triples_of(self, subject: Term, graph: str) -> list[Triple]:
        """Return what one graph says of a subject, given as a term."""
        found = self._open.quads_for_pattern(ox.NamedNode(subject[1:-1]), None, None, ox.NamedNode(graph))
        return [(str(q.subject), str(q.predicate), str(q.object)) for q in found]

    def n_quads(self) -> str:
        """Return everything as N-Quads, one line each, in no particular order."""
        with _explained("the graph cannot be read"):
            dumped = self._open.dump(format=ox.RdfFormat.N_QUADS)
        return (dumped or b"").decode()

    def quads(self) -> Iterator[Quad]:
        """Yield everything, in no particular order."""
        for line in self.n_quads().split("\n"):
            if line:
                subject, predicate, rest = line.split(" ", 2)
                object_, graph = rest[:-2].rsplit(" ", 1)
                yield subject, predicate, object_, graph

    def select(self, query: str, values: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT (or ASK); ``values`` gives terms to variables, see :func:`bound`. Raises QueryError."""
        found = self._query(query, values)
        if isinstance(found, ox.QueryBoolean):
            return Table(("answer",), [[bool(found)]])
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("expected a SELECT or ASK query")
        names = tuple(variable.value for variable in found.variables)
        with _explained("the query cannot be answered", QueryError):
            return Table(names, [[_plain(value) for value in solution] for solution in found])

    def construct(self, query: str, values: Mapping[str, Term] | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE. Raises QueryError."""
        found = self._query(query, values)
        if not isinstance(found, ox.QueryTriples):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query")
        with _explained("the query cannot be answered", QueryError):
            return [(str(t.subject), str(t.predicate), str(t.object)) for t in found]

    def says(self, query: str, values: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK. Raises QueryError."""
        found = self._query(query, values)
        if not isinstance(found, ox.QueryBoolean):
            raise QueryError("expected an ASK query")
        return bool(found)

    def answer(self, query: str, among: Graphs | None = None, *, base: str, prefixes: Mapping[str, str]) -> Answer:
        """Answer any query as it is written, row by row as they are asked for. Raises QueryError, also while rows come.

        ``among`` says which graphs it is asked of, whatever the query says; None: those that the query names, and all graphs
        together when it names none. ``prefixes`` can be used without declaring them.
        """
        chosen: dict[str, Any] = {"use_default_graph_as_union": not names_graphs(query)}
        with _explained("the query cannot be answered", QueryError):
            if among is not None:
                default, named = ([ox.NamedNode(name) for name in names] for names in (among.default, among.named))
                chosen = {"default_graph": default, "named_graphs": named}
            found = self._open.query(query, base_iri=base, prefixes=dict(prefixes), **chosen)
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        if isinstance(found, ox.QueryTriples):
            return Triples((str(t.subject), str(t.predicate), str(t.object)) for t in _watched(found))
        names = tuple(variable.value for variable in found.variables)
        return Solutions(names, (tuple(map(_value, row)) for row in _watched(found)))

    def rows(self, query: str, bindings: Mapping[str, str]) -> list[list[Any]]:
        """Answer a SELECT with rows of plain values; ``bindings`` gives items, by local name, to variables."""
        return self.select(query, {name: thing(value) for name, value in bindings.items()}).rows

    def _query(self, query: str, values: Mapping[str, Term] | None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        with _explained("the query cannot be answered", QueryError):
            return self._open.query(bound(query, values or {}), use_default_graph_as_union=True)


# --- parameters of queries --------------------------------------------------------------------------------------------

_GROUP = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_COMMENT_LINE = re.compile(r"^\s*#.*$", re.MULTILINE)


def bound(query: str, values: Mapping[str, Term]) -> str:
    """Return ``query`` with terms given to variables, as a VALUES block at the start of every WHERE group.

    Terms are parsed and written by the engine, so no value can become another part of the query. (The engine's own way of
    substitution serves only variables that the query also shows.) A variable given so can be used in the patterns and filters of
    the query and its sub-selects; not in a filter within a group of its own, such as a branch of a UNION.
    """
    text = _COMMENT_LINE.sub("", query)
    if not values:
        return text
    if not _GROUP.search(text):
        raise QueryError("a query with parameters needs WHERE { ... }")
    names = " ".join(str(ox.Variable(name)) for name in values)
    terms = " ".join(str(_parsed(value)) for value in values.values())
    return _GROUP.sub(lambda match: f"{match[0]} VALUES ({names}) {{ ({terms}) }} ", text)


def _node(term: Term | None) -> ox.NamedNode | None:
    return None if term is None else ox.NamedNode(term[1:-1])


def _object(term: Term | None) -> ox.NamedNode | ox.Literal | None:
    return _parsed(term) if term is not None and term.startswith('"') else _node(term)


def _parsed(value: Term) -> ox.NamedNode | ox.Literal:
    """Return a term of ours as one of the engine, which checks it."""
    try:
        [quad] = ox.parse(f"<urn:s> <urn:p> {value} .", ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"{value} is not an IRI or a literal") from error
    if not isinstance(quad.object, ox.NamedNode | ox.Literal):
        raise QueryError(f"{value} is not an IRI or a literal")
    return quad.object


def _value(value: Any) -> Value:
    if value is None:
        return None
    if isinstance(value, ox.Triple):
        return _value(value.subject), _value(value.predicate), _value(value.object)
    return str(value)


def _watched(found: Iterable[Any]) -> Iterator[Any]:
    """Yield what comes, with failures on the way explained."""
    with _explained("the query cannot be answered", QueryError):
        yield from found


def _plain(value: Any) -> Plain | None:
    if value is None:
        return None
    if isinstance(value, ox.NamedNode):
        return as_plain(value.value, None, iri=True)
    if isinstance(value, ox.Literal):
        return as_plain(value.value, value.datatype.value)
    return str(value)


def as_plain(text: str, datatype: str | None, *, iri: bool = False) -> Plain:
    """Return the text of a literal, or of an IRI, as Python has it; as text where its datatype promises too much."""
    if iri:
        return shown(text)
    try:
        return of_datatype(text, datatype)
    except ValueError:  # not a number, although its datatype says so
        return text


def checked_term(value: Term) -> Term:
    """Return an IRI or a literal as the engine writes it; raise QueryError for anything else."""
    return str(_parsed(value))


# --- syntaxes ---------------------------------------------------------------------------------------------------------

Syntax = Literal["trig", "turtle", "n-triples", "n-quads", "json-ld", "rdf-xml"]
"""A way to write RDF."""

_SYNTAXES = {
    "trig": ox.RdfFormat.TRIG,
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "n-quads": ox.RdfFormat.N_QUADS,
    "json-ld": ox.RdfFormat.JSON_LD,
    "rdf-xml": ox.RdfFormat.RDF_XML,
}


def read(content: bytes | BinaryIO, syntax: Syntax) -> Iterator[Quad]:
    """Yield the quads of a document as they come; the graph of a triple outside named graphs is the empty text.

    Raises GraphError where it cannot be read.
    """
    with _explained("the document cannot be read"):
        for quad in ox.parse(content, _SYNTAXES[syntax]):
            graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
            yield str(quad.subject), str(quad.predicate), str(quad.object), graph


def write(quads: Iterable[Quad], syntax: Syntax, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Return quads as a document, in the order given; the same quads give the same bytes."""
    lines = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in quads)
    with _explained("the document cannot be written"):
        given = ox.parse(lines.encode(), ox.RdfFormat.N_QUADS)
        return ox.serialize(given, format=_SYNTAXES[syntax], prefixes=dict(prefixes or {})) or b""


# --- within -----------------------------------------------------------------------------------------------------------


class _explained:
    """Turn failures of the engine into errors of ours."""

    def __init__(self, what: str, kind: type[GraphError] = GraphError) -> None:
        self.what = what
        self.kind = kind

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, _FAILURES):
            raise self.kind(f"{self.what}: {error}") from error


def statements(quads: Iterable[Quad]) -> str:
    """Return quads as they stand in an update, graph by graph."""
    groups: dict[Term, list[str]] = defaultdict(list)
    for subject, predicate, object_, graph in quads:
        groups[graph].append(f"{subject} {predicate} {object_} .")
    return "\n".join(f"GRAPH {graph} {{ {' '.join(triples)} }}" for graph, triples in groups.items())


# --- exchanging a store for a new one ---------------------------------------------------------------------------------


def beside(where: Path) -> Path:
    """Return an empty place beside the store in ``where`` to build a new one in; what a killed build left is removed."""
    fresh = where.with_name(where.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    return fresh


def swap_in(fresh: Path, where: Path) -> None:
    """Put the complete store ``fresh`` in the place of the one in ``where``; both must be closed.

    Raises LockedGraphError when the one in ``where`` is not: its process would write into the new one. A process that dies in
    between leaves the old store or the new one: see :func:`_finish_swap`.
    """
    refuse_in_use(where)
    old = where.with_name(where.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if where.exists():
        where.rename(old)
    fresh.rename(where)
    shutil.rmtree(old, ignore_errors=True)


def refuse_in_use(where: Path) -> None:
    """Raise LockedGraphError when some process holds the store in ``where``. That it is missing or damaged does not matter."""
    if where.exists():
        try:
            Store.open(where).close()
        except LockedGraphError:
            raise
        except GraphError:
            return


def _finish_swap(where: Path) -> None:
    """Put the old store back when a process died between taking it away and putting the new one in its place."""
    old = where.with_name(where.name + ".old")
    if old.exists() and not where.exists():
        old.rename(where)
