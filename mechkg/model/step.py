"""Steps: what turns into what, and what helps or hinders it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from mechkg.model.base import Identifier, Identifiers, Item, Text, Texts, Value
from mechkg.model.quantity import Quantity

StepKind = Literal[
    "isomerisation",
    "substitution",
    "fragmentation",
    "addition",
    "anion-exchange",
    "assembly",
    "growth",
    "precursor-conversion",
    "transformation",
    "dissolution",
    "elementary",
]
StepStatus = Literal["proposed", "rejected", "literature", "implied", "hypothesis"]
"""What the source makes of the step: proposed (supports it), rejected, literature (reported from elsewhere), implied (needed by
its account but given no number), hypothesis (offered as a possibility)."""


class Participant(Value):
    """A species or chemical on one side of a step, with its stoichiometric coefficient.

    In files the name alone stands for a coefficient that the source does not print.
    """

    of: Identifier
    coefficient: float | None = Field(default=None, gt=0)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, given: Any) -> Any:
        return {"of": given} if isinstance(given, str) else given


class Influence(Value):
    """Something that promotes or inhibits a step: one chemical, or a class of the ontology, maybe only in a certain medium."""

    chemical: Identifier | None = None
    chemical_class: Text | None = Field(default=None, description="Local name of an ontology class, such as PrimaryAmine.")
    condition: Text | None = None
    medium_class: Text | None = Field(default=None, description="Acts only where the medium holds a chemical of this class.")
    note: Text | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Influence:
        if sum(x is not None for x in (self.chemical, self.chemical_class, self.condition)) != 1:
            raise ValueError("give exactly one of chemical, chemical_class and condition")
        return self


class RateConstant(Value):
    """A fitted rate constant with the printed equation."""

    k: Quantity
    equation: Text | None = None
    order: Text | None = None
    valid: Text | None = None


class Step(Item):
    """A reaction step, one direction. A reversible step names its ``reverse``."""

    kind: StepKind
    label: Text | None = Field(default=None, description="Name that the source gives it, such as 'Step 1'.")
    reactants: tuple[Participant, ...] = ()
    products: tuple[Participant, ...] = ()
    reverse: Identifier | None = None
    status: StepStatus = "proposed"
    promoters: tuple[Influence, ...] = ()
    non_promoters: tuple[Influence, ...] = ()
    inhibitors: tuple[Influence, ...] = ()
    requires: Texts = ()
    driven_by: Identifiers = ()
    made_of: Identifiers = Field(default=(), description="Steps that an overall change consists of, in order.")
    rate_constant: RateConstant | None = None
    rate_notes: Texts = ()
    thermodynamics: Text | None = None
    mechanism_claim: Text | None = None
    isosbestic: Quantity | None = None
