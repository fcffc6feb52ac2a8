"""GraphQL types of verdicts and proofs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api.arguments import Full
from mechkg.api.claims import Assumption
from mechkg.api.context import Info
from mechkg.api.items import Item, found
from mechkg.api.participants import Step
from mechkg.model import verdict as found_by
from mechkg.reasoning.drawing import as_svg
from mechkg.reasoning.render import as_markdown, as_text
from mechkg.service import why_not

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

    @strawberry.field(description="Claims that the candidate makes.")
    def postulates(self) -> list[str]:
        return [*self.value.postulates]

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

    @strawberry.field(description="Observations left out of account.")
    def ignored(self, info: Info) -> list[Item]:
        return [item for name in self.value.ignored if (item := found(info, name))]

    @strawberry.field(description="Absences without method or detection limit, which cannot rule anything out.")
    def cannot_refute(self, info: Info) -> list[Item]:
        return [item for name in self.value.powerless if (item := found(info, name))]

    @strawberry.field(description="One verdict per candidate.")
    def candidates(self) -> list[CandidateVerdict]:
        return [CandidateVerdict(value=value) for value in self.value.candidates]


@strawberry.type(description="Where a stated line of a proof comes from.")
class ProofSource:
    document: str = strawberry.field(description="Id of the paper.")
    locator: Optional[str] = strawberry.field(description="Page, figure panel, table row or note.")
    quotes: list[str] = strawberry.field(description="Exact words of the paper.")
    flag: str = strawberry.field(description="stated, inferred, derived or external.")
    item: Optional[Item] = strawberry.field(description="The item that states it.")


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

    @strawberry.field(description="Where the rule comes from, when it has a source.")
    def citation(self) -> Optional[str]:
        return self.value.citation

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
    def text(self, full: Full = False) -> str:
        return as_text(self.value, full=full)

    @strawberry.field(description="The whole tree below this line as Markdown.")
    def markdown(self, full: Full = False) -> str:
        return as_markdown(self.value, full=full)

    @strawberry.field(description="The whole tree below this line as JSON, with every line.")
    def tree(self) -> JSON:
        return JSON(self.value.as_json())

    @strawberry.field(description="A drawing of the whole tree below this line (SVG); needs Graphviz where the service runs.")
    async def svg(self, full: Full = False) -> str:
        return await asyncio.to_thread(as_svg, self.value, full=full)


@strawberry.type(description="Why a candidate has its verdict.")
class Explanation:
    value: strawberry.Private[found_by.Explanation]

    @strawberry.field(description="The verdict.")
    def candidate(self) -> CandidateVerdict:
        return CandidateVerdict(value=self.value.candidate)

    @strawberry.field(description="Ledger position that the proofs were derived from.")
    def graph_version(self) -> int:
        return self.value.graph_version

    @strawberry.field(
        description="One proof per conflict, what decides most first, or per observation explained when there is no conflict."
    )
    def proofs(
        self,
        observation: Annotated[Optional[str], strawberry.argument(description="Only those about this observation.")] = None,
        first: Annotated[Optional[int], strawberry.argument(description="So many at most; all when left out.")] = None,
    ) -> list[ProofNode]:
        shown = self.value.proofs if observation is None else self.value.about(observation)
        return [ProofNode(value=value) for value in (shown if first is None else shown[: max(0, first)])]


@strawberry.type(description="Whether something follows for a candidate, and why it does or does not.")
class WhyNotAnswer:
    asked: str = strawberry.field(description="What was asked, as a predicate with its arguments; _ stands for any value.")
    holds: bool = strawberry.field(description="Whether it follows.")
    proof: ProofNode = strawberry.field(description="The proof, or what each rule that could have given it lacks.")
    others: int = strawberry.field(description="Where _ was asked: of how many other things the same holds.")


@strawberry.type(description="Why something does not follow for a candidate, or its proof where it does.")
class WhyNot:
    value: strawberry.Private[why_not.WhyNot]

    @strawberry.field(description="Name of the candidate.")
    def candidate(self) -> strawberry.ID:
        return strawberry.ID(self.value.candidate)

    @strawberry.field(description="Ledger position that the answers were derived from.")
    def graph_version(self) -> int:
        return self.value.graph_version

    @strawberry.field(description="An answer to each thing asked.")
    def answers(self) -> list[WhyNotAnswer]:
        return [
            WhyNotAnswer(asked=a.asked, holds=a.holds, proof=ProofNode(value=a.proof), others=a.others)
            for a in self.value.answers
        ]
