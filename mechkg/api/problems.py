"""Failures over HTTP, in one form: problem details (RFC 9457) with the code of the error, or plain text for who asks for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import Request, Response

from mechkg.api import visit
from mechkg.api.negotiation import best
from mechkg.errors import (
    BadInputError,
    BusyError,
    ForbiddenError,
    GraphError,
    LedgerError,
    MechkgError,
    MissingExtraError,
    NotFoundError,
    QueryError,
    QueryMemoryError,
    QueryTimeoutError,
    RefusedActError,
    TooLargeError,
    TooManyTriesError,
    UnauthenticatedError,
    UnreachableError,
)
from mechkg.service.description import GoneError
from mechkg.service.sign_in import UnknownIdentityError

OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Location, Content-Location, Retry-After, Mechkg-Version, Mechkg-Result-Cut",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of what every page of any site may read: nobody has to sign in for it, so there is nothing to be had by it."""


class NotAcceptableError(BadInputError):
    """There is no form of what was asked for that who asks can read."""

    code = "mechkg.not_acceptable"


class UnsupportedTypeError(BadInputError):
    """The content is of a type that is not read."""

    code = "mechkg.unsupported_type"


class MethodError(BadInputError):
    """The method is not for this address."""

    code = "mechkg.method"


_TITLES: Final = {
    400: "The request cannot be read.",
    401: "You are not signed in.",
    403: "That is not done here.",
    404: "There is no such thing.",
    409: "That does not go with what there is now.",
    410: "That does not count any more.",
    405: "This method is not for this address.",
    406: "There is no form that you accept.",
    413: "That is too long.",
    415: "This type of content is not read here.",
    429: "That is too much at once.",
    500: "Something is broken here.",
    501: "That cannot be done here.",
    502: "Another service does not answer.",
    503: "That cannot be done now.",
}
_STATUS: Final[tuple[tuple[type[MechkgError], int], ...]] = (
    (MethodError, 405),
    (NotAcceptableError, 406),
    (UnsupportedTypeError, 415),
    (QueryTimeoutError, 503),
    (QueryMemoryError, 503),
    (BusyError, 503),
    (TooManyTriesError, 429),
    (TooLargeError, 413),
    (UnknownIdentityError, 403),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (MissingExtraError, 501),
    (UnreachableError, 502),
    (RefusedActError, 409),
    (GoneError, 410),
    (NotFoundError, 404),
    (QueryError, 400),
    (BadInputError, 400),
    (LedgerError, 503),
    (GraphError, 503),
)


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the description of an address says of answers with these statuses."""
    problem_schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "hint": {"type": "string"},
            "requestId": {"type": "string", "description": "By this, the log of the server tells more."},
        },
        "required": ["title", "status", "detail", "code"],
    }
    text = {"schema": {"type": "string"}}
    content = {"application/problem+json": {"schema": problem_schema}, "text/plain": text, "text/html": text}
    return {status: {"description": title_of(status), "content": content} for status in statuses}


def status_of(error: MechkgError) -> int:
    """Return the status that tells of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    """Return in words what a status stands for."""
    return _TITLES.get(status, _TITLES[500])


def headers_of(error: MechkgError) -> dict[str, str]:
    """Return the headers that go with an error: when to try again."""
    if isinstance(error, TooManyTriesError):
        return {"Retry-After": str(error.seconds)}
    if status_of(error) == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": "2"} if isinstance(error, BusyError) else {}


def problem(request: Request, error: MechkgError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that tells of an error."""
    status = status_of(error)
    visit.failed(error.code)
    sent = {**OPEN, **headers_of(error), "Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    if best(request.headers.get("accept"), ("application/problem+json", "application/json", "text/plain")) == "text/plain":
        return Response(f"{error}\n{error.code}\n", status, sent, "text/plain; charset=utf-8")
    content: dict[str, Any] = {"title": title_of(status), "status": status, "detail": error.message, "code": error.code}
    if error.hint:
        content["hint"] = error.hint
    content |= visit.told()
    if isinstance(error, UnknownIdentityError):
        content["identity"] = {"issuer": error.identity.issuer, "subject": error.identity.subject}
    return Response(orjson.dumps(content), status, sent, "application/problem+json")
