"""Headers that every answer has, so that browsers do with it what it is for and nothing else.

They are those that OWASP names for applications and interfaces alike
(https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html). What a page or an answer says itself stands.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Data is no page: what has no policy of its own may load, frame and send nothing where a browser shows it after all."""

TLS: Final = {"strict-transport-security": "max-age=31536000"}
"""Where people know this installation by an https address, browsers are to come by TLS from then on."""


class SecurityHeaders:
    """Adds what an answer lacks of these headers."""

    def __init__(self, app: ASGIApp, public_url: str | None = None) -> None:
        self._app = app
        told = {**ALWAYS, **(TLS if urlsplit(public_url or "").scheme == "https" else {})}
        self._told = [(name.encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            # what a browser has keeps the headers that it came with, unless this answer has others
            if message["type"] == "http.response.start" and message["status"] != 304:
                headers = list(message.get("headers", ()))
                known = {name.lower() for name, _ in headers}
                headers.extend(each for each in self._told if each[0] not in known)
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, answer)
