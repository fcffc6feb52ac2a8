"""GraphQL of the record: acts, versions of an item, and what differs between two moments."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Optional, cast

import strawberry
from strawberry.scalars import JSON

from mechkg.api.acts import Act
from mechkg.api.as_of import AS_OF
from mechkg.api.context import Info, asked
from mechkg.model import happened, merge
from mechkg.model.ledger_record import ActKind, Subject
from mechkg.service import diff as compared
from mechkg.service import history as told
from mechkg.service.catalog import Entry

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045

Kinds = Annotated[Optional[list[str]], strawberry.argument(description="Only acts of these kinds: propose, accept, comment, ...")]
AboutItem = Annotated[Optional[str], strawberry.argument(description="Only acts about the item with this id.")]
AboutDocument = Annotated[Optional[str], strawberry.argument(description="Only acts about the paper with this id.")]
AboutMaterial = Annotated[Optional[str], strawberry.argument(description="Only acts about what belongs to this material.")]
UponSet = Annotated[Optional[str], strawberry.argument(description="Only acts upon this change set, or following from it.")]
ByPerson = Annotated[Optional[str], strawberry.argument(description="Only what this person did.")]


def wanted(
    kinds: list[str] | None, item: str | None, document: str | None, change_set: str | None, person: str | None
) -> happened.Wanted:
    """Return which acts are asked for."""
    upon = Subject("set", change_set) if change_set is not None else None
    return happened.Wanted(cast("frozenset[ActKind]", frozenset(kinds or ())), item, document, upon, person)


@strawberry.type(description="An act, and what it is about. Acts that concern one person alone, such as tokens, are not told.")
class Happened:
    value: strawberry.Private[happened.Happened]

    @strawberry.field(description="The act as it stands in the ledger.")
    def act(self) -> Act:
        return Act(value=self.value.act)

    @strawberry.field(description="What was done, in a sentence.")
    def sentence(self) -> str:
        return told.sentence(self.value)

    @strawberry.field(description="Id of the item whose assertion it gives a status to.")
    def item(self) -> Optional[strawberry.ID]:
        return None if self.value.item is None else strawberry.ID(self.value.item)

    @strawberry.field(description="Kind of that item.")
    def item_kind(self) -> Optional[str]:
        return self.value.item_kind

    @strawberry.field(description="Id of the paper that the assertion is read from.")
    def document(self) -> Optional[strawberry.ID]:
        return None if self.value.document is None else strawberry.ID(self.value.document)


@strawberry.type(description="Some of the acts that were asked for.")
class ActPage:
    nodes: list[Happened] = strawberry.field(description="The acts.")
    more: bool = strawberry.field(description="Whether there are others.")
    last: int = strawberry.field(description="Position to go on from: give it as before, or as after for the oldest first.")


@strawberry.type(description="A field that reads otherwise.")
class FieldDifference:
    value: strawberry.Private[merge.Difference]

    @strawberry.field(description="Where it is: keys and ids of parts from the outside in, separated by dots.")
    def field(self) -> str:
        return self.value.place

    @strawberry.field(description="What it was; null too where it was not there.")
    def before(self) -> Optional[JSON]:
        return None if self.value.before is merge.ABSENT else JSON(self.value.before)

    @strawberry.field(description="What it is; null too where it is not there.")
    def after(self) -> Optional[JSON]:
        return None if self.value.after is merge.ABSENT else JSON(self.value.after)

    @strawberry.field(description="added, removed or changed.")
    def how(self) -> str:
        if self.value.before is merge.ABSENT:
            return "added"
        return "removed" if self.value.after is merge.ABSENT else "changed"


@strawberry.type(description="One content that an item had, or was to have.")
class Version:
    value: strawberry.Private[told.Version]

    @strawberry.field(description="Its number, from 1 on.")
    def number(self) -> int:
        return self.value.number

    @strawberry.field(description="Content-addressed id of the assertion.")
    def assertion(self) -> str:
        return self.value.record.id

    @strawberry.field(description="proposed, accepted, rejected, superseded or retracted.")
    def status(self) -> str:
        return self.value.status

    @strawberry.field(description="All that it says, as JSON.")
    def content(self) -> JSON:
        return JSON(self.value.record.body)

    @strawberry.field(description="When it was proposed first (UTC).")
    def proposed_at(self) -> datetime:
        return self.value.proposed_at

    @strawberry.field(description="Who proposed it first.")
    def proposed_by(self) -> str:
        return self.value.proposed_by

    @strawberry.field(description="When it came to count last (UTC); null when it never did.")
    def accepted_at(self) -> Optional[datetime]:
        return self.value.accepted_at

    @strawberry.field(description="Who let it count.")
    def accepted_by(self) -> Optional[str]:
        return self.value.accepted_by

    @strawberry.field(description="The acts that gave it its statuses, oldest first.")
    def acts(self) -> list[Act]:
        return [Act(value=act) for act in self.value.acts]


@strawberry.type(description="An item at one moment.")
class ItemThen:
    entry: strawberry.Private[Entry]

    @strawberry.field(description="Id of the item.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.entry.id)

    @strawberry.field(description="Kind of item.")
    def item_kind(self) -> str:
        return self.entry.kind

    @strawberry.field(description="Id of the paper.")
    def document(self) -> strawberry.ID:
        return strawberry.ID(self.entry.record.document)

    @strawberry.field(description="Content-addressed id of the assertion.")
    def assertion(self) -> str:
        return self.entry.record.id

    @strawberry.field(description="All that it says, as JSON.")
    def content(self) -> JSON:
        return JSON(self.entry.record.body)


@strawberry.type(description="An item that reads otherwise.")
class ChangedItem:
    value: strawberry.Private[compared.ChangedItem]

    @strawberry.field(description="The item before.")
    def before(self) -> ItemThen:
        return ItemThen(entry=self.value.before)

    @strawberry.field(description="The item after.")
    def after(self) -> ItemThen:
        return ItemThen(entry=self.value.after)

    @strawberry.field(description="The fields that differ.")
    def fields(self) -> list[FieldDifference]:
        return [FieldDifference(value=one) for one in self.value.differences]


@strawberry.type(description="A candidate on which the verdict differs.")
class ChangedVerdict:
    space: strawberry.ID = strawberry.field(description="Name of the hypothesis space.")
    candidate: strawberry.ID = strawberry.field(description="Name of the candidate.")
    before: Optional[str] = strawberry.field(description="The verdict before; null where the candidate was not there.")
    after: Optional[str] = strawberry.field(description="The verdict after; null where the candidate is not there.")


@strawberry.type(description="What differs between two moments.")
class Diff:
    value: strawberry.Private[compared.Diff]

    @strawberry.field(description="Ledger position of the earlier answers.")
    def before(self) -> int:
        return self.value.before

    @strawberry.field(description="Ledger position of the later answers.")
    def after(self) -> int:
        return self.value.after

    @strawberry.field(description="Items that came.")
    def added(self) -> list[ItemThen]:
        return [ItemThen(entry=entry) for entry in self.value.added]

    @strawberry.field(description="Items that went.")
    def removed(self) -> list[ItemThen]:
        return [ItemThen(entry=entry) for entry in self.value.removed]

    @strawberry.field(description="Items that read otherwise.")
    def changed(self) -> list[ChangedItem]:
        return [ChangedItem(value=one) for one in self.value.changed]

    @strawberry.field(description="Candidates on which the verdict differs; empty when verdicts were not asked for.")
    def verdicts(self) -> list[ChangedVerdict]:
        return [
            ChangedVerdict(
                space=strawberry.ID(one.space), candidate=strawberry.ID(one.candidate), before=one.before, after=one.after
            )
            for one in self.value.verdicts
        ]


Moment = "the name of a release, a time (ISO 8601), or a position of the ledger"


@strawberry.type(description="Questions about the record.")
class HistoryQueries:
    @strawberry.field(
        description="What was done: who, when, why, by which door; the newest first unless it is said otherwise.",
        extensions=AS_OF,
    )
    async def acts(
        self,
        info: Info,
        kinds: Kinds = None,
        item: AboutItem = None,
        document: AboutDocument = None,
        material: AboutMaterial = None,
        change_set: UponSet = None,
        person: ByPerson = None,
        after: Annotated[int, strawberry.argument(description="Only those after this position.")] = 0,
        before: Annotated[Optional[int], strawberry.argument(description="Only those before this position.")] = None,
        oldest_first: Annotated[bool, strawberry.argument(description="The oldest first.")] = False,
        first: Annotated[int, strawberry.argument(description="So many at most, up to 500.")] = 50,
    ) -> ActPage:
        find = partial(
            told.find, asked(info).view, wanted(kinds, item, document, change_set, person), material=material, after=after,
            before=before, newest=not oldest_first, most=first,
        )  # fmt: skip
        page = await asyncio.to_thread(find)
        return ActPage(nodes=[Happened(value=one) for one in page.found], more=page.more, last=page.last)

    @strawberry.field(description="All contents that an item ever had or was to have, oldest first.", extensions=AS_OF)
    async def versions(
        self, info: Info, item: Annotated[strawberry.ID, strawberry.argument(description="Id of the item.")]
    ) -> list[Version]:
        found = await asyncio.to_thread(told.versions, asked(info).view.ledger, item)
        return [Version(value=version) for version in found]

    @strawberry.field(description="Every field in which two versions of an item differ. A version never changes.")
    async def compare_versions(
        self,
        info: Info,
        item: Annotated[strawberry.ID, strawberry.argument(description="Id of the item.")],
        before: Annotated[str, strawberry.argument(description="Number or assertion of the one version.")],
        after: Annotated[str, strawberry.argument(description="Number or assertion of the other.")],
    ) -> list[FieldDifference]:
        found = await asyncio.to_thread(told.compare, info.context.workspace.ledger, item, before, after)
        return [FieldDifference(value=one) for one in found]

    @strawberry.field(description="What differs between two moments: items, their fields, verdicts.")
    async def diff(
        self,
        info: Info,
        before: Annotated[str, strawberry.argument(description=f"The one moment: {Moment}.")],
        after: Annotated[Optional[str], strawberry.argument(description=f"The other: {Moment}; now when left out.")] = None,
        verdicts: Annotated[bool, strawberry.argument(description="Compare verdicts too, which takes longer.")] = True,
    ) -> Diff:
        return Diff(value=await info.context.reason(compared.diff, before, after, verdicts=verdicts))
