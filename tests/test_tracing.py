"""Spans are sent to whom the standard variables name, and cost next to nothing where they name nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mechkg.tracing import span

# A process that answers requests while somebody collects: what arrives there is printed, a line for each span.
SERVED = """
import http.server, os, sys, threading
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = {a.key: a.value.string_value for a in resource.resource.attributes}["service.name"]
            for scope in resource.scope_spans:
                for one in scope.spans:
                    print(service, one.trace_id.hex(), one.parent_span_id.hex() or "-", one.span_id.hex(), one.name, sep="|")
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass

collector = http.server.HTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=collector.serve_forever, daemon=True).start()
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{collector.server_port}"

from mechkg import tracing
end = tracing.start()
from starlette.testclient import TestClient
from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace
from tests.curation.staff import employ
from mechkg.curation.assertions import propose, accept
from tests.curation.staff import claim

with Workspace.open(sys.argv[1]) as workspace:
    employ(workspace.ledger)
    record = claim()
    propose(workspace.ledger, record, actor="ana")
    accept(workspace.ledger, record.id, actor="ana")
    client = TestClient(create_app(workspace))
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    answer = client.post("/graphql", json={"query": "query Mine { graphVersion hiddenWords: totalNothing }"}, headers=headers)
    answer = client.post("/graphql", json={"query": "query Mine { graphVersion }"}, headers=headers)
    assert answer.json()["data"]["graphVersion"] > 0, answer.json()
    assert answer.headers["x-request-id"] == "0af7651916cd43dd8448eb211c80319c"
    client.get("/healthz")
end()
"""


def test_spans_of_requests_operations_acts_and_projections_arrive(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    found = subprocess.run(
        [sys.executable, "-c", SERVED, str(tmp_path)], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert found.returncode == 0, found.stderr[-2000:]
    spans = [line.split("|") for line in found.stdout.splitlines()]
    by_name = {name: (service, trace, parent, own) for service, trace, parent, own, name in spans}
    assert {"POST /graphql", "query Mine", "ledger write", "projection", "GET /healthz"} <= set(by_name)
    service, trace, parent, own = by_name["POST /graphql"]
    assert (service, trace, parent) == ("mechkg", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    operation = by_name["query Mine"]
    assert (operation[1], operation[2]) == (trace, own)
    assert by_name["GET /healthz"][1] != trace
    assert "hiddenWords" not in found.stdout


def test_where_nobody_collects_nothing_is_loaded() -> None:
    script = (
        "import sys, mechkg.tracing as t\n"
        "with t.span('a') as opened: assert opened is None\n"
        "t.start()()\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)


def test_a_span_that_nobody_collects_costs_microseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)
    best = 1.0
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(1000):
            with span("work"):
                pass
        best = min(best, time.perf_counter() - start)
    assert best / 1000 < 50e-6
