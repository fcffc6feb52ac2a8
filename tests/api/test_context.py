"""Reasoning is done in threads: while it lasts, other requests are answered; and one request may not ask for too much of it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.context import MOST_REASONED
from mechkg.service.workspace import Workspace
from tests.api.test_app import ask, data


def test_a_slow_report_holds_up_nobody(client: TestClient, shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow(workspace: Workspace, *_: Any, **__: Any) -> Any:
        with workspace.lock:
            begun.set()
            assert end.wait(30)
            return check(workspace, "cdse-platelets")

    from mechkg.api import schema

    check = schema.check
    monkeypatch.setattr(schema, "check", slow)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(ask, client, '{ check(space: "cdtese-msc399") { space } }')
        try:
            assert begun.wait(30)
            start = time.monotonic()
            assert client.get("/readyz").json()["status"] == "ready"
            assert data(client, "{ graphVersion }")["graphVersion"] == shipped.version
            assert data(
                client, '{ ask(name: "steps-promoted-by", parameters: [{name: "class", value: "PrimaryAmine"}]) { total } }'
            )
            assert time.monotonic() - start < 10
            assert not waiting.done()
        finally:
            end.set()
        assert waiting.result(30)["data"]["check"]["space"] == "cdse-platelets"


def test_one_operation_may_not_ask_for_too_much(client: TestClient) -> None:
    def fields(count: int) -> str:
        asked = 'check(space: "cdse-platelets", candidates: ["stacking"]) { space }'
        return f"{{ {' '.join(f'a{n}: {asked}' for n in range(count))} }}"

    assert len(data(client, fields(MOST_REASONED))) == MOST_REASONED
    [error] = ask(client, fields(MOST_REASONED + 1))["errors"]
    assert error["extensions"] == {"code": "mechkg.too_large", "hint": "ask in several operations"}


def test_a_failed_operation_is_not_logged_as_a_fault(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    assert "errors" in ask(client, '{ check(space: "nowhere") { space } }')
    assert caplog.records == []
