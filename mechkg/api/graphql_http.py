"""GraphQL over HTTP: from a request to the bytes of its answer.

In this order: who asks; what they accept; what they ask; the operation read, held against the limits and validated; carried out;
written. What is refused on the way is a :class:`RequestError`, and every refusal has a code (:mod:`mechkg.api.graphql_errors`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from inspect import isawaitable
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.execution import optimized_is_awaitable

from mechkg.api.caller import caller_of
from mechkg.api.context import Context
from mechkg.api.graphql_errors import ABOUT_HTTP, RequestError, told
from mechkg.api.graphql_request import Answered, GraphQLRequest, negotiate, read_get, read_post, wants_page
from mechkg.api.operations import Operation, Operations
from mechkg.api.schema import Schema
from mechkg.errors import MechkgError
from mechkg.model.person import Caller

_LOG: Final = logging.getLogger(__name__)

_METHODS: Final = "GET, HEAD, POST"


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
        if self.extensions:
            found["extensions"] = dict(self.extensions)
        return found


class GraphQLEndpoint:
    """The ASGI application that answers at ``/graphql``, but for WebSockets."""

    def __init__(
        self,
        schema: Schema,
        context_of: Callable[[Caller | None], Awaitable[Context]],
        page: Callable[[Request], Response],
    ) -> None:
        self._schema = schema
        self._context_of = context_of
        self._page = page
        self._operations = Operations(schema._schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if wants_page(request.method, request.headers, scope["query_string"]):
            response = self._page(request)
        else:
            try:
                response = await self._respond(request)
            except ClientDisconnect:
                return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accepted: Answered = "application/json"
        try:
            accepted = negotiate(request.headers.get("accept"))
            caller = await _caller(request)
            asked = await _asked(request)
            return await self._answered(request, caller, asked, accepted)
        except RequestError as error:
            lenient = accepted == "application/json" and error.status == 400 and error.code not in ABOUT_HTTP
            return _written(
                error.answer(), accepted, 200 if lenient else error.status, {"Cache-Control": "no-store", **error.headers}
            )
        except Exception:
            _LOG.exception("a GraphQL request failed")
            return _written({"errors": [told("mechkg.internal", "internal error")]}, accepted, 500, {"Cache-Control": "no-store"})

    async def _answered(self, request: Request, caller: Caller | None, asked: GraphQLRequest, accepted: Answered) -> Response:
        text = asked.query
        if not text:
            raise RequestError.of("graphql.request", "no operation is given", "send it as 'query'")
        operation = self._operations.read(text, asked.operation_name, asked.variables)
        if asked.by_get and operation.type is not OperationType.QUERY:
            said = f"a {operation.type.value} is not done by {request.method}"
            raise RequestError.of("graphql.method", said, "send it by POST", headers={"Allow": "POST"})
        context = await self._context_of(caller)
        result = await self.run(operation, context)
        if not asked.by_get:
            return _written(result.answer(), accepted, 200, {"Cache-Control": "no-store"})
        return _revalidated(request, _written(result.answer(), accepted, 200, _kept_by(caller)), whole=not result.errors)

    async def run(self, operation: Operation, context: Context) -> Result:
        """Carry an operation out; raise RequestError where that cannot even begin."""
        found = execute(
            self._schema._schema,
            operation.document,
            context_value=context,
            variable_values=dict(operation.variables),
            operation_name=operation.name,
            executor_class=self._schema.execution_context_class,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        )
        return self._result(await found if isawaitable(found) else found)

    def _result(self, found: ExecutionResult) -> Result:
        errors: list[GraphQLError] = found.errors or []
        if errors and found.data is None and all(error.path is None for error in errors):
            raise RequestError.by_graphql("graphql.variables", errors)  # nothing was begun
        self._schema.process_errors(errors)
        return Result(found.data, tuple(dict(error.formatted) for error in errors))


async def _caller(request: Request) -> Caller | None:
    """Return who asks; raise RequestError for a token that does not hold. Whoever shows nothing need not be looked up."""
    if "authorization" not in request.headers and "cookie" not in request.headers:
        return None
    try:
        return await asyncio.to_thread(caller_of, request)
    except MechkgError as error:
        raise RequestError.by_mechkg(error) from None


async def _asked(request: Request) -> GraphQLRequest:
    if request.method in ("GET", "HEAD"):
        return read_get(request.scope["query_string"])
    if request.method == "POST":
        return read_post(request.headers.get("content-type"), await request.body())
    raise RequestError.of(
        "graphql.method", f"{request.method} means nothing here", f"use {_METHODS}", headers={"Allow": _METHODS}
    )


# --- answers ------------------------------------------------------------------------------------------------------------


def _written(answer: Mapping[str, Any], accepted: Answered, status: int, headers: Mapping[str, str]) -> Response:
    try:
        content = orjson.dumps(answer)
    except TypeError:
        content = json.dumps(
            answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()  # whole numbers of any size
    response = Response(
        content, status, {"Vary": "Accept, Authorization, Cookie", "X-Content-Type-Options": "nosniff", **headers}
    )
    response.headers["Content-Type"] = f"{accepted}; charset=utf-8"
    return response


def _kept_by(caller: Caller | None) -> dict[str, str]:
    """Return who may keep an answer: it may change with the next act, so whoever keeps it asks whether it still holds."""
    return {"Cache-Control": "no-cache" if caller is None else "private, no-cache"}


def _revalidated(request: Request, response: Response, *, whole: bool) -> Response:
    """Return an answer under its tag, or, to who has it already, that it still holds (RFC 9110, 13.1.2)."""
    if not whole:
        response.headers["Cache-Control"] = "no-store"
        return response
    kind = response.headers["Content-Type"].encode()
    tag = f'"{blake2b(kind + bytes(response.body), digest_size=16).hexdigest()}"'
    response.headers["ETag"] = tag
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        kept = {name: response.headers[name] for name in ("ETag", "Cache-Control", "Vary")}
        return Response(status_code=304, headers=kept)
    return response
