"""The Crossref client against a server here, which answers as Crossref does, badly, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mechkg.errors import BadInputError, NotFoundError, UnreachableError
from mechkg.literature import crossref
from mechkg.literature.crossref import Crossref, Endpoint, allowed_endpoint, plain_doi

DOI = "10.1000/abc.123"
MESSAGE = {
    "DOI": "10.1000/ABC.123",
    "title": ["Growth of (AB)<sub>34</sub> &amp; its <i>Isomers</i>\n in Oil"],
    "author": [
        {"given": "Anna B.", "family": "Ash", "sequence": "first"},
        {"family": "Birch"},
        {"name": "The Collaboration"},
        {"affiliation": []},
    ],
    "container-title": ["Journal of Trees"],
    "issued": {"date-parts": [[2019, 12]]},
    "published-print": {"date-parts": [[2020]]},
    "volume": "12",
    "page": "1-9",
    "updated-by": [{"type": "retraction", "DOI": "10.1000/notice"}],
}


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def good(**changes: Any) -> Answer:
    return Answer(200, json.dumps({"status": "ok", "message": {**MESSAGE, **changes}}).encode())


class Server:
    """Gives its answers one after the other, the last one again and again, and notes what it is asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers.get("User-Agent", "")))
                answer = server.answers[min(len(server.asked), len(server.answers)) - 1]
                self.send_response(answer.status)
                for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    found = Server()
    thread = threading.Thread(target=found.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.http.shutdown()
    thread.join()
    found.http.server_close()


class Asking(NamedTuple):
    client: Crossref
    waited: list[float]


@pytest.fixture
def asking(server: Server, tmp_path: Path) -> Callable[..., Asking]:
    def make(*answers: Answer, mailto: str | None = None) -> Asking:
        server.answers = list(answers)
        waited: list[float] = []
        return Asking(Crossref(tmp_path / "kept", Endpoint(server.url, mailto), sleep=waited.append, seconds=5), waited)

    return make


# --- what is said -----------------------------------------------------------------------------------------------------


def test_an_answer_gives_the_fields_of_a_reference(asking: Callable[..., Asking], server: Server) -> None:
    found = asking(good(), mailto="me@example.org").client.work(f"https://doi.org/{DOI.upper()}")
    assert found.fields() == {
        "title": "Growth of (AB)34 & its Isomers in Oil",
        "authors": ["Anna B. Ash", "Birch", "The Collaboration"],
        "journal": "Journal of Trees",
        "year": 2020,
        "volume": "12",
        "pages": "1-9",
        "doi": DOI,
    }
    assert found.notices == ("retraction",) and not found.cached
    ((path, agent),) = server.asked
    assert path == "/works/10.1000%2Fabc.123?mailto=me%40example.org"
    assert agent.startswith("mechkg/") and "mailto:me@example.org" in agent


@pytest.mark.parametrize(
    "odd",
    [
        {"title": [], "author": None, "container-title": "x", "issued": {"date-parts": [[None]]}, "page": 7, "updated-by": {}},
        {"title": [3], "author": [3, {}], "issued": {"date-parts": []}, "published-print": {"date-parts": [["2020"]]}},
    ],
)
def test_what_an_answer_lacks_or_says_oddly_is_left_out(asking: Callable[..., Asking], odd: dict[str, Any]) -> None:
    fields = asking(good(**{"published-print": None, **odd})).client.work(DOI).fields()
    assert fields["doi"] == DOI and not {"title", "authors"} & fields.keys()


# --- kept -------------------------------------------------------------------------------------------------------------


def test_what_was_fetched_is_there_without_a_network_with_its_age(
    asking: Callable[..., Asking], server: Server, tmp_path: Path
) -> None:
    first = asking(good()).client.work(DOI)
    again = Crossref(tmp_path / "kept", None).work(DOI)
    assert again.fields() == first.fields() and again.cached and len(server.asked) == 1
    assert again.age(again.fetched_at + timedelta(days=400)) == "400 days ago"
    assert asking(good()).client.work(DOI).cached and len(server.asked) == 1


def test_it_is_asked_anew_when_that_is_said(asking: Callable[..., Asking]) -> None:
    asking(good()).client.work(DOI)
    found = asking(good(), good(volume="13")).client.work(DOI, refresh=True)
    assert (found.volume, found.cached) == ("13", False)


def test_without_a_network_it_says_so_and_how_to_change_that(tmp_path: Path, asking: Callable[..., Asking]) -> None:
    with pytest.raises(
        UnreachableError, match=r"may not use the network, and it was not fetched before .*MECHKG_NETWORK=crossref"
    ):
        Crossref(tmp_path / "kept", None).work(DOI)
    asking(good()).client.work(DOI)
    with pytest.raises(UnreachableError, match="what was fetched just now is kept"):
        Crossref(tmp_path / "kept", None).work(DOI, refresh=True)


def test_what_was_damaged_is_fetched_anew(asking: Callable[..., Asking], server: Server, tmp_path: Path) -> None:
    asking(good()).client.work(DOI)
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_text("{", encoding="utf-8")
    assert not asking(good()).client.work(DOI).cached and len(server.asked) == 2


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_a_doi_that_is_not_there(asking: Callable[..., Asking], server: Server, tmp_path: Path) -> None:
    made = asking(Answer(404, b"Resource not found."))
    with pytest.raises(NotFoundError, match=f"does not have the DOI '{DOI}'"):
        made.client.work(DOI)
    assert len(server.asked) == 1 and not made.waited and not (tmp_path / "kept").exists()


def test_it_waits_as_long_as_it_is_asked_to(asking: Callable[..., Asking], server: Server) -> None:
    made = asking(Answer(429, headers=(("Retry-After", "7"),)), Answer(503), good())
    assert made.client.work(DOI).volume == "12"
    assert made.waited == [7.0, 1.0] and len(server.asked) == 3


def test_it_waits_until_a_date(asking: Callable[..., Asking]) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    made = asking(Answer(429, headers=(("Retry-After", then),)), good())
    made.client.work(DOI)
    assert 17 < made.waited[0] <= 20


def test_it_does_not_wait_for_very_long(asking: Callable[..., Asking], server: Server) -> None:
    made = asking(Answer(429, headers=(("Retry-After", "3600"),)), good())
    with pytest.raises(UnreachableError, match="asks to wait 3600 seconds"):
        made.client.work(DOI)
    assert not made.waited and len(server.asked) == 1


@pytest.mark.parametrize("retry_after", ["soon", "-5", ""])
def test_a_wait_that_cannot_be_read_is_the_usual_one(asking: Callable[..., Asking], retry_after: str) -> None:
    made = asking(Answer(429, headers=(("Retry-After", retry_after),)), good())
    made.client.work(DOI)
    assert made.waited == [0.5]


def test_it_gives_up_after_some_tries(asking: Callable[..., Asking], server: Server) -> None:
    made = asking(Answer(500))
    with pytest.raises(UnreachableError, match="HTTP 500"):
        made.client.work(DOI)
    assert made.waited == [0.5, 1.0, 2.0] and len(server.asked) == crossref.TRIES


def test_nobody_there(tmp_path: Path, server: Server) -> None:
    waited: list[float] = []
    client = Crossref(tmp_path, Endpoint("http://127.0.0.1:9"), sleep=waited.append, seconds=1)
    with pytest.raises(UnreachableError, match="cannot be reached"):
        client.work(DOI)
    assert len(waited) == crossref.TRIES - 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"message": []}', b'{"message": {}}', b'{"message": {"DOI": 3}}', b"\xff\xfe", b"[" * 100_000],
)
def test_an_answer_that_cannot_be_read_is_not_kept(asking: Callable[..., Asking], body: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be read"):
        asking(Answer(200, body)).client.work(DOI)
    assert not (tmp_path / "kept").exists()


def test_an_answer_for_another_doi_is_refused(asking: Callable[..., Asking]) -> None:
    with pytest.raises(UnreachableError, match=r"another DOI, '10\.1000/other'"):
        asking(good(DOI="10.1000/other")).client.work(DOI)


def test_an_answer_without_end_is_cut(asking: Callable[..., Asking], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossref, "LARGEST", 100)
    with pytest.raises(UnreachableError, match="more than 100 bytes"):
        asking(good()).client.work(DOI)


def test_a_redirect_on_the_same_host_is_followed(asking: Callable[..., Asking], server: Server) -> None:
    made = asking(Answer(301, headers=(("Location", "/v1/works/10.1000%2Fabc.123"),)), good())
    assert made.client.work(DOI).volume == "12"
    assert [path for path, _ in server.asked] == ["/works/10.1000%2Fabc.123", "/v1/works/10.1000%2Fabc.123"]


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:1/works/x", "https://127.0.0.1/works", "//example.org/x", "file:///etc/passwd"]
)
def test_a_redirect_to_another_host_is_refused(asking: Callable[..., Asking], server: Server, where: str) -> None:
    with pytest.raises(UnreachableError, match="another host"):
        asking(Answer(302, headers=(("Location", where),)), good()).client.work(DOI)
    assert len(server.asked) == 1


def test_redirects_in_a_circle_end(asking: Callable[..., Asking], server: Server) -> None:
    with pytest.raises(UnreachableError, match="in a circle"):
        asking(Answer(302, headers=(("Location", "/works/x"),))).client.work(DOI)
    assert len(server.asked) == 4


# --- what is allowed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, None),
        ({"MECHKG_NETWORK": ""}, None),
        ({"MECHKG_NETWORK": "orcid"}, None),
        ({"MECHKG_MAILTO": "me@example.org"}, None),
        ({"MECHKG_NETWORK": "orcid, Crossref"}, Endpoint()),
        ({"MECHKG_NETWORK": "crossref", "MECHKG_CROSSREF_URL": "http://here/"}, Endpoint("http://here")),
    ],
)
def test_nothing_is_asked_unless_it_is_allowed(environment: dict[str, str], endpoint: Endpoint | None) -> None:
    assert allowed_endpoint(environment) == endpoint


@pytest.mark.parametrize("address", ["me", "me@x\r\nHost: y", "a@b>, <c@d"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInputError, match="is no address"):
        allowed_endpoint({"MECHKG_NETWORK": "crossref", "MECHKG_MAILTO": address})


@pytest.mark.parametrize(
    "text", ["", "abc", "10.1/x", "10.1000/", "10.1000/a b", "http://example.org/10.1000/x", "10.1000/" + "x" * 300]
)
def test_what_is_no_doi_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="is no DOI"):
        plain_doi(text)


@pytest.mark.parametrize(
    "text", ["10.1000/X", "doi:10.1000/x", "DOI: 10.1000/x", "http://dx.doi.org/10.1000/x", " https://doi.org/10.1000/X "]
)
def test_a_doi_is_read_however_it_is_written(text: str) -> None:
    assert plain_doi(text) == "10.1000/x"
