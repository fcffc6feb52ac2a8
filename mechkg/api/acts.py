"""GraphQL types of acts: what was done, said and signed, and why something could not be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Optional, Union

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.node import Node, id_of
from mechkg.api.record import record
from mechkg.curation.ledger_at import Record
from mechkg.curation.sign_off import SignOff
from mechkg.curation.threads import Dispute as SaidDispute
from mechkg.errors import (
    BadInputError,
    ForbiddenError,
    MechkgError,
    NotFoundError,
    RefusedActError,
    StaleError,
    TooLargeError,
    UnauthenticatedError,
)
from mechkg.model import change_set, ledger_record
from mechkg.model.happened import Happened
from mechkg.service import sign_off
from mechkg.service.history import happened, reason_of, sentence

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP007, UP045

# --- what was done ----------------------------------------------------------------------------------------------------


@strawberry.type(
    description="One line of the ledger: who did what, upon what, when, why, by which door. Acts that concern one person alone, "
    "such as tokens, are told to nobody else."
)
class Act(Node):
    happened: strawberry.Private[Happened]
    record: JSON = record(lambda self: self.happened)

    @property
    def value(self) -> ledger_record.Act:
        """The act."""
        return self.happened.act

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("act", str(self.value.position))

    @strawberry.field(description="What was done, in a sentence.")
    def sentence(self) -> str:
        return sentence(self.happened)

    @strawberry.field(description="Local name of the item whose assertion it gives a status to.")
    def item(self) -> Optional[str]:
        return self.happened.item

    @strawberry.field(description="Kind of that item.", graphql_type=Optional[enums.ItemKind])
    def item_kind(self) -> Optional[str]:
        return self.happened.item_kind

    @strawberry.field(description="Local name of the paper that the assertion is read from.")
    def document(self) -> Optional[str]:
        return self.happened.document

    @strawberry.field(description="Its place in the ledger, from 1 on.")
    def position(self) -> int:
        return self.value.position

    @strawberry.field(description="What was done.", graphql_type=enums.ActKind)
    def kind(self) -> str:
        return self.value.kind

    @strawberry.field(description="The assertion that the act gave a status to.")
    def assertion(self) -> Optional[str]:
        return self.value.assertion

    @strawberry.field(description="What else it was done upon, or followed from, as kind:name.")
    def subject(self) -> Optional[str]:
        return str(self.value.subject) if self.value.subject else None

    @strawberry.field(description="Who did it.")
    def actor(self) -> str:
        return self.value.actor

    @strawberry.field(description="When (UTC).")
    def at(self) -> datetime:
        return self.value.at

    @strawberry.field(description="Why, in words.")
    def reason(self) -> Optional[str]:
        return reason_of(self.happened)

    @strawberry.field(description="The door it came in by.", graphql_type=enums.Door)
    def door(self) -> str:
        return self.value.door

    @strawberry.field(description="What the act carries besides.")
    def content(self) -> Optional[JSON]:
        return None if self.value.content is None else JSON(dict(self.value.content))

    @strawberry.field(description="Digest that chains it to the act before.")
    def digest(self) -> str:
        return self.value.digest


def acts_of(ledger: Record, acts: Iterable[ledger_record.Act]) -> list[Act]:
    """Return the GraphQL objects of some acts, with what each is about."""
    return [Act(happened=one) for one in happened(ledger, acts)]


@strawberry.type(description="A remark in a discussion.")
class Comment:
    position: int = strawberry.field(description="The act it was made by; give it as answers to answer it.")
    author: str = strawberry.field(description="Who made it.")
    at: datetime = strawberry.field(description="When (UTC).")
    text: str = strawberry.field(description="What it says.")
    revision: Optional[int] = strawberry.field(description="Revision of the change set that it was made on.")
    answers: Optional[int] = strawberry.field(description="The comment that it answers.")

    @classmethod
    def of(cls, value: change_set.Comment) -> Comment:
        return cls(
            position=value.position,
            author=value.author,
            at=value.at,
            text=value.text,
            revision=value.revision,
            answers=value.answers,
        )


@strawberry.type(description="A dispute about something that counts; it goes on counting.")
class Dispute:
    position: int = strawberry.field(description="The act that began it; give it as of to settle it.")
    by: str = strawberry.field(description="Who disputes.")
    at: datetime = strawberry.field(description="When (UTC).")
    reason: str = strawberry.field(description="Why.")
    rests_on: list[str] = strawberry.field(description="Items that speak against what is disputed.")
    outcome: Optional[str] = strawberry.field(
        description="How it was settled; null while it is open.", graphql_type=Optional[enums.Outcome]
    )
    settled_by: Optional[str] = strawberry.field(description="Who settled it.")
    answer: Optional[str] = strawberry.field(description="Why it was settled so.")

    @classmethod
    def of(cls, value: SaidDispute) -> Dispute:
        return cls(
            position=value.position,
            by=value.by,
            at=value.at,
            reason=value.reason,
            rests_on=list(value.rests_on),
            outcome=value.outcome,
            settled_by=value.settled_by,
            answer=value.answer,
        )


@strawberry.type(description="What is said upon something.")
class Discussion:
    comments: list[Comment] = strawberry.field(description="Comments, oldest first.")
    disputes: list[Dispute] = strawberry.field(description="Disputes, oldest first, each with how it was settled.")


@strawberry.type(description="A signature: somebody looked at something and all it rests on, and stands by it.")
class Signature:
    subject: str = strawberry.field(description="What was signed, as kind:name.")
    by: str = strawberry.field(description="Who signed.")
    at: datetime = strawberry.field(description="When (UTC).")
    position: int = strawberry.field(description="The act.")
    says: str = strawberry.field(description="What it said when it was signed.")
    reason: Optional[str] = strawberry.field(description="In the words of who signed.")
    stale: bool = strawberry.field(description="Whether what it says, or anything it rests on, has changed since.")
    says_now: Optional[str] = strawberry.field(description="What it says now; null when it is gone.")

    @classmethod
    def of(cls, value: sign_off.Signature) -> Signature:
        return cls.signed(value.signed, stale=value.stale, says=value.says)

    @classmethod
    def signed(cls, value: SignOff, *, stale: bool, says: str | None) -> Signature:
        return cls(
            subject=str(value.subject),
            by=value.by,
            at=value.at,
            position=value.position,
            says=value.says,
            reason=value.reason,
            stale=stale,
            says_now=says,
        )


# --- why something could not be done ----------------------------------------------------------------------------------


@strawberry.interface(description="Why something was not done. Nothing was written.")
class NotDone:
    code: str = strawberry.field(description="A code that stays the same, such as mechkg.stale.")
    message: str = strawberry.field(description="What stood against it, in a sentence.")
    hint: Optional[str] = strawberry.field(description="What to do about it.")


@strawberry.type(description="The present state does not allow it: decided already, revised since, open errors, no reason given.")
class Refused(NotDone):
    pass


@strawberry.type(description="It was made on what no longer counts, or on an older version than stands.")
class Stale(NotDone):
    now: Optional[JSON] = strawberry.field(description="What stands now, for a draft: version, time and content.", default=None)


@strawberry.type(description="Who asks is not known, may not do that, did the work, or declared an interest.")
class Forbidden(NotDone):
    pass


@strawberry.type(description="Nothing has that name; the hint gives the nearest one.")
class NotFound(NotDone):
    pass


@strawberry.type(description="What was given cannot be read, or means nothing here.")
class BadInput(NotDone):
    pass


Failure = Union[Refused, Stale, Forbidden, NotFound, BadInput]
"""Everything that keeps an act from being done."""

ActResult = Annotated[
    Union[Act, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("ActResult", description="The act as it was written, or why it was not."),
]
SignatureResult = Annotated[
    Union[Signature, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("SignatureResult", description="The signature as it was written, or why it was not."),
]

_TYPES: tuple[tuple[type[MechkgError], type[Refused | Forbidden | NotFound | BadInput]], ...] = (
    (RefusedActError, Refused),
    (ForbiddenError, Forbidden),
    (UnauthenticatedError, Forbidden),
    (NotFoundError, NotFound),
    (BadInputError, BadInput),
    (TooLargeError, BadInput),
)


def failure(error: MechkgError) -> Failure:
    """Return an error as an answer; one that is nobody's fault who asks is raised."""
    if isinstance(error, StaleError):
        now = getattr(error.now, "content", None)
        version = getattr(error.now, "version", None)
        told = None if version is None else JSON({"version": version, "content": now})
        return Stale(code=error.code, message=error.message, hint=error.hint, now=told)
    for kind, answer in _TYPES:
        if isinstance(error, kind):
            return answer(code=error.code, message=error.message, hint=error.hint)
    raise error
