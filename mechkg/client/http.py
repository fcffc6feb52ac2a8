"""Requests over HTTP: tried again where that may help and does no harm, and what goes wrong told as errors of mechkg.

A read is asked again when the network or a server in between failed, and when the server asks to wait. An act (a mutation) is
sent again only when it is known that nothing was done: no connection was made, or the server refused it before it looked at it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from mechkg.client.failures import BUSY, error_in, nothing_in, seconds_of
from mechkg.errors import (
    BadInputError,
    ForbiddenError,
    LedgerError,
    MechkgError,
    MissingExtraError,
    NotFoundError,
    QueryTimeoutError,
    RemoteError,
    TooManyTriesError,
    UnauthenticatedError,
    UncertainError,
    UnreachableError,
)

if TYPE_CHECKING:
    import httpx2

TIMEOUT: Final = 60.0
"""Seconds for an answer to begin, and between its parts. What reasons about a large space can take that long."""
CONNECTING: Final = 10.0
"""Seconds for a connection to be made."""
RETRIES: Final = 3
LONGEST_WAIT: Final = 60.0
"""Seconds waited before asking again, at most; who is told to wait longer is told so."""

_FIRST_WAIT: Final = 0.25
_HEADERS: Final = {
    "Content-Type": "application/json",
    "Accept": "application/graphql-response+json, application/json;q=0.9",
}
_LOOK: Final = "look whether it was done before you send it again"
_IN_BETWEEN: Final = frozenset({408, 425, 502, 503, 504})
"""What servers in between answer with when another try may help."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, as whom, and how patiently: ``timeout`` in seconds, ``retries`` beyond the first try."""

    url: str
    token: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT
    retries: int = RETRIES

    @classmethod
    def of(cls, url: str, token: str | None = None, timeout: float = TIMEOUT, retries: int = RETRIES) -> Endpoint:
        """Read an address, with or without ``/graphql`` at its end; raise BadInputError for what is none.

        >>> Endpoint.of("http://localhost:8000/graphql").url
        'http://localhost:8000'
        """
        try:
            parts = urlsplit(url.strip())
            _ = parts.port
        except ValueError as error:
            raise BadInputError(f"'{url}' is no address of a server: {error}", hint="write it as http://host:port") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInputError(f"'{url}' is no address of a server", hint="write it as http://host:port")
        if parts.username or parts.query or parts.fragment:
            raise BadInputError(f"'{url}' says more than where the server is", hint="a token is given apart, as token=")
        if timeout <= 0 or retries < 0:
            raise BadInputError("a timeout is longer than 0 s, and retries are 0 or more")
        return cls(url.strip().rstrip("/").removesuffix("/graphql"), token, timeout, retries)

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every request."""
        found = {"User-Agent": f"mechkg-client/{version('mechkg')}"}
        return found if self.token is None else {**found, "Authorization": f"Bearer {self.token}"}

    def file(self, release: str, name: str) -> str:
        """Address of a file of a release."""
        return f"{self.url}/releases/{quote(release, safe='')}/{quote(name, safe='/')}"


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL operation to be sent; ``acts`` when it may change something.

    ``partial``: an answer with errors counts too, as long as any field of it was answered.
    """

    query: str
    variables: Mapping[str, Any]
    operation: str | None = None
    acts: bool = False
    partial: bool = False

    @property
    def body(self) -> bytes:
        """The request, as JSON; raise BadInputError for variables that JSON cannot say."""
        content: dict[str, Any] = {"query": self.query, "variables": dict(self.variables)}
        if self.operation is not None:
            content["operationName"] = self.operation
        try:
            return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise BadInputError(f"the variables cannot be written as JSON: {error}") from error


def library() -> Any:
    """Return httpx2; raise MissingExtraError when it is not installed."""
    try:
        import httpx2
    except ImportError as error:
        raise MissingExtraError("asking a server needs httpx2", hint="pip install 'mechkg[client]'") from error
    return httpx2


class Tries:
    """One request and what becomes of it, try by try: when to ask again, and what to raise in the end."""

    def __init__(self, endpoint: Endpoint, *, acts: bool = False, partial: bool = False) -> None:
        self._endpoint = endpoint
        self._acts = acts
        self._partial = partial
        self._left = endpoint.retries
        self._wait = _FIRST_WAIT

    def after_failure(self, error: Exception) -> float:
        """Return how long to wait before the next try; raise what the failure comes to when there is to be none."""
        httpx2 = library()
        unsent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout))
        lasting = isinstance(
            error, (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.ProxyError, httpx2.DecodingError)
        )
        if self._left and not lasting and (unsent or not self._acts):
            return self._next()
        where = self._endpoint.url
        why = str(error) or type(error).__name__
        if unsent:
            hint = "is the server running, and is this its address?"
            raise UnreachableError(f"{where} cannot be reached: {why}", hint=hint) from error
        if self._acts and not lasting:
            raise UncertainError(
                f"{where} gave no answer ({why}), so it is not known whether anything was done", hint=_LOOK
            ) from error
        if isinstance(error, httpx2.TimeoutException):
            hint = "give it longer with timeout=, or ask for less"
            raise UnreachableError(f"{where} did not answer within {self._endpoint.timeout:g} s", hint=hint) from error
        raise UnreachableError(f"{where} gave no whole answer: {why}", hint="try again later") from error

    def after_answer(self, answer: httpx2.Response) -> Mapping[str, Any] | float:
        """Return what a GraphQL server answered, or how long to wait before the next try; raise what an error comes to."""
        content = _json_of(answer)
        seconds = seconds_of(answer.headers.get("Retry-After"))
        if content is None or not ("data" in content or "errors" in content):
            return self._without_graphql(answer, seconds)
        errors = content.get("errors")
        if not errors or (self._partial and not nothing_in(content.get("data"))):
            return content
        error = error_in(errors, seconds=seconds)
        if isinstance(error, TooManyTriesError):  # refused before anything was looked at
            return self._next_or(error, seconds)
        if error.code in BUSY and not self._acts:
            return self._next_or(error, seconds)
        # what began may go on, and what was done need not be told when the ledger goes right after it
        if self._acts and (isinstance(error, (QueryTimeoutError, RemoteError)) or type(error) is LedgerError):
            raise UncertainError(error.message, hint=error.hint or _LOOK) from error
        error.add_note(f"asked of {self._endpoint.url}")
        raise error

    def after_file(self, answer: httpx2.Response) -> float | None:
        """Return None for a file that came, or how long to wait before the next try; raise what an error comes to."""
        if answer.status_code == 200:
            return None
        return self._without_graphql(answer, seconds_of(answer.headers.get("Retry-After")))

    def _without_graphql(self, answer: httpx2.Response, seconds: float | None) -> float:
        """Deal with an answer that is not of GraphQL: of a server in between, or of something else altogether."""
        status, where = answer.status_code, self._endpoint.url
        if status == 429:
            error: MechkgError = TooManyTriesError(f"{where} is asked too often", seconds=seconds or 1.0)
            return self._next_or(error, seconds)
        if status in _IN_BETWEEN:
            if self._acts:
                said = f"{where} answers with HTTP {status}, so it is not known whether anything was done"
                raise UncertainError(said, hint=_LOOK)
            error = UnreachableError(f"{where} answers with HTTP {status}", hint="try again later")
            return self._next_or(error, seconds)
        if answer.has_redirect_location:
            to = answer.headers["Location"]
            raise UnreachableError(f"{where} sends us to {to}, which is not followed", hint="give that address if it is right")
        if status == 401:
            raise UnauthenticatedError(f"{where} does not take the token", hint="make another: mechkg token new NAME")
        if status == 403:
            raise ForbiddenError(f"{where} refuses the request")
        if status == 404:
            raise NotFoundError(f"there is nothing at {answer.url}", hint="give the address of mechkg, as http://host:port")
        if status >= 500:
            raise RemoteError(f"{where} answers with HTTP {status}", hint="its log says why")
        raise RemoteError(f"{where} answers with HTTP {status}, and not as GraphQL does", hint="is this the address of mechkg?")

    def _next_or(self, error: MechkgError, seconds: float | None) -> float:
        """Return how long to wait, at least what the server asks for; raise the error when that is too long or was the last."""
        if not self._left or (seconds or 0.0) > LONGEST_WAIT:
            raise error
        return max(self._next(), seconds or 0.0)

    def _next(self) -> float:
        """Return a wait that doubles from try to try, a part of it by chance so that many who wait do not come back at once."""
        self._left -= 1
        wait, self._wait = self._wait, self._wait * 2
        return wait * random.uniform(0.5, 1.0)


def _json_of(answer: httpx2.Response) -> Mapping[str, Any] | None:
    try:
        content = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


class Http:
    """Asks a server; threads may share it."""

    def __init__(self, endpoint: Endpoint, *, sleep: Callable[[float], None] = time.sleep, transport: Any = None) -> None:
        httpx2 = library()
        self.endpoint = endpoint
        self._sleep = sleep
        self._client = httpx2.Client(
            headers=endpoint.headers, timeout=httpx2.Timeout(endpoint.timeout, connect=CONNECTING), transport=transport
        )

    def ask(self, request: Request) -> Mapping[str, Any]:
        """Return the answer to an operation, which has no errors; raise what the first of them comes to."""
        httpx2 = library()
        tries, body = Tries(self.endpoint, acts=request.acts, partial=request.partial), request.body
        while True:
            try:
                answer = self._client.post(f"{self.endpoint.url}/graphql", content=body, headers=_HEADERS)
                found = tries.after_answer(answer)
            except httpx2.HTTPError as error:
                found = tries.after_failure(error)
            if not isinstance(found, float):
                return found
            self._sleep(found)

    def fetch(self, url: str, into: Path) -> str:
        """Write what is at an address into a file, and return its SHA-256 in hexadecimal; raise as :meth:`ask` does."""
        httpx2 = library()
        tries = Tries(self.endpoint)
        while True:
            try:
                with self._client.stream("GET", url) as answer:
                    wait = tries.after_file(answer)
                    if wait is None:
                        digest = hashlib.sha256()
                        with into.open("wb") as file:
                            for part in answer.iter_bytes():
                                file.write(part)
                                digest.update(part)
                        return digest.hexdigest()
            except httpx2.HTTPError as error:
                wait = tries.after_failure(error)
            self._sleep(wait)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Http:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncHttp:
    """Asks a server without holding up other tasks. A task that is cancelled gives its connection back."""

    def __init__(
        self, endpoint: Endpoint, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, transport: Any = None
    ) -> None:
        httpx2 = library()
        self.endpoint = endpoint
        self._sleep = sleep
        self._client = httpx2.AsyncClient(
            headers=endpoint.headers, timeout=httpx2.Timeout(endpoint.timeout, connect=CONNECTING), transport=transport
        )

    async def ask(self, request: Request) -> Mapping[str, Any]:
        """Return the answer to an operation, which has no errors; raise what the first of them comes to."""
        httpx2 = library()
        tries, body = Tries(self.endpoint, acts=request.acts, partial=request.partial), request.body
        while True:
            try:
                answer = await self._client.post(f"{self.endpoint.url}/graphql", content=body, headers=_HEADERS)
                found = tries.after_answer(answer)
            except httpx2.HTTPError as error:
                found = tries.after_failure(error)
            if not isinstance(found, float):
                return found
            await self._sleep(found)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
