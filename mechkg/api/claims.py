"""GraphQL types of claims, assumptions and hypothesis spaces."""

from __future__ import annotations

from typing import Annotated, Optional

import strawberry

from mechkg.api import enums
from mechkg.api.compiled import once
from mechkg.api.context import Info, asked
from mechkg.api.experiments import Measured
from mechkg.api.items import Item, Quantity, Reference, all_found, found, item_type, maybe
from mechkg.api.node import Node, id_of
from mechkg.api.participants import Species, Step
from mechkg.model import assertion, hypothesis

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A composition reported for an absorption position.")
class CompositionEntry:
    formula: str = strawberry.field(description="The composition, as printed.")
    absorption: Optional[Quantity] = strawberry.field(description="The absorption position.")
    species: Optional[Species] = strawberry.field(description="The species that it is of.")


@item_type("claim", "Something a paper claims.")
class Claim(Item):
    @strawberry.field(description="What sort of claim it is.", graphql_type=enums.ClaimKind)
    @once
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="The claim, in the curator's words.")
    @once
    def statement(self) -> Optional[str]:
        return self._value.statement

    @strawberry.field(description="Which way it points.", graphql_type=enums.Direction)
    @once
    def direction(self) -> str:
        return self._value.direction

    @strawberry.field(description="What it rests on.", graphql_type=Optional[enums.EvidenceType])
    @once
    def evidence(self) -> Optional[str]:
        return self._value.evidence

    @strawberry.field(description="Whether what is claimed was itself measured.", graphql_type=Optional[enums.Directness])
    @once
    def directness(self) -> Optional[str]:
        return self._value.directness

    @strawberry.field(description="How it was found, where it says so itself.", graphql_type=Optional[enums.Method])
    @once
    def method(self) -> Optional[str]:
        return self._value.method

    @strawberry.field(description="What it is about.")
    def about(self, info: Info) -> list[Item]:
        return all_found(info, self._value.about)

    @strawberry.field(description="References that the paper gives for it.")
    def cites(self, info: Info) -> list[Reference]:
        return all_found(info, self._value.cites)  # type: ignore[return-value]

    @strawberry.field(description="Numbers.")
    def measured(self) -> list[Measured]:
        return [Measured.of(value) for value in self._value.measured]

    @strawberry.field(description="Reported compositions, for a row of a table.")
    def entries(self, info: Info) -> list[CompositionEntry]:
        return [
            CompositionEntry(formula=e.formula, absorption=maybe(e.absorption), species=found(info, e.species))  # type: ignore[arg-type]
            for e in self._value.entries
        ]

    @property
    def _value(self) -> assertion.Claim:
        assert isinstance(self.entry.value, assertion.Claim)
        return self.entry.value


@item_type("assumption", "A named, defeasible auxiliary premise.")
class Assumption(Item):
    @strawberry.field(description="The premise.")
    @once
    def statement(self) -> str:
        return self._value.statement

    @strawberry.field(description="How well it is backed.", graphql_type=enums.Backing)
    @once
    def backing(self) -> str:
        return self._value.backing

    @strawberry.field(description="Observations, and claims, that back it.")
    def supported_by(self, info: Info) -> list[Item]:
        return all_found(info, self._value.supported_by)

    @strawberry.field(description="References that are given for it.")
    def cites(self, info: Info) -> list[Reference]:
        return all_found(info, self._value.cites)  # type: ignore[return-value]

    @strawberry.field(description="Hypothesis spaces that hold it.")
    def hypothesis_spaces(self, info: Info) -> list[Annotated[HypothesisSpace, strawberry.lazy("mechkg.api.claims")]]:
        return spaces_with(info, self.entry.id)

    @property
    def _value(self) -> hypothesis.Assumption:
        assert isinstance(self.entry.value, hypothesis.Assumption)
        return self.entry.value


@item_type("model", "A model of formation that competes with others in the literature.")
class RivalModel(Item):
    @strawberry.field(description="What it is called.")
    @once
    def name(self) -> str:
        return self._value.name

    @strawberry.field(description="What it claims.")
    def claims(self) -> list[str]:
        return list(self._value.claims)

    @strawberry.field(description="Who holds it.")
    def held_by(self) -> list[str]:
        return list(self._value.held_by)

    @strawberry.field(description="What speaks against it.")
    @once
    def critique(self) -> Optional[str]:
        return self._value.critique

    @strawberry.field(description="How another model reads the same facts.")
    @once
    def reading(self) -> Optional[str]:
        return self._value.reading

    @strawberry.field(description="What it leaves open.")
    def open_questions(self) -> list[str]:
        return list(self._value.open_questions)

    @strawberry.field(description="Its steps.")
    def steps(self, info: Info) -> list[Step]:
        return all_found(info, self._value.steps)  # type: ignore[return-value]

    @property
    def _value(self) -> assertion.RivalModel:
        assert isinstance(self.entry.value, assertion.RivalModel)
        return self.entry.value


@item_type("remark", "A curator's note on trouble in a source: a contradiction, a wrong label, a gap, a confounded comparison.")
class Remark(Item):
    @strawberry.field(description="What sort of trouble, in a word.")
    @once
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="The note.")
    @once
    def text(self) -> str:
        return self._value.text

    @strawberry.field(description="What it is about.")
    def about(self, info: Info) -> list[Item]:
        return all_found(info, self._value.about)

    @property
    def _value(self) -> assertion.Remark:
        assert isinstance(self.entry.value, assertion.Remark)
        return self.entry.value


@strawberry.type(description="A claim that candidates may make beyond which steps run.")
class Postulate(Node):
    value: strawberry.Private[hypothesis.Postulate]
    space: strawberry.Private[str]

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("part", f"{self.space}/postulates/{self.value.id}")

    @strawberry.field(description="Name within its space.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="The claim.")
    def statement(self) -> str:
        return self.value.statement

    @strawberry.field(description="What sort of claim it is.", graphql_type=enums.PostulateKind)
    def kind(self) -> str:
        return self.value.kind

    @strawberry.field(description="The step that it speaks of.")
    def step(self, info: Info) -> Optional[Step]:
        return found(info, self.value.step)  # type: ignore[return-value]


@strawberry.type(description="A candidate pathway: one setting of the optional steps.")
class Candidate(Node):
    value: strawberry.Private[hypothesis.Candidate]
    of: strawberry.Private[hypothesis.HypothesisSpace]

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("part", f"{self.of.id}/candidates/{self.value.id}")

    @strawberry.field(description="Name within its space.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="Its space.")
    def space(self, info: Info) -> Optional[Annotated[HypothesisSpace, strawberry.lazy("mechkg.api.claims")]]:
        return found(info, self.of.id)  # type: ignore[return-value]

    @strawberry.field(description="IRI of the verdict on it; node(id:) works it out.")
    def verdict_iri(self) -> strawberry.ID:
        return id_of("verdict", f"{self.of.id}/{self.value.id}")

    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="Optional steps that are on.")
    def steps(self, info: Info) -> list[Step]:
        return all_found(info, self.value.steps)  # type: ignore[return-value]

    @strawberry.field(description="Claims that it makes.")
    def postulates(self) -> list[Postulate]:
        return [Postulate(value=p, space=self.of.id) for p in self.of.postulates if p.id in self.value.postulates]

    @strawberry.field(description="Where it comes from.", graphql_type=enums.CandidateOrigin)
    def origin(self) -> str:
        return self.value.origin

    @strawberry.field(description="What the authors say of it.")
    def author_status(self) -> Optional[str]:
        return self.value.author_status


@item_type("space", "Established steps, optional steps, assumptions and the candidates that were named.")
class HypothesisSpace(Item):
    @strawberry.field(description="Title.")
    @once
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="The question that its candidates answer.")
    @once
    def question(self) -> str:
        return self.value.question

    @strawberry.field(description="Steps taken as established.")
    def background(self, info: Info) -> list[Step]:
        return all_found(info, self.value.background)  # type: ignore[return-value]

    @strawberry.field(description="Steps that may be on or off.")
    def optional(self, info: Info) -> list[Step]:
        return all_found(info, self.value.optional)  # type: ignore[return-value]

    @strawberry.field(description="Claims that candidates may make.")
    def postulates(self) -> list[Postulate]:
        return [Postulate(value=p, space=self.entry.id) for p in self.value.postulates]

    @strawberry.field(description="On by default; each can be withdrawn.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.assumptions)  # type: ignore[return-value]

    @strawberry.field(description="Named candidates.")
    def candidates(self) -> list[Candidate]:
        return [Candidate(value=c, of=self.value) for c in self.value.candidates]

    @property
    def value(self) -> hypothesis.HypothesisSpace:
        """The space."""
        assert isinstance(self.entry.value, hypothesis.HypothesisSpace)
        return self.entry.value


def spaces_with(info: Info, item: str) -> list[HypothesisSpace]:
    """Return the hypothesis spaces that name an item."""
    entries = asked(info).catalog.referring.get(item, ())
    return [HypothesisSpace(entry=entry) for entry in entries if entry.kind == "space"]


def part_of_space(info: Info, name: str) -> Candidate | Postulate | None:
    """Return the candidate or claim called space/candidates/name or space/postulates/name, if there is one."""
    space, _, rest = name.partition("/")
    field, _, part = rest.partition("/")
    of = found(info, space)
    if not isinstance(of, HypothesisSpace):
        return None
    if field == "candidates":
        return next((Candidate(value=c, of=of.value) for c in of.value.candidates if c.id == part), None)
    those = of.value.postulates if field == "postulates" else ()
    return next((Postulate(value=p, space=of.entry.id) for p in those if p.id == part), None)
