"""The ontology as documentation: every term once, in its module, with what it is a kind of and what it corresponds to."""

from __future__ import annotations

import pytest
from rdflib import OWL, RDF, URIRef

from mechkg.assets import ontology_dir
from mechkg.errors import NotFoundError
from mechkg.graph.mappings import correspondences
from mechkg.graph.namespaces import MK, ONTOLOGY_GRAPH
from mechkg.graph.ontology import class_names, load_ontology
from mechkg.service.ontology_terms import Branch, module_names, ontology, ontology_quads, term_names
from mechkg.service.workspace import Workspace


def test_every_term_is_there_once_and_said_what_it_means() -> None:
    whole = ontology()
    names = [term.name for term in whole.terms]
    assert len(names) == len(set(names)) > 400
    assert set(names) == term_names()
    assert {term.name for term in whole.of_kind("class")} == class_names()
    properties = {str(node).removeprefix(MK) for node in load_ontology().subjects(RDF.type, OWL.ObjectProperty)}
    assert {term.name for term in whole.of_kind("object property")} == {name for name in properties if "://" not in name}
    assert [term.name for term in whole.terms if not term.definition or not term.label] == []


def test_modules_part_the_ontology() -> None:
    whole = ontology()
    assert {module.name for module in whole.modules} == module_names() >= {"species", "step", "evidence"}
    parts = [term.name for module in module_names() for term in ontology(module).terms]
    headed = [term.name for term in whole.terms if not term.module]
    assert sorted([*parts, *headed]) == sorted(term.name for term in whole.terms)
    assert all(module.terms == len(ontology(module.name).terms) > 0 for module in whole.modules)
    with pytest.raises(NotFoundError, match="no module of the ontology called 'specis'") as raised:
        ontology("specis")
    assert raised.value.hint == "did you mean 'species'?"


def test_the_hierarchy_has_every_class_below_what_it_is_a_kind_of() -> None:
    def below(branch: Branch) -> list[tuple[str, str]]:
        pairs = [(each.term.name, branch.term.name) for each in branch.narrower]
        return [*pairs, *(pair for each in branch.narrower for pair in below(each))]

    pairs = {pair for root in ontology().tree for pair in below(root)}
    assert ("PrimaryAmine", "Amine") in pairs
    roots = {root.term.name for root in ontology().tree}
    assert {name for name, _ in pairs} | roots == class_names()


def test_expressions_are_put_in_words() -> None:
    terms = {term.name: term for term in ontology().terms}
    assert [each.text for each in terms["supportedBy"].range] == ["observation or claim"]
    assert [each.text for each in terms["backing"].range] == ["“stated” or “cited” or “supported” or “silent”"]
    assert "a class expression" not in {
        each.text for term in terms.values() for each in (*term.domain, *term.range, *term.broader)
    }


def test_correspondences_are_those_of_the_lists() -> None:
    terms = {term.name: term for term in ontology().terms}
    [chebi] = [each for each in terms["Amine"].elsewhere if each.curie.startswith("CHEBI:")]
    assert chebi.object == "http://purl.obolibrary.org/obo/CHEBI_32952"
    assert chebi.predicate == "http://www.w3.org/2004/02/skos/core#exactMatch"
    lines = [line for file in (ontology_dir() / "mappings").glob("*.tsv") for line in file.read_text("utf-8").splitlines()]
    rows = [line for line in lines if not line.startswith(("#", "subject_id"))]
    assert sum(map(len, correspondences().values())) == len(rows) > 50
    assert all(each.object.startswith("http") for those in correspondences().values() for each in those)


def test_quads_of_modules_are_quads_of_the_whole(shipped: Workspace) -> None:
    whole = set(ontology_quads(shipped.store))
    assert whole == {(*triple, f"<{ONTOLOGY_GRAPH}>") for triple in shipped.store.graph(ONTOLOGY_GRAPH)}
    for module in module_names():
        part = set(ontology_quads(shipped.store, module))
        assert part < whole
        said = {quad[0] for quad in part if quad[0].startswith(f"<{MK}")}
        assert said == {f"<{term.iri}>" for term in ontology(module).terms}
        blanks = {quad[2] for quad in part if quad[2].startswith("_:")}
        assert blanks <= {quad[0] for quad in part}
    assert URIRef(MK + "Species") in set(load_ontology().subjects())
