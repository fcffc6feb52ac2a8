"""Linked data: every IRI answers in every form, all forms say the same, and what they say is what the graph says."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from rdflib import RDF, Graph, Namespace, URIRef
from starlette.testclient import TestClient

from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.api.rate_limit import Limiter
from mechkg.api.site import add_site
from mechkg.curation.enrol import enrol
from mechkg.curation.release import release
from mechkg.graph.export_release import N_QUADS, RETRACTIONS
from mechkg.graph.namespaces import IMPLIED_GRAPH
from mechkg.graph.nanopublication import graphs_of
from mechkg.graph.store import read
from mechkg.graph.terms import Quad, iri, thing
from mechkg.model.ledger_record import Act
from mechkg.service.describe import describe
from mechkg.service.description import Form, as_rdf
from mechkg.service.disagreements import disagreements
from mechkg.service.identifiers import ROOT, iri_of, read_iri
from mechkg.service.released_files import released_file
from mechkg.service.workspace import Workspace
from mechkg.web.frame import NAVIGATION
from mechkg.web.pages import script_path
from tests.api.changing import SEEN_C, load, opened
from tests.curation.staff import ADA, BEN, CLEO, proposed, put

FORMS: dict[str, tuple[str, Form]] = {
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
    "nq": ("application/n-quads", "n-quads"),
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SET = "set-51"
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
OURS = re.compile(rf"<({re.escape(ROOT)}[^>]*)>")


def client_of(workspace: Workspace, limiter: Limiter | None = None) -> TestClient:
    app = FastAPI()
    app.state.public_url = None
    app.state.ledger = workspace.ledger
    add_styles(app)
    add_linked_data(app, workspace, limiter or Limiter(rate=1e6, burst=10**6))
    add_site(app, workspace)
    return TestClient(app, follow_redirects=False)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The small case, released, changed, released again, with people and a change set that waits."""
    folder = tmp_path_factory.mktemp("busy")
    with opened(folder) as workspace:
        enrol(workspace.ledger, ADA, "zoe", name="Zoë <b>", orcid="0000-0002-1825-0097")
        release(workspace.ledger, ADA, "1", note="the first")
        load(workspace.ledger, SEEN_C, folder)
        release(workspace.ledger, ADA, "2.ttl")
        found = proposed(workspace.ledger, put("a-1", "<script>alert(1)</script>"), by=CLEO, title="A </script> & title")
        assert found.id == SET
        yield workspace


@pytest.fixture(scope="module")
def client(busy: Workspace) -> Iterator[TestClient]:
    with client_of(busy) as client:
        yield client


@pytest.fixture(scope="module")
def library(shipped: Workspace) -> Iterator[TestClient]:
    with client_of(shipped) as client:
        yield client


def path_of(address: str) -> str:
    return f"/{address.removeprefix(ROOT).partition('#')[0]}"


def quads_in(client: TestClient, path: str) -> dict[str, set[Quad]]:
    """Fetch the three forms for programs."""
    found = {}
    for suffix, (media, form) in FORMS.items():
        answer = client.get(f"{path}.{suffix}")
        assert answer.status_code == 200, (path, suffix, answer.text)
        assert answer.headers["content-type"].partition(";")[0] == media
        found[suffix] = set(read(answer.content, form))
    return found


def triples(quads: set[Quad]) -> set[tuple[str, str, str]]:
    return {quad[:3] for quad in quads}


def is_isomorphic(found: dict[str, set[Quad]]) -> bool:
    """Say whether all forms say the same: quad by quad, but for Turtle, which has no graphs. Blank nodes keep their names."""
    return found["nq"] == found["jsonld"] and triples(found["nq"]) == triples(found["ttl"])


# --- every IRI --------------------------------------------------------------------------------------------------------


def test_every_iri_of_a_release_answers_in_every_form(client: TestClient, busy: Workspace) -> None:
    """All that the exported quads name, and all that its description names in turn."""
    exported = set(read(released_file(busy, "2.ttl", N_QUADS).path.read_bytes(), "n-quads"))
    exported |= set(read(released_file(busy, "2.ttl", RETRACTIONS).path.read_bytes(), "trig"))
    waiting = {path_of(name) for quad in exported for part in quad for name in OURS.findall(part) if not part.startswith('"')}
    assert len(waiting) > 80
    seen: set[str] = set()
    kinds = set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        page = client.get(path, headers=BROWSER)
        if page.status_code == 303:
            page = client.get(page.headers["location"])
        assert page.status_code == 200, (path, page.text)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        found = quads_in(client, path)
        assert is_isomorphic(found), path
        assert found["nq"], path
        kinds.add(path.split("/")[1])
        if path.startswith(("/ontology", "/graph")):
            continue
        named = {path_of(name) for quad in found["nq"] for part in quad for name in OURS.findall(part) if part[0] == "<"}
        waiting |= {one for one in named if not one.startswith(("/dataset", "/releases", "/ontology/"))} - seen
    assert kinds >= {"id", "np", "agent", "ontology", "assertion"}


def test_the_exported_quads_of_a_nanopublication_come_back(client: TestClient, busy: Workspace) -> None:
    exported = set(read(released_file(busy, "2.ttl", N_QUADS).path.read_bytes(), "n-quads"))
    by_name: dict[str, set[Quad]] = {}
    for quad in exported:
        by_name.setdefault(path_of(quad[3][1:-1]), set()).add(quad)
    assert len(by_name) > 15
    for path, quads in by_name.items():
        assert quads_in(client, path)["nq"] == quads


def test_a_third_of_the_items_says_what_the_graph_says(shipped: Workspace) -> None:
    implied = {}
    for triple in shipped.store.graph(IMPLIED_GRAPH):
        implied.setdefault(triple[0], set()).add((*triple, iri(IMPLIED_GRAPH)))
    for entry in [*shipped.catalog.entries.values()][::3]:
        found = describe(shipped, read_iri(iri_of("item", entry.id)))
        said = {(*triple, iri(graph)) for graph in graphs_of(entry.record.id) for triple in shipped.store.graph(graph)}
        own = {quad[0] for quad in said if (quad[0] + "/").startswith((thing(entry.id) + "/", thing(entry.id)[:-1] + "/"))}
        assert set(found.quads) == said.union(*(implied.get(node, set()) for node in own))
        assert found.title


def test_a_sample_of_the_library_answers_in_every_form(library: TestClient, shipped: Workspace) -> None:
    named = sorted({quad[0][1:-1] for quad in shipped.store.quads() if quad[0].startswith(f"<{ROOT}id/")})
    assert len(named) > 4000
    chosen = random.Random(7).sample(named, 60)
    for address in chosen:
        path = path_of(address)
        found = quads_in(library, path)
        assert is_isomorphic(found)
        assert any(quad[0] == f"<{address}>" for quad in found["nq"])
        assert library.get(f"{path}.html").status_code == 200


@pytest.mark.parametrize("path", ["/ontology", "/ontology/step", "/dataset", "/graph/implied", "/graph/state"])
def test_wholes_answer_in_every_form(library: TestClient, path: str) -> None:
    assert is_isomorphic(quads_in(library, path))
    assert library.get(path, headers=BROWSER).status_code == 200


def test_verdicts_disagreements_sets_releases_and_acts(library: TestClient, shipped: Workspace, client: TestClient) -> None:
    space = shipped.catalog.space("cdte-449-to-469")
    paths = [f"/verdict/{space.id}/{candidate.id}" for candidate in space.candidates]
    paths += [f"/disagreement/{each.disagreement.id}" for each in disagreements(shipped).found[:5]]
    for path in paths:
        assert is_isomorphic(quads_in(library, path))
        assert library.get(path, headers=BROWSER).status_code == 200
    for path in (f"/set/{SET}", "/release/1", "/release/2.ttl", "/act/1", "/agent/zoe", "/agent/ada"):
        assert is_isomorphic(quads_in(client, path)), path


# --- the rules of the road --------------------------------------------------------------------------------------------


def test_a_thing_points_to_what_describes_it_and_a_document_is_sent(client: TestClient) -> None:
    thing_ = client.get("/id/b-seen", headers={"Accept": "text/turtle"})
    assert (thing_.status_code, thing_.headers["location"], thing_.headers["vary"]) == (303, "/id/b-seen.ttl", "Accept")
    assert client.get("/id/b-seen", headers=BROWSER).headers["location"] == "/id/b-seen.html"
    assert client.get("/agent/zoe", headers={"Accept": "application/ld+json"}).headers["location"] == "/agent/zoe.jsonld"
    act = client.get("/act/1", headers={"Accept": "application/n-quads"})
    assert (act.status_code, act.headers["content-location"], act.headers["vary"]) == (200, "/act/1.nq", "Accept")
    assert "vary" not in client.get("/act/1.nq").headers
    assert client.get("/id/b-seen", headers={"Accept": "image/png"}).status_code == 406
    assert client.head("/act/1").status_code == 200


def test_links_lead_to_the_other_forms(client: TestClient) -> None:
    links = client.get("/id/b-seen.ttl").headers["link"]
    assert '</id/b-seen.jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert '</id/b-seen.html>; rel="alternate"; type="text/html"' in links
    assert "b-seen.ttl" not in links
    assert f'<{ROOT}id/b-seen>; rel="describes"' in links
    assert f'<{ROOT}act/1>; rel="canonical"' in client.get("/act/1").headers["link"]
    assert 'rel="describedby"' in client.get("/id/b-seen").headers["link"]


def test_nothing_is_sent_twice_until_something_happens(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace, client_of(workspace) as client:
        tag = client.get("/id/b-seen.ttl").headers["etag"]
        again = client.get("/id/b-seen.ttl", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/id/b-seen.nq", headers={"If-None-Match": tag}).status_code == 200
        assert client.get("/id/no-c.ttl", headers={"If-None-Match": tag}).status_code == 200
        load(workspace.ledger, SEEN_C, tmp_path)
        assert client.get("/id/b-seen.ttl", headers={"If-None-Match": tag}).status_code == 200


def test_as_it_was(client: TestClient, busy: Workspace) -> None:
    then, now = (set(read(client.get(f"/id/no-c.nq{asked}").content, "n-quads")) for asked in ("?asOf=1", ""))
    assert then != now
    kind = iri(ROOT + "ontology#kind")
    assert {quad[2] for quad in then if quad[0] == thing("no-c") and quad[1] == kind} == {'"absent"'}
    assert {quad[2] for quad in now if quad[0] == thing("no-c") and quad[1] == kind} == {'"present"'}
    assert client.get("/id/no-c?asOf=1", headers=BROWSER).headers["location"] == "/id/no-c.html?asOf=1"
    page = client.get("/id/no-c.html?asOf=1").text
    assert "As of 1." in page and 'href="/id/no-c.ttl?asOf=1"' in page and 'href="/id/c?asOf=1"' in page
    assert client.get("/id/no-c.nq?asOf=nonsense").status_code == 400
    assert client.get("/id/no-c.nq?asOf=0").status_code == 404


def superseded(workspace: Workspace) -> Act:
    return next(act for act in workspace.ledger.acts() if act.kind == "supersede")


def test_an_assertion_that_counts_no_more_still_answers_and_says_so(client: TestClient, busy: Workspace) -> None:
    act = superseded(busy)
    path = path_of(iri_of("assertion", act.assertion or ""))
    found = quads_in(client, path)
    assert is_isomorphic(found)
    ended = [quad for quad in found["nq"] if quad[1].endswith("#wasInvalidatedBy>")]
    assert [quad[2] for quad in ended] == [iri(iri_of("act", str(act.position)))]
    assert "does not count any more" in client.get(path, headers=BROWSER).text
    waiting = next(edit for edit in (busy.ledger.assertions().values()) if edit.item == "a-1")
    page = client.get(path_of(iri_of("assertion", waiting.id)), headers=BROWSER).text
    assert "This does not count: it is proposed." in page
    nothing_accepted = quads_in(client, path_of(iri_of("assertion", waiting.id)))["nq"]
    assert not any(quad[3].endswith("#pubinfo>") for quad in nothing_accepted)


def test_an_item_that_counts_no_more_is_gone(tmp_path: Path) -> None:
    from mechkg.service.retract import retract

    with opened(tmp_path) as workspace, client_of(workspace) as client:
        record = workspace.catalog.entries["no-d"].record
        before = workspace.ledger.position()
        retract(workspace, BEN, record.id, code="misread", reason="it says something else")
        answer = client.get("/id/no-d")
        assert answer.status_code == 410
        assert client.get("/id/no-d", headers={"Accept": "text/turtle"}).json()["code"] == "mechkg.gone"
        assert f"asOf={before}" in client.get("/id/no-d", headers={"Accept": "text/turtle"}).json()["hint"]
        assert client.get(f"/id/no-d.ttl?asOf={before}").status_code == 200


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/id/b-sen", "'b-seen'"),
        ("/id/run/wach", "'run/watch'"),
        ("/agent/zo", "'zoe'"),
        ("/release/11", "'1'"),
        (f"/set/{SET}1", f"'{SET}'"),
        ("/verdict/small/turn", "'turns'"),
        ("/verdict/smal/turns", "'small'"),
        ("/ontology/stepp", "'step'"),
        ("/graph/impled", "'implied'"),
        ("/act/99999", "the last one is"),
        ("/act/first", "https://w3id.org/mechkg/act/..."),
        ("/np/RAnothing", None),
        ("/assertion/id-RAnothing", None),
        ("/assertion/RAnothing", "https://w3id.org/mechkg/assertion/id-..."),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest_name(client: TestClient, path: str, near: str | None) -> None:
    for suffix in ("", ".ttl"):
        answer = client.get(path + suffix, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (404, "mechkg.not_found"), answer.text
        if near is not None:
            assert near in answer.json()["hint"]
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "content-security-policy" in page.headers


def test_what_concerns_one_person_alone_is_not_told(tmp_path: Path) -> None:
    from mechkg.curation.tokens import issue
    from mechkg.model.person import Grant

    with opened(tmp_path) as workspace, client_of(workspace) as client:
        issue(workspace.ledger, CLEO, "secret laptop", Grant("reader"))
        answer = client.get(f"/act/{workspace.ledger.position()}", headers={"Accept": "application/json"})
        assert answer.status_code == 404
        assert "secret" not in answer.text and "secret" not in client.get("/agent/cleo.html").text


def test_terms_lead_to_where_they_stand(client: TestClient) -> None:
    answer = client.get("/ontology/PrimaryAmine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontology#PrimaryAmine")
    assert 'id="PrimaryAmine"' in client.get("/ontology.html").text
    assert client.get("/ontology/0.1.0.ttl").status_code == 200


def test_too_many_requests(busy: Workspace) -> None:
    with client_of(busy, Limiter(rate=0.01, burst=1)) as client:
        assert client.get("/act/1").status_code == 200
        answer = client.get("/act/1", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (429, "mechkg.too_many_tries")
        assert int(answer.headers["retry-after"]) > 1


# --- the dataset ------------------------------------------------------------------------------------------------------


def test_the_dataset_counts_what_is_there(library: TestClient, shipped: Workspace) -> None:
    assert library.get("/.well-known/void").headers["location"] == "/dataset.ttl"
    assert library.get("/.well-known/void", headers=BROWSER).headers["location"] == "/dataset.html"
    graph = Graph().parse(data=library.get("/dataset.ttl").content, format="turtle")
    node = URIRef(f"{ROOT}dataset")
    quads = list(shipped.store.quads())
    said = {quad[:3] for quad in quads}
    assert int(graph.value(node, VOID.triples)) == len(said)  # type: ignore[arg-type]
    assert int(graph.value(node, VOID.distinctSubjects)) == len({s for s, _, _ in said})  # type: ignore[arg-type]
    assert int(graph.value(node, VOID.distinctObjects)) == len({o for _, _, o in said})  # type: ignore[arg-type]
    assert int(graph.value(node, VOID.properties)) == len({p for _, p, _ in said})  # type: ignore[arg-type]
    part = URIRef(f"{ROOT}dataset#class-Species")
    species = {s for s, p, o in said if p.endswith("#type>") and o == f"<{ROOT}ontology#Species>"}
    assert int(graph.value(part, VOID.entities)) == len(species) > 50  # type: ignore[arg-type]
    uses = sum(p == f"<{ROOT}ontology#kind>" for _, p, _ in said)
    assert int(graph.value(URIRef(f"{ROOT}dataset#property-kind"), VOID.triples)) == uses  # type: ignore[arg-type]


def test_releases_are_distributions(client: TestClient) -> None:
    for path in ("/dataset.ttl", "/release/1.ttl"):
        graph = Graph().parse(data=client.get(path).content, format="turtle")
        urls = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
        assert f"{ROOT}releases/1/nanopublications.trig" in urls
    release_ = URIRef(f"{ROOT}release/1")
    assert (release_, RDF.type, DCAT.Dataset) in graph
    assert len(set(graph.objects(release_, DCAT.distribution))) > 5


# --- pages ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page holds: links, ids, headings, scripts; and whether its elements are closed in order."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.levels: list[int] = []
        self.data: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in given)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag in ("a", "link"):
            self.links.append(given)
        if tag == "script":
            self.scripts.append(given)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.data.append(data)


PAGES = (
    "/id/b-seen", "/id/run", "/id/run/watch", "/id/small", "/id/case-small", "/verdict/small/strays", "/verdict/small/turns",
    "/agent/zoe", f"/set/{SET}", "/release/1", "/act/1", "/graph/implied", "/ontology", "/ontology/evidence", "/dataset",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}.html")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert len(page.ids) == len(set(page.ids))
    assert page.levels[0] == 1 and page.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
    assert [script.get("type") for script in page.scripts] == ["module", "application/ld+json"]
    assert page.scripts[0]["src"] == script_path("site")
    metadata = json.loads("".join(page.data))
    assert metadata["@context"] == "https://schema.org"
    assert metadata["@type"] and metadata["name"]
    assert metadata["@id"].startswith(ROOT)
    outside = [link for link in page.links if (link.get("href") or "").startswith(("http:", "https:", "//"))]
    assert all("noopener" in (link.get("rel") or "") for link in outside)
    for link in page.links:
        href = link.get("href") or ""
        if href.startswith("#"):
            assert unquote(href[1:]) in page.ids, href


def test_every_link_to_this_server_leads_somewhere(client: TestClient) -> None:
    elsewhere = ("/graphql", "/sparql", "/releases/", "/styles/", "/sign-in?")
    seen = {path for _, path, _ in NAVIGATION}
    for path in PAGES:
        for link in Page(client.get(f"{path}.html").text).links:
            href = (link.get("href") or "").partition("#")[0]
            if href.startswith("/") and not href.startswith(elsewhere) and href not in seen:
                seen.add(href)
                assert client.get(href).status_code in (200, 303), (path, href)
    assert len(seen) > 100


def test_words_of_people_stay_words(client: TestClient, busy: Workspace) -> None:
    page = client.get(f"/set/{SET}.html").text
    assert "A &lt;/script&gt; &amp; title" in page
    assert page.count("</script>") == 2
    record = next(one for one in busy.ledger.assertions().values() if one.item == "a-1")
    page = client.get(f"{path_of(iri_of('assertion', record.id))}.html").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "Zoë &lt;b&gt;" in client.get("/agent/zoe.html").text


def test_as_rdf_gives_the_same_bytes_for_the_same_quads(busy: Workspace) -> None:
    quads = describe(busy, read_iri(iri_of("item", "b-seen"))).quads
    for form in ("turtle", "json-ld", "n-quads"):
        assert as_rdf(quads, form) == as_rdf(quads, form)  # type: ignore[arg-type]
    assert as_rdf(quads, "n-quads") == as_rdf(tuple(reversed(quads)), "n-quads")
