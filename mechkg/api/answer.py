"""GraphQL operations answered where the graph is at hand, without a server and without the limits that it sets to strangers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mechkg.api.context import Context, reasoning_threads
from mechkg.api.execution import carry_out
from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.api.limits import Limits
from mechkg.api.schema import Schema, create_schema
from mechkg.model.person import Caller
from mechkg.service.workspace import Workspace

_MANY: Final = 10**9
_NO_LIMITS: Final = Limits(
    characters=_MANY, tokens=_MANY, aliases=_MANY, directives=_MANY, fields=_MANY, repeats=_MANY, values=_MANY, cost=_MANY
)
"""Who asks here waits for no one else's sake. Depth stays limited: what is too deep ends in an error of Python."""


def own_schema() -> Schema:
    """Return the schema for questions of one's own, to be used again for all of them; making it takes a second."""
    return create_schema(_NO_LIMITS)


async def answered(
    schema: Schema,
    workspace: Workspace,
    caller: Caller | None,
    text: str,
    variables: Mapping[str, Any],
    operation: str | None = None,
) -> dict[str, Any]:
    """Return the answer to an operation, as a server gives it: data, and errors with their codes."""
    with reasoning_threads() as threads:
        try:
            admitted = schema.admission.admit(GraphQLRequest(text, operation, variables))
            return (await carry_out(schema, admitted, Context(workspace, threads, caller))).answer()
        except RequestError as error:
            return error.answer()
