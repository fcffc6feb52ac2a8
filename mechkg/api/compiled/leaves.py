"""Scalars and enums: values of the expected Python class pass as they are, all others go through the type's own coercion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import CoroutineType, GeneratorType
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLLeafType, Undefined
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from mechkg.api.compiled.info import NotPlain

Complete = Callable[[Any], Any]

PASSING: Final[dict[str, type]] = {"String": str, "ID": str, "Boolean": bool}
"""Scalars of GraphQL for which every value of a class is its own coercion. Numbers have limits, so they are not here."""


_PLAIN: Final = frozenset({str, int, float, bool, list, dict, datetime})
"""Classes of most values; none of them is an error, or something to wait for."""


def passing_class(leaf: GraphQLLeafType) -> type | None:
    """Return the class whose values are answered with as they are; None when each has to be looked at."""
    return PASSING.get(leaf.name)


def complete_leaf(leaf: GraphQLLeafType, *, nullable: bool) -> Complete:
    """Return what completes a value of the type; it raises, whatever it may be, where the answer would have an error in it."""
    coerce = leaf.coerce_output_value

    def complete(value: Any) -> Any:
        if value is None or value is Undefined:
            if nullable:
                return None
            raise NotPlain
        if value.__class__ not in _PLAIN and (isinstance(value, Exception) or is_awaitable(value)):
            raise NotPlain
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise NotPlain
        return coerced

    passes = passing_class(leaf)
    if passes is not None:

        def complete_passing(value: Any) -> Any:
            return value if value.__class__ is passes else complete(value)

        return complete_passing

    if leaf.name == "Int":

        def complete_int(value: Any) -> Any:
            return value if value.__class__ is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT else complete(value)

        return complete_int

    return complete


class Names(dict[str, Any]):
    """What an enum answers with for texts, each looked up once; any that is no value of it raises, and is not kept."""

    def __init__(self, leaf: GraphQLEnumType) -> None:
        super().__init__()
        self._complete = complete_leaf(leaf, nullable=False)

    def __missing__(self, text: str) -> Any:
        found = self[text] = self._complete(text)
        return found


def is_awaitable(value: Any) -> bool:
    """Say whether graphql-core might wait for a value."""
    return isinstance(value, CoroutineType | GeneratorType) or hasattr(value.__class__, "__await__")
