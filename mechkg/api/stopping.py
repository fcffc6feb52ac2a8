"""A server that stops lets those go who hold a connection open: streams end with an event that says so, WebSockets with 1001."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mechkg.api.graphql_errors import told

GOING_AWAY: Final = 1001
"""By this code a WebSocket is closed (RFC 6455, 7.4.1); clients connect anew."""

CODE: Final = "mechkg.stopping"


class Stopping:
    """Whether the server stops, and the WebSockets that have to be told."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._sockets: set[Send] = set()

    @property
    def begun(self) -> bool:
        """Whether it stops."""
        return self._begun.is_set()

    async def wait(self) -> None:
        """Wait until it stops."""
        await self._begun.wait()

    async def begin(self) -> None:
        """Let all go. To be awaited in the event loop that serves."""
        self._begun.set()
        sockets, self._sockets = self._sockets, set()
        for send in sockets:
            with suppress(Exception):  # it went by itself
                await send({"type": "websocket.close", "code": GOING_AWAY, "reason": "the server stops"})

    @staticmethod
    def error() -> dict[str, object]:
        """Return what the last answer on a stream says."""
        return {"errors": [told(CODE, "the server stops", "ask again in a few seconds")]}

    async def serve_socket(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket that is closed when the server stops; what is said on it afterwards goes nowhere."""

        async def say(message: Message) -> None:
            if self.begun and message["type"] != "websocket.accept":
                return
            if message["type"] == "websocket.accept":
                self._sockets.add(send)
            elif message["type"] == "websocket.close":
                self._sockets.discard(send)
            await send(message)

        try:
            await app(scope, receive, say)
        finally:
            self._sockets.discard(send)
