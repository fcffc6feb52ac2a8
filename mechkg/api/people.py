"""GraphQL types of people, what waits for them, and their drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Optional, Union

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.acts import BadInput, Forbidden, NotFound, Refused, Stale
from mechkg.api.node import Node, id_of, own_id
from mechkg.model import draft as written
from mechkg.model import person
from mechkg.service import tasks

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP007, UP045


@strawberry.type(description="A role, in everything or for one material.")
class Grant:
    role: str = strawberry.field(description="What they may do.", graphql_type=enums.Role)
    scope: str = strawberry.field(description="Id of a material, or all.")

    @classmethod
    def of(cls, value: person.Grant) -> Grant:
        return cls(role=value.role, scope=value.scope)


@strawberry.type(description="A declared conflict of interest: until it ends, its holder decides about nothing that it touches.")
class Interest:
    about: str = strawberry.field(description="A document, a material or a person.")
    why: str = strawberry.field(description="Why there is a conflict.")
    since: datetime = strawberry.field(description="When it was declared (UTC).")
    until: Optional[datetime] = strawberry.field(description="When it ends; null for good.")


@strawberry.type(description="Somebody who is known here.")
class Person(Node):
    value: strawberry.Private[person.Person]

    @strawberry.field(description="IRI.")
    def id(self) -> strawberry.ID:
        return id_of("person", self.value.id)

    @strawberry.field(description="Short name, which stands for the IRI wherever a person is given.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="Name in full.")
    def name(self) -> str:
        return self.value.name

    @strawberry.field(description="ORCID iD.")
    def orcid(self) -> Optional[str]:
        return self.value.orcid

    @strawberry.field(description="What they may do.")
    def grants(self) -> list[Grant]:
        ranked = sorted(self.value.grants, key=lambda g: (person.ROLES.index(g.role), g.scope))
        return [Grant.of(grant) for grant in ranked]

    @strawberry.field(description="Declared conflicts of interest.")
    def interests(self) -> list[Interest]:
        return [Interest(about=i.about, why=i.why, since=i.since, until=i.until) for i in self.value.interests]


@strawberry.type(description="Who asks.")
class Me:
    person: Person = strawberry.field(description="The person.")
    within: Grant = strawberry.field(description="How far the token or session reaches, whatever the person may do.")
    door: str = strawberry.field(description="The door that acts are recorded with.")


@strawberry.type(description="Something that waits for somebody.")
class Task:
    kind: str = strawberry.field(description="What is to be done.", graphql_type=enums.TaskKind)
    subject: str = strawberry.field(description="What it is upon, as kind:name.")
    sentence: str = strawberry.field(description="What is to be done, in a sentence.")
    since: datetime = strawberry.field(description="Since when (UTC).")
    act: int = strawberry.field(description="The act that began it; settle names it.")
    assignee: Optional[str] = strawberry.field(description="Who is to do it, where somebody said so.")

    @classmethod
    def of(cls, value: tasks.Task) -> Task:
        return cls(
            kind=value.kind,
            subject=str(value.subject),
            sentence=value.sentence,
            since=value.since,
            act=value.act,
            assignee=value.assignee,
        )


@strawberry.type(description="One version of a draft, which its owner alone sees.")
class Draft(Node):
    name: strawberry.Private[str]

    @strawberry.field(description="IRI of this version of it.")
    def id(self) -> strawberry.ID:
        return own_id("draft", f"{self.name}/{self.version}")

    @strawberry.field(description="Its name, draft-N, which stands for the IRI wherever one is given.")
    def local_name(self) -> str:
        return self.name

    version: int = strawberry.field(description="Counted from 1; give it to save the next one.")
    at: datetime = strawberry.field(description="When it was saved (UTC).")
    content: Optional[JSON] = strawberry.field(description="What it says, valid or not; null in the version that discards it.")
    discarded: bool = strawberry.field(description="Whether it was put away.")
    machine: Optional[JSON] = strawberry.field(
        description="Which program made it, from which document, and what it could not fill in; null when a person did."
    )

    @classmethod
    def of(cls, value: written.Draft) -> Draft:
        machine = value.content.get("machine") if isinstance(value.content, dict) else None
        return cls(
            machine=None if machine is None else JSON(machine),
            name=value.id,
            version=value.version,
            at=value.at,
            content=None if value.content is None else JSON(value.content),
            discarded=value.discarded,
        )


DraftResult = Annotated[
    Union[Draft, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("DraftResult", description="The draft as it stands then, or why nothing was saved."),
]
