"""Observations: what was seen, of what, when, by which method."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from mechkg.model.base import Identifier, Identifiers, Item, StageReference, Text, Value, as_tuple
from mechkg.model.quantity import Quantity

ObservationKind = Literal[
    "present",
    "absent",
    "appears",
    "disappears",
    "increases",
    "decreases",
    "constant",
    "precedes",
    "amount-comparison",
    "rate-comparison",
    "rate-dependence",
    "kinetic-form",
    "isosbestic-point",
    "linear-relation",
    "no-reaction",
    "no-change",
    "featureless",
    "single-ensemble",
    "peak-position",
    "maximum",
    "red-shift",
    "emission",
    "no-emission",
    "excitation",
    "mass-spectrum",
    "composition-analysis",
    "scattering",
    "nmr",
    "microscopy",
    "detection-limit",
    "label-position",
    "ratio",
    "yield",
]

Method = Literal[
    "absorption", "emission", "mass", "xps", "eds", "saxs", "xrd", "nmr", "microscopy", "eye", "infrared", "unspecified"
]


class Measured(Value):
    """One number of an observation: what it is, and its quantity or printed word."""

    what: Text
    quantity: Quantity | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Measured:
        if self.quantity is None and self.text is None:
            raise ValueError("give a quantity or a text")
        return self


class Window(Value):
    """A time, or a span of time, counted from the start of the stage. A quantity alone is a moment."""

    start: Quantity | None = None
    end: Quantity | None = None

    @model_validator(mode="before")
    @classmethod
    def _moment(cls, given: Any) -> Any:
        return {"start": given, "end": given} if isinstance(given, str | int | float) else given


class Observation(Item):
    """Something seen at one or more stages.

    ``subject`` names species, chemicals or steps; it is empty when the whole sample is meant. ``than`` names the stages an
    amount or rate is compared with. An observation of absence can refute only with a method and a detection limit. ``orders``
    are measured orders of the rate law of the subject, ``depends_on`` and ``independent_of`` what its rate was seen to change
    with and not to change with; with the ``comparison`` faster or slower, the more of what it depends on, the faster or slower. A
    yield is counted ``per`` the amount of something put in. Of an order of appearance ``earlier`` says what comes first.
    """

    at: Annotated[tuple[StageReference, ...], BeforeValidator(as_tuple)] = Field(min_length=1)
    kind: ObservationKind
    subject: Identifiers = ()
    method: Method = "unspecified"
    window: Window | None = None
    measured: tuple[Measured, ...] = ()
    limit: Quantity | None = Field(default=None, description="Detection limit of the method for this observation.")
    comparison: Literal["more", "less", "similar", "faster", "slower", "unaffected"] | None = None
    than: Annotated[tuple[StageReference, ...], BeforeValidator(as_tuple)] = ()
    depends_on: Identifiers = Field(
        default=(), description="What the rate changes with; 'comparison' says whether more of it makes it faster or slower."
    )
    independent_of: Identifiers = ()
    orders: dict[Identifier, float] = Field(
        default_factory=dict, description="Measured order of the rate law in each participant, such as 2 or -0.5."
    )
    per: Identifier | None = Field(default=None, description="Of what was put in a yield is counted.")
    earlier: Identifier | None = Field(
        default=None, description="Of kind 'precedes': which subject comes first (default: the first one listed)."
    )
    form: Literal["first-order", "not-first-order", "zero-order", "induction", "burst"] | None = None
    prompt: bool = Field(default=False, description="Seen at once, within about a minute of the start of the stage.")
    uncertainty: Text | None = None
    statement: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_the_first(cls, given: Any) -> Any:
        # said here, because the graph does not keep the order of names
        if not isinstance(given, dict) or given.get("kind") != "precedes" or given.get("earlier") is not None:
            return given
        subject = as_tuple(given.get("subject"))
        return {**given, "earlier": subject[0]} if subject else given

    @model_validator(mode="after")
    def _has_a_direction(self) -> Observation:
        if self.kind == "rate-dependence" and self.comparison not in (None, "faster", "slower"):
            raise ValueError(f"what a rate depends on makes it faster or slower, not '{self.comparison}'")
        return self

    @model_validator(mode="after")
    def _first_is_seen(self) -> Observation:
        if self.earlier is not None and self.earlier not in self.subject:
            raise ValueError(f"'{self.earlier}' is said to come first, and is not among what was seen: {', '.join(self.subject)}")
        return self
