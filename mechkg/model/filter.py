"""Filters: which items are asked for, as a tree of conditions, and in which order they are to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, get_args

NameField = Literal[
    "id", "kind", "type", "species_kind", "material", "document", "about", "uses", "cites", "evidence", "direction", "directness",
    "status", "method", "flag", "backing", "accepted_by",
]  # fmt: skip
NumberField = Literal["absorption", "emission", "temperature", "duration", "amount", "volume", "mass", "year"]
TextField = Literal["label", "name", "formula", "statement", "quote"]
YesNoField = Literal["disagreement", "quoted"]
SortField = Literal["id", "label", "kind", "type", "document", "year", "accepted", "absorption", "temperature", "duration"]

UNITS: Final[Mapping[NumberField, str]] = MappingProxyType(
    {
        "absorption": "nm",
        "emission": "nm",
        "temperature": "degC",
        "duration": "s",
        "amount": "mmol",
        "volume": "mL",
        "mass": "g",
        "year": "",
    }
)
"""Unit in which each number is compared. A condition may give its bounds in any other of the same dimension."""

MEANING: Final[Mapping[NameField | NumberField | TextField | YesNoField, str]] = MappingProxyType(
    {
        "id": "Local name of the item.",
        "kind": "Kind of the item: species, step, observation, claim, ...",
        "type": "Kind within the kind: of a claim composition, of an observation absent, of a step isomerisation, ...",
        "species_kind": "Kind of the species that it is, or is about.",
        "material": "Material that it is, or is of, or is about.",
        "document": "Document that it was read from.",
        "about": "Items that it is about: subjects, reactants and products, species of a table row.",
        "uses": "Chemicals and species that are charged, in a stage or a tested zone.",
        "cites": "References that it gives as its source.",
        "evidence": "What a claim rests on: experiment, computation, ...",
        "direction": "Which way a claim points: supports, refutes or neutral.",
        "directness": "Whether what is claimed was itself measured: direct or indirect.",
        "status": "What the source makes of a step: proposed, rejected, literature, ...",
        "method": "How it was observed or found.",
        "flag": "How the item came about: stated, inferred, derived or external.",
        "backing": "How well an assumption is backed: stated, cited, supported or silent.",
        "accepted_by": "Who accepted it.",
        "absorption": "Position of an absorption band: of the species, of a row of a table, or measured.",
        "emission": "Position of an emission band.",
        "temperature": "Temperature, as printed for a stage or a tested zone; room temperature counts as 20 to 25 °C.",
        "duration": "Duration of a stage.",
        "amount": "Amount of substance that is charged.",
        "volume": "Volume that is charged.",
        "mass": "Mass that is charged.",
        "year": "Year in which the document was published, or the reference.",
        "label": "The name that is shown.",
        "name": "Any other name.",
        "formula": "Formula, of the item or of a row of a table.",
        "statement": "What it says, in the words of a curator.",
        "quote": "Exact words of the source.",
        "disagreement": "Whether it stands on a side of a disagreement.",
        "quoted": "Whether it has a quote.",
    }
)
"""What each field means."""

NAME_FIELDS: Final[tuple[NameField, ...]] = get_args(NameField)
NUMBER_FIELDS: Final[tuple[NumberField, ...]] = get_args(NumberField)
TEXT_FIELDS: Final[tuple[TextField, ...]] = get_args(TextField)
SORT_FIELDS: Final[tuple[SortField, ...]] = get_args(SortField)


@dataclass(frozen=True, slots=True)
class And:
    """All of them; of none, everything."""

    of: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them; of none, nothing."""

    of: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    of: Filter


@dataclass(frozen=True, slots=True)
class Is:
    """Has one of these names in a field; in a field with several, any of them.

    Items may be given by local name or printed name.
    """

    field: NameField
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Has a number that may lie between two bounds, both included, in ``unit`` (by default that of UNITS).

    What is printed as a range, with an uncertainty, or as more or less than a number is met when some number it allows is.
    """

    field: NumberField
    low: float | None = None
    high: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Came to count at ``since`` or later, and before ``before``."""

    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Says:
    """Has all the words of ``text`` in its names, formulas, statements and quotes, or in those ``fields`` alone.

    Case, typography and sub- and superscripts make no difference; a part of a word is enough; words between quotation marks are
    sought as they stand.
    """

    text: str
    fields: tuple[TextField, ...] = ()


@dataclass(frozen=True, slots=True)
class YesNo:
    """Whether something holds of an item."""

    field: YesNoField
    holds: bool = True


@dataclass(frozen=True, slots=True)
class AtStage:
    """Is a procedure with a stage, or was observed at a stage, or is a tested zone, for which all of these hold together.

    ``uses``: one of these is charged there; ``amount``: in this amount (a Between of amount, volume or mass).
    """

    actions: tuple[str, ...] = ()
    temperature: Between | None = None
    duration: Between | None = None
    uses: tuple[str, ...] = ()
    amount: Between | None = None


Filter = And | Or | Not | Is | Between | Accepted | Says | YesNo | AtStage

EVERYTHING: Final = And(())


@dataclass(frozen=True, slots=True)
class Sort:
    """An order. Items without a value come last, whichever way; those with equal values come by local name.

    Of several values counts the lowest, or the highest where it is descending.
    """

    by: SortField
    descending: bool = False
