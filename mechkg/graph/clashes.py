"""Why an ontology contradicts itself, where the reason is the usual one: something in two classes that exclude each other.

A reasoner only says that there is a contradiction. What is found here says where, in names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection

from mechkg.graph.entail import Axioms, Triple, entail
from mechkg.graph.terms import shown

_TYPE = RDF.type.n3()
_SUB_CLASS = RDFS.subClassOf.n3()


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A thing, or a class, in two classes that have nothing in common. Names are local names where they are ours."""

    name: str
    is_class: bool
    one: str
    other: str

    def __str__(self) -> str:
        verb = "is under both" if self.is_class else "is both"
        return f"'{self.name}' {verb} '{self.one}' and '{self.other}', which exclude each other"


def clashes(graph: Graph) -> list[Clash]:
    """Return what in ``graph``, an ontology with or without individuals, is in two disjoint classes, told or by the axioms.

    Each thing and class is given once per pair of classes that were said to be disjoint. A class below a class that clashes
    clashes with it and is listed too.
    """
    axioms = Axioms.from_graph(graph)
    told = [(s.n3(), p.n3(), o.n3()) for s, p, o in graph if isinstance(s, URIRef)]
    hierarchy = axioms.hierarchy()
    above = _by_subject(hierarchy, _SUB_CLASS)
    types = _by_subject([*told, *entail(axioms, told)], _TYPE)
    excluding = set(_disjoint(graph))
    found = [Clash(_name(thing), False, one, other) for thing in types for one, other in _pairs(types[thing], excluding)]
    found += [Clash(_name(name), True, one, other) for name in above for one, other in _pairs(above[name] | {name}, excluding)]
    return sorted(found)


def _name(term: str) -> str:
    return shown(term[1:-1])


def _by_subject(triples: Iterable[Triple], predicate: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for subject, named, object_ in triples:
        if named == predicate:
            found[subject].add(object_)
    return found


def _pairs(classes: set[str], excluding: set[frozenset[str]]) -> Iterator[tuple[str, str]]:
    for one, other in combinations(sorted(classes), 2):
        if frozenset((one, other)) in excluding:
            yield _name(one), _name(other)


def _disjoint(graph: Graph) -> Iterator[frozenset[str]]:
    """Yield the pairs of named classes that are said to be disjoint, in any of the three ways of OWL 2."""
    groups = [[one, other] for one, other in graph.subject_objects(OWL.disjointWith)]
    for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        groups += [list(Collection(graph, members)) for members in graph.objects(group, OWL.members)]
    groups += [list(Collection(graph, members)) for members in graph.objects(None, OWL.disjointUnionOf)]
    for members in groups:
        for one, other in combinations([member for member in members if isinstance(member, URIRef)], 2):
            yield frozenset((one.n3(), other.n3()))
