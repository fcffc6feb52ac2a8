"""What went wrong, for every address: a page for a browser, problem details for a program; never the words of a framework."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.routing import Match

from mechkg.api.frame import frame_of
from mechkg.api.negotiation import best
from mechkg.api.pages import HTML, html
from mechkg.api.problems import MethodError, headers_of, problem, status_of, title_of, told
from mechkg.api.visit import failed as failed_with
from mechkg.errors import BadInputError, MechkgError, NotFoundError, TooLargeError
from mechkg.web.frame import Frame
from mechkg.web.problem_page import ProblemPage, problem_page

_PRIVATE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_ALONE: Final = ("/sign-in", "/invitation")
"""Pages that one is not to come back to after signing in."""

_QUOTED: Final = re.compile(r"'([^']*)'")


ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {**told(400)[400], "description": "The request is refused; title, detail and code say why, hint what to do."}
}
"""What the description of every address says of failures."""


class BrokenError(MechkgError):
    """Something went wrong within; what, is not told."""

    code = "mechkg.internal"


def add_failures(app: FastAPI) -> None:
    """Let an application answer every failure in one of two forms."""
    app.add_exception_handler(MechkgError, failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)


async def failed(connection: HTTPConnection, error: Exception) -> Response:
    """Answer a failure that was raised on purpose."""
    assert isinstance(error, MechkgError)
    return await _told(connection, error)


async def _refused(connection: HTTPConnection, error: Exception) -> Response:
    """Answer what is at no address, or not done at this one."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    path = connection.url.path
    if error.status_code == 405:
        allowed = headers.get("Allow", "")
        method = connection.scope.get("method", "")
        found: MechkgError = MethodError(f"{method} means nothing at {path}", hint=f"use {allowed}" if allowed else None)
    elif error.status_code == 404:
        if (there := _without_slash(connection)) is not None:
            return RedirectResponse(there, 308)
        found = NotFoundError.of("page", path, _paths(connection.app))
    elif error.status_code == 413:
        found = TooLargeError("the request is longer than is read")
    elif error.status_code < 500:
        found = BadInputError("the request cannot be read")
    else:
        found = BrokenError("something went wrong within")
    return await _told(connection, found, headers)


async def _unreadable(connection: HTTPConnection, error: Exception) -> Response:
    """Answer parameters that cannot be read: part of a path that is none is an address that there is not."""
    assert isinstance(error, RequestValidationError)
    return await _told(connection, _first(error.errors()))


async def _gone(_connection: HTTPConnection, _error: Exception) -> Response:
    """Answer who went before all was said: nobody hears it, but it is counted as what it is."""
    return Response(status_code=400)


async def _broken(connection: HTTPConnection, _: Exception) -> Response:
    """Answer what nobody expected; the server writes it into its log."""
    return await _told(connection, BrokenError("something went wrong within", hint="its log tells more"))


def _first(errors: Sequence[Mapping[str, Any]]) -> MechkgError:
    """Return the first of what was found wrong with a request, in our words."""
    one = errors[0]
    where, name = one["loc"][0], str(one["loc"][-1])
    given, expected = one.get("input"), str((one.get("ctx") or {}).get("expected", ""))
    called = name.replace("_", " ")
    if where == "path":
        options = _QUOTED.findall(expected)
        found = NotFoundError.of(called, str(given)[:80], options)
        if found.hint is None and options:
            return NotFoundError(found.message, hint=f"there are {', '.join(options)}")
        return found
    if one["type"] == "missing":
        return BadInputError(f"'{called}' has to be given")
    what = f"'{given[:80]}' is no {called}" if isinstance(given, str) else f"'{called}' cannot be read"
    hint = f"it is {expected}" if expected else str(one["msg"]).replace("Input should be", "it is", 1)
    return BadInputError(what, hint=hint)


def _without_slash(connection: HTTPConnection) -> str | None:
    """Return the address on this host that was meant, where a slash too many is all that is wrong with one that is asked for."""
    asked: str = connection.scope["path"]
    path = f"/{asked.strip('/')}"
    if path == asked or connection.scope["type"] != "http":
        return None
    scope = {**connection.scope, "path": path}
    if not any(route.matches(scope)[0] is Match.FULL for route in connection.app.router.routes):
        return None
    return quote(path) + (f"?{connection.url.query}" if connection.url.query else "")


def _paths(app: FastAPI) -> list[str]:
    """Return the addresses that an application has, as far as no part of them is a name."""
    paths = [getattr(found, "path", None) for found in iter_route_contexts(app.routes)]
    return [path for path in paths if path and "{" not in path]


async def _told(connection: HTTPConnection, error: MechkgError, headers: Mapping[str, str] | None = None) -> Response:
    status = status_of(error)
    more = {**headers_of(error), **_PRIVATE, **(headers or {})}
    if isinstance(connection, WebSocket):
        return await _denied(connection, error, more)
    request = Request(connection.scope)
    if best(request.headers.get("accept"), ("application/problem+json", "application/json", "text/plain", HTML)) == HTML:
        failed_with(error.code)
        page = ProblemPage(title_of(status), error.message, error.code, error.hint)
        return html(problem_page(page, await _frame(request)), status, {"Vary": "Accept, Cookie", **more})
    return problem(request, error, more)


async def _frame(request: Request) -> Frame:
    if request.url.path.startswith(_ALONE):
        return Frame()
    try:
        return await run_in_threadpool(frame_of, request)
    except MechkgError:  # it was the ledger that failed
        return Frame()


async def _denied(websocket: WebSocket, error: MechkgError, headers: Mapping[str, str]) -> Response:
    """Refuse to open a WebSocket: with an answer, where the server can send one."""
    response = problem(Request({**websocket.scope, "type": "http", "method": "GET"}), error, headers)
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(response)
    else:
        await websocket.close(4403, error.message[:100])
    return response
