"""What is listened to ends with the token or the session by which it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import TypeVar

from mechkg.curation import tokens
from mechkg.curation.ledger import Ledger
from mechkg.model.person import Caller

PAUSE = 5.0
"""Seconds between two looks at a token; another process may revoke it."""

T = TypeVar("T")


async def hold(ledger: Ledger, caller: Caller | None) -> None:
    """Raise UnauthenticatedError when that by which a caller asks has ended; who shows nothing has nothing that ends."""
    if caller is not None and caller.token is not None:
        await asyncio.to_thread(tokens.still, ledger, caller.token)


async def while_it_holds(answers: AsyncIterator[T], ledger: Ledger, caller: Caller | None) -> AsyncGenerator[T]:
    """Yield answers as they come; raise UnauthenticatedError once that by which the caller asks has ended."""
    if caller is None or caller.token is None:
        async for answer in answers:
            yield answer
        return
    clock = asyncio.get_running_loop().time
    looked = clock()
    following: asyncio.Future[T] | None = None
    try:
        while True:
            if following is None:
                following = asyncio.ensure_future(_next(answers))
            await asyncio.wait([following], timeout=max(looked + PAUSE - clock(), 0.0))
            if clock() >= looked + PAUSE:
                await hold(ledger, caller)
                looked = clock()
            if following.done():
                try:
                    answer = following.result()
                except StopAsyncIteration:
                    return
                following = None
                yield answer
    finally:
        if following is not None and not following.done():
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following


async def _next(answers: AsyncIterator[T]) -> T:
    return await anext(answers)
