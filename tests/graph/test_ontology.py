"""The ontology holds a term for everything that the systematic mapping of values to RDF writes, and each term is explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from mechkg.errors import GraphError, NotFoundError
from mechkg.graph import ontology, ontology_files
from mechkg.graph.namespaces import MK, camel, class_of_kind, item_class
from mechkg.graph.rdf import written_as
from mechkg.literature.fields import leaves
from mechkg.literature.references import REFERENCES
from mechkg.model.assertion import EvidenceType
from mechkg.model.base import Identifier, StageReference, Value
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.hypothesis import EffectKind
from mechkg.model.observation import Method
from mechkg.model.procedure import Stage
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document

GRAPH = ontology.load_ontology()
TERMS = sorted(
    {
        term
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
        for term in GRAPH.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(MK)
    }
)
CLASS_FIELDS = {"classes", "chemical_class", "promoter_class", "medium_class"}
PROVENANCE_FIELDS = {"id", "locator", "quote", "flag"}
CLASS_PROPERTIES = {URIRef(MK + camel(name)) for name in CLASS_FIELDS}


def mk(name: str) -> URIRef:
    """Return the term of that local name."""
    return URIRef(MK + name)


def parts(hint: Any) -> Iterator[Any]:
    """Yield the plain types inside a type; identifiers whole."""
    if hint in (Identifier, StageReference):
        yield hint
    elif get_origin(hint) is Literal:
        yield str
    elif get_args(hint):
        for inner in get_args(hint):
            yield from parts(inner)
    elif isinstance(hint, type) and hint is not NoneType:
        yield hint


def models() -> list[type[Value]]:
    """Return every value of the model that is written as RDF."""
    found: list[type[Value]] = [Document, *ITEM_TYPES.values()]
    for model in found:
        for hint in get_type_hints(model, include_extras=True).values():
            found += [p for p in parts(hint) if isinstance(p, type) and issubclass(p, Value) and p not in (*found, Quantity)]
    return found


FIELDS = [(model, name) for model in models() for name in model.model_fields if name not in PROVENANCE_FIELDS]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_field_has_a_property_of_the_right_sort(model: type[Value], name: str) -> None:
    hint = get_type_hints(model, include_extras=True)[name]
    inner = list(parts(hint))
    linked = name in CLASS_FIELDS or any(
        p in (Identifier, StageReference) or (isinstance(p, type) and issubclass(p, BaseModel)) for p in inner
    )
    if get_origin(hint) is dict or any(get_origin(a) is dict for a in get_args(hint)):
        linked = True
    written = written_as(model, name)
    linked = linked or bool(written.part_of)
    if name == "outcome":  # a word, not the name of an item
        linked = False
    if name == "temperature":  # a quantity, or words: a property that no reasoner draws on
        assert (mk("temperature"), RDF.type, OWL.AnnotationProperty) in GRAPH
        return
    sort = OWL.ObjectProperty if linked else OWL.DatatypeProperty
    assert (mk(written.name), RDF.type, sort) in GRAPH
    other = OWL.DatatypeProperty if linked else OWL.ObjectProperty
    assert (mk(written.name), RDF.type, other) not in GRAPH


@pytest.mark.parametrize("model", models(), ids=lambda m: m.__name__)
def test_value_has_a_class(model: type[Value]) -> None:
    names = {item_class(kind) for kind, item in ITEM_TYPES.items() if item is model} or {model.__name__}
    assert names <= ontology.class_names()


def kinds() -> Iterator[tuple[str, str]]:
    """Yield kind of item and narrower kind, for every kind that the models know."""
    for item, model in ITEM_TYPES.items():
        hint = get_type_hints(model, include_extras=True).get("kind")
        if get_origin(hint) is Literal:
            yield from ((item, kind) for kind in get_args(hint))
    yield from (("stage", action) for action in get_args(Stage.model_fields["action"].annotation))
    yield from (("effect", kind) for kind in get_args(EffectKind))


@pytest.mark.parametrize(("item", "kind"), list(kinds()))
def test_kind_has_a_class_below_that_of_its_item(item: str, kind: str) -> None:
    above = {"stage": "Stage", "effect": "Effect"}.get(item) or item_class(item)
    assert class_of_kind(item, kind) in ontology.subclasses_of(above)


@pytest.mark.parametrize(
    "name",
    [
        "value",
        "high",
        "uncertainty",
        "relation",
        "unit",
        "text",
        "seconds",
        "celsius",
        "millilitres",
        "millimoles",
        "nanometres",
        "grams",
        "roomTemperature",
        "key",
        "localName",
        "locator",
        "flag",
        "quote",
        "ledgerPosition",
    ],
)
def test_term_of_the_mapping_is_a_data_property(name: str) -> None:
    assert (mk(name), RDF.type, OWL.DatatypeProperty) in GRAPH


@pytest.mark.parametrize("term", TERMS, ids=lambda t: t.removeprefix(MK))
def test_term_is_explained_once(term: URIRef) -> None:
    assert len(list(GRAPH.objects(term, RDFS.label))) == 1
    assert len(list(GRAPH.objects(term, SKOS.definition))) == 1
    assert GRAPH.value(term, SKOS.example) or GRAPH.value(term, DCTERMS.source)


def test_no_two_classes_share_a_label() -> None:
    labels = Counter(ontology.label_of(name) for name in ontology.class_names())
    assert [label for label, count in labels.items() if count > 1] == []


def test_every_term_in_use_is_declared() -> None:
    used = {node for triple in GRAPH for node in triple if isinstance(node, URIRef) and node.startswith(MK)}
    assert sorted(used - set(TERMS)) == []


def test_no_property_holds_both_things_and_words() -> None:
    both = set(GRAPH.subjects(RDF.type, OWL.ObjectProperty)) & set(GRAPH.subjects(RDF.type, OWL.DatatypeProperty))
    assert both == set()


def test_class_of_chemicals_is_a_thing_of_its_own_with_the_same_order() -> None:
    chemicals = {mk(name) for name in ontology.subclasses_of("Chemical")} - {mk("Chemical"), mk("Promoter")}
    assert chemicals == set(GRAPH.subjects(RDF.type, mk("ChemicalClass")))
    told = {(low, high) for low, high in GRAPH.subject_objects(RDFS.subClassOf) if low in chemicals and high in chemicals}
    assert set(GRAPH.subject_objects(mk("narrowerThan"))) == told


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("reactant", "reactants of"),
        ("product", "products of"),
        ("contains", "medium of"),
        ("charged", "charge of"),
        ("promotedBy", "promoters chemical"),
        ("promotedBy", "promotedByClass hasMember"),
        ("promotedByClass", "promoters chemicalClass"),
        ("inhibitedBy", "inhibitors chemical"),
        ("inhibitedByClass", "inhibitors chemicalClass"),
    ],
)
def test_property_is_a_chain(name: str, links: str) -> None:
    chains = [list(Collection(GRAPH, chain)) for chain in GRAPH.objects(mk(name), OWL.propertyChainAxiom)]
    assert [mk(link) for link in links.split()] in chains


def test_properties_that_follow_from_chains_are_not_counted() -> None:
    """OWL 2 DL (section 11.2 of the structural specification) forbids it, for reasoning would not come to an end."""
    composite = set(GRAPH.subjects(OWL.propertyChainAxiom)) | set(GRAPH.subjects(RDF.type, OWL.TransitiveProperty))
    while True:
        inverse = {o for s in composite for o in (*GRAPH.objects(s, OWL.inverseOf), *GRAPH.subjects(OWL.inverseOf, s))}
        wider = {o for s in composite for o in GRAPH.objects(s, RDFS.subPropertyOf)} | inverse | composite
        if wider == composite:
            break
        composite = wider
    forbidden = (
        OWL.FunctionalProperty,
        OWL.InverseFunctionalProperty,
        OWL.IrreflexiveProperty,
        OWL.AsymmetricProperty,
    )
    assert [(p, kind) for p in composite for kind in forbidden if (p, RDF.type, kind) in GRAPH] == []
    cardinalities = (OWL.cardinality, OWL.minCardinality, OWL.maxCardinality, OWL.qualifiedCardinality)
    counted = {GRAPH.value(r, OWL.onProperty) for c in cardinalities for r in GRAPH.subjects(c)}
    assert composite & counted == set()


def members(expression: Node) -> set[str]:
    """Return the local names of all classes within a named class or a union."""
    if isinstance(expression, BNode):
        union = next(GRAPH.objects(expression, OWL.unionOf))
        return set().union(*(members(part) for part in Collection(GRAPH, union)))
    return set(ontology.subclasses_of(str(expression).removeprefix(MK)))


REFERENCE_FIELDS = [
    (kind, pattern, targets) for kind, fields in REFERENCES.items() for pattern, targets in fields.items() if targets
]


def property_at(model: type[Value], path: list[str]) -> str:
    """Return the property that the field at the end of a path is written as."""
    for name in path[:-1]:
        inner = parts(get_type_hints(model, include_extras=True)[name])
        model = next(p for p in inner if isinstance(p, type) and issubclass(p, Value) and p is not Quantity)
    return written_as(model, path[-1]).name


@pytest.mark.parametrize(("kind", "pattern", "targets"), REFERENCE_FIELDS)
def test_range_admits_what_files_may_name(kind: str, pattern: str, targets: tuple[str, ...]) -> None:
    path = [part for part in pattern.split(".") if part != "*"]
    name = "of" if path[-1] == "{}" else property_at(ITEM_TYPES[kind], path)  # keys of a mapping are written as mk:of
    needed = {"Stage" if target == "stage" else item_class(target) for target in targets}
    for expression in GRAPH.objects(mk(name), RDFS.range):
        assert needed <= members(expression), kind


def test_domain_admits_every_value_that_has_the_field() -> None:
    wrong = []
    for model, name in FIELDS:
        own = {item_class(kind) for kind, item in ITEM_TYPES.items() if item is model} or {model.__name__}
        for expression in GRAPH.objects(mk(written_as(model, name).name), RDFS.domain):
            if not own <= members(expression):
                wrong.append(f"{model.__name__}.{name}")
    assert wrong == []


def test_fields_that_name_classes_are_those_that_the_reader_checks() -> None:
    named = {pattern.split(".")[-1 if not pattern.endswith("*") else -2] for m in ITEM_TYPES.values() for pattern, _ in leaves(m)}
    assert named >= CLASS_FIELDS


def test_header_imports_every_module() -> None:
    modules = {str(m).rsplit("/", 1)[1] for m in GRAPH.objects(URIRef(MK.rstrip("#")), OWL.imports)}
    files = {file.stem for file in ontology.ontology_files()} - {"mechkg"}
    assert modules == files
    assert {str(m).rsplit("/", 1)[1] for m in GRAPH.subjects(RDF.type, OWL.Ontology)} == files | {"ontology"}


def test_hermit_finds_no_contradiction() -> None:
    from mechkg.graph.classify import classify

    found = classify(GRAPH)
    assert found.consistent
    assert found.unsatisfiable == ()
    assert [pair for pair in found.inferred_subclasses if not set(pair) <= ontology.class_names()] == []


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Point the ontology at an empty folder."""
    questions = (
        ontology.load_ontology,
        ontology_files.ontology_digest,
        ontology.class_names,
        ontology.subclasses_of,
        ontology.label_of,
    )
    monkeypatch.setattr(ontology, "ontology_dir", lambda: tmp_path)
    monkeypatch.setattr(ontology_files, "ontology_dir", lambda: tmp_path)
    for question in questions:
        question.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for question in questions:
        question.cache_clear()


def test_broken_module_is_named_with_its_line(elsewhere: Path) -> None:
    good = "@prefix mk: <https://w3id.org/mechkg/ontology#> .\nmk:a mk:b mk:c .\n"
    (elsewhere / "good.ttl").write_text(good)
    (elsewhere / "species.ttl").write_text(good + "\nmk:d mk:e ;; ] .\n")
    with pytest.raises(GraphError, match=r"species\.ttl:4: this is not valid Turtle"):
        ontology.load_ontology()


def test_missing_ontology_is_said(elsewhere: Path) -> None:
    with pytest.raises(GraphError, match="no ontology was found"):
        ontology.load_ontology()


def test_digest_changes_with_content_and_with_names(elsewhere: Path) -> None:
    seen = set()
    for name, text in [("a", "# 1\n"), ("a", "# 2\n"), ("b", "# 2\n")]:
        for old in elsewhere.glob("*.ttl"):
            old.unlink()
        (elsewhere / f"{name}.ttl").write_text(text)
        ontology_files.ontology_digest.cache_clear()
        seen.add(ontology_files.ontology_digest())
    assert len(seen) == 3


def test_narrower_classes() -> None:
    assert {"Amine", "PrimaryAmine", "SecondaryAmine", "TertiaryAmine"} <= ontology.subclasses_of("Amine")
    assert "SecondaryAmine" not in ontology.subclasses_of("PrimaryAmine")
    assert "AromaticHydrocarbonSolvent" in ontology.subclasses_of("HydrocarbonSolvent")


def test_unknown_class_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="PrimaryAmine"):
        ontology.subclasses_of("PrimaryAmin")


def test_label_of_an_unknown_term_is_its_name() -> None:
    assert ontology.label_of("PrimaryAmine") == "primary amine"
    assert ontology.label_of("Nothing") == "Nothing"


def test_the_graph_is_read_once() -> None:
    assert isinstance(GRAPH, Graph)
    assert ontology.load_ontology() is ontology.load_ontology()


@pytest.mark.parametrize(("name", "words"), [("Method", get_args(Method)), ("EvidenceType", get_args(EvidenceType))])
def test_every_word_is_the_notation_of_one_individual(name: str, words: tuple[str, ...]) -> None:
    notations = [str(n) for one in GRAPH.subjects(RDF.type, mk(name)) for n in GRAPH.objects(one, SKOS.notation)]
    assert sorted(notations) == sorted(set(words) - {"unspecified"})
