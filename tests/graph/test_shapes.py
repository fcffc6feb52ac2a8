"""Shapes: what breaks one is named by shape, place, property and value."""

from __future__ import annotations

import sys

import pytest
from rdflib import Graph

from mechkg.errors import GraphError, MissingExtraError
from mechkg.graph.shapes import validate
from mechkg.model.finding import Finding

HEAD = """
@prefix mk: <https://w3id.org/mechkg/ontology#> .
@prefix : <https://w3id.org/mechkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

ONTOLOGY = (
    "mk:Step a owl:Class . mk:AnionExchange a owl:Class ; rdfs:subClassOf mk:Exchange . mk:Exchange rdfs:subClassOf mk:Step ."
)

SHAPES = """
mk:StepShape a sh:NodeShape ; sh:targetClass mk:Step ;
    sh:property [ sh:path mk:products ; sh:minCount 1 ; sh:message "A step gives something." ] ;
    sh:property [ sh:path mk:label ; sh:datatype xsd:string ; sh:severity sh:Warning ; sh:name "Label is text" ] .
mk:ProductShape a sh:PropertyShape ; sh:targetSubjectsOf mk:of ; sh:path mk:of ; sh:nodeKind sh:IRI ; sh:severity sh:Info ;
    sh:message "A participant is a thing." .
"""


def graph(text: str) -> Graph:
    return Graph().parse(data=HEAD + text, format="turtle")


def check(data: str, shapes: str = SHAPES) -> list[Finding]:
    return validate(graph(data), graph(shapes), graph(ONTOLOGY))


def test_what_fits_gives_no_finding() -> None:
    assert check(':one a mk:Step ; mk:products :p ; mk:label "Step 1" . :p mk:of :x .') == []


def test_a_shape_of_a_class_holds_for_narrower_classes() -> None:
    (found,) = check(":one a mk:AnionExchange .")
    assert (found.severity, found.code) == ("error", "shape.step-shape")
    assert found.message == "A step gives something. (at one, property products)"


def test_the_severity_is_that_of_the_shape_and_a_name_becomes_the_code() -> None:
    (found,) = check(":one a mk:Step ; mk:products :p ; mk:label 3 .")
    assert (found.severity, found.code) == ("warning", "shape.label-is-text")
    assert found.message.endswith("(at one, property label, value '3')")


def test_a_shape_that_stands_alone_is_named_by_its_own_name() -> None:
    (found,) = check(':p mk:of "words" .')
    assert (found.severity, found.code) == ("information", "shape.product-shape")
    assert found.message == "A participant is a thing. (at p, property of, value 'words')"


def test_findings_come_in_the_same_order_every_time() -> None:
    found = check(":b a mk:Step ; mk:label 1 . :a a mk:Step ; mk:label 2 . <http://example.org/c> a mk:Step .")
    assert [(f.code, f.message.partition("(at ")[2].partition(",")[0]) for f in found] == [
        ("shape.label-is-text", "a"),
        ("shape.label-is-text", "b"),
        ("shape.step-shape", "a"),
        ("shape.step-shape", "b"),
        ("shape.step-shape", "http://example.org/c"),
    ]


def test_paths_of_several_steps_and_backwards_are_told() -> None:
    shapes = """mk:S a sh:NodeShape ; sh:targetClass mk:Step ;
        sh:property [ sh:path ( mk:products mk:of ) ; sh:minCount 1 ] ;
        sh:property [ sh:path [ sh:inversePath mk:has ] ; sh:minCount 1 ] ."""
    told = " ".join(f.message for f in check(":one a mk:Step .", shapes))
    assert "property products/of" in told and "property the inverse of has" in told


def test_a_query_in_a_shape_is_asked() -> None:
    shapes = """mk:Loop a sh:NodeShape ; sh:targetClass mk:Step ;
        sh:sparql [ a sh:SPARQLConstraint ; sh:message "It reverses itself." ;
        sh:select "SELECT $this WHERE { $this <https://w3id.org/mechkg/ontology#reverse> $this }" ] ."""
    (found,) = check(":one a mk:Step ; mk:reverse :one . :two a mk:Step ; mk:reverse :one .", shapes)
    assert (found.code, found.message.startswith("It reverses itself. (at one")) == ("shape.loop", True)


@pytest.mark.parametrize("wrong", ["sh:property [ sh:minCount 1 ]", 'sh:sparql [ sh:select "SELECT nonsense" ]', "sh:pattern 3"])
def test_a_wrong_shape_is_a_failure_and_not_a_pass(wrong: str) -> None:
    with pytest.raises(GraphError, match="the shapes cannot be used"):
        check(":one a mk:Step .", f"mk:S a sh:NodeShape ; sh:targetClass mk:Step ; {wrong} .")


def test_neither_graph_is_changed() -> None:
    data, shapes, ontology = graph(":one a mk:Step ."), graph(SHAPES), graph(ONTOLOGY)
    before = [len(data), len(shapes), len(ontology)]
    validate(data, shapes, ontology)
    assert [len(data), len(shapes), len(ontology)] == before


def test_without_pyshacl_the_hint_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(MissingExtraError) as raised:
        check("")
    assert raised.value.hint == "pip install 'mechkg[ontology]'"
