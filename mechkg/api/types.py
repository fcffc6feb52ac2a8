"""GraphQL types of the things in the graph. Every item carries its source: document, place, exact words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Generic, Optional, TypeVar

import strawberry

from mechkg.api.context import Info
from mechkg.model import assertion, hypothesis, observation, procedure, quantity, species, step
from mechkg.model import source as sources
from mechkg.model.corpus import ItemKind
from mechkg.service.catalog import Catalog, Entry

T = TypeVar("T")

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A measured or prescribed amount, as printed.")
class Quantity:
    text: str = strawberry.field(description="As printed: relation, number, uncertainty, unit.")
    value: float = strawberry.field(description="The number, or the lower end of a range.")
    high: Optional[float] = strawberry.field(description="Upper end of a range.")
    uncertainty: Optional[float] = strawberry.field(description="Printed uncertainty, in the same unit.")
    unit: str = strawberry.field(description="Unit, empty for a plain number.")
    relation: str = strawberry.field(description="=, ~, <, <=, > or >=.")

    @classmethod
    def of(cls, value: quantity.Quantity) -> Quantity:
        return cls(
            text=str(value),
            value=value.value,
            high=value.high,
            uncertainty=value.uncertainty,
            unit=value.unit,
            relation=value.relation,
        )


def quantities(values: Iterable[quantity.Quantity]) -> list[Quantity]:
    """Return the GraphQL objects of some quantities."""
    return [Quantity.of(value) for value in values]


def maybe(value: quantity.Quantity | None) -> Quantity | None:
    """Return the GraphQL object of a quantity, if there is one."""
    return None if value is None else Quantity.of(value)


@strawberry.type(description="A paper whose statements are in the graph.")
class Document:
    id: strawberry.ID
    title: Optional[str]
    authors: list[str]
    journal: Optional[str]
    year: Optional[int]
    doi: Optional[str]

    @classmethod
    def of(cls, value: sources.Document) -> Document:
        return cls(
            id=strawberry.ID(value.id),
            title=value.title,
            authors=list(value.authors),
            journal=value.journal,
            year=value.year,
            doi=value.doi,
        )


@strawberry.type(description="Where something is stated.")
class Source:
    document: Optional[Document] = strawberry.field(description="The paper.")
    locator: Optional[str] = strawberry.field(description="Page, figure panel, table row or note.")
    quotes: list[str] = strawberry.field(description="Exact words of the paper.")
    flag: str = strawberry.field(description="stated, inferred, derived or external.")


@strawberry.interface(description="An accepted item: what one assertion says.")
class Item:
    entry: strawberry.Private[Entry]

    @strawberry.field(description="Local name, stable.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.entry.id)

    @strawberry.field(description="The name to show.")
    def label(self) -> str:
        return self.entry.label

    @strawberry.field(description="Kind of item: species, step, observation, ...")
    def item_kind(self) -> str:
        return self.entry.kind

    @strawberry.field(description="Content-addressed id of the assertion.")
    def assertion_id(self) -> str:
        return self.entry.record.id

    @strawberry.field(description="When the assertion was accepted (UTC).")
    def accepted_at(self) -> datetime:
        return self.entry.accepted_at

    @strawberry.field(description="Who accepted it.")
    def accepted_by(self) -> str:
        return self.entry.accepted_by

    @strawberry.field(description="A remark of the curator.")
    def note(self) -> Optional[str]:
        return getattr(self.entry.value, "note", None)

    @strawberry.field(description="Where it is stated.")
    def source(self, info: Info) -> Source:
        document = info.context.catalog.entries.get(self.entry.record.document)
        value = document.value if document else None
        return Source(
            document=Document.of(value) if isinstance(value, sources.Document) else None,
            locator=getattr(self.entry.value, "locator", None),
            quotes=list(getattr(self.entry.value, "quote", ())),
            flag=getattr(self.entry.value, "flag", "stated"),
        )


@strawberry.type(description="An item of a kind without a type of its own: reference, material, zone, model, remark, ...")
class OtherItem(Item):
    pass


@strawberry.type(description="A precursor compound, monomer, fragment, cluster, dot or platelet.")
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
    def steps(self, info: Info) -> list[Annotated[Step, strawberry.lazy("mechkg.api.types")]]:
        return [wrap(e) for e in info.context.catalog.referring.get(self.entry.id, ()) if e.kind == "step"]  # type: ignore[misc]

    @strawberry.field(description="Observations of it.")
    def observations(self, info: Info) -> list[Annotated[Observation, strawberry.lazy("mechkg.api.types")]]:
        return [wrap(e) for e in info.context.catalog.referring.get(self.entry.id, ()) if e.kind == "observation"]  # type: ignore[misc]

    @property
    def _value(self) -> species.Species:
        assert isinstance(self.entry.value, species.Species)
        return self.entry.value


@strawberry.type(description="A molecular chemical.")
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
    note: Optional[str]

    @classmethod
    def of(cls, value: step.Influence) -> Influence:
        return cls(
            chemical=value.chemical,
            chemical_class=value.chemical_class,
            condition=value.condition,
            medium_class=value.medium_class,
            note=value.note,
        )


@strawberry.type(description="A reaction step, one direction.")
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
    def reverse(self, info: Info) -> Optional[Annotated[Step, strawberry.lazy("mechkg.api.types")]]:
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


@strawberry.type(description="A chemical or species put into a stage, with its amount.")
class Component:
    item: Optional[Item]
    amount: Optional[Quantity]


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


@strawberry.type(description="An experiment as a graph of stages.")
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
    what: str
    quantity: Optional[Quantity]
    text: Optional[str]

    @classmethod
    def of(cls, value: observation.Measured) -> Measured:
        return cls(what=value.what, quantity=maybe(value.quantity), text=value.text)


@strawberry.type(description="Something seen at one or more stages.")
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


@strawberry.type(description="A composition reported for an absorption position.")
class CompositionEntry:
    formula: str
    absorption: Optional[Quantity]


@strawberry.type(description="Something a paper claims.")
class Claim(Item):
    @strawberry.field(description="composition, shape, mechanism, hypothesis, conclusion, ...")
    def kind(self) -> str:
        return self._value.kind

    @strawberry.field(description="The claim, in the curator's words.")
    def statement(self) -> Optional[str]:
        return self._value.statement

    @strawberry.field(description="supports, refutes or neutral.")
    def direction(self) -> str:
        return self._value.direction

    @strawberry.field(description="What it is about.")
    def about(self, info: Info) -> list[Item]:
        return [item for name in self._value.about if (item := found(info, name))]

    @strawberry.field(description="References that the paper gives for it.")
    def cites(self, info: Info) -> list[Item]:
        return [item for name in self._value.cites if (item := found(info, name))]

    @strawberry.field(description="Reported compositions, for a row of a table.")
    def entries(self) -> list[CompositionEntry]:
        return [CompositionEntry(formula=e.formula, absorption=maybe(e.absorption)) for e in self._value.entries]

    @property
    def _value(self) -> assertion.Claim:
        assert isinstance(self.entry.value, assertion.Claim)
        return self.entry.value


@strawberry.type(description="A named, defeasible auxiliary premise.")
class Assumption(Item):
    @strawberry.field(description="The premise.")
    def statement(self) -> str:
        return self._value.statement

    @strawberry.field(description="stated, cited, supported or silent.")
    def backing(self) -> str:
        return self._value.backing

    @strawberry.field(description="Observations that back it.")
    def supported_by(self, info: Info) -> list[Item]:
        return [item for name in self._value.supported_by if (item := found(info, name))]

    @property
    def _value(self) -> hypothesis.Assumption:
        assert isinstance(self.entry.value, hypothesis.Assumption)
        return self.entry.value


@strawberry.type(description="A candidate pathway: one setting of the optional steps.")
class Candidate:
    id: strawberry.ID
    title: str
    steps: list[Step]
    origin: str
    author_status: Optional[str]


@strawberry.type(description="Established steps, optional steps, assumptions and the candidates that were named.")
class HypothesisSpace(Item):
    @strawberry.field(description="Title.")
    def title(self) -> str:
        return self._value.title

    @strawberry.field(description="The question that its candidates answer.")
    def question(self) -> str:
        return self._value.question

    @strawberry.field(description="Steps taken as established.")
    def background(self, info: Info) -> list[Step]:
        return [found(info, name) for name in self._value.background]  # type: ignore[misc]

    @strawberry.field(description="Steps that may be on or off.")
    def optional(self, info: Info) -> list[Step]:
        return [found(info, name) for name in self._value.optional]  # type: ignore[misc]

    @strawberry.field(description="On by default; each can be withdrawn.")
    def assumptions(self, info: Info) -> list[Assumption]:
        return [found(info, name) for name in self._value.assumptions]  # type: ignore[misc]

    @strawberry.field(description="Named candidates.")
    def candidates(self, info: Info) -> list[Candidate]:
        return [
            Candidate(
                id=strawberry.ID(c.id),
                title=c.title,
                steps=[found(info, name) for name in c.steps],  # type: ignore[misc]
                origin=c.origin,
                author_status=c.author_status,
            )
            for c in self._value.candidates
        ]

    @property
    def _value(self) -> hypothesis.HypothesisSpace:
        assert isinstance(self.entry.value, hypothesis.HypothesisSpace)
        return self.entry.value


_TYPES: dict[ItemKind, type[Item]] = {
    "species": Species,
    "chemical": Chemical,
    "step": Step,
    "procedure": Procedure,
    "observation": Observation,
    "claim": Claim,
    "assumption": Assumption,
    "space": HypothesisSpace,
}


def wrap(entry: Entry) -> Item:
    """Return the GraphQL object of an entry."""
    return _TYPES.get(entry.kind, OtherItem)(entry=entry)


def found(info: Info, name: str | None) -> Item | None:
    """Return the item called ``name`` in this request's catalog."""
    entry = info.context.catalog.entries.get(name) if name is not None else None
    return wrap(entry) if entry else None


def _participants(info: Info, values: Iterable[step.Participant]) -> list[Participant]:
    return [Participant(item=found(info, value.of), coefficient=value.coefficient) for value in values]


@strawberry.type(description="Where a page ends and whether more follows.")
class PageInfo:
    has_next_page: bool
    end_cursor: Optional[str]


@strawberry.type(description="A page of a list, with the number of all.")
class Connection(Generic[T]):
    nodes: list[T]
    total_count: int = strawberry.field(description="How many there are in all, before the page was cut.")
    page_info: PageInfo


LARGEST_PAGE = 500


def page(
    catalog: Catalog, kind: ItemKind, keep: Callable[[Entry], bool], first: int, after: str | None
) -> tuple[list[Item], int, PageInfo]:
    """Return one page of the items of a kind, sorted by id: those after the id ``after``, at most ``first``."""
    entries = sorted((e for e in catalog.by_kind.get(kind, ()) if keep(e)), key=lambda e: e.id)
    rest = [e for e in entries if after is None or e.id > after]
    shown = rest[: max(0, min(first, LARGEST_PAGE))]
    info = PageInfo(has_next_page=len(shown) < len(rest), end_cursor=shown[-1].id if shown else None)
    return [wrap(e) for e in shown], len(entries), info
