"""Filters of items: which are meant, as typed conditions that hold together, and can be joined by and, or and not.

Each input is read as a filter of the model (:mod:`mechkg.model.filter`), which the read models answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, Optional, cast

import strawberry

from mechkg.api import enums
from mechkg.api.enums import plain, plain_all
from mechkg.errors import BadInputError
from mechkg.model import filter as model
from mechkg.model.filter import Accepted, And, AtStage, Between, Filter, Is, Not, Or, Says, Sort, YesNo
from mechkg.service.identifiers import IdentifierKind, name_of

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045

_READS: Final = "reads"
_ITEMS: Final = frozenset({"id", "material", "document", "about", "uses", "cites"})


def _field(description: str, reads: Callable[[Any], Filter], of: Any = None) -> Any:
    return strawberry.field(description=description, default=None, graphql_type=of, metadata={_READS: reads})


def _is(field: model.NameField, description: str, of: Any = str) -> Any:
    """Return a condition that a field has one of some names."""
    kind: IdentifierKind | None = "item" if field in _ITEMS else "person" if field == "accepted_by" else None

    def reads(given: list[str]) -> Filter:
        return Is(field, tuple(name_of(plain(name), kind) if kind else plain(name) for name in given))

    return _field(description, reads, Optional[list[of]])


def _between(field: model.NumberField, description: str) -> Any:
    """Return a condition that a number lies in a range."""
    unit = model.UNITS[field]
    return _field(f"{description} In {unit} unless it is said." if unit else description, lambda given: given.on(field))


def _holds(field: model.YesNoField, description: str) -> Any:
    return _field(description, lambda given: YesNo(field, given))


@strawberry.input(
    description="A range of numbers, both ends included; what is printed as a range meets it where the two overlap."
)
class NumberFilter:
    from_: Optional[float] = strawberry.field(name="from", description="The lower end; none when left out.", default=None)
    to: Optional[float] = strawberry.field(description="The upper end; none when left out.", default=None)
    unit: Optional[str] = strawberry.field(description="The unit of both, such as nm, min or K.", default=None)

    def on(self, field: model.NumberField) -> Between:
        """Return the condition that a field lies in it."""
        return Between(field, self.from_, self.to, self.unit or "")


@strawberry.input(description="A stage of a procedure for which all of this holds.")
class StageFilter:
    action: Optional[list[str]] = strawberry.field(
        description="It does one of these.", default=None, graphql_type=enums.many(enums.StageAction)
    )
    temperature: Optional[NumberFilter] = strawberry.field(
        description="Its temperature, in degC unless it is said.", default=None
    )
    duration: Optional[NumberFilter] = strawberry.field(description="How long it lasts, in s unless it is said.", default=None)
    uses: Optional[list[str]] = strawberry.field(description="It charges one of these chemicals or species.", default=None)
    amount: Optional[NumberFilter] = strawberry.field(
        description="Amount of substance of what it charges, in mmol unless it is said.", default=None
    )
    volume: Optional[NumberFilter] = strawberry.field(description="Volume of what it charges, in mL unless said.", default=None)
    mass: Optional[NumberFilter] = strawberry.field(description="Mass of what it charges, in g unless it is said.", default=None)

    def read(self) -> AtStage:
        """Return the condition; raise BadInputError when what is charged is measured in several ways."""
        charged: list[Between] = []
        for field in ("amount", "volume", "mass"):
            given: NumberFilter | None = getattr(self, field)
            if given is not None:
                charged.append(given.on(field))
        if len(charged) > 1:
            raise BadInputError("a stage is asked for by amount, volume and mass at once", hint="give one of them")
        return AtStage(
            plain_all(self.action),
            self.temperature.on("temperature") if self.temperature else None,
            self.duration.on("duration") if self.duration else None,
            tuple(name_of(name, "item") for name in self.uses or ()),
            charged[0] if charged else None,
        )


@strawberry.input(description="Conditions on an item of any kind; those that are given hold together.")
class _OnAnyItem:
    id: Optional[list[strawberry.ID]] = _is("id", "It is one of these.", strawberry.ID)
    document: Optional[list[str]] = _is("document", "It was read from one of these papers.")
    text: Optional[str] = strawberry.field(
        description="It says all these words, in a name, formula, statement or quote; words between quotation marks stand "
        "together.",
        default=None,
    )
    text_in: Optional[list[str]] = strawberry.field(
        description="The words of text are sought in these alone.", default=None, graphql_type=enums.many(enums.TextField)
    )
    year: Optional[NumberFilter] = _between("year", "Year of its paper.")
    flag: Optional[list[str]] = _is("flag", "It came about in one of these ways.", enums.Flag)
    accepted_by: Optional[list[str]] = _is("accepted_by", "One of these people let it count.")
    accepted_after: Optional[datetime] = _field("It came to count then or later.", lambda given: Accepted(since=given))
    accepted_before: Optional[datetime] = _field("It came to count before then.", lambda given: Accepted(before=given))
    disagreement: Optional[bool] = _holds("disagreement", "Whether it stands on a side of a disagreement.")
    quoted: Optional[bool] = _holds("quoted", "Whether it has a quote.")

    def read(self) -> Filter:
        """Return the filter of the model; raise BadInputError for what means nothing."""
        return And(tuple(self._conditions()))

    def _conditions(self) -> Iterator[Filter]:
        for field in fields(self):
            given = getattr(self, field.name)
            if given is None:
                continue
            if field.name in ("and_", "or_"):
                those = tuple(each.read() for each in given)
                yield And(those) if field.name == "and_" else Or(those)
            elif field.name == "not_":
                yield Not(given.read())
            elif _READS in field.metadata:
                yield field.metadata[_READS](given)
        if self.text is not None:
            yield Says(self.text, cast("tuple[model.TextField, ...]", plain_all(self.text_in)))


def _joined(how: str) -> Any:
    told = {"and": "All of these hold too.", "or": "One of these holds too.", "not": "This does not hold."}
    return strawberry.field(name=how, description=told[how], default=None)


_MATERIAL: Final = "Its material, or that of what it is about, is one of these."
_SPECIES_KIND: Final = "The species that it is about is of one of these kinds."
_ABOUT: Final = "It is about one of these."
_BANDS: Final = "Position of an absorption band."


@strawberry.input(description="Which items are meant, whatever their kind.")
class ItemFilter(_OnAnyItem):
    and_: Optional[list[ItemFilter]] = _joined("and")
    or_: Optional[list[ItemFilter]] = _joined("or")
    not_: Optional[ItemFilter] = _joined("not")
    kind: Optional[list[str]] = _is("kind", "It is of one of these kinds.", enums.ItemKind)
    type: Optional[list[str]] = _is("type", "Its kind within its kind is one of these, as written in files.")
    species_kind: Optional[list[str]] = _is(
        "species_kind", "The species that it is, or is about, is of one of these kinds.", enums.SpeciesKind
    )
    material: Optional[list[str]] = _is("material", _MATERIAL)
    about: Optional[list[str]] = _is("about", _ABOUT)
    uses: Optional[list[str]] = _is("uses", "One of these is charged there.")
    cites: Optional[list[str]] = _is("cites", "It gives one of these references as its source.")
    evidence: Optional[list[str]] = _is("evidence", "It rests on one of these.", enums.EvidenceType)
    direction: Optional[list[str]] = _is("direction", "It points one of these ways.", enums.Direction)
    directness: Optional[list[str]] = _is("directness", "What is claimed was itself measured, or not.", enums.Directness)
    status: Optional[list[str]] = _is("status", "The source makes one of these of it (steps).", enums.StepStatus)
    method: Optional[list[str]] = _is("method", "It was observed or found by one of these methods.", enums.Method)
    backing: Optional[list[str]] = _is("backing", "It is backed in one of these ways (assumptions).", enums.Backing)
    absorption: Optional[NumberFilter] = _between("absorption", _BANDS)
    emission: Optional[NumberFilter] = _between("emission", "Position of an emission band.")
    temperature: Optional[NumberFilter] = _between("temperature", "Temperature of a stage or a tested zone.")
    duration: Optional[NumberFilter] = _between("duration", "Duration of a stage.")
    stage: Optional[StageFilter] = _field("A stage of it, or at which it was observed.", lambda given: given.read())


@strawberry.input(description="Which species are meant.")
class SpeciesFilter(_OnAnyItem):
    and_: Optional[list[SpeciesFilter]] = _joined("and")
    or_: Optional[list[SpeciesFilter]] = _joined("or")
    not_: Optional[SpeciesFilter] = _joined("not")
    kind: Optional[list[str]] = _is("species_kind", "It is of one of these kinds.", enums.SpeciesKind)
    material: Optional[list[str]] = _is("material", "Its material is one of these.")
    absorption: Optional[NumberFilter] = _between("absorption", _BANDS)
    emission: Optional[NumberFilter] = _between("emission", "Position of an emission band.")


@strawberry.input(description="Which chemicals are meant.")
class ChemicalFilter(_OnAnyItem):
    and_: Optional[list[ChemicalFilter]] = _joined("and")
    or_: Optional[list[ChemicalFilter]] = _joined("or")
    not_: Optional[ChemicalFilter] = _joined("not")


@strawberry.input(description="Which steps are meant.")
class StepFilter(_OnAnyItem):
    and_: Optional[list[StepFilter]] = _joined("and")
    or_: Optional[list[StepFilter]] = _joined("or")
    not_: Optional[StepFilter] = _joined("not")
    kind: Optional[list[str]] = _is("type", "It is of one of these kinds.", enums.StepKind)
    status: Optional[list[str]] = _is("status", "The source makes one of these of it.", enums.StepStatus)
    about: Optional[list[str]] = _is("about", "One of these is on either side of it.")
    material: Optional[list[str]] = _is("material", _MATERIAL)
    species_kind: Optional[list[str]] = _is(
        "species_kind", "A species on either side is of one of these kinds.", enums.SpeciesKind
    )


@strawberry.input(description="Which procedures are meant.")
class ProcedureFilter(_OnAnyItem):
    and_: Optional[list[ProcedureFilter]] = _joined("and")
    or_: Optional[list[ProcedureFilter]] = _joined("or")
    not_: Optional[ProcedureFilter] = _joined("not")
    stage: Optional[StageFilter] = _field("It has a stage for which all of this holds together.", lambda given: given.read())
    uses: Optional[list[str]] = _is("uses", "One of these is charged in some stage.")
    temperature: Optional[NumberFilter] = _between("temperature", "Temperature of some stage.")
    duration: Optional[NumberFilter] = _between("duration", "Duration of some stage.")


@strawberry.input(description="Which observations are meant.")
class ObservationFilter(_OnAnyItem):
    and_: Optional[list[ObservationFilter]] = _joined("and")
    or_: Optional[list[ObservationFilter]] = _joined("or")
    not_: Optional[ObservationFilter] = _joined("not")
    kind: Optional[list[str]] = _is("type", "It is of one of these kinds.", enums.ObservationKind)
    method: Optional[list[str]] = _is("method", "It was made by one of these methods.", enums.Method)
    about: Optional[list[str]] = _is("about", _ABOUT)
    material: Optional[list[str]] = _is("material", _MATERIAL)
    species_kind: Optional[list[str]] = _is("species_kind", _SPECIES_KIND, enums.SpeciesKind)
    absorption: Optional[NumberFilter] = _between("absorption", _BANDS)
    emission: Optional[NumberFilter] = _between("emission", "Position of an emission band.")
    stage: Optional[StageFilter] = _field("It was made at a stage for which all of this holds.", lambda given: given.read())


@strawberry.input(description="Which claims are meant.")
class ClaimFilter(_OnAnyItem):
    and_: Optional[list[ClaimFilter]] = _joined("and")
    or_: Optional[list[ClaimFilter]] = _joined("or")
    not_: Optional[ClaimFilter] = _joined("not")
    kind: Optional[list[str]] = _is("type", "It is of one of these kinds.", enums.ClaimKind)
    evidence: Optional[list[str]] = _is("evidence", "It rests on one of these.", enums.EvidenceType)
    direction: Optional[list[str]] = _is("direction", "It points one of these ways.", enums.Direction)
    directness: Optional[list[str]] = _is("directness", "What is claimed was itself measured, or not.", enums.Directness)
    method: Optional[list[str]] = _is("method", "It was found by one of these methods.", enums.Method)
    about: Optional[list[str]] = _is("about", _ABOUT)
    cites: Optional[list[str]] = _is("cites", "It gives one of these references as its source.")
    material: Optional[list[str]] = _is("material", _MATERIAL)
    species_kind: Optional[list[str]] = _is("species_kind", _SPECIES_KIND, enums.SpeciesKind)
    absorption: Optional[NumberFilter] = _between("absorption", _BANDS)


@strawberry.input(description="Which papers are meant.")
class DocumentFilter(_OnAnyItem):
    and_: Optional[list[DocumentFilter]] = _joined("and")
    or_: Optional[list[DocumentFilter]] = _joined("or")
    not_: Optional[DocumentFilter] = _joined("not")


@strawberry.input(description="Which assumptions are meant.")
class AssumptionFilter(_OnAnyItem):
    and_: Optional[list[AssumptionFilter]] = _joined("and")
    or_: Optional[list[AssumptionFilter]] = _joined("or")
    not_: Optional[AssumptionFilter] = _joined("not")
    backing: Optional[list[str]] = _is("backing", "It is backed in one of these ways.", enums.Backing)
    cites: Optional[list[str]] = _is("cites", "It gives one of these references as its source.")


AnyFilter = (
    ItemFilter
    | SpeciesFilter
    | ChemicalFilter
    | StepFilter
    | ProcedureFilter
    | ObservationFilter
    | ClaimFilter
    | DocumentFilter
    | AssumptionFilter
)


@strawberry.input(description="What a list of items is ordered by.")
class ItemOrder:
    field: str = strawberry.field(description="What counts.", graphql_type=enums.ItemSortField)
    direction: str = strawberry.field(
        description="Which way.", default=enums.SortDirection("asc"), graphql_type=enums.SortDirection
    )

    def read(self) -> Sort:
        """Return the order of the model."""
        return Sort(cast("model.SortField", plain(self.field)), plain(self.direction) == "desc")
