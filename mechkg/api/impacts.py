"""GraphQL types of impact: what would change if a change set were accepted."""

from __future__ import annotations

from typing import Annotated, Optional

import strawberry

from mechkg.api import enums
from mechkg.api.acts import Signature
from mechkg.api.arguments import space_name
from mechkg.api.context import Info, asked
from mechkg.api.disagreements import Disagreement
from mechkg.api.items import Item, found
from mechkg.api.verdicts import ProofNode
from mechkg.model import finding as checked
from mechkg.model.verdict import Explanation as Proofs
from mechkg.service import impact as worked_out
from mechkg.service.impact_conclusions import conclusions_that_change
from mechkg.service.recorded import Recorded

# ruff: noqa: UP045


@strawberry.type(description="Something found in data: what is wrong, or worth a look.")
class Finding:
    severity: str = strawberry.field(description="How much it weighs.", graphql_type=enums.Severity)
    code: str = strawberry.field(description="A code that stays the same.")
    message: str = strawberry.field(description="What was found, naming item and field.")
    hint: Optional[str] = strawberry.field(description="What to do about it.")

    @classmethod
    def of(cls, value: checked.Finding) -> Finding:
        return cls(severity=value.severity, code=value.code, message=value.message, hint=value.hint)


@strawberry.type(description="An observation that a candidate cannot meet, in brief.")
class Contradiction:
    value: strawberry.Private[worked_out.Contradiction]

    @strawberry.field(description="The observation; null when it does not count yet, or would not any more.")
    def observation(self, info: Info) -> Optional[Item]:
        return found(info, self.value.observation)

    @strawberry.field(description="Name of the observation.")
    def name(self) -> str:
        return self.value.observation

    @strawberry.field(description="Kind of conflict.")
    def rule(self) -> str:
        return self.value.kind

    @strawberry.field(description="What it comes to, in a few words.")
    def brief(self) -> str:
        return self.value.brief


Most = Annotated[Optional[int], strawberry.argument(description="So many proofs at most; all when left out.")]


def _lines(proofs: Proofs | None, first: int | None) -> list[ProofNode]:
    shown = proofs.proofs if proofs else ()
    return [ProofNode(value=value) for value in (shown if first is None else shown[: max(0, first)])]


def _then(workspace: Recorded, change: worked_out.VerdictChange) -> Proofs | None:
    with workspace.lock:
        return change.proof()


def _now(workspace: Recorded, change: worked_out.VerdictChange) -> Proofs | None:
    with workspace.lock:
        return change.proof_before()


@strawberry.type(description="A candidate on which the verdict, or what rules it out, would change.")
class VerdictImpact:
    value: strawberry.Private[worked_out.VerdictChange]

    @strawberry.field(description="Local name of the hypothesis space.")
    def space(self) -> str:
        return self.value.space

    @strawberry.field(description="Name of the candidate.")
    def candidate(self) -> str:
        return self.value.candidate

    @strawberry.field(description="Title of the candidate.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(
        description="The verdict now; null for a candidate that is not there yet.", graphql_type=Optional[enums.Verdict]
    )
    def before(self) -> Optional[str]:
        return self.value.before

    @strawberry.field(description="The verdict then; null for a candidate that would go.", graphql_type=Optional[enums.Verdict])
    def after(self) -> Optional[str]:
        return self.value.after

    @strawberry.field(description="Whether the verdict itself would change.")
    def flips(self) -> bool:
        return self.value.flips

    @strawberry.field(
        description="Local names of those of its steps and claims that would not count any more, so that it could not be judged."
    )
    def gone(self) -> list[str]:
        return [*self.value.gone]

    @strawberry.field(description="Contradictions that would come.")
    def appear(self) -> list[Contradiction]:
        return [Contradiction(value=value) for value in self.value.appear]

    @strawberry.field(description="Contradictions that would go.")
    def vanish(self) -> list[Contradiction]:
        return [Contradiction(value=value) for value in self.value.vanish]

    @strawberry.field(description="Why the candidate would have its verdict then; worked out when asked for.")
    async def proof(self, info: Info, first: Most = None) -> Optional[list[ProofNode]]:
        return _lines(await asked(info).reason(_then, self.value), first)

    @strawberry.field(description="Why the candidate has its verdict now; worked out when asked for.")
    async def proof_before(self, info: Info, first: Most = None) -> Optional[list[ProofNode]]:
        return _lines(await asked(info).reason(_now, self.value), first)


@strawberry.type(description="A step or claim that would be required, possible or excluded otherwise than now.")
class StandingImpact:
    space: str = strawberry.field(description="Local name of the hypothesis space.")
    name: str = strawberry.field(description="Name of the step or claim.")
    before: Optional[str] = strawberry.field(
        description="What becomes of it among the survivors now.", graphql_type=Optional[enums.StepStanding]
    )
    after: Optional[str] = strawberry.field(description="The same then.", graphql_type=Optional[enums.StepStanding])


@strawberry.type(description="A conclusion that a paper draws and that would be found otherwise than now.")
class ConclusionImpact:
    conclusion: str = strawberry.field(description="Local name of the conclusion, a claim of the paper.")
    space: str = strawberry.field(description="Local name of the hypothesis space that it is held against.")
    before: Optional[str] = strawberry.field(
        description="What is found of it now; null when it cannot be put.", graphql_type=Optional[enums.ConclusionFinding]
    )
    after: Optional[str] = strawberry.field(description="The same then.", graphql_type=Optional[enums.ConclusionFinding])


def _conclusions(workspace: Recorded, impact: worked_out.Impact) -> list[ConclusionImpact]:
    with workspace.lock:
        return [
            ConclusionImpact(conclusion=c.conclusion, space=c.space, before=c.before, after=c.after)
            for c in conclusions_that_change(impact)
        ]


@strawberry.type(description="What would change if a change set were accepted. Nothing is changed to find it out.")
class Impact:
    value: strawberry.Private[worked_out.Impact]

    @strawberry.field(description="Ledger position of what counts now.")
    def graph_version(self) -> int:
        return self.value.version

    @strawberry.field(description="Whether no error stands against it.")
    def acceptable(self) -> bool:
        return self.value.acceptable

    @strawberry.field(description="What would be wrong then and is not now.")
    def findings(self) -> list[Finding]:
        return [Finding.of(value) for value in self.value.findings]

    @strawberry.field(
        description="Hypothesis spaces in which what verdicts hang on would read otherwise; all others stay as they are."
    )
    def spaces(self) -> list[str]:
        return list(self.value.spaces)

    @strawberry.field(description="Verdicts that would change, or stand on something else.")
    def verdicts(
        self,
        flips: Annotated[
            Optional[bool], strawberry.argument(description="Only those that would be another (true), or would not (false).")
        ] = None,
        space: Annotated[Optional[strawberry.ID], strawberry.argument(description="Only of this hypothesis space.")] = None,
    ) -> list[VerdictImpact]:
        return [
            VerdictImpact(value=value)
            for value in self.value.verdicts
            if flips in (None, value.flips) and (space is None or space_name(space) == value.space)
        ]

    @strawberry.field(description="Conclusions of papers that would be found otherwise; worked out when asked for.")
    async def conclusions(self, info: Info) -> list[ConclusionImpact]:
        return await asked(info).reason(_conclusions, self.value)

    @strawberry.field(description="Steps and claims that would be required, possible or excluded otherwise.")
    def standings(self) -> list[StandingImpact]:
        return [StandingImpact(space=s.space, name=s.name, before=s.before, after=s.after) for s in self.value.standings]

    @strawberry.field(description="Disagreements between sources that would come, or have other sides.")
    def disagreements_appear(self) -> list[Disagreement]:
        return [Disagreement(value=value) for value in self.value.appear]

    @strawberry.field(description="Disagreements between sources that would go.")
    def disagreements_vanish(self) -> list[Disagreement]:
        return [Disagreement(value=value) for value in self.value.vanish]

    @strawberry.field(description="Signatures that hold now and would be stale.")
    def signatures(self) -> list[Signature]:
        return [Signature.signed(value, stale=False, says=value.says) for value in self.value.signatures]
