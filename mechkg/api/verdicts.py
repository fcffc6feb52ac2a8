"""GraphQL types of verdicts and proofs."""

from __future__ import annotations

from typing import Annotated, Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api.claims import Assumption
from mechkg.api.context import Info
from mechkg.api.items import Item, found
from mechkg.api.participants import Step
from mechkg.model import verdict as found_by
from mechkg.reasoning.render import as_markdown, as_text

# ruff: noqa: UP045


@strawberry.type(description="An observation that a candidate cannot meet.")
class Conflict:
    value: strawberry.Private[found_by.Conflict]

    @strawberry.field(description="The observation.")
    def observation(self, info: Info) -> Optional[Item]:
        return found(info, self.value.observation)

    @strawberry.field(description="Kind of conflict.")
    def rule(self) -> str:
        return self.value.rule

    @strawberry.field(description="Assumptions that the conflict rests on.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return [found(info, name) for name in self.value.assumptions]  # type: ignore[misc]

    @strawberry.field(description="The conflict in words.")
    def sentence(self) -> str:
        return self.value.sentence


@strawberry.type(description="What the observations say of one candidate.")
class CandidateVerdict:
    value: strawberry.Private[found_by.CandidateVerdict]

    @strawberry.field(description="Name of the candidate.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.value.id)

    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="Optional steps that are on.")
    def steps(self, info: Info) -> list[Step]:
        return [found(info, name) for name in self.value.steps]  # type: ignore[misc]

    @strawberry.field(description="'ruled out', 'survives' or 'not covered'.")
    def verdict(self) -> str:
        return self.value.verdict

    @strawberry.field(description="Observations that cannot be met, with the assumptions used.")
    def conflicts(self) -> list[Conflict]:
        return [Conflict(value=value) for value in self.value.conflicts]

    @strawberry.field(description="Observations that had to be so.")
    def explained(self, info: Info) -> list[Item]:
        return [item for name in self.value.explained if (item := found(info, name))]

    @strawberry.field(description="Observations that may be so.")
    def permitted(self, info: Info) -> list[Item]:
        return [item for name in self.value.permitted if (item := found(info, name))]

    @strawberry.field(description="Observations that no rule connects with the candidate.")
    def silent(self, info: Info) -> list[Item]:
        return [item for name in self.value.silent if (item := found(info, name))]

    @strawberry.field(description="Open order choices of the best setting, in words.")
    def orders(self) -> list[str]:
        return list(self.value.orders)


@strawberry.type(description="Verdicts on the candidates of a hypothesis space.")
class Check:
    value: strawberry.Private[found_by.Check]

    @strawberry.field(description="Name of the space.")
    def space(self) -> strawberry.ID:
        return strawberry.ID(self.value.space)

    @strawberry.field(description="Ledger position that the verdicts were derived from.")
    def graph_version(self) -> int:
        return self.value.graph_version

    @strawberry.field(description="Assumptions held.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return [found(info, name) for name in self.value.assumptions]  # type: ignore[misc]

    @strawberry.field(description="Assumptions withdrawn.")
    def withdrawn(self, info: Info) -> list[Assumption]:
        return [found(info, name) for name in self.value.withdrawn]  # type: ignore[misc]

    @strawberry.field(description="One verdict per candidate.")
    def candidates(self) -> list[CandidateVerdict]:
        return [CandidateVerdict(value=value) for value in self.value.candidates]


@strawberry.type(description="Where a stated line of a proof comes from.")
class ProofSource:
    document: str
    locator: Optional[str]
    quotes: list[str]
    flag: str
    item: Optional[Item]


@strawberry.type(description="One line of a proof and what it rests on.")
class ProofNode:
    value: strawberry.Private[found_by.ProofNode]

    @strawberry.field(description="The line in words.")
    def sentence(self) -> str:
        return self.value.sentence

    @strawberry.field(description="Why it stands: derived, stated, assumed, chosen or absent.")
    def standing(self) -> str:
        return self.value.standing

    @strawberry.field(description="Rule that derived it.")
    def rule(self) -> Optional[str]:
        return self.value.rule

    @strawberry.field(description="How sound the rule is: sound, heuristic or convention.")
    def soundness(self) -> Optional[str]:
        return self.value.soundness

    @strawberry.field(description="Where it is stated.")
    def sources(self, info: Info) -> list[ProofSource]:
        return [
            ProofSource(
                document=s.document,
                locator=s.locator,
                quotes=list(s.quotes),
                flag=s.flag,
                item=found(info, s.item),
            )
            for s in self.value.sources
        ]

    @strawberry.field(description="What it rests on.")
    def premises(self) -> list[Annotated[ProofNode, strawberry.lazy("mechkg.api.verdicts")]]:
        return [ProofNode(value=value) for value in self.value.premises]

    @strawberry.field(description="The whole tree below this line as indented text.")
    def text(self) -> str:
        return as_text(self.value)

    @strawberry.field(description="The whole tree below this line as Markdown.")
    def markdown(self) -> str:
        return as_markdown(self.value)

    @strawberry.field(description="The whole tree below this line as JSON.")
    def tree(self) -> JSON:
        return JSON(self.value.as_json())


@strawberry.type(description="Why a candidate has its verdict.")
class Explanation:
    value: strawberry.Private[found_by.Explanation]

    @strawberry.field(description="The verdict.")
    def candidate(self) -> CandidateVerdict:
        return CandidateVerdict(value=self.value.candidate)

    @strawberry.field(description="One proof per conflict, or per observation explained when there is none.")
    def proofs(self) -> list[ProofNode]:
        return [ProofNode(value=value) for value in self.value.proofs]
