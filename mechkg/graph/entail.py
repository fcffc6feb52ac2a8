"""What follows from the axioms of the ontology: a closure over plain triples, each triple worked off once (semi-naive).

Covers what the ontology uses and more rules would not add: sub-classes and sub-properties, inverse, symmetric and transitive
properties, property chains, domains and ranges, and classes defined by intersections, unions, "some" and "value" restrictions
(OWL 2 RL, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, read in the direction from facts to membership).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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


def entail(axioms: Axioms, triples: Iterable[Triple]) -> set[Triple]:
    """Return what follows from ``triples``, with the facts of the ontology, under ``axioms``, and is among neither."""
    return _Closure(axioms).run(triples)


class _Closure:
    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self.known: set[Triple] = set()
        self.objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.waiting: list[Triple] = []
        self.classes_of: dict[str, set[str]] = defaultdict(set)
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

    def run(self, triples: Iterable[Triple]) -> set[Triple]:
        given = self.axioms.facts.union(triples)
        for triple in given:
            self._add(triple)
        while self.waiting:
            triple = self.waiting.pop()
            for new in self._follow(triple):
                self._add(new)
        return self.known - given

    def _add(self, triple: Triple) -> None:
        if triple in self.known:
            return
        subject, predicate, object_ = triple
        if predicate == TYPE:
            if object_ in _IGNORED:
                return
            self.classes_of[subject].add(object_)
        self.known.add(triple)
        self.objects[subject, predicate].add(object_)
        self.subjects[object_, predicate].add(subject)
        self.waiting.append(triple)

    def _follow(self, triple: Triple) -> Iterator[Triple]:
        subject, predicate, object_ = triple
        if predicate == TYPE:
            for above in self.axioms.super_classes.get(object_, ()):
                yield subject, TYPE, above
            for parts, name in self.by_class.get(object_, ()):
                if self._has(subject, parts):
                    yield subject, TYPE, name
            for some in self.fillers.get(object_, ()):
                # the thing is a filler: whoever points to it may now belong
                side = self.objects[subject, some.property] if some.inverse else self.subjects[subject, some.property]
                for other in list(side):
                    yield from self._recheck(other, some.property)
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
                for start in self._back(subject, chain[:place]):
                    for end in self._forth(object_, chain[place + 1 :]):
                        yield start, whole, end
            yield from self._recheck(object_, predicate)
        for name in self.axioms.domains.get(predicate, ()):
            yield subject, TYPE, name
        yield from self._recheck(subject, predicate)

    def _recheck(self, thing: str, predicate: str) -> Iterator[Triple]:
        for parts, name in self.by_property.get(predicate, ()) if thing.startswith("<") else ():
            if self._has(thing, parts):
                yield thing, TYPE, name

    def _has(self, thing: str, parts: tuple[Part, ...]) -> bool:
        for part in parts:
            if isinstance(part, str):
                if part not in self.classes_of.get(thing, ()):
                    return False
                continue
            side = (self.subjects if part.inverse else self.objects).get((thing, part.property), set())
            if part.value:
                if part.filler not in side:
                    return False
            elif part.filler == _THING:
                if not any(other.startswith("<") for other in side):
                    return False
            elif not any(part.filler in self.classes_of.get(other, ()) for other in side):
                return False
        return True

    def _forth(self, start: str, chain: tuple[str, ...]) -> set[str]:
        reached = {start}
        for link in chain:
            # a chain is of things: ending it in a text would also depend on which of its triples came last
            reached = {end for node in reached for end in self.objects.get((node, link), ()) if end.startswith("<")}
        return reached

    def _back(self, end: str, chain: tuple[str, ...]) -> set[str]:
        reached = {end}
        for link in reversed(chain):
            reached = {start for node in reached for start in self.subjects.get((node, link), ())}
        return reached
