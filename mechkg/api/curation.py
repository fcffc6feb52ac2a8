"""What can be asked about curation: change sets, disagreements, discussions, history, people, and what waits for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Concatenate, Optional, ParamSpec, TypeVar, get_args

import strawberry

from mechkg.api import enums
from mechkg.api.acts import Act, Comment, Discussion, Dispute, Signature, acts_of
from mechkg.api.arguments import item_name, item_names, person_name, subject
from mechkg.api.as_of import AS_OF
from mechkg.api.change_sets import ChangeSet, ChoiceInput, MovedEdit, choices_of
from mechkg.api.context import Info, asked
from mechkg.api.disagreements import Disagreement
from mechkg.api.enums import plain, plain_all
from mechkg.api.impacts import Impact
from mechkg.api.lists import After, Before, By, Connection, First, Last, Window, connection
from mechkg.api.node import own_name
from mechkg.api.people import Draft, Grant, Me, Person, Task
from mechkg.errors import UnauthenticatedError
from mechkg.model.change_set import ChangeSet as SomeSet
from mechkg.model.change_set import SetStatus
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller
from mechkg.model.person import Person as Known
from mechkg.service.acting import change_set_of
from mechkg.service.choosing import chosen
from mechkg.service.disagreements import Weighed, disagreement, disagreements
from mechkg.service.discussion import discussion
from mechkg.service.draft import drafts, history_of_draft, load_draft
from mechkg.service.history import history
from mechkg.service.identifiers import name_of
from mechkg.service.impact import impact_of
from mechkg.service.people import everybody
from mechkg.service.queue import Filter, queued
from mechkg.service.rebase import merge_of
from mechkg.service.recorded import Recorded
from mechkg.service.sign_off import signatures
from mechkg.service.tasks import tasks
from mechkg.service.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045

SetName = Annotated[strawberry.ID, strawberry.argument(description="Name of a change set, set-N, or its IRI.")]
DraftName = Annotated[strawberry.ID, strawberry.argument(description="Name of a draft of one's own, draft-N, or its IRI.")]
Of = Annotated[
    str,
    strawberry.argument(
        description="What is meant, as an IRI, or as kind:name; the kind is set, assertion, item, document, disagreement, "
        "verdict or person. A verdict is named space/candidate, or by the space alone."
    ),
]


def caller_of(info: Info) -> Caller:
    """Return who asks; raise UnauthenticatedError for somebody who does not say."""
    caller = info.context.caller
    if caller is None:
        raise UnauthenticatedError(
            "it is not said who asks", hint="sign in, or send a token: Authorization: Bearer mkg_... (mechkg token new NAME)"
        )
    return caller


async def in_thread(info: Info, read: Callable[Concatenate[Recorded, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """Read something as of the moment that the field asks of, in a thread, for it waits for the database."""
    return await asyncio.to_thread(read, asked(info).view, *arguments, **named)


async def _in_present(info: Info, read: Callable[Concatenate[Workspace, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """Read something that has no past, in a thread."""
    return await asyncio.to_thread(read, info.context.workspace, *arguments, **named)


@strawberry.input(description="Which change sets are meant: all that is given holds of them.")
class ChangeSetFilter:
    waiting: Optional[bool] = strawberry.field(
        description="Those that wait for somebody (true), that are decided (false), or both (null).", default=True
    )
    status: Optional[str] = strawberry.field(
        description="Of which this became.", default=None, graphql_type=Optional[enums.SetStatus]
    )
    material: Optional[str] = strawberry.field(description="Those that belong to this material.", default=None)
    document: Optional[str] = strawberry.field(description="Those with an edit in this paper.", default=None)
    author: Optional[str] = strawberry.field(description="Those that this person proposed, revised or rebased.", default=None)
    assignee: Optional[str] = strawberry.field(description="Those that this person is to look at.", default=None)
    item: Optional[str] = strawberry.field(description="Those with an edit of this item.", default=None)
    stale: Optional[bool] = strawberry.field(description="Those made on what no longer counts, or not.", default=None)
    machine: Optional[bool] = strawberry.field(description="Those that a program suggested, or not.", default=None)
    text: Optional[str] = strawberry.field(description="Those with these words in title, reason or items.", default=None)

    def read(self) -> Filter:
        """Return the filter of the service; raise BadInputError for a status that there is not."""
        status = None if self.status is None else chosen("status", plain(self.status), get_args(SetStatus))
        values: dict[str, Any] = {name: getattr(self, name) for name in Filter.__slots__ if name != "status"}
        for name in ("material", "document", "item"):
            values[name] = None if values[name] is None else item_name(values[name])
        for name in ("author", "assignee"):
            values[name] = None if values[name] is None else person_name(values[name])
        return Filter(status=status, **values)


@strawberry.input(description="What change sets are ordered by.")
class ChangeSetOrder:
    field: str = strawberry.field(description="What counts.", graphql_type=enums.ChangeSetSortField)
    direction: str = strawberry.field(
        description="Which way.", default=enums.SortDirection("asc"), graphql_type=enums.SortDirection
    )


_PLACES: dict[str, Callable[[SomeSet], tuple[int]]] = {
    "opened": lambda each: (int(each.id.removeprefix("set-")),),
    "changed": lambda each: (each.position,),
}


@strawberry.input(description="Which disagreements are meant: all that is given holds of them.")
class DisagreementFilter:
    state: Optional[list[str]] = strawberry.field(
        description="One of these became of them.", default=None, graphql_type=enums.many(enums.DisagreementState)
    )
    property: Optional[list[str]] = strawberry.field(description="They are about one of these properties.", default=None)
    subject: Optional[list[str]] = strawberry.field(description="They are about a property of one of these.", default=None)
    document: Optional[list[str]] = strawberry.field(description="One of these papers stands on a side.", default=None)

    def keeps(self, weighed: Weighed) -> bool:
        """Say whether a disagreement is meant."""
        found = weighed.disagreement
        documents = {value.document for side in found.sides for value in side.values}
        return all(
            (
                self.state is None or found.state in plain_all(self.state),
                self.property is None or found.property_id in self.property,
                self.subject is None or found.subject in item_names(self.subject),
                self.document is None or not documents.isdisjoint(item_names(self.document)),
            )
        )


def _history(workspace: Recorded, upon: Subject) -> list[Act]:
    return acts_of(workspace.ledger, history(workspace, upon))


def _me(workspace: Workspace, caller: Caller) -> Me | None:
    found = everybody(workspace.ledger).get(caller.person)
    return Me(person=Person(value=found), within=Grant.of(caller.within), door=caller.door) if found else None


def _people(workspace: Recorded) -> list[Known]:
    return [*everybody(workspace.ledger).values()]


def set_name(given: str) -> str:
    """Return what a change set is called that is given by its name or its IRI."""
    return name_of(given, "set")


@strawberry.type(description="What can be asked about curation.")
class CurationQueries:
    @strawberry.field(description="One change set.", extensions=AS_OF)
    async def change_set(self, info: Info, id: SetName) -> ChangeSet:
        return ChangeSet(value=await in_thread(info, change_set_of, set_name(id)))

    @strawberry.field(
        description="The queue: change sets that wait for somebody, or those that the filter means.", extensions=AS_OF
    )
    async def change_sets(
        self,
        info: Info,
        filter: Annotated[Optional[ChangeSetFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: Annotated[
            Optional[ChangeSetOrder], strawberry.argument(description="What they are ordered by; the oldest first when left out.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ChangeSet]:
        wanted = filter.read() if filter else Filter()
        found = await in_thread(info, queued, wanted)
        order = order_by or ChangeSetOrder(field=enums.ChangeSetSortField("opened"))
        return connection(
            [each.change_set for each in found],
            By(plain(order.field), _PLACES[plain(order.field)], plain(order.direction) == "desc"),
            Window(first, after, last, before),
            lambda each: ChangeSet(value=each),
        )

    @strawberry.field(
        description="What would change if a change set were accepted now; nothing is changed to find it out.", extensions=AS_OF
    )
    async def impact(self, info: Info, change_set: SetName) -> Impact:
        _, found = await asked(info).reason(impact_of, set_name(change_set))
        return Impact(value=found)

    @strawberry.field(description="What rebasing a change set would come to; empty when it is not stale.", extensions=AS_OF)
    async def merge(
        self,
        info: Info,
        change_set: SetName,
        choices: Annotated[Optional[list[ChoiceInput]], strawberry.argument(description="Sides already chosen.")] = None,
    ) -> list[MovedEdit]:
        found = await in_thread(info, merge_of, set_name(change_set), choices_of(choices))
        return [MovedEdit(value=each) for each in found]

    @strawberry.field(description="What sources disagree about, with every side and what was decided.", extensions=AS_OF)
    async def disagreements(
        self,
        info: Info,
        filter: Annotated[Optional[DisagreementFilter], strawberry.argument(description="Which are meant.")] = None,
        tolerance: Annotated[
            Optional[str],
            strawberry.argument(description="Take bands no further apart than this for one ('5 nm'), to see what it does."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Disagreement]:
        found = await in_thread(info, disagreements, tolerance=tolerance)
        keep = filter or DisagreementFilter()
        return connection(
            [each for each in found.found if keep.keeps(each)],
            By[Weighed]("name", lambda each: (each.disagreement.id,)),
            Window(first, after, last, before),
            lambda each: Disagreement(value=each.disagreement, beliefs=each.beliefs),
        )

    @strawberry.field(description="One disagreement between sources.", extensions=AS_OF)
    async def disagreement(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its name.")]
    ) -> Disagreement:
        found = await in_thread(info, disagreement, name_of(id, "disagreement"))
        return Disagreement(value=found.disagreement, beliefs=found.beliefs)

    @strawberry.field(description="What is said upon something: comments and disputes.", extensions=AS_OF)
    async def discussion(self, info: Info, of: Of) -> Discussion:
        found = await in_thread(info, discussion, subject(of))
        return Discussion(
            comments=[Comment.of(comment) for comment in found.comments],
            disputes=[Dispute.of(dispute) for dispute in found.disputes],
        )

    @strawberry.field(description="Everything ever done upon something, oldest first.", extensions=AS_OF)
    async def history(self, info: Info, of: Of) -> list[Act]:
        return await in_thread(info, _history, subject(of))

    @strawberry.field(description="Signatures, each held against what counts now, or then.", extensions=AS_OF)
    async def signatures(
        self,
        info: Info,
        of: Annotated[Optional[str], strawberry.argument(description="Upon this only, as kind:name; all when left out.")] = None,
    ) -> list[Signature]:
        found = await asked(info).reason(signatures, subject(of) if of is not None else None)
        return [Signature.of(each) for each in found]

    @strawberry.field(description="People who are known here, and what they may do.", extensions=AS_OF)
    async def people(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Person]:
        known = await in_thread(info, _people)
        by_name = By[Known]("name", lambda person: (person.id,))
        return connection(known, by_name, Window(first, after, last, before), lambda person: Person(value=person))

    @strawberry.field(description="Who asks, as of now; null for somebody who does not say, and may read.")
    async def me(self, info: Info) -> Optional[Me]:
        return await _in_present(info, _me, info.context.caller) if info.context.caller else None

    @strawberry.field(description="What waits for who asks, oldest first. Needs a sign-in or a token.", extensions=AS_OF)
    async def tasks(self, info: Info) -> list[Task]:
        found = await asked(info).reason(tasks, caller_of(info))
        return [Task.of(task) for task in found]

    @strawberry.field(
        description="Drafts of who asks, the one saved last first. Needs a sign-in or a token. A draft is nobody else's, and no "
        "part of the record: of the past there are its versions, and no asOf."
    )
    async def drafts(
        self,
        info: Info,
        discarded: Annotated[bool, strawberry.argument(description="Those that were put away too.")] = False,
    ) -> list[Draft]:
        return [Draft.of(draft) for draft in await _in_present(info, drafts, caller_of(info), discarded=discarded)]

    @strawberry.field(
        description="A draft of who asks: its last version, or a given one, in place of asOf. Needs a sign-in or a token."
    )
    async def draft(
        self,
        info: Info,
        id: DraftName,
        version: Annotated[Optional[int], strawberry.argument(description="A version; the last when left out.")] = None,
    ) -> Draft:
        return Draft.of(await _in_present(info, load_draft, caller_of(info), own_name(id, "draft"), version=version))

    @strawberry.field(description="All versions of a draft of who asks, oldest first. Needs a sign-in or a token.")
    async def draft_history(self, info: Info, id: DraftName) -> list[Draft]:
        return [Draft.of(draft) for draft in await _in_present(info, history_of_draft, caller_of(info), own_name(id, "draft"))]
