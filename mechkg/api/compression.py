"""Answers made small on the way to who can read them so: pages, styles, scripts, drawings, data in text.

What is sent bit by bit as it is found stays as it is, and so do answers that nobody may keep: they may hold a secret, and how
small an answer gets tells something of what is in it (BREACH, https://www.breachattack.com/).
"""

from __future__ import annotations

import zlib
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST: Final = 1000
"""Bytes below which it is not worth it."""

LEVEL: Final = 5
"""Half as much work as the usual 6 for pages, and a hundredth larger."""

_MUCH: Final = 100_000
"""Bytes above which other requests are not to wait for it."""

_TYPES: Final = frozenset(
    {
        "application/json",
        "application/ld+json",
        "application/javascript",
        "application/xml",
        "application/rdf+xml",
        "image/svg+xml",
    }
)
_NOT: Final = ("text/event-stream",)


class Compression:
    """Compresses answers with gzip for who accepts that; those at ``apart`` have ways of their own."""

    def __init__(self, app: ASGIApp, apart: tuple[str, ...] = ()) -> None:
        self._app = app
        self._apart = apart
        self._kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http" or scope["path"] in self._apart or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, accepts(Headers(scope=scope).get("accept-encoding", "")), scope["path"], self._kept)
        await self._app(scope, receive, answer.send)


class _Answer:
    """An answer on its way: what is whole, or a file of known length, is compressed."""

    def __init__(self, send: Send, accepted: bool, path: str, kept: dict[str, bytes]) -> None:
        self._send, self._accepted, self._path, self._kept = send, accepted, path, kept
        self._start: Message = {}
        self._packer: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        """Send a message on."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._begun()
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start:
            headers = MutableHeaders(raw=self._start["headers"])
            if _may(headers, self._start["status"]):
                headers.add_vary_header("Accept-Encoding")
                length = int(headers.get("content-length", "0"))
                if self._accepted and max(length, 0 if more else len(body)) >= LEAST:
                    if not more:
                        body = await self._packed(body, lasting="immutable" in headers.get("cache-control", ""))
                        headers["content-length"] = str(len(body))
                        _now_packed(headers)
                    elif length:
                        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
                        del headers["content-length"]
                        _now_packed(headers)
            await self._begun()
        if self._packer is not None:
            body = self._packer.compress(body) + (b"" if more else self._packer.flush())
        await self._send({**message, "body": body})

    async def _begun(self) -> None:
        if self._start:
            start, self._start = self._start, {}
            await self._send(start)

    async def _packed(self, body: bytes, *, lasting: bool) -> bytes:
        """Compress a whole answer; one that never changes at its address once."""
        if lasting and self._path in self._kept:
            return self._kept[self._path]
        level = 9 if lasting else LEVEL
        found = await run_in_threadpool(packed, body, level) if len(body) > _MUCH else packed(body, level)
        if lasting:
            self._kept[self._path] = found
        return found


def packed(body: bytes, level: int = LEVEL) -> bytes:
    """Return bytes in the form of gzip, the same for the same.

    >>> len(packed(b"a" * 10_000)) < 100, packed(b"x") == packed(b"x")
    (True, True)
    """
    return zlib.compress(body, level, 31)


def accepts(accepted: str) -> bool:
    """Say whether a header Accept-Encoding allows gzip (RFC 9110, 12.5.3).

    >>> accepts("br, gzip"), accepts("gzip;q=0, *"), accepts("*"), accepts("identity"), accepts("")
    (True, False, True, False, False)
    """
    weights: dict[str, float] = {}
    for each in accepted.split(","):
        name, _, more = each.partition(";")
        key, _, value = more.strip().partition("=")
        try:
            weights[name.strip().lower()] = float(value) if key.strip().lower() == "q" else 1.0
        except ValueError:
            weights[name.strip().lower()] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _may(headers: Headers, status: int) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    text = (kind.startswith("text/") and kind not in _NOT) or kind in _TYPES or kind.endswith("+json")
    open_ = "content-encoding" not in headers and "no-store" not in headers.get("cache-control", "")
    return text and open_ and status not in (204, 206, 304)


def _now_packed(headers: MutableHeaders) -> None:
    headers["content-encoding"] = "gzip"
    tag = headers.get("etag")
    if tag is not None and not tag.startswith("W/"):
        headers["etag"] = f"W/{tag}"  # the same content in other bytes (RFC 9110, 8.8.1)
