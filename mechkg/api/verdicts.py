"""GraphQL types of verdicts and proofs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Optional
from urllib.parse import urlencode

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.arguments import Full, item_name
from mechkg.api.claims import Assumption, Candidate, part_of_space
from mechkg.api.context import Info
from mechkg.api.experiments import Observation
from mechkg.api.items import Document, Item, all_found, found
from mechkg.api.node import Node
from mechkg.api.participants import Step
from mechkg.api.record import record
from mechkg.model import verdict as found_by
from mechkg.reasoning.drawing import as_svg
from mechkg.reasoning.render import as_markdown, as_text
from mechkg.service import why_not
from mechkg.service.check import AD_HOC
from mechkg.service.identifiers import iri_of

# ruff: noqa: UP045


@strawberry.type(description="An observation that a candidate cannot meet.")
class Conflict:
    value: strawberry.Private[found_by.Conflict]

    @strawberry.field(description="The observation.")
    def observation(self, info: Info) -> Optional[Observation]:
        return found(info, self.value.observation)  # type: ignore[return-value]

    @strawberry.field(description="Kind of conflict.")
    def rule(self) -> str:
        return self.value.rule

    @strawberry.field(description="Assumptions that the conflict rests on.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.assumptions)  # type: ignore[return-value]

    @strawberry.field(description="The conflict in words.")
    def sentence(self) -> str:
        return self.value.sentence


@strawberry.type(description="What the observations say of one candidate.")
class CandidateVerdict(Node):
    value: strawberry.Private[found_by.CandidateVerdict]
    space: strawberry.Private[str]
    withdrawn: strawberry.Private[tuple[str, ...]] = ()
    ignored: strawberry.Private[tuple[str, ...]] = ()

    @strawberry.field(
        description="IRI of the verdict; of one without some premises, or on a candidate of one's own, these stand in its query. "
        "node(id:) works it out again."
    )
    def id(self) -> strawberry.ID:
        own = self.value.id == AD_HOC
        asked = [
            *(("without", name) for name in self.withdrawn),
            *(("ignoring", name) for name in self.ignored),
            *(("step", name) for name in (self.value.steps if own else ())),
            *(("postulate", name) for name in (self.value.postulates if own else ())),
        ]
        iri = iri_of("verdict", f"{self.space}/{self.value.id}")
        return strawberry.ID(f"{iri}?{urlencode(asked)}" if asked else iri)

    @strawberry.field(description="Name of the candidate within its space; ad-hoc for one of one's own.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="The candidate; null for one of one's own.")
    def candidate(self, info: Info) -> Optional[Candidate]:
        return part_of_space(info, f"{self.space}/candidates/{self.value.id}")  # type: ignore[return-value]

    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="Optional steps that are on.")
    def steps(self, info: Info) -> list[Step]:
        return all_found(info, self.value.steps)  # type: ignore[return-value]

    @strawberry.field(description="Claims that the candidate makes.")
    def postulates(self) -> list[str]:
        return [*self.value.postulates]

    @strawberry.field(description="The verdict.", graphql_type=enums.Verdict)
    def verdict(self) -> str:
        return self.value.verdict

    @strawberry.field(
        description="Local names of those of its steps and claims that no longer count: it cannot be judged then, and is not "
        "covered. Empty where all count."
    )
    def gone(self) -> list[str]:
        return [*self.value.gone]

    @strawberry.field(description="Observations that cannot be met, with the assumptions used.")
    def conflicts(self) -> list[Conflict]:
        return [Conflict(value=value) for value in self.value.conflicts]

    @strawberry.field(description="Observations that had to be so.")
    def explained(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.explained)  # type: ignore[return-value]

    @strawberry.field(description="Observations that may be so.")
    def permitted(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.permitted)  # type: ignore[return-value]

    @strawberry.field(description="Observations that no rule connects with the candidate.")
    def silent(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.silent)  # type: ignore[return-value]

    @strawberry.field(description="Open order choices of the best setting, in words.")
    def orders(self) -> list[str]:
        return list(self.value.orders)


@strawberry.type(description="Verdicts on the candidates of a hypothesis space.")
class Check:
    value: strawberry.Private[found_by.Check]
    record: JSON = record()

    @strawberry.field(description="Local name of the space.")
    def space(self) -> str:
        return self.value.space

    @strawberry.field(description="Ledger position that the verdicts were derived from.")
    def graph_version(self) -> int:
        return self.value.graph_version

    @strawberry.field(description="Assumptions held.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.assumptions)  # type: ignore[return-value]

    @strawberry.field(description="Assumptions withdrawn.")
    def withdrawn(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.withdrawn)  # type: ignore[return-value]

    @strawberry.field(description="Observations left out of account.")
    def ignored(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.ignored)  # type: ignore[return-value]

    @strawberry.field(description="Absences without method or detection limit, which cannot rule anything out.")
    def cannot_refute(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.powerless)  # type: ignore[return-value]

    @strawberry.field(description="One verdict per candidate.")
    def candidates(self) -> list[CandidateVerdict]:
        of, without, ignoring = self.value.space, self.value.withdrawn, self.value.ignored
        return [CandidateVerdict(value=one, space=of, withdrawn=without, ignored=ignoring) for one in self.value.candidates]


@strawberry.type(description="Where a stated line of a proof comes from.")
class ProofSource:
    document: Optional[Document] = strawberry.field(description="The paper.")
    locator: Optional[str] = strawberry.field(description="Page, figure panel, table row or note.")
    quotes: list[str] = strawberry.field(description="Exact words of the paper.")
    flag: str = strawberry.field(description="How the item came about.", graphql_type=enums.Flag)
    item: Optional[Item] = strawberry.field(description="The item that states it.")


@strawberry.type(description="One line of a proof and what it rests on.")
class ProofNode:
    value: strawberry.Private[found_by.ProofNode]

    @strawberry.field(description="The line in words.")
    def sentence(self) -> str:
        return self.value.sentence

    @strawberry.field(description="Why it stands.", graphql_type=enums.ProofStanding)
    def standing(self) -> str:
        return self.value.standing

    @strawberry.field(description="Rule that derived it.")
    def rule(self) -> Optional[str]:
        return self.value.rule

    @strawberry.field(description="How sound the rule is.", graphql_type=Optional[enums.Soundness])
    def soundness(self) -> Optional[str]:
        return self.value.soundness

    @strawberry.field(description="Where the rule comes from, when it has a source.")
    def citation(self) -> Optional[str]:
        return self.value.citation

    @strawberry.field(description="Where it is stated.")
    def sources(self, info: Info) -> list[ProofSource]:
        return [
            ProofSource(
                document=found(info, s.document),  # type: ignore[arg-type]
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
    without: strawberry.Private[tuple[str, ...]] = ()
    ignoring: strawberry.Private[tuple[str, ...]] = ()
    record: JSON = record()

    @strawberry.field(description="The verdict.")
    def candidate(self) -> CandidateVerdict:
        of, without, ignoring = self.value.space, self.without, self.ignoring
        return CandidateVerdict(value=self.value.candidate, space=of, withdrawn=without, ignored=ignoring)

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
        shown = self.value.proofs if observation is None else self.value.about(item_name(observation))
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
    def candidate(self) -> str:
        return self.value.candidate

    @strawberry.field(description="Ledger position that the answers were derived from.")
    def graph_version(self) -> int:
        return self.value.graph_version

    @strawberry.field(description="An answer to each thing asked.")
    def answers(self) -> list[WhyNotAnswer]:
        return [
            WhyNotAnswer(asked=a.asked, holds=a.holds, proof=ProofNode(value=a.proof), others=a.others)
            for a in self.value.answers
        ]
