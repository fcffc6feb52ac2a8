"""What a resolver may use: the workspace, one catalog for the whole request so that all its answers agree, and threads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cached_property, partial
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

import strawberry
from fastapi import Depends
from strawberry.fastapi import BaseContext

from mechkg.api.caller import caller_of
from mechkg.errors import TooLargeError
from mechkg.model.person import Caller
from mechkg.service.catalog import Catalog
from mechkg.service.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")

MOST_REASONED = 20
"""So many fields of one request may ask the reasoner; each can take seconds, and they wait for one another."""

THREADS = 2
"""Threads that reason. They are apart from those that read, so that reading need not wait; a problem serves one at a time."""


class Context(BaseContext):
    """One request's view: every field reads the same snapshot, so no field needs a query of its own."""

    def __init__(self, workspace: Workspace, threads: Executor, caller: Caller | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.caller = caller
        """Who asks; None for somebody who does not say, and may read."""
        self._threads = threads
        self._reasoned = 0

    @cached_property
    def catalog(self) -> Catalog:
        """The accepted items as of the start of the request."""
        return self.workspace.catalog

    async def reason(self, act: Callable[Concatenate[Workspace, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that reasons, in a thread, so that other requests are answered meanwhile.

        Raises TooLargeError when one request asks for more than ``MOST_REASONED`` of them.
        """
        self._reasoned += 1
        if self._reasoned > MOST_REASONED:
            raise TooLargeError(f"one operation may ask the reasoner {MOST_REASONED} times", hint="ask in several operations")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(act, self.workspace, *arguments, **named))


Info = strawberry.Info[Context, Any]


def context_getter(workspace: Workspace) -> Callable[[Caller | None], Awaitable[Context]]:
    """Return what makes the context of each request; the catalog is read in a thread, as that may wait for the ledger."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reasoning")

    async def get(caller: Annotated[Caller | None, Depends(caller_of)]) -> Context:
        context = Context(workspace, threads, caller)
        await asyncio.to_thread(getattr, context, "catalog")
        return context

    return get
