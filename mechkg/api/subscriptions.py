"""GraphQL subscriptions: acts and verdicts as they come, from where one left off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Optional
from weakref import WeakKeyDictionary

import strawberry

from mechkg.api import arguments as given
from mechkg.api.acts import Act
from mechkg.api.context import Info
from mechkg.api.curation import caller_of
from mechkg.api.history import ActFilter, read
from mechkg.api.progress import Progress, progress_of
from mechkg.api.watches import Watch, WatchFlip
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, TooLargeError
from mechkg.service.history import find
from mechkg.service.watches import watches_of

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045

MOST_LISTENERS = 500
"""So many may listen at once; each holds a connection."""

PAUSE = 0.5
"""Seconds between two looks at the ledger, which other processes write to as well. One look serves all who listen."""

_AT_ONCE = 100

After = Annotated[
    Optional[int],
    strawberry.argument(description="Begin after this position, such as that of the last one seen; from now on by default."),
]


class Pulse:
    """Tells when the ledger has moved on. It is looked at while somebody waits, and by one for all."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._last = 0
        self._look: asyncio.Task[None] | None = None
        self.listeners = 0

    async def beyond(self, position: int) -> int:
        """Wait until the ledger has a position above this one; return its last."""
        while self._last <= position:
            if self._look is None or self._look.done():
                self._look = asyncio.create_task(self._once())
            await asyncio.shield(self._look)
        return self._last

    async def _once(self) -> None:
        last = await asyncio.to_thread(self._ledger.position)
        if last == self._last:
            await asyncio.sleep(PAUSE)
        self._last = last


_PULSES: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakKeyDictionary[Ledger, Pulse]] = WeakKeyDictionary()


def _pulse(ledger: Ledger) -> Pulse:
    here = _PULSES.setdefault(asyncio.get_running_loop(), WeakKeyDictionary())
    return here.setdefault(ledger, Pulse(ledger))


async def _moments(ledger: Ledger, after: int | None) -> AsyncGenerator[tuple[int, int]]:
    """Yield, whenever the ledger has moved on, the position that was last seen and the last there is.

    Raises BadInputError for a position that is none, TooLargeError when too many listen already.
    """
    pulse = _pulse(ledger)
    last = await asyncio.to_thread(ledger.position)
    seen = last if after is None else after
    if not 0 <= seen <= last:
        raise BadInputError(f"the ledger has no position {seen}", hint=f"its last is {last}")
    if pulse.listeners >= MOST_LISTENERS:
        raise TooLargeError(f"{MOST_LISTENERS} listen already", hint="try again later, or ask for acts now and then")
    pulse.listeners += 1
    try:
        while True:
            last = await pulse.beyond(seen)
            yield seen, last
            seen = last
    finally:
        pulse.listeners -= 1


@strawberry.type(description="A verdict of something you watch has flipped.")
class WatchedChange:
    watch: Watch = strawberry.field(description="What is watched, as it stands now.")
    flip: WatchFlip = strawberry.field(description="What became of which verdict, and by which act.")


@strawberry.type(description="What can be listened to.")
class Subscription:
    @strawberry.subscription(description="Acts as they come. After a break, give the position of the last one seen as after.")
    async def acts(
        self,
        info: Info,
        filter: Annotated[Optional[ActFilter], strawberry.argument(description="Which are meant.")] = None,
        after: After = None,
    ) -> AsyncGenerator[Act, None]:
        workspace = info.context.workspace
        wanted, material = read(filter)
        acts = partial(find, workspace, wanted, material=material, most=_AT_ONCE)
        await asyncio.to_thread(partial(acts, after=2**31 - 2))  # what is no kind or material is told at once
        async with aclosing(_moments(workspace.ledger, after)) as moments:
            async for seen, last in moments:
                more = True
                while more:
                    page = await asyncio.to_thread(partial(acts, after=seen, before=last + 1))
                    for one in page.found:
                        yield Act(happened=one)
                    seen, more = page.last, page.more

    @strawberry.subscription(description="Verdicts of what you watch, as they flip.")
    async def verdict_changes(self, info: Info, after: After = None) -> AsyncGenerator[WatchedChange, None]:
        ledger, person = info.context.workspace.ledger, caller_of(info).person
        async with aclosing(_moments(ledger, after)) as moments:
            async for seen, last in moments:
                found = await asyncio.to_thread(partial(watches_of, ledger, person, ended=True))
                new = [(flip, one) for one in found for flip in one.flips if seen < flip.position <= last]
                for flip, one in sorted(new, key=lambda pair: pair[0].position):
                    yield WatchedChange(watch=Watch(value=one), flip=WatchFlip.of(flip))

    @strawberry.subscription(
        description="How far a check of a space has come: what is done, how much of it, how much was found; the last "
        "one has the answer. All of it is about one version of what counts."
    )
    async def progress(
        self,
        info: Info,
        space: given.Space,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        budget: given.Budget = 5.0,
        as_of: Annotated[
            Optional[str],
            strawberry.argument(description="As of a release, a time (ISO 8601) or a position; of now when left out."),
        ] = None,
    ) -> AsyncGenerator[Progress, None]:
        of = given.Hypothesis.of(space, without, ignoring)
        async with aclosing(progress_of(info, of, budget, as_of)) as steps:
            async for step in steps:
                yield step
