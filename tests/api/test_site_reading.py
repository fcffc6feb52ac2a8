"""Pages to read over HTTP: the overview, the search, the lists."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.model.ledger_record import Subject
from mechkg.service.browse import PATHS
from mechkg.service.dispute import dispute
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO


def words(page: str) -> str:
    """Return the text of a page in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def test_the_overview_counts_what_is_there_and_links_to_it(client: TestClient, shipped: Workspace) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for kind, entries in shipped.catalog.by_kind.items():
        assert f'<a href="/{PATHS[kind]}"><b>{len(entries)}</b>' in page.text
    assert f"ledger at position {shipped.ledger.position()}" in page.text
    assert 'aria-current="page">Overview' in page.text
    assert "My tasks" not in page.text and "/sign-in?next=%2F" in page.text


def test_who_is_signed_in_sees_tasks_and_is_named_on_every_page(curated: Workspace) -> None:
    record = curated.catalog.by_kind["claim"][0].record
    text, _ = tokens.sign_in_link(curated.ledger, BEN)
    client = TestClient(create_app(curated), base_url="http://127.0.0.1:8000", follow_redirects=False)
    path = f"/assertion/id-{record.id}.html"
    before = client.get(path)
    assert before.headers["vary"].split(", ")[0] == "Cookie" and "Sign in</a>" in before.text
    assert client.get(f"/sign-in/once/{text.reveal()}").status_code == 303
    assert "Nothing waits for you." in client.get("/").text
    dispute(curated, CLEO, Subject("assertion", record.id), reason="misread <b>")
    page = client.get("/")
    assert page.headers["cache-control"] == "private, no-cache" and page.headers["vary"].split(", ")[0] == "Cookie"
    assert "<summary>Ben</summary>" in page.text
    assert f'href="/assertion/id-{record.id}"' in page.text and "misread &lt;b&gt;" in page.text
    # a page kept from before is not taken for that of who is signed in
    after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200 and "<summary>Ben</summary>" in after.text


def test_a_search_tells_where_the_words_stand(client: TestClient) -> None:
    page = client.get("/search", params={"q": "MSC-350"}).text
    assert '<a href="/id/cdse-msc-350">CdSe <mark>MSC-350</mark></a>' in page
    assert '<span class="tag">quote</span>' in page and "<mark>MSC-350</mark>, are reported to be" in page
    assert 'value="MSC-350"' in page
    claims = client.get("/search", params={"q": "MSC-350", "kind": "claim"}).text
    assert "cdse-msc-350" not in claims and claims.count("<mark>") == 2


def test_a_search_is_paged_without_gaps(client: TestClient, shipped: Workspace) -> None:
    total = shipped.catalog.models.search("cdte", most=1).total
    assert total > 100
    kinds = re.findall(r'id="kind-(\w+)"', client.get("/search?q=cdte").text)
    seen: list[str] = []
    for kind in kinds:
        href: str | None = f"/search?q=cdte&kind={kind}"
        while href:
            page = client.get(href).text
            seen += re.findall(r'<li><a href="/id/([^"]+)"', page)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            href = unescape(following[1]) if following else None
    assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("q=", 200, "Give a part of a name"),
        ("q=%22%22", 200, "nothing is sought"),
        ("q=zzzqqq", 200, "Nothing that counts has all of these words"),
        ("q=cdte&kind=specie", 404, "did you mean 'species'?"),
        ("q=cdte&kind=claim&after=x", 200, "this is no cursor"),
    ],
)
def test_a_search_that_finds_nothing_helps(client: TestClient, query: str, status: int, said: str) -> None:
    page = client.get(f"/search?{query}")
    assert page.status_code == status
    assert said in words(page.text)


def test_a_list_is_paged_without_gaps(client: TestClient, shipped: Workspace) -> None:
    names: list[str] = []
    href: str | None = "/claims?sort=newest"
    while href:
        page = client.get(href).text
        names += re.findall(r'<th scope="row"><a href="/id/([^"?]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        href = unescape(following[1]) if following else None
    assert len(names) == len(set(names)) == len(shipped.catalog.by_kind["claim"])
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back is not None
    previous = client.get(unescape(back[1])).text
    before = re.findall(r'<th scope="row"><a href="/id/([^"?]+)"', previous)
    assert len(before) == 50 and names[names.index(before[0]) :][:50] == before


def test_what_is_chosen_counts_and_can_be_taken_back(client: TestClient, shipped: Workspace) -> None:
    there = [e for e in shipped.catalog.by_kind["species"] if e.record.body["material"] == "cdse"]
    page = client.get("/species?material=cdse").text
    assert f"{len(there)} of {len(shipped.catalog.by_kind['species'])} species" in page
    assert '<ul class="chosen" aria-label="Chosen"><li><a href="/species">Material: CdSe</a>' in page.replace("\n", "")
    # what else could be chosen is counted as if nothing were chosen there
    other = sum(e.record.body["material"] == "cdte" for e in shipped.catalog.by_kind["species"])
    assert re.search(rf'material=cdse&amp;material=cdte"><span>CdTe</span> <span class="n">{other}<', page)


def test_a_list_without_anything_helps(client: TestClient) -> None:
    page = client.get("/species?q=zzzqqq")
    assert page.status_code == 200 and "Nothing is like that" in page.text
    wrong = client.get("/species?sort=nam")
    assert wrong.status_code == 404 and "did you mean 'name'?" in unescape(wrong.text)


def test_every_list_answers(client: TestClient) -> None:
    for kind, path in PATHS.items():
        if kind != "space":
            assert client.get(f"/{path}").status_code == 200, path
