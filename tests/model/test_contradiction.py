"""Which constraints contradict each other, held against going through every candidate."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Sequence
from itertools import product

import pytest

from mechkg.model.contradiction import clash
from mechkg.model.hypothesis import Constraint

NAMES = "abcdef"


def can_be_met(constraints: Sequence[Constraint], on: Collection[str]) -> bool:
    settings = ([name for name, value in zip(NAMES, bits, strict=True) if value] for bits in product((0, 1), repeat=len(NAMES)))
    return any(set(on) <= set(steps) and not any(constraint.broken_by(steps) for constraint in constraints) for steps in settings)


def drawn(seed: int) -> tuple[list[Constraint], list[str]]:
    draw = random.Random(seed)
    kinds = ("one-of", "at-most-one", "at-least-one", "all-or-none", "requires", "analogy")
    found = []
    for _ in range(draw.randint(1, 9)):
        kind = draw.choice(kinds)
        steps = tuple(draw.sample(NAMES, draw.randint(1 if kind in ("one-of", "at-least-one") else 2, 4)))
        found.append(Constraint(kind=kind, steps=steps, assumption="alike" if kind == "analogy" else None))
    return found, draw.sample(NAMES, draw.randint(0, 2))


def test_a_clash_is_one_and_nothing_in_it_can_be_spared() -> None:
    clashes = 0
    for seed in range(400):
        constraints, on = drawn(seed)
        found = clash(constraints, on)
        assert (found is None) == can_be_met(constraints, on)
        if found is None:
            continue
        clashes += 1
        among = [constraints[place] for place in found]
        assert not can_be_met(among, on)
        assert all(can_be_met([c for c in among if c is not spared], on) for spared in among)
    assert 20 < clashes < 380


@pytest.mark.parametrize("kind", ["one-of", "at-least-one"])
def test_what_nothing_can_meet_is_found_among_many(kind: str) -> None:
    many = [Constraint(kind="all-or-none", steps=(f"s{n}", f"s{n + 1}")) for n in range(40)]
    many.insert(20, Constraint(kind=kind, steps=("s0", "s40")))
    many.append(Constraint(kind="at-most-one", steps=("s0", "s40")))
    many.append(Constraint(kind="at-least-one", steps=("s7",)))
    found = clash(many)
    assert found is not None
    assert {many[place].kind for place in found} >= {"all-or-none"}
    assert len(found) > 3


def test_a_question_that_takes_too_long_is_given_up() -> None:
    pigeons, holes = range(9), range(8)
    constraints = [Constraint(kind="at-least-one", steps=tuple(f"p{p}h{h}" for h in holes)) for p in pigeons]
    constraints += [Constraint(kind="at-most-one", steps=tuple(f"p{p}h{h}" for p in pigeons)) for h in holes]
    start = time.monotonic()
    assert clash(constraints) is None
    assert time.monotonic() - start < 10
