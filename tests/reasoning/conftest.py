"""A small case: A turns into B where a promoter P is there; B can be seen, A cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.model.hypothesis import Candidate, HypothesisSpace
from mechkg.model.verdict import Source
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.terms import Atom

ASSUMPTIONS = ("prompt", "limit", "closed", "same")

# the sample holds A; a portion is put into a solvent, then a promoter is added
BASE = [
    ("stage", "p/mix"),
    ("stage", "p/solvent"),
    ("stage", "p/promoter"),
    ("follows", "p/solvent", "p/mix"),
    ("follows", "p/promoter", "p/solvent"),
    ("fresh_medium", "p/solvent"),
    ("charged", "p/solvent", "s"),
    ("charged", "p/promoter", "q"),
    ("medium", "p/solvent", "2 mL s"),
    ("medium", "p/promoter", "1 mL q + 2 mL s"),
    ("fraction", "p/promoter", "q", 33),
    ("is_a", "s", "Solvent"),
    ("is_a", "q", "Promoter"),
    ("holds", "p/mix", "a"),
    ("holds", "p/solvent", "a"),
    ("consumes", "convert", "a"),
    ("makes", "convert", "b"),
    ("step_kind", "convert", "isomerisation"),
    ("needs_promoter", "convert", "Promoter", "Solvent"),
    ("consumes", "drain", "a"),
    ("makes", "drain", "c"),
    ("step_kind", "drain", "fragmentation"),
    ("silent", "a"),
    ("visible", "b"),
    ("duration", "p/promoter", 3600),
    ("optional", "convert"),
    ("optional", "drain"),
    *(("assumption", name) for name in ASSUMPTIONS),
    ("converts", "prompt", "convert", 60),
    ("detects", "limit", "absorption"),
    ("effect", "closed", "closed-steps"),
    ("effect", "same", "identical-mixtures"),
]


def observed(name: str, kind: str, species: str, stage: str, to: int) -> list[tuple[str | int, ...]]:
    return [
        ("reported", name, kind, species, stage),
        ("looked_from", name, stage, 0),
        ("looked_to", name, stage, to),
        ("by_method", name, "absorption"),
    ]


@pytest.fixture
def problem() -> Callable[..., Problem]:
    """Return what makes the small case with some observations, and facts left out."""

    def make(*observations: list[tuple[str | int, ...]], leave_out: tuple[tuple[str | int, ...], ...] = ()) -> Problem:
        rows = [row for row in BASE if row not in leave_out] + [row for group in observations for row in group]
        atoms = {Atom(str(name), tuple(values)) for name, *values in rows}
        stated = {atom: (str(atom.arguments[0]).partition("/")[0],) for atom in atoms}
        sources = {
            name: Source(name, "a paper", "Figure 1", (f"words about {name}",)) for name in ("o", "p", "convert", *ASSUMPTIONS)
        }
        space = HypothesisSpace(
            id="case",
            title="A small case",
            question="Does A turn into B?",
            optional=("convert", "drain"),
            assumptions=ASSUMPTIONS,
            procedures=("p",),
            candidates=(
                Candidate(id="yes", title="A turns into B", steps=("convert",)),
                Candidate(id="no", title="A goes another way", steps=("drain",)),
                Candidate(id="both", title="both", steps=("convert", "drain")),
            ),
        )
        labels = Labels({"a": "A", "b": "B", "convert": "Conversion", "prompt": "it is prompt [prompt; silent]"}, {}, sources)
        return Problem(space, Facts("case", frozenset(atoms), stated), labels, 1)

    return make
