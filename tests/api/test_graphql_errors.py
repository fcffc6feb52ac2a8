"""Errors: the table of codes is true, and nothing is told that should not be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from graphql import GraphQLError

from mechkg.api import graphql_errors
from mechkg.api.graphql_errors import LONGEST_MESSAGE, STATUS, RequestError, explain
from mechkg.errors import ForbiddenError, MechkgError, NotFoundError, TooManyTriesError, UnauthenticatedError

API = Path(graphql_errors.__file__).parent


def table() -> dict[str, set[int]]:
    """Return code -> statuses, as the table in the module says."""
    found: dict[str, set[int]] = {}
    for line in (graphql_errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"\| (?P<codes>(graphql|mechkg)\.[^|]+) \|[^|]+\| (?P<statuses>[\d, ]+) \|", line)
        if match:
            for code in match["codes"].split(", "):
                found[code] = {int(status) for status in match["statuses"].split(", ")}
    return found


def test_every_code_is_in_the_table_and_every_one_in_the_table_is_used() -> None:
    used = set()
    for file in API.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"graphql\.[a-z-]+", node.value):
                used.add(node.value)
    assert {code for code in table() if code.startswith("graphql.")} == used


@pytest.mark.parametrize("code", [code for code in table() if "*" not in code])
def test_the_status_is_the_one_in_the_table(code: str) -> None:
    assert STATUS.get(code, 200 if code == "graphql.value" else 400) in table()[code]


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (UnauthenticatedError("x"), 401, {"WWW-Authenticate": "Bearer"}),
        (ForbiddenError("x"), 403, {}),
        (TooManyTriesError("x", seconds=4.2), 429, {"Retry-After": "5"}),
        (NotFoundError("x"), 400, {}),
    ],
)
def test_what_mechkg_refuses(error: MechkgError, status: int, headers: dict[str, str]) -> None:
    refused = RequestError.by_mechkg(error)
    assert (refused.status, refused.headers, refused.code) == (status, headers, error.code)


def test_an_error_of_a_field_tells_its_cause_or_nothing() -> None:
    known = GraphQLError("nothing is called so", original_error=NotFoundError("nothing is called so", hint="look elsewhere"))
    fault = GraphQLError("secret", original_error=KeyError("secret"))
    value = GraphQLError("x" * 5000)
    for error in (known, fault, value):
        explain(error)
    assert known.extensions == {"code": "mechkg.not_found", "hint": "look elsewhere"}
    assert (fault.message, fault.extensions) == ("internal error", {"code": "mechkg.internal"})
    assert value.extensions == {"code": "graphql.value"}
    assert len(value.message) == LONGEST_MESSAGE
