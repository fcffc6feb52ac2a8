"""The shapes speak of terms that exist, in the words of the model, and each catches what it is for."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection

from mechkg.assets import corpus_dir, ontology_dir
from mechkg.graph.namespaces import MK, camel
from mechkg.graph.ontology import load_ontology
from mechkg.graph.rdf import triples_of
from mechkg.graph.shapes import validate
from mechkg.literature.reader import read_corpus_file
from mechkg.model.assertion import Claim
from mechkg.model.hypothesis import Assumption, Candidate, Constraint, Effect, Postulate
from mechkg.model.observation import Observation
from mechkg.model.procedure import Component, Stage
from mechkg.model.species import Signature, Species
from mechkg.model.step import Step

FILES = sorted((ontology_dir() / "shapes").glob("*.ttl"))
SHAPES = Graph()
for _file in FILES:
    SHAPES.parse(_file, format="turtle")
PROPERTY_SHAPES = sorted(set(SHAPES.objects(None, SH.property)), key=str)
PREFIXES = """@prefix mk: <https://w3id.org/mechkg/ontology#> . @prefix : <https://w3id.org/mechkg/id/> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def codes(turtle: str) -> set[str]:
    """Return severity and code of what the shapes find in data."""
    data = Graph().parse(data=PREFIXES + turtle, format="turtle")
    return {f"{f.severity} {f.code.removeprefix('shape.')}" for f in validate(data, SHAPES, load_ontology())}


def test_every_module_with_kinds_of_its_own_has_shapes() -> None:
    assert {f.stem for f in FILES} == {"species", "step", "condition", "procedure", "observation", "evidence", "hypothesis"}


def test_shapes_use_declared_terms_only() -> None:
    declared = {term for term in load_ontology().subjects(RDF.type) if isinstance(term, URIRef)}
    used = {node for triple in SHAPES for node in triple if isinstance(node, URIRef) and node.startswith(MK)}
    assert sorted(used - declared) == []


def test_every_property_shape_has_name_message_and_severity() -> None:
    for shape in PROPERTY_SHAPES:
        for needed in (SH.name, SH.message, SH.severity):
            assert SHAPES.value(shape, needed) is not None, SHAPES.value(shape, SH.name) or SHAPES.value(shape, SH.path)


def test_names_are_unique() -> None:
    names = [str(SHAPES.value(shape, SH.name)) for shape in PROPERTY_SHAPES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def words(hint: Any) -> set[str]:
    """Return the words that a field may hold."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return {word for part in get_args(hint) for word in words(part)}


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Species, "kind"),
        (Signature, "emissive"),
        (Step, "kind"),
        (Step, "status"),
        (Stage, "action"),
        (Component, "flag"),
        (Observation, "kind"),
        (Observation, "method"),
        (Observation, "comparison"),
        (Observation, "form"),
        (Claim, "kind"),
        (Claim, "direction"),
        (Claim, "evidence"),
        (Assumption, "backing"),
        (Effect, "kind"),
        (Candidate, "origin"),
        (Constraint, "kind"),
        (Postulate, "kind"),
    ],
)
def test_closed_vocabulary_is_that_of_the_model(model: type[Any], field: str) -> None:
    owner = next(SHAPES.subjects(SH.targetClass, URIRef(MK + model.__name__)))
    lists = [
        {str(word) for word in Collection(SHAPES, SHAPES.value(shape, SH["in"]))}  # type: ignore[arg-type]
        for shape in SHAPES.objects(owner, SH.property)
        if SHAPES.value(shape, SH.path) == URIRef(MK + camel(field)) and SHAPES.value(shape, SH["in"]) is not None
    ]
    assert lists == [words(model.model_fields[field].annotation)]


@pytest.mark.parametrize(
    ("turtle", "code"),
    [
        (":q a mk:Quantity ; mk:text '-300 °C' ; mk:value -300e0 ; mk:celsius -300e0 .", "error quantity-celsius"),
        (":q a mk:Quantity ; mk:text '-1 s' ; mk:value -1e0 ; mk:seconds -1e0 .", "error quantity-seconds"),
        (":q a mk:Quantity ; mk:text '5 to 4 s' ; mk:value 5e0 ; mk:high 4e0 .", "error quantity-range"),
        (":s mk:absorption :q . :q mk:nanometres 20e0 .", "error absorption-range"),
        (":s a mk:Species ; mk:kind 'cluster' .", "error species-kind"),
        (":s a mk:Signature ; mk:silent true ; mk:absorption :q .", "error signature-silent-with-band"),
        (":c a mk:Chemical ; mk:names 'x' .", "warning chemical-without-class"),
        (":s a mk:Step ; mk:kind 'growth' ; mk:status 'proposed' .", "warning step-without-products"),
        (":s a mk:Step ; mk:status 'refused' .", "error step-status"),
        (":s a mk:Step ; mk:reverse :t ; mk:reactants [ mk:of :a ] . :t a mk:Step .", "error step-reverse-mirrors"),
        (":s a mk:Step ; mk:reverse :t . :t a mk:Step ; mk:reverse :u .", "error step-reverse-named-back"),
        (":i a mk:Influence ; mk:chemical :c ; mk:condition 'heat' .", "error influence-of-one-thing"),
        (":s a mk:Isomerisation ; mk:reactants [ mk:of :a ] ; mk:products [ mk:of :b ] . :a mk:material :x . :b mk:material :y .",
         "warning isomerisation-of-one-species"),
        (":s a mk:Stage ; mk:continues :t . :t mk:continues :s .", "error stage-before-itself"),
        (":s a mk:Stage .", "error stage-of-one-procedure"),
        (":s mk:temperature 'warm' .", "error temperature"),
        (":s mk:parameters [ mk:key 'stirring' ] .", "error entry-value"),
        (":o a mk:AbsentObservation ; mk:method 'unspecified' .", "warning absence-without-method"),
        (":o a mk:AbsentObservation ; mk:method 'absorption' ; mk:subject :s . :s mk:signature [ mk:silent true ] .",
         "warning absence-of-silent-species"),
        (":o a mk:Observation ; mk:kind 'present' ; mk:method 'absorption' .", "error observation-stage"),
        (":w a mk:Window ; mk:start [ mk:seconds 9e0 ] ; mk:end [ mk:seconds 1e0 ] .", "error window-runs-forward"),
        (":m a mk:Measured ; mk:what 'height' .", "error measured-something"),
        (":a mk:flag 'guessed' .", "error flag-known"),
        (":a mk:locator 'page 1' .", "error assertion-about-one-item"),
        (f":q a oa:TextQuoteSelector ; oa:exact '{'word ' * 26}' .", "error quote-short"),
        (":d a mk:Document ; mk:doi 'doi:10.1/x' .", "error document-doi"),
        (":e a mk:Effect ; mk:kind 'converts' ; mk:leastFraction 1.5e0 .", "error effect-least-fraction"),
        (":h a mk:HypothesisSpace ; mk:optional :s ; mk:background :s .", "error open-or-established"),
        (":h a mk:HypothesisSpace ; mk:candidates [ mk:steps :s ] .", "error candidate-within-space"),
        (":h a mk:HypothesisSpace ; mk:candidates [ mk:makesClaim :c ] .", "error claim-within-space"),
        (":c a mk:Constraint ; mk:kind 'one-of' .", "error constraint-of-something"),
        (":p a mk:Postulate ; mk:kind 'plain' .", "error postulate-statement"),
        (":p a mk:Prediction ; mk:what 'ratio' .", "error prediction-quantity"),
        (":s mk:isotopologueOf :t .", "warning isotopologue-label"),
        (":o a mk:YieldObservation .", "warning yield-of-what"),
        (":o a mk:RatioObservation .", "warning ratio-without-number"),
    ],
)  # fmt: skip
def test_shape_catches_what_it_is_for(turtle: str, code: str) -> None:
    assert code in codes(turtle)


def test_a_short_quote_and_an_exact_reverse_pass() -> None:
    turtle = """:q a oa:TextQuoteSelector ; oa:exact "twenty-five words or fewer, with marks (of all sorts)." .
        :s a mk:Step ; mk:reverse :t ; mk:reactants [ mk:of :a ] ; mk:products [ mk:of :b ] .
        :t a mk:Step ; mk:reverse :s ; mk:reactants [ mk:of :b ] ; mk:products [ mk:of :a ] ."""
    found = codes(turtle)
    assert not found & {"error quote-short", "error step-reverse-mirrors", "error step-reverse-named-back"}


def test_corpus_fits_the_shapes() -> None:
    data = Graph()
    for file in sorted(corpus_dir().glob("*.yaml")):
        corpus = read_corpus_file(file).corpus
        assert corpus is not None, file
        told = [triple for kind, item in [("document", corpus.source), *corpus.items()] for triple in triples_of(kind, item)]  # type: ignore[arg-type]
        data.parse(data="".join(f"{' '.join(triple)} .\n" for triple in told), format="nt")
    wrong = [finding for finding in validate(data, SHAPES, load_ontology()) if finding.severity == "error"]
    assert [str(finding) for finding in wrong] == []
