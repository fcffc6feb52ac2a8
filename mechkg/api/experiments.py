"""GraphQL types of experiments: procedures, their stages, and what was observed."""

from __future__ import annotations

from typing import Optional

import strawberry

from mechkg.api.context import Info
from mechkg.api.items import Item, Quantity, found, item_type, maybe
from mechkg.model import observation, procedure

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A chemical or species put into a stage, with its amount.")
class Component:
    item: Optional[Item] = strawberry.field(description="The chemical or species.")
    amount: Optional[Quantity] = strawberry.field(description="Its amount.")


@strawberry.type(description="One stage of a procedure.")
class Stage:
    value: strawberry.Private[procedure.Stage]
    procedure_id: strawberry.Private[str]
    before: strawberry.Private[list[str]]

    @strawberry.field(description="procedure/stage.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(f"{self.procedure_id}/{self.value.id}")

    @strawberry.field(description="prepare, mix, incubate, disperse, add, heat, ...")
    def action(self) -> str:
        return self.value.action

    @strawberry.field(description="Name of the sample in the paper.")
    def sample(self) -> Optional[str]:
        return self.value.sample

    @strawberry.field(description="Stages that it continues.")
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
        return [item for name in self.value.holds if (item := found(info, name))]

    @strawberry.field(description="Temperature, as printed.")
    def temperature(self) -> Optional[str]:
        return None if self.value.temperature is None else str(self.value.temperature)

    @strawberry.field(description="How long it lasts.")
    def duration(self) -> Optional[Quantity]:
        return maybe(self.value.duration)

    @strawberry.field(description="Volume of the aliquot taken.")
    def aliquot(self) -> Optional[Quantity]:
        return maybe(self.value.aliquot)


@item_type("procedure", "An experiment as a graph of stages.")
class Procedure(Item):
    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self._value.title

    @strawberry.field(description="Stages in the order of the paper.")
    def stages(self) -> list[Stage]:
        result, previous = [], None
        for stage in self._value.stages:
            named = stage.continues if stage.continues is not None else ((previous,) if previous else ())
            before = [name if "/" in name else f"{self.entry.id}/{name}" for name in named]
            result.append(Stage(value=stage, procedure_id=self.entry.id, before=before))
            previous = stage.id
        return result

    @property
    def _value(self) -> procedure.Procedure:
        assert isinstance(self.entry.value, procedure.Procedure)
        return self.entry.value


@strawberry.type(description="One number of an observation or claim.")
class Measured:
    what: str = strawberry.field(description="What was measured.")
    quantity: Optional[Quantity] = strawberry.field(description="The number with its unit.")
    text: Optional[str] = strawberry.field(description="As printed, where it is no number.")

    @classmethod
    def of(cls, value: observation.Measured) -> Measured:
        return cls(what=value.what, quantity=maybe(value.quantity), text=value.text)


@item_type("observation", "Something seen at one or more stages.")
class Observation(Item):
    @strawberry.field(description="present, absent, appears, disappears, increases, ...")
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="What it is about; empty when the whole sample is meant.")
    def subject(self, info: Info) -> list[Item]:
        return [item for name in self._value.subject if (item := found(info, name))]

    @strawberry.field(description="Stages at which it was made (procedure/stage).")
    def at(self) -> list[str]:
        return list(self._value.at)

    @strawberry.field(description="Method.")
    def method(self) -> str:
        return self._value.method

    @strawberry.field(description="Start of the time window, from the start of the stage.")
    def start(self) -> Optional[Quantity]:
        return maybe(self._value.window.start) if self._value.window else None

    @strawberry.field(description="End of the time window.")
    def end(self) -> Optional[Quantity]:
        return maybe(self._value.window.end) if self._value.window else None

    @strawberry.field(description="Numbers.")
    def measured(self) -> list[Measured]:
        return [Measured.of(value) for value in self._value.measured]

    @property
    def _value(self) -> observation.Observation:
        assert isinstance(self.entry.value, observation.Observation)
        return self.entry.value
