"""Two disjoint classes with something in common, told in any way OWL has, are found and named."""

from __future__ import annotations

import pytest
from rdflib import Graph

from mechkg.graph.clashes import Clash, clashes

HEAD = """
@prefix mk: <https://w3id.org/mechkg/ontology#> .
@prefix : <https://w3id.org/mechkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def found(*texts: str) -> list[Clash]:
    return clashes(Graph().parse(data=HEAD + "\n".join(texts), format="turtle"))


DISJOINT = [
    "mk:A owl:disjointWith mk:B .",
    "mk:B owl:disjointWith mk:A .",
    "[] a owl:AllDisjointClasses ; owl:members ( mk:Other mk:A mk:B ) .",
    "mk:All owl:disjointUnionOf ( mk:A mk:Other mk:B ) .",
]


@pytest.mark.parametrize("axiom", DISJOINT)
def test_a_thing_in_two_disjoint_classes(axiom: str) -> None:
    assert found(axiom, ":x a mk:A , mk:B . :y a mk:A .") == [Clash("x", False, "A", "B")]


@pytest.mark.parametrize("axiom", DISJOINT)
def test_a_class_under_two_disjoint_classes(axiom: str) -> None:
    assert found(axiom, "mk:C rdfs:subClassOf mk:A , mk:B .") == [Clash("C", True, "A", "B")]


def test_a_class_under_one_that_it_is_disjoint_with() -> None:
    assert found("mk:A owl:disjointWith mk:B ; rdfs:subClassOf mk:B .") == [Clash("A", True, "A", "B")]


def test_what_only_follows_clashes_too() -> None:
    axioms = "mk:A owl:disjointWith mk:B . mk:Narrow rdfs:subClassOf mk:A . mk:p rdfs:range mk:B ."
    (clash,) = found(axioms, ":x a mk:Narrow . :y mk:p :x .")
    assert str(clash) == "'x' is both 'A' and 'B', which exclude each other"


def test_what_lies_below_a_clash_is_listed_with_it() -> None:
    names = [
        str(clash)
        for clash in found("mk:A owl:disjointWith mk:B . mk:C rdfs:subClassOf mk:A , mk:B . mk:D rdfs:subClassOf mk:C .")
    ]
    assert names == [
        "'C' is under both 'A' and 'B', which exclude each other",
        "'D' is under both 'A' and 'B', which exclude each other",
    ]


def test_no_clash_where_nothing_is_disjoint_or_nothing_shared() -> None:
    assert found("mk:A owl:disjointWith mk:B . mk:C a owl:Class .", ":x a mk:A , mk:C . :y a mk:B , mk:C .") == []
