"""Ground again after a few facts have come and gone: from the ground program of before, and only what those facts touch.

Clingo grounds a whole program or nothing. Here the instances that a change calls for are joined from it, premise by premise
(semi-naive), and put in the place of those that they replace. What comes out has the same answers as what clingo would ground; it
may hold atoms and instances that nothing can make true any more, so proofs are not read from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from mechkg.reasoning.outcomes import ROLES
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.program import GroundProgram, GroundRule, read_atom, read_instance
from mechkg.reasoning.rulebook import Rulebook
from mechkg.reasoning.terms import COMPARE, Atom, Comparison, ForAll, Literal, RuleText, Term, Variable

Values = dict[str, Term]
"""Variables that are bound, and to what."""


def reground(program: GroundProgram, rulebook: Rulebook, before: frozenset[Atom], after: frozenset[Atom]) -> GroundProgram | None:
    """Return the ground program of ``rulebook`` over the facts ``after``, from ``program``, which is that over ``before``.

    None when no verdict, and nothing that is told with it, can hang on what differs.
    """
    return _Change(program, _rules_of(rulebook), before, after).run()


# --- the rules, by what sets them off ---------------------------------------------------------------------------------------


class _Rule(NamedTuple):
    """A rule, its parts apart; ``number`` is None for one that opens choices, or is not to be shown in proofs."""

    number: int | None
    text: RuleText
    positive: tuple[Atom, ...]
    negative: tuple[Atom, ...]
    every: tuple[ForAll, ...]
    comparisons: tuple[Comparison, ...]

    @classmethod
    def of(cls, number: int | None, text: RuleText) -> _Rule:
        literals = [p for p in text.premises if isinstance(p, Literal)]
        return cls(
            number,
            text,
            tuple(p.atom for p in literals if not p.negative),
            tuple(p.atom for p in literals if p.negative),
            tuple(p for p in text.premises if isinstance(p, ForAll)),
            tuple(p for p in text.premises if isinstance(p, Comparison)),
        )


class _Rules:
    """Rules by the predicates that set them off, and what opens choices."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.by_presence: dict[str, list[tuple[_Rule, Atom]]] = defaultdict(list)
        """Predicate -> rules that have more instances when an atom of it becomes possible."""
        self.by_absence: dict[str, list[tuple[_Rule, Atom]]] = defaultdict(list)
        """Predicate -> rules of which instances read otherwise when an atom becomes possible, or no longer holds in any case."""
        self.by_head: dict[str, list[tuple[_Rule, Atom]]] = defaultdict(list)
        """Predicate -> rules that conclude it: of what holds in any case, clingo keeps one reason."""
        rules = [_Rule.of(number, rule.text) for number, rule in enumerate(rulebook.rules)]
        self.conditional = {rule.number: rule for rule in rules if rule.every}
        self._joins: dict[tuple[int, frozenset[str]], Sequence[_Join]] = {}
        self.choices, plain = _read_choices(rulebook.choices)
        for rule in (*rules, *plain):
            self.by_head[rule.text.head.name].append((rule, rule.text.head))
            for atom in rule.positive:
                self.by_presence[atom.name].append((rule, atom))
            for atom in (*rule.negative, *(a for each in rule.every for a in (each.atom, each.condition))):
                self.by_absence[atom.name].append((rule, atom))

    def joins(self, rule: _Rule, bound: frozenset[str]) -> Sequence[_Join]:
        """Return how to find the values of all variables of a rule when some are ``bound``."""
        key = id(rule.text), bound
        if key not in self._joins:
            self._joins[key] = _joins(rule, bound)
        return self._joins[key]


class _Join(NamedTuple):
    """One step in finding the values of a rule: rows of a predicate with what is known at ``places``, named or as it stands."""

    name: str
    places: tuple[int, ...]
    known: tuple[Variable | Term, ...]
    new: tuple[tuple[int, str], ...]
    same: tuple[tuple[int, int], ...]
    comparisons: tuple[Comparison, ...]
    """What can be compared after this step."""


def _joins(rule: _Rule, bound: frozenset[str]) -> list[_Join]:
    """Return the steps for a rule, at each time the premise of which least is unknown."""
    known, rest, later, found = set(bound), list(rule.positive), list(rule.comparisons), []
    while rest:
        atom = min(rest, key=lambda a: sum(isinstance(x, Variable) and x.name not in known for x in a.arguments))
        rest.remove(atom)
        sure = [p for p, x in enumerate(atom.arguments) if not isinstance(x, Variable) or x.name in known]
        new: dict[str, int] = {}
        same = []
        for place, argument in enumerate(atom.arguments):
            if place not in sure:
                first = new.setdefault(argument.name, place)
                if first != place:
                    same.append((first, place))
        known |= new.keys()
        ready = [c for c in later if known.issuperset(s.name for s in (c.left, c.right) if isinstance(s, Variable))]
        later = [c for c in later if c not in ready]
        places, values = tuple(sure), tuple([atom.arguments[p] for p in sure])
        found.append(_Join(atom.name, places, values, tuple((p, n) for n, p in new.items()), tuple(same), tuple(ready)))
    assert not later, f"'{rule.text.text}' compares what no premise binds"
    return found


def _joined(joins: Sequence[_Join], values: Values, relation: Callable[[str], _Relation], step: int = 0) -> Iterator[Values]:
    """Yield the values with which all premises can hold together, and comparisons with them."""
    if step == len(joins):
        yield values
        return
    join = joins[step]
    known = tuple([values[each.name] if isinstance(each, Variable) else each for each in join.known])
    for row in tuple(relation(join.name).matching(join.places, known)):
        if any(row[p] != row[q] for p, q in join.same):
            continue
        bound = {**values, **{name: row[place] for place, name in join.new}}
        if all(_holds(comparison, bound) for comparison in join.comparisons):
            yield from _joined(joins, bound, relation, step + 1)


def _holds(comparison: Comparison, values: Values) -> bool:
    """Compare as clingo does: numbers come before texts."""
    sides = [values[s.name] if isinstance(s, Variable) else s for s in (comparison.left, comparison.right)]
    left, right = ((isinstance(side, str), side) for side in sides)
    return COMPARE[comparison.operator](left, right)


_CHOICE = re.compile(r"\{ (?P<head>[^:{}]+?)(?: : (?P<condition>[^{}]+?))? \} :- (?P<body>.*)\.")

_read: dict[tuple[str, ...], _Rules] = {}
"""Texts of rules -> what was made of them: every space comes with a rulebook of its own, which reads the same."""


def _rules_of(rulebook: Rulebook) -> _Rules:
    key = (rulebook.choices, *(rule.text.text for rule in rulebook.rules))
    if key not in _read:
        _read.clear()
        _read[key] = _Rules(rulebook)
    return _read[key]


def _read_choices(text: str) -> tuple[list[_Rule], list[_Rule]]:
    """Return what opens choices, each as a rule for what it opens, and the other rules beside it."""
    from mechkg.reasoning.engine import parse_rules  # clingo, which hardly anything else needs

    choices: list[_Rule] = []
    plain: list[_Rule] = []
    for line in text.splitlines():
        if not line or line.startswith(("%", "#minimize")):
            continue
        found = _CHOICE.fullmatch(line)
        written = line if found is None else f"{found['head']} :- {', '.join(filter(None, (found['body'], found['condition'])))}."
        made = [_Rule.of(None, rule) for rule in parse_rules(written, "choices.lp")]
        (plain if found is None else choices).extend(made)
    return choices, plain


# --- what is known of a predicate -------------------------------------------------------------------------------------------


class _Relation:
    """The atoms of a predicate that can hold, as rows of values, with an index for each way in which they were asked for."""

    def __init__(self, rows: Iterable[tuple[Term, ...]]) -> None:
        self.rows = list(rows)
        self._indexes: dict[tuple[int, ...], dict[tuple[Term, ...], list[tuple[Term, ...]]]] = {}

    def add(self, row: tuple[Term, ...]) -> None:
        """Take in one more atom."""
        self.rows.append(row)
        for places, index in self._indexes.items():
            index.setdefault(tuple([row[p] for p in places]), []).append(row)

    def matching(self, places: tuple[int, ...], values: tuple[Term, ...]) -> Sequence[tuple[Term, ...]]:
        """Return the rows with these values at these places."""
        if not places:
            return self.rows
        index = self._indexes.get(places)
        if index is None:
            index = self._indexes[places] = {}
            for row in self.rows:
                index.setdefault(tuple([row[p] for p in places]), []).append(row)
        return index.get(values, ())


# --- one change -------------------------------------------------------------------------------------------------------------

_Key = tuple[int | None, str]
"""A rule by its number, and the text of an instance of it, or of what it concludes."""


class _Change:
    """One change of facts, being worked off. Atoms that are new get numbers below zero, which clingo gives to none."""

    def __init__(self, program: GroundProgram, rules: _Rules, before: frozenset[Atom], after: frozenset[Atom]) -> None:
        self.old = program
        self.rules = rules
        self.after = after
        self.coming, self.going = after - before, before - after
        self.new: dict[str, int] = {}
        """Text of an atom that clingo had no number for -> its number."""
        self.count = 0
        self.relations: dict[str, _Relation] = {}
        self.facts_of: dict[str, list[Atom]] = defaultdict(list)
        for atom in after:
            self.facts_of[atom.name].append(atom)
        self.made: dict[_Key, tuple[GroundRule, ...]] = {}
        """Instance -> how it reads now, with what helps it; nothing when it cannot fire."""
        self.waiting: list[Atom] = []

    def run(self) -> GroundProgram | None:
        """Work the change off."""
        inputs = self._inputs()
        for atom in self.coming:
            self._possible(atom)
        # most facts that go were about nothing that any rule came to speak of
        if any(self._matters(atom) for atom in self.going):
            self._spell_out()
        lost: set[int] = set()
        while True:
            while self.waiting:
                atom = self.waiting.pop()
                self._set_off(self.rules.by_presence, atom)
                self._set_off(self.rules.by_absence, atom)
            facts = self._facts()
            less = self.old.facts - facts - lost
            if not less:
                return self._result(facts, inputs)
            lost |= less
            for number in less & self.old.texts.keys():
                self._set_off(self.rules.by_absence, self.old.atom(number))
                self._set_off(self.rules.by_head, self.old.atom(number))

    def _matters(self, atom: Atom) -> bool:
        """Say whether some instance has an atom as a premise, or may have been left out because it holds."""
        return atom.name in self.rules.by_absence or self.old.index.get(str(atom)) in self.old.used_by

    # --- atoms ----------------------------------------------------------------------------------------------------------

    def _number(self, atom: Atom) -> int | None:
        """Return the number of an atom that can hold; None of one that cannot."""
        text = str(atom)
        known = self.old.index.get(text)
        return known if known is not None else self.new.get(text)

    def _possible(self, atom: Atom) -> int:
        """Take in that an atom can hold, and return its number."""
        number = self._number(atom)
        if number is None:
            number = self.new[str(atom)] = self._fresh()
            if atom.name in self.relations:
                self.relations[atom.name].add(atom.arguments)
            self.waiting.append(atom)
        return number

    def _fresh(self) -> int:
        self.count += 1
        return -self.count

    def _relation(self, name: str) -> _Relation:
        found = self.relations.get(name)
        if found is None:
            known = [atom.arguments for _, atom in self.old.atoms(name) if atom not in self.going]
            known += [atom.arguments for atom in map(read_atom, self.new) if atom.name == name]
            found = self.relations[name] = _Relation(known)
        return found

    # --- instances ------------------------------------------------------------------------------------------------------

    def _set_off(self, rules: dict[str, list[tuple[_Rule, Atom]]], atom: Atom) -> None:
        """Make the instances of rules anew that name an atom."""
        for rule, premise in rules.get(atom.name, ()):
            values = _unified(premise, atom.arguments, {})
            if values is not None:
                # what stands in a condition alone is no variable of the rule
                given = {name: value for name, value in values.items() if name in rule.text.variables}
                for bound in _joined(self.rules.joins(rule, frozenset(given)), given, self._relation):
                    self._make(rule, bound)

    def _make(self, rule: _Rule, values: Values) -> None:
        """Take down how an instance of a rule reads now."""
        head = rule.text.head.bind(values)
        written = ",".join(f'"{v}"' if isinstance(v, str) else str(v) for v in map(values.__getitem__, rule.text.variables))
        instance = "" if rule.number is None else f"{rule.number},{written}" if written else str(rule.number)
        key = rule.number, instance or str(head)
        if key in self.made and not rule.every:
            before = self.made[key]
            if before and len(before[0].negative) == len(rule.negative):
                return  # it can read in no other way
        positive = [self._number(atom.bind(values)) for atom in rule.positive]
        negative = [(atom, self._number(atom)) for atom in (premise.bind(values) for premise in rule.negative)]
        helping: list[GroundRule] = []
        for every in rule.every:
            positive += self._every(every.atom.bind(values), every.condition.bind(values), helping)
        fires = None not in positive and not any(atom in self.after for atom, _ in negative)
        if not fires:
            self.made[key] = ()
            return
        needs = tuple(dict.fromkeys(n for n in positive if n is not None))
        absent = tuple(n for _, n in negative if n is not None)
        self.made[key] = (GroundRule(self._possible(head), needs, absent, instance), *helping)

    def _every(self, atom: Atom, condition: Atom, helping: list[GroundRule]) -> Iterator[int | None]:
        """Yield what has to hold so that ``atom`` does wherever ``condition`` does; None for what cannot."""
        places = tuple([p for p, a in enumerate(condition.arguments) if not isinstance(a, Variable)])
        known = tuple([condition.arguments[p] for p in places])
        for row in self._relation(condition.name).matching(places, known):
            bound = _unified(condition, row, {})
            if bound is None:
                continue
            asked, when = self._number(atom.bind(bound)), Atom(condition.name, row)
            if when in self.after:
                yield asked
            elif (number := self._number(when)) is not None and not self._stated(condition.name):
                either = self._fresh()
                helping.append(GroundRule(either, (), (number,), ""))
                if asked is not None:
                    helping.append(GroundRule(either, (asked,), (), ""))
                yield either

    def _stated(self, name: str) -> bool:
        """Say whether atoms of a predicate are facts only."""
        return name in PREDICATES and PREDICATES[name].origin in ("fact", "computed")

    def _spell_out(self) -> None:
        """Make anew the instances with conditions that conclude what holds in any case: clingo leaves out what such a condition
        comes to, and two that rest on each other would seem to have a reason.
        """
        for reasons in self.old.settled_by.values():
            for reason in reasons:
                rule = self.rules.conditional.get(int(reason.instance.partition(",")[0])) if reason.instance else None
                if rule is not None:
                    _, values = read_instance(reason.instance)
                    self._make(rule, dict(zip(rule.text.variables, values, strict=True)))

    # --- what it comes to -----------------------------------------------------------------------------------------------

    def _inputs(self) -> frozenset[int]:
        """Return what is open now."""
        touched = {atom.name for atom in (*self.coming, *self.going)}
        opened = {rule.text.head.name for rule in self.rules.choices if any(a.name in touched for a in rule.positive)}
        stated: dict[str, _Relation] = {}

        def relation(name: str) -> _Relation:
            if name not in stated:
                stated[name] = _Relation(atom.arguments for atom in self.facts_of.get(name, ()))
            return stated[name]

        found = {n for n in self.old.inputs if self.old.atom(n).name not in opened}
        for rule in self.rules.choices:
            if rule.text.head.name in opened:
                for values in _joined(self.rules.joins(rule, frozenset()), {}, relation):
                    found.add(self._possible(rule.text.head.bind(values)))
        return frozenset(found)

    def _facts(self) -> frozenset[int]:
        """Return what holds in any case: what is stated, and of what held in any case before what still follows.

        Atoms that clingo made up for conditions stay as they are: an instance that they no longer serve is made without them.
        """
        old = self.old
        remade: dict[int, list[GroundRule]] = defaultdict(list)
        served: dict[int, list[int]] = defaultdict(list)
        for made in self.made.values():
            for rule in made:
                if rule.instance and not rule.negative:
                    remade[rule.head].append(rule)
                    for number in rule.positive:
                        served[number].append(rule.head)
        back = [n for n in map(self._number, self.going) if n is not None]
        back += {rule.head for rule in self._replaced() if rule.head in old.facts}
        doubtful: set[int] = set()
        while back:
            number = back.pop()
            if number not in doubtful and number in old.facts and number in old.texts:
                doubtful.add(number)
                back += old.used_by.get(number, ())
                back += served.get(number, ())
        found = set(old.facts - doubtful).union(n for n in map(self._number, self.coming) if n is not None)
        stated = {n for n in doubtful if old.atom(n) in self.after}
        found |= stated
        waiting = doubtful - stated
        replaced = {rule.instance for rule in self._replaced()}
        moving = True
        while moving:
            moving = False
            for number in tuple(waiting):
                reasons = [r for r in old.settled_by.get(number, ()) if r.instance not in replaced or not r.instance]
                if any(found.issuperset(rule.positive) for rule in (*reasons, *remade.get(number, ()))):
                    found.add(number)
                    waiting.discard(number)
                    moving = True
        return frozenset(found)

    def _replaced(self) -> Iterator[GroundRule]:
        """Yield the instances of before that now read otherwise, or may."""
        for number, instance in self.made:
            if number is not None and instance in self.old.by_instance:
                yield self.old.by_instance[instance]

    def _result(self, facts: frozenset[int], inputs: frozenset[int]) -> GroundProgram | None:
        inputs -= facts
        was = {rule.instance: rule for rule in self._replaced()}
        settled = facts & self.old.facts
        touched = (facts ^ self.old.facts) | (inputs ^ self.old.inputs)
        for (_, instance), made in self.made.items():
            readings = [made[0]] if made else [], [was[instance]] if instance in was else []
            new, old = ([(r.head, set(r.positive) - settled, set(r.negative)) for r in rules] for rules in readings)
            if new != old:
                touched |= {rule.head for rules in (made, readings[1]) for rule in rules}
        added = [rule for made in self.made.values() for rule in made]
        if not self._bears(touched, added):
            return None
        kept = [rule for rule in self.old.rules if rule.instance not in was]
        texts = {**self.old.texts, **{number: text for text, number in self.new.items()}}
        return GroundProgram(texts, facts, inputs, (*kept, *added))

    def _bears(self, touched: Iterable[int], added: Iterable[GroundRule]) -> bool:
        """Say whether anything that verdicts hang on can rest on one of these atoms."""
        new: dict[int, list[int]] = defaultdict(list)
        for rule in added:
            for number in (*rule.positive, *rule.negative):
                new[number].append(rule.head)
        wanted = {n for name in ROLES for n in self.old.by_name.get(name, ())}
        wanted |= {n for text, n in self.new.items() if text.startswith(tuple(f"{name}(" for name in ROLES))}
        seen, back = set(touched), list(touched)
        while back:
            number = back.pop()
            if number in wanted:
                return True
            for head in (*self.old.used_by.get(number, ()), *new.get(number, ())):
                if head not in seen:
                    seen.add(head)
                    back.append(head)
        return False


# --- values -----------------------------------------------------------------------------------------------------------------


def _unified(atom: Atom, row: Sequence[Term], values: Values) -> Values | None:
    """Return the values with which an atom reads like ``row``; None when there are none."""
    bound = dict(values)
    for argument, value in zip(atom.arguments, row, strict=True):
        if isinstance(argument, Variable):
            if bound.setdefault(argument.name, value) != value:
                return None
        elif argument != value:
            return None
    return bound
