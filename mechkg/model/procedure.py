"""Procedures: graphs of stages, each with a medium, a temperature and a duration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from mechkg.model.base import Identifier, Identifiers, Item, StageReference, Text, Texts, Value, as_tuple
from mechkg.model.quantity import Quantity

Action = Literal[
    "prepare",
    "mix",
    "incubate",
    "disperse",
    "add",
    "heat",
    "cool",
    "age",
    "store",
    "hold",
    "monitor",
    "sample",
    "purify",
    "vary",
    "analyse",
]


class Component(Value):
    """A chemical or species with the amount charged; in files its name alone means that no amount is printed."""

    of: Identifier
    amount: Quantity | None = None
    flag: Literal["stated", "inferred", "derived", "external"] = "stated"
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, given: Any) -> Any:
        return {"of": given} if isinstance(given, str) else given


class Stage(Value):
    """One stage of a procedure.

    ``from`` names the stages it continues (default: the one written before it); several mean mixing. ``medium`` is what the
    stage charges as medium: a stage that *disperses* replaces the medium, any other adds to the one it continues. ``holds`` are
    species that the source says are there at its end.
    """

    id: Identifier
    action: Action
    sample: Text | None = Field(default=None, description="Name of the sample or trace in the source.")
    continues: Annotated[tuple[StageReference, ...], BeforeValidator(as_tuple)] | None = Field(default=None, alias="from")
    medium: Annotated[tuple[Component, ...], BeforeValidator(as_tuple)] = ()
    charge: Annotated[tuple[Component, ...], BeforeValidator(as_tuple)] = ()
    holds: Identifiers = Field(default=(), description="Species that the source says are present at the end of this stage.")
    aliquot: Quantity | None = None
    total_volume: Quantity | None = None
    temperature: Quantity | Literal["room temperature"] | None = None
    duration: Quantity | None = None
    observed_at: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    parameters: dict[str, Text] = Field(default_factory=dict, description="Printed settings that fit nowhere else.")
    flag: Literal["stated", "inferred", "derived", "external"] = "stated"
    note: Text | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class Procedure(Item):
    """An experiment as a graph of stages."""

    title: Text
    stages: tuple[Stage, ...] = Field(min_length=1)
    terms: dict[str, Text] = Field(default_factory=dict, description="Words that the source uses for samples and media.")
    uses: Identifiers = Field(default=(), description="Procedures whose data this one analyses.")
    statements: Texts = ()
