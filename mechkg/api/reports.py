"""GraphQL types of reports on a hypothesis space: the whole space, kill matrix, conflict sets, what if, all in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums, verdicts
from mechkg.api.arguments import Hypothesis, seconds
from mechkg.api.claims import Assumption
from mechkg.api.context import Info, asked
from mechkg.api.experiments import Observation
from mechkg.api.items import Item, all_found, found
from mechkg.api.next_experiments import NextExperiment
from mechkg.api.participants import Step
from mechkg.api.record import record
from mechkg.api.scalars import BigInt
from mechkg.model import report as reported
from mechkg.model.plain import plain
from mechkg.model.verdict import VerdictName
from mechkg.service.check import check
from mechkg.service.conflicts import conflicts, first_conflict
from mechkg.service.conflicts_page import all_of
from mechkg.service.matrix import as_csv, classes, marks, matrix, rate_laws
from mechkg.service.next_experiment import next_experiment
from mechkg.service.page import as_markdown, parts_as_markdown
from mechkg.service.reading import View
from mechkg.service.report import as_json, report
from mechkg.service.report_page import how_many, page, returns_if
from mechkg.service.report_page import whole_space as in_words
from mechkg.service.what_if import what_if
from mechkg.service.whole_space import whole_space
from mechkg.service.words import Words

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


# --- the whole space ----------------------------------------------------------------------------------------------------


@strawberry.type(description="An optional step, or a claim that candidates may make.")
class Member:
    name: str = strawberry.field(description="Its name in the space.")
    kind: str = strawberry.field(description="Which of the two.", graphql_type=enums.MemberKind)
    words: str = strawberry.field(description="What it is, in words.")

    @strawberry.field(description="The step, when it is one.")
    def step(self, info: Info) -> Optional[Step]:
        return found(info, self.name) if self.kind == "step" else None  # type: ignore[return-value]

    @classmethod
    def of(cls, name: str, words: Words) -> Member:
        claims = {p.id for p in words.problem.space.postulates}
        return cls(name=name, kind="claim" if name in claims else "step", words=words.member(name))


@strawberry.type(description="What becomes of a step or claim among the survivors.")
class Standing:
    member: Member = strawberry.field(description="The step or claim.")
    standing: str = strawberry.field(description="What becomes of it.", graphql_type=enums.StepStanding)


@strawberry.type(description="A survivor that contains no other survivor.")
class MinimalSurvivor:
    members: list[Member] = strawberry.field(description="The optional steps and claims that it has.")
    named: Optional[str] = strawberry.field(description="Title and name of the candidate that has just these, if there is one.")


@strawberry.type(description="An observation, and how many candidates it rules out by itself.")
class Killer:
    name: str = strawberry.field(description="Name of the observation.")
    candidates: BigInt = strawberry.field(description="How many candidates it rules out.")

    @strawberry.field(description="The observation.")
    def observation(self, info: Info) -> Optional[Observation]:
        return found(info, self.name)  # type: ignore[return-value]


@strawberry.type(description="All candidates of a space: every setting of its steps and claims that meets the constraints.")
class WholeSpace:
    value: strawberry.Private[reported.Whole]
    said: strawberry.Private[Words]
    record: JSON = record()

    @strawberry.field(description="Free choices, steps and claims that go together counted once.")
    def choices(self) -> int:
        return self.value.choices

    @strawberry.field(description="Candidates that meet the constraints; at most so many when the count is not exact.")
    def candidates(self) -> BigInt:
        return BigInt(self.value.candidates)

    @strawberry.field(description="Candidates that no observation rules out; at least so many when the count is not exact.")
    def survivors(self) -> BigInt:
        return BigInt(self.value.survivors)

    @strawberry.field(description="True when survivors is the exact number, false when it is a lower bound.")
    def exact(self) -> bool:
        return self.value.exact

    @strawberry.field(description="How the survivors were found.")
    def method(self) -> str:
        return self.value.method

    @strawberry.field(description="Each step and claim: required, possible or excluded; empty when nothing survives.")
    def standing(self) -> list[Standing]:
        return [Standing(member=Member.of(name, self.said), standing=word) for name, word in self.value.standing.items()]

    @strawberry.field(description="Survivors that contain no other survivor, smallest first.")
    def minimal_survivors(self) -> list[MinimalSurvivor]:
        return [
            MinimalSurvivor(members=[Member.of(m, self.said) for m in members], named=self.said.named(members))
            for members in self.value.minimal
        ]

    @strawberry.field(description="The list of minimal survivors is complete up to so many free choices.")
    def complete_up_to(self) -> int:
        return self.value.complete_up_to

    @strawberry.field(description="Observations that rule out candidates by themselves, those that rule out most first.")
    def ruled_out_by(self) -> list[Killer]:
        ranked = sorted(self.value.killed.items(), key=lambda entry: (-entry[1], entry[0]))
        return [Killer(name=name, candidates=BigInt(count)) for name, count in ranked]

    @strawberry.field(description="All of it in sentences, as Markdown.")
    def markdown(self) -> str:
        return parts_as_markdown("The whole space", in_words(self.value, self.said))


# --- the kill matrix ----------------------------------------------------------------------------------------------------


@strawberry.type(description="The part that each observation plays for one candidate.")
class MatrixRow:
    candidate: str = strawberry.field(description="Name of the candidate.")
    roles: list[str] = strawberry.field(
        description="The part of each observation, in the order of the observations of the matrix.",
        graphql_type=list[enums.ObservationRole],  # type: ignore[valid-type]
    )


@strawberry.type(description="Candidates that claim the same rate law, so that rates cannot tell them apart.")
class RateLawClass:
    law: str = strawberry.field(description="The rate law, as chemists write it.")
    candidates: list[str] = strawberry.field(description="Names of the candidates that claim it.")


@strawberry.type(description="Which part each observation plays for each named candidate.")
class KillMatrix:
    value: strawberry.Private[reported.Matrix]
    said: strawberry.Private[Words]
    record: JSON = record()

    @strawberry.field(description="Local names of the observations, those that decide most first.")
    def observations(self) -> list[str]:
        return list(self.value.observations)

    @strawberry.field(description="The observations, in the same order.")
    def observed(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.observations)  # type: ignore[return-value]

    @strawberry.field(description="A row for each candidate.")
    def rows(self) -> list[MatrixRow]:
        return [
            MatrixRow(candidate=name, roles=[*roles]) for name, roles in zip(self.value.candidates, self.value.roles, strict=True)
        ]

    @strawberry.field(description="Classes of candidates that no observation tells apart; those alone in theirs are left out.")
    def classes(self) -> list[list[str]]:
        return [list(names) for names in classes(self.value)]

    @strawberry.field(description="Rate laws that candidates claim, each with those that claim it.")
    def rate_laws(self) -> list[RateLawClass]:
        laws = rate_laws(self.said.problem)
        return [RateLawClass(law=law, candidates=list(names)) for law, names in laws.items()]

    @strawberry.field(description="The matrix as CSV: a row for each candidate, a column for each observation.")
    def csv(self) -> str:
        return as_csv(self.value)

    @strawberry.field(description="The matrix as Markdown, with what was observed in words.")
    def markdown(self) -> str:
        return parts_as_markdown("Kill matrix", [marks(self.value, self.said)])


# --- conflict sets and repairs --------------------------------------------------------------------------------------------


@strawberry.type(description="Things that cannot hold together, and no part of which is such a set.")
class ConflictSet:
    value: strawberry.Private[reported.ConflictSet]
    said: strawberry.Private[Words]

    @strawberry.field(description="Optional steps that are part of the candidate.")
    def steps(self, info: Info) -> list[Step]:
        return all_found(info, self.value.steps)  # type: ignore[return-value]

    @strawberry.field(description="Optional steps that are not part of the candidate.")
    def missing_steps(self, info: Info) -> list[Step]:
        return all_found(info, self.value.missing_steps)  # type: ignore[return-value]

    @strawberry.field(description="Claims that the candidate makes.")
    def postulates(self) -> list[str]:
        return [*self.value.postulates]

    @strawberry.field(description="Claims that the candidate does not make.")
    def missing_postulates(self) -> list[str]:
        return [*self.value.missing_postulates]

    @strawberry.field(description="Assumptions.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.assumptions)  # type: ignore[return-value]

    @strawberry.field(description="Observations.")
    def observations(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.observations)  # type: ignore[return-value]

    @strawberry.field(description="The set in words, a line for each kind of thing.")
    def lines(self) -> list[str]:
        return self.said.clash(self.value)


@strawberry.type(description="A smallest set of assumptions and observations without which the candidate is free of conflict.")
class Repair:
    value: strawberry.Private[reported.ConflictSet]
    said: strawberry.Private[Words]
    candidate: strawberry.Private[str]

    @strawberry.field(description="Assumptions that go.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return all_found(info, self.value.assumptions)  # type: ignore[return-value]

    @strawberry.field(description="Observations that go.")
    def observations(self, info: Info) -> list[Observation]:
        return all_found(info, self.value.observations)  # type: ignore[return-value]

    @strawberry.field(description="The repair as a sentence.")
    def sentence(self) -> str:
        return f"{returns_if(len(self.value), self.candidate)} {'; '.join(self.said.gone(self.value))}"


@strawberry.type(description="The minimal conflict sets of a candidate, and its repairs.")
class ConflictSets:
    value: strawberry.Private[reported.ConflictSets]
    first_found: strawberry.Private[Optional[reported.ConflictSet]]
    said: strawberry.Private[Words]
    record: JSON = record()
    verdict: str = strawberry.field(
        description="The verdict; only what is ruled out has conflict sets.", graphql_type=enums.Verdict
    )

    @strawberry.field(description="Name of the candidate.")
    def candidate(self) -> str:
        return self.value.candidate

    @strawberry.field(description="The conflict set that was found first; null when there is none.")
    def first(self) -> Optional[ConflictSet]:
        return ConflictSet(value=self.first_found, said=self.said) if self.first_found else None

    @strawberry.field(description="Conflict sets, smallest first.")
    def sets(self) -> list[ConflictSet]:
        return [ConflictSet(value=one, said=self.said) for one in sorted(self.value.sets, key=len)]

    @strawberry.field(description="Repairs, smallest first.")
    def repairs(self) -> list[Repair]:
        return [Repair(value=one, said=self.said, candidate=self.value.candidate) for one in self.value.repairs]

    @strawberry.field(description="False when the search was ended by its budget, so that there may be more of both.")
    def complete(self) -> bool:
        return self.value.complete

    @strawberry.field(description="True when the steps alone contradict what is not open, so that no repair is possible.")
    def hopeless(self) -> bool:
        return self.value.hopeless

    @strawberry.field(description="Seconds that the search took.")
    def seconds(self) -> float:
        return self.value.seconds

    @strawberry.field(description="How many there are, and whether these are all, as a sentence.")
    def summary(self) -> str:
        return self._summary

    @strawberry.field(description="All of it in sentences, as Markdown.")
    def markdown(self) -> str:
        title = f"Conflict sets of {self.said.candidate(self.value.candidate)}"
        return parts_as_markdown(title, all_of(self.value, self.said.telling()) if self.first_found else [self._summary])

    @property
    def _summary(self) -> str:
        return how_many(self.value) if self.first_found else "it is not ruled out and has no conflict set."


# --- what if ------------------------------------------------------------------------------------------------------------


@strawberry.type(description="A verdict that changes.")
class VerdictChange:
    candidate: str = strawberry.field(description="Name of the candidate.")
    before: str = strawberry.field(description="The verdict with everything held.", graphql_type=enums.Verdict)
    after: str = strawberry.field(description="The verdict once it is withdrawn.", graphql_type=enums.Verdict)

    @classmethod
    def of(cls, candidate: str, verdicts: tuple[VerdictName, VerdictName]) -> VerdictChange:
        return cls(candidate=candidate, before=verdicts[0], after=verdicts[1])


@strawberry.type(description="An assumption or observation that can be withdrawn.")
class Withdrawable:
    kind: str = strawberry.field(description="Which of the two.", graphql_type=enums.PremiseKind)
    name: str = strawberry.field(description="Its local name.")

    @strawberry.field(description="What it is.")
    def item(self, info: Info) -> Optional[Item]:
        return found(info, self.name)


@strawberry.type(description="An assumption or observation whose withdrawal by itself changes verdicts.")
class Flip:
    what: Withdrawable = strawberry.field(description="What is withdrawn.")
    changes: list[VerdictChange] = strawberry.field(description="The verdicts that change.")


@strawberry.type(description="The most doubtful thing whose withdrawal by itself changes the verdict on a candidate.")
class WeakestPremise:
    candidate: str = strawberry.field(description="Name of the candidate.")
    premise: Optional[Withdrawable] = strawberry.field(description="The premise; null when no withdrawal changes the verdict.")
    backing: Optional[str] = strawberry.field(description="How an assumption is backed.", graphql_type=Optional[enums.Backing])


@strawberry.type(description="Every assumption and observation of a space, withdrawn one at a time.")
class WhatIf:
    value: strawberry.Private[reported.WhatIf]
    record: JSON = record()

    @strawberry.field(description="How many things were withdrawn, one at a time.")
    def tried(self) -> int:
        return self.value.tried

    @strawberry.field(description="Withdrawals that change a verdict, those that change most first.")
    def flips(self) -> list[Flip]:
        return [
            Flip(
                what=Withdrawable(kind=flip.kind, name=flip.name),
                changes=[VerdictChange.of(candidate, verdicts) for candidate, verdicts in flip.verdicts.items()],
            )
            for flip in self.value.flips
        ]

    @strawberry.field(description="Withdrawals that change no verdict.")
    def unchanged(self) -> list[Withdrawable]:
        return [Withdrawable(kind=kind, name=name) for kind, name in self.value.unchanged]

    @strawberry.field(description="What each verdict hangs on most doubtfully.")
    def weakest(self) -> list[WeakestPremise]:
        return [
            WeakestPremise(
                candidate=p.candidate,
                premise=Withdrawable(kind=p.kind, name=p.name) if p.kind and p.name else None,
                backing=p.backing,
            )
            for p in self.value.weakest
        ]


# --- one part of a report, and all in one ---------------------------------------------------------------------------------


async def whole_space_of(info: Info, of: Hypothesis) -> WholeSpace:
    """Work out the whole space."""
    value, said = await asked(info).reason(whole_space, of.space, without=of.without, ignoring=of.ignoring)
    return WholeSpace(value=value, said=said)


async def kill_matrix_of(info: Info, of: Hypothesis) -> KillMatrix:
    """Work out the kill matrix."""
    value, said = await asked(info).reason(matrix, of.space, without=of.without, ignoring=of.ignoring)
    return KillMatrix(value=value, said=said)


async def what_if_of(info: Info, of: Hypothesis) -> WhatIf:
    """Withdraw everything, one thing at a time."""
    value, _ = await asked(info).reason(what_if, of.space, without=of.without, ignoring=of.ignoring)
    return WhatIf(value=value)


async def next_experiment_of(info: Info, of: Hypothesis) -> NextExperiment:
    """Plan the next experiment."""
    value, said = await asked(info).reason(next_experiment, of.space, without=of.without, ignoring=of.ignoring)
    return NextExperiment(value=value, said=said)


async def conflict_sets_of(info: Info, of: Hypothesis, candidate: str | None, *, budget: float) -> ConflictSets:
    """Return the conflict sets and repairs of a candidate, named or put together."""
    choice = {"without": of.without, "ignoring": of.ignoring, "steps": of.steps, "postulates": of.postulates}
    return await asked(info).reason(conflict_sets_in, of.space, candidate, seconds(budget), choice)


def conflict_sets_in(workspace: View, space: str, candidate: str | None, budget: float, asked: Mapping[str, Any]) -> ConflictSets:
    """Return the first conflict set of a candidate and all, found on the same ground."""
    with workspace.lock:
        first = first_conflict(workspace, space, candidate, **asked)
        every = conflicts(workspace, space, candidate, **asked, budget=budget)
    words = Words(first.words.problem, first.words.stored, first.words.made)  # says everything in full
    return ConflictSets(value=every, first_found=first.first, said=words, verdict=first.verdict)


@strawberry.type(description="The report on a hypothesis space; only the parts that are asked for are worked out.")
class Report:
    space: str = strawberry.field(description="Local name of the space.")
    without: strawberry.Private[tuple[str, ...]]
    ignoring: strawberry.Private[tuple[str, ...]]
    budget: strawberry.Private[float]

    @property
    def _of(self) -> Hypothesis:
        return Hypothesis(self.space, [*self.without], [*self.ignoring])

    @strawberry.field(description="Verdicts on the named candidates, with the part of each observation.")
    async def check(self, info: Info) -> verdicts.Check:
        found = await asked(info).ask(check, self.space, without=self.without, ignoring=self.ignoring)
        return verdicts.Check(value=found)

    @strawberry.field(description="What all candidates come to: how many survive, what they share, the smallest.")
    async def whole_space(self, info: Info) -> WholeSpace:
        return await whole_space_of(info, self._of)

    @strawberry.field(description="Which part each observation plays for each candidate.")
    async def kill_matrix(self, info: Info) -> KillMatrix:
        return await kill_matrix_of(info, self._of)

    @strawberry.field(description="Conflict sets and repairs of each candidate that is ruled out.")
    async def conflict_sets(self, info: Info) -> list[ConflictSets]:
        verdicts_on = await asked(info).ask(check, self.space, without=self.without, ignoring=self.ignoring)
        out = [c.id for c in verdicts_on.candidates if c.verdict == "ruled out"]
        return [await conflict_sets_of(info, self._of, name, budget=self.budget) for name in out]

    @strawberry.field(description="Every assumption and observation withdrawn by itself: which verdicts change.")
    async def what_if(self, info: Info) -> WhatIf:
        return await what_if_of(info, self._of)

    @strawberry.field(description="Which experiment would split the candidates that survive.")
    async def next_experiment(self, info: Info) -> NextExperiment:
        return await next_experiment_of(info, self._of)

    @strawberry.field(description="The whole report in sentences, as Markdown.")
    async def markdown(self, info: Info) -> str:
        return await asked(info).reason(_in_markdown, self.space, self.without, self.ignoring, self.budget)

    @strawberry.field(description="The findings of the report as one JSON value: what mechkg.connect reads.", name="record")
    async def as_record(self, info: Info) -> JSON:
        return JSON(await asked(info).reason(_as_record, self.space, self.without, self.ignoring, self.budget))

    @strawberry.field(description="The whole report as JSON, in the form that mechkg report --json prints.")
    async def json(self, info: Info) -> JSON:
        return JSON(await asked(info).reason(_in_json, self.space, self.without, self.ignoring, self.budget))


def _in_markdown(workspace: View, space: str, without: Collection[str], ignoring: Collection[str], budget: float) -> str:
    return as_markdown(page(report(workspace, space, without=without, ignoring=ignoring, budget=budget)))


def _in_json(workspace: View, space: str, without: Collection[str], ignoring: Collection[str], budget: float) -> object:
    return as_json(report(workspace, space, without=without, ignoring=ignoring, budget=budget))


def _as_record(workspace: View, space: str, without: Collection[str], ignoring: Collection[str], budget: float) -> object:
    return plain(report(workspace, space, without=without, ignoring=ignoring, budget=budget).found)
