"""Formulas of clusters as sources print them: what they may mean, and whether two can mean the same."""

from __future__ import annotations

import re
from functools import lru_cache

_ALTERNATIVES = re.compile(r"^(?P<stem>.*\D)(?P<numbers>\d+(?:/\d+)+)$")

Counts = tuple[tuple[str, int], ...]
"""Atoms of each element, by symbol in alphabetical order."""


@lru_cache(maxsize=4096)
def readings(formula: str) -> frozenset[Counts]:
    """Return every composition that a printed formula may mean; empty when it cannot be read, as one with open indices.

    >>> sorted(readings("(AgS)33/34"))
    [(('Ag', 33), ('S', 33)), (('Ag', 34), ('S', 34))]
    >>> readings("AgxSy")
    frozenset()
    """
    match = _ALTERNATIVES.match(formula.strip())
    texts = [match["stem"] + number for number in match["numbers"].split("/")] if match else [formula.strip()]
    found = [_counts(text) for text in texts]
    return frozenset(counts for counts in found if counts) if all(found) else frozenset()


def _counts(formula: str) -> Counts:
    from molmass import Formula, FormulaError  # takes long to import, and only formulas need it

    try:
        composition = Formula(formula).composition()
    except (FormulaError, ValueError):
        return ()
    return tuple(sorted((symbol, item.count) for symbol, item in composition.items() if symbol != "e-"))


def agree(one: str, other: str, *, ratio: bool = False) -> bool:
    """Say whether two formulas can mean the same composition, or with ``ratio`` the same ratio of elements."""
    first, second = readings(one), readings(other)
    if ratio:
        return bool({_ratio(c) for c in first} & {_ratio(c) for c in second})
    return bool(first & second)


def _ratio(counts: Counts) -> Counts:
    from math import gcd

    divisor = gcd(*(count for _, count in counts))
    return tuple((symbol, count // divisor) for symbol, count in counts)
