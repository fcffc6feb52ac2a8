"""The words of the rules: atoms, premises, rules as they were read, and how an atom is made from the values of variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

Term = str | int
"""A value inside an atom."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a rule."""

    name: str


class Atom(NamedTuple):
    """A predicate applied to values; in a rule, also to variables."""

    name: str
    arguments: tuple[Any, ...] = ()

    def bind(self, values: dict[str, Term]) -> Atom:
        """Replace the variables that ``values`` knows."""
        return Atom(self.name, tuple(values.get(a.name, a) if isinstance(a, Variable) else a for a in self.arguments))

    def __str__(self) -> str:
        inside = ",".join(
            f'"{a}"' if isinstance(a, str) else a.name if isinstance(a, Variable) else str(a) for a in self.arguments
        )
        return f"{self.name}({inside})" if inside else self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A premise that must hold, or must not."""

    atom: Atom
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison between values, kept as its text and as a test."""

    text: str
    left: Any
    operator: str
    right: Any

    def holds(self, values: dict[str, Term]) -> bool:
        """Say whether it holds for these values of the variables."""
        left, right = (values[x.name] if isinstance(x, Variable) else x for x in (self.left, self.right))
        return COMPARE[self.operator](left, right)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
"""Operator of a comparison -> the test."""


@dataclass(frozen=True, slots=True)
class ForAll:
    """``atom : condition``, the atom for every way in which the condition (a fact) holds."""

    atom: Atom
    condition: Atom


Premise = Literal | Comparison | ForAll


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule as read: head, premises, the names of its variables, and where it stands."""

    head: Atom
    premises: tuple[Premise, ...]
    variables: tuple[str, ...]
    line: int
    text: str


def template(atom: Atom, variables: Sequence[str]) -> Callable[[tuple[Term, ...]], Atom]:
    """Return what makes ``atom`` from the values of ``variables``, faster than looking each one up by its name.

    >>> template(Atom("p", (Variable("Y"), "a")), ("X", "Y"))(("x", "y"))
    Atom(name='p', arguments=('y', 'a'))
    """
    name = atom.name
    places = [variables.index(a.name) if isinstance(a, Variable) else None for a in atom.arguments]
    if None not in places:
        if len(places) == 1:
            [only] = places
            return lambda values: Atom(name, (values[only],))  # type: ignore[index]
        if len(places) > 1:
            pick = itemgetter(*places)
            return lambda values: Atom(name, pick(values))
    return lambda values: Atom(name, tuple(a if p is None else values[p] for a, p in zip(atom.arguments, places, strict=True)))
