"""Constraints that contradict each other: which of them, left with none that could be spared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Protocol

Clause = tuple[tuple[str, bool], ...]
"""Members with a value each, one of which must hold."""

MOST_TRIALS = 2_000
"""So many values are tried for members before the question is given up."""


class Condition(Protocol):
    """What is asked of a constraint: its kind, and its members with the one that needs the rest first."""

    @property
    def kind(self) -> str:
        """One-of, at-most-one, at-least-one, all-or-none, requires or analogy."""

    @property
    def members(self) -> tuple[str, ...]:
        """Steps and postulates."""


def clash(conditions: Sequence[Condition], on: Collection[str] = ()) -> tuple[int, ...] | None:
    """Return the places of conditions that cannot be met together, none of which can be spared; None when all can be met.

    Members in ``on`` are part of every candidate. A condition by analogy is taken as if its assumption were held. What takes more
    than ``MOST_TRIALS`` trials counts as possible.
    """
    fixed: list[Clause] = [((member, True),) for member in on]

    def contradict(places: Sequence[int]) -> bool:
        clauses = [*fixed, *(clause for place in places for clause in _clauses(conditions[place]))]
        return not _can_hold(clauses, [MOST_TRIALS])

    left = list(range(len(conditions)))
    if not contradict(left):
        return None
    for place in tuple(left):
        fewer = [other for other in left if other != place]
        if contradict(fewer):
            left = fewer
    return tuple(left)


def _clauses(condition: Condition) -> list[Clause]:
    members = condition.members
    some: Clause = tuple((member, True) for member in members)
    no_two: list[Clause] = [((a, False), (b, False)) for a, b in combinations(members, 2)]
    together: list[Clause] = [((a, False), (b, True)) for a, b in zip(members, (*members[1:], members[0]), strict=True)]
    forms: dict[str, list[Clause]] = {
        "one-of": [some, *no_two],
        "at-most-one": no_two,
        "at-least-one": [some],
        "all-or-none": together,
        "analogy": together,
        "requires": [((members[0], False), (member, True)) for member in members[1:]],
    }
    return forms[condition.kind]


def _can_hold(clauses: Sequence[Clause], trials: list[int]) -> bool:
    """Say whether all clauses can hold together; ``trials`` counts down, and at nothing the answer is yes."""
    known: dict[str, bool] = {}
    while True:
        open_ones = [c for c in clauses if not any(known.get(member) is value for member, value in c)]
        rest = [tuple(part for part in c if part[0] not in known) for c in open_ones]
        if () in rest:
            return False
        alone = next((c[0] for c in rest if len(c) == 1), None)
        if alone is None:
            break
        known[alone[0]] = alone[1]
    if not rest or trials[0] <= 0:
        return True
    trials[0] -= 1
    member = rest[0][0][0]
    return any(_can_hold([*rest, ((member, value),)], trials) for value in (True, False))
