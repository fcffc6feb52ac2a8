"""Requests that are made to hurt are refused by a code; and what is no harm passes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from graphql import get_introspection_query, parse
from starlette.testclient import TestClient

from mechkg.api.graphql_errors import RequestError
from mechkg.api.guards import guard_document, guard_text, guard_variables
from mechkg.api.limits import Limits
from mechkg.web.graphiql import Example, examples
from tests.api.hostile import HOSTILE, Hostile

LONGEST = 20.0
"""Seconds; the benchmark of hostile requests has the real figures."""


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400)], ids=["json", "graphql"]
)
def test_a_hostile_request_is_refused(client: TestClient, hostile: Hostile, accept: str, status: int) -> None:
    begun = time.monotonic()
    answer = client.post("/graphql", content=hostile.body, headers={"Content-Type": "application/json", "Accept": accept})
    assert time.monotonic() - begun < LONGEST
    found = answer.json()
    assert "data" not in found
    assert {error["extensions"]["code"] for error in found["errors"]} == {hostile.code}
    assert answer.status_code == {"graphql.too-large": 413, "graphql.request": 400}.get(hostile.code, status)
    assert len(answer.content) < 20_000  # what was sent is not sent back


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_examples_are_far_from_the_limits(example: Example) -> None:
    limits = Limits(tokens=400, depth=12, aliases=10, directives=5, fields=100, repeats=20)
    guard_text(example.query, limits)
    guard_document(parse(example.query, max_tokens=limits.tokens), limits)


def test_what_tools_ask_of_the_schema_passes() -> None:
    query = get_introspection_query(descriptions=True, input_value_deprecation=True, specified_by_url=True)
    guard_text(query, Limits())
    guard_document(parse(query), Limits())


def refused(text: str, **limits: Any) -> str | None:
    try:
        guard_text(text, Limits(**limits))
        guard_document(parse(text), Limits(**limits))
    except RequestError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("text", "limit", "code"),
    [
        ("{ a { b { c } } }", {"depth": 3}, "graphql.depth"),
        ("{ a { ...f } } fragment f on A { b { c } }", {"depth": 3}, "graphql.depth"),
        ("{ x: a y: b z: c }", {"aliases": 3}, "graphql.aliases"),
        ("{ a { ...f } b { ...f } } fragment f on A { x: c y: c }", {"aliases": 4}, "graphql.aliases"),
        ("{ a b c d }", {"fields": 4}, "graphql.fields"),
        ("{ a { ...f } b { ...f } } fragment f on A { c }", {"fields": 4}, "graphql.fields"),
        ("{ a a a }", {"repeats": 3}, "graphql.fields"),
        ("{ a { b } a { b } ... { a { b } } }", {"repeats": 6}, "graphql.fields"),
        ("{ ...f ...f } fragment f on Query { a }", {"repeats": 1}, "graphql.fields"),
        ("{ a @x @y }", {"directives": 2}, "graphql.directives"),
        ("{ a }", {"characters": 5}, "graphql.too-large"),
    ],
)
def test_a_limit_holds_to_the_last_one(text: str, limit: dict[str, int], code: str) -> None:
    [(name, most)] = limit.items()
    assert refused(text, **{name: most}) is None
    assert refused(text, **{name: most - 1}) == code


def test_what_stands_in_texts_and_comments_is_no_bracket_and_no_directive() -> None:
    text = '{ a(b: "' + "{[(@" * 200 + '", c: """' + '{[(@ \\""" " ' * 200 + '""") # ' + "{[(@" * 200 + "\n}"
    guard_text(text, Limits(directives=1))
    parse(text)


def test_a_long_text_is_no_long_name() -> None:
    guard_text('{ a(b: "' + "x" * 5000 + '") }', Limits())


def test_variables_hold_to_the_last_value() -> None:
    guard_variables({"a": [1, 2, {"b": 3}]}, Limits(values=5))
    with pytest.raises(RequestError) as caught:
        guard_variables({"a": [1, 2, {"b": 3}]}, Limits(values=4))
    assert caught.value.code == "graphql.too-large"
    guard_variables(json.loads('{"a": [[[1]]]}'), Limits(nesting=3))
    with pytest.raises(RequestError) as caught:
        guard_variables(json.loads('{"a": [[[1]]]}'), Limits(nesting=2))
    assert caught.value.code == "graphql.depth"


def test_the_schema_can_be_kept_to_oneself() -> None:
    for text in ("{ __schema { types { name } } }", '{ ... { a: __type(name: "X") { name } } }'):
        assert refused(text) is None
        assert refused(text, introspection=False) == "graphql.not-allowed"
    assert refused("{ __typename a }", introspection=False) is None


def test_a_fragment_in_several_places_is_no_circle() -> None:
    assert refused("{ ...a ...b } fragment a on Q { ...c } fragment b on Q { ...c } fragment c on Q { d }") is None
