"""Problems from facts that a test states, with the candidates that it asks about."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mechkg.model.hypothesis import Candidate, HypothesisSpace, Postulate
from mechkg.model.verdict import CandidateVerdict
from mechkg.reasoning.check import check
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.terms import Atom

Row = tuple[str | int, ...]

EFFECTS = {
    "closed": "closed-steps",
    "simple": "simple-kinetics",
    "unseen": "no-unseen-intermediate",
    "same": "identical-mixtures",
}
"""Assumptions that are always there, and what they license."""


def stated(
    *rows: Row,
    steps: Mapping[str, tuple[Collection[str], Collection[str]]],
    claims: Mapping[str, str] | None = None,
    background: Collection[str] = (),
    assumptions: Collection[str] = (),
) -> Problem:
    """Return a problem: ``steps`` has what each uses up and makes, ``claims`` the slow step of each claim.

    Every optional step and claim is on in the candidate ``all``; other candidates are made by :func:`verdict`.
    """
    claimed = dict(claims or {})
    held = (*EFFECTS, *assumptions)
    facts: list[Row] = [("stage", "p/g"), *rows]
    for step, (used, made) in steps.items():
        facts += [("consumes", step, x) for x in used] + [("makes", step, x) for x in made]
        facts += [("background" if step in background else "optional", step), ("step_kind", step, "elementary")]
    for claim, step in claimed.items():
        facts += [("postulate", claim), ("rate_determining", claim, step)]
    facts += [
        ("postulate", str(row[1])) for row in rows if row[0] in ("foretells", "claim_leads_to", "claim_forbids", "claims_slower")
    ]
    facts += [("assumption", name) for name in held] + [("effect", name, kind) for name, kind in EFFECTS.items()]
    atoms = {Atom(str(name), tuple(values)) for name, *values in facts}
    named = sorted({str(a.arguments[0]) for a in atoms if a.name == "postulate"})
    space = HypothesisSpace(
        id="case",
        title="A case",
        question="Which?",
        background=tuple(s for s in steps if s in background),
        optional=tuple(s for s in steps if s not in background),
        postulates=tuple(Postulate(id=name, statement=f"{name} holds.", kind="plain") for name in named),
        assumptions=held,
        procedures=("p",),
        candidates=(
            Candidate(id="all", title="all of it", steps=tuple(s for s in steps if s not in background), postulates=tuple(named)),
        ),
    )
    return Problem(space, Facts("case", frozenset(atoms), dict.fromkeys(atoms, ("p",))), Labels({}, {}), 1)


def seen(observation: str, kind: str, *species: str, stage: str = "p/g", start: int = 0, end: int = 3600) -> list[Row]:
    """Return an observation of one kind, by absorption, in a span of time."""
    rows: list[Row] = [("reported", observation, kind, name, stage) for name in species]
    return [
        *rows,
        ("place", observation, min(species), stage),
        ("looked_from", observation, stage, start),
        ("looked_to", observation, stage, end),
        ("by_method", observation, "absorption"),
    ]


def verdict(
    problem: Problem, steps: Collection[str], claims: Collection[str] = (), without: Collection[str] = ()
) -> CandidateVerdict:
    """Return the verdict on the candidate with these steps and claims."""
    asked = Candidate(id="asked", title="asked", steps=tuple(steps), postulates=tuple(claims))
    return check(problem, without=without, extra=[asked]).candidates[-1]


def rules(
    problem: Problem, steps: Collection[str], claims: Collection[str] = (), without: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Return observation and rule of each conflict of a candidate, sorted."""
    return sorted((c.observation, c.rule) for c in verdict(problem, steps, claims, without).conflicts)
