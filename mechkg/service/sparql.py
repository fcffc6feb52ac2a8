"""Questions in SPARQL by anybody: read-only, within limits, about now or about the past."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mechkg.errors import BadInputError, ForbiddenError, GraphError, NotFoundError, QueryError, TooLargeError
from mechkg.graph.ask import as_query, questions
from mechkg.graph.build import read_state
from mechkg.graph.graph_store import GraphView
from mechkg.graph.json_ld import PREFIXES
from mechkg.graph.namespaces import ASSERTION, DCT, GRAPH, IMPLIED_GRAPH, ONTOLOGY_GRAPH, OWL, RDF, RDFS
from mechkg.graph.query_pool import Limits, QueryPool, Stop
from mechkg.graph.query_process import Asked, Told
from mechkg.graph.results import TableForm
from mechkg.graph.sparql_text import asks_others, is_update, keywords
from mechkg.graph.store import Graphs, Store, Syntax
from mechkg.graph.terms import Triple, iri, literal
from mechkg.service.as_of import AsOf
from mechkg.service.reading import View

BASE: Final = "https://w3id.org/mechkg/"
"""Relative IRIs of a query are below it."""

SHORT: Final = {**PREFIXES, "assertion": ASSERTION, "owl": OWL, "skos": "http://www.w3.org/2004/02/skos/core#", "dct": DCT}
"""Prefixes that a query may use without declaring them."""

LONGEST: Final = 100_000
"""So many characters has a query at most."""

_VARYING: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_EXPECTED: Final = re.compile(r"error at (\d+):(\d+): (expected .*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms in which whoever asks can read each kind of result; None for a kind that cannot be read at all."""

    table: TableForm | None = "json"
    truth: TableForm | None = "json"
    graph: Syntax | None = "turtle"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a query, as of ledger position ``version``; where it was cut, ``told`` says so."""

    version: int
    told: Told
    content: bytes


class Sparql:
    """Answers queries about what ``view`` gives for a moment (None for now). Threads share it; close it at the end."""

    def __init__(self, view: Callable[[AsOf | None], View], *, limits: Limits | None = None, folder: Path | None = None) -> None:
        self._view = view
        self._pool = QueryPool(limits, folder)

    @property
    def limits(self) -> Limits:
        """What a query may take."""
        return self._pool.limits

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that answer."""
        return self._pool.processes

    def version(self, as_of: AsOf | None = None) -> int:
        """Return the ledger position that a query would be answered from."""
        return self.view(as_of).version

    def ask(
        self,
        query: str,
        *,
        among: Graphs | None = None,
        as_of: AsOf | None = None,
        forms: Forms | None = None,
        seconds: float | None = None,
        rows: int | None = None,
        more: tuple[str, ...] = (),
        stop: Stop | None = None,
    ) -> Result:
        """Answer a query.

        ``among``: the graphs it is asked of, in place of those that it names. ``seconds`` and ``rows`` make the limits smaller.
        ``more``: addresses that a result which was cut links to.

        Raises QueryError for what is no query, or takes too much (QueryTimeoutError, QueryMemoryError); ForbiddenError for what
        would change something or ask another service; TooLargeError for a text that is too long; BusyError when too much is asked
        at once.
        """
        check_allowed(query)
        limits = self.limits
        forms = forms or Forms()
        asked = Asked(
            copy="",
            query=query,
            among=among,
            base=BASE,
            prefixes=SHORT,
            table=forms.table,
            truth=forms.truth,
            graph=forms.graph,
            rows=min(rows or limits.rows, limits.rows),
            size=limits.size,
            seconds=min(seconds or limits.seconds, limits.seconds),
            more=more,
        )
        while True:
            reading = self.view(as_of)
            version = reading.version
            try:
                told, content = self._pool.ask(version, lambda folder: _copy(reading.store, version, folder), asked, stop)  # noqa: B023
            except _MovedError:
                continue  # the graph went on to a later version while it was copied
            except QueryError as error:
                raise type(error)(_readable(error.message), hint=error.hint) from error
            return Result(version, told, content)

    def view(self, as_of: AsOf | None = None) -> View:
        """Return what a query would be answered from."""
        return self._view(as_of)

    def close(self) -> None:
        """Stop what runs."""
        self._pool.close()


class _MovedError(GraphError):
    """The graph was changed while it was copied."""


def _copy(store: GraphView, version: int, folder: Path) -> None:
    store.copy_to(folder)
    with Store.open_copy(folder) as copy:
        state = read_state(copy)
    if state.ledger and state.position != version:
        raise _MovedError("the graph went on")


def check_allowed(query: str) -> None:
    """Raise what is to be said of a text that is too long, would change something, or would ask another service."""
    if len(query) > LONGEST:
        raise TooLargeError(f"the query has {len(query)} characters; at most {LONGEST} are read")
    if is_update(query):
        raise ForbiddenError(
            "this is an update, and what the graph says is changed by acts of curation alone",
            hint="the graph is read-only here; propose a change set over GraphQL",
        )
    if asks_others(query):
        raise ForbiddenError(
            "SERVICE is not carried out: a query here asks this graph and reaches no other service",
            hint="ask both services and join what they say",
        )


def same_again(query: str) -> bool:
    """Say whether a query is answered alike as long as the graph stays as it is: it asks for no time and nothing random."""
    return _VARYING.isdisjoint(keywords(query))


def _readable(message: str) -> str:
    """Return what the engine says of a mistake without the long lists of letters that would be allowed there."""
    match = _EXPECTED.search(message)
    if match is None:
        return message
    start = message[: match.start()]
    expected = "" if "[" in match[3] else f"; {' '.join(match[3].split())}"
    return f"{start}line {match[1]}, column {match[2]}: this does not go on as SPARQL does{expected}"


# --- examples ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A query that can be tried: its name, the question in words, the text."""

    name: str
    title: str
    query: str


def examples(view: View) -> list[Example]:
    """Return the questions that come with mechkg as queries, asked with their defaults; those that have none are left out."""
    found = []
    for question in questions():
        try:
            found.append(Example(question.name, question.text, as_query(question, view.store)))
        except (BadInputError, NotFoundError):
            continue
    return found


# --- service description ----------------------------------------------------------------------------------------------

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_FORMATS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples", "JSON-LD",
    "RDF_XML",
)  # fmt: skip


def service_description(endpoint: str, limits: Limits, view: View) -> list[Triple]:
    """Describe the service (https://www.w3.org/TR/sparql11-service-description/) that answers at the address ``endpoint``."""
    me, data, default = iri(endpoint), iri(f"{endpoint}#dataset"), iri(f"{endpoint}#union")
    a = iri(RDF + "type")
    told = (
        f"Read-only. A query may take {limits.seconds:g} s and {limits.memory} MB; its result is cut at {limits.rows} rows or "
        f"{limits.size // 1_000_000} MB, and says so. SERVICE and updates are refused. A query that names no graph is asked of "
        "all graphs together. The parameter asOf (a release, a time, a position of the ledger) asks what counted then; timeout "
        "shortens the time."
    )
    found: list[Triple] = [
        (me, a, iri(_SD + "Service")),
        (me, iri(RDFS + "label"), literal("mechkg: SPARQL endpoint")),
        (me, iri(DCT + "description"), literal(told)),
        (me, iri(_SD + "endpoint"), me),
        (me, iri(_SD + "supportedLanguage"), iri(_SD + "SPARQL11Query")),
        (me, iri(_SD + "feature"), iri(_SD + "UnionDefaultGraph")),
        (me, iri(_SD + "defaultDataset"), data),
        (data, a, iri(_SD + "Dataset")),
        (data, a, iri(_VOID + "Dataset")),
        (data, iri(RDFS + "seeAlso"), iri(f"{BASE}dataset")),
        (data, iri(_SD + "defaultGraph"), default),
        (default, a, iri(_SD + "Graph")),
        (default, iri(_VOID + "triples"), literal(len(view.store))),
    ]
    found += [(me, iri(_SD + "resultFormat"), iri(f"http://www.w3.org/ns/formats/{name}")) for name in _FORMATS]
    for name in (ONTOLOGY_GRAPH, IMPLIED_GRAPH):
        node = iri(f"{endpoint}#graph-{name.removeprefix(GRAPH)}")
        found += [
            (data, iri(_SD + "namedGraph"), node),
            (node, a, iri(_SD + "NamedGraph")),
            (node, iri(_SD + "name"), iri(name)),
        ]
    return found
