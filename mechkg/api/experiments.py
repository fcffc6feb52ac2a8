"""GraphQL types of experiments: procedures, their stages, and what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from mechkg.api import enums
from mechkg.api.arguments import Space, space_name
from mechkg.api.compiled import once
from mechkg.api.context import Info, asked
from mechkg.api.items import Item, Items, Quantity, all_found, found, item_type, listed_now, maybe, quantities
from mechkg.api.lists import After, Before, First, Last, Window
from mechkg.api.node import Node, id_of
from mechkg.api.participants import Chemical, Species
from mechkg.model import assertion, observation
from mechkg.model import procedure as procedures
from mechkg.model.filter import Is
from mechkg.service.check import check

if TYPE_CHECKING:
    from mechkg.api.verdicts import CandidateVerdict

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045

Procedures = Annotated["Procedure", strawberry.lazy("mechkg.api.experiments")]
Observations = Annotated["Observation", strawberry.lazy("mechkg.api.experiments")]
Verdicts = Annotated["CandidateVerdict", strawberry.lazy("mechkg.api.verdicts")]


@strawberry.type(description="A chemical or species put into a stage, with its amount.")
class Component:
    item: Optional[Item] = strawberry.field(description="The chemical or species.")
    amount: Optional[Quantity] = strawberry.field(description="Its amount.")


@strawberry.type(description="One stage of a procedure.")
class Stage(Node):
    value: strawberry.Private[procedures.Stage]
    procedure_id: strawberry.Private[str]
    before: strawberry.Private[list[str]]

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("part", self.name)

    @strawberry.field(description="procedure/stage, which stands for the IRI wherever a stage is given.")
    def local_name(self) -> str:
        return self.name

    @strawberry.field(description="The procedure that it is a stage of.")
    def procedure(self, info: Info) -> Optional[Procedures]:
        return found(info, self.procedure_id)  # type: ignore[return-value]

    @strawberry.field(description="What is done.", graphql_type=enums.StageAction)
    def action(self) -> str:
        return self.value.action

    @strawberry.field(description="Name of the sample in the paper.")
    def sample(self) -> Optional[str]:
        return self.value.sample

    @strawberry.field(description="Stages that it continues (procedure/stage).")
    def continues(self) -> list[str]:
        return self.before

    @strawberry.field(description="What it charges as medium.")
    def medium(self, info: Info) -> list[Component]:
        return [Component(item=found(info, c.of), amount=maybe(c.amount)) for c in self.value.medium]

    @strawberry.field(description="What else it charges.")
    def charge(self, info: Info) -> list[Component]:
        return [Component(item=found(info, c.of), amount=maybe(c.amount)) for c in self.value.charge]

    @strawberry.field(description="Species that the paper says are there at its end.")
    def holds(self, info: Info) -> list[Item]:
        return all_found(info, self.value.holds)

    @strawberry.field(description="Temperature, as printed.")
    def temperature(self) -> Optional[str]:
        return None if self.value.temperature is None else str(self.value.temperature)

    @strawberry.field(description="How long it lasts.")
    def duration(self) -> Optional[Quantity]:
        return maybe(self.value.duration)

    @strawberry.field(description="Volume of the aliquot taken.")
    def aliquot(self) -> Optional[Quantity]:
        return maybe(self.value.aliquot)

    @strawberry.field(description="What was observed at it.")
    def observations(self, info: Info) -> list[Observations]:
        entries = asked(info).catalog.referring.get(self.procedure_id, ())
        names = (entry.id for entry in entries if entry.kind == "observation" and self.name in entry.named)
        return all_found(info, names)  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """Its local name."""
        return f"{self.procedure_id}/{self.value.id}"


@item_type("procedure", "An experiment as a graph of stages.")
class Procedure(Item):
    @strawberry.field(description="Title.")
    @once
    def title(self) -> str:
        return self._value.title

    @strawberry.field(description="Stages in the order of the paper.")
    def stages(self) -> list[Stage]:
        return self.all_stages()

    @strawberry.field(description="What was observed in it, by local name.")
    def observations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Observations]:
        entries = asked(info).catalog.referring.get(self.entry.id, ())
        names = tuple(entry.id for entry in entries if entry.kind == "observation")
        return listed_now(info, "observation", Is("id", names), Window(first, after, last, before))

    def all_stages(self) -> list[Stage]:
        """Return the stages, each with those that it continues."""
        result, previous = [], None
        for stage in self._value.stages:
            named = stage.continues if stage.continues is not None else ((previous,) if previous else ())
            before = [name if "/" in name else f"{self.entry.id}/{name}" for name in named]
            result.append(Stage(value=stage, procedure_id=self.entry.id, before=before))
            previous = stage.id
        return result

    @property
    def _value(self) -> procedures.Procedure:
        assert isinstance(self.entry.value, procedures.Procedure)
        return self.entry.value


def stage_of(info: Info, name: str) -> Stage | None:
    """Return the stage called procedure/stage, if there is one."""
    of = found(info, name.partition("/")[0])
    stages = of.all_stages() if isinstance(of, Procedure) else []
    return next((stage for stage in stages if stage.name == name), None)


@strawberry.type(description="One number of an observation or claim.")
class Measured:
    what: str = strawberry.field(description="What was measured.")
    quantity: Optional[Quantity] = strawberry.field(description="The number with its unit.")
    text: Optional[str] = strawberry.field(description="As printed, where it is no number.")

    @classmethod
    def of(cls, value: observation.Measured) -> Measured:
        return cls(what=value.what, quantity=maybe(value.quantity), text=value.text)


@strawberry.type(description="An order of a rate law.")
class RateOrder:
    order: float = strawberry.field(description="The order, such as 2 or -0.5.")
    item: Optional[Item] = strawberry.field(description="In what.")


@item_type("observation", "Something seen at one or more stages.")
class Observation(Item):
    @strawberry.field(description="What was seen.", graphql_type=enums.ObservationKind)
    @once
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="What it is about; empty when the whole sample is meant.")
    def subject(self, info: Info) -> list[Item]:
        return all_found(info, self._value.subject)

    @strawberry.field(description="Stages at which it was made (procedure/stage).")
    def at(self) -> list[str]:
        return list(self._value.at)

    @strawberry.field(description="Stages at which it was made.")
    def stages(self, info: Info) -> list[Stage]:
        return [stage for name in self._value.at if (stage := stage_of(info, name))]

    @strawberry.field(description="Stages that an amount or rate is compared with.")
    def than(self, info: Info) -> list[Stage]:
        return [stage for name in self._value.than if (stage := stage_of(info, name))]

    @strawberry.field(description="How it compares with those.", graphql_type=Optional[enums.Comparison])
    @once
    def comparison(self) -> Optional[str]:
        return self._value.comparison

    @strawberry.field(description="Method.", graphql_type=enums.Method)
    @once
    def method(self) -> str:
        return self._value.method

    @strawberry.field(description="Detection limit of the method for this observation.")
    @once
    def limit(self) -> Optional[Quantity]:
        return maybe(self._value.limit)

    @strawberry.field(description="Form of the kinetics.", graphql_type=Optional[enums.KineticForm])
    @once
    def form(self) -> Optional[str]:
        return self._value.form

    @strawberry.field(description="Measured orders of the rate law.")
    def orders(self, info: Info) -> list[RateOrder]:
        return [RateOrder(item=found(info, name), order=order) for name, order in self._value.orders.items()]

    @strawberry.field(description="What the rate changes with.")
    def depends_on(self, info: Info) -> list[Item]:
        return all_found(info, self._value.depends_on)

    @strawberry.field(description="What the rate does not change with.")
    def independent_of(self, info: Info) -> list[Item]:
        return all_found(info, self._value.independent_of)

    @strawberry.field(description="Start of the time window, from the start of the stage.")
    @once
    def start(self) -> Optional[Quantity]:
        return maybe(self._value.window.start) if self._value.window else None

    @strawberry.field(description="End of the time window.")
    @once
    def end(self) -> Optional[Quantity]:
        return maybe(self._value.window.end) if self._value.window else None

    @strawberry.field(description="Numbers.")
    def measured(self) -> list[Measured]:
        return [Measured.of(value) for value in self._value.measured]

    @strawberry.field(
        description="Verdicts of a hypothesis space that rest on it: candidates that it rules out, or that explain it."
    )
    async def verdicts(self, info: Info, space: Space) -> Optional[list[Verdicts]]:
        from mechkg.api.verdicts import CandidateVerdict  # reads this file

        checked = await asked(info).ask(check, space_name(space))
        return [
            CandidateVerdict(value=each, space=checked.space)
            for each in checked.candidates
            if self.entry.id in (*each.explained, *(conflict.observation for conflict in each.conflicts))
        ]

    @property
    def _value(self) -> observation.Observation:
        assert isinstance(self.entry.value, observation.Observation)
        return self.entry.value


@strawberry.type(description="Amount of a chemical that was charged.")
class ZoneAmount:
    item: Optional[Chemical] = strawberry.field(description="The chemical.")
    amount: Quantity = strawberry.field(description="Its amount.")


@strawberry.type(description="What was seen at one time under tested conditions.")
class ZonePeak:
    value: strawberry.Private[assertion.ZonePeak]

    @strawberry.field(description="When.")
    def at(self) -> list[Quantity]:
        return quantities(self.value.at)

    @strawberry.field(description="Species that were seen.")
    def species(self, info: Info) -> list[Species]:
        return all_found(info, self.value.species)  # type: ignore[return-value]

    @strawberry.field(description="Absorption positions.")
    def absorption(self) -> list[Quantity]:
        return quantities(self.value.absorption)

    @strawberry.field(description="Emission positions.")
    def emission(self) -> list[Quantity]:
        return quantities(self.value.emission)


@item_type("zone", "Conditions that a paper tested, and what came of them.")
class Zone(Item):
    @strawberry.field(description="The procedure that was varied.")
    def procedure(self, info: Info) -> Optional[Procedure]:
        return found(info, self._value.procedure)  # type: ignore[return-value]

    @strawberry.field(description="What was varied.")
    @once
    def varied(self) -> str:
        return self._value.varied

    @strawberry.field(description="Kind of product mixture that came of it, as the ontology calls it.")
    @once
    def outcome(self) -> str:
        return self._value.outcome

    @strawberry.field(description="Temperature.")
    @once
    def temperature(self) -> Optional[Quantity]:
        return maybe(self._value.temperature)

    @strawberry.field(description="Solvent.")
    def solvent(self, info: Info) -> Optional[Chemical]:
        return found(info, self._value.solvent)  # type: ignore[return-value]

    @strawberry.field(description="Amounts that were charged.")
    def amounts(self, info: Info) -> list[ZoneAmount]:
        return [
            ZoneAmount(item=found(info, name), amount=Quantity.of(amount))  # type: ignore[arg-type]
            for name, amount in self._value.amounts.items()
        ]

    @strawberry.field(description="Species that were seen.")
    def gave(self, info: Info) -> list[Species]:
        return all_found(info, self._value.gave)  # type: ignore[return-value]

    @strawberry.field(description="What was seen when.")
    def peaks(self) -> list[ZonePeak]:
        return [ZonePeak(value=value) for value in self._value.peaks]

    @strawberry.field(description="Observations that say so.")
    def observations(self, info: Info) -> list[Observation]:
        return all_found(info, self._value.observations)  # type: ignore[return-value]

    @property
    def _value(self) -> assertion.Zone:
        assert isinstance(self.entry.value, assertion.Zone)
        return self.entry.value
