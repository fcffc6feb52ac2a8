"""What an attacker would try over HTTP, beyond what the tests of each part try; ``deploy/SECURITY.md`` lists them all."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.curation.comment import comment
from mechkg.curation.enrol import enrol
from mechkg.curation.release import release
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Grant
from mechkg.service.dispute import dispute
from mechkg.service.draft import drafts, save_draft
from mechkg.service.imports import keep_table
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.readings import keep_text
from mechkg.service.saved import save
from mechkg.service.watches import Hypothesis, watch, watches_of
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.api.changing import load, opened
from tests.curation.staff import ADA, BEN, CLEO
from tests.small_case import CASE, SPACE

EVIL: Final = """<script>alert(1)</script><img src=x onerror=alert(2)>\\"'onmouseover=alert(3) {{7*7}} javascript:alert(4)"""
"""What people could write where words are asked for."""

PLAIN: Final = EVIL.replace("\\", "")
MOST_PAGES: Final = 150


def _poisoned(case: str) -> str:
    """Return the small case with evil words wherever it has free words."""
    quoted = f'"{EVIL}"'
    for words in (
        "A small case",
        "turning",
        "straying",
        "A run",
        "Nothing else runs.",
        "A small space",
        "What becomes of A?",
        "Turning is slow",
        "A turns and slips",
    ):
        assert words in case
        case = re.sub(rf"(?<=: ){re.escape(words)}(?=[,}}\n])", lambda _: quoted, case)
    works = (
        f"references:\n  - {{id: r-evil, authors: [{quoted}], doi: {quoted}}}\n  - {{id: r-script, doi: 'javascript:alert(4)'}}\n"
    )
    return case.replace("source: {id: case-small,", f"source: {{id: case-small, doi: {quoted},") + works


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, TestClient]]:
    """A service in which whoever could write something wrote evil words."""
    folder = tmp_path_factory.mktemp("poisoned")
    with opened(folder) as workspace:
        load(workspace.ledger, _poisoned(CASE), folder)
        enrol(workspace.ledger, ADA, "eve", name=PLAIN[:60])
        wish = changed_item(workspace.catalog, "stray", {"note": PLAIN})
        propose(workspace, CLEO, [wish], title=PLAIN[:100], reason=PLAIN)
        comment(workspace.ledger, CLEO, Subject("item", "turn"), PLAIN)
        dispute(workspace, CLEO, Subject("assertion", workspace.catalog.entries["turn"].record.id), PLAIN)
        watch(workspace, BEN, Hypothesis.of({"space": SPACE, "candidate": "turns"}), title=PLAIN[:100])
        release(workspace.ledger, ADA, "one", note=PLAIN)
        content = {"title": PLAIN[:100], "new": {"claims": [{"id": "x", "kind": "conclusion", "statement": PLAIN}]}}
        save_draft(workspace, CLEO, {**content, "change": {"stray": {"note": PLAIN}}})
        save_draft(workspace, CLEO, {"title": PLAIN[:100], "claims": [{"statement": PLAIN}]})
        save(workspace, CLEO, SPACE, Setting(), PLAIN[:100])
        tokens.issue(workspace.ledger, CLEO, PLAIN[:60], Grant("reader"))
        with TestClient(create_app(workspace)) as client:
            yield workspace, client


class Read(HTMLParser):
    """The elements of a page: what was meant as words must be none of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an element leads, and what only an attacker would write."""
        given = dict(attrs)
        if any(name.startswith("on") for name in given) or (tag == "img" and given.get("src") == "x"):
            self.wrong.append(f"<{tag} {given}>")
        for name in ("href", "action", "src", "formaction"):
            leads = (given.get(name) or "").strip().lower()
            if leads.startswith(("javascript:", "data:text", "vbscript:")):
                self.wrong.append(f"{name}={leads}")
        if tag == "script" and "src" not in given and given.get("type") not in ("application/ld+json", "application/json"):
            self.wrong.append("a script within the page")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)


def _session(workspace: Workspace, person: str) -> dict[str, str]:
    text, _ = tokens.begin_session(workspace.ledger, person, "test")
    return {"Cookie": f"mechkg_session={text.reveal()}"}


@pytest.mark.parametrize("person", [None, "ben"])
def test_words_of_people_are_words_on_every_page(poisoned: tuple[Workspace, TestClient], person: str | None) -> None:
    """From the overview along every link: what somebody wrote is shown, and is never part of the page."""
    workspace, client = poisoned
    headers = {"Accept": "text/html", **(_session(workspace, person) if person else {})}
    seen = {"/"}
    waiting = deque(["/", f"/search?q={SPACE}", f"/spaces/{SPACE}", "/id/turn", "/set/set-1", "/release/one", "/agent/eve"])
    shown = pages = 0
    while waiting and pages < MOST_PAGES:
        path = waiting.popleft()
        answer = client.get(path, headers=headers)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        pages += 1
        read = Read(answer.text)
        assert not read.wrong, (path, read.wrong)
        assert "<script>alert" not in answer.text and "49" not in re.findall(r"onmouseover=alert\(3\) (\S+)", answer.text), path
        shown += "alert(2)" in "".join(read.words)
        for link in read.links:
            leads = urldefrag(urljoin(f"http://testserver{path}", link)).url
            there = urlsplit(leads)
            target = there.path + (f"?{there.query}" if there.query else "")
            if there.netloc == "testserver" and target not in seen and not there.query.count("&"):
                seen.add(target)
                waiting.append(target)
    assert pages > 40 and shown > 15, (pages, shown)


@pytest.mark.parametrize("query", [PLAIN, '"><svg onload=alert(1)>', "</textarea><script>alert(1)</script>"])
def test_what_was_asked_comes_back_as_words(poisoned: tuple[Workspace, TestClient], query: str) -> None:
    _, client = poisoned
    for path, name in (("/search", "q"), ("/species", "q"), ("/sign-in", "next"), ("/spaces", "asOf"), ("/sparql", "query")):
        answer = client.get(path, params={name: query}, headers={"Accept": "text/html"})
        assert not Read(answer.text).wrong, (path, Read(answer.text).wrong)
    for path in ("/id/<script>alert(1)</script>", "/spaces/<img src=x onerror=alert(2)>", "/nothing/<svg onload=alert(1)>"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404 and not Read(answer.text).wrong, path


def test_words_of_ones_own_are_words_too(poisoned: tuple[Workspace, TestClient]) -> None:
    """On the pages that somebody alone sees: drafts, also those that cannot be read, texts, tables, settings, tokens."""
    workspace, client = poisoned
    text = keep_text(
        workspace, CLEO, f"Results\n\n{PLAIN} A sample turned to B within 5 min.\n".encode(), f"{PLAIN[:80]}.txt", None
    )
    table = keep_table(
        workspace, CLEO, f'id,{PLAIN[:40]},statement\nx-1,y,"{PLAIN.replace(chr(34), "")}"\n'.encode(), f"{PLAIN[:80]}.csv"
    )
    headers = {"Accept": "text/html", **_session(workspace, "cleo")}
    paths = ["/me", "/curate/drafts", "/curate/read", "/curate/watches", "/spaces", f"/spaces/{SPACE}?wait=yes"]
    paths += [f"/curate/read/{text}", f"/curate/new/claim?reading={text}&from=9&to=60", f"/curate/import/{table}?kind=claim"]
    paths += [f"/curate/drafts/{one.id}{end}" for one in drafts(workspace, CLEO) for end in ("", "?check=yes")]
    paths += [f"/saved/{one.id}" for one in watches_of(workspace.ledger, "cleo")]
    shown = 0
    for path in paths:
        answer = client.get(path, headers=headers)
        read = Read(answer.text)
        assert answer.status_code == 200 and not read.wrong, (path, answer.status_code, read.wrong)
        shown += "alert(" in "".join(read.words)
    assert shown > 9, shown


@pytest.mark.parametrize(
    "path",
    [f"/pathways/{SPACE}/drawing.svg", f"/spaces/{SPACE}/candidates/strays/drawing.svg", "/feeds/acts.atom", "/feeds/acts.rss"],
)
def test_a_drawing_and_a_feed_have_words_for_words(poisoned: tuple[Workspace, TestClient], path: str) -> None:
    _, client = poisoned
    answer = client.get(f"{path}?wait=yes")
    assert answer.status_code == 200 and "alert(" in answer.text
    every = list(ElementTree.fromstring(answer.content).iter())
    assert not {"script", "foreignObject", "img", "iframe"} & {str(each.tag).rpartition("}")[2] for each in every}
    names = {name.rpartition("}")[2] for each in every for name in each.attrib}
    assert not [name for name in names if name.startswith("on")]
    assert not [each for each in every if str(each.get("href", "")).lower().startswith(("javascript:", "data:"))]
    assert "script-src 'none'" in (policy := answer.headers["content-security-policy"]) or "default-src 'none'" in policy


def test_what_is_exported_holds_no_formula(poisoned: tuple[Workspace, TestClient]) -> None:
    workspace, client = poisoned
    table = keep_table(workspace, CLEO, b"id,=HYPERLINK(1),statement\n-x,y,@SUM(1)\n", "t.csv")
    headers = {**_session(workspace, "cleo")}
    paths = ["/compare/compositions.csv", "/compare/conditions.csv", f"/curate/import/{table}/errors.csv?kind=claim"]
    paths += [
        f"/curate/import/template?filled=yes&kind={kind}" for kind in ("claim", "step", "assumption", "reference", "document")
    ]
    for path in paths:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200 and answer.headers["content-disposition"].startswith("attachment; filename=")
        for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], (path, row)


UP: Final = ("..", "%2e%2e", "..%2f..%2f", "%2e%2e%2f%2e%2e%2f", "..%5c..%5c", "%252e%252e%252f", "....//", "%c0%ae%c0%ae/")
SECRET: Final = ("ledger.db", "sign-in.toml", "etc/passwd", "pyproject.toml", "app.py")


@pytest.mark.parametrize(
    "front", ["/static/", "/releases/one/", "/scripts/x/", "/styles/", "/id/", "/feeds/", "/ontology/", "/np/"]
)
def test_no_path_leads_out_of_where_it_leads(poisoned: tuple[Workspace, TestClient], front: str) -> None:
    _, client = poisoned
    for up in UP:
        for depth in (1, 3, 8):
            for file in SECRET:
                answer = client.get(f"{front}{(up + '/') * depth}{file}", follow_redirects=False)
                assert answer.status_code in (301, 302, 303, 307, 400, 404, 410), (front, up, file, answer.status_code)
                assert b"SQLite format" not in answer.content and b"root:" not in answer.content


@pytest.mark.parametrize(
    "line", ["%0d%0aSet-Cookie:%20a=b", "%0aX-Evil:%201", "%E5%98%8A%E5%98%8DSet-Cookie:a=b", "%00", "\u2028x: y"]
)
def test_no_word_becomes_a_header(poisoned: tuple[Workspace, TestClient], line: str) -> None:
    _, client = poisoned
    paths = (
        f"/sign-in?next=/{line}",
        f"/id/turn{line}",
        f"/search?q={line}",
        f"/spaces/{line}",
        f"/feeds/acts.{line}",
        f"/np/{line}",
    )
    for path in paths:
        answer = client.get(path, follow_redirects=False)
        assert not {"set-cookie", "x-evil"} & set(answer.headers), path
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
        assert answer.status_code < 500, path


def test_the_name_of_the_host_is_not_believed(poisoned: tuple[Workspace, TestClient]) -> None:
    """A request that names another host gets no address of that host to store, nor a redirection there."""
    _, client = poisoned
    for path in ("/id/turn", "/dataset", "/release/one", "/sign-in", "/"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in answer.headers.get("location", "")
        assert "evil.example" not in answer.text, path


@pytest.mark.parametrize("path", ["/graphql", "/sparql", "/sign-out", "/saved"])
def test_what_is_too_large_is_refused_before_it_is_read(poisoned: tuple[Workspace, TestClient], path: str) -> None:
    workspace, client = poisoned
    large = b"x" * 30_000_000
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Mechkg": "1", **_session(workspace, "ben")}
    answer = client.post(path, content=b"query=" + large, headers=headers, follow_redirects=False)
    refused = (413, 303) if path == "/sign-out" else (413,)  # to sign out, nothing is read
    assert answer.status_code in refused, answer.status_code


def test_a_change_by_a_link_is_none(poisoned: tuple[Workspace, TestClient]) -> None:
    """Nothing is changed by asking for a page, whoever is signed in: a picture in a message could ask."""
    workspace, client = poisoned
    headers = {"Accept": "text/html", **_session(workspace, "ben")}
    position = workspace.ledger.position()
    mutation = 'mutation { declare(about: "case-small", why: "x") { __typename } }'
    assert client.get("/graphql", params={"query": mutation}, headers=headers).status_code in (400, 405, 406)
    for path in ("/sign-out", "/saved", "/saved/watch-1/end", "/curate", "/curate/changes/set-1", "/invitation/x"):
        client.get(path, headers=headers)
    assert workspace.ledger.position() == position


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(x+x+)+y", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", "((((((a*)*)*)*)*)*)*b", "a{1,1000}{1,1000}"]
)
def test_no_pattern_takes_long(poisoned: tuple[Workspace, TestClient], pattern: str, tmp_path: Path) -> None:
    """A pattern in SPARQL is matched in time that grows with the text, or refused."""
    _, client = poisoned
    query = f'SELECT ?s {{ ?s ?p ?o FILTER(REGEX(CONCAT(STR(?o), "{"a" * 500}!"), "{pattern}")) }} LIMIT 5'
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code in (200, 400, 503)
    assert answer.elapsed.total_seconds() < 15
