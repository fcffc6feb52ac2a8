"""Everything that can be done: one mutation for each act. Each answers with what came of it, or with why nothing was done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Concatenate, Optional, ParamSpec, TypeVar, cast, get_args

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.acts import ActResult, Failure, Signature, SignatureResult, acts_of, failure
from mechkg.api.arguments import item_name, item_names, person_name, subject
from mechkg.api.change_sets import ChangeSet, ChangeSetResult, ChoiceInput, choices_of
from mechkg.api.context import Info
from mechkg.api.curation import DraftName, Of, SetName, caller_of, set_name
from mechkg.api.enums import plain
from mechkg.api.node import own_name
from mechkg.api.people import Draft, DraftResult
from mechkg.curation.decide import Decision
from mechkg.curation.settle import Outcome
from mechkg.curation.sign_off import SignOff
from mechkg.errors import BadInputError, MechkgError
from mechkg.model import change_set as edited
from mechkg.model import draft as written
from mechkg.model import ledger_record as record
from mechkg.model.change_set import RetractionCode
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.acting import Asked, PutItem, RemoveItem
from mechkg.service.assign import assign
from mechkg.service.choosing import chosen
from mechkg.service.comment import comment
from mechkg.service.decide import decide
from mechkg.service.declare import declare
from mechkg.service.dispute import dispute
from mechkg.service.draft import discard_draft, propose_draft, restore_draft, save_draft
from mechkg.service.identifiers import name_of
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.rebase import rebase
from mechkg.service.reject import reject
from mechkg.service.request_changes import request_changes
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.revise import revise
from mechkg.service.settle import settle
from mechkg.service.sign_off import sign_off
from mechkg.service.supersede import supersede
from mechkg.service.withdraw import withdraw
from mechkg.service.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045

# --- what is given ----------------------------------------------------------------------------------------------------

Revision = Annotated[int, strawberry.argument(description="The revision that was looked at; another one that stands refuses it.")]
Why = Annotated[str, strawberry.argument(description="Why, in a sentence; it is owed.")]
MaybeWhy = Annotated[Optional[str], strawberry.argument(description="Why, in a sentence.")]
Assertion = Annotated[strawberry.ID, strawberry.argument(description="IRI or content-addressed id of an assertion.")]
Title = Annotated[str, strawberry.argument(description="What it does, in a few words.")]
Version = Annotated[int, strawberry.argument(description="The last version that was seen; another one that stands refuses it.")]


@strawberry.input(description="Let an item read like this: a new one, or one that counts.")
class PutInput:
    kind: str = strawberry.field(description="Kind of item.", graphql_type=enums.ItemKind)
    document: strawberry.ID = strawberry.field(description="Id of the paper that it belongs to.")
    content: JSON = strawberry.field(description="The whole item, written as in a corpus file.")


@strawberry.input(description="Let some fields of an item that counts read otherwise.")
class ChangeInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    fields: JSON = strawberry.field(description="Field -> what it is to say; null takes the field away.")


@strawberry.input(description="Let an item go.")
class RemoveInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    code: str = strawberry.field(description="Why it goes.", graphql_type=enums.RetractionCode)


@strawberry.input(description="One wish: just one of the three.", one_of=True)
class EditInput:
    put: Optional[PutInput] = strawberry.field(description="A whole item.", default=strawberry.UNSET)
    change: Optional[ChangeInput] = strawberry.field(description="Some fields of an item.", default=strawberry.UNSET)
    remove: Optional[RemoveInput] = strawberry.field(description="An item that is to go.", default=strawberry.UNSET)


Edits = Annotated[list[EditInput], strawberry.argument(description="What is wished for; all of it is decided together.")]


@strawberry.input(description="Why something is accepted in spite of a doubt.")
class DespiteInput:
    doubt: str = strawberry.field(description="The doubt, as a finding names it.")
    why: str = strawberry.field(description="Why it is accepted all the same.")


def assertion_name(given: str) -> str:
    """Return the content-addressed id of an assertion that is given by it or by its IRI."""
    return name_of(given, "assertion")


def _asked(workspace: Workspace, edits: Sequence[EditInput]) -> list[Asked]:
    return [_wish(workspace, edit) for edit in edits]


def _wish(workspace: Workspace, edit: EditInput) -> Asked:
    if edit.put:
        content = _mapping("the content of an item", edit.put.content)
        kind = chosen("kind of item", plain(edit.put.kind), cast("tuple[ItemKind, ...]", ("document", *ITEM_TYPES)))
        return PutItem(kind, item_name(edit.put.document), content)
    if edit.change:
        fields = _mapping("what is to be changed", edit.change.fields)
        return changed_item(workspace.catalog, item_name(edit.change.item), fields)
    if edit.remove:
        codes: tuple[RetractionCode, ...] = get_args(RetractionCode)
        return RemoveItem(item_name(edit.remove.item), chosen("code of why something goes", plain(edit.remove.code), codes))
    raise BadInputError("a wish is to put, to change or to remove an item", hint="give just one of the three")


def _mapping(what: str, content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise BadInputError(f"{what} is a mapping of fields, and this is not: {content!r}")
    return content


def _propose(workspace: Workspace, by: Caller, edits: Sequence[EditInput], title: str, reason: str | None) -> edited.ChangeSet:
    return propose(workspace, by, _asked(workspace, edits), title=title, reason=reason)


def _revise(
    workspace: Workspace, by: Caller, name: str, edits: Sequence[EditInput], revision: int, title: str | None, reason: str | None
) -> edited.ChangeSet:
    return revise(workspace, by, name, _asked(workspace, edits), revision=revision, title=title, reason=reason)


# --- doing it ---------------------------------------------------------------------------------------------------------


async def _done(
    info: Info, act: Callable[Concatenate[Workspace, Caller, P], T], *arguments: P.args, **named: P.kwargs
) -> T | Failure:
    """Do an act for who asks, in a thread; return what came of it, or why it was not done."""
    try:
        by = caller_of(info)
        return await info.context.act(partial(act, info.context.workspace, by, *arguments, **named))
    except MechkgError as error:
        return failure(error)


async def _upon_set(
    info: Info, act: Callable[Concatenate[Workspace, Caller, P], edited.ChangeSet], *arguments: P.args, **named: P.kwargs
) -> ChangeSetResult:
    found = await _done(info, act, *arguments, **named)
    return ChangeSet(value=found) if isinstance(found, edited.ChangeSet) else found


async def _act(
    info: Info, act: Callable[Concatenate[Workspace, Caller, P], record.Act], *arguments: P.args, **named: P.kwargs
) -> ActResult:
    found = await _done(info, act, *arguments, **named)
    if not isinstance(found, record.Act):
        return found
    [told] = await asyncio.to_thread(acts_of, info.context.workspace.ledger, [found])
    return told


async def _draft(
    info: Info, act: Callable[Concatenate[Workspace, Caller, P], written.Draft], *arguments: P.args, **named: P.kwargs
) -> DraftResult:
    found = await _done(info, act, *arguments, **named)
    return Draft.of(found) if isinstance(found, written.Draft) else found


def _settle(workspace: Workspace, by: Caller, upon: str, reason: str, outcome: str, of: int) -> record.Act:
    end = chosen("outcome", plain(outcome), cast("tuple[Outcome, ...]", get_args(Outcome)))
    return settle(workspace, by, subject(upon), reason, outcome=end, of=of)


def _decide(workspace: Workspace, by: Caller, name: str, decision: str, reason: str, holds: str | None) -> record.Act:
    valid: tuple[Decision, ...] = get_args(Decision)
    return decide(workspace, by, name, chosen("decision", plain(decision), valid), reason, holds=holds)


def _retract(workspace: Workspace, by: Caller, assertion: str, code: str, reason: str) -> record.Act:
    codes: tuple[RetractionCode, ...] = get_args(RetractionCode)
    return retract(workspace, by, assertion, code=chosen("code of why something goes", plain(code), codes), reason=reason)


def _comment(workspace: Workspace, by: Caller, upon: str, text: str, answers: int | None) -> record.Act:
    return comment(workspace, by, subject(upon), text, answers=answers)


def _dispute(workspace: Workspace, by: Caller, upon: str, reason: str, rests_on: Sequence[str]) -> record.Act:
    return dispute(workspace, by, subject(upon), reason, rests_on=rests_on)


def _assign(workspace: Workspace, by: Caller, what: str, to: str | None, reason: str | None) -> record.Act:
    return assign(workspace, by, subject(what), to, reason=reason)


def _sign_off(workspace: Workspace, by: Caller, upon: str, reason: str | None) -> SignOff:
    return sign_off(workspace, by, subject(upon), reason=reason)


def _rebase(
    workspace: Workspace, by: Caller, name: str, revision: int, choices: Sequence[ChoiceInput] | None, reason: str | None
) -> edited.ChangeSet:
    return rebase(workspace, by, name, revision=revision, choices=choices_of(choices), reason=reason)


@strawberry.type(description="Everything that can be done. Who asks has to say so: by a sign-in, or by a token.")
class Mutation:
    # --- change sets

    @strawberry.mutation(description="Propose a change set: items added, changed or removed together. It waits for a reviewer.")
    async def propose(self, info: Info, title: Title, edits: Edits, reason: MaybeWhy = None) -> ChangeSetResult:
        return await _upon_set(info, _propose, edits, title, reason)

    @strawberry.mutation(description="Put other edits in place of those of a change set of one's own; it waits again.")
    async def revise(
        self,
        info: Info,
        change_set: SetName,
        revision: Revision,
        edits: Edits,
        title: Annotated[Optional[str], strawberry.argument(description="Another title.")] = None,
        reason: MaybeWhy = None,
    ) -> ChangeSetResult:
        return await _upon_set(info, _revise, set_name(change_set), edits, revision, title, reason)

    @strawberry.mutation(
        description="Make a change set of one's own anew on what counts now. Where both changed the same, choose."
    )
    async def rebase(
        self,
        info: Info,
        change_set: SetName,
        revision: Revision,
        choices: Annotated[
            Optional[list[ChoiceInput]], strawberry.argument(description="A side for each clash that merge tells of.")
        ] = None,
        reason: MaybeWhy = None,
    ) -> ChangeSetResult:
        return await _upon_set(info, _rebase, set_name(change_set), revision, choices, reason)

    @strawberry.mutation(description="Take a change set of one's own back.")
    async def withdraw(self, info: Info, change_set: SetName, revision: Revision, reason: Why) -> ChangeSetResult:
        return await _upon_set(info, withdraw, set_name(change_set), revision=revision, reason=reason)

    @strawberry.mutation(description="Send a change set back to its authors, saying what to change.")
    async def request_changes(self, info: Info, change_set: SetName, revision: Revision, reason: Why) -> ChangeSetResult:
        return await _upon_set(info, request_changes, set_name(change_set), revision=revision, reason=reason)

    @strawberry.mutation(description="Accept a change set of others: all of it counts from here on. Look at its impact first.")
    async def accept(
        self,
        info: Info,
        change_set: SetName,
        revision: Revision,
        reason: MaybeWhy = None,
        despite: Annotated[
            Optional[list[DespiteInput]], strawberry.argument(description="Why, in spite of each doubt among the findings.")
        ] = None,
        alone: Annotated[
            Optional[str],
            strawberry.argument(description="Why an administrator accepts own work, where nobody else may review."),
        ] = None,
    ) -> ChangeSetResult:
        doubts = {each.doubt: each.why for each in despite or ()}
        return await _upon_set(
            info, accept, set_name(change_set), revision=revision, reason=reason, despite=doubts or None, alone=alone
        )

    @strawberry.mutation(description="Leave a change set out for good, saying why.")
    async def reject(self, info: Info, change_set: SetName, revision: Revision, reason: Why) -> ChangeSetResult:
        return await _upon_set(info, reject, set_name(change_set), revision=revision, reason=reason)

    # --- what counts

    @strawberry.mutation(description="Retract what counts; what rests on it goes on counting and waits for a review.")
    async def retract(
        self,
        info: Info,
        assertion: Assertion,
        code: Annotated[str, strawberry.argument(description="Why it goes.", graphql_type=enums.RetractionCode)],
        reason: Why,
    ) -> ActResult:
        return await _act(info, _retract, assertion_name(assertion), code, reason)

    @strawberry.mutation(description="Let what was retracted count again.")
    async def restore(self, info: Info, assertion: Assertion, reason: Why) -> ActResult:
        return await _act(info, restore, assertion_name(assertion), reason=reason)

    @strawberry.mutation(description="Let what counts give way to something else that counts and says it better.")
    async def supersede(
        self,
        info: Info,
        assertion: Assertion,
        successor: Annotated[strawberry.ID, strawberry.argument(description="The assertion that takes its place.")],
        reason: Why,
    ) -> ActResult:
        return await _act(info, supersede, assertion_name(assertion), successor=assertion_name(successor), reason=reason)

    # --- discussion

    @strawberry.mutation(description="Say something upon a change set, an assertion, an item, a disagreement or a verdict.")
    async def comment(
        self,
        info: Info,
        upon: Of,
        text: Annotated[str, strawberry.argument(description="What there is to say.")],
        answers: Annotated[Optional[int], strawberry.argument(description="Position of the comment that it answers.")] = None,
    ) -> ActResult:
        return await _act(info, _comment, upon, text, answers)

    @strawberry.mutation(description="Dispute what counts, an assertion or a verdict; it goes on counting, marked as disputed.")
    async def dispute(
        self,
        info: Info,
        upon: Of,
        reason: Why,
        rests_on: Annotated[
            Optional[list[strawberry.ID]], strawberry.argument(description="Items that speak against it.")
        ] = None,
    ) -> ActResult:
        return await _act(info, _dispute, upon, reason, item_names(rests_on))

    @strawberry.mutation(description="Settle a dispute, or the review that a retraction called for.")
    async def settle(
        self,
        info: Info,
        upon: Of,
        of: Annotated[int, strawberry.argument(description="Position of the act that began the dispute, or retracted.")],
        outcome: Annotated[
            str,
            strawberry.argument(
                description="UPHELD or DISMISSED, of a dispute; STANDS, of what rested on something gone.",
                graphql_type=enums.Outcome,
            ),
        ],
        reason: Why,
    ) -> ActResult:
        return await _act(info, _settle, upon, reason, outcome, of)

    @strawberry.mutation(description="Decide about a disagreement between sources, as its sides stand now. Every side is kept.")
    async def decide(
        self,
        info: Info,
        disagreement: Annotated[strawberry.ID, strawberry.argument(description="Name of the disagreement.")],
        decision: Annotated[str, strawberry.argument(description="What is decided.", graphql_type=enums.Decision)],
        reason: Why,
        holds: Annotated[
            Optional[strawberry.ID], strawberry.argument(description="Item or assertion that a resolution is for.")
        ] = None,
    ) -> ActResult:
        return await _act(
            info,
            _decide,
            name_of(disagreement, "disagreement"),
            decision,
            reason,
            None if holds is None else name_of(holds, "item", "assertion"),
        )

    # --- people

    @strawberry.mutation(
        description="Assign a change set, an item, a document or a disagreement to somebody, or to nobody again."
    )
    async def assign(
        self,
        info: Info,
        what: Of,
        to: Annotated[Optional[strawberry.ID], strawberry.argument(description="A person; nobody when left out.")] = None,
        reason: MaybeWhy = None,
    ) -> ActResult:
        return await _act(info, _assign, what, None if to is None else person_name(to), reason)

    @strawberry.mutation(
        description="Stand by an assertion or a verdict; the signature goes stale when anything beneath changes."
    )
    async def sign_off(self, info: Info, upon: Of, reason: MaybeWhy = None) -> SignatureResult:
        found = await _done(info, _sign_off, upon, reason)
        return Signature.signed(found, stale=False, says=found.says) if isinstance(found, SignOff) else found

    @strawberry.mutation(
        description="Declare a conflict of interest of one's own: until it ends, one decides nothing it touches."
    )
    async def declare(
        self,
        info: Info,
        about: Annotated[str, strawberry.argument(description="A document, a material or a person.")],
        why: Annotated[str, strawberry.argument(description="Why there is a conflict.")],
        until: Annotated[
            Optional[datetime], strawberry.argument(description="When it ends, with an offset; for good when left out.")
        ] = None,
        gone: Annotated[bool, strawberry.argument(description="It is gone.")] = False,
    ) -> ActResult:
        return await _act(info, declare, name_of(about, "item", "person"), why, until=until, gone=gone)

    # --- drafts

    @strawberry.mutation(description="Save a draft, or its next version. It need not be valid; its owner alone sees it.")
    async def save_draft(
        self,
        info: Info,
        content: Annotated[JSON, strawberry.argument(description="What it says: a proposal as in a file, or anything else.")],
        draft: Annotated[
            Optional[strawberry.ID], strawberry.argument(description="A draft of one's own; a new one when left out.")
        ] = None,
        version: Annotated[
            Optional[int], strawberry.argument(description="The last version that was seen; another one that stands refuses it.")
        ] = None,
    ) -> DraftResult:
        return await _draft(info, save_draft, content, draft=None if draft is None else own_name(draft, "draft"), version=version)

    @strawberry.mutation(description="Put a draft away; its versions stay.")
    async def discard_draft(self, info: Info, draft: DraftName, version: Version) -> DraftResult:
        return await _draft(info, discard_draft, own_name(draft, "draft"), version=version)

    @strawberry.mutation(description="Let a draft read again as in an earlier version.")
    async def restore_draft(
        self,
        info: Info,
        draft: DraftName,
        old: Annotated[int, strawberry.argument(description="The version that it is to read like.")],
        version: Version,
    ) -> DraftResult:
        return await _draft(info, restore_draft, own_name(draft, "draft"), old=old, version=version)

    @strawberry.mutation(description="Propose what a draft says, and put the draft away.")
    async def propose_draft(
        self,
        info: Info,
        draft: DraftName,
        version: Version,
        title: Annotated[Optional[str], strawberry.argument(description="A title in place of the one in the draft.")] = None,
        reason: MaybeWhy = None,
    ) -> ChangeSetResult:
        return await _upon_set(info, propose_draft, own_name(draft, "draft"), version=version, title=title, reason=reason)
