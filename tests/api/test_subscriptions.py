"""Subscriptions over a WebSocket (graphql-transport-ws): what happens is told, filtered, and from where one left off."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from mechkg.api.app import create_app
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.curation.tokens import issue, revoke_all
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
    client: TestClient, query: str, headers: dict[str, str] | None = None, said: dict[str, Any] | None = None, **variables: Any
) -> Iterator[WebSocketTestSession]:
    """Subscribe, having ``said`` so much at the beginning; the block ends the connection."""
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"], headers=headers or {}) as socket:
        socket.send_json({"type": "connection_init", **({"payload": said} if said is not None else {})})
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
        (
            {"kinds": ["COMMENT"]},
            ["cleo commented on item b-seen", "ben commented on observation b-seen", "ben commented on document"],
        ),
        ({"item": "b-seen"}, ["cleo commented on item b-seen", "ben commented on observation b-seen"]),
        ({"document": "paper"}, ["cleo proposed claim a-1"]),
        (
            {"person": "ben", "kinds": ["COMMENT"]},
            ["ben commented on observation b-seen", "ben commented on document case-small"],
        ),
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


@pytest.mark.parametrize("key", ["authorization", "Authorization", "AUTHORIZATION"])
def test_a_browser_says_who_asks_at_the_beginning(client: TestClient, workspace: Workspace, tmp_path: Path, key: str) -> None:
    """Browsers can send no header along with a WebSocket: the token is in the first message."""
    mine = watch(workspace, CLEO, Hypothesis("small", "both"))
    before = workspace.ledger.position()
    said = {key: signed_in(workspace, CLEO)["Authorization"]}
    with listening(client, CHANGES, said=said, after=before) as socket:
        load(workspace.ledger, SEEN_C, tmp_path)
        assert told(socket)["watch"] == {"localName": mine.id}


def test_the_token_of_the_first_message_goes_before_that_of_the_header(client: TestClient, workspace: Workspace) -> None:
    said = {"authorization": signed_in(workspace, BEN)["Authorization"]}
    with listening(client, "{ me { person { localName } } }", signed_in(workspace, CLEO), said) as socket:
        assert told(socket) == {"person": {"localName": "ben"}}


def test_acts_are_told_with_a_token_and_without(client: TestClient, workspace: Workspace) -> None:
    said = {"authorization": signed_in(workspace, CLEO)["Authorization"]}
    last = workspace.ledger.position()
    with listening(client, ACTS, said=said, after=last) as known, listening(client, ACTS, said={}, after=last) as unknown:
        comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
        assert told(known) == told(unknown)


EXPIRED, REVOKED = "this token expired on ", "this token was revoked on "


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("expired", EXPIRED),
        ("revoked", REVOKED),
        ("Bearer mkg_", "this is no token of mechkg"),
        ("Basic Y2xlbzpjbGVv", "there is one way to authorise here: Bearer"),
        (7, "there is one way to authorise here: Bearer"),
        (None, "there is one way to authorise here: Bearer"),
    ],
)
def test_a_token_that_does_not_hold_closes_the_connection(
    client: TestClient, workspace: Workspace, said: Any, reason: str
) -> None:
    if said in ("expired", "revoked"):
        lasts = timedelta(microseconds=1) if said == "expired" else timedelta(days=1)
        text, _ = issue(workspace.ledger, CLEO, "laptop", Grant("reader"), lasts=lasts)
        if said == "revoked":
            revoke_all(workspace.ledger, CLEO, "cleo")
        said = f"Bearer {text.reveal()}"
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": {"authorization": said}})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4403
    assert closed.value.reason.startswith(reason)


def test_a_token_in_the_header_that_does_not_hold_opens_no_connection(client: TestClient) -> None:
    headers = {"Authorization": "Bearer mkg_"}
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"], headers=headers),
    ):
        pass
    assert refusal.value.status_code == 401
    assert refusal.value.json()["code"] == "mechkg.unauthenticated"


@pytest.mark.parametrize("by", ["message", "header"])
def test_what_is_listened_to_ends_with_the_token(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr("mechkg.api.holding.PAUSE", 0.1)
    header = signed_in(workspace, CLEO)
    last = workspace.ledger.position()
    given: dict[str, Any] = {"said": header} if by == "message" else {"headers": header}
    with listening(client, ACTS, **given, after=last) as socket:
        comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
        told(socket)
        assert [token.name for token in revoke_all(workspace.ledger, CLEO, "cleo")] == ["of cleo as reader"]
        while (message := socket.receive_json())["payload"]["data"] is not None:
            pass  # that it was revoked is an act as well, which may be told before
        [error] = message["payload"]["errors"]
        assert socket.receive_json()["type"] == "complete"
        # what is asked next on this connection is refused too
        socket.send_json({"id": "2", "type": "subscribe", "payload": {"query": "{ graphVersion }"}})
        again = refused(socket)
    for found in (error, again):
        assert found["extensions"]["code"] == "mechkg.unauthenticated"
        assert found["message"].startswith(REVOKED)


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


@pytest.mark.parametrize("by", ["header", "message", "nothing"])
def test_through_a_real_server(workspace: Workspace, by: str) -> None:
    """What a program meets: uvicorn, its WebSocket, a token in the header, in the first message, or none."""
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
        header = signed_in(workspace, CLEO)
        last = workspace.ledger.position()
        with connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers=header if by == "header" else None,
        ) as socket:
            socket.send(json.dumps({"type": "connection_init", **({"payload": header} if by == "message" else {})}))
            assert json.loads(socket.recv(10))["type"] == "connection_ack"
            payload = {"query": ACTS, "variables": {"after": last}}
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            comment(workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")
            message = json.loads(socket.recv(10))
        assert message["payload"]["data"]["acts"]["sentence"] == "cleo commented on item b-seen"
    finally:
        server.should_exit = True
        thread.join(20)
