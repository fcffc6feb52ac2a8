"""The ontology as data: its modules merged, and what the rest of the program asks of it.

Only the Turtle files at the top of the ontology folder are the ontology; ``shapes/`` and ``mappings/`` are read elsewhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax

from mechkg.assets import ontology_dir
from mechkg.errors import GraphError, NotFoundError
from mechkg.graph.namespaces import MK
from mechkg.graph.ontology_files import ontology_files


@cache
def load_ontology() -> Graph:
    """Return all modules merged into one graph. The graph is shared: copy it before changing it.

    Raises GraphError naming file and line when a module is not valid Turtle.
    """
    files = ontology_files()
    if not files:
        raise GraphError(f"no ontology was found in {ontology_dir()}", hint="is the installation complete?")
    merged = Graph()
    for file in files:
        _read_into(merged, file)
    return merged


@cache
def class_names() -> frozenset[str]:
    """Return the local names of all classes of the ontology.

    >>> "PrimaryAmine" in class_names()
    True
    """
    return frozenset(name for term in load_ontology().subjects(RDF.type, OWL.Class) if (name := _local(term)) is not None)


@cache
def subclasses_of(name: str) -> frozenset[str]:
    """Return the local names of the class called ``name`` and of all narrower ones, as written (nothing is inferred).

    Raises NotFoundError, with the nearest name, when there is no such class.
    """
    if name not in class_names():
        raise NotFoundError.of("class", name, class_names())
    narrower = load_ontology().transitive_subjects(RDFS.subClassOf, URIRef(MK + name))
    return frozenset(local for term in narrower if (local := _local(term)) is not None)


@cache
def label_of(name: str) -> str:
    """Return the label of the term called ``name``; the name itself when it has none.

    >>> label_of("PrimaryAmine")
    'primary amine'
    """
    label = load_ontology().value(URIRef(MK + name), RDFS.label)
    return name if label is None else str(label)


@cache
def definition_of(name: str) -> str:
    """Return what the term called ``name`` means; empty when nothing says so.

    >>> definition_of("locator")
    'Page, figure panel, table row or note where the source says it.'
    """
    definition = load_ontology().value(URIRef(MK + name), SKOS.definition)
    return "" if definition is None else str(definition)


def _read_into(graph: Graph, file: Path) -> None:
    try:
        graph.parse(file, format="turtle")
    except BadSyntax as error:
        # rdflib counts lines from 0 at the last line break it has passed
        raise GraphError(f"{file.name}:{error.lines + 1}: this is not valid Turtle: {_reason(error)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"{file.name} cannot be read: {error}") from error


def _reason(error: BadSyntax) -> str:
    """Return what the parser found wrong, without the surrounding text it quotes."""
    return str(error._why)


def _local(term: object) -> str | None:
    """Return the local name of a term of this ontology; None for a blank node or a foreign term."""
    return term.removeprefix(MK) if isinstance(term, URIRef) and term.startswith(MK) else None
