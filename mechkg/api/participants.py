"""GraphQL types of what takes part in reactions, and of the steps themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from mechkg.api.context import Info, asked
from mechkg.api.items import Item, Quantity, found, item_type, quantities, wrap
from mechkg.model import species, step

if TYPE_CHECKING:
    from mechkg.api.experiments import Observation

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@item_type("species", "A precursor compound, monomer, fragment, cluster, dot or platelet.")
class Species(Item):
    @strawberry.field(description="PC, M, F, M/F, MSC, dMSC, QD, NPL, ...")
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="Local name of the material.")
    def material(self) -> str:
        return self._value.material

    @strawberry.field(description="Printed names.")
    def names(self) -> list[str]:
        return list(self._value.names)

    @strawberry.field(description="Absorption positions by which it is seen.")
    def absorption(self) -> list[Quantity]:
        return quantities(self._value.signature.absorption) if self._value.signature else []

    @strawberry.field(description="True when it shows no band where one looks, so that an empty spectrum says nothing of it.")
    def silent(self) -> bool:
        return bool(self._value.signature and self._value.signature.silent)

    @strawberry.field(description="Reported compositions.")
    def compositions(self) -> list[str]:
        return [composition.formula for composition in self._value.compositions]

    @strawberry.field(description="Steps that make or consume it.")
    def steps(self, info: Info) -> list[Annotated[Step, strawberry.lazy("mechkg.api.participants")]]:
        return [wrap(e) for e in asked(info).catalog.referring.get(self.entry.id, ()) if e.kind == "step"]  # type: ignore[misc]

    @strawberry.field(description="Observations of it.")
    def observations(self, info: Info) -> list[Annotated[Observation, strawberry.lazy("mechkg.api.experiments")]]:
        return [wrap(e) for e in asked(info).catalog.referring.get(self.entry.id, ()) if e.kind == "observation"]  # type: ignore[misc]

    @property
    def _value(self) -> species.Species:
        assert isinstance(self.entry.value, species.Species)
        return self.entry.value


@item_type("chemical", "A molecular chemical.")
class Chemical(Item):
    @strawberry.field(description="Printed names.")
    def names(self) -> list[str]:
        return list(self._value.names)

    @strawberry.field(description="Classes of the ontology it was put into.")
    def classes(self) -> list[str]:
        return list(self._value.classes)

    @strawberry.field(description="Roles that the papers give it.")
    def roles(self) -> list[str]:
        return list(self._value.roles)

    @property
    def _value(self) -> species.Chemical:
        assert isinstance(self.entry.value, species.Chemical)
        return self.entry.value


@strawberry.type(description="A species or chemical on one side of a step.")
class Participant:
    item: Optional[Item] = strawberry.field(description="The species or chemical.")
    coefficient: Optional[float] = strawberry.field(description="Stoichiometric coefficient, where one is printed.")


@strawberry.type(description="What promotes or inhibits a step.")
class Influence:
    chemical: Optional[str] = strawberry.field(description="One chemical, by local name.")
    chemical_class: Optional[str] = strawberry.field(description="A class of the ontology.")
    condition: Optional[str] = strawberry.field(description="A condition in words.")
    medium_class: Optional[str] = strawberry.field(description="Acts only in a medium of this class.")
    note: Optional[str] = strawberry.field(description="A remark of the curator.")

    @classmethod
    def of(cls, value: step.Influence) -> Influence:
        return cls(
            chemical=value.chemical,
            chemical_class=value.chemical_class,
            condition=value.condition,
            medium_class=value.medium_class,
            note=value.note,
        )


@item_type("step", "A reaction step, one direction.")
class Step(Item):
    @strawberry.field(description="Kind of step.")
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="What the paper makes of it: proposed, rejected, literature, implied, hypothesis.")
    def status(self) -> str:
        return self._value.status

    @strawberry.field(description="Left side.")
    def reactants(self, info: Info) -> list[Participant]:
        return _participants(info, self._value.reactants)

    @strawberry.field(description="Right side.")
    def products(self, info: Info) -> list[Participant]:
        return _participants(info, self._value.products)

    @strawberry.field(description="The step that undoes it.")
    def reverse(self, info: Info) -> Optional[Annotated[Step, strawberry.lazy("mechkg.api.participants")]]:
        return found(info, self._value.reverse)  # type: ignore[return-value]

    @strawberry.field(description="What promotes it.")
    def promoters(self) -> list[Influence]:
        return [Influence.of(value) for value in self._value.promoters]

    @strawberry.field(description="What inhibits it.")
    def inhibitors(self) -> list[Influence]:
        return [Influence.of(value) for value in self._value.inhibitors]

    @property
    def _value(self) -> step.Step:
        assert isinstance(self.entry.value, step.Step)
        return self.entry.value


def _participants(info: Info, values: Iterable[step.Participant]) -> list[Participant]:
    return [Participant(item=found(info, value.of), coefficient=value.coefficient) for value in values]
