"""Hypothesis spaces around facts that were made without one, so that everything can be asked of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from mechkg.model.hypothesis import Backing, Candidate, Constraint, HypothesisSpace, Postulate
from mechkg.reasoning.engine import ground
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.terms import Atom

BACKING: tuple[Backing, ...] = ("stated", "cited", "supported", "silent")


def names(facts: Facts, predicate: str) -> list[str]:
    """Return the first arguments of the facts of one predicate."""
    return sorted({str(atom.arguments[0]) for atom in facts.atoms if atom.name == predicate})


def open_orders(facts: Facts) -> list[Atom]:
    """Return the order choices that stand open: worked out from the facts, not asked of a ground program."""
    users = defaultdict(set)
    for atom in facts.atoms:
        if atom.name == "consumes":
            users[atom.arguments[1]].add(atom.arguments[0])
    prompt = {atom.arguments[1] for atom in facts.atoms if atom.name == "converts"}
    media = sorted({str(atom.arguments[1]) for atom in facts.atoms if atom.name == "medium"})
    pairs = {(b, a) for steps in users.values() for a in steps & prompt for b in steps - {a}}
    return [Atom("faster", (b, a, medium)) for b, a in sorted(pairs) for medium in media]


def program_of(facts: Facts) -> GroundProgram:
    """Ground the shipped rules over facts."""
    book = read_rulebook()
    return ground([rule.text for rule in book.rules], book.choices, facts.atoms)


def space_of(facts: Facts, constraints: Sequence[Constraint] = (), candidates: Sequence[Candidate] = ()) -> HypothesisSpace:
    """Return a space with the steps, claims and assumptions that the facts speak of."""
    return HypothesisSpace(
        id="random",
        title="a random space",
        question="which?",
        background=tuple(names(facts, "background")),
        optional=tuple(names(facts, "optional")),
        postulates=tuple(Postulate(id=p, statement=f"claim {p}", kind="plain") for p in names(facts, "postulate")),
        constraints=tuple(constraints),
        assumptions=tuple(names(facts, "assumption")),
        procedures=("p1",),
        candidates=tuple(candidates) or (Candidate(id="nothing", title="nothing"),),
    )


def random_candidates(facts: Facts, seed: int, many: int = 6) -> list[Candidate]:
    """Return candidates with steps and claims put together at random."""
    rng = random.Random(seed)
    steps, claims = names(facts, "optional"), names(facts, "postulate")

    def some(listed: list[str]) -> tuple[str, ...]:
        return tuple(name for name in listed if rng.random() < 0.5)

    return [Candidate(id=f"c{n}", title=f"candidate {n}", steps=some(steps), postulates=some(claims)) for n in range(many)]


def problem_of(facts: Facts, constraints: Sequence[Constraint] = (), candidates: Sequence[Candidate] = ()) -> Problem:
    """Return a problem, its assumptions backed now well and now badly."""
    space = space_of(facts, constraints, candidates)
    backing = {name: BACKING[n % 4] for n, name in enumerate(space.assumptions)}
    return Problem(space, facts, Labels({}, {}), 1, backing=backing)
