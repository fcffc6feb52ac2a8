"""Limits as an installation sets them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from mechkg.api.limits import Limits, read_limits
from mechkg.errors import BadInputError


def test_every_limit_is_a_variable() -> None:
    for each in fields(Limits):
        name = f"MECHKG_GRAPHQL_{each.name.upper()}"
        given = "off" if each.default is True else "7"
        found = getattr(read_limits({name: given, "PATH": "x"}), each.name)
        assert found == (False if each.default is True else 7)
        assert type(found) is type(each.default)
    assert read_limits({}) == Limits()


@pytest.mark.parametrize("text", ["", "many", "-1", "0", "1.5", "nan", "inf"])
def test_a_number_that_is_none(text: str) -> None:
    with pytest.raises(BadInputError, match="MECHKG_GRAPHQL_DEPTH"):
        read_limits({"MECHKG_GRAPHQL_DEPTH": text})


def test_what_may_be_off() -> None:
    assert read_limits({"MECHKG_GRAPHQL_RATE": "0"}).rate == 0
    with pytest.raises(BadInputError, match="on or off"):
        read_limits({"MECHKG_GRAPHQL_INTROSPECTION": "maybe"})


def test_a_misspelt_limit_is_not_overlooked() -> None:
    with pytest.raises(BadInputError, match="did you mean MECHKG_GRAPHQL_TOKENS"):
        read_limits({"MECHKG_GRAPHQL_TOKEN": "5"})
