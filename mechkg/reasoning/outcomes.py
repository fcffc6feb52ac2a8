"""What comes of settings: for a candidate and what is held, which observations are in conflict, and which explained.

Many settings are worked out at once, and each comes to the same as by itself. Order choices (which of two competing steps is
faster) are open: a setting is free of conflict when some order is. An order that can only help is taken in; one that can harm is
tried both ways where it matters; of those taken in, each is then taken out again when it turns out not to be needed, so what is
reported as chosen is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mechkg.reasoning.evaluate import AWAY, Plan, Row, directions, evaluate, plan
from mechkg.reasoning.program import GroundProgram, GroundRule
from mechkg.reasoning.terms import Atom

if TYPE_CHECKING:
    from mechkg.reasoning.engine import Solver

MOST_BOTH_WAYS = 10
"""So many orders that can harm are tried in every combination; beyond, the solver looks for a setting that is free."""

_MOST_BITS = 1 << 20
"""Settings times combinations of orders that are worked out in one go."""

ROLES = ("conflict", "explained", "bears")


@dataclass(frozen=True, slots=True)
class Setting:
    """One candidate and what is held: steps and postulates that are on, assumptions withdrawn, observations left out of
    account.
    """

    steps: frozenset[str]
    postulates: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    ignoring: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one setting.

    ``conflicts`` are atoms ``conflict(observation, rule, species, stage)``; ``explained`` and ``bears`` are observations;
    ``orders`` are the order choices that were needed. ``gone`` are steps and postulates of the setting that no longer count: what
    cannot be set has no conflicts, and explains nothing.
    """

    conflicts: tuple[Atom, ...]
    explained: frozenset[str]
    bears: frozenset[str]
    orders: tuple[Atom, ...]
    gone: tuple[str, ...] = ()

    @property
    def hit(self) -> frozenset[str]:
        """Observations in conflict."""
        return frozenset(str(atom.arguments[0]) for atom in self.conflicts)


class Inputs:
    """The inputs of a ground program by what they open."""

    def __init__(self, program: GroundProgram) -> None:
        def opened(name: str) -> dict[str, int]:
            return {str(atom.arguments[0]): n for n, atom in program.atoms(name) if n in program.inputs}

        self.steps = opened("on")
        self.postulates = opened("postulated")
        self.assumptions = opened("assumed")
        self.observations = opened("counted")
        self.orders = [n for n, _ in program.atoms("faster") if n in program.inputs]
        self.established = frozenset(str(atom.arguments[0]) for n, atom in program.atoms("on") if n not in program.inputs)

    def gone(self, setting: Setting) -> tuple[str, ...]:
        """Return the steps and postulates of a setting that there are none of any more, so that it cannot be set."""
        steps = setting.steps - self.steps.keys() - self.established
        return *sorted(steps), *sorted(setting.postulates - self.postulates.keys())

    def set_by(self, setting: Setting) -> dict[int, bool]:
        """Return the values of all inputs but the orders in a setting."""
        values = {n: name in setting.steps for name, n in self.steps.items()}
        values |= {n: name in setting.postulates for name, n in self.postulates.items()}
        values |= {n: name not in setting.without for name, n in self.assumptions.items()}
        return values | {n: name not in setting.ignoring for name, n in self.observations.items()}


@dataclass
class Outcomes:
    """Works out settings of one ground program."""

    program: GroundProgram
    inputs: Inputs = field(init=False)
    _plans: dict[tuple[str, frozenset[tuple[int, bool]]], tuple[Plan, Mapping[int, frozenset[int]]]] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        self.inputs = Inputs(self.program)

    def of(self, settings: Sequence[Setting], *, quick: bool = False) -> list[Outcome]:
        """Return the outcome of each setting.

        ``quick`` does not look for the orders with the fewest conflicts where none is free of conflict; verdicts, and all that is
        said of a setting free of conflict, are the same.
        """
        if not settings:
            return []
        rows = self._rows(settings)
        every = (1 << len(settings)) - 1
        fixed = {n: value == every for n, value in rows.items() if value in (0, every)}
        todo, ways = self._plan("conflict", fixed)
        conflicts = list(todo.wanted)
        best = self._needed(todo, ways, rows, self._best(todo, ways, rows, settings, quick), every)
        found = self._evaluate(self._plan("all", fixed)[0], {**rows, **best}, every)
        named = {name: [n for n in self.program.by_name.get(name, ()) if n in found] for name in ROLES}

        def at(lane: int, numbers: Iterable[int]) -> list[Atom]:
            return [self.program.atom(n) for n in numbers if found[n] >> lane & 1]

        return [
            Outcome((), frozenset(), frozenset(), (), gone)
            if (gone := self.inputs.gone(setting))
            else Outcome(
                tuple(at(lane, conflicts)),
                frozenset(str(a.arguments[0]) for a in at(lane, named["explained"])),
                frozenset(str(a.arguments[0]) for a in at(lane, named["bears"])),
                tuple(self.program.atom(n) for n, value in best.items() if value >> lane & 1),
            )
            for lane, setting in enumerate(settings)
        ]

    def model(self, setting: Setting, orders: Iterable[Atom]) -> Model:
        """Return everything that holds in one setting with these orders."""
        values = self.inputs.set_by(setting)
        chosen = {self.program.index[str(a)] for a in orders}
        values |= {n: n in chosen for n in self.inputs.orders}
        return Model(self.program, frozenset(n for n, value in values.items() if value))

    # --- rows -----------------------------------------------------------------------------------------------------------

    def _rows(self, settings: Sequence[Setting]) -> dict[int, int]:
        rows: dict[int, int] = {}
        for lane, setting in enumerate(settings):
            for number, value in self.inputs.set_by(setting).items():
                rows[number] = rows.get(number, 0) | (value << lane)
        return rows

    def _plan(self, what: str, fixed: Mapping[int, bool]) -> tuple[Plan, Mapping[int, frozenset[int]]]:
        key = what, frozenset(fixed.items())
        if key not in self._plans:
            names = ROLES[:1] if what == "conflict" else ROLES
            todo = plan(self.program, [n for name in names for n in self.program.by_name.get(name, ())], fixed)
            self._plans[key] = todo, directions(todo)
        return self._plans[key]

    @staticmethod
    def _evaluate(todo: Plan, rows: Mapping[int, int], every: int) -> dict[int, Row]:
        return evaluate(todo, {n: rows.get(n, 0) for n in todo.inputs}, 0, every)

    def _hits(self, todo: Plan, rows: Mapping[int, int], every: int) -> dict[str, int]:
        """Return for each observation in which settings it is in conflict."""
        hits: dict[str, int] = {}
        for number, row in self._evaluate(todo, rows, every).items():
            if row:
                observation = str(self.program.atom(number).arguments[0])
                hits[observation] = hits.get(observation, 0) | row
        return hits

    # --- orders ---------------------------------------------------------------------------------------------------------

    def _best(
        self,
        todo: Plan,
        ways: Mapping[int, frozenset[int]],
        rows: Mapping[int, int],
        settings: Sequence[Setting],
        quick: bool,
    ) -> dict[int, int]:
        """Return for each order in which settings it is taken in, so that as few observations as can be are in conflict.

        All are taken in where that is best; otherwise the first combination that is best, in the order of their numbers.
        """
        every = (1 << len(settings)) - 1
        taken = dict.fromkeys((n for n in self.inputs.orders if n in ways), every)
        harming = [n for n in taken if ways[n] != AWAY]
        left = _union(self._hits(todo, {**rows, **taken}, every).values()) if harming else 0
        lanes = [lane for lane in range(len(settings)) if left >> lane & 1]
        if len(harming) <= MOST_BOTH_WAYS:
            size = max(1, _MOST_BITS >> len(harming))
            for part in (lanes[start : start + size] for start in range(0, len(lanes), size)):
                here = {n: _gathered(taken[n] if n in taken else rows[n], part) for n in todo.inputs}
                for n, row in self._tried(todo, harming, here, len(part)).items():
                    taken[n] &= ~sum(1 << lane for place, lane in enumerate(part) if not row >> place & 1)
            return taken
        solver = _solver(todo)
        for lane in lanes:
            for n in self._alone(settings[lane], solver, quick):
                taken[n] &= ~(1 << lane)
        return taken

    def _tried(self, todo: Plan, harming: Sequence[int], rows: Mapping[int, int], count: int) -> dict[int, int]:
        """Try every combination of the orders in ``harming`` for ``count`` settings; return the first of the best in each.

        All combinations are worked out in one go, one block of settings after the other. The first is that all are taken in.
        """
        every = (1 << count) - 1
        blocks = 1 << len(harming)
        again = ((1 << count * blocks) - 1) // every  # a one at the start of each block
        spread = {n: row * again for n, row in rows.items()}
        for k, n in enumerate(harming):
            # blocks in which bit k of the number is not set take it in
            spread[n] = sum(every << block * count for block in range(blocks) if not block >> k & 1)
        best = every * again
        for digit in reversed(_counted(self._hits(todo, spread, best).values())):
            low = best & ~digit
            some = _union(low >> block * count & every for block in range(blocks))
            best = low | best & ~(some * again)
        chosen = dict.fromkeys(harming, 0)
        left = every
        for block in range(blocks):
            here = best >> block * count & left
            left &= ~here
            for k, n in enumerate(harming):
                chosen[n] |= 0 if block >> k & 1 else here
        return chosen

    def _alone(self, setting: Setting, solver: Solver, quick: bool) -> Iterable[int]:
        """Return the orders that are not taken in for one setting by itself, in which fewer of them can harm.

        Where they are still too many, the solver looks for a combination that is free of conflict.
        """
        values = self.inputs.set_by(setting)
        if quick and solver.clash(values) is not None:
            return ()
        todo = plan(self.program, self.program.by_name.get("conflict", ()), values)
        ways = directions(todo)
        if sum(way != AWAY for way in ways.values()) <= MOST_BOTH_WAYS:
            best = self._best(todo, ways, {n: int(value) for n, value in values.items()}, [setting], quick)
            return [n for n, row in best.items() if not row]
        solver = _solver(todo)
        if solver.clash({}) is not None:
            return ()
        chosen: dict[int, bool] = {}
        for n in reversed([n for n in self.inputs.orders if n in ways]):
            chosen[n] = solver.clash({**chosen, n: True}) is None
        return [n for n, value in chosen.items() if not value]

    def _needed(
        self,
        todo: Plan,
        ways: Mapping[int, frozenset[int]],
        rows: Mapping[int, int],
        best: Mapping[int, int],
        every: int,
    ) -> dict[int, int]:
        """Take out of each setting the orders that it does not need to keep its conflicts as they are."""
        chosen = dict(best)
        hits = self._hits(todo, {**rows, **chosen}, every)
        moving = True
        while moving:
            moving = False
            for order, before in chosen.items():
                if not before:
                    continue
                chosen[order] = 0
                trial = self._hits(todo, {**rows, **chosen}, every)
                chosen[order] = before & _union(row & ~hits.get(observation, 0) for observation, row in trial.items())
                # one that was needed may no longer be, now that another is gone that could harm
                moving = moving or (chosen[order] != before and ways[order] != AWAY)
        return chosen


def _union(rows: Iterable[int]) -> int:
    found = 0
    for row in rows:
        found |= row
    return found


def _gathered(row: int, lanes: Collection[int]) -> int:
    """Return the bits of some settings side by side."""
    return sum((row >> lane & 1) << place for place, lane in enumerate(lanes))


def _counted(rows: Iterable[int]) -> list[int]:
    """Return how many of ``rows`` hold in each setting: the digits of the numbers, lowest first, a row each.

    >>> [bin(digit) for digit in _counted([0b110, 0b010])]
    ['0b100', '0b10']
    """
    digits: list[int] = []
    for row in rows:
        carry = row
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry
        if carry:
            digits.append(carry)
    return digits


class Model:
    """Everything that holds in one setting, and the rule instances that fired, found as they are asked for."""

    def __init__(self, program: GroundProgram, true: frozenset[int]) -> None:
        self.program = program
        self._named: dict[str, list[Atom]] = {}
        self._true = set(program.facts | true)
        concluded = program.concluded_by
        for members, recursive in program.components:
            moving = True
            while moving:
                moving = False
                for atom in members:
                    if atom not in self._true and any(self._fires(rule) for rule in concluded.get(atom, ())):
                        self._true.add(atom)
                        moving = recursive

    def _fires(self, rule: GroundRule) -> bool:
        return self._true.issuperset(rule.positive) and self._true.isdisjoint(rule.negative)

    def __contains__(self, atom: Atom) -> bool:
        return self.program.index.get(str(atom)) in self._true

    def named(self, name: str) -> list[Atom]:
        """Return the atoms of a predicate that hold, in a stable order."""
        if name not in self._named:
            self._named[name] = [self.program.atom(n) for n in self.program.by_name.get(name, ()) if n in self._true]
        return self._named[name]

    def fired(self, atom: Atom) -> list[GroundRule]:
        """Return the rule instances that conclude ``atom`` here."""
        number = self.program.index.get(str(atom))
        return [] if number is None else [rule for rule in self.program.instances_of.get(number, ()) if self._fires(rule)]


def _solver(todo: Plan) -> Solver:
    from mechkg.reasoning.engine import Solver  # clingo, which hardly any setting needs

    return Solver(todo)
