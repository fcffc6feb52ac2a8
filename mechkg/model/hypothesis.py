"""Hypotheses: assumptions with what they license, candidate pathways, and the space they are drawn from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field, model_validator

from mechkg.model.base import Identifier, Identifiers, Item, Text, Value
from mechkg.model.quantity import Quantity

Backing = Literal["stated", "cited", "supported", "silent"]
"""How well an assumption is backed: stated in the source, cited from elsewhere, supported by another observation, or silent."""

EffectKind = Literal[
    "converts",
    "not-outrun",
    "may-outrun",
    "back-reaction",
    "detects",
    "closed-steps",
    "no-unseen-intermediate",
    "sees-size",
    "control-comparable",
    "identical-mixtures",
]

_NEEDS: dict[str, tuple[str, ...]] = {
    "converts": ("step", "within"),
    "not-outrun": ("step",),
    "may-outrun": ("step", "over"),
    "back-reaction": ("medium_class", "within"),
    "detects": ("method", "limit"),
    "sees-size": ("method",),
}


class Effect(Value):
    """What an assumption licenses, in a form that rules can use.

    converts: ``step`` makes a visible amount of its products ``within`` that time once its reactants are there, where the medium
    holds a promoter (``promoter_class``, at least ``least_fraction`` of the volume) and a ``medium_class``.
    not-outrun: nothing takes the reactants of ``step`` faster than it does.
    may-outrun: ``step`` may take them faster than ``over`` does, when its own products are being consumed.
    back-reaction: in a medium of ``medium_class`` and no promoter, reversible steps show their far side ``within`` that time.
    detects: ``method`` sees every species with a signature down to ``limit``.
    closed-steps: only the listed steps matter.
    no-unseen-intermediate: a species that is looked for and not seen is not passed through in a steady trickle.
    sees-size: ``method`` would show a product twice as large.
    control-comparable: control mixtures were long, warm and concentrated enough to show the step they test.
    identical-mixtures: mixtures called identical differ only in what is said.
    """

    kind: EffectKind
    step: Identifier | None = None
    over: Identifier | None = None
    promoter_class: Text | None = None
    medium_class: Text | None = None
    least_fraction: float | None = Field(default=None, gt=0, lt=1)
    within: Quantity | None = None
    method: Text | None = None
    limit: Quantity | None = None

    @model_validator(mode="after")
    def _complete(self) -> Effect:
        missing = [name for name in _NEEDS.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"an effect of kind '{self.kind}' needs {', '.join(missing)}")
        return self


class Assumption(Item):
    """A named, defeasible auxiliary premise."""

    statement: Text
    backing: Backing
    effects: tuple[Effect, ...] = ()
    supported_by: Identifiers = Field(default=(), description="Observations that back it.")
    cites: Identifiers = ()


class Candidate(Value):
    """A candidate pathway: one setting of the optional steps."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.+\-]*$", max_length=80)
    title: Text
    steps: Identifiers
    origin: Literal["mentioned", "implied", "curator"] = "mentioned"
    author_status: Text | None = None
    note: Text | None = None


class Constraint(Value):
    """A condition that every candidate of a space meets."""

    kind: Literal["one-of", "all-or-none", "at-least-one"]
    steps: Identifiers = Field(min_length=1)

    def broken_by(self, steps: Collection[str]) -> str | None:
        """Say in words how a candidate with these steps breaks the constraint; None when it does not.

        >>> Constraint(kind="all-or-none", steps=("there", "back")).broken_by(["there"])
        "'there' and 'back' go together: all of them or none"
        """
        on = sum(step in steps for step in self.steps)
        names = [f"'{step}'" for step in self.steps]
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        if self.kind == "all-or-none" and 0 < on < len(self.steps):
            return f"{listed} go together: all of them or none"
        if self.kind == "one-of" and on != 1:
            return f"just one of {listed} is needed"
        if self.kind == "at-least-one" and on == 0:
            return f"at least one of {listed} is needed"
        return None


class HypothesisSpace(Item):
    """Established steps, optional steps, constraints, assumptions, and the candidates that were named."""

    title: Text
    question: Text
    background: Identifiers = Field(default=(), description="Steps taken as established for every candidate.")
    optional: Identifiers = Field(min_length=1, description="Steps that may be on or off.")
    constraints: tuple[Constraint, ...] = ()
    assumptions: Identifiers = Field(default=(), description="On by default; each can be withdrawn.")
    procedures: Identifiers = Field(min_length=1, description="Procedures whose observations bear on the space.")
    candidates: tuple[Candidate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _candidates_fit(self) -> HypothesisSpace:
        allowed = set(self.optional)
        for candidate in self.candidates:
            foreign = sorted(set(candidate.steps) - allowed)
            if foreign:
                raise ValueError(f"candidate '{candidate.id}' uses {', '.join(foreign)}, not among the optional steps")
            for constraint in self.constraints:
                if broken := constraint.broken_by(candidate.steps):
                    raise ValueError(f"candidate '{candidate.id}' breaks a constraint of its space: {broken}")
        names = [candidate.id for candidate in self.candidates]
        if len(set(names)) != len(names):
            raise ValueError("two candidates have the same id")
        return self
