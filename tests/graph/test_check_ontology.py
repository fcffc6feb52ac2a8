"""The check of the ontology: the shipped one is sound, and whatever is put into it that is wrong is caught and named."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from mechkg.graph import check_ontology as module
from mechkg.graph.check_ontology import OntologyReport, check_ontology
from mechkg.graph.ontology import load_ontology

HEAD = """
@prefix mk: <https://w3id.org/mechkg/ontology#> .
@prefix : <https://w3id.org/mechkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""

pytestmark = pytest.mark.java


def check(folder: Path, text: str, data: str = "") -> OntologyReport:
    file = folder / "extra.ttl"
    file.write_text(HEAD + text, encoding="utf-8")
    return check_ontology([file], Graph().parse(data=HEAD + data, format="turtle"))


def messages(report: OntologyReport, code: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.code == code]


# --- the shipped ontology ---------------------------------------------------------------------------------------------


def test_the_shipped_ontology_is_sound() -> None:
    report = check_ontology()
    assert report.consistent and report.unsatisfiable == ()
    assert [str(finding) for finding in report.findings] == []
    for what in ("classes", "object properties", "data properties", "shapes", "mappings"):
        assert report.counts[what] > 0, what
    assert report.counts["triples"] == len(load_ontology())
    assert report.inferred and report.seconds > 0


def test_an_individual_that_is_both_primary_and_secondary_amine_is_caught_and_named(tmp_path: Path) -> None:
    report = check(tmp_path, ":twofold a mk:PrimaryAmine , mk:SecondaryAmine .")
    assert not report.consistent
    told = messages(report, "ontology.inconsistent")
    assert "a contradiction: 'twofold' is both 'PrimaryAmine' and 'SecondaryAmine', which exclude each other" in told


def test_a_class_under_two_disjoint_classes_is_caught_and_named(tmp_path: Path) -> None:
    report = check(tmp_path, "mk:Impossible a owl:Class ; rdfs:subClassOf mk:PrimaryAmine , mk:SecondaryAmine .")
    assert report.consistent and report.unsatisfiable == ("Impossible",)
    (told,) = messages(report, "ontology.unsatisfiable")
    assert told.startswith("nothing can belong to class 'Impossible': 'Impossible' is under both 'PrimaryAmine' and")


def test_a_contradiction_of_another_kind_is_named_too(tmp_path: Path) -> None:
    report = check(tmp_path, ":a owl:sameAs :b . :c owl:differentFrom :d . :b owl:differentFrom :a .")
    assert not report.consistent
    assert messages(report, "ontology.inconsistent") == ["a contradiction: involved: 'a', 'b'"]


def test_a_class_that_is_empty_for_another_reason_is_named_too(tmp_path: Path) -> None:
    text = "mk:Odd a owl:Class ; rdfs:subClassOf mk:Step , [ a owl:Class ; owl:complementOf mk:Step ] ."
    report = check(tmp_path, text)
    assert report.unsatisfiable == ("Odd",)
    assert messages(report, "ontology.unsatisfiable") == ["nothing can belong to class 'Odd': involved: 'Odd'"]


def test_a_contradiction_between_data_and_addition_is_caught(tmp_path: Path) -> None:
    report = check(tmp_path, ":amine a mk:PrimaryAmine .", ":amine a mk:SecondaryAmine .")
    assert not report.consistent
    assert any("'amine'" in told for told in messages(report, "ontology.inconsistent"))


def test_a_datum_that_breaks_a_shape_is_caught_and_named(tmp_path: Path) -> None:
    report = check(tmp_path, ':odd a mk:Step ; rdfs:label "odd" ; mk:status "proposed" .')
    assert report.consistent
    (told,) = messages(report, "shape.step-kind")
    assert told == "A step has exactly one of the known kinds. (at odd, property kind)"


def test_turtle_that_cannot_be_read_is_a_finding_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text("@prefix mk: <https://w3id.org/mechkg/ontology#> .\n\nmk:A a mk:B .\nmk:C a a mk:D .\n", encoding="utf-8")
    (found,) = check_ontology([file]).findings
    assert (found.code, found.file, found.line) == ("ontology.not-turtle", str(file), 4)


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (found,) = check_ontology([tmp_path / "none.ttl"]).findings
    assert found.code == "ontology.not-turtle" and found.file is not None and found.file.endswith("none.ttl")


def test_what_a_reasoner_cannot_take_is_a_finding_and_not_sound(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        """mk:beyond a owl:ObjectProperty , owl:TransitiveProperty . mk:Last a owl:Class ;
        rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mk:beyond ; owl:maxCardinality 1 ] .""",
    )
    assert not report.consistent
    (told,) = messages(report, "ontology.not-classified")
    assert "beyond" in told


# --- rules for terms, on an ontology made here ------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for that of the ontology."""
    for name in ("shapes", "mappings"):
        (tmp_path / name).mkdir()
    text = """mk:Whole a owl:Class ; rdfs:label "whole" ; skos:definition "All of it." ; skos:example "a cake" .
        mk:Sourced a owl:Class ; rdfs:label "sourced" ; skos:definition "From somewhere." ; dcterms:source "a book" .
        mk:bare a owl:ObjectProperty . mk:Undefined a owl:Class ; rdfs:label "undefined" ; skos:example "x" .
        <http://example.org/foreign> a owl:Class ."""
    graph = Graph().parse(data=HEAD + text, format="turtle")
    monkeypatch.setattr(module, "load_ontology", lambda: graph)
    monkeypatch.setattr(module, "ontology_dir", lambda: tmp_path)
    return tmp_path


def test_a_term_has_label_definition_and_example_or_source(made: Path) -> None:
    report = check_ontology()
    assert [(f.code.rpartition("-")[2], f.message.split("'")[1]) for f in report.findings] == [
        ("definition", "Undefined"),
        ("label", "bare"),
        ("definition", "bare"),
        ("example", "bare"),
    ]


def test_mappings_are_counted_without_heading_and_comments(made: Path) -> None:
    (made / "mappings" / "a.tsv").write_text(
        "# curie_map:\n#  mk: x\nsubject_id\tobject_id\nmk:A\tx:1\n\nmk:B\tx:2\n", encoding="utf-8"
    )
    (made / "mappings" / "b.tsv").write_text("# only comments\n", encoding="utf-8")
    assert check_ontology().counts["mappings"] == 2


def test_a_wrong_shape_is_a_finding(made: Path) -> None:
    (made / "shapes" / "bad.ttl").write_text(
        HEAD + "mk:S a sh:NodeShape ; sh:targetClass mk:Whole ; sh:property [] .", encoding="utf-8"
    )
    report = check_ontology((), Graph().parse(data=HEAD + ":x a mk:Whole .", format="turtle"))
    assert messages(report, "ontology.bad-shape")


def test_a_shape_file_that_is_not_turtle_is_a_finding(made: Path) -> None:
    (made / "shapes" / "bad.ttl").write_text("this is not Turtle", encoding="utf-8")
    assert "ontology.not-turtle" in {finding.code for finding in check_ontology().findings}
