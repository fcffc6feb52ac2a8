"""Feeds: valid Atom and RSS of what happened, whatever is in the words, and nothing sent twice to who has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.feeds import as_atom, as_rss
from mechkg.curation.assign import assign
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.tokens import issue
from mechkg.curation.watch import watch
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Grant
from mechkg.service.feed import Entry, Feed
from mechkg.service.workspace import Workspace
from tests.api.changing import opened
from tests.curation.staff import ADA, BEN, CLEO, proposed, put

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace)) as client:
        yield client


def titles(content: bytes) -> list[str]:
    return [entry.findtext(f"{ATOM}title") or "" for entry in ElementTree.fromstring(content).iter(f"{ATOM}entry")]


def test_all_that_atom_asks_for(client: TestClient, workspace: Workspace) -> None:
    answer = client.get("/feeds/acts.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == workspace.ledger.position() == 44
    last = list(workspace.ledger.acts())[-1]
    assert entries[0].findtext(f"{ATOM}updated") == last.at.isoformat().replace("+00:00", "Z")
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert ids[0] == f"https://w3id.org/mechkg/graph/act/{last.digest}"
    for entry in entries:
        assert entry.findtext(f"{ATOM}title")
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert entry.findtext(f"{ATOM}content")
    [own] = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == "http://testserver/feeds/acts.atom" == root.findtext(f"{ATOM}id")


def test_all_that_rss_asks_for(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.service.feed.MOST", 20)
    answer = client.get("/feeds/acts.rss")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    [channel] = root
    assert all(channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate"))
    items = channel.findall("item")
    assert len(items) == 20
    assert all(item.find("guid").get("isPermaLink") == "false" for item in items)  # type: ignore[union-attr]
    dates = [parsedate_to_datetime(item.findtext("pubDate") or "") for item in items]
    assert dates == sorted(dates, reverse=True)
    assert all(item.findtext("{http://purl.org/dc/elements/1.1/}creator") for item in items)


def test_words_of_any_kind_come_out_as_they_went_in() -> None:
    words = 'a <b> & "c" ]]> (CdSe)₃₄ 𝛿 \x01\ufffe é'
    found = Feed("acts", None, words, (Entry("d", 1, words, words, "ben", datetime.now(UTC), "accept", "shell"),))
    kept = words.replace("\x01", "\ufffd").replace("\ufffe", "\ufffd")
    atom = ElementTree.fromstring(as_atom(found, "http://x/"))
    assert atom.findtext(f"{ATOM}entry/{ATOM}title") == kept
    assert kept in (atom.findtext(f"{ATOM}entry/{ATOM}content") or "")
    rss = ElementTree.fromstring(as_rss(found, "http://x/"))
    assert rss.findtext("channel/item/title") == kept
    empty = Feed("items", "a/b c", "Nothing yet", ())
    assert ElementTree.fromstring(as_atom(empty, "http://x/")).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert ElementTree.fromstring(as_atom(empty, "http://x/")).findtext(f"{ATOM}id") == "http://x/feeds/items/a%2Fb%20c.atom"
    assert ElementTree.fromstring(as_rss(empty, "http://x/")).findall("channel/item") == []


def test_of_an_item_of_a_paper_and_for_a_person(client: TestClient, workspace: Workspace) -> None:
    mine = proposed(workspace.ledger, put("a-1"), by=CLEO)
    others = proposed(workspace.ledger, put("a-2"), by=ADA)
    comment(workspace.ledger, BEN, subject_of(mine.id), "is it so?")
    comment(workspace.ledger, BEN, subject_of(others.id), "not about cleo")
    comment(workspace.ledger, CLEO, subject_of(mine.id), "it is")
    assign(workspace.ledger, BEN, Subject("document", "case-small"), "cleo")
    item = titles(client.get("/feeds/items/a-1.atom").content)
    assert item == ["cleo proposed claim a-1 (" + mine.id + ")"]
    paper = titles(client.get("/feeds/documents/case-small.atom").content)
    assert paper[0] == "ben assigned document case-small to cleo"
    assert len(paper) > 30
    assert titles(client.get("/feeds/people/cleo.atom").content) == [
        "ben assigned document case-small to cleo",
        f"ben commented on {mine.id}",
    ]
    for path, detail, hint in (
        ("items/a-3.atom", "there is no item called 'a-3'", "did you mean 'a-"),
        ("documents/case-smal.atom", "there is no document called 'case-smal'", "did you mean 'case-small'?"),
        ("people/clea.atom", "there is no person called 'clea'", "did you mean 'cleo'?"),
        ("acts.xml", "there is no form called 'xml'", "there are atom, rss"),
        ("things/a-1.atom", "there is no kind called 'things'", "there are items, documents, people"),
    ):
        answer = client.get(f"/feeds/{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["detail"], answer.json()["code"]) == (detail, "mechkg.not_found")
        assert answer.json()["hint"].startswith(hint)


def test_what_concerns_one_person_alone_is_not_told(client: TestClient, workspace: Workspace) -> None:
    issue(workspace.ledger, CLEO, "secret laptop", Grant("reader"))
    watch(workspace.ledger, CLEO, "secret idea", {"space": "small"}, verdicts={}, checked=1)
    for path in ("acts.atom", "acts.rss", "people/cleo.atom"):
        assert "secret" not in client.get(f"/feeds/{path}").text


def test_nothing_is_sent_to_who_has_it(client: TestClient, workspace: Workspace) -> None:
    first = client.get("/feeds/items/b-seen.atom")
    tag = first.headers["etag"]
    again = client.get("/feeds/items/b-seen.atom", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert client.get("/feeds/items/b-seen.atom", headers={"If-None-Match": "*"}).status_code == 304
    assert client.get("/feeds/items/b-seen.rss", headers={"If-None-Match": tag}).status_code == 200
    comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
    assert client.get("/feeds/items/b-seen.atom", headers={"If-None-Match": tag}).status_code == 200


def test_a_date_is_given_once_nothing_more_can_come_in_its_second(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
    path = "/feeds/items/b-seen.atom"
    last = list(workspace.ledger.acts())[-1].at
    tomorrow = {"If-Modified-Since": format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)}
    fresh = client.get(path, headers=tomorrow)
    assert fresh.status_code == 200
    assert "last-modified" not in fresh.headers

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return last + timedelta(seconds=10)

    monkeypatch.setattr("mechkg.api.feeds.datetime", Later)
    since = client.get(path).headers["last-modified"]
    assert parsedate_to_datetime(since) == last.replace(microsecond=0)
    assert client.get(path, headers={"If-Modified-Since": since}).status_code == 304
    before = format_datetime(last - timedelta(seconds=5), usegmt=True)
    assert client.get(path, headers={"If-Modified-Since": before}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": since, "If-None-Match": '"other"'}).status_code == 200
