"""Subscriptions over server-sent events: the mode "distinct connections" of the GraphQL over SSE protocol.

One request is one stream. It tells each answer as an event ``next``, ends with an event ``complete``, and sends a comment now and
then while nothing happens, so that nobody on the way takes it for dead. Queries may be asked so too; they tell one answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, Final

import orjson
from starlette.responses import StreamingResponse

from mechkg.api.stopping import Stopping

SILENCE: Final = 12.0
"""Seconds after which a comment is sent."""

_COMMENT: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata: \n\n"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx, else, keeps events until it has a page full of them
    "X-Content-Type-Options": "nosniff",
}


def event_stream(
    answers: AsyncIterator[bytes], *, silence: float = SILENCE, stopping: Stopping | None = None
) -> StreamingResponse:
    """Return the response that tells answers, each written as JSON, as they come, until the server stops."""
    return StreamingResponse(_events(answers, silence, stopping), 200, _HEADERS, "text/event-stream; charset=utf-8")


async def one(answer: bytes) -> AsyncIterator[bytes]:
    """Yield one answer."""
    yield answer


async def _events(answers: AsyncIterator[bytes], silence: float, stopping: Stopping | None) -> AsyncGenerator[bytes]:
    yield _COMMENT  # so that the caller learns at once that there is a stream
    following: asyncio.Future[bytes] | None = None
    ending = None if stopping is None else asyncio.ensure_future(stopping.wait())
    try:
        while True:
            if following is None:
                following = asyncio.ensure_future(_next(answers))
            waited: list[asyncio.Future[Any]] = [following] if ending is None else [following, ending]
            done, _ = await asyncio.wait(waited, timeout=silence, return_when=asyncio.FIRST_COMPLETED)
            if ending in done and following not in done:
                yield b"event: next\ndata: " + orjson.dumps(Stopping.error()) + b"\n\n"
                break
            if not done:
                yield _COMMENT
                continue
            try:
                answer = following.result()
            except StopAsyncIteration:
                break
            following = None
            yield b"event: next\ndata: " + answer + b"\n\n"
        yield _COMPLETE
    finally:
        if ending is not None:
            ending.cancel()
        if following is not None and not following.done():
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
        close: Any = getattr(answers, "aclose", None)
        if close is not None:
            await close()


async def _next(answers: AsyncIterator[bytes]) -> bytes:
    return await anext(answers)
