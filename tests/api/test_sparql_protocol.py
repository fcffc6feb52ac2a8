"""The SPARQL 1.1 protocol as its authors test it, from their manifest: all that asks holds, all that would change is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from starlette.testclient import TestClient

from mechkg.api.sparql import mount_sparql
from mechkg.graph.query_pool import Limits
from mechkg.graph.store import Store, read
from mechkg.service.sparql import Sparql

# It is not shipped. MECHKG_SUITES names the folder that has it as `sparql-protocol`; by default, the folder shared/suites beside
# the checkout.
SUITE = Path(os.environ.get("MECHKG_SUITES") or Path(__file__).parents[3] / "shared" / "suites") / "sparql-protocol"

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")

TABULAR = {
    "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values",
}  # fmt: skip
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
GRAPH = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}


@dataclass(frozen=True)
class Exchange:
    """A request, and what is expected of its answer."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: frozenset[str]
    format: str | None
    boolean: bool | None


def manifest() -> Graph:
    if not (SUITE / "manifest.ttl").is_file():
        pytest.skip(f"the protocol tests are not in {SUITE}; MECHKG_SUITES tells where they are")
    return Graph().parse(SUITE / "manifest.ttl", publicID="http://example/manifest")


def exchanges(graph: Graph, test: Node) -> Iterator[Exchange]:
    for request in Collection(graph, graph.value(graph.value(test, MF.action), HT.requests)):
        body = graph.value(request, HT.body)
        text, encoding = (str(graph.value(body, CNT[name])) for name in ("chars", "characterEncoding")) if body else ("", "utf-8")
        fields = graph.value(request, HT.headers)
        headers = {
            str(graph.value(field, HT.fieldName)): str(graph.value(field, HT.fieldValue))
            for field in (Collection(graph, fields) if fields else ())
        }
        expected = graph.value(request, HT.resp)
        boolean = graph.value(expected, MF.expectedBoolean)
        format_ = graph.value(expected, MF.expectedFormat)
        yield Exchange(
            method=str(graph.value(request, HT.methodName)),
            path=str(graph.value(request, HT.absolutePath)),
            headers=headers,
            body=text.encode(encoding),
            statuses=frozenset(str(status)[-3] for status in graph.objects(expected, MF.expectedStatus)),
            format=str(format_) if format_ else None,
            boolean=bool(boolean.toPython()) if boolean is not None else None,
        )


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A client of an endpoint over the graphs that the manifest speaks of."""
    graph = manifest()
    store = Store.open(None)
    for data in set(graph.objects(None, UT.graphData)):
        name, file = str(graph.value(data, RDFS.label)), str(graph.value(data, UT.graph)).rpartition("/")[2]
        store.load((s, p, o, f"<{name}>") for s, p, o, _ in read((SUITE / file).read_bytes(), "n-triples"))
    assert len(store) == 3
    service = Sparql(lambda _: SimpleNamespace(version=1, store=store), limits=Limits(seconds=5))  # type: ignore[arg-type, return-value]
    app = FastAPI()
    app.state.public_url = None
    mount_sparql(app, service)
    with TestClient(app) as client:
        yield client


def test_the_suite(client: TestClient) -> None:
    graph = manifest()
    [entries] = graph.objects(None, MF.entries)
    tests = {str(test).rpartition("#")[2]: test for test in Collection(graph, entries)}
    assert len(tests) == 34
    assert {kind for test in tests.values() for kind in graph.objects(test, RDF.type)} == {URIRef(MF.ProtocolTest)}
    failures, asked, refused = [], 0, 0
    for name, test in tests.items():
        for exchange in exchanges(graph, test):
            answer = client.request(exchange.method, exchange.path, headers=exchange.headers, content=exchange.body)
            changes = "update" in (exchange.headers.get("content-type", "") + exchange.path)
            changes |= exchange.body.startswith(b"update=") and "x-www-form" in exchange.headers.get("content-type", "")
            if changes:
                refused += 1
                words = answer.json()
                if answer.status_code not in (403, 415) or not words["code"].startswith("mechkg.") or not words["detail"]:
                    failures.append(f"{name}: {answer.status_code} {answer.text}")
            elif name.startswith("update_"):
                # it asks whether the update before it was carried out, and it was not
                asked += 1
                if answer.status_code != 200 or answer.json()["boolean"] is not False:
                    failures.append(f"{name}: {answer.status_code} {answer.text}")
            else:
                asked += 1
                failures += [f"{name}: {trouble}" for trouble in troubles(exchange, answer)]
    assert failures == []
    assert (asked, refused) == (27, 12)


def troubles(exchange: Exchange, answer) -> Iterator[str]:  # type: ignore[no-untyped-def]
    if str(answer.status_code)[0] not in exchange.statuses:
        yield f"{exchange.method} {unquote(exchange.path)}: status {answer.status_code}, expected {set(exchange.statuses)}"
        return
    kind = answer.headers.get("content-type", "").partition(";")[0]
    expected = {"boolean": BOOLEAN, "tabular": TABULAR, "RDF": GRAPH}.get(exchange.format or "")
    if expected is not None and kind not in expected:
        yield f"content type {kind}, expected one of {expected}"
    if exchange.boolean is not None and answer.json()["boolean"] is not exchange.boolean:
        yield f"answered {answer.text}, expected {exchange.boolean}"
