"""Operations over a WebSocket (graphql-transport-ws): Strawberry speaks the protocol, and each operation is let in as by HTTP.

Who asks is told by the request that opens the connection, or, as browsers can give that no header, by the first message: its
payload may hold ``{"authorization": "Bearer mkg_..."}``. A token that does not hold closes the connection with 4403 and the
reason; one that ends later ends what is listened to, and nothing else is answered on that connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter
from typing import Any, Final, cast

import strawberry
from fastapi.requests import HTTPConnection
from graphql import GraphQLError, OperationType
from starlette.websockets import WebSocket
from strawberry.fastapi import GraphQLRouter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from mechkg.api.admission import Admission
from mechkg.api.caller import authorised
from mechkg.api.context import Context
from mechkg.api.execution import Result, carry_out, listen
from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.api.holding import hold
from mechkg.api.metrics import Metrics
from mechkg.api.visit import Visit
from mechkg.errors import MechkgError, UnauthenticatedError

FORBIDDEN: Final = 4403
"""By this code clients of graphql-transport-ws know that trying again is of no use."""

_LONGEST_REASON: Final = 123
"""Bytes of the reason for which a WebSocket is closed (RFC 6455, 5.5)."""


class SocketRouter(GraphQLRouter[Context, None]):
    """Strawberry's endpoint, told by the first message who asks."""

    async def on_ws_connect(self, context: Context) -> Any:
        """Read who asks; close the connection when that does not hold."""
        said = context.connection_params
        given = [value for key, value in said.items() if key.lower() == "authorization"] if isinstance(said, dict) else []
        websocket = cast("WebSocket", context.request)
        try:
            for value in given:
                context.known = await asyncio.to_thread(authorised, websocket, value if isinstance(value, str) else "")
        except MechkgError as error:
            await websocket.close(FORBIDDEN, error.message.encode()[:_LONGEST_REASON].decode(errors="ignore"))
            raise WebSocketDisconnected from None
        return await super().on_ws_connect(context)


async def told(
    schema: strawberry.Schema, admission: Admission, asked: GraphQLRequest, context: Context
) -> AsyncGenerator[PreExecutionError | ExecutionResult]:
    """Yield the answers of an operation, in the form that Strawberry sends on, and count it."""
    noted, start = Visit(""), perf_counter()
    try:
        async with aclosing(_told(schema, admission, asked, context, noted)) as answers:
            async for answer in answers:
                noted.codes += [str((error.extensions or {}).get("code", "graphql.value")) for error in answer.errors or ()]
                yield answer
    finally:
        metrics: Metrics = context.request.app.state.metrics  # type: ignore[union-attr]
        for code in noted.codes:
            metrics.failure(code)
        if noted.known is not None:
            metrics.operation(noted.known, noted.kind or "query", perf_counter() - start, failed=bool(noted.codes))


async def _told(
    schema: strawberry.Schema, admission: Admission, asked: GraphQLRequest, context: Context, noted: Visit
) -> AsyncGenerator[PreExecutionError | ExecutionResult]:
    try:
        admission.take_turn(cast("HTTPConnection", context.request), context.known)
        operation = admission.admit(asked)
        admission.note(operation, noted)
        await hold(context.workspace.ledger, context.known)
        context = await _renewed(context)
        if operation.type is OperationType.SUBSCRIPTION:
            async with aclosing(listen(schema, operation, context)) as results:
                async for result in results:
                    yield _sent(result)
        else:
            async with asyncio.timeout(admission.limits.seconds):
                result = await carry_out(schema, operation, context)
            yield _sent(result)
    except UnauthenticatedError as error:
        yield PreExecutionError(data=None, errors=RequestError.by_mechkg(error).as_graphql())
    except RequestError as error:
        yield PreExecutionError(data=None, errors=error.as_graphql())
    except TimeoutError:
        late = RequestError.of("graphql.timeout", f"the answer took longer than {admission.limits.seconds:g} s")
        yield PreExecutionError(data=None, errors=late.as_graphql())


async def _renewed(context: Context) -> Context:
    """Return a context for one operation: that of the connection stands still at its beginning."""
    found = Context(context.workspace, context._threads, context.known, context._acting)
    found.request = context.request
    await asyncio.to_thread(getattr, found, "catalog")
    return found


def _sent(result: Result) -> ExecutionResult:
    errors = [GraphQLError(one["message"], path=one.get("path"), extensions=one.get("extensions")) for one in result.errors]
    return ExecutionResult(data=result.data, errors=errors or None, extensions=dict(result.extensions))
