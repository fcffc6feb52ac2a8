"""How an installation sets what a SPARQL query may take.

Each limit is a variable ``MECHKG_SPARQL_`` and its name in capitals: ``MECHKG_SPARQL_SECONDS=5``, ``MECHKG_SPARQL_PROCESSES=4``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite
from typing import Any, Final

from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.query_pool import Limits

_PREFIX: Final = "MECHKG_SPARQL_"


def read_limits(environment: Mapping[str, str] | None = None) -> Limits:
    """Return the limits of this installation; raise BadInputError or NotFoundError for a variable that means nothing.

    >>> read_limits({"MECHKG_SPARQL_SECONDS": "2.5", "MECHKG_SPARQL_ROWS": "10"}).seconds
    2.5
    """
    given = os.environ if environment is None else environment
    limits = Limits()
    known = {f"{_PREFIX}{each.name.upper()}": each.name for each in fields(Limits)}
    for variable, text in given.items():
        if not variable.startswith(_PREFIX):
            continue
        if variable not in known:
            raise NotFoundError.of("limit", variable, known)
        name = known[variable]
        changed: dict[str, Any] = {name: _number(variable, text, type(getattr(limits, name)))}
        limits = replace(limits, **changed)
    return limits


def _number(variable: str, text: str, kind: type[float]) -> float:
    try:
        found = kind(text)
        if not (isfinite(found) and found > 0):
            raise ValueError
    except ValueError:
        words = "a whole number above 0" if kind is int else "a number above 0"
        raise BadInputError(f"{variable} is '{text}'", hint=f"give {words}") from None
    return found
