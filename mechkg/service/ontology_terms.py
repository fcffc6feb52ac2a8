"""The ontology as documentation: modules, classes in their hierarchy, properties, and what they correspond to elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from rdflib import BNode, Graph, Namespace, URIRef
from rdflib import Literal as Text
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from mechkg.errors import NotFoundError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.mappings import Correspondence, correspondences
from mechkg.graph.namespaces import MK, ONTOLOGY_GRAPH
from mechkg.graph.ontology import load_ontology
from mechkg.graph.ontology_files import ontology_files
from mechkg.graph.terms import Quad, iri

ONTOLOGY = MK.removesuffix("#")
"""The IRI of the ontology; that of a module is below it."""

TermKind = Literal["class", "object property", "datatype property", "annotation property", "individual"]

_MK = Namespace(MK)


@dataclass(frozen=True, slots=True)
class Reference:
    """A term that another one names: its words, and its IRI where it has one."""

    text: str
    iri: str | None


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term of the ontology and what is said of it."""

    name: str
    kind: TermKind
    label: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    broader: tuple[Reference, ...]
    narrower: tuple[Reference, ...]
    domain: tuple[Reference, ...]
    range: tuple[Reference, ...]
    inverse: tuple[Reference, ...]
    functional: bool
    module: str
    elsewhere: tuple[Correspondence, ...]

    @property
    def iri(self) -> str:
        """Its IRI."""
        return MK + self.name


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the ontology: its name, what it is about, how many terms it has."""

    name: str
    title: str
    description: str
    terms: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A class with its narrower classes."""

    term: OntologyTerm
    narrower: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Ontology:
    """The whole ontology, or one module of it."""

    iri: str
    title: str
    description: str
    version: str
    module: str | None
    modules: tuple[Module, ...]
    terms: tuple[OntologyTerm, ...]
    tree: tuple[Branch, ...]

    def of_kind(self, kind: TermKind) -> tuple[OntologyTerm, ...]:
        """Return its terms of a kind, by label."""
        return tuple(term for term in self.terms if term.kind == kind)


@cache
def ontology(module: str | None = None) -> Ontology:
    """Return the ontology, or one module of it; raise NotFoundError with the nearest name."""
    graph = load_ontology()
    terms = _terms()
    modules = tuple(
        Module(
            name,
            _text(graph, URIRef(f"{ONTOLOGY}/{name}"), DCTERMS.title),
            _text(graph, URIRef(f"{ONTOLOGY}/{name}"), DCTERMS.description),
            sum(term.module == name for term in terms.values()),
        )
        for name in sorted(module_names())
    )
    if module is not None and module not in module_names():
        raise NotFoundError.of("module of the ontology", module, [*module_names(), *terms])
    node = URIRef(ONTOLOGY if module is None else f"{ONTOLOGY}/{module}")
    those = tuple(sorted((t for t in terms.values() if module in (None, t.module)), key=lambda t: (t.label.casefold(), t.name)))
    return Ontology(
        iri=str(node),
        title=_text(graph, node, DCTERMS.title),
        description=_text(graph, node, DCTERMS.description),
        version=_text(graph, node, OWL.versionInfo),
        module=module,
        modules=modules,
        terms=those,
        tree=_tree({term.name: term for term in those if term.kind == "class"}),
    )


@cache
def module_names() -> frozenset[str]:
    """Return the names of the modules."""
    start = f"{ONTOLOGY}/"
    found = load_ontology().subjects(RDF.type, OWL.Ontology)
    return frozenset(str(node).removeprefix(start) for node in found if str(node).startswith(start))


def term_names() -> frozenset[str]:
    """Return the local names of all terms."""
    return frozenset(_terms())


def ontology_quads(store: GraphView, module: str | None = None) -> tuple[Quad, ...]:
    """Return what the graph says of the ontology, or of one module and its terms, with the blank nodes beneath."""
    triples = store.graph(ONTOLOGY_GRAPH)
    graph = iri(ONTOLOGY_GRAPH)
    if module is None:
        return tuple((*triple, graph) for triple in sorted(triples))
    by_subject: dict[str, list[tuple[str, str, str]]] = {}
    for triple in triples:
        by_subject.setdefault(triple[0], []).append(triple)
    wanted = [iri(f"{ONTOLOGY}/{module}"), *(iri(MK + name) for name, where in _modules().items() if where == module)]
    found: dict[Quad, None] = {}
    seen: set[str] = set()
    while wanted:
        subject = wanted.pop()
        if subject in seen:
            continue
        seen.add(subject)
        for triple in by_subject.get(subject, ()):
            found[(*triple, graph)] = None
            if triple[2].startswith("_:"):
                wanted.append(triple[2])
    return tuple(found)


# --- reading it -------------------------------------------------------------------------------------------------------

_KINDS: tuple[tuple[URIRef, TermKind], ...] = (
    (OWL.Class, "class"),
    (OWL.ObjectProperty, "object property"),
    (OWL.DatatypeProperty, "datatype property"),
    (OWL.AnnotationProperty, "annotation property"),
)


@cache
def _terms() -> dict[str, OntologyTerm]:
    graph = load_ontology()
    nodes = {node for node in graph.subjects() if isinstance(node, URIRef) and node.startswith(MK)}
    return {str(node).removeprefix(MK): _term(graph, node) for node in sorted(nodes)}


@cache
def _modules() -> dict[str, str]:
    """Return which module each term stands in: that whose file says what kind of term it is; empty for the header."""
    found: dict[str, str] = {}
    for file in ontology_files():
        module = file.stem if file.stem in module_names() else ""
        for node in Graph().parse(file, format="turtle").subjects(RDF.type):
            if isinstance(node, URIRef) and node.startswith(MK):
                found[str(node).removeprefix(MK)] = module
    return found


def _term(graph: Graph, node: URIRef) -> OntologyTerm:
    types = set(graph.objects(node, RDF.type))
    kind: TermKind = next((kind for owl, kind in _KINDS if owl in types), "individual")
    broader = RDFS.subClassOf if kind == "class" else RDFS.subPropertyOf if kind != "individual" else RDF.type
    return OntologyTerm(
        name=str(node).removeprefix(MK),
        kind=kind,
        label=_text(graph, node, RDFS.label) or str(node).removeprefix(MK),
        definition=_text(graph, node, SKOS.definition),
        examples=_texts(graph, node, SKOS.example),
        notes=_texts(graph, node, SKOS.scopeNote),
        broader=_references(graph, graph.objects(node, broader)),
        narrower=_references(graph, graph.subjects(broader, node)),
        domain=_references(graph, graph.objects(node, RDFS.domain)),
        range=_references(graph, graph.objects(node, RDFS.range)),
        inverse=_references(graph, [*graph.objects(node, OWL.inverseOf), *graph.subjects(OWL.inverseOf, node)]),
        functional=OWL.FunctionalProperty in types,
        module=_modules().get(str(node).removeprefix(MK), ""),
        elsewhere=correspondences().get(str(node), ()),
    )


def _tree(classes: dict[str, OntologyTerm]) -> tuple[Branch, ...]:
    below: dict[str, list[OntologyTerm]] = {}
    roots = []
    for term in classes.values():
        above = [each.iri.removeprefix(MK) for each in term.broader if each.iri and each.iri.removeprefix(MK) in classes]
        for name in above:
            below.setdefault(name, []).append(term)
        if not above:
            roots.append(term)

    def branch(term: OntologyTerm, seen: frozenset[str]) -> Branch:
        inner = below.get(term.name, ()) if term.name not in seen else ()
        return Branch(term, tuple(branch(each, seen | {term.name}) for each in inner))

    return tuple(branch(root, frozenset()) for root in roots)


def _references(graph: Graph, nodes: object) -> tuple[Reference, ...]:
    found = {_reference(graph, node) for node in nodes}  # type: ignore[attr-defined]
    return tuple(sorted(found, key=lambda each: each.text.casefold()))


def _reference(graph: Graph, node: Node) -> Reference:
    if isinstance(node, URIRef):
        label = _text(graph, node, RDFS.label) if node.startswith(MK) else ""
        return Reference(label or str(node).rpartition("#")[2].rpartition("/")[2], str(node))
    return Reference(_expression(graph, node), None)


def _expression(graph: Graph, node: Node) -> str:
    """Return a class expression or a set of values in words."""
    for predicate, word in ((OWL.unionOf, "or"), (OWL.intersectionOf, "and"), (OWL.oneOf, "or")):
        members = graph.value(node, predicate)
        if members is not None:
            parts = [
                f"“{each}”" if isinstance(each, Text) else _reference(graph, each).text for each in Collection(graph, members)
            ]
            return f" {word} ".join(parts)
    prop = graph.value(node, OWL.onProperty)
    if prop is not None:
        name = _reference(graph, prop).text if not isinstance(prop, BNode) else "?"
        for predicate, word in (
            (OWL.someValuesFrom, "some"), (OWL.allValuesFrom, "only"), (OWL.hasValue, "value"), (OWL.cardinality, "exactly"),
            (OWL.minCardinality, "at least"), (OWL.maxCardinality, "at most"),
        ):  # fmt: skip
            value = graph.value(node, predicate)
            if value is not None:
                return f"{name} {word} {value if isinstance(value, Text) else _reference(graph, value).text}"
    complement = graph.value(node, OWL.complementOf)
    return f"not {_reference(graph, complement).text}" if complement is not None else "a class expression"


def _text(graph: Graph, node: Node, predicate: URIRef) -> str:
    found = graph.value(node, predicate)
    return "" if found is None else str(found)


def _texts(graph: Graph, node: Node, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(each) for each in graph.objects(node, predicate)))
