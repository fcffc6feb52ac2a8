"""A hypothesis space, grounded: what every report on it starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.hypothesis import Backing, Candidate, HypothesisSpace
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.outcomes import Model, Outcomes, Setting
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.proof import Instances, Prover
from mechkg.reasoning.rulebook import Rulebook, read_rulebook

_OF_FACTS = ("program", "outcomes", "observations", "_seen_at")
"""What of a problem is worked out of facts and rules alone, whatever things are called."""

_NO_TIME = 10**9
"""An observation without a printed time comes after all that have one."""


class Grounder(Protocol):
    """What makes a ground program of rules and facts."""

    def __call__(self, rulebook: Rulebook, facts: Facts) -> GroundProgram:
        """Return the ground program."""
        ...


def ground(rulebook: Rulebook, facts: Facts) -> GroundProgram:
    """Let clingo ground the rules over the facts."""
    from mechkg.reasoning.engine import ground as ground_rules  # clingo, which a program that was kept does not need

    return ground_rules([rule.text for rule in rulebook.rules], rulebook.choices, facts.atoms)


@dataclass(frozen=True)
class Problem:
    """A hypothesis space with its facts and names, grounded once; ``version`` is the ledger position it was read at.

    What the space leaves open and no longer counts is not open here: ``space`` is without those steps and postulates. Candidates
    that name them are there, and cannot be set.
    """

    space: HypothesisSpace
    facts: Facts
    labels: Labels
    version: int
    rulebook: Rulebook = field(default_factory=read_rulebook)
    backing: Mapping[str, Backing] = field(default_factory=dict)
    """Assumption -> how well it is backed."""

    grounder: Grounder = field(default=ground, compare=False, repr=False)

    def __post_init__(self) -> None:
        there = {(a.name, str(a.arguments[0])) for a in self.facts.atoms if a.name in ("optional", "postulate")}
        optional = tuple(s for s in self.space.optional if ("optional", s) in there)
        postulates = tuple(p for p in self.space.postulates if ("postulate", p.id) in there)
        if (len(optional), len(postulates)) != (len(self.space.optional), len(self.space.postulates)):
            # not checked again: candidates and constraints may name what is gone
            less = self.space.model_copy(update={"optional": optional, "postulates": postulates})
            object.__setattr__(self, "space", less)

    def with_work_of(self, earlier: Problem) -> Problem:
        """Return this problem with what was worked out of an earlier one, where that had the same space, facts and rules."""
        if (earlier.space, earlier.rulebook, earlier.facts) != (self.space, self.rulebook, self.facts):
            return self
        # what was worked out speaks of the facts that it was worked out of
        found = replace(self, facts=earlier.facts, rulebook=earlier.rulebook, grounder=earlier.grounder)
        vars(found).update((name, vars(earlier)[name]) for name in _OF_FACTS if name in vars(earlier))
        return found

    def gone_of(self, candidate: Candidate) -> tuple[str, ...]:
        """Return the steps and postulates of a candidate that no longer count."""
        return self.outcomes.inputs.gone(self.setting(candidate))

    @property
    def named(self) -> tuple[Candidate, ...]:
        """The candidates of the space that can be set."""
        return tuple(candidate for candidate in self.space.candidates if not self.gone_of(candidate))

    @cached_property
    def program(self) -> GroundProgram:
        """The ground program."""
        return self.grounder(self.rulebook, self.facts)

    @cached_property
    def outcomes(self) -> Outcomes:
        """What works out settings."""
        return Outcomes(self.program)

    @cached_property
    def instances(self) -> Instances:
        """Readings of rule instances, shared by all proofs."""
        return Instances(self.rulebook, self.labels)

    @cached_property
    def observations(self) -> list[str]:
        """Every observation that the facts report, by name."""
        return sorted({str(a.arguments[0]) for a in self.facts.atoms if a.name == "reported"})

    @cached_property
    def _seen_at(self) -> dict[str, int]:
        return {str(a.arguments[0]): int(a.arguments[2]) for a in self.facts.atoms if a.name == "looked_to"}

    def rank(self, observation: str) -> tuple[bool, int, str]:
        """Order observations: what is printed before what a curator read into the text, what is seen early before the rest."""
        statement = self.labels.statements.get(observation)
        return statement is not None and statement.flag != "stated", self._seen_at.get(observation, _NO_TIME), observation

    def prover(self, model: Model) -> Prover:
        """Return what proves the atoms of a model."""
        return Prover(self.instances, self.facts, self.labels, model)

    def setting(self, candidate: Candidate, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Setting:
        """Return the setting of a candidate; the established steps are on in any case."""
        return Setting(frozenset(candidate.steps), frozenset(candidate.postulates), frozenset(without), frozenset(ignoring))

    @property
    def nothing(self) -> Candidate:
        """The established steps alone, for comparison; it need not meet the constraints."""
        return Candidate(id="established-steps", title="the established steps alone", steps=())

    # --- names from outside ---------------------------------------------------------------------------------------------

    def candidates(self, names: Collection[str] = (), extra: Sequence[Candidate] = ()) -> list[Candidate]:
        """Return the candidates called ``names`` (all when there is neither name nor ``extra``) and then the ``extra`` ones.

        Raises NotFoundError, with the nearest name, for an unknown candidate, step or postulate; BadInputError for an extra
        candidate that breaks a constraint of the space.
        """
        known = {c.id: c for c in self.space.candidates}
        for name in names:
            if name not in known:
                raise NotFoundError.of(f"candidate of '{self.space.id}'", name, known)
        for candidate in extra:
            self._known("optional step", candidate.steps, self.space.optional)
            self._known("claim of this space", candidate.postulates, [p.id for p in self.space.postulates])
            for constraint in self.space.constraints:
                if broken := constraint.broken_by((*candidate.steps, *self.space.background), candidate.postulates):
                    raise BadInputError(f"this is no candidate of '{self.space.id}': {broken}")
        return [*(known[n] for n in names), *extra] if names or extra else list(known.values())

    def assumptions(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names of assumptions, once each; raise NotFoundError, with the nearest name, for an unknown one."""
        return self._known("assumption", dict.fromkeys(names), self.space.assumptions)

    def reported(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names of observations, once each; raise NotFoundError, with the nearest name, for an unknown one."""
        return self._known("observation considered here", dict.fromkeys(names), self.observations)

    @staticmethod
    def _known(what: str, names: Iterable[str], valid: Collection[str]) -> tuple[str, ...]:
        found = tuple(names)
        for name in found:
            if name not in valid:
                raise NotFoundError.of(what, name, valid)
        return found
