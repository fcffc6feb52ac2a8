"""GraphQL types of claims, assumptions and hypothesis spaces."""

from __future__ import annotations

from typing import Optional

import strawberry

from mechkg.api.context import Info
from mechkg.api.items import Item, Quantity, found, item_type, maybe
from mechkg.api.participants import Step
from mechkg.model import assertion, hypothesis

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A composition reported for an absorption position.")
class CompositionEntry:
    formula: str = strawberry.field(description="The composition, as printed.")
    absorption: Optional[Quantity] = strawberry.field(description="The absorption position.")


@item_type("claim", "Something a paper claims.")
class Claim(Item):
    @strawberry.field(description="composition, shape, mechanism, hypothesis, conclusion, ...")
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="The claim, in the curator's words.")
    def statement(self) -> Optional[str]:
        return self._value.statement

    @strawberry.field(description="supports, refutes or neutral.")
    def direction(self) -> str:
        return self._value.direction

    @strawberry.field(description="What it rests on: experiment, computation, inference-by-author, citation, analogy, ...")
    def evidence(self) -> Optional[str]:
        return self._value.evidence

    @strawberry.field(description="direct when it was itself measured, indirect when it follows from what was.")
    def directness(self) -> Optional[str]:
        return self._value.directness

    @strawberry.field(description="How it was found, where it says so itself.")
    def method(self) -> Optional[str]:
        return self._value.method

    @strawberry.field(description="What it is about.")
    def about(self, info: Info) -> list[Item]:
        return [item for name in self._value.about if (item := found(info, name))]

    @strawberry.field(description="References that the paper gives for it.")
    def cites(self, info: Info) -> list[Item]:
        return [item for name in self._value.cites if (item := found(info, name))]

    @strawberry.field(description="Reported compositions, for a row of a table.")
    def entries(self) -> list[CompositionEntry]:
        return [CompositionEntry(formula=e.formula, absorption=maybe(e.absorption)) for e in self._value.entries]

    @property
    def _value(self) -> assertion.Claim:
        assert isinstance(self.entry.value, assertion.Claim)
        return self.entry.value


@item_type("assumption", "A named, defeasible auxiliary premise.")
class Assumption(Item):
    @strawberry.field(description="The premise.")
    def statement(self) -> str:
        return self._value.statement

    @strawberry.field(description="stated, cited, supported or silent.")
    def backing(self) -> str:
        return self._value.backing

    @strawberry.field(description="Observations that back it.")
    def supported_by(self, info: Info) -> list[Item]:
        return [item for name in self._value.supported_by if (item := found(info, name))]

    @property
    def _value(self) -> hypothesis.Assumption:
        assert isinstance(self.entry.value, hypothesis.Assumption)
        return self.entry.value


@strawberry.type(description="A candidate pathway: one setting of the optional steps.")
class Candidate:
    id: strawberry.ID = strawberry.field(description="Name within its space.")
    title: str = strawberry.field(description="Title.")
    steps: list[Step] = strawberry.field(description="Optional steps that are on.")
    postulates: list[str] = strawberry.field(description="Claims that it makes.")
    origin: str = strawberry.field(description="mentioned or implied by a source, or added by the curator.")
    author_status: Optional[str] = strawberry.field(description="What the authors say of it.")


@strawberry.type(description="A claim that candidates may make beyond which steps run.")
class Postulate:
    id: strawberry.ID = strawberry.field(description="Name within its space.")
    statement: str = strawberry.field(description="The claim.")
    kind: str = strawberry.field(description="rate-determining, slower, predicts or plain.")


@item_type("space", "Established steps, optional steps, assumptions and the candidates that were named.")
class HypothesisSpace(Item):
    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self._value.title

    @strawberry.field(description="The question that its candidates answer.")
    def question(self) -> str:
        return self._value.question

    @strawberry.field(description="Steps taken as established.")
    def background(self, info: Info) -> list[Step]:
        return [found(info, name) for name in self._value.background]  # type: ignore[misc]

    @strawberry.field(description="Steps that may be on or off.")
    def optional(self, info: Info) -> list[Step]:
        return [found(info, name) for name in self._value.optional]  # type: ignore[misc]

    @strawberry.field(description="Claims that candidates may make.")
    def postulates(self) -> list[Postulate]:
        return [Postulate(id=strawberry.ID(p.id), statement=p.statement, kind=p.kind) for p in self._value.postulates]

    @strawberry.field(description="On by default; each can be withdrawn.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return [found(info, name) for name in self._value.assumptions]  # type: ignore[misc]

    @strawberry.field(description="Named candidates.")
    def candidates(self, info: Info) -> list[Candidate]:
        return [
            Candidate(
                id=strawberry.ID(c.id),
                title=c.title,
                steps=[found(info, name) for name in c.steps],  # type: ignore[misc]
                postulates=[*c.postulates],
                origin=c.origin,
                author_status=c.author_status,
            )
            for c in self._value.candidates
        ]

    @property
    def _value(self) -> hypothesis.HypothesisSpace:
        assert isinstance(self.entry.value, hypothesis.HypothesisSpace)
        return self.entry.value
