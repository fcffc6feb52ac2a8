"""What a resolver in a plan gets in place of strawberry's info: the context, and below which field of the operation it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import strawberry
from graphql.execution.values import VariableValues


class NotPlain(Exception):
    """A plan cannot give this answer, so graphql-core has to: there is an error in it, or a value that no plan is made for."""


class Unsupported(Exception):
    """A plan cannot be made of this part of the operation: it waits, or it uses what only graphql-core has."""


class NeedsFullInfo(BaseException):
    """A resolver asked for what only graphql-core's info has. No Exception, so that no resolver takes it for its own failure."""


class LightInfo(strawberry.Info[Any, Any]):
    """One for each field that graphql-core hands to a plan; all resolvers below it share it.

    Whatever else a resolver asks of it raises NeedsFullInfo, and graphql-core then answers in place of the plan.
    """

    def __init__(self, context: Any, root: str, variables: VariableValues) -> None:
        self._context = context
        self.root = root
        """Key, in the answer, of the field of the operation that is being answered."""
        self.asked: Any = None
        """What the field asks, kept by :func:`mechkg.api.context.asked`."""
        self.variables = variables
        self.arguments: dict[object, Mapping[str, Any]] = {}
        """Arguments with variables, for each field of the plan that has some; coerced when first met."""

    @property
    def context(self) -> Any:
        """The context of the request."""
        return self._context

    # every other property of strawberry's info is read from these two
    @property
    def _raw_info(self) -> NoReturn:  # type: ignore[override]
        raise NeedsFullInfo

    @property
    def _field(self) -> NoReturn:  # type: ignore[override]
        raise NeedsFullInfo
