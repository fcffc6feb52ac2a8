"""Rate laws that follow from a slow step and the fast equilibria before it, by mass action."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Balance:
    """What one step uses up and makes, as amounts; ``exact`` when these are known to be the molecules of one event.

    They are when every coefficient is printed, or when the step is elementary and a bare name stands for one molecule.
    """

    consumed: Mapping[str, Fraction]
    made: Mapping[str, Fraction]
    exact: bool = True

    def net(self, participant: str) -> Fraction:
        """Return how much of a participant one event adds."""
        return self.made.get(participant, Fraction()) - self.consumed.get(participant, Fraction())


@dataclass(frozen=True, slots=True)
class RateLaw:
    """Order of the rate in each participant, none being zero; with ``exact`` false only who takes part is known."""

    orders: Mapping[str, Fraction] = field(default_factory=dict)
    exact: bool = True


def rate_law(slow: Balance, before: Collection[Balance], kept: Collection[str] = ()) -> RateLaw:
    """Return the rate law of a slow step after fast equilibria.

    The rate is that of the slow step; what an equilibrium makes is replaced by what stands in equilibrium with it, except what is
    ``kept``: what was put in, or what the law is asked for in. What no equilibrium can replace stays.

    >>> no, o2, n2o2 = "NO", "O2", "N2O2"
    >>> dimer = Balance({no: Fraction(2)}, {n2o2: Fraction(1)})
    >>> law = rate_law(Balance({n2o2: Fraction(1), o2: Fraction(1)}, {"NO2": Fraction(2)}), [dimer], kept=[no, o2])
    >>> printed(law)
    'k [NO]^2 [O2]'
    """
    start = {name: amount for name, amount in slow.consumed.items() if amount}
    intermediates = sorted({name for step in before for name in step.made if step.net(name) > 0 and name not in kept})
    shares = _shares(start, list(before), intermediates)
    orders = dict(start)
    used = [(step, share) for step, share in zip(before, shares, strict=True) if share]
    for step, share in used:
        for name in {*step.consumed, *step.made}:
            orders[name] = orders.get(name, Fraction()) - share * step.net(name)
    exact = slow.exact and all(step.exact for step, _ in used)
    return RateLaw({name: order for name, order in sorted(orders.items()) if order}, exact)


def _shares(orders: Mapping[str, Fraction], steps: list[Balance], gone: Iterable[str]) -> list[Fraction]:
    """Return how often each equilibrium has to be taken so that the participants in ``gone`` drop out of the law.

    Solved by elimination, one participant after another; one that would contradict those before it stays in the law, and an
    equilibrium that is not needed is not taken.
    """
    rows: list[tuple[list[Fraction], Fraction, int]] = []
    for name in gone:
        row, right = [step.net(name) for step in steps], orders.get(name, Fraction())
        for other, other_right, pivot in rows:
            if factor := row[pivot]:
                row = [a - factor * b for a, b in zip(row, other, strict=True)]
                right -= factor * other_right
        pivot = next((i for i, a in enumerate(row) if a), -1)
        if pivot < 0:
            continue
        scale = row[pivot]
        row, right = [a / scale for a in row], right / scale
        rows = [
            ([a - other[pivot] * b for a, b in zip(other, row, strict=True)], other_right - other[pivot] * right, i)
            for other, other_right, i in rows
        ]
        rows.append((row, right, pivot))
    shares = [Fraction()] * len(steps)
    for _, right, pivot in rows:
        shares[pivot] = right
    return shares


def printed(law: RateLaw, say: Callable[[str], str] = str) -> str:
    """Write a rate law as chemists do; ``say`` gives the name of a participant.

    >>> printed(RateLaw({"A": Fraction(1, 2), "B": Fraction(-1)}))
    'k [A]^(1/2) [B]^-1'
    """

    def power(order: Fraction) -> str:
        return "" if order == 1 else f"^{order}" if order.denominator == 1 else f"^({order})"

    return " ".join(["k", *(f"[{say(name)}]{power(order)}" for name, order in law.orders.items())])


def equation(step: Balance, say: Callable[[str], str] = str) -> str:
    """Write what a step turns into what as chemists do; a coefficient that is not known is left out like that of one.

    >>> equation(Balance({"NO": Fraction(2), "O2": Fraction(1)}, {"N": Fraction(7, 10)}))
    '2 NO + O2 → 0.7 N'
    """

    def side(amounts: Mapping[str, Fraction]) -> str:
        written = (f"{'' if amount == 1 else f'{float(amount):g} '}{say(name)}" for name, amount in sorted(amounts.items()))
        return " + ".join(written)

    return f"{side(step.consumed)} → {side(step.made)}"
