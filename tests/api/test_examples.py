"""Every example that is shown to users runs without an error and gives something."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mechkg.web.graphiql import Example, examples


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.name)
def test_an_example_runs(client: TestClient, example: Example) -> None:
    assert example.title != example.name.replace("-", " ")
    answer = client.post("/graphql", json={"query": example.query}).json()
    assert "errors" not in answer
    assert all(answer["data"].values())
