"""What follows from the axioms of the ontology: a closure over plain triples, each triple worked off once (semi-naive).

Covers what the ontology uses and more rules would not add: sub-classes and sub-properties, inverse, symmetric and transitive
properties, property chains, domains and ranges, and classes defined by intersections, unions, "some" and "value" restrictions
(OWL 2 RL, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, read in the direction from facts to membership).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol, cast

import rdflib
from rdflib import OWL, RDF, RDFS
from rdflib.collection import Collection
from rdflib.term import Node

Triple = tuple[str, str, str]
"""Subject, predicate, object in N-Triples form."""

TYPE = RDF.type.n3()
SUB_CLASS = RDFS.subClassOf.n3()
_THING = OWL.Thing.n3()
_IGNORED = {_THING, OWL.NamedIndividual.n3(), OWL.Class.n3()}
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Some:
    """Things that have ``property`` to a member of ``filler`` (or, when ``value``, to that very thing)."""

    property: str
    filler: str
    inverse: bool = False
    value: bool = False


Part = str | Some
"""A named class, or a restriction."""


@dataclass(slots=True)
class Axioms:
    """The axioms of an ontology in the form that the closure uses."""

    super_classes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    super_properties: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    inverses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    transitive: set[str] = field(default_factory=set)
    chains: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    domains: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ranges: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    defined: list[tuple[tuple[Part, ...], str]] = field(default_factory=list)
    """(parts that a thing must all have, class it then belongs to)"""
    facts: set[Triple] = field(default_factory=set)
    """What the ontology itself says about named things, such as which class of chemicals is narrower than which."""

    @classmethod
    def from_graph(cls, graph: rdflib.Graph) -> Axioms:
        """Read the axioms of an ontology."""
        found = cls()
        for sub, sup in graph.subject_objects(RDFS.subClassOf):
            if _named(sub) and _named(sup):
                found.super_classes[sub.n3()].add(sup.n3())
            elif _named(sup):
                found._define(graph, sub, sup.n3())
        for name, definition in graph.subject_objects(OWL.equivalentClass):
            for one, other in ((name, definition), (definition, name)):
                if _named(one) and _named(other):
                    found.super_classes[one.n3()].add(other.n3())
                elif _named(one):
                    found._define(graph, other, one.n3())
                    for part in _parts(graph, other, OWL.intersectionOf):
                        if _named(part):
                            found.super_classes[one.n3()].add(part.n3())
        for name, members in graph.subject_objects(OWL.disjointUnionOf):
            for part in Collection(graph, members):
                found._define(graph, part, name.n3())
        for sub, sup in graph.subject_objects(RDFS.subPropertyOf):
            found.super_properties[sub.n3()].add(sup.n3())
        for one, other in graph.subject_objects(OWL.equivalentProperty):
            found.super_properties[one.n3()].add(other.n3())
            found.super_properties[other.n3()].add(one.n3())
        for one, other in graph.subject_objects(OWL.inverseOf):
            if _named(one) and _named(other):
                found.inverses[one.n3()].add(other.n3())
                found.inverses[other.n3()].add(one.n3())
        for name in graph.subjects(RDF.type, OWL.SymmetricProperty):
            found.inverses[name.n3()].add(name.n3())
        found.transitive.update(name.n3() for name in graph.subjects(RDF.type, OWL.TransitiveProperty))
        for name, chain in graph.subject_objects(OWL.propertyChainAxiom):
            found.chains.append((tuple(link.n3() for link in Collection(graph, chain)), name.n3()))
        for name, domain in graph.subject_objects(RDFS.domain):
            if _named(domain):
                found.domains[name.n3()].add(domain.n3())
        for name, range_ in graph.subject_objects(RDFS.range):
            if _named(range_) and (name, RDF.type, OWL.DatatypeProperty) not in graph:
                found.ranges[name.n3()].add(range_.n3())
        relations = {RDF.type, *graph.subjects(RDF.type, OWL.ObjectProperty)}
        for subject, predicate, object_ in graph:
            if predicate in relations and _named(subject) and _named(object_) and not str(object_).startswith(str(OWL)):
                found.facts.add((subject.n3(), predicate.n3(), object_.n3()))
        return found

    def _define(self, graph: rdflib.Graph, expression: Node, name: str) -> None:
        for parts in _alternatives(graph, expression):
            if len(parts) == 1 and isinstance(parts[0], str):
                self.super_classes[parts[0]].add(name)
            else:
                self.defined.append((parts, name))

    def hierarchy(self) -> set[Triple]:
        """Return every sub-class relation between named classes, told or implied, save that of a class to itself."""
        found: set[Triple] = set()
        for name in list(self.super_classes):
            seen: set[str] = set()
            waiting = list(self.super_classes[name])
            while waiting:
                above = waiting.pop()
                if above not in seen and above not in _IGNORED:
                    seen.add(above)
                    waiting.extend(self.super_classes.get(above, ()))
            found.update((name, SUB_CLASS, above) for above in seen - {name})
        return found


def _named(node: Node) -> bool:
    return isinstance(node, rdflib.URIRef)


def _parts(graph: rdflib.Graph, expression: Node, kind: rdflib.URIRef) -> list[Node]:
    head = graph.value(expression, kind)
    return list(Collection(graph, head)) if head is not None else []


def _alternatives(graph: rdflib.Graph, expression: Node) -> list[tuple[Part, ...]]:
    """Return the ways of belonging to a class expression, each a tuple of parts that must all hold; [] when not covered."""
    if _named(expression):
        return [(expression.n3(),)]
    if together := _parts(graph, expression, OWL.intersectionOf):
        ways: list[tuple[Part, ...]] = [()]
        for part in together:
            ways = [one + other for one in ways for other in _alternatives(graph, part)]
        return ways
    if either := _parts(graph, expression, OWL.unionOf):
        return [way for part in either for way in _alternatives(graph, part)]
    name = graph.value(expression, OWL.onProperty)
    if name is None:
        return []
    backwards = graph.value(name, OWL.inverseOf) if not _named(name) else None
    role = (backwards if backwards is not None else name).n3()
    if (filler := graph.value(expression, OWL.someValuesFrom)) is not None and _named(filler):
        return [(Some(role, filler.n3(), inverse=backwards is not None),)]
    if (value := graph.value(expression, OWL.hasValue)) is not None:
        return [(Some(role, value.n3(), inverse=backwards is not None, value=True),)]
    return []


class Facts(Protocol):
    """Triples that can be looked up: what is said, and all that follows from it."""

    def __contains__(self, triple: object) -> bool: ...

    def objects(self, subject: str, predicate: str) -> AbstractSet[str]:
        """Return what a subject is related to."""
        ...

    def subjects(self, object_: str, predicate: str) -> AbstractSet[str]:
        """Return what is related to an object."""
        ...

    def about(self, subject: str) -> Iterable[Triple]:
        """Return every triple in which something is subject or object."""
        ...


def entail(axioms: Axioms, triples: Iterable[Triple]) -> set[Triple]:
    """Return what follows from ``triples``, with the facts of the ontology, under ``axioms``, and is among neither."""
    closure = Closure(axioms)
    closure.add(triples)
    return closure.implied()


class Closure:
    """What follows from triples that come a part at a time, in no particular order: all need not be in memory at once.

    Of a triple from which only classes of its two ends follow, and which nothing else looks up, these classes are kept, and not
    the triple: most of what papers say is of that kind.
    """

    def __init__(self, axioms: Axioms) -> None:
        self._rules = _Rules(axioms)
        self._given = _Triples()
        self._known = _Indexed(self._rules.looked_up)
        self.add(axioms.facts)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take on what is said, and all that follows from it together with what is there."""
        _run(self._rules, self._known, self._bearing(triples))

    def implied(self) -> set[Triple]:
        """Return what follows from all that was said, and was not said itself."""
        return self._known.besides(self._given)

    def _bearing(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        """Yield triples that something may follow from, and in place of each that stands alone the classes of its ends."""
        axioms, bearing = self._rules.axioms, self._rules.bearing
        for triple in triples:
            subject, predicate, object_ = triple
            if predicate in bearing:
                self._given.add(triple)
                yield triple
                continue
            for name in axioms.domains.get(predicate, ()):
                yield subject, TYPE, name
            if object_.startswith("<"):
                for name in axioms.ranges.get(predicate, ()):
                    yield object_, TYPE, name


@dataclass(frozen=True, slots=True)
class Change:
    """What of a closure goes when some of what is said goes, and what comes to it; among them what is said itself."""

    gone: set[Triple]
    come: set[Triple]


def entail_change(
    axioms: Axioms, before: Facts, gone: AbstractSet[Triple], come: AbstractSet[Triple], said: Callable[[Triple], bool]
) -> Change:
    """Return how a closure changes when the triples ``gone`` are no longer said and others ``come``.

    ``before`` is what was said with all that followed from it, the facts of the ontology included; ``said`` tells what is said
    afterwards. The cost is that of what hangs on the change, not of all there is: everything that may have followed from what is
    gone goes first, and what still follows from the rest comes back (delete and rederive, as Gupta, Mumick and Subrahmanian,
    SIGMOD 1993).
    """
    rules = _Rules(axioms)
    lost: set[Triple] = set()
    waiting = [triple for triple in gone if triple in before and not said(triple)]
    while waiting:
        triple = waiting.pop()
        if triple in lost:
            continue
        lost.add(triple)
        waiting.extend(new for new in rules.follow(triple, before) if new in before and new not in lost and not said(new))
    now = _Overlay(before, lost, rules.looked_up)
    # whatever still follows does so from a triple about its subject: every rule has one among its premises
    near = {triple for subject in {triple[0] for triple in lost} for triple in now.about(subject)}
    again = {new for triple in near for new in rules.follow(triple, now) if new in lost}
    _run(rules, now, [*again, *come])
    come_now = now.come
    return Change(lost - come_now, come_now - lost)


def _run(rules: _Rules, facts: _Indexed | _Overlay, given: Iterable[Triple]) -> None:
    """Add to ``facts`` what is given and all that follows from it together with what is there."""
    waiting: list[Triple] = []

    def add(triples: Iterable[Triple]) -> None:
        for triple in triples:
            if not (triple[1] == TYPE and triple[2] in _IGNORED) and triple not in facts:
                facts.add(triple)
                waiting.append(triple)

    for one in given:
        add((one,))
        while waiting:
            triple = waiting.pop()
            # taken down before any of it is added: adding changes what is looked through
            add(list(rules.follow(triple, facts)))


class _Triples:
    """Triples in memory; the classes of a thing as one set, which things of the same classes share."""

    def __init__(self) -> None:
        self._known: set[Triple] = set()
        self._classes: dict[str, frozenset[str]] = {}
        self._shared: dict[tuple[frozenset[str], str], frozenset[str]] = {}

    def add(self, triple: Triple) -> None:
        subject, predicate, object_ = triple
        if predicate != TYPE:
            self._known.add(triple)
            return
        key = (self._classes.get(subject, _NONE), object_)
        there = self._shared.get(key)
        if there is None:
            there = self._shared[key] = key[0] | {object_}
        self._classes[subject] = there

    def __contains__(self, triple: object) -> bool:
        subject, predicate, object_ = cast("Triple", triple)
        return object_ in self._classes.get(subject, _NONE) if predicate == TYPE else triple in self._known

    def __iter__(self) -> Iterator[Triple]:
        yield from self._known
        for subject, classes in self._classes.items():
            for name in classes:
                yield subject, TYPE, name

    def besides(self, other: _Triples) -> set[Triple]:
        """Return the triples that the other has not."""
        found = self._known - other._known
        for subject, classes in self._classes.items():
            if (there := other._classes.get(subject, _NONE)) != classes:
                found.update((subject, TYPE, name) for name in classes - there)
        return found


class _Indexed(_Triples):
    """Triples of which those with certain predicates can be looked up from either end."""

    def __init__(self, looked_up: AbstractSet[str]) -> None:
        super().__init__()
        self._looked_up = looked_up
        self._objects: dict[tuple[str, str], set[str]] = {}
        self._subjects: dict[tuple[str, str], set[str]] = {}

    def add(self, triple: Triple) -> None:
        super().add(triple)
        subject, predicate, object_ = triple
        if predicate in self._looked_up:
            self._objects.setdefault((subject, predicate), set()).add(object_)
            self._subjects.setdefault((object_, predicate), set()).add(subject)

    def objects(self, subject: str, predicate: str) -> AbstractSet[str]:
        return self._objects.get((subject, predicate), _NONE)

    def subjects(self, object_: str, predicate: str) -> AbstractSet[str]:
        return self._subjects.get((object_, predicate), _NONE)

    def about(self, subject: str) -> Iterable[Triple]:
        return (triple for triple in self if subject in (triple[0], triple[2]))


class _Overlay:
    """A closure from which some triples went, and to which others come, while it stays as it is."""

    def __init__(self, before: Facts, gone: set[Triple], looked_up: AbstractSet[str]) -> None:
        self._before = before
        self._gone = gone
        self._come = _Indexed(looked_up)

    @property
    def come(self) -> set[Triple]:
        return set(self._come)

    def add(self, triple: Triple) -> None:
        self._come.add(triple)

    def __contains__(self, triple: object) -> bool:
        return triple in self._come or (triple not in self._gone and triple in self._before)

    def objects(self, subject: str, predicate: str) -> AbstractSet[str]:
        there = {o for o in self._before.objects(subject, predicate) if (subject, predicate, o) not in self._gone}
        return there.union(self._come.objects(subject, predicate))

    def subjects(self, object_: str, predicate: str) -> AbstractSet[str]:
        there = {s for s in self._before.subjects(object_, predicate) if (s, predicate, object_) not in self._gone}
        return there.union(self._come.subjects(object_, predicate))

    def about(self, subject: str) -> Iterable[Triple]:
        yield from (triple for triple in self._before.about(subject) if triple not in self._gone)
        yield from self._come.about(subject)


class _Rules:
    """The axioms, arranged by what may complete each of them."""

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        # chains by the property that may complete them, definitions by the class or property that may complete them
        self.links: dict[str, list[tuple[tuple[str, ...], int, str]]] = defaultdict(list)
        chains = [*axioms.chains, *(((p, p), p) for p in axioms.transitive)]
        for chain, name in chains:
            for place, link in enumerate(chain):
                self.links[link].append((chain, place, name))
        self.by_class: dict[str, list[tuple[tuple[Part, ...], str]]] = defaultdict(list)
        self.by_property: dict[str, list[tuple[tuple[Part, ...], str]]] = defaultdict(list)
        self.fillers: dict[str, list[Some]] = defaultdict(list)
        for definition in axioms.defined:
            for part in definition[0]:
                if isinstance(part, Some):
                    self.by_property[part.property].append(definition)
                    if not part.value:
                        self.fillers[part.filler].append(part)
                else:
                    self.by_class[part].append(definition)
        self.looked_up = {*self.links, *self.by_property}
        # all properties that follow from others, or from which others do, or that rules look up; of the rest only classes follow
        self.bearing = {TYPE, *self.looked_up, *(name for _, name in chains)}
        for relation in (axioms.super_properties, axioms.inverses):
            self.bearing.update(relation, *relation.values())

    def follow(self, triple: Triple, facts: Facts) -> Iterator[Triple]:
        """Yield what follows from a triple in one step, together with what is known besides."""
        subject, predicate, object_ = triple
        if predicate == TYPE:
            for above in self.axioms.super_classes.get(object_, ()):
                yield subject, TYPE, above
            for parts, name in self.by_class.get(object_, ()):
                if _has(subject, parts, facts):
                    yield subject, TYPE, name
            for some in self.fillers.get(object_, ()):
                # the thing is a filler: whoever points to it may now belong
                side = facts.objects(subject, some.property) if some.inverse else facts.subjects(subject, some.property)
                for other in list(side):
                    yield from self._recheck(other, some.property, facts)
            return
        for above in self.axioms.super_properties.get(predicate, ()):
            yield subject, above, object_
        resource = object_.startswith("<")
        if resource:
            for other in self.axioms.inverses.get(predicate, ()):
                yield object_, other, subject
            for name in self.axioms.ranges.get(predicate, ()):
                yield object_, TYPE, name
            for chain, place, whole in self.links.get(predicate, ()):
                for start in _back(subject, chain[:place], facts):
                    for end in _forth(object_, chain[place + 1 :], facts):
                        yield start, whole, end
            yield from self._recheck(object_, predicate, facts)
        for name in self.axioms.domains.get(predicate, ()):
            yield subject, TYPE, name
        yield from self._recheck(subject, predicate, facts)

    def _recheck(self, thing: str, predicate: str, facts: Facts) -> Iterator[Triple]:
        for parts, name in self.by_property.get(predicate, ()) if thing.startswith("<") else ():
            if _has(thing, parts, facts):
                yield thing, TYPE, name


def _has(thing: str, parts: tuple[Part, ...], facts: Facts) -> bool:
    for part in parts:
        if isinstance(part, str):
            if (thing, TYPE, part) not in facts:
                return False
            continue
        side = facts.subjects(thing, part.property) if part.inverse else facts.objects(thing, part.property)
        if part.value:
            if part.filler not in side:
                return False
        elif part.filler == _THING:
            if not any(other.startswith("<") for other in side):
                return False
        elif not any((other, TYPE, part.filler) in facts for other in side):
            return False
    return True


def _forth(start: str, chain: tuple[str, ...], facts: Facts) -> set[str]:
    reached = {start}
    for link in chain:
        # a chain is of things: ending it in a text would also depend on which of its triples came last
        reached = {end for node in reached for end in facts.objects(node, link) if end.startswith("<")}
    return reached


def _back(end: str, chain: tuple[str, ...], facts: Facts) -> set[str]:
    reached = {end}
    for link in reversed(chain):
        reached = {start for node in reached for start in facts.subjects(node, link)}
    return reached
