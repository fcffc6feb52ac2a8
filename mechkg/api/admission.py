"""Who may ask, how often, and what: all that is held against a request before it is carried out, whichever door it comes by."""

from __future__ import annotations

from math import ceil

from fastapi.requests import HTTPConnection
from graphql import GraphQLSchema

from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.api.limits import Limits
from mechkg.api.operations import Operation, Operations
from mechkg.api.persisted import Persisted
from mechkg.api.rate_limit import Limiter, address_of
from mechkg.api.visit import Visit
from mechkg.model.person import Caller


class Admission:
    """Lets requests in."""

    def __init__(self, schema: GraphQLSchema, limits: Limits | None = None, persisted: Persisted | None = None) -> None:
        self.limits = limits or Limits()
        self.persisted = persisted or Persisted.read(None)
        self.operations = Operations(schema, self.limits)
        self._limiter = Limiter(self.limits.rate, self.limits.burst) if self.limits.rate else None

    def take_turn(self, connection: HTTPConnection, caller: Caller | None) -> None:
        """Count a request of a caller: of a person, or, of who does not say, of an address.

        Raises RequestError when there were too many of late.
        """
        if self._limiter is None:
            return
        wait = self._limiter.check(f"person {caller.person}" if caller is not None else f"address {address_of(connection)}")
        if wait > 0:
            seconds = max(1, ceil(wait))
            said, hint = "you ask too often", f"ask again in {seconds} s"
            raise RequestError.of("graphql.rate-limited", said, hint, headers={"Retry-After": str(seconds)})

    def admit(self, asked: GraphQLRequest) -> Operation:
        """Return the operation that a request means; raise RequestError when it is not known, not valid, or beyond a limit."""
        text = self.persisted.text_of(asked)
        operation = self.operations.read(text, asked.operation_name, asked.variables)
        self.persisted.remember(asked)
        return operation

    def note(self, operation: Operation, visit: Visit | None) -> None:
        """Write down what a request asks: only names that were known beforehand are counted by, lest callers make them up."""
        if visit is not None:
            visit.operation, visit.kind = operation.called, operation.type.value
            visit.known = self.persisted.name_of(operation.text) or "other"
            visit.cost = operation.extensions.get("cost", {}).get("requested")
