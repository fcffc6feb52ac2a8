"""Three ways to work out a hypothesis space, none of which knows of another, held against each other candidate by candidate.

The evaluator works out many candidates at once, one bit each. Clingo is given the rule files as they stand, with the choices,
and is asked one candidate at a time, so it shares neither ground program nor solver with the reasoner. The interpreter is
plain Python.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, combinations

import clingo

from mechkg.assets import rules_dir
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.outcomes import Outcome, Outcomes, Setting
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.sweep import choices_of, sweep
from mechkg.reasoning.terms import Atom, RuleText, Variable
from tests.reasoning.interpreter import interpret, shipped_rules
from tests.reasoning.spaces_of_facts import names, open_orders, program_of

ROLES = ("conflict", "explained", "bears")
MOST_ORDERS = 3
"""So many open orders are tried in every combination by the interpreter; beyond, clingo alone says that no order would do."""
MOST_SWEPT = 16
"""Up to so many choices the whole space is gone through."""


@dataclass
class Tally:
    """What was compared."""

    spaces: int = 0
    candidates: int = 0
    ruled_out: int = 0
    conflicts: int = 0
    every_order: int = 0
    swept: int = 0
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Clingo:
    """Clingo over the rule files and the choices, one solve per question; every input is told its value."""

    def __init__(self, facts: Iterable[Atom]) -> None:
        self._control = clingo.Control(["--warn=no-atom-undefined"])
        self._control.add("base", [], "\n".join([rule_files(), *(f"{atom}." for atom in facts)]))
        self._control.ground([("base", [])])
        known = [(read(a.symbol), a.literal, a.is_fact) for a in self._control.symbolic_atoms]
        self._settled = {atom for atom, _, fact in known if fact}
        self._open = {atom: literal for atom, literal, fact in known if not fact}
        chosen = {name for name, row in PREDICATES.items() if row.origin == "chosen"}
        self.inputs = {atom: literal for atom, literal in self._open.items() if atom.name in chosen}

    def derive(self, true: Collection[Atom]) -> set[Atom]:
        """Return what holds when just these inputs do."""
        self._control.configuration.solve.opt_mode = "ignore"  # type: ignore[union-attr]
        found: set[Atom] = set(self._settled)

        def told(model: clingo.Model) -> None:
            found.update(atom for atom, literal in self._open.items() if model.is_true(literal))

        assert self._control.solve(self._signed(true, self.inputs), on_model=told).satisfiable
        return found

    def fewest(self, true: Collection[Atom]) -> int:
        """Return in how few observations the best orders leave a conflict, by the preferences in the file of choices."""
        self._control.configuration.solve.opt_mode = "opt"  # type: ignore[union-attr]
        costs: list[list[int]] = []
        signed = self._signed(true, (atom for atom in self.inputs if atom.name != "faster"))
        assert self._control.solve(signed, on_model=lambda model: costs.append(list(model.cost))).satisfiable
        # where no setting can cost anything the grounder leaves the preference out
        return costs[-1][0] if costs[-1] else 0

    def _signed(self, true: Collection[Atom], inputs: Iterable[Atom]) -> list[int]:
        return [self.inputs[atom] if atom in true else -self.inputs[atom] for atom in inputs]


@lru_cache(maxsize=1)
def rule_files() -> str:
    """Return the rules and the choices as they stand in their files."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(rules_dir().glob("*.lp")))


def read(symbol: clingo.Symbol) -> Atom:
    """Return an atom as the reasoner writes it."""
    return Atom(symbol.name, tuple(a.string if a.type == clingo.SymbolType.String else a.number for a in symbol.arguments))


def some_settings(facts: Facts, space: HypothesisSpace, seed: int, most: int) -> list[Setting]:
    """Return the named candidates of a space and others at random, some with something withdrawn or left out of account."""
    rng = random.Random(seed)
    claims = [p.id for p in space.postulates]
    observations = sorted({str(a.arguments[0]) for a in facts.atoms if a.name == "reported"})
    found = [Setting(frozenset(c.steps), frozenset(c.postulates)) for c in space.candidates]
    free = len(space.optional) + len(claims)
    places = range(1 << free) if free < 16 else (rng.getrandbits(free) for _ in range(most))
    on = [
        Setting(
            frozenset(s for k, s in enumerate(space.optional) if place >> k & 1),
            frozenset(c for k, c in enumerate(claims, start=len(space.optional)) if place >> k & 1),
        )
        for place in places
    ]
    found += rng.sample(on, most) if len(on) > most else on
    for setting in found[: len(found) // 2]:
        away = frozenset(a for a in space.assumptions if rng.random() < 0.2)
        found.append(Setting(setting.steps, setting.postulates, away, frozenset(o for o in observations if rng.random() < 0.1)))
    return list(dict.fromkeys(found))


def compare(
    facts: Facts,
    space: HypothesisSpace,
    seed: int = 0,
    most: int = 8,
    only: int | None = None,
    places: int = 256,
    outcomes: Outcomes | None = None,
) -> Tally:
    """Work out candidates of one space in the three ways and return what was compared, disagreements among it.

    ``most``: so many candidates besides the named ones. ``only``: so many settings in all, drawn at random. ``places``: so many
    candidates of a sweep of the whole space are compared with the same asked one by one. ``outcomes``: those of this space, where
    it is grounded already.
    """
    outcomes, theirs = outcomes or Outcomes(program_of(facts)), Clingo(facts.atoms)
    asked = some_settings(facts, space, seed, most)
    if only is not None and len(asked) > only:
        asked = random.Random(seed).sample(asked, only)
    tally = Tally(spaces=1)
    for setting, outcome in zip(asked, outcomes.of(asked), strict=True):
        tally.candidates += 1
        tally.ruled_out += bool(outcome.conflicts)
        tally.conflicts += len(outcome.conflicts)
        told = f"{facts.space}: {setting}"
        tally.disagreements += [f"{told}: {line}" for line in _differences(facts, setting, outcome, outcomes, theirs, tally)]
    _compare_sweep(facts, space, outcomes, tally, random.Random(seed), places)
    return tally


def _differences(
    facts: Facts, setting: Setting, outcome: Outcome, outcomes: Outcomes, theirs: Clingo, tally: Tally
) -> Iterator[str]:
    values = outcomes.inputs.set_by(setting)
    true = {outcomes.program.atom(n) for n, value in values.items() if value}
    ours = {*outcome.conflicts, *(Atom(role, (o,)) for role in ROLES[1:] for o in getattr(outcome, role))}
    solved = theirs.derive({*true, *outcome.orders})
    plain = interpret(shipped_rules(), facts.atoms, {*true, *outcome.orders})
    for name, found in (("clingo", solved), ("the interpreter", plain)):
        other = {atom for atom in found if atom.name in ROLES}
        if ours != other:
            yield f"only ours {sorted(map(str, ours - other))}, only that of {name} {sorted(map(str, other - ours))}"
    if solved != plain:
        yield f"clingo and the interpreter differ in {sorted(map(str, solved ^ plain))[:9]}"
    fewest = theirs.fewest(true)
    if fewest != len(outcome.hit):
        yield f"{len(outcome.hit)} observations in conflict, and {fewest} by clingo"
    if outcome.conflicts:
        contested = [Atom("faster", a.arguments) for a in plain if a.name == "contested"]
        if len(contested) <= MOST_ORDERS:
            tally.every_order += 1
            for orders in chain.from_iterable(combinations(contested, n) for n in range(len(contested) + 1)):
                if not any(a.name == "conflict" for a in interpret(shipped_rules(), facts.atoms, {*true, *orders})):
                    yield f"ruled out, and the interpreter finds no conflict with {list(map(str, orders))}"


def _compare_sweep(facts: Facts, space: HypothesisSpace, outcomes: Outcomes, tally: Tally, rng: random.Random, most: int) -> None:
    if len(choices_of(space)[0]) > MOST_SWEPT:
        return
    found = sweep(outcomes.program, space)
    places = found.places(found.valid)
    if len(places) > most:
        places = rng.sample(places, most)
    steps, claims = set(space.optional), {p.id for p in space.postulates}
    on = [frozenset(found.members(place)) for place in places]
    asked = [Setting(members & steps, members & claims) for members in on]
    for place, setting, outcome in zip(places, asked, outcomes.of(asked, quick=True), strict=True):
        tally.swept += 1
        if bool(found.survivors >> place & 1) == bool(outcome.conflicts):
            tally.disagreements.append(f"{facts.space}: {setting}: the sweep has another verdict")
        always = {name for name, row in found.hits.items() if row >> place & 1}
        if not always <= outcome.hit:
            tally.disagreements.append(f"{facts.space}: {setting}: hit in every order, and not here: {always - outcome.hit}")


def firing(facts: Facts, seed: int) -> set[str]:
    """Return the names of the shipped rules that fire in one setting of a space, drawn at random."""
    rng = random.Random(seed)
    chosen = [Atom("assumed", (name,)) for name in names(facts, "assumption")]
    chosen += [Atom("counted", (name,)) for name in names(facts, "reported")]
    chosen += [Atom("on", (name,)) for name in names(facts, "optional") if rng.random() < 0.6]
    chosen += [Atom("postulated", (name,)) for name in names(facts, "postulate") if rng.random() < 0.6]
    chosen += [order for order in open_orders(facts) if rng.random() < 0.5]
    found = interpret((*shipped_rules(), *_reports()), facts.atoms, chosen)
    return {str(atom.arguments[0]) for atom in found if atom.name == "fired"}


@lru_cache(maxsize=1)
def _reports() -> tuple[RuleText, ...]:
    """Return the rules with heads that say that they fire, and with which values."""
    return tuple(
        replace(rule.text, head=Atom("fired", (rule.name, *(Variable(v) for v in rule.text.variables))))
        for rule in read_rulebook().rules
    )
