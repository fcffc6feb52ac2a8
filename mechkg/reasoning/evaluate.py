"""The evaluator: works out a ground program for many settings of its inputs at once, one bit per setting.

The value of an atom is a row of bits, bit *i* saying whether it holds in setting *i*. A row is a Python integer, a NumPy array of
words, or a node of a decision diagram: all know ``&``, ``|`` and ``~``, and that is all that is needed. Atoms are worked out in
the order in which they rest on each other; a group that rests on itself is worked out from nothing until it no longer changes,
which is its least model, since no rule of it asks for an absence within the group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import eq
from typing import Any, NamedTuple

from mechkg.reasoning.program import GroundProgram, reaching

Row = Any
"""Bits of one atom, one per setting."""


Body = tuple[tuple[int, ...], tuple[int, ...]]
"""Premises of a rule: the indices of what must hold, and of what must not."""


class Group(NamedTuple):
    """Atoms worked out together, each with the bodies that conclude it; ``recursive`` when they rest on themselves."""

    bodies: tuple[tuple[int, tuple[Body, ...]], ...]
    recursive: bool


@dataclass(frozen=True)
class Plan:
    """What has to be worked out for some wanted atoms, in order, after what is fixed has been put in.

    ``true`` holds in every setting, ``inputs`` are left open, ``wanted`` may name atoms that hold never or always; ``idle``
    inputs are open too, and no wanted atom hangs on them.
    """

    wanted: tuple[int, ...]
    inputs: tuple[int, ...]
    true: frozenset[int]
    groups: tuple[Group, ...] = field(repr=False)
    idle: frozenset[int] = field(default=frozenset(), repr=False)

    @property
    def literals(self) -> int:
        """Number of premises to be read for one row."""
        return sum(len(p) + len(n) for group in self.groups for _, bodies in group.bodies for p, n in bodies)

    @cached_property
    def last_uses(self) -> dict[int, list[int]]:
        """After which group which rows are needed no more, so that memory holds only what is in use."""
        kept = set(self.wanted)
        last: dict[int, int] = {}
        for place, group in enumerate(self.groups):
            for atom, bodies in group.bodies:
                last[atom] = place
                for positive, negative in bodies:
                    for other in (*positive, *negative):
                        last[other] = place
        ends: dict[int, list[int]] = {}
        for atom, place in last.items():
            if atom not in kept:
                ends.setdefault(place, []).append(atom)
        return ends


def plan(program: GroundProgram, wanted: Sequence[int], fixed: Mapping[int, bool]) -> Plan:
    """Return what remains to be worked out for ``wanted`` once the inputs in ``fixed`` have their values.

    An atom that comes out the same in every setting is put in; the rest is kept, as far as ``wanted`` rests on it.
    """
    low, high = set(program.facts), set(program.facts)
    high.update(n for n in program.inputs if fixed.get(n) is not False)
    low.update(n for n in program.inputs if fixed.get(n))
    within = reaching(program, wanted)
    groups = []
    for members, recursive in program.groups_of(within):
        _bound(program, members, recursive, low, high)
        rows = tuple((atom, _bodies(program, atom, low, high)) for atom in members if atom in high and atom not in low)
        if rows:
            groups.append(Group(rows, recursive))
    inputs = tuple(sorted(n for n in program.inputs if n in within and n in high and n not in low))
    needed = _needed(Plan(tuple(wanted), inputs, frozenset(low), tuple(groups)))
    return replace(needed, idle=program.inputs - fixed.keys() - set(needed.inputs))


def _bound(program: GroundProgram, members: Sequence[int], recursive: bool, low: set[int], high: set[int]) -> None:
    """Add those of a group that hold in every setting to ``low``, and those that hold in some, generously, to ``high``."""
    moving = True
    while moving:
        moving = False
        for atom in members:
            for rule in program.concluded_by.get(atom, ()):
                if atom not in high and high.issuperset(rule.positive) and low.isdisjoint(rule.negative):
                    high.add(atom)
                    moving = recursive
                if atom not in low and low.issuperset(rule.positive) and high.isdisjoint(rule.negative):
                    low.add(atom)
                    moving = recursive


def _bodies(program: GroundProgram, atom: int, low: set[int], high: set[int]) -> tuple[Body, ...]:
    """Return what concludes an atom, each once, without what holds in every setting and what holds in none."""
    found: dict[Body, None] = {}
    for rule in program.concluded_by[atom]:
        if high.issuperset(rule.positive) and low.isdisjoint(rule.negative):
            positive = tuple([n for n in rule.positive if n not in low])
            negative = tuple([n for n in rule.negative if n in high])
            found[positive, negative] = None
    return tuple(found)


def _needed(whole: Plan) -> Plan:
    """Leave out what no wanted atom rests on, now that what is fixed has been put in."""
    below = {atom: bodies for group in whole.groups for atom, bodies in group.bodies}
    found: set[int] = set()
    back = [n for n in whole.wanted if n in below or n in whole.inputs]
    while back:
        atom = back.pop()
        if atom not in found:
            found.add(atom)
            back.extend(n for body in below.get(atom, ()) for half in body for n in half)
    groups = []
    for group in whole.groups:
        rows = tuple((atom, bodies) for atom, bodies in group.bodies if atom in found)
        if rows:
            groups.append(Group(rows, group.recursive))
    return replace(whole, inputs=tuple(n for n in whole.inputs if n in found), groups=tuple(groups))


def evaluate(
    todo: Plan,
    inputs: Mapping[int, Row],
    none: Row,
    every: Row,
    *,
    same: Callable[[Row, Row], bool] = eq,
    known: Mapping[int, Row] | None = None,
    tick: Callable[[], None] | None = None,
) -> dict[int, Row]:
    """Work out the rows of the wanted atoms.

    ``inputs`` gives a row for every open input; ``none`` and ``every`` are the rows of what holds in no and in every setting;
    ``same`` tells whether two rows are equal; rows in ``known`` are taken as they are; ``tick`` is called now and then, and
    may raise. Rows that are the very object ``none`` or ``every`` cost nothing, so a block of settings in which an input does
    not vary is cheaper.
    """
    rows: dict[int, Row] = dict(inputs)
    if known:
        rows.update(known)
    last = todo.last_uses
    for place, group in enumerate(todo.groups):
        if group.bodies[0][0] in rows:
            continue
        if tick is not None:
            tick()
        if group.recursive:
            _least(group, rows, none, every, same)
        else:
            for atom, bodies in group.bodies:
                rows[atom] = _any(bodies, rows, none, every)
        for atom in last.get(place, ()):
            if known is None or atom not in known:
                rows.pop(atom, None)
    return {atom: every if atom in todo.true else rows.get(atom, none) for atom in todo.wanted}


def _any(bodies: Sequence[Body], rows: Mapping[int, Row], none: Row, every: Row) -> Row:
    found = none
    for positive, negative in bodies:
        value = every
        for atom in positive:
            other = rows[atom]
            if other is none:
                value = none
                break
            if other is not every:
                value = other if value is every else value & other
        if value is none:
            continue
        for atom in negative:
            other = rows[atom]
            if other is every:
                value = none
                break
            if other is not none:
                value = value & ~other
        if value is every:
            return every
        if value is not none:
            found = value if found is none else found | value
    return found


def _least(group: Group, rows: dict[int, Row], none: Row, every: Row, same: Callable[[Row, Row], bool]) -> None:
    for atom, _ in group.bodies:
        rows[atom] = none
    moving = True
    while moving:
        moving = False
        for atom, bodies in group.bodies:
            value, before = _any(bodies, rows, none, every), rows[atom]
            if value is not before and not same(value, before):
                rows[atom] = value
                moving = True


def supports(todo: Plan) -> dict[int, frozenset[int]]:
    """Return for each atom of a plan the inputs that its value can hang on."""
    found: dict[int, frozenset[int]] = {n: frozenset((n,)) for n in todo.inputs}
    for group in todo.groups:
        below: set[int] = set()
        members = {atom for atom, _ in group.bodies}
        for _, bodies in group.bodies:
            for positive, negative in bodies:
                for other in (*positive, *negative):
                    if other not in members:
                        below |= found[other]
        shared = frozenset(below)
        found.update((atom, shared) for atom in members)
    return found


TOWARDS, AWAY = frozenset((1,)), frozenset((-1,))
"""Ways in which an input moves what is wanted, when it moves it one way only."""


def directions(todo: Plan) -> dict[int, frozenset[int]]:
    """Return for each input which way it moves the wanted atoms: {1} only towards holding, {-1} only away from it, or both.

    An input that moves them only one way need not be tried both ways.
    """
    found: dict[int, set[int]] = {n: {1} for n in todo.wanted}
    for group in reversed(todo.groups):
        moving = True
        while moving:
            moving = False
            for atom, bodies in reversed(group.bodies):
                for way in tuple(found.get(atom, ())):
                    for positive, negative in bodies:
                        for others, sign in ((positive, way), (negative, -way)):
                            for other in others:
                                known = found.setdefault(other, set())
                                if sign not in known:
                                    known.add(sign)
                                    moving = group.recursive
    return {n: frozenset(found.get(n, ())) for n in todo.inputs}
