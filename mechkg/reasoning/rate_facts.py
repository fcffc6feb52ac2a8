"""What the rate law of each claim says of each observation of a rate, as facts for the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

from mechkg.reasoning.comparisons import Rows
from mechkg.reasoning.rate_laws import Balance, RateLaw, rate_law
from mechkg.reasoning.terms import Atom

CLOSE = Fraction(1, 4)
"""How far a measured order may lie from the true one (a convention)."""

EXCESS = 10
"""So many times the amount of another reactant is a large excess (a convention)."""

KINETIC = ("rate-dependence", "rate-comparison", "kinetic-form")


def balances(rows: Rows, elementary: Collection[str]) -> dict[str, Balance]:
    """Return what each step uses up and makes; a coefficient that is not printed counts as one."""
    sides: dict[str, dict[str, dict[str, Fraction]]] = defaultdict(lambda: {"consumes": {}, "makes": {}})
    loose: set[str] = set()
    for step, side, participant, coefficient in rows("stoichiometry"):
        amounts = sides[str(step)][str(side)]
        amount = Fraction(1) if coefficient is None else Fraction(str(coefficient)).limit_denominator(1000)
        amounts[str(participant)] = amounts.get(str(participant), Fraction()) + amount
        if coefficient is None and step not in elementary:
            loose.add(str(step))
    return {step: Balance(both["consumes"], both["makes"], step not in loose) for step, both in sides.items()}


class RateFacts:
    """The rate laws of the claims of one space, and what they say of its observations."""

    def __init__(self, atoms: Iterable[Atom], steps: Mapping[str, Balance], rows: Rows) -> None:
        self._by_name: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for atom in atoms:
            self._by_name[atom.name].append(tuple(str(a) for a in atom.arguments))
        self.steps = steps
        self._rows = rows
        self._slow = {p: steps[s] for p, s in self._by_name["rate_determining"] if s in steps}
        self._before: dict[str, list[Balance]] = defaultdict(list)
        for postulate, step in sorted(self._by_name["preceded_by"]):
            if step in steps:
                self._before[postulate].append(steps[step])
        self._put_in = {p for _, p in self._by_name["charged"]} | {p for _, p in self._by_name["holds"]}

    def laws(self, kept: Collection[str] = ()) -> dict[str, RateLaw]:
        """Return the rate law of each claim, in terms of what is put in and of what is ``kept``."""
        stay = self._put_in.union(kept)
        return {p: rate_law(slow, self._before[p], stay) for p, slow in sorted(self._slow.items())}

    def atoms(self) -> Iterator[tuple[Atom, str]]:
        """Yield facts about orders, each with the observation or claim that states it.

        ``found_between`` gives the measured order with its tolerance; ``law_order`` what a claim gives, in the terms of the
        observation; ``law_open`` who takes part with an order that is not known; ``total_order`` the sum over what is not in
        excess, where that is known; ``sole_partner`` what alone is left of the law.
        """
        orders: dict[str, dict[str, Fraction]] = defaultdict(dict)
        timed = {o: [s for name, _, _, s in self._by_name["reported"] if name == o] for o in self._timed()}
        if not timed:
            return
        for item, participant, order in self._rows("orders"):
            if item in timed:
                orders[str(item)][str(participant)] = Fraction(str(order))
        for observation, found in sorted(orders.items()):
            for name, order in sorted(found.items()):
                least, most = _thousandths(order - CLOSE), _thousandths(order + CLOSE)
                yield Atom("found_between", (observation, name, least, most)), observation
        if not self._slow:
            return
        amounts = self._amounts(timed)
        for observation in sorted(timed):
            found = orders.get(observation, {})
            for postulate, law in self.laws(found).items():
                yield from ((atom, observation) for atom in _said(postulate, observation, law, found, *amounts[observation]))

    def _timed(self) -> list[str]:
        return sorted({o for o, kind, _, _ in self._by_name["reported"] if kind in KINETIC})

    def _amounts(self, timed: Mapping[str, Collection[str]]) -> dict[str, tuple[set[str], set[str]]]:
        """Return for each observation what is there in such amounts that it hardly changes, and whose amounts can be compared.

        Media, promoters and large charges hardly change. Amounts can be compared where they are printed in one unit.
        """
        before: dict[str, list[str]] = defaultdict(list)
        for stage, earlier in self._by_name["follows"]:
            before[stage].append(earlier)
        media: dict[str, set[str]] = defaultdict(set)
        for stage, participant, *_ in self._rows("media"):
            media[str(stage)].add(str(participant))
        charges = [(str(s), str(p), float(v), str(u or "")) for s, p, v, u in self._rows("charges") if v is not None]
        helpers = {participant for _, participant in self._by_name["influences"]}
        consumed = {participant for step in self._slow.values() for participant in step.consumed}
        found: dict[str, tuple[set[str], set[str]]] = {}
        for observation, stages in timed.items():
            past, waiting = set(stages), list(stages)
            while waiting:
                new = [earlier for earlier in before[waiting.pop()] if earlier not in past]
                past.update(new)
                waiting.extend(new)
            amounts = [(p, v, u) for s, p, v, u in charges if s in past]
            large = {
                p
                for p, v, u in amounts
                for q, w, x in amounts
                if p != q and u == x and w > 0 and v >= EXCESS * w and q in consumed
            }
            excess = helpers.union(large, *(media[stage] for stage in past))
            units = {u for p, _, u in amounts if p in consumed}
            found[observation] = excess, {p for p, _, _ in amounts} if len(units) == 1 else set()
        return found


def _said(
    postulate: str, observation: str, law: RateLaw, found: Collection[str], excess: Collection[str], known: Collection[str]
) -> Iterator[Atom]:
    if not law.exact:
        yield from (Atom("law_open", (postulate, observation, name)) for name in law.orders)
        return
    for name in sorted({*law.orders, *found}):
        yield Atom("law_order", (postulate, observation, name, _thousandths(law.orders.get(name, Fraction()))))
    counted = {name: order for name, order in law.orders.items() if name not in excess}
    if len(counted) > 1 and not counted.keys() <= set(known):
        return  # one of them may be there in excess
    yield Atom("total_order", (postulate, observation, _thousandths(sum(counted.values(), Fraction()))))
    if list(counted.values()) == [1]:
        yield Atom("sole_partner", (postulate, observation, next(iter(counted))))


def _thousandths(order: Fraction) -> int:
    return round(order * 1000)
