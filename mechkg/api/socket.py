"""Operations over a WebSocket (graphql-transport-ws): Strawberry speaks the protocol, and each operation is let in as by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import strawberry
from fastapi.requests import HTTPConnection
from graphql import GraphQLError, OperationType
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from mechkg.api.admission import Admission
from mechkg.api.context import Context
from mechkg.api.execution import Result, carry_out, listen
from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest


async def told(
    schema: strawberry.Schema, admission: Admission, asked: GraphQLRequest, context: Context
) -> AsyncGenerator[PreExecutionError | ExecutionResult]:
    """Yield the answers of an operation, in the form that Strawberry sends on."""
    try:
        admission.take_turn(cast("HTTPConnection", context.request), context.caller)
        operation = admission.admit(asked)
        context = await _renewed(context)
        if operation.type is OperationType.SUBSCRIPTION:
            async with aclosing(listen(schema, operation, context)) as results:
                async for result in results:
                    yield _sent(result)
        else:
            async with asyncio.timeout(admission.limits.seconds):
                result = await carry_out(schema, operation, context)
            yield _sent(result)
    except RequestError as error:
        yield PreExecutionError(data=None, errors=error.as_graphql())
    except TimeoutError:
        late = RequestError.of("graphql.timeout", f"the answer took longer than {admission.limits.seconds:g} s")
        yield PreExecutionError(data=None, errors=late.as_graphql())


async def _renewed(context: Context) -> Context:
    """Return a context for one operation: that of the connection stands still at its beginning."""
    found = Context(context.workspace, context._threads, context.caller)
    found.request = context.request
    await asyncio.to_thread(getattr, found, "catalog")
    return found


def _sent(result: Result) -> ExecutionResult:
    errors = [GraphQLError(one["message"], path=one.get("path"), extensions=one.get("extensions")) for one in result.errors]
    return ExecutionResult(data=result.data, errors=errors or None, extensions=dict(result.extensions))
