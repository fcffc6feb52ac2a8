"""Each request observed: given its id, counted, timed, a span, and one line of the log when it was answered.

Answers that were kept and are given again, signs of health and files of pages have a line at the level ``debug`` only.

A line tells method, path, route, status, seconds, who asked (the person, never the token), the GraphQL operation with its cost,
and codes of failures. It tells neither query strings nor bodies nor headers, which hold what people wrote and by what they were
let in.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mechkg.api.metrics import Metrics
from mechkg.api.rate_limit import address_of
from mechkg.api.stopping import Stopping
from mechkg.api.visit import HEADER, Visit, begin
from mechkg.tracing import collected, served

_LOG: Final = logging.getLogger("mechkg.request")
_HEADER: Final = HEADER.lower().encode()
_QUIET: Final = ("/healthz", "/readyz", "/metrics", "/static/")
"""Asked again and again by machines, or with each page: told to who wants to know everything."""
_LONGEST_PATH: Final = 200


class Observing:
    """The outermost ASGI application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, stopping: Stopping) -> None:
        self._app = app
        self._metrics = metrics
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = traceparent = None
        for name, value in scope["headers"]:
            if name == _HEADER:
                request_id = value.decode("latin-1")
            elif name == b"traceparent":
                traceparent = value.decode("latin-1")
        visit = begin(request_id, traceparent)
        if collected():
            with served(f"{scope.get('method', 'WEBSOCKET')}", _headers(scope)) as opened:
                await self._observed(scope, receive, send, visit, opened)
        else:
            await self._observed(scope, receive, send, visit, None)

    async def _observed(self, scope: Scope, receive: Receive, send: Send, visit: Visit, opened: Any) -> None:
        start = perf_counter()
        status = 0
        size = 0
        given = (_HEADER, visit.id.encode())

        async def answer(message: Message) -> None:
            nonlocal status, size
            kind = message["type"]
            if kind == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), given]}
            elif kind == "http.response.body":
                size += len(message.get("body", b""))
            elif kind == "websocket.accept":
                status = 101
                self._metrics.sockets.inc()
                message = {**message, "headers": [*message.get("headers", ()), given]}
            await send(message)

        try:
            if scope["type"] == "http":
                with self._metrics.in_flight.track_inprogress():
                    await self._app(scope, receive, answer)
            else:
                await self._stopping.serve_socket(self._app, scope, receive, answer)
        except Exception:
            status = status or 500
            visit.codes.append("mechkg.internal")
            raise
        finally:
            if status == 101:
                self._metrics.sockets.dec()
            self._told(scope, visit, status, size, perf_counter() - start, opened)

    def _told(self, scope: Scope, visit: Visit, status: int, size: int, seconds: float, opened: Any) -> None:
        """Write down what became of a request; one whose caller went before an answer began has the status 499."""
        status = status or 499
        route = route_of(scope)
        method = scope.get("method", "WEBSOCKET")
        if scope["type"] == "http":
            self._metrics.request(method, route, status, seconds, visit)
        if opened is not None:
            opened.update_name(f"{method} {route}")
            found = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            opened.set_attributes(found | ({"mechkg.operation": visit.operation} if visit.operation else {}))
        # an answer given again is counted; a line for each would take three times as long as to give it
        quiet = visit.kept or scope["path"].startswith(_QUIET)
        level = logging.DEBUG if quiet and status < 500 else logging.INFO
        if _LOG.isEnabledFor(level):
            _LOG.log(
                level, "%s %s %d", method, clean(scope["path"]), status, extra=_extra(scope, visit, route, status, size, seconds)
            )


def _extra(scope: Scope, visit: Visit, route: str, status: int, size: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        "request": visit.id,
        "method": scope.get("method", "WEBSOCKET"),
        "path": clean(scope["path"]),
        "route": route,
        "status": status,
        "seconds": round(seconds, 6),
        "bytes": size,
        "address": address_of(HTTPConnection({**scope, "type": "http"})),
        "who": visit.person,
        "operation": visit.operation and visit.operation[:80],
        "kind": visit.kind,
        "cost": visit.cost,
        "kept": visit.kept or None,
        "codes": visit.codes or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def route_of(scope: Scope) -> str:
    """Return the route that answered, as it is written where it is declared; ``none`` where none did."""
    path = getattr(scope.get("route"), "path", None)
    if path is not None:
        return str(path)
    given: str = scope["path"]
    if given == "/graphql":  # answered in front of all routes
        return given
    return "/static" if given.startswith("/static/") else "none"


def clean(text: str) -> str:
    """Return a text as a log may hold it: of one line, without signs that terminals obey, and not too long.

    >>> clean("/a\\nb")
    '/a\\\\nb'
    """
    shown = text if text.isprintable() else text.encode("unicode_escape").decode()
    return shown if len(shown) <= _LONGEST_PATH else f"{shown[: _LONGEST_PATH - 4]} ..."


def _headers(scope: Scope) -> dict[str, str]:
    wanted = (b"traceparent", b"tracestate")
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}
