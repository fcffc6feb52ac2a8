"""A graph on a real server says what the same graph says in memory, and is written by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from mechkg.curation.assertions import accept, propose, retract
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, GraphError, LockedGraphError, QueryError
from mechkg.graph.build import bring_up_to_date, read_state, state_in
from mechkg.graph.canonical import canonical
from mechkg.graph.graph_store import GraphView
from mechkg.graph.namespaces import IMPLIED_GRAPH, MKID, ONTOLOGY_GRAPH, STATE_GRAPH, XSD
from mechkg.graph.sparql_http import Place, SparqlHttp
from mechkg.graph.sparql_server import OURS, REVISION, SparqlServer
from mechkg.graph.steady import Steady
from mechkg.graph.store import Graphs, Solutions, Store
from mechkg.graph.terms import Quad, iri, literal, term, thing, typed
from tests.graph.servers import VIRTUOSO, oxigraph_server, virtuoso_server
from tests.graph.test_build import AMINE, BACK, ME, PLACE, SEEN, SEEN_BETTER, STEP, take_in

KINDS = ["oxigraph", *(["virtuoso"] if VIRTUOSO else [])]
T = TypeVar("T")

G = f"{OURS}test/"
PREFIXES = {"ex": "http://example.org/"}


def test_virtuoso_was_there_to_test_on() -> None:
    if VIRTUOSO is None:
        pytest.skip("Virtuoso is not installed (virtuoso-opensource-7-bin): the graph was tested on Oxigraph's server only")


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server that runs for the tests of this file."""
    start = {"oxigraph": oxigraph_server, "virtuoso": virtuoso_server}[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as (found, _):
        yield found


@pytest.fixture
def server(address: str) -> Iterator[SparqlServer]:
    """Return the graph on the server, emptied."""
    with SparqlServer(Place.of(address)) as opened:
        opened.clear()
        yield opened


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def both(server: SparqlServer, ledger: Ledger) -> tuple[SparqlServer, Store]:
    """Return the same graph on the server and in memory."""
    take_in(ledger, AMINE, STEP, PLACE, SEEN)
    here = Store.open(None)
    for store in (server, here):
        bring_up_to_date(store, ledger)
    return server, here


# --- the same graph ---------------------------------------------------------------------------------------------------


def test_the_graph_is_that_of_memory_however_it_came_there(server: SparqlServer, ledger: Ledger) -> None:
    def compare() -> None:
        with Store.open(None) as fresh:
            bring_up_to_date(fresh, ledger)
            assert canonical(server) == canonical(fresh)
            assert len(server) == len(fresh)

    take_in(ledger, AMINE, STEP)
    assert bring_up_to_date(server, ledger).rebuilt
    compare()
    take_in(ledger, PLACE, SEEN, BACK)
    assert not bring_up_to_date(server, ledger).rebuilt
    compare()
    retract(ledger, SEEN.id, actor=ME, reason="test")
    assert not bring_up_to_date(server, ledger).rebuilt
    compare()
    assert bring_up_to_date(server, ledger).acts == 0


def test_every_question_is_answered_as_in_memory(both: tuple[SparqlServer, Store]) -> None:
    server, here = both
    at_p, a = thing("p"), "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

    def same(ask: Callable[[Any], Any]) -> None:
        found, expected = ask(server), ask(here)
        assert (sorted(found, key=str), type(found)) == (sorted(expected, key=str), type(expected))
        assert expected

    same(lambda store: store.graph(STATE_GRAPH))
    same(lambda store: store.graph(IMPLIED_GRAPH))
    same(lambda store: store.quads_with(at_p))
    same(lambda store: store.quads_with(None, a, term("PrimaryAmine")))
    same(lambda store: store.quads_with(None, None, literal("was seen")))
    same(lambda store: store.quads_with(at_p, a, term("Procedure")))
    same(lambda store: store.triples_of(thing("amine"), IMPLIED_GRAPH))
    same(lambda store: store.rows("SELECT ?class WHERE { ?item a ?class }", {"item": "amine"}))
    same(lambda store: store.select("SELECT ?s ?c WHERE { ?s a ?c }", {"s": at_p}).rows)
    same(lambda store: store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{MKID}')) }}"))
    for graph in (ONTOLOGY_GRAPH, f"{OURS}nothing"):
        assert server.has_graph(graph) == here.has_graph(graph)
    for query in (f"ASK WHERE {{ {at_p} a ?c }}", f"ASK WHERE {{ {thing('none')} a ?c }}"):
        assert server.says(query) == here.says(query) == server.select(query).rows[0][0]
    assert server.quads_with(thing("none")) == []


def test_an_answer_is_of_the_graphs_that_it_is_asked_of(both: tuple[SparqlServer, Store]) -> None:
    server, here = both
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    for among in (Graphs((STATE_GRAPH,), ()), Graphs((STATE_GRAPH, IMPLIED_GRAPH), ())):
        found, expected = (store.answer(query, among, base=OURS, prefixes=PREFIXES) for store in (server, here))
        assert isinstance(found, Solutions) and isinstance(expected, Solutions)
        assert list(found.rows) == list(expected.rows)
    named = f"SELECT ?s FROM <{STATE_GRAPH}> WHERE {{ ?s <ontology#ledgerPosition> ?n }}"
    found = server.answer(named, base=OURS, prefixes=PREFIXES)
    assert isinstance(found, Solutions) and list(found.rows) == [(iri(f"{OURS}graph/state"),)]
    assert server.answer("ASK { ?s ?p ?o }", base=OURS, prefixes=PREFIXES) is True


def test_a_copy_is_a_store_in_memory(both: tuple[SparqlServer, Store], tmp_path: Path) -> None:
    server, here = both
    with server.copy() as copy:
        assert canonical(copy) == canonical(here)
    server.copy_to(tmp_path / "copy")
    with Store.open_copy(tmp_path / "copy") as copy:
        assert canonical(copy) == canonical(here)


TEXTS = [
    "",
    "plain",
    'a "quoted"\\ text',
    "two\nlines\r\nand a\ttab",
    "λ→𝄞 \u2028 é e\u0301",
    "} } ; DROP ALL #",
    "'''",
    "x" * 70_000,
]
NUMBERS = [0.0, -2.5, 371.0, 0.1, 123.456, 0.00012, 1e14]
LITERALS = [
    *map(literal, TEXTS), *map(literal, NUMBERS), literal(True), literal(False), literal(0), literal(-12), literal(2**62),
    typed("2026-05-04T12:30:01.00005Z", XSD + "dateTime"), typed("2026-05-04T12:30:01+02:00", XSD + "dateTime"),
    typed("2026-05-04", XSD + "date"), typed("any", "http://example.org/own"), '"colour"@en-gb', literal("1"), literal("true"),
]  # fmt: skip


def test_literals_come_back_as_they_were(server: SparqlServer) -> None:
    quads: list[Quad] = [(iri(f"{G}s{n}"), iri(f"{G}p"), each, iri(f"{G}g")) for n, each in enumerate(LITERALS)]
    server.change(quads)
    back = {subject: object_ for subject, _, object_ in server.graph(f"{G}g")}
    assert [back[quad[0]] for quad in quads] == LITERALS
    assert {quad[2] for quad in server.quads()} == set(LITERALS)


@pytest.mark.parametrize("number", [8.58000536911e-21, 1.5e-7, 6.02214076e23, 0.30000000000000004, 123456.789012345])
def test_long_numbers_are_the_same_to_six_digits_at_least(server: SparqlServer, number: float) -> None:
    server.change([(iri(f"{G}s"), iri(f"{G}p"), literal(number), iri(f"{G}g"))])
    [[found]] = server.rows(f"SELECT ?o WHERE {{ <{G}s> <{G}p> ?o }}", {})
    assert found == pytest.approx(number, rel=5e-6)
    if server.place.kind == "oxigraph":
        assert found == number


def test_blank_nodes_stay_connected(server: SparqlServer) -> None:
    many = [(iri(f"{G}s{n}"), iri(f"{G}p"), f"_:b{n}", iri(f"{G}g")) for n in range(30)]
    many += [(f"_:b{n}", iri(f"{G}q"), literal(n), iri(f"{G}g")) for n in range(30)]
    server.load(many)
    rows = server.rows(f"SELECT ?s ?n WHERE {{ ?s <{G}p> ?b . ?b <{G}q> ?n FILTER(ISBLANK(?b)) }}", {})
    assert sorted(rows) == sorted([f"{G}s{n}", n] for n in range(30))


@pytest.mark.parametrize("text", ['") } } DROP ALL #', "'''", '"\\', "} UNION { ?s ?p ?o }", "\n# \u2028", "?s"])
def test_a_value_never_becomes_part_of_the_query(server: SparqlServer, text: str) -> None:
    server.change([(iri(f"{G}s"), iri(f"{G}p"), literal(text), iri(f"{G}g"))])
    assert server.select("SELECT ?s WHERE { ?s ?p ?wanted }", {"wanted": literal(text)}).rows == [[f"{G}s"]]
    assert server.quads_with(None, None, literal(text)) != []
    with pytest.raises(QueryError):
        server.quads_with(f"<{G}s> ?p ?o . ?x")
    with pytest.raises(QueryError):
        server.graph(f"{G}g> {{ ?s ?p ?o }} GRAPH <{G}g")


# --- one writer at a time ---------------------------------------------------------------------------------------------


def test_a_revision_is_new_after_whatever_is_written(both: tuple[SparqlServer, Store], ledger: Ledger) -> None:
    server, _ = both
    first = server.revision()
    assert first is not None and state_in(first.stamp) == read_state(server)
    assert server.revision() == first
    server.change([(iri(f"{G}s"), iri(f"{G}p"), literal(1), iri(f"{G}g"))])
    assert server.place.kind == "virtuoso" or server.revision() not in (first, None)
    server.change(remove_graphs=[STATE_GRAPH])
    assert server.revision() is None
    assert bring_up_to_date(server, ledger).rebuilt
    assert server.revision() not in (first, None)
    assert not any(REVISION in part for quad in server.quads() for part in quad)


def test_who_was_thought_dead_writes_nothing_any_more(address: str, both: tuple[SparqlServer, Store], ledger: Ledger) -> None:
    server, _ = both
    with SparqlServer(Place.of(address)) as late, late.taken():
        late.change(list(_one("before")))
        bring_up_to_date(server, ledger)
        with server.taken():
            server.change(remove_graphs=[STATE_GRAPH])
            bring_up_to_date(server, ledger)
        now = canonical(server)
        for write in (lambda: late.change(_one("late")), lambda: late.load(_one("late")), late.clear):
            with pytest.raises(LockedGraphError, match="somebody else"):
                write()
        assert canonical(server) == now


def test_what_two_wrote_at_once_counts_for_nothing(both: tuple[SparqlServer, Store], ledger: Ledger) -> None:
    server, here = both
    other = f"INSERT DATA {{ GRAPH <{REVISION}/late> {{ <{REVISION}> {term('revision')} 'late' }} }}"
    server._update([f"CREATE SILENT GRAPH <{REVISION}/late>", other])
    server._update([f"INSERT DATA {{ GRAPH <{G}g> {{ <{G}late> <{G}p> 1 }} }}"])
    assert server.revision() is None
    with server.taken():
        assert read_state(server).position == 0
        bring_up_to_date(server, ledger)
    assert server.revision() is not None
    assert canonical(server) == canonical(here)


def _one(name: str) -> Iterator[Quad]:
    yield iri(f"{G}{name}"), iri(f"{G}p"), literal(name), iri(f"{G}g")


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_what_a_killed_writer_leaves_counts_for_nothing_or_for_all(
    both: tuple[SparqlServer, Store], ledger: Ledger, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    server, here = both
    take_in(ledger, BACK)
    before, done = server.revision(), 0
    update = SparqlServer._update

    def die(self: SparqlServer, steps: list[str]) -> None:
        nonlocal done
        if done == after:
            raise KeyboardInterrupt
        done += 1
        update(self, steps)

    with monkeypatch.context() as patch:
        patch.setattr(SparqlServer, "_update", die)
        try:
            bring_up_to_date(server, ledger)
        except KeyboardInterrupt:
            found = server.revision()  # nothing was changed yet, or the stamp is gone
            assert before is not None and (found is None or found.stamp == before.stamp)
    bring_up_to_date(server, ledger)
    bring_up_to_date(here, ledger)
    assert canonical(server) == canonical(here)


def test_graphs_of_others_are_let_be(address: str, server: SparqlServer) -> None:
    place = Place.of(address)
    update = "INSERT DATA { GRAPH <http://example.org/theirs> { <http://example.org/a> <http://example.org/b> 'theirs' } }"
    auth = httpx2.DigestAuth("dba", "dba") if place.kind == "virtuoso" else None
    told = httpx2.post(place.update, content=update, headers={"Content-Type": "application/sparql-update"}, auth=auth)
    assert told.is_success
    server.change(_one("ours"))
    assert len(server) == 1
    assert server.quads_with(None, None, literal("theirs")) == []
    server.clear()
    assert len(server) == 0
    assert server.rows("SELECT ?o WHERE { <http://example.org/a> <http://example.org/b> ?o }", {}) == [["theirs"]]


# --- a steady view ----------------------------------------------------------------------------------------------------


class Own:
    """A graph of one's own, which counts what it is asked."""

    def __init__(self, graph: Store) -> None:
        self.graph = graph
        self.asked = 0

    def ask(self, question: Callable[[GraphView], T]) -> T:
        self.asked += 1
        return question(self.graph)


@pytest.mark.parametrize("reason", ["goes on", "fails"])
def test_a_view_stays_as_it_was(
    both: tuple[SparqlServer, Store], ledger: Ledger, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    server, here = both
    own = Own(here)
    view = Steady(server, server.revision(), own)
    query = "SELECT ?stage ?text WHERE { ?o a <https://w3id.org/mechkg/ontology#Observation> ; ?p ?text }"
    before = sorted(view.select(query).rows, key=str)
    assert before and view.moved == (server.place.kind == "virtuoso")
    if reason == "goes on":
        propose(ledger, SEEN_BETTER, actor=ME)
        retract(ledger, SEEN.id, actor=ME, reason="test")
        accept(ledger, SEEN_BETTER.id, actor=ME)
        bring_up_to_date(server, ledger)
        assert sorted(server.select(query).rows, key=str) != before
    else:
        monkeypatch.setattr(SparqlHttp, "_post", _fail)
    assert sorted(view.select(query).rows, key=str) == before
    assert view.moved and own.asked >= 1
    assert len(view) == len(here) and view.has_graph(ONTOLOGY_GRAPH)


def _fail(*_: object, **__: object) -> bytes:
    raise GraphError("the server is away")


def test_a_graph_that_is_being_written_is_not_asked(both: tuple[SparqlServer, Store]) -> None:
    server, here = both
    server.change(remove_graphs=[STATE_GRAPH])
    view = Steady(server, server.revision(), Own(here))
    assert read_state(view) == read_state(here)
    assert view.moved


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["SELECT nothing", "SELECT ?x WHERE { ?x"])
def test_a_bad_query_says_so(server: SparqlServer, query: str) -> None:
    with pytest.raises(QueryError, match="the query cannot be answered"):
        server.select(query)


def test_a_query_of_another_kind_is_refused(server: SparqlServer) -> None:
    with pytest.raises(QueryError, match="SELECT"):
        server.select("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="CONSTRUCT"):
        server.construct("SELECT * WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="ASK"):
        server.says("SELECT * WHERE { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost:7878", "KIND\\+http://HOST with one of sparql, oxigraph, virtuoso"),
        ("fuseki+http://localhost", "is not the address"),
        ("oxigraph+ftp://localhost", "is not the address"),
        ("oxigraph+http://", "is not the address"),
        ("oxigraph+http://localhost:many", "no port"),
        ("sparql+http://localhost/query?updates=/update", "'updates' means nothing"),
    ],
)
def test_an_address_says_what_it_should_be(url: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        Place.of(url)


def test_addresses_of_queries_and_updates() -> None:
    any_server = Place.of("sparql+https://ana:p%40ss@db.example.org/data/query?update=/data/update")
    assert (any_server.query, any_server.update) == ("https://db.example.org/data/query", "https://db.example.org/data/update")
    assert (any_server.user, any_server.password) == ("ana", "p@ss")
    ours = Place.of("oxigraph+http://[::1]:7878/")
    assert (ours.query, ours.update) == ("http://[::1]:7878/query", "http://[::1]:7878/update")


def test_a_server_that_is_not_there_says_so_without_the_password() -> None:
    with pytest.raises(GraphError, match=r"http://127.0.0.1:1/sparql cannot be reached") as caught:
        SparqlServer.open("virtuoso+http://dba:hunter2@127.0.0.1:1")
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.skipif(VIRTUOSO is None, reason="Virtuoso is not installed")
class TestVirtuoso:
    def test_a_wrong_password_says_so(self, address: str) -> None:
        if not address.startswith("virtuoso"):
            return
        with SparqlServer(Place.of(address.replace("dba:dba", "dba:hunter2"))) as server:
            with pytest.raises(GraphError, match="refuses the user") as caught:
                server.change(_one("x"))
            assert "hunter2" not in str(caught.value)

    def test_an_answer_that_was_cut_is_refused(self, tmp_path: Path) -> None:
        with virtuoso_server(tmp_path, rows=10) as (address, _), SparqlServer(Place.of(address)) as server:
            server.change(quad for n in range(9) for quad in _one(f"s{n}"))
            assert len(list(server.quads())) == 9
            server.change(quad for n in range(30) for quad in _one(f"t{n}"))
            with pytest.raises(GraphError, match=r"cuts answers at 10 rows \(set ResultSetMaxRows to 0"):
                list(server.quads())
