"""GraphQL over HTTP: from a request to the bytes of its answer.

In this order: who asks; what they accept; what they ask; the operation read, held against the limits and validated; carried out;
written. What is refused on the way is a :class:`RequestError`, and every refusal has a code (:mod:`mechkg.api.graphql_errors`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from hashlib import blake2b
from typing import Any, Final

import orjson
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mechkg.api import visit
from mechkg.api.caller import caller_of
from mechkg.api.context import Context
from mechkg.api.event_stream import event_stream, one
from mechkg.api.execution import Result, begin, listen
from mechkg.api.graphql_errors import ABOUT_HTTP, RequestError
from mechkg.api.graphql_request import Answered, GraphQLRequest, negotiate, read_get, read_post, wants_page
from mechkg.api.operations import Operation
from mechkg.api.response_cache import QUESTION, Lasting, Question, ResponseCache
from mechkg.api.schema import Schema
from mechkg.errors import MechkgError
from mechkg.model.person import Caller
from mechkg.tracing import span

_LOG: Final = logging.getLogger(__name__)

_METHODS: Final = "GET, HEAD, POST"
_EVENTS: Final = "text/event-stream"
_JSON: Final = "application/json"
_ALWAYS: Final = {"Vary": "Accept, Authorization, Cookie", "X-Content-Type-Options": "nosniff"}
_NOT_KEPT: Final = {"Cache-Control": "no-store"}


class GraphQLEndpoint:
    """The ASGI application that answers at ``/graphql``, but for WebSockets."""

    def __init__(
        self,
        schema: Schema,
        context_of: Callable[[Caller | None], Awaitable[Context]],
        page: Callable[[Request], Response],
        answers: ResponseCache,
    ) -> None:
        self._schema = schema
        self._admission = schema.admission
        self._limits = schema.admission.limits
        self._context_of = context_of
        self._page = page
        self._answers = answers
        self._lasting = Lasting(schema._schema)

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
            self._admission.take_turn(request, caller)
            if (kept := self._kept(request, caller)) is not None:
                return kept
            asked = await self._asked(request)
            return await self._answered(request, caller, asked, accepted)
        except RequestError as error:
            return _refused(error, accepted)
        except ClientDisconnect:
            raise
        except MechkgError as error:  # before anything was carried out, such as that the ledger cannot be reached
            return _refused(RequestError.by_mechkg(error), accepted)
        except Exception:
            _LOG.exception("a GraphQL request failed")
            return _refused(RequestError.of("mechkg.internal", "internal error"), accepted)

    async def _asked(self, request: Request) -> GraphQLRequest:
        if request.method in ("GET", "HEAD"):
            return read_get(request.scope["query_string"])
        if request.method == "POST":
            return read_post(request.headers.get("content-type"), await _body(request, self._limits.body))
        said = f"{request.method} means nothing here"
        raise RequestError.of("graphql.method", said, f"use {_METHODS}", headers={"Allow": _METHODS})

    async def _answered(self, request: Request, caller: Caller | None, asked: GraphQLRequest, accepted: Answered) -> Response:
        operation = self._admission.admit(asked)
        self._admission.note(operation, visit.current())
        _refuse_unfit(operation, asked, accepted)
        context = await self._context_of(caller)
        if operation.type is OperationType.SUBSCRIPTION:
            return event_stream(self._told(operation, context), stopping=request.app.state.stopping)
        with span(f"{operation.type.value} {operation.called or ''}".strip()):
            result = await self._in_time(operation, context)
        _note(result)
        if accepted == _EVENTS:
            return event_stream(one(_json(result.answer())))
        response = _written(result.answer(), accepted, 200, _kept_by(caller) if asked.by_get else _NOT_KEPT)
        if operation.type is OperationType.QUERY and not result.errors:
            self._keep(request, operation, context, caller, response)
        return _revalidated(request, response, whole=not result.errors) if asked.by_get else response

    def _kept(self, request: Request, caller: Caller | None) -> Response | None:
        """Return the answer to a request, where it was kept and still holds."""
        question: Question | None = request.scope.get(QUESTION)
        kept = question and self._answers.find(question, caller)
        if not kept:
            return None
        response = Response(kept.body)
        response.raw_headers = list(kept.headers)
        return _revalidated(request, response, whole=True) if request.method == "GET" else response

    def _keep(self, request: Request, operation: Operation, context: Context, caller: Caller | None, response: Response) -> None:
        """Keep an answer for when it is asked for again."""
        question: Question | None = request.scope.get(QUESTION)
        if question is not None and self._lasting(operation.text, operation.document):
            if request.method == "GET":
                response.headers["ETag"] = _tag(response)
            self._answers.keep(question, caller, list(response.raw_headers), bytes(response.body), own=context.asked_who)

    async def _in_time(self, operation: Operation, context: Context) -> Result:
        """Carry an operation out; raise RequestError where that cannot even begin, or takes too long."""
        seconds = self._limits.seconds
        latest = asyncio.get_running_loop().time() + seconds
        begun = self.run(operation, context)
        if isinstance(begun, Result):
            return begun
        try:
            async with asyncio.timeout_at(latest):
                return await begun
        except TimeoutError:
            hint = "ask for less"
            if operation.type is OperationType.MUTATION:
                hint = "it may be carried out all the same: look before you send it again"
            said = f"the answer took longer than {seconds:g} s"
            raise RequestError.of("graphql.timeout", said, hint, extensions=operation.extensions) from None

    def run(self, operation: Operation, context: Context) -> Result | Awaitable[Result]:
        """Carry an operation out as far as nothing has to be waited for; raise RequestError where that cannot even begin."""
        return begin(self._schema, operation, context)

    async def _told(self, operation: Operation, context: Context) -> AsyncIterator[bytes]:
        """Yield the answers of a subscription."""
        try:
            async with aclosing(listen(self._schema, operation, context)) as results:
                async for result in results:
                    _note(result)
                    yield _json(result.answer())
        except RequestError as error:
            visit.failed(error.code)
            yield _json(error.answer())


def _note(result: Result) -> None:
    """Write down what went wrong with a request."""
    for error in result.errors:
        visit.failed(str(error.get("extensions", {}).get("code", "graphql.value")))


def _refuse_unfit(operation: Operation, asked: GraphQLRequest, accepted: Answered) -> None:
    """Raise RequestError for an operation that is not done this way."""
    if operation.type is OperationType.SUBSCRIPTION and accepted != _EVENTS:
        hint = f"accept {_EVENTS}, or use a WebSocket with graphql-transport-ws"
        raise RequestError.of("graphql.not-acceptable", "a subscription is not told in one answer", hint)
    if operation.type is OperationType.MUTATION and asked.by_get:
        raise RequestError.of("graphql.method", "a mutation is not done by GET", "send it by POST", headers={"Allow": "POST"})


async def _body(request: Request, most: int) -> bytes:
    """Return the body of a request; raise RequestError, without reading on, when it is too large."""
    said = request.headers.get("content-length", "")
    content = bytearray()
    too_large = said.isdecimal() and int(said) > most
    if not too_large:
        async for chunk in request.stream():
            content += chunk
            if too_large := len(content) > most:
                break
    if too_large:
        raise RequestError.of("graphql.too-large", f"a request may have {most} bytes", headers={"Connection": "close"})
    return bytes(content)


async def _caller(request: Request) -> Caller | None:
    """Return who asks; raise RequestError for a token that does not hold. Whoever shows nothing need not be looked up."""
    if "authorization" not in request.headers and "cookie" not in request.headers:
        return None
    try:
        return await asyncio.to_thread(caller_of, request)
    except MechkgError as error:
        raise RequestError.by_mechkg(error) from None


# --- answers ------------------------------------------------------------------------------------------------------------


def _json(answer: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(answer)
    except TypeError:  # a whole number of more than 64 bits
        return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _written(answer: Mapping[str, Any], accepted: Answered, status: int, headers: Mapping[str, str]) -> Response:
    kind = _JSON if accepted == _EVENTS else accepted
    return Response(_json(answer), status, {**_ALWAYS, "Content-Type": f"{kind}; charset=utf-8", **headers})


def _refused(error: RequestError, accepted: Answered) -> Response:
    """Return the answer to a refused request.

    Its status depends on what the caller accepts: to who reads ``application/json``, a GraphQL request that could be read is
    answered with 200, whatever came of it; and a stream is opened to tell the error, as browsers show nobody what stands in the
    answer that refuses one.
    """
    visit.failed(error.code)
    about_graphql = error.status == 400 and error.code not in ABOUT_HTTP
    if about_graphql and accepted == _EVENTS:
        return event_stream(one(_json(error.answer())))
    status = 200 if about_graphql and accepted == "application/json" else error.status
    return _written(error.answer(), accepted, status, {**_NOT_KEPT, **error.headers})


def _kept_by(caller: Caller | None) -> dict[str, str]:
    """Return who may keep an answer: it may change with the next act, so whoever keeps it asks whether it still holds."""
    return {"Cache-Control": "no-cache" if caller is None else "private, no-cache"}


def _tag(response: Response) -> str:
    kind = response.headers["Content-Type"].encode()
    return f'"{blake2b(kind + bytes(response.body), digest_size=16).hexdigest()}"'


def _revalidated(request: Request, response: Response, *, whole: bool) -> Response:
    """Return an answer under its tag, or, to who has it already, that it still holds (RFC 9110, 13.1.2)."""
    if not whole:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["ETag"] = tag = _tag(response)
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        kept = {name: response.headers[name] for name in ("ETag", "Cache-Control", "Vary")}
        return Response(status_code=304, headers=kept)
    return response
