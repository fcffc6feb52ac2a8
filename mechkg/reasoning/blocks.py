"""A hypothesis space cut into blocks of candidates, each worked out by itself: on another processor, or on another machine.

Candidates are numbered as in a sweep: choice *k* is on in the candidate whose number has bit *k*. A block is 2^bits candidates in
a row, so that the higher choices are the same in all of it. Within it rows of at most 2^19 candidates are worked out, which fit
the cache. The rows of a block differ in the choices above: those are set one after the other, from the highest down, and with
each what hangs on no choice below is worked out, once for all the rows below. Where a row has room, it holds each candidate in
every order; orders for which there is none are set last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from mechkg.errors import TooLargeError
from mechkg.model.hypothesis import Constraint, HypothesisSpace
from mechkg.reasoning.evaluate import Group, Plan, Row, evaluate, supports
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.sweep import meeting, pattern, question

MOST_CHOICES = 60
"""So many free choices have numbers of 64 bits, and sums that fit; no machine comes to the end of so many."""

MOST_ORDERS = 10
"""So many order choices that can help and harm are tried in every combination, for each candidate."""

_ROW = 19
"""2^19 candidates in a row, 64 KiB: with shorter ones Python takes longer than NumPy, longer ones leave the cache."""

_PATTERNS = np.array([pattern(bit, 6) for bit in range(6)], np.uint64)[:, None]


@dataclass(frozen=True, slots=True)
class Counts:
    """What comes of candidates: how many meet the constraints, and how many of these survive.

    ``on`` has for each choice the survivors in which it is on; ``hits`` for each observation that rules out some candidate those
    that it rules out whatever the order choices.
    """

    candidates: int
    survivors: int
    on: tuple[int, ...]
    hits: Mapping[str, int]

    def __add__(self, other: Counts) -> Counts:
        hits = {name: self.hits.get(name, 0) + other.hits.get(name, 0) for name in sorted({*self.hits, *other.hits})}
        on = tuple(a + b for a, b in zip(self.on, other.on, strict=True))
        return Counts(self.candidates + other.candidates, self.survivors + other.survivors, on, hits)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: what comes of its candidates, and the numbers of its first survivors, up to as many as were asked for."""

    counts: Counts
    first_survivors: tuple[int, ...]


@dataclass
class _Tally:
    """What has been counted of a block so far."""

    width: int
    most: int
    words: Any
    """By place in the row, how many survivors each word holds."""

    low: Any
    """By bit of a word, in how many survivors it is set."""

    high: list[int]
    candidates: int = 0
    survivors: int = 0
    hits: dict[str, int] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is done once a choice, or an order choice, has its value: inputs that have it too, atoms that hang on no later one,
    observations and constraints that are complete with it.
    """

    inputs: tuple[int, ...] = ()
    part: Plan = field(default_factory=lambda: Plan((), (), frozenset(), ()))
    told: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Observation -> the conflicts with it that are worked out here."""

    complete: tuple[str, ...] = ()
    """Observations of which every conflict is worked out, where the constraints are too."""

    constraints: tuple[Constraint, ...] = ()


class _State(NamedTuple):
    """What is known once some of the choices are set: rows of atoms, candidates that each observation rules out, those that any
    does, and candidates that meet the constraints so far, of which there is one row for all orders.
    """

    known: dict[int, Row]
    hits: dict[str, Row]
    taken: Row
    valid: Row


class Blocks:
    """The blocks of one space, with assumptions withdrawn and observations left out of account. Threads may share it."""

    def __init__(
        self,
        program: GroundProgram,
        space: HypothesisSpace,
        bits: int,
        withdrawn: Collection[str] = (),
        ignored: Collection[str] = (),
    ) -> None:
        """``bits``: a block is 2^bits candidates, or the whole space where that is smaller.

        Raises TooLargeError where there are more than ``MOST_CHOICES`` free choices or ``MOST_ORDERS`` order choices.
        """
        asked = question(program, space, withdrawn, ignored)
        self.choices = asked.choices
        width = self._width = len(asked.choices)
        if width > MOST_CHOICES:
            raise TooLargeError(f"'{space.id}' has {width} free choices; up to {MOST_CHOICES} are gone through in blocks")
        if asked.height > MOST_ORDERS:
            what = f"'{space.id}' has {asked.height} order choices that can help and harm"
            raise TooLargeError(f"{what}; up to {MOST_ORDERS} are tried in every combination")
        self._bits = min(bits, width)
        inner = self._inner = min(_ROW, self._bits)
        folded = self._folded = min(_ROW - inner, asked.height)
        words = max(1, 1 << inner + folded >> 6)
        self._words = max(1, 1 << inner >> 6)  # of the first order
        self._none, self._every = np.zeros(words, np.uint64), np.full(words, ~np.uint64(0))
        inside = [_pattern(k, words) for k in range(inner + folded)]
        todo, bit_of = asked.todo, asked.bit_of
        self._leaf = width - inner  # so many choices are set one by one, then the orders that are left

        def place_of(bit: int) -> int | None:
            """Return the place in a row of a bit of a setting."""
            place = bit if bit < width else bit - width + inner
            return None if inner <= bit < width or place >= inner + folded else place

        def stage_of(bit: int) -> int:
            if place_of(bit) is not None:
                return 0
            return width - bit if bit < width else bit - width - folded + self._leaf + 1

        at = {n: stage_of(bit_of[n]) for n in todo.inputs}
        within = {n: inside[place] for n in todo.inputs if (place := place_of(bit_of[n])) is not None}
        self._members = {m: k for k, choice in enumerate(self.choices) for m in choice.members}
        self._background = frozenset(space.background)
        hang_on, orders = supports(todo), {n for n in todo.inputs if bit_of[n] >= width}
        self._ordered = {name for n, name in asked.observation.items() if not orders.isdisjoint(hang_on.get(n, ()))}
        stage = {atom: max((at[n] for n in inputs), default=0) for atom, inputs in hang_on.items()}
        self._stages = self._staged(todo, at, stage, asked.observation, asked.constraints, 1 + self._leaf + asked.height - folded)
        self._rows = [row[: self._words] for row in inside[:inner]]
        self._off, self._on = self._none[: self._words], self._every[: self._words]
        room = np.array([(1 << (1 << inner)) - 1], np.uint64) if inner < 6 else self._on
        self._start = self._after(_State({}, {}, self._none, room), self._stages[0], within, ())

    @property
    def number(self) -> int:
        """How many blocks there are."""
        return 1 << (self._width - self._bits)

    def block(self, number: int, most: int = 0) -> Block:
        """Work out one block; ``most``: so many of its survivors are listed, those with the lowest numbers."""
        tally = _Tally(
            self._width, most, np.zeros(self._words, np.int64), np.zeros(6, np.int64), [0] * (self._width - self._inner)
        )
        self._visit(tally, number, (), self._start)
        low = [int(n) for n in tally.low[: self._inner]]
        place = np.arange(self._words)
        low += [int(tally.words[(place >> (k - 6) & 1) == 1].sum()) for k in range(6, self._inner)]
        hits = {name: count for name, count in sorted(tally.hits.items()) if count}
        return Block(Counts(tally.candidates, tally.survivors, (*low, *tally.high), hits), tuple(tally.places))

    # --- stages ---------------------------------------------------------------------------------------------------------

    def _staged(
        self,
        todo: Plan,
        at: Mapping[int, int],
        stage: Mapping[int, int],
        observation: Mapping[int, str],
        constraints: Sequence[Constraint],
        many: int,
    ) -> list[_Stage]:
        """Give each atom, conflict and constraint to the stage at which the last of what it hangs on has its value."""
        groups: list[list[Group]] = [[] for _ in range(many)]
        for group in todo.groups:
            groups[stage[group.bodies[0][0]]].append(group)
        later: set[int] = set()  # what is asked for at a later stage
        wanted: list[tuple[int, ...]] = []
        for members in reversed(groups):
            here = [atom for group in members for atom, _ in group.bodies]
            wanted.append(tuple(n for n in here if n in later or n in observation))
            later.update(n for group in members for _, bodies in group.bodies for body in bodies for half in body for n in half)
        wanted.reverse()
        told: list[dict[str, list[int]]] = [{} for _ in range(many)]
        last: dict[str, int] = {}
        for atom in todo.wanted:
            if atom in stage or atom in todo.true:
                name, place = observation[atom], stage.get(atom, 0)
                told[place].setdefault(name, []).append(atom)
                last[name] = max(last.get(name, 0), place)
        limits: list[list[Constraint]] = [[] for _ in range(many)]
        for constraint in constraints:
            bits = [self._members[m] for m in constraint.members if m in self._members]
            limits[max((self._width - k for k in bits if k >= self._inner), default=0)].append(constraint)
        self._limited = max((place for place, some in enumerate(limits) if some), default=0)
        found = []
        for place, members in enumerate(groups):
            always = tuple(n for n in todo.true if n in observation) if place == 0 else ()
            complete = [n for n, end in last.items() if n not in self._ordered and max(end, self._limited) == place]
            found.append(
                _Stage(
                    tuple(n for n, when in at.items() if when == place),
                    Plan((*wanted[place], *always), (), todo.true, tuple(members)),
                    {name: tuple(atoms) for name, atoms in told[place].items()},
                    tuple(complete),
                    tuple(limits[place]),
                )
            )
        return found

    # --- one block ------------------------------------------------------------------------------------------------------

    def _after(self, state: _State, stage: _Stage, inputs: Mapping[int, Row], path: tuple[bool, ...]) -> _State:
        """Return what is known once the inputs of a stage have their values; ``path``: those of the choices, highest first."""
        known, hits, taken, valid = state
        found = evaluate(stage.part, inputs, self._none, self._every, same=np.array_equal, known=known)
        known = {**known, **inputs, **found}
        if stage.told:
            hits = dict(hits)
            for name, atoms in stage.told.items():
                for row in [known[n] for n in atoms if known[n] is not self._none]:
                    hits[name] = hits[name] | row if name in hits else row
                    taken = taken | row
        for constraint in stage.constraints:
            valid = valid & meeting(constraint, [self._row(m, path) for m in constraint.members], self._off, self._on)
        return _State(known, hits, taken, valid)

    def _row(self, member: str, path: tuple[bool, ...]) -> Row:
        """Return the candidates in which a step or postulate is on, or those of the background."""
        k = self._members.get(member)
        if k is not None and k < self._inner:
            return self._rows[k]
        on = member in self._background if k is None else path[self._width - 1 - k]
        return self._on if on else self._off

    def _visit(self, tally: _Tally, number: int, path: tuple[bool, ...], state: _State) -> None:
        """Count what is settled now that the choices of ``path`` are set, and go on with the next."""
        place = len(path)
        stage = self._stages[place]
        if stage.constraints and not state.valid.any():
            return
        below = min(self._bits - self._inner, self._leaf - place)  # choices of the block that are still to be set
        if place == self._limited:
            tally.candidates += _count(state.valid) << below
        for name in stage.complete:
            if name in state.hits:
                tally.hits[name] = tally.hits.get(name, 0) + (_count(state.hits[name][: self._words] & state.valid) << below)
        if place == self._leaf:
            self._count(tally, path, state)
            return
        bit = self._width - 1 - place
        following = self._stages[place + 1]
        for value in (False, True) if bit < self._bits else (bool(number >> (bit - self._bits) & 1),):
            row = self._every if value else self._none
            way = (*path, value)
            self._visit(tally, number, way, self._after(state, following, dict.fromkeys(following.inputs, row), way))

    def _count(self, tally: _Tally, path: tuple[bool, ...], state: _State) -> None:
        """Count the survivors of one row, now that all choices are set."""
        always, taken = self._in_every_order(self._leaf + 1, state)
        for name in self._ordered & always.keys():
            tally.hits[name] = tally.hits.get(name, 0) + _count(self._fold(always[name]) & state.valid)
        left = state.valid & ~self._fold(taken)
        if not (many := _count(left)):
            return
        tally.survivors += many
        tally.words += np.bitwise_count(left)
        tally.low += np.bitwise_count(left & _PATTERNS).sum(axis=1, dtype=np.int64)
        start = 0
        for k, value in enumerate(reversed(path)):
            if value:
                tally.high[k] += many
                start |= 1 << (self._inner + k)
        if (lacking := tally.most - len(tally.places)) > 0:
            bits = np.unpackbits(left.astype("<u8").view(np.uint8), bitorder="little")
            tally.places += (start + np.flatnonzero(bits)[:lacking]).tolist()

    def _in_every_order(self, place: int, state: _State) -> tuple[dict[str, Row], Row]:
        """Return the candidates that are hit in every order from here on: by each observation, and by any."""
        if place == len(self._stages):
            return state.hits, state.taken
        stage = self._stages[place]
        (one, some), (other, others) = (
            self._in_every_order(place + 1, self._after(state, stage, dict.fromkeys(stage.inputs, row), ()))
            for row in (self._none, self._every)
        )
        return {name: one[name] & other[name] for name in one.keys() & other.keys()}, some & others

    def _fold(self, row: Row) -> Row:
        """Return the candidates that are in a row in every order."""
        for place in range(self._inner + self._folded - 1, self._inner - 1, -1):
            half = 1 << place >> 6
            row = row[:half] & row[half:] if half else row & row >> np.uint64(1 << place)
        return row


def _pattern(bit: int, words: int) -> Row:
    if bit < 6:
        return np.full(words, np.uint64(pattern(bit, 6)))
    return np.where(np.arange(words) >> (bit - 6) & 1, ~np.uint64(0), np.uint64(0))


def _count(row: Row) -> int:
    return int(np.bitwise_count(row).sum())
