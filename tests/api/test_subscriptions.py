"""Subscriptions over a WebSocket (graphql-transport-ws): what happens is told, filtered, and from where one left off."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient, WebSocketTestSession
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from mechkg.api.app import create_app
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.curation.tokens import issue
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Grant
from mechkg.service.watches import Hypothesis, watch
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened, signed_in
from tests.curation.staff import BEN, CLEO, proposed, put

ACTS = """subscription ($after: Int, $kinds: [ActKind!], $item: String, $document: String, $material: String, $person: String,
  $changeSet: String) { acts(after: $after, filter: {kinds: $kinds, item: $item, document: $document, material: $material,
  person: $person, changeSet: $changeSet}) { sentence item position kind actor } }"""
CHANGES = (
    "subscription ($after: Int) { verdictChanges(after: $after) { "
    "watch { localName } flip { candidate before after cause position } } }"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace)) as client:
        yield client


@contextmanager
def listening(
    client: TestClient, query: str, headers: dict[str, str] | None = None, **variables: Any
) -> Iterator[WebSocketTestSession]:
    """Subscribe; the block ends the connection."""
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"], headers=headers or {}) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})
        yield socket


def told(socket: WebSocketTestSession) -> Any:
    message = socket.receive_json()
    assert message["type"] == "next", message
    [value] = message["payload"]["data"].values()
    return value


def refused(socket: WebSocketTestSession) -> Any:
    message = socket.receive_json()
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    return errors[0]


def test_from_where_one_left_off_and_on_as_it_happens(client: TestClient, workspace: Workspace) -> None:
    last = workspace.ledger.position()
    with listening(client, ACTS, after=last - 2) as socket:
        assert [told(socket)["position"] for _ in range(2)] == [last - 1, last]
        comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
        found = told(socket)
        assert found == {
            "sentence": "cleo commented on item b-seen",
            "item": None,
            "position": last + 1,
            "kind": "COMMENT",
            "actor": "cleo",
        }
        with Ledger.open(workspace.ledger._where) as other:  # another process
            proposed(other, put("a-1"), by=BEN)
        assert [told(socket)["position"] for _ in range(2)] == [last + 2, last + 3]


def test_more_at_once_than_are_read_at_once(client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.api.subscriptions._AT_ONCE", 7)
    with listening(client, ACTS, after=0) as socket:
        positions = [told(socket)["position"] for _ in range(workspace.ledger.position())]
    assert positions == list(range(1, workspace.ledger.position() + 1))


@pytest.mark.parametrize(
    ("wanted", "sentences"),
    [
        ({"kinds": ["COMMENT"]}, ["cleo commented on item b-seen", "ben commented on assertion RA", "ben commented on document"]),
        ({"item": "b-seen"}, ["cleo commented on item b-seen", "ben commented on assertion RA"]),
        ({"document": "paper"}, ["cleo proposed claim a-1"]),
        ({"person": "ben", "kinds": ["COMMENT"]}, ["ben commented on assertion RA", "ben commented on document case-small"]),
        ({"changeSet": "set-49"}, ["cleo proposed set-49", "cleo proposed claim a-1 (set-49)"]),
    ],
)
def test_only_what_is_asked_for(client: TestClient, workspace: Workspace, wanted: dict[str, Any], sentences: list[str]) -> None:
    before = workspace.ledger.position()
    assert before == 44
    with listening(client, ACTS, after=before, **wanted) as socket:
        comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
        seen = workspace.catalog.entries["b-seen"].record.id
        comment(workspace.ledger, BEN, Subject("assertion", seen), "it is")
        comment(workspace.ledger, BEN, Subject("document", "case-small"), "good")
        issue(workspace.ledger, CLEO, "laptop", Grant("reader"))
        assert proposed(workspace.ledger, put("a-1")).id == "set-49"
        for sentence in sentences:
            assert told(socket)["sentence"].startswith(sentence)


def test_verdicts_of_what_one_watches(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    mine = watch(workspace, CLEO, Hypothesis("small", "both"))
    watch(workspace, BEN, Hypothesis("small", "both"))
    before = workspace.ledger.position()
    with listening(client, CHANGES, signed_in(workspace, CLEO), after=before) as socket:
        load(workspace.ledger, SEEN_C, tmp_path)
        found = told(socket)
        assert found["watch"] == {"localName": mine.id}
        assert (found["flip"]["candidate"], found["flip"]["before"]) == ("both", "RULED_OUT")
        first = next(a.position for a in workspace.ledger.acts() if a.batch == workspace.ledger.batches()[-1].id)
        assert found["flip"]["cause"] == first
    with listening(client, CHANGES, signed_in(workspace, CLEO, "curator"), after=before) as socket:
        assert told(socket) == found  # told again to who comes back


@pytest.mark.parametrize(
    ("query", "variables", "code", "words"),
    [
        (ACTS, {"kinds": ["COMENT"]}, "graphql.variables", "'COMMENT'"),
        (ACTS, {"material": "cdx"}, "mechkg.not_found", "no material called 'cdx'"),
        (ACTS, {"after": 10**6}, "mechkg.bad_input", "no position 1000000"),
        (ACTS, {"after": -1}, "mechkg.bad_input", "no position -1"),
        (CHANGES, {}, "mechkg.unauthenticated", "who asks"),
    ],
)
def test_what_cannot_be_listened_to(client: TestClient, query: str, variables: Any, code: str, words: str) -> None:
    with listening(client, query, **variables) as socket:
        error = refused(socket)
    assert error["extensions"]["code"] == code
    assert words in error["message"]


def test_what_went_wrong_within_is_not_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("mechkg.api.subscriptions.find", fail)
    with listening(client, ACTS) as socket:
        error = refused(socket)
    assert (error["message"], error["extensions"]) == ("internal error", {"code": "mechkg.internal"})


def test_many_listen_and_not_too_many(client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.api.subscriptions.PAUSE", 0.2)
    monkeypatch.setattr("mechkg.api.subscriptions.MOST_LISTENERS", 4)
    last = workspace.ledger.position()
    with listening(client, ACTS, after=last) as a, listening(client, ACTS, after=last) as b:
        with listening(client, ACTS, after=last - 1) as c, listening(client, ACTS, after=last - 1) as d:
            assert told(c) == told(d)
            with listening(client, ACTS, after=last) as e:
                assert refused(e)["extensions"]["code"] == "mechkg.too_large"
        with listening(client, ACTS, after=last - 1) as f, listening(client, ACTS, after=last - 1) as g:
            assert told(f) == told(g)  # who left made room
        comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
        assert told(a) == told(b)


def test_another_protocol_is_refused(client: TestClient) -> None:
    with client.websocket_connect("/graphql", subprotocols=["graphql-ws"]) as socket:
        assert socket.receive()["type"] == "websocket.close"


def test_through_a_real_server(workspace: Workspace) -> None:
    """What a program meets: uvicorn, its WebSocket, a token in the header."""
    config = uvicorn.Config(create_app(workspace), port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < end
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        last = workspace.ledger.position()
        with connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers=signed_in(workspace, CLEO),
        ) as socket:
            socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(socket.recv(10))["type"] == "connection_ack"
            payload = {"query": ACTS, "variables": {"after": last}}
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
            message = json.loads(socket.recv(10))
        assert message["payload"]["data"]["acts"]["sentence"] == "cleo commented on item b-seen"
    finally:
        server.should_exit = True
        thread.join(20)
