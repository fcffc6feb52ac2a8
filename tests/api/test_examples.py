"""Every example that is shown to users runs without an error and gives something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.web.graphiql import Example, examples


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.name)
def test_an_example_runs(client: TestClient, example: Example) -> None:
    assert example.title != example.name.replace("-", " ")
    answer = client.post("/graphql", json={"query": example.query}).json()
    assert "errors" not in answer
    assert all(answer["data"].values())
    assert list(empty(answer["data"])) == []


def empty(found: Any, place: str = "") -> Iterator[str]:
    """Yield where an answer has no rows, hits or items at all, counted before pages are cut."""
    if isinstance(found, dict):
        for count, those in (("totalCount", "nodes"), ("totalCount", "hits"), ("total", "rows")):
            if those in found and not found[those] and place not in MAY_BE_EMPTY and found.get(count, 0) == 0:
                yield f"{place}.{those}"
        for key, value in found.items():
            if isinstance(value, dict):
                yield from empty(value, f"{place}.{key}")


MAY_BE_EMPTY = {".changeSets"}
"""Nothing waits in a ledger into which papers were loaded alone."""
