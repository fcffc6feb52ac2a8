"""The whole hypothesis space: every candidate that meets the constraints, worked out at once.

Steps and postulates that go together are one choice. With *n* choices there are 2^n candidates, one bit each; a set of
candidates is a Python integer with the bit of each member set. Up to a few thousand candidates one row of bits is one Python
integer; beyond, rows are NumPy arrays of words, taken in blocks that fit the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from mechkg.errors import TooLargeError
from mechkg.model.hypothesis import Constraint, HypothesisSpace
from mechkg.model.report import Whole
from mechkg.reasoning.evaluate import AWAY, Plan, Row, directions, evaluate, plan, supports
from mechkg.reasoning.outcomes import Inputs
from mechkg.reasoning.program import GroundProgram

MOST_CHOICES = 24
"""So many free choices are gone through exhaustively."""

_ONE_INTEGER = 12
"""Up to 2^12 settings a row is one Python integer: importing NumPy takes longer than working them out."""

_BLOCK = 17
"""2^17 settings at a time: rows of 16 KiB, so that those in use at one time stay in the cache."""

MOST_SHOWN = 20
"""So many minimal survivors are listed; the report says up to which size the list is complete."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Steps and postulates that are on together or off together."""

    steps: tuple[str, ...] = ()
    postulates: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """All that the choice switches."""
        return (*self.steps, *self.postulates)


def choices_of(space: HypothesisSpace, withdrawn: Collection[str] = ()) -> tuple[list[Choice], list[Constraint]]:
    """Return the free choices of a space, and the constraints that remain once what goes together is one choice."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(member: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(member, member) != member:
            member = parent[member]
        return member

    free = [("step", s) for s in space.optional if s not in space.background]
    free += [("postulate", p.id) for p in space.postulates]
    for member in free:
        root(member)
    rest = []
    for constraint in space.constraints:
        if constraint.kind == "analogy" and constraint.assumption in withdrawn:
            continue
        members = [("step", s) for s in constraint.steps] + [("postulate", p) for p in constraint.postulates]
        if constraint.kind in ("all-or-none", "analogy") and all(m in parent for m in members):
            for member in members[1:]:
                parent[root(member)] = root(members[0])
        else:
            rest.append(constraint)
    together: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for member in free:
        together.setdefault(root(member), []).append(member)
    choices = [
        Choice(tuple(n for kind, n in group if kind == "step"), tuple(n for kind, n in group if kind == "postulate"))
        for group in together.values()
    ]
    return choices, rest


@dataclass(frozen=True)
class Sweep:
    """What comes of every candidate of a space.

    ``valid`` are the candidates that meet the constraints, ``survivors`` those among them that no observation rules out;
    ``hits`` has, for each observation, the candidates that it rules out whatever the order choices. Bit *i* stands for the
    candidate in which choice *k* is on when bit *k* of *i* is.
    """

    choices: tuple[Choice, ...]
    valid: int
    survivors: int
    hits: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many candidates meet the constraints."""
        return self.valid.bit_count()

    def pattern(self, choice: int) -> int:
        """Return the candidates in which a choice is on."""
        return pattern(choice, len(self.choices))

    def members(self, candidate: int) -> tuple[str, ...]:
        """Return steps and postulates that are on in a candidate, given by its place."""
        return tuple(m for k, choice in enumerate(self.choices) if candidate >> k & 1 for m in choice.members)

    def place(self, steps: Collection[str], postulates: Collection[str]) -> int:
        """Return the place of the candidate with these steps and postulates."""
        on = {*steps, *postulates}
        return sum(1 << k for k, choice in enumerate(self.choices) if on.issuperset(choice.members))

    @cached_property
    def standing(self) -> dict[str, str]:
        """For each step and postulate: 'required' in every survivor, 'possible' in some, 'excluded' from all; empty without
        any.
        """
        found: dict[str, str] = {}
        for k, choice in enumerate(self.choices):
            on = self.survivors & self.pattern(k)
            word = "excluded" if not on else "required" if on == self.survivors else "possible"
            if self.survivors:
                found.update(dict.fromkeys(choice.members, word))
        return found

    @cached_property
    def minimal(self) -> int:
        """Survivors that no other survivor is a part of."""
        below = self.survivors  # the candidates that contain a survivor
        inside = 0  # ... other than themselves
        for k in range(len(self.choices)):
            off = self.valid_room & ~self.pattern(k)
            inside |= (inside & off) << (1 << k) | (below & off) << (1 << k)
            below |= (below & off) << (1 << k)
        return self.survivors & ~inside

    @property
    def valid_room(self) -> int:
        """All places, whether they meet the constraints or not."""
        return (1 << (1 << len(self.choices))) - 1

    def places(self, candidates: int, most: int | None = None) -> list[int]:
        """Return the places of the candidates in a set, at most so many."""
        found: list[int] = []
        for place in _bits(candidates):
            if most is not None and len(found) >= most:
                break
            found.append(place)
        return found


def pattern(bit: int, width: int) -> int:
    """Return the row of one bit of the place: that bit of each place below 2^width.

    >>> bin(pattern(1, 3))
    '0b11001100'
    """
    block = ((1 << (1 << bit)) - 1) << (1 << bit)
    size = 2 << bit
    while size < 1 << width:
        block |= block << size
        size *= 2
    return block


def _bits(value: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first."""
    start = 0
    data = value.to_bytes((value.bit_length() + 7) // 8, "little")
    for start, byte in enumerate(data):
        if byte:
            for bit in range(8):
                if byte >> bit & 1:
                    yield start * 8 + bit


class Question(NamedTuple):
    """What is asked of all candidates of a space, ready to be worked out.

    ``bit_of`` says which bit of a setting opens an input: that of its choice or, above those, one of the ``height`` order choices
    that can help and harm. ``observation`` is what each atom that is wanted rules candidates out by.
    """

    choices: tuple[Choice, ...]
    constraints: tuple[Constraint, ...]
    todo: Plan
    bit_of: Mapping[int, int]
    height: int
    observation: Mapping[int, str]


def question(
    program: GroundProgram, space: HypothesisSpace, withdrawn: Collection[str] = (), ignored: Collection[str] = ()
) -> Question:
    """Put in what is held, and an order where it can only help or only harm."""
    inputs = Inputs(program)
    choices, constraints = choices_of(space, withdrawn)
    fixed = {n: name not in withdrawn for name, n in inputs.assumptions.items()}
    fixed |= {n: name not in ignored for name, n in inputs.observations.items()}
    todo = plan(program, program.by_name.get("conflict", ()), fixed)
    ways = directions(todo)
    # an order that moves conflicts one way only need not be tried the other way
    fixed |= {n: ways[n] == AWAY for n in inputs.orders if len(ways.get(n, ())) == 1}
    both = [n for n in inputs.orders if len(ways.get(n, ())) == 2]
    todo = plan(program, program.by_name.get("conflict", ()), fixed)
    width, height = len(choices), len(both)
    bit_of = dict(zip(both, range(width, width + height), strict=True))
    for k, choice in enumerate(choices):
        bit_of.update((inputs.steps[s], k) for s in choice.steps if s in inputs.steps)
        bit_of.update((inputs.postulates[p], k) for p in choice.postulates if p in inputs.postulates)
    observation = {n: str(program.atom(n).arguments[0]) for n in todo.wanted}
    return Question(tuple(choices), tuple(constraints), todo, bit_of, height, observation)


def sweep(
    program: GroundProgram,
    space: HypothesisSpace,
    withdrawn: Collection[str] = (),
    ignored: Collection[str] = (),
    *,
    progress: Callable[[float], None] | None = None,
) -> Sweep:
    """Work out every candidate of a space; ``progress`` is told the share that is done.

    Raises TooLargeError when there are more than ``MOST_CHOICES`` free choices.
    """
    choices, constraints, todo, bit_of, height, observation = question(program, space, withdrawn, ignored)
    width = len(choices)
    if width + height > MOST_CHOICES:
        more = f" and {height} order choices that can help and harm" if height else ""
        raise TooLargeError(f"'{space.id}' has {width} free choices{more}; up to {MOST_CHOICES} are gone through one by one")
    run = _in_one_row if width + height <= _ONE_INTEGER else _in_blocks
    hits, taken = run(todo, bit_of, observation, width, height, progress)
    valid = _valid(choices, constraints, space.background)
    return Sweep(choices, valid, valid & ~taken, {name: row & valid for name, row in hits.items() if row & valid})


def of_sweep(swept: Sweep) -> Whole:
    """Return a sweep in words."""
    width = len(swept.choices)
    places = sorted(swept.places(swept.minimal), key=lambda place: (place.bit_count(), place))
    complete = width if len(places) <= MOST_SHOWN else places[MOST_SHOWN].bit_count() - 1
    return Whole(
        width,
        swept.size,
        swept.survivors.bit_count(),
        swept.standing,
        tuple(swept.members(place) for place in places[:MOST_SHOWN]),
        complete,
        {name: row.bit_count() for name, row in sorted(swept.hits.items())},
    )


def _valid(choices: Sequence[Choice], constraints: Sequence[Constraint], background: Collection[str]) -> int:
    """Return the candidates that meet the constraints; steps of the background are on in each."""
    width = len(choices)
    room = (1 << (1 << width)) - 1
    row = {member: pattern(k, width) for k, choice in enumerate(choices) for member in choice.members}
    found = room
    for constraint in constraints:
        rows = [row.get(member, room if member in background else 0) for member in constraint.members]
        found &= meeting(constraint, rows, 0, room)
    return found


def meeting(constraint: Constraint, rows: Sequence[Row], none: Row, every: Row) -> Row:
    """Return the candidates that meet a constraint; ``rows`` has for each of its members those in which it is on."""
    once = twice = none
    for value in rows:
        once, twice = once | value, twice | (once & value)
    all_of = every
    for value in rows[1:] if constraint.kind == "requires" else rows:
        all_of = all_of & value
    if constraint.kind == "one-of":
        return once & ~twice
    if constraint.kind == "at-most-one":
        return every & ~twice
    if constraint.kind == "at-least-one":
        return once
    # all of what is needed, or nothing that needs it
    return all_of | (every & ~(rows[0] if constraint.kind == "requires" else once))


def _in_one_row(
    todo: Plan,
    bit_of: Mapping[int, int],
    observation: Mapping[int, str],
    width: int,
    height: int,
    progress: Callable[[float], None] | None,
) -> tuple[dict[str, int], int]:
    """Return, by observation, the candidates it rules out in every order, and the candidates ruled out in every order."""
    every = (1 << (1 << width + height)) - 1
    rows = evaluate(todo, {n: pattern(bit_of[n], width + height) for n in todo.inputs}, 0, every)
    hits: dict[str, int] = {}
    for number, row in rows.items():
        if row:
            hits[observation[number]] = hits.get(observation[number], 0) | row
    anything = 0
    for row in hits.values():
        anything |= row

    def folded(row: int) -> int:
        for k in range(width + height - 1, width - 1, -1):
            row &= row >> (1 << k)
            row &= (1 << (1 << k)) - 1
        return row

    return {name: value for name, row in hits.items() if (value := folded(row))}, folded(anything)


def _in_blocks(
    todo: Plan,
    bit_of: Mapping[int, int],
    observation: Mapping[int, str],
    width: int,
    height: int,
    progress: Callable[[float], None] | None,
) -> tuple[dict[str, int], int]:
    """The same with NumPy, block by block; what does not vary between blocks is worked out once."""
    import numpy as np

    total = width + height
    low = min(_BLOCK, total)
    words = 1 << (low - 6)
    none, every = np.zeros(words, np.uint64), np.full(words, ~np.uint64(0))
    inside: dict[int, Any] = {}
    for number in todo.inputs:
        bit = bit_of[number]
        if bit < 6:
            inside[number] = np.full(words, np.uint64(pattern(bit, 6)))
        elif bit < low:
            inside[number] = np.where(np.arange(words) >> (bit - 6) & 1, ~np.uint64(0), np.uint64(0))
    known = _fixed_part(todo, inside, none, every, np.array_equal)
    places = {n: bit_of[n] - low for n in todo.inputs if bit_of[n] >= low}
    names = sorted(set(observation.values()))
    found = {name: np.zeros(1 << (total - 6), np.uint64) for name in names}
    anything = np.zeros(1 << (total - 6), np.uint64)
    for block in range(1 << (total - low)):
        rows = evaluate(
            todo,
            inside | {n: every if block >> place & 1 else none for n, place in places.items()},
            none,
            every,
            same=np.array_equal,
            known=known,
        )
        here = slice(block * words, (block + 1) * words)
        for number, row in rows.items():
            if row is not none:
                found[observation[number]][here] |= row
        for name in names:
            anything[here] |= found[name][here]
        if progress is not None:
            progress((block + 1) / (1 << (total - low)))

    def folded(row: Any) -> int:
        for k in range(total - 1, width - 1, -1):
            row = row[: 1 << (k - 6)] & row[1 << (k - 6) :] if k >= 6 else row & row >> np.uint64(1 << k)
        return int.from_bytes(row.tobytes(), "little") & ((1 << (1 << width)) - 1)

    return {name: value for name in names if (value := folded(found.pop(name)))}, folded(anything)


def _fixed_part(todo: Plan, inside: Mapping[int, Any], none: Any, every: Any, same: Callable[[Any, Any], bool]) -> dict[int, Any]:
    """Work out the atoms that hang on nothing but what varies within a block."""
    hang_on = supports(todo)
    kept = [atom for group in todo.groups for atom, _ in group.bodies if hang_on[atom] <= inside.keys()]
    groups = tuple(group for group in todo.groups if hang_on[group.bodies[0][0]] <= inside.keys())
    part = Plan(tuple(kept), tuple(n for n in todo.inputs if n in inside), todo.true, groups)
    return evaluate(part, inside, none, every, same=same)
