"""Proofs: from a conclusion down to the sentences of the papers, with what is *not* the case shown as well.

The engine says which rule instances fired. A proof follows, for each atom, the instance that could fire earliest, so it never
rests on itself. For a premise that must not hold, every rule that could have given it is tried again, and the first premise that
fails in each is the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from mechkg.model.verdict import ProofNode, Standing
from mechkg.model.verdict import Source as Statement
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.outcomes import Model
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.program import Instance, read_instance
from mechkg.reasoning.rulebook import Rule, Rulebook
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Premise, Term, Variable, template

_NO_GAP = 10**9

_MOST_STOPS = 1000
"""So many ways of meeting the premises of one rule are looked at for those that come nearest."""


class Instances:
    """What rule instances conclude and need, worked out once and shared by the provers of one space."""

    def __init__(self, rulebook: Rulebook, labels: Labels) -> None:
        self.rules = rulebook.rules
        self._labels = labels
        self._known: dict[Instance, tuple[Atom, tuple[Atom, ...], tuple[int, int, int]]] = {}
        self._templates = [
            (
                template(rule.text.head, rule.text.variables),
                [template(p.atom, rule.text.variables) for p in rule.text.premises if isinstance(p, Literal) and not p.negative],
            )
            for rule in self.rules
        ]

    def read(self, instance: Instance) -> tuple[Atom, tuple[Atom, ...], tuple[int, int, int]]:
        """Return head, plain positive premises, and how little an instance is to be preferred.

        Preferred are: rules that come first, what is printed over what a curator read into the text, and early observations.
        """
        known = self._known.get(instance)
        if known is None:
            number, values = instance
            head, templates = self._templates[number]
            needs = tuple(make(values) for make in templates)
            doubt = sum(self._doubt(atom) for atom in needs)
            times = sum(v for v in values if isinstance(v, int))
            known = self._known[instance] = (head(values), needs, (doubt, number, times))
        return known

    def binding(self, instance: Instance) -> dict[str, Term]:
        """Return the values of the variables of an instance, by name."""
        return dict(zip(self.rules[instance[0]].text.variables, instance[1], strict=True))

    def _doubt(self, atom: Atom) -> int:
        if atom.name not in ("reported", "observed"):
            return sum(self._doubt_of(str(a)) for a in atom.arguments[:1]) if atom.name in ("unseen", "seen") else 0
        return self._doubt_of(str(atom.arguments[0]))

    def _doubt_of(self, item: str) -> int:
        statement = self._labels.statements.get(item)
        return int(statement is not None and statement.flag != "stated")


class Prover:
    """Builds proofs for the atoms of one setting."""

    def __init__(self, instances: Instances, facts: Facts, labels: Labels, model: Model) -> None:
        self._instances = instances
        self._rules = instances.rules
        self._facts = facts
        self._labels = labels
        self._model = model
        self._by_argument: dict[str, dict[tuple[int, Term], list[Atom]]] = {}
        self._denied: dict[Atom, ProofNode | None] = {}
        self._denying: dict[Atom, int] = {}  # what is being denied, by depth
        self._gap = _NO_GAP  # the least depth of what a reason led back to
        self._known: dict[Atom, ProofNode] = {}
        self._reason: dict[Atom, Instance] = {}
        self._fired: dict[Atom, list[Instance]] = {}

    # --- what holds ---------------------------------------------------------------------------------------------------

    def _concluding(self, atom: Atom) -> list[Instance]:
        """Return the rule instances that conclude an atom; none for what is given."""
        known = self._fired.get(atom)
        if known is None:
            known = self._fired[atom] = [read_instance(rule.instance) for rule in self._model.fired(atom)]
        return known

    def _reason_of(self, atom: Atom) -> Instance | None:
        """Return the instance that an atom is concluded by, None for what is given; it never rests on the atom itself.

        Only what the atom can rest on is looked at: going back from it to every instance that may matter, then forward again in
        rounds. Of several instances that can fire in the same round the preferred one is taken; where nothing met on the way
        back needs the atom itself, all that can fire are compared.
        """
        if atom in self._reason or not self._concluding(atom):
            return self._reason.get(atom)
        waiting: dict[Atom, list[Instance]] = defaultdict(list)
        missing: dict[Instance, int] = {}
        frontier: list[Instance] = []
        back, seen = [atom], {atom}
        while back:
            for instance in self._concluding(back.pop()):
                needs = {n for n in self._needs(instance) if n not in self._reason and self._concluding(n)}
                missing[instance] = len(needs)
                if not needs:
                    frontier.append(instance)
                for need in needs:
                    waiting[need].append(instance)
                    if need not in seen:
                        seen.add(need)
                        back.append(need)
        patient = atom not in waiting
        choice: list[Instance] = []
        while frontier:
            fresh: dict[Atom, Instance] = {}
            for instance in frontier:
                head, _, preference = self._instances.read(instance)
                if patient and head == atom:
                    choice.append(instance)
                elif head not in self._reason:
                    best = fresh.get(head)
                    if best is None or preference < self._instances.read(best)[2]:
                        fresh[head] = instance
            frontier = []
            for head, instance in fresh.items():
                self._reason[head] = instance
                for other in waiting.pop(head, ()):
                    missing[other] -= 1
                    if missing[other] == 0:
                        frontier.append(other)
        if choice:
            self._reason[atom] = min(choice, key=lambda instance: self._instances.read(instance)[2])
        return self._reason.get(atom)

    def _needs(self, instance: Instance) -> list[Atom]:
        return [*self._instances.read(instance)[1], *self._needed_for_all(instance)]

    def _needed_for_all(self, instance: Instance) -> list[Atom]:
        premises = [p for p in self._rules[instance[0]].text.premises if isinstance(p, ForAll)]
        if not premises:
            return []
        binding = self._instances.binding(instance)
        return [atom for premise in premises for atom in self._positive(premise, binding)]

    def _positive(self, premise: Premise, binding: dict[str, Term]) -> list[Atom]:
        if isinstance(premise, Literal):
            return [] if premise.negative else [premise.atom.bind(binding)]
        if isinstance(premise, ForAll):
            return [premise.atom.bind(binding | extra) for extra in self._matches(premise.condition.bind(binding))]
        return []

    def _matches(self, pattern: Atom) -> Iterator[dict[str, Term]]:
        candidates = self._model.named(pattern.name)
        index = self._by_argument.get(pattern.name)
        if index is None:
            index = self._by_argument[pattern.name] = defaultdict(list)
            for atom in candidates:
                for place, argument in enumerate(atom.arguments):
                    index[place, argument].append(atom)
        for place, argument in enumerate(pattern.arguments):
            if not isinstance(argument, Variable):
                candidates = min(candidates, index.get((place, argument), []), key=len)
        for atom in candidates:
            found = _unify(pattern, atom)
            if found is not None:
                yield found

    def prove(self, atom: Atom) -> ProofNode:
        """Return the proof of an atom that holds."""
        if atom in self._known:
            return self._known[atom]
        node = self._prove(atom)
        self._known[atom] = node
        return node

    def _prove(self, atom: Atom) -> ProofNode:
        predicate = PREDICATES[atom.name]
        if atom.name == "assumed":
            return ProofNode(self._say(atom), "assumed", sources=self._sources(atom), atom=str(atom))
        if (instance := self._reason_of(atom)) is not None:
            rule, binding = self._rules[instance[0]], self._instances.binding(instance)
            sentence, premises = self._sentence(rule, binding), tuple(self._premises(rule, binding))
            if len(premises) == 1 and premises[0].sentence == sentence:
                return premises[0]  # a line that only repeats what it rests on says nothing
            return ProofNode(
                sentence,
                "derived",
                rule=rule.name,
                soundness=rule.soundness,
                citation=rule.source,
                premises=premises,
                atom=str(atom),
            )
        standing: Standing = "chosen" if predicate.origin == "chosen" else "stated"
        if atom.name == "on" and Atom("background", atom.arguments) in self._facts.atoms:
            standing = "stated"
        return ProofNode(self._say(atom), standing, sources=self._sources(atom), atom=str(atom))

    def _premises(self, rule: Rule, binding: dict[str, Term]) -> Iterator[ProofNode]:
        for premise in rule.text.premises:
            if isinstance(premise, Literal) and premise.negative:
                node = self.deny(premise.atom.bind(binding))
                if node is not None:
                    yield node
                continue
            for atom in self._positive(premise, binding):
                if not PREDICATES[atom.name].trivial:
                    yield self.prove(atom)

    # --- what does not hold -------------------------------------------------------------------------------------------

    def deny(self, atom: Atom) -> ProofNode | None:
        """Say why ``atom`` does not hold; None when that is not worth a line (a fact that nobody stated).

        A reason that leads back to what is being denied is left out: that it was not derived elsewhere is then the reason. What
        was worked out with such a gap holds only there, and is not kept.
        """
        if atom in self._denied:
            return self._denied[atom]
        if atom in self._denying:
            self._gap = min(self._gap, self._denying[atom])
            return None
        outer, self._gap = self._gap, _NO_GAP
        depth = self._denying[atom] = len(self._denying)
        node = self._deny(atom)
        del self._denying[atom]
        if self._gap >= depth:
            self._denied[atom] = node
            self._gap = outer
        else:
            self._gap = min(outer, self._gap)
        return node

    def _deny(self, atom: Atom) -> ProofNode | None:
        predicate = PREDICATES[atom.name]
        if predicate.trivial or predicate.origin == "fact":
            return None
        if predicate.origin in ("chosen", "computed") or predicate.absence != "reasons":
            return ProofNode(self._say(atom, deny=True), "absent", atom=str(atom))
        return self.why_not(atom)

    def why_not(self, atom: Atom) -> ProofNode:
        """Say why ``atom``, which does not hold, was not derived: for each rule that could have given it, what it lacks.

        A variable in it stands for any value.
        """
        if atom not in self._denying:
            self._denying[atom] = len(self._denying)
            node = self.why_not(atom)
            del self._denying[atom]
            return node
        reasons: dict[str, ProofNode] = {}
        for rule in self._rules:
            found = _unify(rule.text.head, atom) if rule.text.head.name == atom.name else None
            if found is None:
                continue
            # what is denied for every value of an argument leaves that argument open
            start = {name: value for name, value in found.items() if isinstance(value, str | int)}
            for reason in self._failures(sorted(rule.text.premises, key=_cost), start):
                reasons.setdefault(reason.atom or reason.sentence, reason)
        return ProofNode(self._say(atom, deny=True), "absent", premises=tuple(_merged(reasons.values())), atom=str(atom))

    def _failures(self, premises: Sequence[Premise], binding: dict[str, Term]) -> Iterator[ProofNode]:
        """Yield, for each way of meeting the first premises, why the next one fails."""
        if not premises:
            return
        premise, rest = premises[0], premises[1:]
        if isinstance(premise, Comparison):
            if premise.holds(binding):
                yield from self._failures(rest, binding)
            return
        if isinstance(premise, ForAll):
            missing = [a for a in self._positive(premise, binding) if a not in self._model]
            if not missing:
                yield from self._failures(rest, binding)
            elif (node := self.deny(missing[0])) is not None:
                yield node
            return
        pattern = premise.atom.bind(binding)
        if premise.negative:
            if pattern in self._model:
                yield self.prove(pattern)
            else:
                yield from self._failures(rest, binding)
            return
        if not any(isinstance(a, Variable) for a in pattern.arguments):
            if pattern in self._model:
                yield from self._failures(rest, binding)
            elif (node := self.deny(pattern)) is not None and (node.premises or pattern.name != "feasible"):
                yield node  # a step that cannot run only because of what is being denied is no reason
            return
        for extra in self._matches(pattern):
            yield from self._failures(rest, binding | extra)

    def nearest(self, atom: Atom) -> list[ProofNode]:
        """Say, for an atom that does not hold, what is missing first in the rules that come nearest to it.

        Unlike a denial, which tries each way of meeting the premises, this also tells of a premise that nothing meets at all. A
        variable in it stands for any value.
        """
        stops: list[tuple[int, Atom, bool]] = []
        for rule in self._rules:
            found = _unify(rule.text.head, atom) if rule.text.head.name == atom.name else None
            if found is not None:
                start = {name: value for name, value in found.items() if isinstance(value, str | int)}
                stops += islice(self._stops(sorted(rule.text.premises, key=_cost), start, 0), _MOST_STOPS)
        furthest = max((depth for depth, _, _ in stops), default=0)
        nodes: dict[str, ProofNode] = {}
        for _, pattern, negative in (stop for stop in stops if stop[0] == furthest):
            node = self.prove(pattern) if negative else self.why_not(pattern)
            nodes.setdefault(node.sentence, node)
        return [node for sentence, node in nodes.items() if sentence != self._say(atom, deny=True)]

    def _stops(self, premises: Sequence[Premise], binding: dict[str, Term], depth: int) -> Iterator[tuple[int, Atom, bool]]:
        """Yield, for each way of meeting the first premises, how many these are, and the next one, which fails.

        True stands with one that must not hold, and does.
        """
        if not premises:
            return
        premise, rest = premises[0], premises[1:]
        if isinstance(premise, Comparison):
            if premise.holds(binding):
                yield from self._stops(rest, binding, depth + 1)
        elif isinstance(premise, ForAll):
            missing = [a for a in self._positive(premise, binding) if a not in self._model]
            if missing:
                yield depth, missing[0], False
            else:
                yield from self._stops(rest, binding, depth + 1)
        elif premise.negative:
            pattern = premise.atom.bind(binding)
            if pattern in self._model:
                yield depth, pattern, True
            else:
                yield from self._stops(rest, binding, depth + 1)
        else:
            pattern = premise.atom.bind(binding)
            matches = [*self._matches(pattern)]
            if not matches:
                yield depth, pattern, False
            for extra in matches:
                yield from self._stops(rest, binding | extra, depth + 1)

    # --- words --------------------------------------------------------------------------------------------------------

    def _say(self, atom: Atom, *, deny: bool = False) -> str:
        predicate = PREDICATES[atom.name]
        words = [
            f"any {kind}" if isinstance(value, Variable) else self._labels.say(kind, value)
            for kind, value in zip(predicate.arguments, atom.arguments, strict=True)
        ]
        return (predicate.denies if deny else predicate.says).format(*words)

    def _sentence(self, rule: Rule, binding: dict[str, Term]) -> str:
        kinds = variable_kinds(rule)
        words = {name: self._labels.say(kinds.get(name, ""), value) for name, value in binding.items()}
        return rule.says.format(**words)

    def _sources(self, atom: Atom) -> tuple[Statement, ...]:
        items = self._facts.stated_by.get(atom, ())
        if atom.name in ("on", "assumed"):
            items = (str(atom.arguments[0]),)
        return tuple(self._labels.statements[item] for item in items if item in self._labels.statements)


def variable_kinds(rule: Rule) -> dict[str, str]:
    """Return what each variable of a rule stands for, read from the predicates it appears in."""
    kinds: dict[str, str] = {}
    atoms = [rule.text.head]
    for premise in rule.text.premises:
        if isinstance(premise, Literal):
            atoms.append(premise.atom)
        elif isinstance(premise, ForAll):
            atoms.extend((premise.atom, premise.condition))
    for atom in atoms:
        for kind, argument in zip(PREDICATES[atom.name].arguments, atom.arguments, strict=True):
            if isinstance(argument, Variable):
                kinds.setdefault(argument.name, kind)
    return kinds


def assumptions_of(node: ProofNode) -> tuple[str, ...]:
    """Return the assumptions that a proof rests on, in the order in which they are met."""
    found: dict[str, None] = {}

    def walk(here: ProofNode) -> None:
        if here.standing == "assumed":
            found.update({source.item: None for source in here.sources})
        for premise in here.premises:
            walk(premise)

    walk(node)
    return tuple(found)


def _unify(pattern: Atom, atom: Atom) -> dict[str, Term] | None:
    if pattern.name != atom.name or len(pattern.arguments) != len(atom.arguments):
        return None
    found: dict[str, Term] = {}
    for one, other in zip(pattern.arguments, atom.arguments, strict=True):
        if isinstance(one, Variable):
            if found.setdefault(one.name, other) != other:
                return None
        elif not isinstance(other, Variable) and one != other:
            return None
    return found


def _cost(premise: Premise) -> int:
    """Order the premises of a failed rule: facts first, then choices, then what is derived, then what must not hold."""
    if isinstance(premise, Comparison):
        return 4
    if isinstance(premise, ForAll):
        return 3
    if premise.negative:
        return 5
    return {"fact": 0, "computed": 0, "chosen": 1, "derived": 2}[PREDICATES[premise.atom.name].origin]


def _merged(reasons: Iterable[ProofNode]) -> list[ProofNode]:
    """Put the steps that are simply not part of the candidate into one line."""
    kept: list[ProofNode] = []
    off: list[ProofNode] = []
    for node in reasons:
        lone = node
        while lone.standing == "absent" and len(lone.premises) == 1 and (lone.atom or "").startswith(("feasible(", "runs_by(")):
            lone = lone.premises[0]
        if lone.standing == "absent" and (lone.atom or "").startswith("on("):
            off.append(lone)
        else:
            kept.append(node)
    if len(off) > 1:
        names = [node.sentence.removesuffix(" is not part of this candidate") for node in off]
        off = [replace(off[0], sentence=f"not part of this candidate: {'; '.join(names)}", atom=None)]
    return kept + off
