"""The endpoint: methods, media types, entity tags, what may be kept, limits of time and number, and errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.context import Context
from mechkg.service.workspace import Workspace
from tests.api.changing import opened, signed_in
from tests.curation.staff import BEN, CLEO, proposed, put

GRAPHQL = {"Accept": "application/graphql-response+json"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def own(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace)) as client:
        yield client


def code(answer: Any) -> str:
    found = answer.json()
    assert "data" not in found
    [error] = found["errors"]
    return str(error["extensions"]["code"])


# --- methods and media types --------------------------------------------------------------------------------------------


def test_a_query_by_get_says_the_same_as_by_post(client: TestClient) -> None:
    asked = {"query": "query ($n: String!) { item(name: $n) { localName } }", "variables": '{"n": "cdte-pc-371"}'}
    by_get = client.get("/graphql", params=asked)
    by_post = client.post("/graphql", json={"query": asked["query"], "variables": {"n": "cdte-pc-371"}})
    assert by_get.json() == by_post.json()
    assert by_get.json()["data"] == {"item": {"localName": "cdte-pc-371"}}
    assert by_post.headers["cache-control"] == "no-store"
    assert client.head("/graphql", params=asked).status_code == 200


def test_only_a_query_is_asked_by_get(client: TestClient) -> None:
    answer = client.get("/graphql", params={"query": "mutation { __typename }"})
    assert (answer.status_code, code(answer), answer.headers["allow"]) == (405, "graphql.method", "POST")
    answer = client.delete("/graphql")
    assert (answer.status_code, code(answer), answer.headers["allow"]) == (405, "graphql.method", "GET, HEAD, POST")


def test_a_browser_gets_the_page_and_a_program_an_answer(client: TestClient) -> None:
    html = "text/html,application/xhtml+xml,*/*;q=0.8"
    assert "<!doctype html>" in client.get("/graphql", headers={"Accept": html}).text
    assert client.get("/graphql", params={"query": "{ __typename }"}, headers={"Accept": html}).json()["data"]
    assert code(client.get("/graphql")) == "graphql.request"


@pytest.mark.parametrize("status_of", [("{", 400), ("{ nothing }", 400), ("query A { __typename } query B { __typename }", 400)])
def test_the_status_is_for_who_can_read_it(client: TestClient, status_of: tuple[str, int]) -> None:
    query, status = status_of
    assert client.post("/graphql", json={"query": query}).status_code == 200
    answer = client.post("/graphql", json={"query": query}, headers=GRAPHQL)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"


def test_what_cannot_be_read_or_given(client: TestClient) -> None:
    answer = client.post("/graphql", content="query={__typename}", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, code(answer)) == (415, "graphql.media-type")
    answer = client.post("/graphql", json={"query": "{ __typename }"}, headers={"Accept": "application/xml"})
    assert (answer.status_code, code(answer)) == (406, "graphql.not-acceptable")
    answer = client.post("/graphql", json=[{"query": "{ __typename }"}])
    assert (answer.status_code, code(answer)) == (400, "graphql.request")


def test_a_body_that_does_not_say_how_long_it_is(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    answer = client.post("/graphql", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, code(answer)) == (413, "graphql.too-large")


def test_which_operation_is_meant(client: TestClient) -> None:
    text = "query One { a: __typename } query Two { b: __typename }"
    assert client.post("/graphql", json={"query": text, "operationName": "Two"}).json()["data"] == {"b": "Query"}
    for name in (None, "Three"):
        assert code(client.post("/graphql", json={"query": text, "operationName": name})) == "graphql.operation"


# --- what may be kept -----------------------------------------------------------------------------------------------------


def test_who_has_an_answer_asks_whether_it_holds(own: TestClient, workspace: Workspace) -> None:
    asked = {"query": "{ graphVersion changeSets(first: 1) { totalCount } }"}
    first = own.get("/graphql", params=asked)
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Accept, Authorization, Cookie"
    known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    again = own.get("/graphql", params=asked, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = own.get("/graphql", params=asked, headers={**known, **GRAPHQL})
    assert other.status_code == 200  # another media type is another answer
    proposed(workspace.ledger, put("a-1"), by=BEN)
    changed = own.get("/graphql", params=asked, headers=known)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_an_answer_to_a_person_is_kept_by_that_person_alone(own: TestClient, workspace: Workspace) -> None:
    asked = {"query": "{ me { person { localName } } }"}
    nobody = own.get("/graphql", params=asked)
    assert nobody.json()["data"] == {"me": None}
    mine = own.get("/graphql", params=asked, headers={**signed_in(workspace, CLEO), "If-None-Match": nobody.headers["etag"]})
    assert mine.json()["data"]["me"]["person"]["localName"] == "cleo"
    assert mine.headers["cache-control"] == "private, no-cache"


def test_an_answer_with_errors_is_not_kept(client: TestClient) -> None:
    answer = client.get("/graphql", params={"query": '{ item(name: "nowhere") { localName } }'})
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


# --- errors ---------------------------------------------------------------------------------------------------------------


def test_what_could_be_answered_is_answered(client: TestClient) -> None:
    answer = client.post(
        "/graphql", json={"query": '{ me { person { localName } } graphVersion item(name: "x") { localName } }'}, headers=GRAPHQL
    )
    assert answer.status_code == 200
    assert answer.json()["data"]["graphVersion"] > 0 and answer.json()["data"]["item"] is None
    assert [error["path"] for error in answer.json()["errors"]] == [["item"]]


def test_every_answer_tells_its_cost(client: TestClient) -> None:
    answer = client.post("/graphql", json={"query": "{ graphVersion documents(first: 30) { nodes { localName title } } }"}).json()
    assert answer["extensions"]["cost"] == {"requested": 63, "limit": 100_000}
    refused = client.post("/graphql", json={"query": "query ($n: Int!) { allSpecies(first: $n) { totalCount } }"}).json()
    assert refused["errors"][0]["extensions"]["code"] == "graphql.variables"
    assert refused["extensions"]["cost"]["requested"] > 0


def test_a_token_that_does_not_hold(client: TestClient) -> None:
    answer = client.post("/graphql", json={"query": "{ __typename }"}, headers={"Authorization": "Bearer mkg_x", **GRAPHQL})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert code(answer) == "mechkg.unauthenticated"


def test_what_takes_too_long_is_given_up(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from mechkg.api import graphql_http

    async def slow(*_: object) -> None:
        await asyncio.sleep(30)

    monkeypatch.setenv("MECHKG_GRAPHQL_SECONDS", "0.05")
    monkeypatch.setattr(graphql_http.GraphQLEndpoint, "run", slow)
    with TestClient(create_app(workspace)) as client:
        answer = client.post("/graphql", json={"query": "{ graphVersion }"})
    assert (answer.status_code, code(answer)) == (503, "graphql.timeout")
    assert answer.json()["extensions"]["cost"]["requested"] == 1


def test_a_fault_within_is_not_told(own: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from mechkg.api import graphql_http

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(graphql_http.GraphQLEndpoint, "run", fail)
    answer = own.post("/graphql", json={"query": "{ graphVersion }"})
    assert (answer.status_code, code(answer)) == (500, "mechkg.internal")
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


def test_a_refused_request_is_not_logged_as_a_fault(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    for body in (
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "query ($n: Int!) { allSpecies(first: $n) { totalCount } }"},
    ):
        assert "errors" in client.post("/graphql", json=body).json()
    assert caplog.records == []


# --- how often --------------------------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_GRAPHQL_RATE", "0.01")
    monkeypatch.setenv("MECHKG_GRAPHQL_BURST", "3")
    with TestClient(create_app(workspace)) as client:
        answers = [client.post("/graphql", json={"query": "{ __typename }"}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert code(answers[-1]) == "graphql.rate-limited"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 100
        mine = client.post("/graphql", json={"query": "{ __typename }"}, headers=signed_in(workspace, CLEO))
        assert mine.status_code == 200  # a person is counted as such, wherever from


def test_numbers_of_any_size_are_written(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from mechkg.api import graphql_http
    from mechkg.api.execution import Result

    async def huge(self: object, operation: object, context: Context) -> Result:
        return Result({"count": 2**80, "ratio": 0.5})

    monkeypatch.setattr(graphql_http.GraphQLEndpoint, "run", huge)
    assert client.post("/graphql", json={"query": "{ graphVersion }"}).json()["data"] == {"count": 2**80, "ratio": 0.5}


def test_who_goes_in_the_midst_of_a_request_is_no_failure(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(workspace)
    parts = iter([{"type": "http.request", "body": b'{"query": ', "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": headers,
    }
    scope |= {"client": ("127.0.0.1", 1), "server": ("testserver", 80), "scheme": "http", "http_version": "1.1", "root_path": ""}
    asyncio.run(app(scope, receive, send))
    assert sent == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
