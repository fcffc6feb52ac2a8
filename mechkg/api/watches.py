"""GraphQL of saved hypotheses: what somebody watches, and what became of it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Optional, Union

import strawberry
from strawberry.scalars import JSON

from mechkg.api import arguments as given
from mechkg.api import enums
from mechkg.api.acts import BadInput, Forbidden, NotFound, Refused, Stale, failure
from mechkg.api.as_of import AS_OF
from mechkg.api.context import Info, asked
from mechkg.api.curation import caller_of
from mechkg.api.node import Node, own_id, own_name
from mechkg.errors import MechkgError
from mechkg.service import watches

# strawberry reads Optional[...] and Union[...] from these annotations at run time
# ruff: noqa: UP007, UP045


@strawberry.type(description="A verdict of a watch that an act changed.")
class WatchFlip:
    candidate: str = strawberry.field(description="Name of the candidate; ad-hoc for one of one's own.")
    before: Optional[str] = strawberry.field(
        description="The verdict before; null where it could not be asked.", graphql_type=Optional[enums.Verdict]
    )
    after: Optional[str] = strawberry.field(
        description="The verdict after; null where it can no longer be asked.", graphql_type=Optional[enums.Verdict]
    )
    cause: int = strawberry.field(description="Position of the act that caused it; the first, where several came together.")
    position: int = strawberry.field(description="Position of the act that records it.")
    at: datetime = strawberry.field(description="When it was recorded (UTC).")

    @classmethod
    def of(cls, value: watches.Flip) -> WatchFlip:
        return cls(
            candidate=value.candidate,
            before=value.before,
            after=value.after,
            cause=value.cause,
            position=value.position,
            at=value.at,
        )


@strawberry.type(description="A verdict of a watch.")
class WatchedVerdict:
    candidate: str = strawberry.field(description="Name of the candidate; ad-hoc for one of one's own.")
    verdict: str = strawberry.field(description="The verdict.", graphql_type=enums.Verdict)


@strawberry.type(description="A hypothesis that somebody watches: a candidate, named or put together, or a whole space.")
class Watch(Node):
    value: strawberry.Private[watches.Watch]

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return own_id("watch", self.value.id)

    @strawberry.field(description="Its name, watch-N, which stands for the IRI wherever one is given.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="What it is called.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="What is watched: space, candidate or steps and claims, withdrawn assumptions, as JSON.")
    def hypothesis(self) -> JSON:
        return JSON(dict(self.value.hypothesis))

    @strawberry.field(description="Since when (UTC).")
    def since(self) -> datetime:
        return self.value.since

    @strawberry.field(description="Ledger position as of which its verdicts were recorded; nothing that came since changed them.")
    def checked(self) -> int:
        return self.value.checked

    @strawberry.field(description="Its verdicts.")
    def verdicts(self) -> list[WatchedVerdict]:
        return [WatchedVerdict(candidate=strawberry.ID(name), verdict=verdict) for name, verdict in self.value.verdicts.items()]

    @strawberry.field(description="Every change of a verdict, oldest first.")
    def flips(self) -> list[WatchFlip]:
        return [WatchFlip.of(flip) for flip in self.value.flips]

    @strawberry.field(description="Whether it has ended.")
    def ended(self) -> bool:
        return self.value.ended


WatchResult = Annotated[
    Union[Watch, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("WatchResult", description="The watch as it stands then, or why nothing was done."),
]

WatchName = Annotated[strawberry.ID, strawberry.argument(description="Name of a watch of yours (watch-N).")]


@strawberry.type(description="Questions about what one watches.")
class WatchQueries:
    @strawberry.field(description="What you watch, oldest first.", extensions=AS_OF)
    async def watches(
        self, info: Info, ended: Annotated[bool, strawberry.argument(description="Those that have ended too.")] = False
    ) -> list[Watch]:
        of = partial(watches.watches_of, asked(info).view.ledger, caller_of(info).person, ended=ended)
        return [Watch(value=found) for found in await asyncio.to_thread(of)]

    @strawberry.field(description="One watch of yours.", extensions=AS_OF)
    async def watch(self, info: Info, id: WatchName) -> Watch:
        of = partial(watches.watch_of, asked(info).view.ledger, caller_of(info).person, own_name(id, "watch"))
        return Watch(value=await asyncio.to_thread(of))


@strawberry.type(description="What can be done about watches.")
class WatchMutations:
    @strawberry.mutation(description="Watch a candidate, one put together from steps and claims, or all candidates of a space.")
    async def watch_hypothesis(
        self,
        info: Info,
        space: given.Space,
        candidate: given.CandidateName = None,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        steps: given.Steps = None,
        postulates: given.Postulates = None,
        title: Annotated[Optional[str], strawberry.argument(description="What to call it; what it is, by default.")] = None,
    ) -> WatchResult:
        try:
            of = given.Hypothesis.of(space, without, ignoring, steps, postulates)
            wanted = watches.Hypothesis(
                of.space,
                None if candidate is None else given.part_name(candidate),
                None if of.steps is None else tuple(of.steps),
                of.postulates,
                tuple(of.without),
                tuple(of.ignoring),
            )
            return Watch(value=await info.context.reason(watches.watch, caller_of(info), wanted, title=title))
        except MechkgError as error:
            return failure(error)

    @strawberry.mutation(description="End a watch of yours; what it recorded stays.")
    async def end_watch(self, info: Info, id: WatchName) -> WatchResult:
        try:
            end = partial(watches.unwatch, info.context.workspace.ledger, caller_of(info), own_name(id, "watch"))
            return Watch(value=await asyncio.to_thread(end))
        except MechkgError as error:
            return failure(error)
