"""Limits of SPARQL queries from the environment: numbers alone, and a wrong one stops the start."""

from __future__ import annotations

import pytest

from mechkg.api.sparql_limits import read_limits
from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.query_pool import Limits


def test_limits_of_an_installation() -> None:
    assert read_limits({"PATH": "/bin"}) == Limits()
    found = read_limits({"MECHKG_SPARQL_SECONDS": "2.5", "MECHKG_SPARQL_ROWS": "10", "MECHKG_SPARQL_PROCESSES": "4"})
    assert found == Limits(seconds=2.5, rows=10, processes=4)


@pytest.mark.parametrize(
    ("name", "text"), [("SECONDS", "soon"), ("SECONDS", "0"), ("SECONDS", "inf"), ("ROWS", "2.5"), ("ROWS", "-1")]
)
def test_what_is_no_limit_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadInputError, match=f"MECHKG_SPARQL_{name} is '{text}'"):
        read_limits({f"MECHKG_SPARQL_{name}": text})


def test_a_misspelt_limit_is_told_the_nearest() -> None:
    with pytest.raises(NotFoundError) as raised:
        read_limits({"MECHKG_SPARQL_SECOND": "1"})
    assert raised.value.hint == "did you mean 'MECHKG_SPARQL_SECONDS'?"
