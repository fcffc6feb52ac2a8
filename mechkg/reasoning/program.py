"""The ground program: every rule instance that can fire for some setting of the open choices, apart from any engine.

It is filled once per hypothesis space, by watching clingo ground the rules, and then serves three users: the evaluator, which works
out many candidates at once; the proofs; and the search for conflict sets, repairs and survivors in spaces too large to go through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mechkg.reasoning.terms import Atom


class GroundRule(NamedTuple):
    """``head`` holds when every one of ``positive`` does and none of ``negative``; all are indices of atoms."""

    head: int
    positive: tuple[int, ...]
    negative: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroundProgram:
    """Atoms by index, those that hold in any case, those that are open, and the rules.

    ``names`` has None for an atom that only clingo knows. An *input* is open: it is set from outside and no rule concludes it.
    Every other atom holds when it is a fact or some rule concludes it. No atom rests on its own absence (the rules are
    stratified), so each setting of the inputs has exactly one answer.
    """

    names: tuple[Atom | None, ...]
    facts: frozenset[int]
    inputs: frozenset[int]
    rules: tuple[GroundRule, ...]
    index: Mapping[Atom, int]
    """Atom -> its index, for the atoms that have a name."""
