"""What a server says went wrong, as the errors that mechkg raises where the graph is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from mechkg.errors import (
    BadInputError,
    BusyError,
    ForbiddenError,
    MechkgError,
    QueryTimeoutError,
    RemoteError,
    TooLargeError,
    TooManyTriesError,
)

_OF_GRAPHQL: Final[Mapping[str, type[MechkgError]]] = {
    "graphql.request": BadInputError,
    "graphql.syntax": BadInputError,
    "graphql.validation": BadInputError,
    "graphql.operation": BadInputError,
    "graphql.variables": BadInputError,
    "graphql.value": BadInputError,
    "graphql.persisted-not-found": BadInputError,
    "graphql.persisted-mismatch": BadInputError,
    "graphql.too-large": TooLargeError,
    "graphql.tokens": TooLargeError,
    "graphql.depth": TooLargeError,
    "graphql.aliases": TooLargeError,
    "graphql.directives": TooLargeError,
    "graphql.fields": TooLargeError,
    "graphql.cost": TooLargeError,
    "graphql.not-allowed": ForbiddenError,
    "graphql.timeout": QueryTimeoutError,
}
"""Code of a GraphQL error -> what it means here. The codes of mechkg have classes of their own."""

_WAIT: Final = frozenset({"graphql.rate-limited", TooManyTriesError.code})


def _tree(of: type[MechkgError]) -> Iterator[type[MechkgError]]:
    yield of
    for below in of.__subclasses__():
        yield from _tree(below)


def error_of(code: str | None, message: str, hint: str | None = None, *, seconds: float | None = None) -> MechkgError:
    """Return the error that a code stands for; ``seconds``: how long the server asks to wait.

    >>> error_of("mechkg.not_found", "there is no item called 'x'")
    NotFoundError("there is no item called 'x'")
    """
    if code in _WAIT:
        return TooManyTriesError(message, seconds=seconds or 1.0)
    kinds = {kind.code: kind for kind in _tree(MechkgError) if kind is not MechkgError}
    kind = _OF_GRAPHQL.get(code or "") or kinds.get(code or "")
    if kind is None or kind in (RemoteError, TooManyTriesError):
        return RemoteError(message, hint=hint, told=code)
    return kind(message, hint=hint)


def error_in(errors: object, *, seconds: float | None = None) -> MechkgError:
    """Return the first of the ``errors`` of an answer, with its place; a note on it tells of each other one."""
    those = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    if not those:
        return RemoteError("the server answers with errors that cannot be read")
    found = _read(those[0], seconds)
    for other in those[1:]:
        found.add_note(str(_read(other, seconds)))
    return found


def nothing_in(data: Mapping[str, Any] | None) -> bool:
    """Say whether no field of an operation was answered."""
    return data is None or all(value is None for value in data.values())


def _read(error: Mapping[str, Any], seconds: float | None) -> MechkgError:
    extensions = error.get("extensions")
    more = extensions if isinstance(extensions, dict) else {}
    code, hint = more.get("code"), more.get("hint")
    message = str(error.get("message") or "the server does not say what went wrong")
    places = error.get("locations")
    if code in ("graphql.syntax", "graphql.validation") and isinstance(places, list) and places and isinstance(places[0], dict):
        message = f"line {places[0].get('line')}, column {places[0].get('column')}: {message}"
    if code == "mechkg.internal":
        return RemoteError("something went wrong within the server", hint="its log says what", told=code)
    return error_of(code if isinstance(code, str) else None, message, hint if isinstance(hint, str) else None, seconds=seconds)


def seconds_of(retry_after: str | None) -> float | None:
    """Return how long a Retry-After asks to wait: a number of seconds, or a date; None when it says neither.

    >>> seconds_of("2"), seconds_of("soon"), seconds_of("Thu, 01 Jan 1970 00:00:00 GMT")
    (2.0, None, 0.0)
    """
    if retry_after is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", retry_after.strip()):
        return float(retry_after.strip())
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


BUSY: Final = frozenset({BusyError.code})
"""Codes of answers that another try may turn."""
