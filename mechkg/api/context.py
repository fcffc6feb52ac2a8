"""What a resolver may use: the workspace, one catalog for the whole request so that all its answers agree, and threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Hashable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

import strawberry
from fastapi import Depends
from strawberry.fastapi import BaseContext

from mechkg.api.caller import caller_of
from mechkg.api.compiled import LightInfo
from mechkg.api.threads import CountedThreads
from mechkg.errors import TooLargeError
from mechkg.model.person import Caller
from mechkg.service.as_of import Moment
from mechkg.service.catalog import Catalog
from mechkg.service.recorded import Recorded
from mechkg.service.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound=Recorded)

MOST_REASONED = 20
"""So many fields of one request may ask the reasoner; each can take seconds, and they wait for one another."""

MOST_PASTS = 4
"""At so many moments of the past may one request look; a graph is derived for each that nobody asked for lately."""

ACTING = 4
"""Threads that act. An act waits for those before it: in threads of their own, acts do not keep those who read waiting."""

THREADS = 2
"""Threads that reason. They are apart from those that read, so that reading need not wait; a problem serves one at a time."""


class Context(BaseContext):
    """One request's view: every field reads the same snapshot, so no field needs a query of its own."""

    def __init__(
        self, workspace: Workspace, threads: CountedThreads, caller: Caller | None = None, acting: Executor | None = None
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self.known = caller
        """Who asks, for what is no part of the answer; fields ask for ``caller``."""
        self.asked_who = False
        """Whether it was asked who asks, so that others may be answered otherwise."""
        self._catalog: Catalog | None = None
        self._looking = threading.Lock()
        self._threads = threads
        self._acting = acting
        self._reasoned = 0
        self._past: dict[str, Recorded] = {}
        self._moments: dict[str, asyncio.Future[Moment]] = {}

    @property
    def caller(self) -> Caller | None:
        """Who asks; None for somebody who does not say, and may read."""
        self.asked_who = True
        return self.known

    @property
    def catalog(self) -> Catalog:
        """The accepted items as of the start of the request."""
        # no cached_property: in Python 3.11 those of all requests would wait for one another
        with self._looking:
            if self._catalog is None:
                self._catalog = made_ready(self.workspace.catalog)
            return self._catalog

    @catalog.setter
    def catalog(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def reason(self, act: Callable[Concatenate[Workspace, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that reasons, in a thread, so that other requests are answered meanwhile.

        Raises TooLargeError when one request asks for more than ``MOST_REASONED`` of them.
        """
        return await self.reason_on(self.workspace, act, *arguments, **named)

    async def reason_on(self, view: V, act: Callable[Concatenate[V, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that reasons on what counts now, or counted in the past; raise as :meth:`reason` does."""
        self._note_reasoning()
        return await self._in_thread(partial(act, view, *arguments, **named))

    async def ask_on(self, view: V, act: Callable[Concatenate[V, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that only asks, as :meth:`reason_on` does; who asks the same meanwhile is answered along."""
        self._note_reasoning()
        question = (id(view), act, _plain(arguments), _plain(named))
        waited = self._threads.submit_shared(question, partial(act, view, *arguments, **named))
        return await asyncio.shield(asyncio.wrap_future(waited))

    def _note_reasoning(self) -> None:
        self._reasoned += 1
        if self._reasoned > MOST_REASONED:
            raise TooLargeError(f"one operation may ask the reasoner {MOST_REASONED} times", hint="ask in several operations")

    async def go_on(self, act: Callable[[], T]) -> T:
        """Do more of what was begun by :meth:`reason`, which is counted once, in the same threads."""
        return await self._in_thread(act)

    async def act(self, act: Callable[[], T]) -> T:
        """Do an act, which may wait for others, in a thread."""
        if self._acting is None:
            return await asyncio.to_thread(act)
        return await asyncio.get_running_loop().run_in_executor(self._acting, act)

    async def go_back(self, root: str, as_of: str) -> None:
        """Let all below the field ``root`` of the operation be answered as of then.

        Raises BadInputError when it cannot be told when that is, TooLargeError for too many moments in one request.
        """
        if as_of not in self._moments:
            if len(self._moments) >= MOST_PASTS:
                hint = "ask in several operations"
                raise TooLargeError(f"one operation may look at {MOST_PASTS} moments of the past", hint=hint)
            self._moments[as_of] = asyncio.ensure_future(self._in_thread(partial(self._moment, as_of)))
        self._past[root] = await self._moments[as_of]

    def _moment(self, as_of: str) -> Moment:
        found = self.workspace.at(as_of)
        made_ready(found.catalog)  # read here, in a thread: it is asked for on the way through the answer
        return found

    def asked_in(self, root: str) -> Asked:
        """Return what the field ``root`` of the operation asks."""
        past = self._past.get(root)
        return Asked(self, self.workspace, self.catalog) if past is None else Asked(self, past, past.catalog)

    async def _in_thread(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, act)


def made_ready(catalog: Catalog) -> Catalog:
    """Return a catalogue whose columns are made: lists are answered from them without waiting."""
    _ = catalog.models.columns
    return catalog


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field asks: what counts now, or what counted at the moment of the past that it names."""

    context: Context
    view: Recorded
    catalog: Catalog

    async def reason(self, act: Callable[Concatenate[Recorded, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that reasons, in a thread; raise TooLargeError when a request asks for too many of them."""
        return await self.context.reason_on(self.view, act, *arguments, **named)

    async def ask(self, act: Callable[Concatenate[Recorded, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do an act of the service that only asks; raise as :meth:`reason` does. Others may be given the same answer."""
        return await self.context.ask_on(self.view, act, *arguments, **named)


def _plain(value: object) -> Hashable:
    """Return arguments in a form in which they can be compared: the same for those that ask the same, in the same order."""
    if isinstance(value, Mapping):
        return tuple((name, _plain(each)) for name, each in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    assert isinstance(value, Hashable)
    return value


Info = strawberry.Info[Context, Any]


def asked(info: Info) -> Asked:
    """Return what the field asks that is being answered: what the field of the operation asks that it is a part of."""
    if isinstance(info, LightInfo):  # one for all fields below that field
        found: Asked | None = info.asked
        if found is None:
            found = info.asked = info.context.asked_in(info.root)
        return found
    return info.context.asked_in(root_of(info))


def root_of(info: Info) -> str:
    """Return the key, in the answer, of the field of the operation that is being answered."""
    if isinstance(info, LightInfo):
        return info.root
    path = info.path
    while path.prev is not None:
        path = path.prev
    return str(path.key)


def reasoning_threads() -> CountedThreads:
    """Return the threads that reason."""
    return CountedThreads(THREADS, "reasoning")


def context_getter(workspace: Workspace, threads: CountedThreads | None = None) -> Callable[[Caller | None], Awaitable[Context]]:
    """Return what makes the context of each request; it reasons in ``threads``.

    The catalog is read in a thread, as that may wait for the ledger; but not again while no act was done, where the ledger tells
    so at once.
    """
    threads = reasoning_threads() if threads is None else threads
    acting = CountedThreads(ACTING, "acting")
    marks = workspace.ledger.marks
    last: tuple[int, Catalog] | None = None

    async def get(caller: Annotated[Caller | None, Depends(caller_of)]) -> Context:
        nonlocal last
        context = Context(workspace, threads, caller, acting)
        position = marks.now().position if marks.at_once else None
        if last is not None and last[0] == position:
            context.catalog = last[1]
        else:
            await asyncio.to_thread(getattr, context, "catalog")
            if position is not None:
                last = (position, context.catalog)
        return context

    return get
