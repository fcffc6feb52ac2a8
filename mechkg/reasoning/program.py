"""The ground program: every rule instance that can fire for some setting of the open choices, apart from any engine.

It is filled once per hypothesis space, by watching clingo ground the rules, and then serves three users: the evaluator, which
works out many candidates at once; the proofs; and the search for conflict sets, repairs and survivors in spaces too large to
go through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import orjson

from mechkg.reasoning.terms import Atom, Term

Instance = tuple[int, tuple[Term, ...]]
"""A rule, by its number, and the values of its variables."""


class GroundRule(NamedTuple):
    """``head`` holds when every one of ``positive`` does and none of ``negative``; all are indices of atoms.

    ``instance`` is the text of the rule instance that it is, ``number,value,...``.
    """

    head: int
    positive: tuple[int, ...]
    negative: tuple[int, ...]
    instance: str


@dataclass(frozen=True)
class GroundProgram:
    """Atoms by index, those that hold in any case, those that are open, and the rules.

    An *input* is open: it is set from outside and no rule concludes it. Every other atom holds when it is a fact or some rule
    concludes it. No atom rests on its own absence (the rules are stratified), so each setting of the inputs has exactly one
    answer.
    """

    texts: Mapping[int, str]
    """Index -> the atom as text; an index without one is known to the grounder only."""

    facts: frozenset[int]
    inputs: frozenset[int]
    rules: tuple[GroundRule, ...]
    _atoms: dict[int, Atom] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def index(self) -> dict[str, int]:
        """Text of an atom -> its index."""
        return {text: number for number, text in self.texts.items()}

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """Predicate -> the indices of its atoms, in the order of their texts."""
        found: dict[str, list[int]] = {}
        for text, number in sorted(self.index.items()):
            found.setdefault(text.partition("(")[0], []).append(number)
        return found

    def atom(self, number: int) -> Atom:
        """Return the atom with an index."""
        known = self._atoms.get(number)
        if known is None:
            known = self._atoms[number] = read_atom(self.texts[number])
        return known

    def atoms(self, name: str) -> Iterator[tuple[int, Atom]]:
        """Yield index and atom for each atom of a predicate, in a stable order."""
        for number in self.by_name.get(name, ()):
            yield number, self.atom(number)

    @cached_property
    def components(self) -> tuple[tuple[tuple[int, ...], bool], ...]:
        """The concluded atoms in an order in which each follows what it rests on: groups, and whether a group rests on itself."""
        return tuple(_components(self.rules, self.facts))

    @cached_property
    def _component_of(self) -> dict[int, int]:
        """Index of a concluded atom -> the place of its group in ``components``."""
        return {atom: place for place, (members, _) in enumerate(self.components) for atom in members}

    def groups_of(self, atoms: Iterable[int]) -> list[tuple[tuple[int, ...], bool]]:
        """Return those of ``components`` that hold some of these atoms, in their order."""
        known = self._component_of
        return [self.components[place] for place in sorted({known[atom] for atom in atoms if atom in known})]

    @cached_property
    def instances_of(self) -> dict[int, list[GroundRule]]:
        """Index of an atom -> the rule instances that conclude it, with the facts in their bodies."""
        found: dict[int, list[GroundRule]] = {}
        for rule in self.rules:
            if rule.instance:
                found.setdefault(rule.head, []).append(rule)
        return found

    @cached_property
    def by_instance(self) -> dict[str, GroundRule]:
        """Text of a rule instance -> the instance."""
        return {rule.instance: rule for rule in self.rules if rule.instance}

    @cached_property
    def settled_by(self) -> dict[int, list[GroundRule]]:
        """Index of what is concluded and holds in any case -> the rules that conclude it from what holds in any case."""
        found: dict[int, list[GroundRule]] = {}
        for rule in self.rules:
            if rule.head in self.facts and not rule.negative and self.facts.issuperset(rule.positive):
                found.setdefault(rule.head, []).append(rule)
        return found

    @cached_property
    def used_by(self) -> dict[int, list[int]]:
        """Index of an atom -> what is concluded by the rules that have it as a premise, or its absence."""
        found: dict[int, list[int]] = {}
        for rule in self.rules:
            for other in (*rule.positive, *rule.negative):
                found.setdefault(other, []).append(rule.head)
        return found

    @cached_property
    def concluded_by(self) -> dict[int, list[GroundRule]]:
        """Index of an atom that is no fact -> the rules that conclude it, without the facts in their bodies."""
        found: dict[int, list[GroundRule]] = {}
        facts = self.facts
        for rule in self.rules:
            if rule.head in facts or not facts.isdisjoint(rule.negative):
                continue
            needs = tuple(n for n in rule.positive if n not in facts)
            found.setdefault(rule.head, []).append(GroundRule(rule.head, needs, rule.negative, rule.instance))
        return found


def read_atom(text: str) -> Atom:
    """Read an atom from its text, whose arguments are written as in JSON.

    >>> read_atom('left("a",3)')
    Atom(name='left', arguments=('a', 3))
    """
    name, _, inside = text.partition("(")
    return Atom(name, tuple(orjson.loads(f"[{inside[:-1]}]")) if inside else ())


def read_instance(text: str) -> Instance:
    """Read a rule instance from its text.

    >>> read_instance('7,"a",3')
    (7, ('a', 3))
    """
    number, *values = orjson.loads(f"[{text}]")
    return number, tuple(values)


def _components(rules: Iterable[GroundRule], facts: frozenset[int]) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Yield the strongly connected groups of atoms, each after what it rests on (Tarjan, without recursion).

    Importing networkx for this would take longer than the rest of a small check.
    """
    needs: dict[int, list[int]] = {}
    for rule in rules:
        if rule.head not in facts:
            needs.setdefault(rule.head, []).extend(n for n in (*rule.positive, *rule.negative) if n not in facts)
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for root in needs:
        if root in order:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(needs[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        waiting.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in needs:
                    continue
                if other not in order:
                    order[other] = low[other] = len(order)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(needs[other])))
                    break
                if other in waiting:
                    low[node] = min(low[node], order[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == order[node]:
                    group = []
                    while True:
                        member = stack.pop()
                        waiting.discard(member)
                        group.append(member)
                        if member == node:
                            break
                    yield tuple(group), len(group) > 1 or node in needs[node]


def reaching(program: GroundProgram, wanted: Sequence[int]) -> set[int]:
    """Return the atoms that ``wanted`` can rest on, themselves among them."""
    found = set(wanted)
    back = list(wanted)
    while back:
        for rule in program.concluded_by.get(back.pop(), ()):
            for other in (*rule.positive, *rule.negative):
                if other not in found:
                    found.add(other)
                    back.append(other)
    return found
