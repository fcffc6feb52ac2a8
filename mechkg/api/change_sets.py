"""GraphQL types of change sets: their edits, what is said of them, how they merge, and what they would change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Optional, Union

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.acts import Act, BadInput, Comment, Forbidden, NotFound, Refused, Stale, acts_of
from mechkg.api.arguments import item_name
from mechkg.api.context import Info, asked
from mechkg.api.enums import plain
from mechkg.api.impacts import Impact
from mechkg.api.node import Node, id_of
from mechkg.api.record import record
from mechkg.curation import rebase as moved
from mechkg.curation.change_set import subject_of
from mechkg.errors import BadInputError
from mechkg.model import change_set as edited
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.merge import ABSENT, differences
from mechkg.service.choosing import chosen
from mechkg.service.history import history
from mechkg.service.impact import impact_of
from mechkg.service.queue import queued_of
from mechkg.service.rebase import merge_of
from mechkg.service.recorded import Recorded

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP007, UP045


def _json(value: Any) -> Any:
    return None if value is ABSENT else JSON(value)


@strawberry.type(description="A field that reads otherwise before and after; null where it is not there.")
class Difference:
    place: str = strawberry.field(description="The field, parts separated by dots.")
    before: Optional[JSON] = strawberry.field(description="What it reads before.")
    after: Optional[JSON] = strawberry.field(description="What it reads after.")


@dataclass(frozen=True, slots=True)
class _Read:
    """An edit with what stood before and what would stand."""

    edit: edited.Edit
    before: AssertionRecord | None
    after: AssertionRecord | None


@strawberry.type(description="One item added, changed or removed.")
class Edit:
    value: strawberry.Private[_Read]

    @strawberry.field(description="What it does to the item.", graphql_type=enums.Operation)
    def op(self) -> str:
        return self.value.edit.op

    @strawberry.field(description="Kind of the item.", graphql_type=enums.ItemKind)
    def kind(self) -> str:
        return self.value.edit.kind

    @strawberry.field(description="Local name of the item.")
    def item(self) -> str:
        return self.value.edit.item

    @strawberry.field(description="The paper that the item belongs to.")
    def document(self) -> str:
        return self.value.edit.document

    @strawberry.field(description="The new assertion; null when the item is removed.")
    def assertion(self) -> Optional[str]:
        return self.value.edit.assertion

    @strawberry.field(description="The assertion that the edit was made on; null when the item is new.")
    def base(self) -> Optional[str]:
        return self.value.edit.base

    @strawberry.field(description="Why the item is removed.", graphql_type=Optional[enums.RetractionCode])
    def code(self) -> Optional[str]:
        return self.value.edit.code

    @strawberry.field(description="What the item says before.")
    def before(self) -> Optional[JSON]:
        return JSON(self.value.before.body) if self.value.before else None

    @strawberry.field(description="What the item would say.")
    def after(self) -> Optional[JSON]:
        return JSON(self.value.after.body) if self.value.after else None

    @strawberry.field(description="Exact words of the paper that the item would rest on.")
    def quotes(self) -> list[str]:
        return list(self.value.after.body.get("quote", ())) if self.value.after else []

    @strawberry.field(description="Every field that reads otherwise.")
    def differences(self) -> list[Difference]:
        before = self.value.before.body if self.value.before else {}
        after = self.value.after.body if self.value.after else {}
        return [Difference(place=d.place, before=_json(d.before), after=_json(d.after)) for d in differences(before, after)]


@strawberry.type(description="A field that both sides changed, each otherwise; null where it is not there.")
class Clash:
    place: str = strawberry.field(description="The field, parts separated by dots.")
    base: Optional[JSON] = strawberry.field(description="What it read when the edit was made.")
    theirs: Optional[JSON] = strawberry.field(description="What it reads now.")
    ours: Optional[JSON] = strawberry.field(description="What the edit makes it.")


@strawberry.type(description="A stale edit held against what counts now.")
class MovedEdit:
    value: strawberry.Private[moved.MovedEdit]

    @strawberry.field(description="Local name of the item.")
    def item(self) -> str:
        return self.value.edit.item

    @strawberry.field(description="What the item says now; null when it is gone.")
    def now(self) -> Optional[JSON]:
        return JSON(self.value.now.body) if self.value.now else None

    @strawberry.field(description="What the item would say with these choices; null where there is nothing to merge.")
    def merged(self) -> Optional[JSON]:
        return JSON(self.value.merge.body) if self.value.merge else None

    @strawberry.field(description="Fields that need a choice: give them to rebase, each with 'ours' or 'theirs'.")
    def clashes(self) -> list[Clash]:
        return [
            Clash(place=c.place, base=_json(c.base), theirs=_json(c.theirs), ours=_json(c.ours))
            for c in (self.value.merge.clashes if self.value.merge else ())
        ]

    @strawberry.field(description="What others changed since.")
    def theirs(self) -> list[Difference]:
        changes = self.value.merge.theirs if self.value.merge else ()
        return [Difference(place=d.place, before=_json(d.before), after=_json(d.after)) for d in changes]

    @strawberry.field(description="What the edit changes.")
    def ours(self) -> list[Difference]:
        changes = self.value.merge.ours if self.value.merge else ()
        return [Difference(place=d.place, before=_json(d.before), after=_json(d.after)) for d in changes]


@strawberry.input(description="Which side to take where both changed the same.")
class ChoiceInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    place: str = strawberry.field(
        description="The field, as told by merge; empty for an item that is gone or removed.", default=""
    )
    side: str = strawberry.field(description="The side.", graphql_type=enums.MergeSide)


def choices_of(given: Sequence[ChoiceInput] | None) -> moved.Choices:
    """Return choices by item and place; raise BadInputError for a side that there is not, or two choices for one place."""
    found: dict[str, dict[str, Any]] = {}
    for choice in given or ():
        places = found.setdefault(item_name(choice.item), {})
        if choice.place in places:
            raise BadInputError(f"two sides are chosen for '{choice.place}' of '{choice.item}'")
        places[choice.place] = chosen("side", plain(choice.side), ("ours", "theirs"))
    return found


@strawberry.type(description="A doubt in spite of which something was accepted.")
class Despite:
    doubt: str = strawberry.field(description="The doubt.")
    why: str = strawberry.field(description="Why it was accepted all the same.")


@strawberry.type(description="Edits that are proposed, reviewed and decided together.")
class ChangeSet(Node):
    value: strawberry.Private[edited.ChangeSet]
    record: JSON = record()

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("set", self.value.id)

    @strawberry.field(description="Its name, set-N, which stands for the IRI wherever one is given.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="What it does, in a few words.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="What became of it.", graphql_type=enums.SetStatus)
    def status(self) -> str:
        return self.value.status

    @strawberry.field(description="Which edits stand, counted from 1; a decision names it.")
    def revision(self) -> int:
        return self.value.revision

    @strawberry.field(description="Ledger position that it was made on.")
    def base(self) -> int:
        return self.value.base

    @strawberry.field(description="Who proposed, revised or rebased it, the last one last; none of them may accept it.")
    def authors(self) -> list[str]:
        return list(self.value.authors)

    @strawberry.field(description="When it was proposed (UTC).")
    def opened_at(self) -> datetime:
        return self.value.opened_at

    @strawberry.field(description="When something was last done upon it (UTC).")
    def changed_at(self) -> datetime:
        return self.value.changed_at

    @strawberry.field(description="Why it was proposed.")
    def reason(self) -> Optional[str]:
        return self.value.reason

    @strawberry.field(description="Which program suggested it, if one did, and how.")
    def machine(self) -> Optional[JSON]:
        return None if self.value.machine is None else JSON(self.value.machine)

    @strawberry.field(description="Who is to look at it.")
    def assignee(self) -> Optional[str]:
        return self.value.assignee

    @strawberry.field(description="Reason given with the last decision.")
    def decided(self) -> Optional[str]:
        return self.value.decided

    @strawberry.field(description="Who decided last.")
    def decided_by(self) -> Optional[str]:
        return self.value.decided_by

    @strawberry.field(description="Doubts in spite of which it was accepted.")
    def despite(self) -> list[Despite]:
        return [Despite(doubt=doubt, why=why) for doubt, why in self.value.despite.items()]

    @strawberry.field(description="Materials that it belongs to; none means all.")
    def materials(self) -> list[str]:
        return list(self.value.materials)

    @strawberry.field(description="What is said of it, oldest first.")
    def comments(self) -> list[Comment]:
        return [Comment.of(value) for value in self.value.comments]

    @strawberry.field(description="The edits, with every field that reads otherwise.")
    async def edits(self, info: Info) -> list[Edit]:
        read = await asyncio.to_thread(_edits, asked(info).view, self.value)
        return [Edit(value=each) for each in read]

    @strawberry.field(
        description="Local names of items of edits that were made on what no longer counts; rebase it when there are any."
    )
    async def stale_items(self, info: Info) -> list[str]:
        return [*await asyncio.to_thread(_stale, asked(info).view, self.value)]

    @strawberry.field(description="What rebasing it would come to: each stale edit with the fields that need a choice.")
    async def merge(
        self,
        info: Info,
        choices: Annotated[Optional[list[ChoiceInput]], strawberry.argument(description="Sides already chosen.")] = None,
    ) -> list[MovedEdit]:
        found = await asyncio.to_thread(merge_of, asked(info).view, self.value.id, choices_of(choices))
        return [MovedEdit(value=each) for each in found]

    @strawberry.field(description="What would change if it were accepted now; worked out without changing anything.")
    async def impact(self, info: Info) -> Optional[Impact]:
        _, found = await asked(info).reason(impact_of, self.value.id)
        return Impact(value=found)

    @strawberry.field(description="Everything ever done upon it, oldest first.")
    async def history(self, info: Info) -> list[Act]:
        return await asyncio.to_thread(_history, asked(info).view, self.value.id)


ChangeSetResult = Annotated[
    Union[ChangeSet, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("ChangeSetResult", description="The change set as it stands then, or why nothing was done."),
]


def _history(workspace: Recorded, name: str) -> list[Act]:
    return acts_of(workspace.ledger, history(workspace, subject_of(name)))


def _edits(workspace: Recorded, found: edited.ChangeSet) -> list[_Read]:
    names = [name for edit in found.edits for name in (edit.assertion, edit.base) if name is not None]
    records = workspace.ledger.assertions(names)
    return [_Read(edit, records.get(edit.base or ""), records.get(edit.assertion or "")) for edit in found.edits]


def _stale(workspace: Recorded, found: edited.ChangeSet) -> tuple[str, ...]:
    return queued_of(workspace.catalog, found).stale_items
