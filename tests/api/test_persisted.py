"""Operations by name: examples, trusted documents, automatic persisted queries, and installations that answer no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api import persisted
from mechkg.api.app import create_app
from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.api.persisted import Persisted
from mechkg.errors import BadInputError
from mechkg.service.workspace import Workspace
from mechkg.web.graphiql import examples

TEXT = "{ graphVersion }"
DIGEST = sha256(TEXT.encode()).hexdigest()


def by_digest(digest: str = DIGEST) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


def code(answer: Any) -> str:
    [error] = answer.json()["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "version.graphql").write_text(TEXT)
    (tmp_path / "built.json").write_text(json.dumps({"sha256:papers": "query Papers { documents { nodes { localName } } }"}))
    (tmp_path / "notes.txt").write_text("nothing to read")
    return tmp_path


@pytest.fixture
def strict(shipped: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("MECHKG_OPERATIONS", str(folder))
    with TestClient(create_app(shipped)) as client:
        yield client


# --- sent once, then by digest ------------------------------------------------------------------------------------------


def test_a_text_is_sent_once(shipped: Workspace) -> None:
    with TestClient(create_app(shipped)) as client:
        unknown = client.get("/graphql", params={"extensions": json.dumps(by_digest())})
        assert code(unknown) == "graphql.persisted-not-found"
        assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"  # what clients look for
        assert client.post("/graphql", json={"query": TEXT, "extensions": by_digest()}).json()["data"]
        known = client.get("/graphql", params={"extensions": json.dumps(by_digest(DIGEST.upper()))})
        assert known.json()["data"] == {"graphVersion": shipped.version}


def test_a_digest_of_something_else_is_refused(client: TestClient) -> None:
    answer = client.post("/graphql", json={"query": "{ documents { nodes { localName } } }", "extensions": by_digest()})
    assert code(answer) == "graphql.persisted-mismatch"


@pytest.mark.parametrize("given", [1, {}, {"version": 2, "sha256Hash": DIGEST}, {"version": 1, "sha256Hash": 5}])
def test_a_digest_that_is_none(client: TestClient, given: object) -> None:
    assert code(client.post("/graphql", json={"query": TEXT, "extensions": {"persistedQuery": given}})) == "graphql.request"


def test_what_is_not_valid_is_not_remembered(client: TestClient) -> None:
    text = "{ nothing }"
    digest = sha256(text.encode()).hexdigest()
    assert code(client.post("/graphql", json={"query": text, "extensions": by_digest(digest)})) == "graphql.validation"
    assert code(client.post("/graphql", json={"extensions": by_digest(digest)})) == "graphql.persisted-not-found"


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted, "MOST_REMEMBERED", 2)
    kept = Persisted({})
    digests = {text: sha256(text.encode()).hexdigest() for text in ("{ a }", "{ b }", "{ c }")}

    def known(text: str) -> bool:
        try:
            return kept.text_of(GraphQLRequest(None, extensions=by_digest(digests[text]))) == text
        except RequestError:
            return False

    for text in ("{ a }", "{ b }"):
        kept.remember(GraphQLRequest(text, extensions=by_digest(digests[text])))
    assert known("{ a }")  # asked again, so {b} is now the oldest
    kept.remember(GraphQLRequest("{ c }", extensions=by_digest(digests["{ c }"])))
    assert [known(text) for text in digests] == [True, False, True]


# --- known beforehand -----------------------------------------------------------------------------------------------------


def test_every_example_can_be_asked_by_name(client: TestClient) -> None:
    one = examples()[0]
    by_text = client.post("/graphql", json={"query": one.query}).json()
    digest = sha256(one.query.encode()).hexdigest()
    for name in (one.name, digest, f"sha256:{digest}"):
        assert client.get("/graphql", params={"documentId": name}).json() == by_text
    missed = client.get("/graphql", params={"documentId": f"{one.name}s"})
    assert code(missed) == "graphql.persisted-not-found"
    assert missed.json()["errors"][0]["extensions"]["hint"] == f"did you mean '{one.name}'?"


def test_nothing_else_is_answered(strict: TestClient, shipped: Workspace) -> None:
    assert strict.get("/graphql", params={"documentId": "version"}).json()["data"] == {"graphVersion": shipped.version}
    assert strict.post("/graphql", json={"documentId": "sha256:papers"}).json()["data"]["documents"]
    assert strict.post("/graphql", json={"documentId": examples()[0].name}).json()["data"]
    assert strict.post("/graphql", json={"query": TEXT}).json()["data"]  # the very text of one that is known
    other = strict.post("/graphql", json={"query": "{ graphVersion  }"})
    assert (other.status_code, code(other)) == (403, "graphql.not-allowed")
    text = "{ documents { nodes { localName } } }"
    sent = {"query": text, "extensions": by_digest(sha256(text.encode()).hexdigest())}
    assert code(strict.post("/graphql", json=sent)) == "graphql.not-allowed"
    assert code(strict.post("/graphql", json={"extensions": sent["extensions"]})) == "graphql.persisted-not-found"


def test_nothing_else_is_answered_over_a_web_socket(strict: TestClient) -> None:
    with strict.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "subscription { acts { sentence } }"}})
        message = socket.receive_json()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "graphql.not-allowed"


def test_others_are_answered_where_that_is_wanted(shipped: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_OPERATIONS", str(folder))
    monkeypatch.setenv("MECHKG_GRAPHQL_ONLY", "off")
    with TestClient(create_app(shipped)) as client:
        assert client.post("/graphql", json={"query": "{ a: graphVersion }"}).json()["data"]
        assert client.get("/graphql", params={"documentId": "version"}).json()["data"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("two.json", '{"version": "{ documents { nodes { localName } } }"}', "two operations called 'version'"),
        ("list.json", '["{ a }"]', "map ids of operations"),
        ("broken.json", "{", "cannot be read"),
    ],
)
def test_a_folder_that_cannot_be_read(folder: Path, name: str, content: str, words: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(BadInputError, match=words):
        Persisted.read(folder)
    with pytest.raises(BadInputError, match="no folder"):
        Persisted.read(folder / "nowhere")
