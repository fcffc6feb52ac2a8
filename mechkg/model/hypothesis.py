"""Hypotheses: assumptions with what they license, candidate pathways, and the space they are drawn from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from mechkg.errors import nearest
from mechkg.model.base import Identifier, Identifiers, Item, Misplaced, StageReference, Text, Value, WrittenAs, as_tuple
from mechkg.model.contradiction import clash
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
    "applies",
    "leads-to",
    "forbids",
    "level",
    "simple-kinetics",
]

LocalName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+\-]*$", max_length=80)]
"""A name within one hypothesis space, of a candidate or of a claim that candidates make."""

ClaimNames = Annotated[tuple[LocalName, ...], BeforeValidator(as_tuple), WrittenAs("makesClaim", part_of="postulates")]
"""Ids of postulates of the same space; a single one may stand alone in a file."""

_NEEDS: dict[str, tuple[str, ...]] = {
    "converts": ("step", "within"),
    "not-outrun": ("step",),
    "may-outrun": ("step", "over"),
    "back-reaction": ("medium_class", "within"),
    "detects": ("method", "limit"),
    "sees-size": ("method",),
    "applies": ("observation",),
    "leads-to": ("observation",),
    "forbids": ("observation",),
    "level": ("species", "level"),
}
_OF_A_CLAIM = ("leads-to", "forbids")


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
    applies: ``observation`` bears on the question only while the assumption is held.
    leads-to: if ``step`` or ``postulate`` is part of the candidate, ``observation`` had to be as it is.
    forbids: if ``step`` or ``postulate`` is part of the candidate, ``observation`` could not be as it is.
    level: where ``species`` must form, it reaches at least ``level``, to be compared with the detection limit of an observation.
    simple-kinetics: a single determining step of one molecule shows as first order, and what is not one does not.
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
    observation: Identifier | None = None
    postulate: LocalName | None = Field(default=None, description="A postulate of the spaces that hold the assumption.")
    species: Annotated[Identifier | None, WrittenAs("levelOf")] = Field(default=None, description="A species or chemical.")
    level: Quantity | None = None

    @model_validator(mode="after")
    def _complete(self) -> Effect:
        missing = [name for name in _NEEDS.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"an effect of kind '{self.kind}' needs {', '.join(missing)}")
        if self.kind in _OF_A_CLAIM and (self.step is None) == (self.postulate is None):
            raise ValueError(f"an effect of kind '{self.kind}' needs a step or a postulate, and not both")
        return self


class Assumption(Item):
    """A named, defeasible auxiliary premise."""

    statement: Text
    backing: Backing
    effects: tuple[Effect, ...] = ()
    supported_by: Identifiers = Field(default=(), description="Observations that back it.")
    cites: Identifiers = ()


class Prediction(Value):
    """A number that a postulate predicts, to be compared with what was measured under the same words."""

    what: Text
    quantity: Quantity = Field(alias="value")

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class Postulate(Value):
    """A claim that a candidate makes beyond which steps run.

    rate-determining: ``step`` is slow and decides the rate at which what it is ``of`` forms (default: what the step makes, and
    what that goes on to); the steps in ``after`` come before it and are fast equilibria.
    slower: ``step`` is slower than ``than`` where both want the same.
    predicts: the candidate predicts numbers.
    plain: anything else; it bears on an observation only through an assumption that says so.
    ``at`` limits the claim to some stages.
    """

    id: LocalName
    statement: Text
    kind: Literal["rate-determining", "slower", "predicts", "plain"]
    step: Identifier | None = None
    than: Annotated[Identifier | None, WrittenAs("thanStep")] = None
    after: Annotated[Identifiers, WrittenAs("afterStep")] = ()
    of: Annotated[Identifiers, WrittenAs("governs")] = ()
    at: Annotated[tuple[StageReference, ...], BeforeValidator(as_tuple)] = ()
    predicts: tuple[Prediction, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Postulate:
        needed = {"rate-determining": ("step",), "slower": ("step", "than"), "predicts": ("predicts",)}.get(self.kind, ())
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"the postulate '{self.id}', of kind '{self.kind}', needs {', '.join(missing)}")
        if self.kind == "slower" and self.step == self.than:
            raise ValueError(f"the postulate '{self.id}' says that '{self.step}' is slower than itself")
        if self.step is not None and self.step in self.after:
            raise ValueError(f"the postulate '{self.id}' has '{self.step}' come before itself")
        return self


class Candidate(Value):
    """A candidate pathway: one setting of the optional steps, and the postulates it makes."""

    id: LocalName
    title: Text
    steps: Identifiers = ()
    postulates: ClaimNames = ()
    origin: Literal["mentioned", "implied", "curator"] = "mentioned"
    author_status: Text | None = None
    note: Text | None = None


class Constraint(Value):
    """A condition that every candidate of a space meets; its members are steps and postulates.

    one-of, at-most-one, at-least-one and all-or-none say how many of the members are part of a candidate. requires: the ``first``
    member (default: the first one listed, steps before postulates) needs all the rest. analogy: all or none, while the
    ``assumption`` is held.
    """

    kind: Literal["one-of", "at-most-one", "at-least-one", "all-or-none", "requires", "analogy"]
    steps: Identifiers = ()
    postulates: ClaimNames = ()
    assumption: Identifier | None = None
    first: LocalName | None = Field(default=None, description="Of kind 'requires': the member that needs all the rest.")

    @model_validator(mode="before")
    @classmethod
    def _name_the_first(cls, given: object) -> object:
        # said here, because the graph does not keep the order of names
        if not isinstance(given, dict) or given.get("kind") != "requires" or given.get("first") is not None:
            return given
        listed = [*(as_tuple(given.get("steps")) or ()), *(as_tuple(given.get("postulates")) or ())]
        return {**given, "first": listed[0]} if listed else given

    @model_validator(mode="after")
    def _complete(self) -> Constraint:
        fewest = 1 if self.kind in ("one-of", "at-least-one") else 2
        if len(self.steps) + len(self.postulates) < fewest:
            raise ValueError(f"a constraint of kind '{self.kind}' needs at least {fewest} steps or postulates")
        if self.kind == "analogy" and self.assumption is None:
            raise ValueError("a constraint of kind 'analogy' needs the assumption that it rests on")
        if self.kind != "analogy" and self.assumption is not None:
            raise ValueError(f"a constraint of kind '{self.kind}' rests on no assumption; only 'analogy' does")
        if self.kind != "requires" and self.first is not None:
            raise ValueError(f"a constraint of kind '{self.kind}' has no first member; only 'requires' has")
        if self.first is not None and self.first not in (*self.steps, *self.postulates):
            raise ValueError(f"'{self.first}' is to come first, and is not a member of the constraint")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """Steps and postulates; of kind 'requires', the one that needs all the rest stands first."""
        listed = (*self.steps, *self.postulates)
        return listed if self.first is None else (self.first, *(m for m in listed if m != self.first))

    def broken_by(self, steps: Collection[str], postulates: Collection[str] = ()) -> str | None:
        """Say in words how a candidate with these steps and postulates breaks the constraint; None when it does not.

        A constraint by analogy is judged as if its assumption were held.

        >>> Constraint(kind="all-or-none", steps=("there", "back")).broken_by(["there"])
        "'there' and 'back' go together: all of them or none"
        """
        present = {*(s for s in self.steps if s in steps), *(p for p in self.postulates if p in postulates)}
        members = self.members
        on = sum(member in present for member in members)
        listed = _listed(members)
        if self.kind in ("all-or-none", "analogy") and 0 < on < len(members):
            why = " by analogy" if self.kind == "analogy" else ""
            return f"{listed} go together{why}: all of them or none"
        if self.kind == "one-of" and on != 1:
            return f"just one of {listed} is needed"
        if self.kind == "at-most-one" and on > 1:
            return f"at most one of {listed} is allowed"
        if self.kind == "at-least-one" and on == 0:
            return f"at least one of {listed} is needed"
        if self.kind == "requires" and members[0] in present and (lacking := [m for m in members[1:] if m not in present]):
            return f"'{members[0]}' needs {_listed(lacking)}"
        return None


def _listed(names: Collection[str]) -> str:
    *most, last = [f"'{name}'" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


class HypothesisSpace(Item):
    """Established steps, optional steps, postulates, constraints, assumptions, and the candidates that were named."""

    title: Text
    question: Text
    background: Identifiers = Field(default=(), description="Steps taken as established for every candidate.")
    optional: Identifiers = Field(default=(), description="Steps that may be on or off.")
    postulates: tuple[Postulate, ...] = Field(default=(), description="Claims that candidates may make.")
    constraints: tuple[Constraint, ...] = ()
    assumptions: Identifiers = Field(default=(), description="On by default; each can be withdrawn.")
    procedures: Identifiers = Field(min_length=1, description="Procedures whose observations bear on the space.")
    candidates: tuple[Candidate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _postulates_fit(self) -> HypothesisSpace:
        if not self.optional and not self.postulates:
            raise ValueError("a space leaves something open: give optional steps or postulates")
        names = [postulate.id for postulate in self.postulates]
        _once("postulates", names)
        steps = {*self.background, *self.optional}
        neither = "which the space neither takes as established nor leaves open"
        for number, postulate in enumerate(self.postulates):
            named = (postulate.step, postulate.than, *postulate.after)
            for step in (name for name in named if name is not None and name not in steps):
                what = f"the postulate '{postulate.id}' is about the step '{step}', {neither}{_hint(step, steps)}"
                raise Misplaced(what, ("postulates", number))
        for number, candidate in enumerate(self.candidates):
            who = f"candidate '{candidate.id}' makes the claim"
            _known(who, candidate.postulates, names, ("candidates", number, "postulates"))
        for number, constraint in enumerate(self.constraints):
            place = ("constraints", number)
            _known(f"a constraint of kind '{constraint.kind}' names the claim", constraint.postulates, names, place)
            for step in (name for name in constraint.steps if name not in steps):
                what = f"a constraint of kind '{constraint.kind}' names the step '{step}', {neither}{_hint(step, steps)}"
                raise Misplaced(what, place)
            if constraint.assumption is not None and constraint.assumption not in self.assumptions:
                what = f"a constraint by analogy rests on '{constraint.assumption}', which the space does not assume"
                raise Misplaced(f"{what}{_hint(constraint.assumption, self.assumptions)}", place)
        return self

    @model_validator(mode="after")
    def _candidates_fit(self) -> HypothesisSpace:
        _once("candidates", [candidate.id for candidate in self.candidates])
        for number, candidate in enumerate(self.candidates):
            for step in sorted(set(candidate.steps) - set(self.optional)):
                what = f"candidate '{candidate.id}' uses '{step}', which is not among the optional steps"
                raise Misplaced(f"{what}{_hint(step, self.optional)}", ("candidates", number, "steps"))
            for constraint in self.constraints:
                if broken := constraint.broken_by((*candidate.steps, *self.background), candidate.postulates):
                    self._can_be_met()
                    what = f"candidate '{candidate.id}' breaks a constraint of its space: {broken}"
                    raise Misplaced(what, ("candidates", number))
        return self

    def _can_be_met(self) -> None:
        """Raise when no candidate at all can meet the constraints, and name those that contradict each other."""
        found = clash(self.constraints, self.background)
        if found is None:
            return
        shown = "; ".join(f"{self.constraints[place].kind}: {_listed(self.constraints[place].members)}" for place in found)
        established = {member for place in found for member in self.constraints[place].members} & {*self.background}
        given = f" ({_listed(sorted(established))} being established)" if established else ""
        together = "these cannot be met together" if len(found) > 1 else "this one cannot be met"
        what = f"the space is empty, for its constraints contradict each other; {together}{given}: {shown}"
        raise Misplaced(what, *(("constraints", place) for place in found))


def _once(what: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise Misplaced(f"two {what} have the same id, '{name}'", (what, names.index(name), "id"), (what, place, "id"))


def _known(who: str, claims: Collection[str], known: Collection[str], place: tuple[str | int, ...]) -> None:
    for claim in claims:
        if claim not in known:
            raise Misplaced(f"{who} '{claim}', which the space does not have{_hint(claim, known)}", place)


def _hint(name: str, valid: Collection[str]) -> str:
    close = nearest(name, valid)
    return f"; did you mean '{close}'?" if close else ""
