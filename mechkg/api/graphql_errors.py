"""Failures of a GraphQL request, and what is told of them: a stable code, a sentence, a hint.

| code | what it says | status |
| --- | --- | --- |
| graphql.request | the request itself cannot be read: no JSON, a parameter of the wrong type, a batch | 400 |
| graphql.method | this is not done by that method of HTTP: a mutation by GET | 405 |
| graphql.media-type | the body is of a kind that is not read here | 415 |
| graphql.not-acceptable | what the caller would accept is not given here | 406 |
| graphql.too-large | the body, or the variables in it, are larger than is read | 413 |
| graphql.syntax | the document is no GraphQL | 400 |
| graphql.validation | the document asks for what the schema does not have | 400 |
| graphql.operation | it cannot be told which operation of the document is meant | 400 |
| graphql.variables | the variables do not fit the operation | 400 |
| graphql.tokens, graphql.depth, graphql.aliases, graphql.directives, graphql.fields, graphql.cost | a limit is passed | 400 |
| graphql.not-allowed | the operation is not one of those that are answered here | 403 |
| graphql.persisted-not-found | no operation is known by that digest or name: send its text | 400 |
| graphql.persisted-mismatch | the text has another digest than was said | 400 |
| graphql.timeout | the answer took too long | 503 |
| graphql.rate-limited | the caller asks too often; Retry-After says when to come back | 429 |
| graphql.value | a value could not be read or written while the operation was carried out | 200 |
| mechkg.internal | something went wrong within; what, is not told | 200, 500 |
| mechkg.* | what the service refused: the codes of :mod:`mechkg.errors` | 200, 401, 403, 429, 503 |

To who accepts ``application/json`` alone, a well-formed request is answered with status 200 where this table says 400.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import GraphQLError

from mechkg.api import visit
from mechkg.errors import ForbiddenError, GraphError, LedgerError, MechkgError, TooManyTriesError, UnauthenticatedError

LONGEST_MESSAGE: Final = 1000
"""Characters of a message; libraries print what they were given, however long."""

STATUS: Final[Mapping[str, int]] = {
    "graphql.method": 405,
    "graphql.media-type": 415,
    "graphql.not-acceptable": 406,
    "graphql.too-large": 413,
    "graphql.not-allowed": 403,
    "graphql.timeout": 503,
    "graphql.rate-limited": 429,
    "mechkg.internal": 500,
}
"""Code -> status of the answer to a request that was refused as a whole; 400 for all others."""

_OF_MECHKG: Final[tuple[tuple[type[MechkgError], int], ...]] = (
    (TooManyTriesError, 429),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (LedgerError, 503),
    (GraphError, 503),
)

ABOUT_HTTP: Final = frozenset({"graphql.request", *STATUS})
"""Codes of what is refused before there is a GraphQL request: their status is the same whatever the caller accepts."""


class RequestError(Exception):
    """A request that is refused as a whole: nothing was carried out, and the answer has no data."""

    def __init__(
        self,
        errors: Iterable[Mapping[str, Any]],
        *,
        code: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        self.errors = [dict(error) for error in errors]
        self.code = code
        self.status = status or STATUS.get(code, 400)
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})
        """What the answer tells beside its errors."""
        super().__init__(self.errors[0]["message"])

    @classmethod
    def of(cls, code: str, message: str, hint: str | None = None, **more: Any) -> RequestError:
        """Build the error with one message; ``more`` as for the constructor."""
        return cls([told(code, message, hint)], code=code, **more)

    @classmethod
    def by_graphql(cls, code: str, errors: Iterable[GraphQLError], **more: Any) -> RequestError:
        """Build the error from what GraphQL finds wrong with a document; ``more`` as for the constructor."""
        return cls([told(code, error.message, at=_places(error)) for error in errors], code=code, **more)

    @classmethod
    def by_mechkg(cls, error: MechkgError) -> RequestError:
        """Build the error from what mechkg raised before anything was carried out."""
        headers = {}
        if isinstance(error, UnauthenticatedError):
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyTriesError):
            headers["Retry-After"] = str(error.seconds)
        status = next((number for kind, number in _OF_MECHKG if isinstance(error, kind)), 400)
        return cls([told(error.code, error.message, error.hint)], code=error.code, status=status, headers=headers)

    def answer(self) -> dict[str, Any]:
        """Return the answer."""
        extensions = {**self.extensions, **visit.told()}
        return {"errors": self.errors, **({"extensions": extensions} if extensions else {})}

    def as_graphql(self) -> list[GraphQLError]:
        """Return the errors as a GraphQL library passes them on, for doors of its own."""
        return [GraphQLError(error["message"], extensions=error["extensions"]) for error in self.errors]


def told(code: str, message: str, hint: str | None = None, at: list[dict[str, int]] | None = None) -> dict[str, Any]:
    """Return an error as it stands in an answer."""
    extensions = {"code": code, **({"hint": shortened(hint)} if hint else {})}
    return {"message": shortened(message), **({"locations": at} if at else {}), "extensions": extensions}


def shortened(text: str) -> str:
    """Return a text, cut where it is too long to be read.

    >>> len(shortened("x" * 5000))
    1000
    """
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 4]} ..."


def explain(error: GraphQLError) -> None:
    """Give an error of a field the code and hint of what caused it; what went wrong within is not told."""
    cause = error.original_error
    if isinstance(cause, MechkgError):
        error.message = shortened(error.message)
        error.extensions = {"code": cause.code, **({"hint": shortened(cause.hint)} if cause.hint else {})}
    elif cause is not None and not isinstance(cause, GraphQLError):
        error.message = "internal error"
        error.extensions = {"code": "mechkg.internal"}
    else:
        error.message = shortened(error.message)
        error.extensions = {"code": "graphql.value", **(error.extensions or {})}


def _places(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]
