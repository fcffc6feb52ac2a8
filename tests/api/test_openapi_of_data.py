"""SPARQL and linked data are described, and answer as described, whatever they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.api.rate_limit import Limiter
from mechkg.api.sparql import mount_sparql
from mechkg.service.sparql import Sparql
from mechkg.service.workspace import Workspace

ROUTES = (
    ("/sparql", "GET"), ("/sparql", "POST"), ("/id/{name}", "GET"), ("/assertion/{name}", "GET"), ("/np/{name}", "GET"),
    ("/agent/{name}", "GET"), ("/release/{name}", "GET"), ("/verdict/{name}", "GET"), ("/set/{name}", "GET"),
    ("/disagreement/{name}", "GET"), ("/act/{name}", "GET"), ("/graph/{name}", "GET"), ("/ontology", "GET"),
    ("/ontology/{name}", "GET"), ("/dataset", "GET"),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(shipped: Workspace) -> Iterator[FastAPI]:
    app = FastAPI()
    app.state.public_url = None
    often = Limiter(rate=1e6, burst=10**6)
    add_styles(app)
    mount_sparql(app, Sparql(shipped.view, folder=shipped.home), often)
    add_linked_data(app, shipped, often)
    with TestClient(app):
        yield app


def test_the_description_is_whole(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert {(path, method.upper()) for path, methods in paths.items() for method in methods} == set(ROUTES)
    for path, method in ROUTES:
        told = paths[path][method.lower()]
        assert told["description"] and told["responses"]["200"]["content"]
    asked = {each["name"] for each in paths["/sparql"]["get"]["parameters"]}
    assert asked == {"query", "default-graph-uri", "named-graph-uri", "asOf", "timeout", "format"}


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_an_answer_is_as_described(app: FastAPI, path: str, method: str) -> None:
    described: Any = schemathesis.openapi.from_asgi("/openapi.json", app)

    @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy())
    def ask(case: Any) -> None:
        # what is well written may still be no query, and no moment
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    ask()
