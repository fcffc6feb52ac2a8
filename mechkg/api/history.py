"""GraphQL of the record: acts, versions of an item, and what differs between two moments."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Optional, cast

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.acts import Act
from mechkg.api.arguments import item_name, person_name
from mechkg.api.as_of import AS_OF
from mechkg.api.context import Info, asked
from mechkg.api.enums import plain, plain_all
from mechkg.api.lists import After, Before, Connection, First, Last, Window, bad_cursor, cursor, read_cursor
from mechkg.api.node import Node, id_of
from mechkg.api.record import record
from mechkg.model import happened, merge
from mechkg.model.ledger_record import ActKind, Subject
from mechkg.service import diff as compared
from mechkg.service import history as told
from mechkg.service.catalog import Entry
from mechkg.service.identifiers import name_of
from mechkg.service.recorded import Recorded
from mechkg.service.values import comparison

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045


@strawberry.input(description="Which acts are meant: all that is given holds of them.")
class ActFilter:
    kinds: Optional[list[str]] = strawberry.field(
        description="They are of one of these kinds.", default=None, graphql_type=enums.many(enums.ActKind)
    )
    item: Optional[str] = strawberry.field(description="They are about this item.", default=None)
    document: Optional[str] = strawberry.field(description="They are about this paper.", default=None)
    material: Optional[str] = strawberry.field(description="They are about what belongs to this material.", default=None)
    change_set: Optional[str] = strawberry.field(
        description="They were done upon this change set, or follow from it.", default=None
    )
    person: Optional[str] = strawberry.field(description="This person did them.", default=None)

    def wanted(self) -> happened.Wanted:
        """Return which acts are asked for, of any material."""
        return happened.Wanted(
            cast("frozenset[ActKind]", frozenset(plain_all(self.kinds))),
            None if self.item is None else item_name(self.item),
            None if self.document is None else item_name(self.document),
            None if self.change_set is None else Subject("set", name_of(self.change_set, "set")),
            None if self.person is None else person_name(self.person),
        )


def read(filter: ActFilter | None) -> tuple[happened.Wanted, str | None]:
    """Return which acts a filter means, and of which material."""
    return (filter.wanted(), filter.material) if filter else (happened.Wanted(), None)


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

    @strawberry.field(description="What became of it.", graphql_type=enums.HowChanged)
    def how(self) -> str:
        if self.value.before is merge.ABSENT:
            return "added"
        return "removed" if self.value.after is merge.ABSENT else "changed"


@strawberry.type(description="An assertion: one content that an item had, or was to have.")
class Version(Node):
    value: strawberry.Private[told.Version]

    @strawberry.field(description="IRI of the assertion.")
    def id(self) -> strawberry.ID:
        return id_of("assertion", self.value.record.id)

    @strawberry.field(description="Local name of the item.")
    def item(self) -> str:
        return self.value.record.item

    @strawberry.field(description="Kind of the item.", graphql_type=enums.ItemKind)
    def item_kind(self) -> str:
        return self.value.record.kind

    @strawberry.field(description="Local name of the paper.")
    def document(self) -> str:
        return self.value.record.document

    @strawberry.field(description="Its number, from 1 on.")
    def number(self) -> int:
        return self.value.number

    @strawberry.field(description="Content-addressed id of the assertion.")
    def assertion(self) -> str:
        return self.value.record.id

    @strawberry.field(description="What became of it.", graphql_type=enums.AssertionStatus)
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
        record = self.value.record
        return [Act(happened=happened.Happened(act, record.item, record.kind, record.document)) for act in self.value.acts]


@strawberry.type(description="An item at one moment.")
class ItemThen:
    entry: strawberry.Private[Entry]

    @strawberry.field(description="Local name of the item.")
    def local_name(self) -> str:
        return self.entry.id

    @strawberry.field(description="Kind of item.", graphql_type=enums.ItemKind)
    def item_kind(self) -> str:
        return self.entry.kind

    @strawberry.field(description="Local name of the paper.")
    def document(self) -> str:
        return self.entry.record.document

    @strawberry.field(description="IRI of the assertion.")
    def assertion_iri(self) -> strawberry.ID:
        return id_of("assertion", self.entry.record.id)

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
    space: str = strawberry.field(description="Local name of the hypothesis space.")
    candidate: str = strawberry.field(description="Name of the candidate.")
    before: Optional[str] = strawberry.field(
        description="The verdict before; null where the candidate was not there.", graphql_type=Optional[enums.Verdict]
    )
    after: Optional[str] = strawberry.field(
        description="The verdict after; null where the candidate is not there.", graphql_type=Optional[enums.Verdict]
    )


@strawberry.type(description="What differs between two moments.")
class Diff:
    value: strawberry.Private[compared.Diff]
    record: JSON = record(lambda self: comparison(self.value))

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
            ChangedVerdict(space=one.space, candidate=one.candidate, before=one.before, after=one.after)
            for one in self.value.verdicts
        ]


Moment = "the name of a release, a time (ISO 8601), or a position of the ledger"


def _acts(view: Recorded, filter: ActFilter | None, newest: bool, window: Window) -> Connection[Act]:
    """Return a page of acts; cursors are positions."""
    wanted, material = read(filter)
    sign = "-position" if newest else "position"
    shown = window.capped

    def find(low: int, high: int | None, most: int, *, newest: bool) -> list[happened.Happened]:
        if not most:
            return []
        return [*told.find(view, wanted, material=material, after=low, before=high, newest=newest, most=most).found]

    low, high = _bounds(shown, sign, newest=newest)
    if shown.first is not None:
        page = find(low, high, shown.first, newest=newest)
        if shown.last is not None:
            page = page[max(0, len(page) - shown.last) :]
    else:
        page = find(low, high, shown.last or 0, newest=not newest)[::-1]
    cut = (False, False)
    if page:
        least, greatest = sorted((page[0].act.position, page[-1].act.position))
        later, earlier = find(greatest, None, 1, newest=False), find(0, least, 1, newest=True)
        cut = (bool(later), bool(earlier)) if newest else (bool(earlier), bool(later))
    return Connection(
        nodes=[Act(happened=one) for one in page],
        cursors=lambda: [cursor(sign, (one.act.position,)) for one in page],
        total_count=told.count(view, wanted, material=material),
        cut=cut,
    )


def _bounds(window: Window, sign: str, *, newest: bool) -> tuple[int, int | None]:
    """Return the positions between which a page lies, both left out."""
    after = None if window.after is None else read_cursor(window.after, sign)[0]
    before = None if window.before is None else read_cursor(window.before, sign)[0]
    if not all(position is None or isinstance(position, int) for position in (after, before)):
        raise bad_cursor()
    low, high = (before, after) if newest else (after, before)
    return low or 0, high


@strawberry.type(description="Questions about the record.")
class HistoryQueries:
    @strawberry.field(description="What was done: who, when, why, by which door; the newest first.", extensions=AS_OF)
    async def acts(
        self,
        info: Info,
        filter: Annotated[Optional[ActFilter], strawberry.argument(description="Which are meant.")] = None,
        direction: Annotated[
            str,
            strawberry.argument(
                description="The newest first (DESC), or the oldest (ASC).",
                graphql_type=enums.SortDirection,
            ),
        ] = enums.SortDirection("desc"),
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Act]:
        window = Window(first, after, last, before)
        return await asyncio.to_thread(_acts, asked(info).view, filter, plain(direction) == "desc", window)

    @strawberry.field(description="All contents that an item ever had or was to have, oldest first.", extensions=AS_OF)
    async def versions(
        self, info: Info, item: Annotated[strawberry.ID, strawberry.argument(description="Local name or IRI of the item.")]
    ) -> list[Version]:
        found = await asyncio.to_thread(told.versions, asked(info).view.ledger, item_name(item))
        return [Version(value=version) for version in found]

    @strawberry.field(description="Every field in which two versions of an item differ. A version never changes.")
    async def compare_versions(
        self,
        info: Info,
        item: Annotated[strawberry.ID, strawberry.argument(description="Local name or IRI of the item.")],
        before: Annotated[str, strawberry.argument(description="Number, assertion or IRI of the one version.")],
        after: Annotated[str, strawberry.argument(description="Number, assertion or IRI of the other.")],
    ) -> list[FieldDifference]:
        names = (item_name(item), name_of(before, "assertion"), name_of(after, "assertion"))
        found = await asyncio.to_thread(told.compare, info.context.workspace.ledger, *names)
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
