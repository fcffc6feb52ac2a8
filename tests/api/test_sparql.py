"""SPARQL over HTTP: ways to ask, forms of answers, limits that are told, what is refused, the past, and the page."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from rdflib import RDF, Graph, Namespace, URIRef
from starlette.testclient import TestClient

from mechkg.api.pages import add_styles
from mechkg.api.rate_limit import Limiter
from mechkg.api.sparql import GRAPHS, mount_sparql
from mechkg.graph.query_pool import Limits
from mechkg.graph.store import Store, read
from mechkg.service.sparql import Sparql, examples
from mechkg.service.workspace import Workspace
from mechkg.web.pages import script_path
from tests.graph.test_query_pool import HOPELESS
from tests.web.browser import serving

LIMITS = Limits(seconds=10.0, rows=50, memory=512)
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
JSON = "application/sparql-results+json"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def app_over(workspace: Workspace, limits: Limits = LIMITS, limiter: Limiter | None = None) -> FastAPI:
    app = FastAPI()
    app.state.public_url = None
    add_styles(app)
    mount_sparql(app, Sparql(workspace.view, limits=limits, folder=workspace.home), limiter)
    return app


@pytest.fixture(scope="module")
def client(shipped: Workspace) -> Iterator[TestClient]:
    with TestClient(app_over(shipped)) as client:
        yield client
    assert shipped.home is not None
    assert list(shipped.home.glob(".queries-*")) == []


def number(answer) -> int:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.text
    [row] = answer.json()["results"]["bindings"]
    return int(row["n"]["value"])


# --- asking -----------------------------------------------------------------------------------------------------------


def test_three_ways_to_ask_and_one_answer(client: TestClient, shipped: Workspace) -> None:
    ways = [
        client.get("/sparql", params={"query": COUNT}),
        client.post("/sparql", data={"query": COUNT}),
        client.post("/sparql", content=COUNT, headers={"Content-Type": "application/sparql-query"}),
        client.post("/sparql/", content=COUNT, headers={"Content-Type": 'application/sparql-query; charset="UTF-8"'}),
    ]
    assert {number(answer) for answer in ways} == {len(shipped.store)}
    assert {answer.headers["content-type"] for answer in ways} == {JSON}
    assert {answer.headers["mechkg-version"] for answer in ways} == {str(shipped.version)}


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("SELECT * {} ", None, JSON),
        ("SELECT * {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("SELECT * {}", "text/csv", "text/csv; charset=utf-8"),
        ("SELECT * {}", "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("SELECT * {}", "application/json", "application/json"),
        ("ASK {}", "application/sparql-results+xml, */*;q=0.1", "application/sparql-results+xml"),
        ("CONSTRUCT WHERE { ?s a mk:Species }", None, "text/turtle; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s a mk:Species }", "application/n-triples", "application/n-triples"),
        ("CONSTRUCT WHERE { ?s a mk:Species }", "application/ld+json", "application/ld+json"),
        ("DESCRIBE mk:Species", "application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_forms_of_answers(client: TestClient, query: str, accept: str | None, kind: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_graphs_say_the_same_in_every_form(client: TestClient) -> None:
    graphs = []
    for kind, syntax in GRAPHS.items():
        answer = client.get("/sparql", params={"query": "DESCRIBE mk:Species mk:kind"}, headers={"Accept": kind})
        assert answer.headers["content-type"].partition(";")[0] == kind
        graphs.append(set(read(answer.content, syntax)))
    assert len(graphs[0]) > 5
    assert all(graph == graphs[0] for graph in graphs)


def test_what_nobody_can_read_is_not_sent(client: TestClient) -> None:
    for query, accept in (("SELECT * {}", "text/turtle"), ("ASK {}", "text/csv"), ("DESCRIBE <urn:x>", "text/csv")):
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (406, "mechkg.not_acceptable")


def test_the_graphs_asked_of(client: TestClient) -> None:
    graph = "https://w3id.org/mechkg/graph/ontology"
    one = number(client.get("/sparql", params={"query": COUNT, "default-graph-uri": graph}))
    assert one == number(client.get("/sparql", params={"query": COUNT.replace("{", f"FROM <{graph}> {{", 1)}))
    assert 1000 < one < number(client.get("/sparql", params={"query": COUNT})) - 1000
    assert number(client.post("/sparql", data={"query": COUNT, "named-graph-uri": graph})) == 0
    answer = client.get("/sparql", params={"query": COUNT, "default-graph-uri": "no iri>"})
    assert (answer.status_code, answer.json()["code"]) == (400, "mechkg.bad_input")


# --- the past ---------------------------------------------------------------------------------------------------------


def test_what_counted_then(client: TestClient, shipped: Workspace) -> None:
    nothing = client.get("/sparql", params={"query": "ASK { ?s a mk:Species }", "asOf": "0"})
    assert nothing.json()["boolean"] is False
    assert nothing.headers["mechkg-version"] == "0"
    assert client.get("/sparql", params={"query": "ASK { ?s a mk:Species }"}).json()["boolean"] is True
    answer = client.get("/sparql", params={"query": "ASK {}", "asOf": "no-such-release"})
    assert (answer.status_code, answer.json()["code"]) == (400, "mechkg.bad_input")


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_cut_result_says_so(client: TestClient) -> None:
    query = "SELECT ?s { ?s ?p ?o }"
    answer = client.get("/sparql", params={"query": query})
    assert answer.headers["mechkg-result-cut"] == "rows=50"
    assert len(answer.json()["results"]["bindings"]) == 50
    assert answer.json()["head"]["link"] == ["http://testserver/sparql#limits"]
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert answer.headers["mechkg-result-cut"] == "rows=50"
    assert answer.text.count("\r\n") == 51
    answer = client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }"}, headers={"Accept": "application/n-triples"})
    assert (answer.headers["mechkg-result-cut"], answer.text.count("\n")) == ("rows=50", 50)
    assert "mechkg-result-cut" not in client.get("/sparql", params={"query": f"{query} LIMIT 50"}).headers


def test_a_hopeless_query_is_stopped_in_its_time(client: TestClient) -> None:
    started = time.perf_counter()
    answer = client.get("/sparql", params={"query": HOPELESS, "timeout": "0.5"})
    assert 0.4 < time.perf_counter() - started < 4
    assert (answer.status_code, answer.json()["code"]) == (503, "mechkg.query_timeout")
    assert "0.5 s" in answer.json()["detail"]
    assert number(client.get("/sparql", params={"query": COUNT})) > 1000


def test_others_are_answered_while_hopeless_queries_run(client: TestClient) -> None:
    running = [
        threading.Thread(target=client.get, args=("/sparql",), kwargs={"params": {"query": HOPELESS, "timeout": "4"}})
        for _ in range(2)
    ]
    for thread in running:
        thread.start()
    time.sleep(0.3)
    assert client.get("/sparql", headers={"Accept": "text/turtle"}).status_code == 200
    assert client.get("/styles/none.css").status_code == 404
    assert all(thread.is_alive() for thread in running)
    for thread in running:
        thread.join()


def test_too_much_waits_is_too_long_or_comes_too_often(shipped: Workspace) -> None:
    limits = Limits(seconds=3.0, processes=1, waiting=0.05)
    with TestClient(app_over(shipped, limits, Limiter(rate=0.001, burst=4))) as client:
        first = threading.Thread(target=client.get, args=("/sparql",), kwargs={"params": {"query": HOPELESS}})
        first.start()
        time.sleep(0.4)
        answer = client.get("/sparql", params={"query": "ASK {}"})
        assert (answer.status_code, answer.json()["code"]) == (503, "mechkg.busy")
        assert int(answer.headers["retry-after"]) >= 1
        first.join()
        long = client.post("/sparql", data={"query": f"ASK {{}} # {'x' * 100_000}"})
        assert (long.status_code, long.json()["code"]) == (413, "mechkg.too_large")
        longer = client.post("/sparql", content=b"x" * 500_000, headers={"Content-Type": "application/sparql-query"})
        assert (longer.status_code, longer.json()["code"]) == (413, "mechkg.too_large")
        often = client.get("/sparql", params={"query": "ASK {}"})
        assert (often.status_code, often.json()["code"]) == (429, "mechkg.too_many_tries")
        assert int(often.headers["retry-after"]) >= 1


def test_a_query_of_somebody_who_went_away_is_stopped(shipped: Workspace) -> None:
    app = FastAPI()
    app.state.public_url = None
    service = Sparql(shipped.view, limits=Limits(seconds=60.0), folder=shipped.home)
    mount_sparql(app, service)
    with serving(app) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET /sparql?{urlencode({'query': HOPELESS})} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            until = time.monotonic() + 10
            while not service.processes:
                assert time.monotonic() < until
                time.sleep(0.01)
            time.sleep(0.3)
            assert len(service.processes) == 1
        until = time.monotonic() + 10
        while service.processes:
            assert time.monotonic() < until, "it goes on"
            time.sleep(0.01)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.fixture
def neighbour() -> Iterator[tuple[int, list[object]]]:
    """A port of this machine, and who called there."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                calls.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], calls
        done.set()
        thread.join()


HIDDEN = (
    "ASK {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}",
    "ASK {{ BIND(1 AS ?a) BIND(2 AS ?b) BIND('x>' AS ?c) FILTER(?a<?b&&'x>'=?c)service<http://127.0.0.1:{port}/>{{?s ?p 'o'}} }}",
    "ASK {{ SERVICE # }}\n <http://127.0.0.1:{port}/> # {{\n {{ ?s ?p ?o }} }}",
    "PREFIX h: <http://127.0.0.1:{port}/> ASK {{ SERVICE h: {{ ?s ?p ?o }} }}",
)


@pytest.mark.parametrize("query", HIDDEN)
def test_no_query_reaches_the_network(client: TestClient, neighbour: tuple[int, list[object]], query: str) -> None:
    port, calls = neighbour
    text = query.format(port=port)
    with Store.open(None) as store, pytest.raises(Exception, match="cannot be answered"):
        store.answer(text, base="http://x/", prefixes={})
    assert len(calls) == 1  # so the engine would have gone there
    answer = client.get("/sparql", params={"query": text})
    assert (answer.status_code, answer.json()["code"]) == (403, "mechkg.forbidden")
    time.sleep(0.1)
    assert len(calls) == 1


def test_graphs_of_others_are_not_fetched(client: TestClient, neighbour: tuple[int, list[object]]) -> None:
    port, calls = neighbour
    there = f"http://127.0.0.1:{port}/data.ttl"
    assert number(client.get("/sparql", params={"query": COUNT.replace("{", f"FROM <{there}> {{", 1)})) == 0
    assert number(client.get("/sparql", params={"query": COUNT, "default-graph-uri": there})) == 0
    assert client.post("/sparql", data={"update": f"LOAD <{there}>"}).status_code == 403
    assert client.post("/sparql", data={"query": f"LOAD <{there}>"}).status_code == 403
    time.sleep(0.1)
    assert calls == []


@pytest.mark.parametrize(
    ("method", "more", "status", "code"),
    [
        ("POST", {"data": {"update": "CLEAR ALL"}}, 403, "mechkg.forbidden"),
        ("POST", {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, 403, "mechkg.forbidden"),
        ("GET", {"params": {"query": "DROP ALL"}}, 403, "mechkg.forbidden"),
        ("GET", {"params": {"query": "SELECT"}}, 400, "mechkg.query"),
        ("GET", {"params": {"query": "ASK {}", "timeout": "soon"}}, 400, "mechkg.bad_input"),
        ("GET", {"params": {"query": "ASK {}", "format": "jsn"}}, 400, "mechkg.bad_input"),
        ("GET", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}, 400, "mechkg.bad_input"),
        (
            "POST",
            {"content": "query=%FF", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
            400,
            "mechkg.bad_input",
        ),
        ("POST", {"content": b"\xff", "headers": {"Content-Type": "application/sparql-query"}}, 400, "mechkg.bad_input"),
        ("POST", {"content": "ASK {}"}, 415, "mechkg.unsupported_type"),
        ("POST", {"data": {"nothing": "x"}}, 400, "mechkg.bad_input"),
        ("PUT", {}, 405, "mechkg.method"),
    ],
)
def test_what_is_wrong_is_told_with_a_code(client: TestClient, method: str, more: dict, status: int, code: str) -> None:  # type: ignore[type-arg]
    answer = client.request(method, "/sparql", **more)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    plain = client.request(method, "/sparql", **{**more, "headers": {**more.get("headers", {}), "Accept": "text/plain"}})
    assert (plain.status_code, plain.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert plain.text.splitlines()[1] == code


def test_where_a_mistake_is(client: TestClient) -> None:
    detail = client.get("/sparql", params={"query": "ASK {\n  ?s ?p\n}"}).json()["detail"]
    assert "line 3, column " in detail
    assert "\\u" not in detail


def test_other_sites_may_ask(client: TestClient) -> None:
    answer = client.options("/sparql", headers={"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_nothing_is_answered_twice_to_who_has_it(client: TestClient) -> None:
    asked = {"query": COUNT}
    tag = client.get("/sparql", params=asked).headers["etag"]
    again = client.get("/sparql", params=asked, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/sparql", params=asked, headers={"If-None-Match": tag, "Accept": "text/csv"}).status_code == 200
    assert client.get("/sparql", params={**asked, "asOf": "0"}, headers={"If-None-Match": tag}).status_code == 200
    assert "etag" not in client.get("/sparql", params={"query": "SELECT (NOW() AS ?now) {}"}).headers


# --- what it is, and the page -----------------------------------------------------------------------------------------


def test_the_service_describes_itself(client: TestClient, shipped: Workspace) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.content, format="turtle")
    me = URIRef("http://testserver/sparql")
    assert (me, RDF.type, SD.Service) in graph
    assert (me, SD.endpoint, me) in graph
    assert (me, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert SD.SPARQL11Update not in set(graph.objects(me, SD.supportedLanguage))
    assert {str(name) for name in graph.objects(None, SD.name)} == {
        "https://w3id.org/mechkg/graph/ontology", "https://w3id.org/mechkg/graph/implied",
    }  # fmt: skip
    triples = graph.value(
        graph.value(graph.value(me, SD.defaultDataset), SD.defaultGraph), URIRef("http://rdfs.org/ns/void#triples")
    )
    assert int(triples) == len(shipped.store)  # type: ignore[arg-type]
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_the_page_asks_and_shows(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = client.get("/sparql", headers=browser)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall("<script[^>]*>[^<]*", page.text) == [f'<script type="module" src="{script_path("site")}">']
    assert "style=" not in page.text and "<style" not in page.text
    shown = client.get("/sparql", params={"query": "SELECT ?s { ?s a mk:Species } ORDER BY ?s LIMIT 1"}, headers=browser)
    assert '<a href="/id/' in shown.text and "1 rows." in shown.text
    assert f"/sparql?{urlencode({'query': 'SELECT ?s { ?s a mk:Species } ORDER BY ?s LIMIT 1', 'format': 'csv'})}".replace(
        "&", "&amp;"
    ) in (shown.text)
    cut = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}, headers=browser)
    assert "Only the first 50 rows are shown" in cut.text
    wrong = client.get("/sparql", params={"query": "SELECT <script>alert(1)</script>"}, headers=browser)
    assert wrong.status_code == 400
    assert "<script>" not in wrong.text and "&lt;script&gt;alert(1)" in wrong.text and "mechkg.query" in wrong.text
    assert client.get("/sparql", params={"query": "ASK {}"}, headers=browser).text.count("<p>Yes. ") == 1
    assert "<pre" in client.get("/sparql", params={"query": "DESCRIBE mk:Species"}, headers=browser).text


def test_every_example_can_be_run(client: TestClient, shipped: Workspace) -> None:
    found = examples(shipped)
    assert len(found) >= 5
    for example in found:
        page = client.get("/sparql", params={"example": example.name}, headers={"Accept": "text/html"})
        assert page.status_code == 200
        answer = client.get("/sparql", params={"query": example.query})
        assert answer.status_code == 200, (example.name, answer.text)
    answer = client.get("/sparql", params={"example": found[0].name[:-1]}, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert found[0].name in answer.text


def test_the_style_sheet(client: TestClient) -> None:
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    path = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "url(" not in answer.text and "@import" not in answer.text
