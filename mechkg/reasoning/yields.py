"""How much of something the steps can give per amount of something put in: which steps, taken together, can give what was found.

The most that steps can give is a linear programme: each runs as often as it likes, and of nothing is more used up than there was
and was made. That leaves out rates and order, so it is never too little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mechkg.reasoning.comparisons import Number, Rows, held_against, number_of
from mechkg.reasoning.rate_laws import Balance
from mechkg.reasoning.terms import Atom

MOST_LOOKS = 500
"""So many sets of steps are looked at for the smallest that give enough; beyond, each step that makes it counts as enough."""

_ZERO, _ONE = Fraction(), Fraction(1)


def yields(atoms: Collection[Atom], balances: Mapping[str, Balance], rows: Rows) -> Iterator[tuple[Atom, str]]:
    """Yield ``yield_of(observation, subject, charge)`` and the routes that give what was found, each with the observation.

    A route is a smallest set of steps that together can give the least amount that was found: ``route(observation, route)`` and
    ``route_step(observation, route, step)``. Where there is none, ``beyond(observation, subject, most)`` has the most that all
    steps can give, in thousandths. What was put in besides the charge counts as without limit; so does what a step makes of
    which the source does not say how much.
    """
    reported: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for atom in atoms:
        if atom.name == "reported" and atom.arguments[1] == "yield":
            reported[str(atom.arguments[0])].add((str(atom.arguments[2]), str(atom.arguments[3])))
    for item, kind, _, per, *number in rows("measured") if reported else ():
        observation, charge = str(item), str(per)
        if kind != "yield" or per is None or observation not in reported:
            continue
        found = number_of(number)
        for subject in sorted({subject for subject, _ in reported[observation]}):
            yield Atom("yield_of", (observation, subject, charge)), observation
            supply = _supply(atoms, [stage for name, stage in reported[observation] if name == subject], charge)
            enough = routes(balances, subject, supply, found)
            most = None if enough else most_of(balances, subject, supply)
            if most is not None:
                yield Atom("beyond", (observation, subject, round(most * 1000))), observation
            for count, route in enumerate(enough, start=1):
                name = f"{observation} {subject} {count}"
                yield Atom("route", (observation, name)), observation
                yield from ((Atom("route_step", (observation, name, step)), observation) for step in sorted(route))


def proportions(atoms: Collection[Atom], balances: Mapping[str, Balance]) -> Iterator[tuple[Atom, str]]:
    """Yield ``alike(step, step)`` for each two steps that change the same things in the same proportion, forward or backward.

    Only steps that turn into each other what an isosbestic point is about are looked at; who states it is the first step.
    """
    crossing: dict[str, set[str]] = defaultdict(set)
    for atom in atoms:
        if atom.name == "reported" and atom.arguments[1] == "isosbestic-point":
            crossing[str(atom.arguments[0])].add(str(atom.arguments[2]))
    found: set[tuple[str, str]] = set()
    for subjects in crossing.values():
        shares: dict[tuple[Fraction, ...], list[str]] = defaultdict(list)
        for step, balance in sorted(balances.items()):
            changes = [balance.net(name) for name in sorted(subjects)]
            if balance.exact and (one := next((c for c in changes if c), None)) is not None:
                shares[tuple(change / one for change in changes)].append(step)
        found.update((one, other) for steps in shares.values() for one in steps for other in steps if one != other)
    yield from ((Atom("alike", pair), pair[0]) for pair in sorted(found))


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is to begin with: one amount of the ``charge``, and of what is ``free`` any amount."""

    charge: str
    free: frozenset[str] = frozenset()


def _supply(atoms: Iterable[Atom], stages: Iterable[str], charge: str) -> Supply:
    by_name: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for atom in atoms:
        if atom.name in ("follows", "charged", "holds"):
            by_name[atom.name].append((str(atom.arguments[0]), str(atom.arguments[1])))
    past: set[str] = set()
    waiting = list(stages)
    while waiting:
        stage = waiting.pop()
        if stage not in past:
            past.add(stage)
            waiting += [before for after, before in by_name["follows"] if after == stage]
    charged = {name for stage, name in by_name["charged"] if stage in past and name != charge}
    return Supply(charge, frozenset(charged | {name for stage, name in by_name["holds"] if stage in past}))


def routes(steps: Mapping[str, Balance], subject: str, supply: Supply, found: Number) -> list[frozenset[str]]:
    """Return the smallest sets of steps that together can give as much of ``subject`` as was ``found``, small sets first.

    >>> steps = {"go": Balance({"a": _ONE}, {"x": _ONE}), "on": Balance({"x": _ONE}, {"b": _ONE})}
    >>> [sorted(route) for route in routes(steps, "b", Supply("a"), Number(1.0))], routes(steps, "b", Supply("a"), Number(1.4))
    ([['go', 'on']], [])
    """

    def enough(chosen: Collection[str]) -> bool:
        most = most_of({name: steps[name] for name in chosen}, subject, supply)
        return most is None or held_against(Number(float(most)), found) != "less"

    useful = _leading_to(steps, subject, supply)
    least = _smallest(enough, useful)
    if least is None:
        least = [frozenset({step}) for step in useful if subject in steps[step].made]
    return sorted(least, key=lambda route: (len(route), sorted(route)))


def _leading_to(steps: Mapping[str, Balance], subject: str, supply: Supply) -> frozenset[str]:
    """Return the steps that make the subject, or what such steps use up."""
    chosen: set[str] = set()
    wanted = [subject]
    while wanted:
        name = wanted.pop()
        for step, balance in steps.items():
            if step not in chosen and name in balance.made:
                chosen.add(step)
                wanted += [used for used in balance.consumed if used not in supply.free]
    return frozenset(chosen)


def _smallest(enough: Callable[[Collection[str]], bool], steps: frozenset[str]) -> list[frozenset[str]] | None:
    """Return all smallest sets that are enough, where more steps never give less; None when there is too much to look at."""
    least: list[frozenset[str]] = []
    seen: set[frozenset[str]] = set()
    waiting = [steps]
    while waiting:
        within = waiting.pop()
        if within in seen:
            continue
        if len(seen) == MOST_LOOKS:
            return None
        seen.add(within)
        route = next((known for known in least if known <= within), None)
        if route is None:
            if not enough(within):
                continue
            route = within
            for step in sorted(within):
                if enough(route - {step}):
                    route -= {step}
            least.append(route)
        waiting += [within - {step} for step in sorted(route)]
    return least


def most_of(steps: Mapping[str, Balance], subject: str, supply: Supply) -> Fraction | None:
    """Return the most of ``subject`` that the steps can give together from the supply; None when there is no limit.

    >>> dimer, split = Balance({"a": Fraction(2)}, {"d": _ONE}), Balance({"d": _ONE}, {"b": _ONE, "c": _ONE})
    >>> most_of({"dimer": dimer, "split": split}, "b", Supply("a"))
    Fraction(1, 2)
    """
    nets = [_net(balance) for balance in steps.values()]
    limited = sorted({name for net in nets for name in net} - supply.free)
    use = [[-net.get(name, _ZERO) for net in nets] for name in limited]
    there = [_ONE if name == supply.charge else _ZERO for name in limited]
    gain = maximum([net.get(subject, _ZERO) for net in nets], use, there)
    return gain if gain is None or subject != supply.charge else gain + _ONE


def _net(balance: Balance) -> dict[str, Fraction]:
    if not balance.exact:
        return dict.fromkeys(balance.made, _ONE)  # how much of its reactants that takes is not known
    return {name: balance.net(name) for name in {*balance.consumed, *balance.made}}


def maximum(gain: list[Fraction], use: list[list[Fraction]], there: list[Fraction]) -> Fraction | None:
    """Return the greatest ``gain`` of amounts that use up no more than is ``there``; None when it has no limit.

    The simplex method by exact fractions; Bland's rule (Math. Oper. Res. 1977, 2, 103) keeps it from going round in circles.

    >>> maximum([Fraction(3), Fraction(2)], [[Fraction(1), Fraction(1)], [Fraction(1), Fraction(0)]], [Fraction(4), Fraction(2)])
    Fraction(10, 1)
    """
    width = len(gain)
    table = [[*row, *(_ONE if i == j else _ZERO for j in range(len(use))), there[i]] for i, row in enumerate(use)]
    basis = [width + i for i in range(len(use))]
    worth = [*(-g for g in gain), *([_ZERO] * (len(use) + 1))]
    while (entering := next((j for j, w in enumerate(worth[:-1]) if w < 0), None)) is not None:
        rows = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(table) if row[entering] > 0]
        if not rows:
            return None
        leaving = min(rows)[2]
        pivot = table[leaving][entering]
        chosen = table[leaving] = [value / pivot for value in table[leaving]]
        for row in (*(row for i, row in enumerate(table) if i != leaving), worth):
            if factor := row[entering]:
                row[:] = [value - factor * other for value, other in zip(row, chosen, strict=True)]
        basis[leaving] = entering
    return worth[-1]
