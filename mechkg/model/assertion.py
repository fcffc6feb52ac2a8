"""Claims of the literature beyond observations, reaction zones, rival models, and the curator's notes on trouble in a source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mechkg.model.base import Identifier, Identifiers, Item, Text, Texts, Value, as_tuple
from mechkg.model.observation import Measured, Method
from mechkg.model.quantity import Quantity

ClaimKind = Literal[
    "composition",
    "shape",
    "bond-energy",
    "model",
    "mechanism",
    "role",
    "property",
    "literature-report",
    "thermodynamic",
    "critique",
    "rhetorical",
    "definition",
    "synthesis-condition",
    "hypothesis",
    "conclusion",
]
EvidenceType = Literal["experiment", "computation", "inference-by-author", "citation", "analogy", "curator-inference"]
Directness = Literal["direct", "indirect"]


class CompositionEntry(Value):
    """A composition reported for an absorption position, as in a table of the literature."""

    formula: Text
    absorption: Quantity | None = None
    species: Identifier | None = None


class Claim(Item):
    """Something a paper claims, about one or more things, with who holds it and which way it points."""

    kind: ClaimKind
    statement: Text | None = None
    about: Identifiers = ()
    direction: Literal["supports", "refutes", "neutral"] = "supports"
    evidence: EvidenceType | None = None
    directness: Directness | None = Field(
        default=None, description="Whether what is claimed was itself measured, or something that it follows from."
    )
    method: Method | None = Field(
        default=None, description="How it was found, where the claim rests on no observation that says so."
    )
    cites: Identifiers = Field(default=(), description="References that the paper gives as the source of the claim.")
    measured: tuple[Measured, ...] = ()
    entries: tuple[CompositionEntry, ...] = ()
    table: Text | None = None
    row: Text | None = None
    period: Text | None = None
    hedge: Text | None = Field(default=None, description="Printed words that weaken the claim.")
    rests_on: Identifiers = Field(default=(), description="Observations that the paper draws the conclusion from.")
    assumes: Identifiers = Field(default=(), description="Assumptions that the conclusion needs.")
    curator_verdict: Text | None = Field(default=None, description="Curator's judgement of the inference, kept apart.")


class Zone(Item):
    """A tested set of conditions and what came of it."""

    procedure: Identifier
    varied: Text
    solvent: Identifier | None = None
    amounts: dict[Identifier, Quantity] = Field(default_factory=dict, description="Amount of each chemical charged.")
    ratio: Text | None = None
    temperature: Quantity | None = None
    settings: dict[str, Text] = Field(default_factory=dict)
    inferred: Texts = Field(default=(), description="Fields of this zone that the source does not print for this run.")
    outcome: Identifier = Field(description="Local name of the outcome, in words of the ontology (kind of product mixture).")
    gave: Identifiers = Field(default=(), description="Species seen.")
    peaks: tuple[ZonePeak, ...] = ()
    observations: Identifiers = ()


class ZonePeak(Value):
    """What was seen at one time in a zone."""

    at: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    species: Identifiers = ()
    absorption: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    emission: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    note: Text | None = None


class RivalModel(Item):
    """A model of formation that competes with others in the literature."""

    name: Text
    claims: Texts = ()
    held_by: Texts = ()
    reported_for: Texts = ()
    open_questions: Texts = ()
    alternatives: Texts = ()
    critique: Text | None = None
    reading: Text | None = Field(default=None, description="How another model reads the same facts.")
    steps: Identifiers = ()


class Remark(Item):
    """A curator's note on trouble in a source: a contradiction, a wrong label, a gap, a confounded comparison."""

    kind: Text
    about: Identifiers = ()
    text: Text


Zone.model_rebuild()
