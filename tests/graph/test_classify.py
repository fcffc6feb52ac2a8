"""HermiT over small ontologies: what it implies, what it refuses, and whom it blames."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from rdflib import Graph

from mechkg.errors import GraphError, MissingExtraError
from mechkg.graph.classify import classify

HEAD = """
@prefix mk: <https://w3id.org/mechkg/ontology#> .
@prefix : <https://w3id.org/mechkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

AMINES = """
mk:Amine a owl:Class ; rdfs:label "amine" .
mk:PrimaryAmine a owl:Class ; rdfs:subClassOf mk:Amine .
mk:SecondaryAmine a owl:Class ; rdfs:subClassOf mk:Amine ; owl:disjointWith mk:PrimaryAmine .
mk:Step a owl:Class .
mk:promotedBy a owl:ObjectProperty .
mk:promotedByClass a owl:ObjectProperty ; rdfs:domain mk:Step .
mk:StepPromotedByPrimaryAmine a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( mk:Step [
    a owl:Class ; owl:unionOf (
        [ a owl:Restriction ; owl:onProperty mk:promotedBy ; owl:someValuesFrom mk:PrimaryAmine ]
        [ a owl:Restriction ; owl:onProperty mk:promotedByClass ; owl:hasValue mk:PrimaryAmine ] ) ] ) ] .
"""

pytestmark = pytest.mark.java


def turtle(*texts: str) -> Graph:
    return Graph().parse(data=HEAD + "\n".join(texts), format="turtle")


def test_a_defined_class_is_filled_by_example_and_by_class() -> None:
    told = """:one a mk:Step ; mk:promotedBy :octyl . :octyl a mk:PrimaryAmine . :no a mk:Step .
        :two mk:promotedByClass mk:PrimaryAmine ."""
    found = classify(turtle(AMINES, told))
    assert found.consistent and found.unsatisfiable == () and found.blame == ()
    assert found.inferred_types == (("one", "StepPromotedByPrimaryAmine"), ("two", "StepPromotedByPrimaryAmine"))
    assert ("StepPromotedByPrimaryAmine", "Step") in found.inferred_subclasses


def test_what_is_told_is_not_called_inferred() -> None:
    found = classify(turtle(AMINES, "mk:Short a owl:Class ; rdfs:subClassOf mk:PrimaryAmine . :x a mk:Short ."))
    assert found.inferred_types == ()
    assert {low for low, _ in found.inferred_subclasses} == {"StepPromotedByPrimaryAmine"}


def test_a_thing_in_two_disjoint_classes_is_blamed_and_nothing_else_is() -> None:
    extra = turtle(
        ":fine a mk:PrimaryAmine . :odd a mk:PrimaryAmine , mk:SecondaryAmine . :other a mk:Step ; mk:promotedBy :fine ."
    )
    found = classify(turtle(AMINES), extra)
    assert not found.consistent
    assert found.blame == ("odd",)


def test_everything_that_only_together_contradicts_is_blamed() -> None:
    extra = turtle(
        ":a a mk:PrimaryAmine ; owl:sameAs :b . :b owl:sameAs :c . :c a mk:SecondaryAmine . :d a mk:Step . :e a mk:Amine ."
    )
    assert classify(turtle(AMINES), extra).blame == ("a", "b", "c")


def test_a_class_that_nothing_can_belong_to_is_named_and_blamed() -> None:
    extra = turtle("mk:Both a owl:Class ; rdfs:subClassOf mk:PrimaryAmine , mk:SecondaryAmine . mk:Fine a owl:Class .")
    found = classify(turtle(AMINES), extra)
    assert found.consistent
    assert found.unsatisfiable == ("Both",)
    assert found.blame == ("Both",)


def test_a_contradiction_of_the_ontology_itself_is_not_blamed_on_what_is_added() -> None:
    found = classify(turtle(AMINES, ":odd a mk:PrimaryAmine , mk:SecondaryAmine ."), turtle(":fine a mk:Amine ."))
    assert not found.consistent and found.blame == ()


def test_an_axiom_without_a_name_is_blamed_on_the_thing_it_is_about() -> None:
    extra = turtle("mk:Odd a owl:Class ; rdfs:subClassOf mk:Step , [ a owl:Class ; owl:complementOf mk:Step ] .")
    found = classify(turtle(AMINES), extra)
    assert (found.unsatisfiable, found.blame) == (("Odd",), ("Odd",))


def test_names_that_hold_the_letters_genid_are_read_as_names() -> None:
    # HermiT's parser takes such an IRI for a blank node unless it is disguised
    told = "mk:Chalcogenide a owl:Class ; rdfs:subClassOf mk:Amine . mk:Odd owl:equivalentClass mk:Chalcogenide ; a owl:Class ."
    found = classify(turtle(AMINES, told, ":selenogenide a mk:Odd ."))
    assert ("Odd", "Amine") in found.inferred_subclasses or ("Chalcogenide", "Odd") in found.inferred_subclasses
    assert not [pair for pair in found.inferred_subclasses + found.inferred_types if "error" in "".join(pair)]


def test_dates_and_words_do_not_disturb(capfd: pytest.CaptureFixture[str]) -> None:
    told = """mk:on a owl:DatatypeProperty . mk:says a owl:DatatypeProperty .
        :x a mk:Step ; mk:on "2020-01-01"^^xsd:date ; mk:says "µ – λ \\"quoted\\"\\nline" ."""
    assert classify(turtle(AMINES, told)).consistent
    assert capfd.readouterr() == ("", "")


def test_imports_are_not_followed() -> None:
    assert classify(
        turtle(AMINES, "<http://127.0.0.1:9/nothing> a owl:Ontology ; owl:imports <http://127.0.0.1:9/there> .")
    ).consistent


def test_an_ontology_beyond_owl_dl_is_refused_with_the_reason() -> None:
    told = """mk:after a owl:ObjectProperty , owl:TransitiveProperty .
        mk:Last a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mk:after ; owl:maxCardinality 0 ] ;
        owl:equivalentClass [ a owl:Restriction ; owl:onProperty mk:after ; owl:maxCardinality "2"^^xsd:nonNegativeInteger ] ."""
    with pytest.raises(GraphError, match=r"HermiT cannot work with this ontology: .*after"):
        classify(turtle(told))


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    classify(turtle(AMINES, ":odd a mk:PrimaryAmine , mk:SecondaryAmine ."))
    assert list(tmp_path.iterdir()) == []


def test_without_java_the_hint_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import owlready2

    monkeypatch.setattr(owlready2, "JAVA_EXE", "/nowhere/java")
    with pytest.raises(MissingExtraError) as raised:
        classify(turtle(AMINES))
    assert raised.value.hint is not None and "default-jre-headless" in raised.value.hint


def test_without_owlready2_the_hint_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "owlready2", None)
    with pytest.raises(MissingExtraError) as raised:
        classify(turtle(AMINES))
    assert raised.value.hint == "pip install 'mechkg[ontology]'"
