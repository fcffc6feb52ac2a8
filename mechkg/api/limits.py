"""What one GraphQL request may ask for at most, and how an installation sets it.

Each limit is a variable ``MECHKG_GRAPHQL_`` and its name in capitals: ``MECHKG_GRAPHQL_COST=20000``,
``MECHKG_GRAPHQL_INTROSPECTION=off``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from mechkg.errors import BadInputError, nearest

_PREFIX: Final = "MECHKG_GRAPHQL_"
_MAY_BE_0: Final = {f"{_PREFIX}RATE", f"{_PREFIX}KEPT"}
_SWITCH: Final = {"on": True, "off": False, "1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on one request, and on how many of them somebody may make."""

    body: int = 1_000_000
    """Bytes of a request."""
    characters: int = 100_000
    """Characters of a document; long texts belong into variables."""
    tokens: int = 2000
    """Words and signs of a document."""
    depth: int = 40
    """Fields within fields."""
    nesting: int = 20
    """Lists and objects within each other, in values."""
    aliases: int = 60
    """Fields that are given another name, where fragments are written out."""
    directives: int = 50
    """Directives in a document."""
    fields: int = 1000
    """Fields of a document, where fragments are written out."""
    repeats: int = 1000
    """Pairs of fields, or of fragments, that ask for the same place of the answer, and so have to be compared."""
    values: int = 10_000
    """Values in the variables, those in lists and objects counted."""
    cost: int = 100_000
    """Values that an answer may have, as estimated; see :mod:`mechkg.api.cost`."""
    seconds: float = 60.0
    """Seconds that an operation may take."""
    rate: float = 50.0
    """Requests a second that one caller may make in the long run; 0 for any number."""
    burst: int = 1000
    """Requests that one caller may make at once."""
    kept: int = 64_000_000
    """Bytes that answers may take which are kept for when they are asked again; 0 to keep none."""
    introspection: bool = True
    """Whether the schema may be asked for itself."""
    only: bool = True
    """Whether, where ``MECHKG_OPERATIONS`` names operations, no others are answered."""


def read_limits(environment: Mapping[str, str] | None = None) -> Limits:
    """Return the limits of this installation; raise BadInputError for a variable that means nothing.

    >>> read_limits({"MECHKG_GRAPHQL_DEPTH": "12", "MECHKG_GRAPHQL_INTROSPECTION": "off"}).depth
    12
    >>> read_limits({"MECHKG_GRAPHQL_DEPT": "12"})
    Traceback (most recent call last):
    ...
    mechkg.errors.BadInputError: there is no limit MECHKG_GRAPHQL_DEPT (did you mean MECHKG_GRAPHQL_DEPTH?)
    """
    variables = os.environ if environment is None else environment
    known = {f"{_PREFIX}{each.name.upper()}": each for each in fields(Limits)}
    given: dict[str, Any] = {}
    for name, text in variables.items():
        if not name.startswith(_PREFIX):
            continue
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {close}?" if close else f"known are {', '.join(known)}"
            raise BadInputError(f"there is no limit {name}", hint=hint)
        default = known[name].default
        given[known[name].name] = _read(name, text, type(default))
    return Limits(**given)


def _read(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.strip().lower() in _SWITCH:
            return _SWITCH[text.strip().lower()]
        raise BadInputError(f"{name} is '{text}'", hint="give on or off")
    try:
        value = kind(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1e12 or (value == 0 and name not in _MAY_BE_0):
        raise BadInputError(f"{name} is '{text}'", hint=f"give a {'whole ' if kind is int else ''}number above 0")
    return value
