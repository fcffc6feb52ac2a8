"""GraphQL types of the experiments that could be done next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.context import Info
from mechkg.api.items import Item, found
from mechkg.api.record import record
from mechkg.api.scalars import BigInt
from mechkg.model import experiment as planned
from mechkg.service.next_experiment_page import PREDICTS, experiments
from mechkg.service.page import parts_as_markdown
from mechkg.service.words import Words

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A candidate that survives.")
class Survivor:
    name: str = strawberry.field(description="Its name, or its steps and claims joined by plus signs where it has none.")
    words: str = strawberry.field(description="What it is, in words.")


@strawberry.type(description="What one survivor predicts of one thing that is looked for.")
class Prediction:
    survivor: str = strawberry.field(description="Name of the survivor.")
    predicts: str = strawberry.field(description="What it predicts.", graphql_type=enums.Predicted)
    meaning: str = strawberry.field(description="What that means.")


@strawberry.type(description="One thing to look for.")
class Readout:
    value: strawberry.Private[planned.Readout]
    survivors: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="The species.")
    def species(self, info: Info) -> Optional[Item]:
        return found(info, self.value.species)

    @strawberry.field(description="Its name in words.")
    def label(self) -> str:
        return self.value.label

    @strawberry.field(description="What each survivor predicts.")
    def predicted(self) -> list[Prediction]:
        both = zip(self.survivors, self.value.predicted, strict=True)
        return [Prediction(survivor=name, predicts=word, meaning=PREDICTS[word]) for name, word in both]


@strawberry.type(description="Two survivors.")
class SurvivorPair:
    one: str = strawberry.field(description="Name of the one.")
    other: str = strawberry.field(description="Name of the other.")

    @classmethod
    def all_of(cls, pairs: Iterable[tuple[str, str]]) -> list[SurvivorPair]:
        return [cls(one=one, other=other) for one, other in pairs]


@strawberry.type(description="A procedure that was described, with one thing changed.")
class NextExperimentProposal:
    value: strawberry.Private[planned.Experiment]
    survivors: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Its name, which the pairs refer to.")
    def name(self) -> str:
        return self.value.name

    @strawberry.field(description="Kind of change: leave out, swap, take out, deficit, ...")
    def kind(self) -> str:
        return self.value.kind

    @strawberry.field(description="Stage of a described procedure that it ends with (procedure/stage).")
    def base(self) -> str:
        return self.value.base

    @strawberry.field(description="The experiment in words.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="What is changed.")
    def change(self) -> str:
        return self.value.change

    @strawberry.field(description="What would be looked for, as far as survivors differ in it.")
    def readouts(self) -> list[Readout]:
        return [Readout(value=readout, survivors=self.survivors) for readout in self.value.readouts]

    @strawberry.field(description="Pairs of which one predicts that a thing is seen and the other that it cannot be.")
    def separates(self) -> list[SurvivorPair]:
        return SurvivorPair.all_of(self.value.separates)

    @strawberry.field(description="Pairs of which only one says anything definite: one of two outcomes tells them apart.")
    def may_separate(self) -> list[SurvivorPair]:
        return SurvivorPair.all_of(self.value.may_separate)

    @strawberry.field(description="How many survivors are left after the least telling outcome.")
    def worst(self) -> int:
        return self.value.worst

    @strawberry.field(description="How many survivors are left in the mean over the outcomes.")
    def expected(self) -> float:
        return self.value.expected

    @strawberry.field(description="Cost in hours, by convention.")
    def hours(self) -> float:
        return self.value.hours

    @strawberry.field(description="False when no procedure listed shows how to make the change.")
    def shown(self) -> bool:
        return self.value.shown


@strawberry.type(description="Two survivors, and the cheapest experiment listed that separates them.")
class SeparatedPair(SurvivorPair):
    experiment: Optional[str] = strawberry.field(description="Name of the experiment; null when nothing listed separates them.")
    surely: bool = strawberry.field(description="True when one predicts that a thing is seen and the other that it cannot be.")


@strawberry.type(description="What to do next: experiments that split the survivors, best first.")
class NextExperiment:
    value: strawberry.Private[planned.Plan]
    said: strawberry.Private[Words]
    record: JSON = record()

    def _proposal(self, experiment: planned.Experiment) -> NextExperimentProposal:
        return NextExperimentProposal(value=experiment, survivors=self.value.survivors)

    @strawberry.field(description="The named candidates that survive, and the smallest survivors that have no name.")
    def survivors(self) -> list[Survivor]:
        return [Survivor(name=name, words=self.said.survivor(name)) for name in self.value.survivors]

    @strawberry.field(description="How many experiments were worked out.")
    def considered(self) -> BigInt:
        return BigInt(self.value.considered)

    @strawberry.field(description="How many experiments split the survivors.")
    def total_count(self) -> int:
        return len(self.value.experiments)

    @strawberry.field(description="The experiments that split the survivors, best first.")
    def experiments(
        self, first: Annotated[int, strawberry.argument(description="So many at most.")] = 5
    ) -> list[NextExperimentProposal]:
        return [self._proposal(e) for e in self.value.experiments[: max(0, first)]]

    @strawberry.field(description="The fewest experiments that together separate every pair that can be separated.")
    def smallest_set(self) -> list[NextExperimentProposal]:
        return [self._proposal(e) for e in self.value.experiments if e.name in self.value.smallest_set]

    @strawberry.field(description="Every pair of survivors, with what separates them.")
    def pairs(self) -> list[SeparatedPair]:
        return [SeparatedPair(one=p.one, other=p.other, experiment=p.experiment, surely=p.surely) for p in self.value.pairs]

    @strawberry.field(description="Pairs of survivors that nothing listed separates.")
    def indistinguishable(self) -> list[SurvivorPair]:
        return SurvivorPair.all_of((p.one, p.other) for p in self.value.pairs if p.experiment is None)

    @strawberry.field(description="The plan in sentences, as Markdown.")
    def markdown(self, most: Annotated[int, strawberry.argument(description="Write out so many experiments.")] = 5) -> str:
        return parts_as_markdown("The next experiment", experiments(self.value, self.said, max(0, most)))
