"""An oracle for the reasoner: works out rules over facts in plain Python, without clingo and without any ground program.

The shipped rules come from a reader of its own (see :mod:`tests.reasoning.rule_reader`).

Predicates are put in strata, each above those whose absence it asks for. A stratum is worked out to its fixpoint in rounds;
after the first, a rule is tried again only with what the round before has added. Bindings are joined a whole premise at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from mechkg.assets import rules_dir
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, RuleText, Term, Variable
from tests.reasoning.rule_reader import read_folder

Predicate = tuple[str, int]
"""Name and number of arguments."""

Row = tuple[Term, ...]
"""The values of the variables bound so far, or the arguments of an atom."""


class NotStratifiedError(ValueError):
    """Some predicate depends on its own absence."""


class UnsafeError(ValueError):
    """Some variable of a rule is bound by no premise."""


def interpret(rules: Sequence[RuleText], facts: Iterable[Atom], chosen: Iterable[Atom]) -> frozenset[Atom]:
    """Return all atoms that hold: ``facts``, ``chosen``, and what the rules derive from them."""
    return _interpreter(tuple(rules)).run([*facts, *chosen])


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[RuleText, ...]:
    """Return the rules of the shipped files, among them that established steps run."""
    return read_folder(rules_dir())


@lru_cache(maxsize=16)
def _interpreter(rules: tuple[RuleText, ...]) -> _Interpreter:
    return _Interpreter(rules)


# --- order of values ---------------------------------------------------------------------------------------------------


def rank(value: Term) -> tuple[int, Term]:
    """Order values as clingo does: numbers come before strings, and strings are compared byte by byte.

    >>> sorted(["b", 10, "B", "", 9, "ab", "é"], key=rank)
    [9, 10, '', 'B', 'ab', 'b', 'é']
    """
    return (0, value) if isinstance(value, int) else (1, value)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: rank(a) == rank(b),
    "!=": lambda a, b: rank(a) != rank(b),
    "<": lambda a, b: rank(a) < rank(b),
    "<=": lambda a, b: rank(a) <= rank(b),
    ">": lambda a, b: rank(a) > rank(b),
    ">=": lambda a, b: rank(a) >= rank(b),
}


# --- relations ---------------------------------------------------------------------------------------------------------


class _Relation:
    """The known atoms of one predicate, with an index for each way in which a premise asks for them."""

    def __init__(self) -> None:
        self.rows: set[Row] = set()
        self._indexes: dict[_Access, dict[Any, list[Row]]] = {}

    def add(self, new: set[Row]) -> None:
        self.rows |= new
        for access, index in self._indexes.items():
            access.fill(index, new)

    def index(self, access: _Access) -> dict[Any, list[Row]]:
        found = self._indexes.get(access)
        if found is None:
            found = self._indexes[access] = {}
            access.fill(found, self.rows)
        return found


class _Access:
    """How a premise looks into a relation: some places are fixed, some are known from the binding, the others are asked for."""

    def __init__(self, atom: Atom, bound: Sequence[str]) -> None:
        fixed: list[tuple[int, Term]] = []
        known: list[int] = []
        slots: list[int] = []
        asked: dict[str, int] = {}
        twice: list[tuple[int, int]] = []
        for place, argument in enumerate(atom.arguments):
            if not isinstance(argument, Variable):
                fixed.append((place, argument))
            elif argument.name in bound:
                known.append(place)
                slots.append(bound.index(argument.name))
            elif argument.name in asked:
                twice.append((asked[argument.name], place))
            else:
                asked[argument.name] = place
        self.predicate: Predicate = (atom.name, len(atom.arguments))
        self.names = tuple(asked)
        self.key = _pick(slots)
        self._fixed, self._twice = tuple(fixed), tuple(twice)
        self._key_of, self._row_of = _pick(known), _pick(list(asked.values()), single=True)
        self._same = (self.predicate, self._fixed, self._twice, tuple(known), tuple(asked.values()))

    def __hash__(self) -> int:
        return hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Access) and self._same == other._same

    def fill(self, index: dict[Any, list[Row]], rows: Iterable[Row]) -> None:
        """Put ``rows`` into the index: key -> the values asked for."""
        for row in rows:
            if all(row[p] == v for p, v in self._fixed) and all(row[p] == row[q] for p, q in self._twice):
                index.setdefault(self._key_of(row), []).append(self._row_of(row))


def _pick(places: Sequence[int], single: bool = False) -> Callable[[Row], Any]:
    """Return what takes the values at ``places``; one place gives the bare value, unless ``single`` asks for a row of one."""
    if not places:
        return lambda row: ()
    if len(places) == 1 and single:
        [only] = places
        return lambda row: (row[only],)
    return itemgetter(*places)


def _maker(atom: Atom, bound: Sequence[str]) -> Callable[[Row], Row]:
    """Return what makes the arguments of ``atom`` from a binding."""
    places = [bound.index(a.name) if isinstance(a, Variable) else None for a in atom.arguments]
    sure = [p for p in places if p is not None]
    if len(sure) == len(places):
        return _pick(sure, single=True)
    pairs = list(zip(places, atom.arguments, strict=True))
    return lambda row: tuple(value if p is None else row[p] for p, value in pairs)


# --- one rule, ready to be joined ----------------------------------------------------------------------------------------

World = dict[Predicate, _Relation]
Op = Callable[[list[Row], World], list[Row]]


class _Plan:
    """A rule as a sequence of joins, driven by nothing or by what is new of one premise."""

    def __init__(self, rule: RuleText, driver: Literal | ForAll | None) -> None:
        self.head: Predicate = (rule.head.name, len(rule.head.arguments))
        self.driver: _Access | None = None
        bound: list[str] = []
        rest = list(rule.premises)
        self._ops: list[Op] = []
        if isinstance(driver, Literal):
            rest = [premise for premise in rest if premise is not driver]
            self._start(_Access(driver.atom, ()), bound)
        elif isinstance(driver, ForAll):
            # a new atom may complete the rule for the values that its condition names; whether it does is checked further on
            atom, condition = _apart(driver, rule)
            self._start(_Access(atom, ()), bound)
            self._ops.append(_join(_Access(condition, bound), bound))
        while rest:
            premise = _next(rest, bound, rule)
            rest.remove(premise)
            self._ops.append(_op(premise, bound, rule))
        missing = _names(rule.head) - set(bound)
        if missing:
            raise UnsafeError(f"'{rule.text}' binds no {', '.join(sorted(missing))}")
        self._make = _maker(rule.head, bound)

    def _start(self, access: _Access, bound: list[str]) -> None:
        self.driver = access
        bound.extend(access.names)

    def derive(self, world: World, new: set[Row]) -> set[Row]:
        """Return the rows of the head: from all that is known, or from the ``new`` rows of the driving premise."""
        rows: list[Row] = [()]
        if self.driver is not None:
            index: dict[Any, list[Row]] = {}
            self.driver.fill(index, new)
            rows = index.get((), [])
        for op in self._ops:
            if not rows:
                return set()
            rows = op(rows, world)
        return set(map(self._make, rows))


def _names(*atoms: Atom) -> set[str]:
    return {a.name for atom in atoms for a in atom.arguments if isinstance(a, Variable)}


def _outer(rule: RuleText) -> set[str]:
    """Names of the variables that belong to the rule as a whole; any other is local to its ForAll."""
    found = _names(rule.head, *(p.atom for p in rule.premises if isinstance(p, Literal)))
    for premise in rule.premises:
        if isinstance(premise, Comparison):
            found |= {x.name for x in (premise.left, premise.right) if isinstance(x, Variable)}
    return found


def _apart(premise: ForAll, rule: RuleText) -> tuple[Atom, Atom]:
    """Return atom and condition with the local variables renamed, so that the premise can be asked again in full."""
    new = {name: Variable(f"{name}'") for name in _names(premise.atom, premise.condition) - _outer(rule)}

    def renamed(atom: Atom) -> Atom:
        return Atom(atom.name, tuple(new.get(a.name, a) if isinstance(a, Variable) else a for a in atom.arguments))

    return renamed(premise.atom), renamed(premise.condition)


def _next(rest: Sequence[Any], bound: Sequence[str], rule: RuleText) -> Any:
    """Choose the premise to join next: a test as soon as its variables are bound, else the one with most known places."""
    known = set(bound)
    best: tuple[int, Any] | None = None
    for premise in rest:
        if isinstance(premise, Comparison):
            names = {x.name for x in (premise.left, premise.right) if isinstance(x, Variable)}
            if names <= known or (premise.operator == "=" and len(names - known) == 1):
                return premise
        elif isinstance(premise, ForAll):
            if _names(premise.atom, premise.condition) & _outer(rule) <= known:
                return premise
        elif premise.negative:
            if _names(premise.atom) <= known:
                return premise
        else:
            sure = sum(not isinstance(a, Variable) or a.name in known for a in premise.atom.arguments)
            if sure == len(premise.atom.arguments):
                return premise
            if best is None or sure > best[0]:
                best = sure, premise
    if best is None:
        raise UnsafeError(f"'{rule.text}' leaves a variable unbound")
    return best[1]


def _op(premise: Any, bound: list[str], rule: RuleText) -> Op:
    if isinstance(premise, Comparison):
        return _compare(premise, bound)
    if isinstance(premise, ForAll):
        return _for_all(premise, bound)
    if premise.negative:
        predicate, make = (premise.atom.name, len(premise.atom.arguments)), _maker(premise.atom, bound)

        def absent(rows: list[Row], world: World) -> list[Row]:
            known = world[predicate].rows
            return [row for row in rows if make(row) not in known]

        return absent
    return _join(_Access(premise.atom, bound), bound)


def _join(access: _Access, bound: list[str]) -> Op:
    bound.extend(access.names)
    key = access.key

    def join(rows: list[Row], world: World) -> list[Row]:
        index = world[access.predicate].index(access)
        return [row + more for row in rows for more in index.get(key(row), ())]

    return join


def _compare(premise: Comparison, bound: list[str]) -> Op:
    sides: list[tuple[int | None, Any]] = [
        (bound.index(side.name) if side.name in bound else None, side) if isinstance(side, Variable) else (None, side)
        for side in (premise.left, premise.right)
    ]
    for (_, side), (place, other) in (sides, sides[::-1]):
        if isinstance(side, Variable) and side.name not in bound:
            bound.append(side.name)
            return lambda rows, world: [(*row, other if place is None else row[place]) for row in rows]
    (left, a), (right, b) = sides
    test = _TESTS[premise.operator]

    def compare(rows: list[Row], world: World) -> list[Row]:
        return [row for row in rows if test(a if left is None else row[left], b if right is None else row[right])]

    return compare


def _for_all(premise: ForAll, bound: Sequence[str]) -> Op:
    condition = _Access(premise.condition, bound)
    inside = [*bound, *condition.names]
    predicate, make = (premise.atom.name, len(premise.atom.arguments)), _maker(premise.atom, inside)
    key = condition.key

    def for_all(rows: list[Row], world: World) -> list[Row]:
        index, known = world[condition.predicate].index(condition), world[predicate].rows
        return [row for row in rows if all(make(row + more) in known for more in index.get(key(row), ()))]

    return for_all


# --- strata --------------------------------------------------------------------------------------------------------------


def _needs(rule: RuleText) -> Iterator[tuple[Predicate, bool]]:
    """Yield each predicate that a rule needs, and whether it has to be complete before the rule can be tried."""
    for premise in rule.premises:
        if isinstance(premise, Literal):
            yield (premise.atom.name, len(premise.atom.arguments)), premise.negative
        elif isinstance(premise, ForAll):
            yield (premise.atom.name, len(premise.atom.arguments)), False
            # more ways in which the condition holds make fewer conclusions, as with an absence
            yield (premise.condition.name, len(premise.condition.arguments)), True


def strata(rules: Sequence[RuleText]) -> list[list[RuleText]]:
    """Put rules into strata, so that what a rule needs complete is concluded only in a stratum below.

    Raises NotStratifiedError where that cannot be done.
    """
    level: dict[Predicate, int] = defaultdict(int)
    moving = True
    while moving:
        moving = False
        for rule in rules:
            head = (rule.head.name, len(rule.head.arguments))
            least = max((level[p] + complete for p, complete in _needs(rule)), default=0)
            if least > level[head]:
                level[head], moving = least, True
                if least > len(rules):
                    raise NotStratifiedError(f"'{rule.head.name}' depends on its own absence")
    found: dict[int, list[RuleText]] = defaultdict(list)
    for rule in rules:
        found[level[rule.head.name, len(rule.head.arguments)]].append(rule)
    return [found[n] for n in sorted(found)]


class _Interpreter:
    """Rules made ready once, for any facts."""

    def __init__(self, rules: Sequence[RuleText]) -> None:
        self._predicates = {(rule.head.name, len(rule.head.arguments)) for rule in rules}
        self._predicates |= {predicate for rule in rules for predicate, _ in _needs(rule)}
        self._strata: list[tuple[list[_Plan], list[_Plan]]] = []
        for stratum in strata(rules):
            heads = {(rule.head.name, len(rule.head.arguments)) for rule in stratum}
            first = [_Plan(rule, None) for rule in stratum]
            again = [
                _Plan(rule, premise)
                for rule in stratum
                for premise in rule.premises
                if isinstance(premise, ForAll) or (isinstance(premise, Literal) and not premise.negative)
                if (premise.atom.name, len(premise.atom.arguments)) in heads
            ]
            self._strata.append((first, again))

    def run(self, given: Iterable[Atom]) -> frozenset[Atom]:
        """Return ``given`` and what follows from it."""
        start: dict[Predicate, set[Row]] = defaultdict(set)
        for atom in given:
            start[atom.name, len(atom.arguments)].add(tuple(atom.arguments))
        world: World = {predicate: _Relation() for predicate in {*self._predicates, *start}}
        for predicate, rows in start.items():
            world[predicate].add(rows)
        for first, again in self._strata:
            new = self._round(first, world, {})
            while new:
                for predicate, rows in new.items():
                    world[predicate].add(rows)
                new = self._round(again, world, new)
        return frozenset(Atom(name, row) for (name, _), relation in world.items() for row in relation.rows)

    @staticmethod
    def _round(plans: Sequence[_Plan], world: World, new: dict[Predicate, set[Row]]) -> dict[Predicate, set[Row]]:
        found: dict[Predicate, set[Row]] = defaultdict(set)
        for plan in plans:
            fresh = new.get(plan.driver.predicate, set()) if plan.driver is not None else set()
            if plan.driver is None or fresh:
                found[plan.head] |= plan.derive(world, fresh)
        return {head: more for head, rows in found.items() if (more := rows - world[head].rows)}
