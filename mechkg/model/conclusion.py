"""Conclusions: what an author infers, put in terms that can be checked, and what comes of checking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from mechkg.model.base import Identifier, Identifiers, Text, Value, as_tuple

Judgement = Literal["holds", "holds_conditionally", "underdetermined", "contradicted", "untested"]
"""What a curator makes of an inference."""

Finding = Literal["derived", "derived with assumptions", "tied", "contradicted", "not covered"]
"""What is found of it here. derived: true in every survivor. derived with assumptions: only while an untested one is held. tied:
true in some survivors. contradicted: true in none. not covered: nothing observed bears on it."""

AGREES: dict[Judgement, Finding] = {
    "holds": "derived",
    "holds_conditionally": "derived with assumptions",
    "underdetermined": "tied",
    "contradicted": "contradicted",
    "untested": "not covered",
}
"""Judgement of the curator -> the finding that agrees with it."""


class Statement(Value):
    """One thing that a conclusion says; just one of the fields but ``of`` and ``parameters`` is given.

    on, off: a step is, or is not, part of what happens. postulated, not_postulated: a claim is, or is not, made. ruled_out,
    survives: the verdict on a named candidate. true, false: a predicate holds, or does not, ``of`` these arguments. observed:
    these observations were made, and an absence among them has method and detection limit. question: a question of the graph,
    answered with these ``parameters``, has rows that name each of ``mentions``.
    """

    on: Identifier | None = None
    off: Identifier | None = None
    postulated: Text | None = None
    not_postulated: Text | None = None
    ruled_out: Text | None = None
    survives: Text | None = None
    holds: Text | None = Field(default=None, alias="true")
    fails: Text | None = Field(default=None, alias="false")
    of: Annotated[tuple[str | int, ...], BeforeValidator(as_tuple)] = ()
    observed: Identifiers = ()
    question: Text | None = None
    mentions: Identifiers = ()
    parameters: dict[str, str] = Field(default_factory=dict, alias="with")

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    @model_validator(mode="after")
    def _one(self) -> Statement:
        kinds = ("on", "off", "postulated", "not_postulated", "ruled_out", "survives", "holds", "fails", "observed", "question")
        given = [kind for kind in kinds if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError(
                "give exactly one of on, off, postulated, not_postulated, ruled_out, survives, true, false, observed, question"
            )
        return self


class Mapped(Value):
    """A conclusion in the engine's own terms: all of ``claims`` must hold in ``space``, with the assumptions ``without``
    withdrawn.
    """

    id: Identifier
    space: Identifier | None = None
    without: Identifiers = ()
    claims: tuple[Statement, ...] = Field(min_length=1)
    note: Text | None = None


class ConclusionMap(Value):
    """A file of conclusions in the engine's own terms."""

    mechkg: Literal[1]
    conclusions: tuple[Mapped, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A conclusion as an author draws it, with a curator's judgement of it."""

    id: str
    text: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Assessed:
    """What comes of checking a conclusion.

    ``assumptions`` are those that it needs, each by itself; ``candidates`` are survivors that lack it; ``observations`` stand
    against it, or, when it is derived, against its opposite; ``proof`` says why in lines of text. ``agrees`` is None for one
    without a judgement.
    """

    id: str
    text: str
    judgement: Judgement | None
    found: Finding
    agrees: bool | None
    assumptions: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    observations: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    note: str | None = None
