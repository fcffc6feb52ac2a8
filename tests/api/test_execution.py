"""A query that was asked before is answered by its plan at once; where that cannot be, graphql-core answers as the first time."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api import execution

SOURCES = (
    "query ($n: Int!) { allSpecies(first: $n) { nodes { label observations { nodes { source { document { title } } } } } } }"
)
ONE = "query ($n: String!) { item(name: $n) { label } }"


def ask(client: TestClient, text: str, variables: dict[str, Any]) -> Any:
    return client.post("/graphql", json={"query": text, "variables": variables}).json()


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that graphql-core was given to execute."""
    given: list[str] = []
    real = execution.execute

    def noted(*arguments: Any, **named: Any) -> Any:
        given.append(str(named["operation_name"]))
        return real(*arguments, **named)

    monkeypatch.setattr(execution, "execute", noted)
    return given


def test_the_second_time_graphql_core_is_not_asked(client: TestClient, core: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from mechkg.api.response_cache import ResponseCache

    monkeypatch.setattr(ResponseCache, "find", lambda *_: None)
    first = ask(client, SOURCES, {"n": 3})
    assert len(core) == 1
    assert "errors" not in first
    assert ask(client, SOURCES, {"n": 3}) == first
    assert len(core) == 1
    other = ask(client, SOURCES, {"n": 2})
    assert len(core) == 1
    assert other["data"]["allSpecies"]["nodes"] == first["data"]["allSpecies"]["nodes"][:2]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Say whether two answers are the same, but for the ids of the requests."""
    ids = {answer["extensions"].pop("requestId") for answer in (one, other)}
    return len(ids) == 2 and one == other


def test_an_error_is_told_as_the_first_time(client: TestClient, core: list[str]) -> None:
    first = ask(client, SOURCES, {"n": -1})
    assert first["errors"][0]["path"] == ["allSpecies"]
    assert same(ask(client, SOURCES, {"n": -1}), first)
    wrong = ask(client, ONE, {"n": 3})
    assert "String" in wrong["errors"][0]["message"]
    assert same(ask(client, ONE, {"n": 3}), wrong)
    assert len(core) == 4
