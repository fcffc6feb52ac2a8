"""What is answered besides GraphQL is described, and answers as described, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace

ROUTES = ("/healthz", "/readyz", "/feeds/acts.{form}", "/feeds/{kind}/{name}.{form}", "/releases/{name}/{file}")


@pytest.fixture(scope="module")
def described(shipped: Workspace) -> Iterator[Any]:
    app = create_app(shipped)
    with TestClient(app):  # it is started, and ended
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


def test_the_description_is_whole(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert set(found["paths"]) >= set(ROUTES)
    for path in ROUTES:
        [(method, told)] = found["paths"][path].items()
        assert method == "get"
        assert told["description"]


@pytest.mark.parametrize("path", ROUTES)
def test_an_answer_is_as_described(described: Any, path: str) -> None:
    @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described[path]["GET"].as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()
