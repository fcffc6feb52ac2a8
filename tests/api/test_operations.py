"""Operations that are asked again, with the same variables, are not held against the limits anew; all others are."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema

from mechkg.api.graphql_errors import RequestError
from mechkg.api.limits import Limits
from mechkg.api.operations import MOST_BYTES, MOST_KEPT, Operations

SCHEMA = build_schema("type Query { a(x: Int, y: [String]): Int }")
TEXT = "query A($x: Int, $y: [String]) { a(x: $x, y: $y) } query B { a }"


def test_the_same_asked_again_is_the_same() -> None:
    operations = Operations(SCHEMA)
    first = operations.read(TEXT, "A", {"x": 1})
    assert operations.read(TEXT, "A", {"x": 1}) is first
    assert operations.read(TEXT, "B", {"x": 1}).name == "B"


@pytest.mark.parametrize("variables", [{"x": 2}, {}, {"x": None}, {"x": 1.0}, {"x": True}, {"x": "1"}, {"x": 1, "y": []}])
def test_with_other_variables_it_is_another(variables: dict[str, Any]) -> None:
    operations = Operations(SCHEMA)
    operations.read(TEXT, "A", {"x": 1})
    for _ in range(2):
        found = operations.read(TEXT, "A", variables).variables
        assert repr(found) == repr(variables)


def test_what_is_large_is_not_remembered() -> None:
    operations = Operations(SCHEMA)
    large = {"y": ["x" * MOST_BYTES]}
    assert operations.read(TEXT, "A", large) is not operations.read(TEXT, "A", large)
    many = {f"v{n}": n for n in range(50)}
    assert operations.read(TEXT, "A", many) is not operations.read(TEXT, "A", many)


def test_so_many_are_remembered() -> None:
    operations = Operations(SCHEMA)
    first = operations.read(TEXT, "A", {"x": -1})
    for number in range(MOST_KEPT):
        operations.read(TEXT, "A", {"x": number})
    assert len(operations._ready) == MOST_KEPT
    assert operations.read(TEXT, "A", {"x": -1}) is not first


def test_what_is_refused_is_refused_each_time() -> None:
    operations = Operations(SCHEMA, Limits(values=2))
    for _ in range(2):
        with pytest.raises(RequestError):
            operations.read(TEXT, "A", {"y": ["a", "b", "c"]})


def test_variables_are_made_ready_where_each_request_may_get_the_same() -> None:
    operations = Operations(SCHEMA)
    ready = operations.read(TEXT, "A", {"x": 1}).coerced
    assert ready is not None
    assert ready.coerced == {"x": 1}
    assert operations.read(TEXT, "A", {"y": ["a"]}).coerced is None  # a resolver may change a list
    assert operations.read(TEXT, "A", {"x": "one"}).coerced is None  # wrong: graphql-core tells so
