"""GraphQL types of what takes part in reactions, and of the steps themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from mechkg.api import enums
from mechkg.api.compiled import once
from mechkg.api.context import Info
from mechkg.api.items import Item, Items, Quantity, all_found, found, item_type, listed_now, maybe, quantities, related
from mechkg.api.lists import After, Before, First, Last, Window
from mechkg.model import species as kinds
from mechkg.model import step
from mechkg.model.filter import Is

if TYPE_CHECKING:
    from mechkg.api.claims import Claim
    from mechkg.api.disagreements import Disagreement
    from mechkg.api.experiments import Observation

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045

Steps = Annotated["Step", strawberry.lazy("mechkg.api.participants")]
SomeSpecies = Annotated["Species", strawberry.lazy("mechkg.api.participants")]
Observations = Annotated["Observation", strawberry.lazy("mechkg.api.experiments")]
Claims = Annotated["Claim", strawberry.lazy("mechkg.api.claims")]
Disagreements = Annotated["Disagreement", strawberry.lazy("mechkg.api.disagreements")]


@item_type("material", "A semiconductor, by formula.")
class Material(Item):
    @strawberry.field(description="Formula.")
    @once
    def formula(self) -> Optional[str]:
        return self._value.formula

    @strawberry.field(description="Energy of the band gap.")
    @once
    def band_gap(self) -> Optional[Quantity]:
        return maybe(self._value.band_gap)

    @strawberry.field(description="Where its absorption sets in.")
    @once
    def absorption_onset(self) -> Optional[Quantity]:
        return maybe(self._value.absorption_onset)

    @strawberry.field(description="Species of it, by local name.")
    def species(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[SomeSpecies]:
        return listed_now(info, "species", Is("material", (self.entry.id,)), Window(first, after, last, before))

    @property
    def _value(self) -> kinds.Material:
        assert isinstance(self.entry.value, kinds.Material)
        return self.entry.value


@strawberry.type(description="A reported composition of a species.")
class Composition:
    formula: str = strawberry.field(description="The composition, as printed.")
    basis: Optional[str] = strawberry.field(description="What it rests on.")


@item_type("species", "A precursor compound, monomer, fragment, cluster, dot or platelet.")
class Species(Item):
    @strawberry.field(description="What it is.", graphql_type=enums.SpeciesKind)
    @once
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="Its material.")
    def material(self, info: Info) -> Optional[Material]:
        return found(info, self._value.material)  # type: ignore[return-value]

    @strawberry.field(description="Printed names.")
    def names(self) -> list[str]:
        return list(self._value.names)

    @strawberry.field(description="Absorption positions by which it is seen.")
    def absorption(self) -> list[Quantity]:
        return quantities(self._value.signature.absorption) if self._value.signature else []

    @strawberry.field(description="Emission positions by which it is seen.")
    def emission(self) -> list[Quantity]:
        return quantities(self._value.signature.emission) if self._value.signature else []

    @strawberry.field(description="True when it shows no band where one looks, so that an empty spectrum says nothing of it.")
    @once
    def silent(self) -> bool:
        return bool(self._value.signature and self._value.signature.silent)

    @strawberry.field(description="Reported compositions.")
    def compositions(self) -> list[Composition]:
        return [Composition(formula=c.formula, basis=c.basis) for c in self._value.compositions]

    @strawberry.field(description="Species of the same composition that it turns into, or comes from, without a change of it.")
    def isomers(self, info: Info) -> list[Item]:
        return all_found(info, self._value.isomer_of)

    @strawberry.field(description="References that report it.")
    def reported_in(self, info: Info) -> list[Item]:
        return all_found(info, self._value.reported_in)

    @strawberry.field(description="Steps that make or consume it, by local name.")
    def steps(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Steps]:
        return related(info, self.entry.id, "step", Window(first, after, last, before))

    @strawberry.field(description="Observations of it, by local name.")
    def observations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Observations]:
        return related(info, self.entry.id, "observation", Window(first, after, last, before))

    @strawberry.field(description="Claims about it, by local name.")
    def claims(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Claims]:
        return related(info, self.entry.id, "claim", Window(first, after, last, before))

    @strawberry.field(description="What sources disagree about in it, with every side and what was decided.")
    async def disagreements(self, info: Info) -> list[Disagreements]:
        from mechkg.api.disagreements import disagreements_about  # reads this file

        return await disagreements_about(info, self.entry.id)

    @property
    def _value(self) -> kinds.Species:
        assert isinstance(self.entry.value, kinds.Species)
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

    @strawberry.field(description="Formula.")
    @once
    def formula(self) -> Optional[str]:
        return self._value.formula

    @strawberry.field(description="Steps that have it on either side, by local name.")
    def steps(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Steps]:
        return related(info, self.entry.id, "step", Window(first, after, last, before))

    @property
    def _value(self) -> kinds.Chemical:
        assert isinstance(self.entry.value, kinds.Chemical)
        return self.entry.value


@strawberry.type(description="A species or chemical on one side of a step.")
class Participant:
    item: Optional[Item] = strawberry.field(description="The species or chemical.")
    coefficient: Optional[float] = strawberry.field(description="Stoichiometric coefficient, where one is printed.")


@strawberry.type(description="What promotes or inhibits a step.")
class Influence:
    value: strawberry.Private[step.Influence]

    @strawberry.field(description="One chemical.")
    def chemical(self, info: Info) -> Optional[Chemical]:
        return found(info, self.value.chemical)  # type: ignore[return-value]

    @strawberry.field(description="A class of the ontology.")
    def chemical_class(self) -> Optional[str]:
        return self.value.chemical_class

    @strawberry.field(description="A condition in words.")
    def condition(self) -> Optional[str]:
        return self.value.condition

    @strawberry.field(description="Acts only in a medium of this class.")
    def medium_class(self) -> Optional[str]:
        return self.value.medium_class

    @strawberry.field(description="A remark of the curator.")
    def note(self) -> Optional[str]:
        return self.value.note


@strawberry.type(description="A fitted rate constant.")
class RateConstant:
    k: Quantity = strawberry.field(description="Its value.")
    equation: Optional[str] = strawberry.field(description="The equation that was fitted, as printed.")
    order: Optional[str] = strawberry.field(description="The order of the rate law, as printed.")
    valid: Optional[str] = strawberry.field(description="Where it is valid, as printed.")


@item_type("step", "A reaction step, one direction.")
class Step(Item):
    @strawberry.field(description="What happens in it.", graphql_type=enums.StepKind)
    @once
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="What the paper makes of it.", graphql_type=enums.StepStatus)
    @once
    def status(self) -> str:
        return self._value.status

    @strawberry.field(description="Left side.")
    def reactants(self, info: Info) -> list[Participant]:
        return _participants(info, self._value.reactants)

    @strawberry.field(description="Right side.")
    def products(self, info: Info) -> list[Participant]:
        return _participants(info, self._value.products)

    @strawberry.field(description="Species on either side, each once.")
    def species(self, info: Info) -> list[Species]:
        names = dict.fromkeys(p.of for p in (*self._value.reactants, *self._value.products))
        return [item for item in all_found(info, names) if isinstance(item, Species)]

    @strawberry.field(description="The step that undoes it.")
    def reverse(self, info: Info) -> Optional[Steps]:
        return found(info, self._value.reverse)  # type: ignore[return-value]

    @strawberry.field(description="What promotes it.")
    def promoters(self) -> list[Influence]:
        return [Influence(value=value) for value in self._value.promoters]

    @strawberry.field(description="What does not promote it, though it might have been thought to.")
    def non_promoters(self) -> list[Influence]:
        return [Influence(value=value) for value in self._value.non_promoters]

    @strawberry.field(description="What inhibits it.")
    def inhibitors(self) -> list[Influence]:
        return [Influence(value=value) for value in self._value.inhibitors]

    @strawberry.field(description="Its rate constant, where one was fitted.")
    def rate_constant(self) -> Optional[RateConstant]:
        rate = self._value.rate_constant
        return RateConstant(k=Quantity.of(rate.k), equation=rate.equation, order=rate.order, valid=rate.valid) if rate else None

    @strawberry.field(description="Steps that an overall change consists of, in order.")
    def made_of(self, info: Info) -> list[Steps]:
        return all_found(info, self._value.made_of)  # type: ignore[return-value]

    @strawberry.field(description="Claims about it, by local name.")
    def claims(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Claims]:
        return related(info, self.entry.id, "claim", Window(first, after, last, before))

    @strawberry.field(description="Observations of it, by local name.")
    def observations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Items[Observations]:
        return related(info, self.entry.id, "observation", Window(first, after, last, before))

    @property
    def _value(self) -> step.Step:
        assert isinstance(self.entry.value, step.Step)
        return self.entry.value


def _participants(info: Info, values: Iterable[step.Participant]) -> list[Participant]:
    return [Participant(item=found(info, value.of), coefficient=value.coefficient) for value in values]
