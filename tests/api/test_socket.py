"""Operations over a WebSocket are let in by the same door as those by HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened
from tests.api.hostile import HOSTILE, Hostile


def sent(client: TestClient, *payloads: dict[str, Any]) -> list[dict[str, Any]]:
    """Send operations one after the other; return the first message that answers each."""
    found = []
    with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        for number, payload in enumerate(payloads):
            socket.send_json({"id": str(number), "type": "subscribe", "payload": payload})
            message = socket.receive_json()
            found.append(message)
            if message["type"] == "next":
                assert socket.receive_json()["type"] == "complete"
    return found


def code(message: dict[str, Any]) -> str:
    assert message["type"] == "error", message
    return str(message["payload"][0]["extensions"]["code"])


def test_a_query_is_answered_with_its_cost(client: TestClient, shipped: Workspace) -> None:
    [message] = sent(client, {"query": "{ graphVersion }"})
    assert message["payload"]["data"] == {"graphVersion": shipped.version}
    assert message["payload"]["extensions"]["cost"]["requested"] == 1


def test_errors_have_their_codes(client: TestClient) -> None:
    wrong, missing = {"query": "{ nothing }"}, {"query": '{ item(name: "nowhere") { localName } }'}
    variables = {"query": "query ($n: Int!) { allSpecies(first: $n) { totalCount } }"}
    refused, failed, unfit = sent(client, wrong, missing, variables)
    assert code(refused) == "graphql.validation"
    assert failed["payload"]["errors"][0]["extensions"]["code"] == "mechkg.not_found"
    assert code(unfit) == "graphql.variables"


BEYOND = [one for one in HOSTILE if one.code in ("graphql.depth", "graphql.fields", "graphql.cost")]


@pytest.mark.parametrize("hostile", BEYOND, ids=lambda hostile: hostile.name)
def test_a_hostile_operation_is_refused(client: TestClient, hostile: Hostile) -> None:
    [message] = sent(client, json.loads(hostile.body))
    assert code(message) == hostile.code


def test_who_asks_too_often_waits(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_GRAPHQL_RATE", "0.01")
    monkeypatch.setenv("MECHKG_GRAPHQL_BURST", "2")
    with TestClient(create_app(shipped)) as client:
        *let_in, refused = sent(client, *[{"query": "{ __typename }"}] * 3)
    assert [message["type"] for message in let_in] == ["next", "next"]
    assert code(refused) == "graphql.rate-limited"


def test_each_operation_is_answered_from_what_counts_then(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace, TestClient(create_app(workspace)) as client:
        with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
            socket.send_json({"type": "connection_init"})
            socket.receive_json()
            versions = []
            for number in range(2):
                socket.send_json({"id": str(number), "type": "subscribe", "payload": {"query": "{ graphVersion }"}})
                versions.append(socket.receive_json()["payload"]["data"]["graphVersion"])
                assert socket.receive_json()["type"] == "complete"
                load(workspace.ledger, SEEN_C, tmp_path)
        assert versions[1] > versions[0]
