"""What GraphQL calls things: values of vocabularies in capitals, fields in camel case, filters as inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from mechkg.errors import BadInputError
from mechkg.model.filter import UNITS, Accepted, And, AtStage, Between, Filter, Is, NameField, Not, Or, Says, Sort, YesNo

_VOCABULARIES: Final[frozenset[NameField]] = frozenset(
    {"kind", "species_kind", "evidence", "direction", "directness", "status", "method", "flag", "backing"}
)
"""Fields whose values GraphQL takes as members of an enum; others are texts."""
_AT_STAGES: Final = ("amount", "volume", "mass")


def enum_name(value: str) -> str:
    """Return what GraphQL calls a value of a vocabulary.

    >>> enum_name("anion-exchange"), enum_name("M/F")
    ('ANION_EXCHANGE', 'M_F')
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", value).upper()


def enum_names(values: Iterable[str]) -> list[str]:
    """Return what GraphQL calls some values of a vocabulary."""
    return [enum_name(value) for value in values]


def camel(name: str) -> str:
    """Return a name of the model as GraphQL writes it.

    >>> camel("accepted_by")
    'acceptedBy'
    """
    first, *more = name.split("_")
    return first + "".join(part.capitalize() for part in more)


def filter_input(given: Filter) -> dict[str, Any]:
    """Return a filter as the input ``ItemFilter``; raise BadInputError for what GraphQL cannot be asked.

    >>> filter_input(Not(Is("kind", ("claim",))))
    {'not': {'kind': ['CLAIM']}}
    """
    match given:
        case And(of=those):
            return {"and": [filter_input(one) for one in those]}
        case Or(of=those):
            return {"or": [filter_input(one) for one in those]}
        case Not(of=one):
            return {"not": filter_input(one)}
        case Is(field=field, of=names):
            return {camel(field): enum_names(names) if field in _VOCABULARIES else list(names)}
        case Between(field=field):
            if field in _AT_STAGES:
                raise BadInputError(f"'{field}' is asked for of a stage", hint="give it as AtStage(amount=Between(...))")
            return {field: _range(given)}
        case Accepted(since=since, before=before):
            bounds = {"acceptedAfter": since, "acceptedBefore": before}
            return {name: time.isoformat() for name, time in bounds.items() if time is not None}
        case Says(text=text, fields=fields):
            return {"text": text, **({"textIn": enum_names(fields)} if fields else {})}
        case YesNo(field=field, holds=holds):
            return {field: holds}
        case AtStage():
            return {"stage": _stage(given)}


def order_input(orders: Sequence[Sort]) -> list[dict[str, str]]:
    """Return an order as inputs ``ItemOrder``."""
    return [{"field": enum_name(one.by), "direction": "DESC" if one.descending else "ASC"} for one in orders]


def _stage(given: AtStage) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if given.actions:
        found["action"] = enum_names(given.actions)
    if given.temperature:
        found["temperature"] = _range(given.temperature)
    if given.duration:
        found["duration"] = _range(given.duration)
    if given.uses:
        found["uses"] = list(given.uses)
    if given.amount:
        found[given.amount.field] = _range(given.amount)
    return found


def _range(given: Between) -> dict[str, Any]:
    unit = given.unit or UNITS[given.field]
    bounds = {"from": given.low, "to": given.high, "unit": unit or None}
    return {name: value for name, value in bounds.items() if value is not None}
