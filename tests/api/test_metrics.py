"""Metrics count what is asked by names known beforehand, and are told to whom they are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.metrics import Door
from mechkg.client.operations import ASK
from mechkg.errors import BadInputError
from mechkg.service.workspace import Workspace

Made = Callable[..., TestClient]


@pytest.fixture(scope="module")
def made(shipped: Workspace) -> Made:
    """Return what makes a client, from an address, of an application under some variables."""
    apps: dict[tuple[tuple[str, str], ...], FastAPI] = {}

    def make(host: str = "127.0.0.1", **variables: str) -> TestClient:
        key = tuple(sorted(variables.items()))
        if key not in apps:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in key:
                    patch.setenv(name, value)
                apps[key] = create_app(shipped)
        return TestClient(apps[key], client=(host, 50000))

    return make


def read(client: TestClient) -> dict[tuple[str, ...], float]:
    """All samples: name and values of its labels -> value. What is read is what Prometheus reads."""
    text = client.get("/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, *(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def test_requests_operations_and_errors_are_counted(made: Made) -> None:
    client = made(MECHKG_METRICS="open")
    spaces = {"query": "{ hypothesisSpaces(first: 3) { totalCount } }"}
    client.post("/graphql", json=spaces)
    client.post("/graphql", json=spaces)
    client.post("/graphql", json={"documentId": "verdicts", "variables": {}})
    client.post("/graphql", json={"query": ASK, "variables": {"name": "no-such-question"}})
    client.post("/graphql", json={"query": "{ nope }"})
    client.get("/sparql?query=SELEC", headers={"Accept": "application/json"})
    client.get("/feeds/acts.atom")
    client.get("/nowhere")
    seen = read(client)
    assert seen["mechkg_http_requests_total", "POST", "/graphql", "200"] == 5
    assert seen["mechkg_http_requests_total", "GET", "none", "404"] == 1
    assert seen["mechkg_http_requests_total", "GET", "/feeds/acts.{form}", "200"] == 1
    assert seen["mechkg_http_request_seconds_count", "/graphql"] == 5
    assert seen["mechkg_graphql_operations_total", "query", "other", "answered"] == 2
    assert seen["mechkg_graphql_operation_seconds_count", "other"] == 2
    assert seen["mechkg_graphql_operations_total", "query", "Ask", "failed"] == 1
    assert seen["mechkg_errors_total", "graphql.validation"] == 1
    assert seen["mechkg_errors_total", "mechkg.query"] == 1
    assert seen["mechkg_kept_answers_found_total",] == 1
    ledger = seen["mechkg_ledger_position",]
    assert seen["mechkg_graph_position",] == ledger > 0
    assert seen["mechkg_graph_lag_acts",] == 0
    assert seen["mechkg_ledger_reachable",] == 1
    assert seen["mechkg_reasoning_waiting",] == seen["mechkg_reasoning_running",] == 0
    assert seen["process_resident_memory_bytes",] > 1e6


def test_a_shipped_operation_is_counted_by_its_name_and_none_can_be_made_up(made: Made) -> None:
    client = made()
    for number in range(30):
        client.post(
            "/graphql", json={"query": f"query Verdicts{number} {{ hypothesisSpaces(first: {number + 1}) {{ totalCount }} }}"}
        )
        client.request(f"BREW{number}", f"/made-up-{number}")
    before = {key for key in read(client) if key[0].startswith("mechkg_")}
    for number in range(30, 60):
        client.post(
            "/graphql", json={"query": f"query Verdicts{number} {{ hypothesisSpaces(first: {number + 1}) {{ totalCount }} }}"}
        )
        client.request(f"BREW{number}", f"/made-up-{number}")
    after = {key for key in read(client) if key[0].startswith("mechkg_")}
    assert {key for key in after - before if "/metrics" not in key} == set()


def test_operations_over_a_websocket_are_counted(made: Made) -> None:
    with made(MECHKG_GRAPHQL_COST="1000") as client:
        with client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
            socket.send_json({"type": "connection_init"})
            assert socket.receive_json()["type"] == "connection_ack"
            socket.send_json(
                {"id": "1", "type": "subscribe", "payload": {"query": "{ hypothesisSpaces(first: 3) { totalCount } }"}}
            )
            assert socket.receive_json()["type"] == "next"
            assert socket.receive_json()["type"] == "complete"
            assert read(client)["mechkg_websockets",] == 1
        assert read(client)["mechkg_graphql_operations_total", "query", "other", "answered"] == 1


# --- who may read them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.0.0.9", {}, 403),
        ("2001:db8::1", {}, 403),
        ("testclient", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}, 403),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.9"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("10.0.0.9", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_unless_told_otherwise_this_machine_alone_may(made: Made, host: str, headers: dict[str, str], status: int) -> None:
    assert made(host).get("/metrics", headers=headers).status_code == status


def test_who_shows_the_token_may_from_wherever(made: Made, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret-of-metrics\n")
    client = made("10.0.0.9", MECHKG_METRICS_TOKEN_FILE=str(tmp_path / "token"))
    assert client.get("/metrics").status_code == 401
    for given in (
        "Bearer wrong",
        "Bearer ",
        "Basic s3cret-of-metrics",
        "s3cret-of-metrics",
        "Bearer s3cret-of-metricsx",
        "Bearer é",
    ):
        assert client.get("/metrics", headers=[(b"authorization", given.encode())]).status_code == 401, given
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret-of-metrics"}).status_code == 200
    assert made(MECHKG_METRICS="off").get("/metrics").status_code == 403


def test_settings_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    assert Door.read({"MECHKG_METRICS": "open"}).setting == "open"
    with pytest.raises(BadInputError, match="did you mean local"):
        Door.read({"MECHKG_METRICS": "locl"})
    (tmp_path / "empty").write_text("\n")
    for name in ("none", "empty"):
        with pytest.raises(BadInputError, match=re.escape(str(tmp_path / name))):
            Door.read({"MECHKG_METRICS_TOKEN_FILE": str(tmp_path / name)})
