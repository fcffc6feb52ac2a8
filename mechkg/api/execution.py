"""Operations carried out by graphql-core on the schema: once, or, for what is listened to, as often as there is something new."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, execute, subscribe
from strawberry.execution import optimized_is_awaitable

from mechkg.api import visit
from mechkg.api.compiled import plans_of
from mechkg.api.context import Context
from mechkg.api.graphql_errors import RequestError
from mechkg.api.holding import while_it_holds
from mechkg.api.operations import MOST_ERRORS, Operation


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an operation: content that JSON can hold."""

    data: dict[str, Any] | None
    errors: tuple[dict[str, Any], ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def answer(self) -> dict[str, Any]:
        """Return the answer, errors first, so that who reads on sees them."""
        found: dict[str, Any] = {"errors": list(self.errors)} if self.errors else {}
        found["data"] = self.data
        extensions = {**self.extensions, **visit.told()} if self.errors else self.extensions
        if extensions:
            found["extensions"] = dict(extensions)
        return found


async def carry_out(schema: strawberry.Schema, operation: Operation, context: Context) -> Result:
    """Carry out a query or a mutation; raise RequestError where that cannot even begin."""
    begun = begin(schema, operation, context)
    return begun if isinstance(begun, Result) else await begun


def begin(schema: strawberry.Schema, operation: Operation, context: Context) -> Result | Awaitable[Result]:
    """Carry an operation out as far as nothing has to be waited for, often to its end; raise as :func:`carry_out` does."""
    if (data := _by_plan(schema, operation, context)) is not None:
        return Result(data, (), operation.extensions)
    found = execute(
        schema._schema,
        operation.document,
        context_value=context,
        variable_values=dict(operation.variables),
        operation_name=operation.name,
        max_coercion_errors=MOST_ERRORS,
        executor_class=schema.execution_context_class,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    return _result(schema, operation, found) if isinstance(found, ExecutionResult) else _end(schema, operation, found)


def _by_plan(schema: strawberry.Schema, operation: Operation, context: Context) -> dict[str, Any] | None:
    """Answer a query by its plan; None when it has none by now, or where graphql-core has to answer."""
    if operation.coerced is None or operation.type is not OperationType.QUERY:
        return None
    plan = plans_of(schema._schema).made(operation.definition, operation.coerced)
    return None if plan is None else plan.answer(None, context, operation.coerced)


async def _end(schema: strawberry.Schema, operation: Operation, found: Awaitable[ExecutionResult]) -> Result:
    return _result(schema, operation, await found)


async def listen(schema: strawberry.Schema, operation: Operation, context: Context) -> AsyncGenerator[Result]:
    """Yield what a subscription tells, as it comes; raise RequestError, at the first, where that cannot even begin."""
    found: Any = subscribe(
        schema._schema,
        operation.document,
        context_value=context,
        variable_values=dict(operation.variables),
        operation_name=operation.name,
        max_coercion_errors=MOST_ERRORS,
        executor_class=schema.execution_context_class,
    )
    if isawaitable(found):
        found = await found
    if isinstance(found, ExecutionResult):
        yield _result(schema, operation, found)
        return
    told: AsyncIterator[ExecutionResult] = found
    async with aclosing(found):
        try:
            async with aclosing(while_it_holds(told, context.workspace.ledger, context.known)) as lasting:
                async for one in lasting:
                    yield _result(schema, operation, one)
        except Exception as error:  # graphql-core lets pass what the source raises
            wrapped = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            schema.process_errors([wrapped])
            yield Result(None, (dict(wrapped.formatted),), operation.extensions)


def _result(schema: strawberry.Schema, operation: Operation, found: ExecutionResult) -> Result:
    errors: list[GraphQLError] = found.errors or []
    if errors and found.data is None and all(error.path is None for error in errors):  # nothing was begun
        raise RequestError.by_graphql("graphql.variables", errors, extensions=operation.extensions)
    if errors:
        schema.process_errors(errors)
    return Result(found.data, tuple(dict(error.formatted) for error in errors), operation.extensions)
