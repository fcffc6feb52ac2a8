"""Describe anything that has an IRI: for programs as quads, for readers as facts."""

from __future__ import annotations

from typing import Final

from mechkg.errors import NotFoundError
from mechkg.graph.namespaces import GRAPH, IMPLIED_GRAPH, ONTOLOGY_GRAPH, STATE_GRAPH
from mechkg.graph.terms import Quad, iri
from mechkg.service.as_of import AsOf
from mechkg.service.describe_dataset import DATASET, describe_dataset
from mechkg.service.describe_item import describe_assertion, describe_item, describe_part
from mechkg.service.describe_nanopublication import describe_nanopublication
from mechkg.service.describe_record import (
    describe_act,
    describe_disagreement,
    describe_person,
    describe_release,
    describe_set,
    describe_verdict,
)
from mechkg.service.description import Description
from mechkg.service.identifiers import Identifier, iri_of
from mechkg.service.ontology_terms import ONTOLOGY, ontology, ontology_quads
from mechkg.service.pinned import Pinned
from mechkg.service.recorded import Recorded
from mechkg.service.workspace import Workspace

__all__ = ["DATASET", "describe", "describe_graph", "describe_ontology", "describe_whole"]


def describe(workspace: Workspace, identifier: Identifier, as_of: AsOf | None = None) -> Description:
    """Describe what an identifier names, as of now or of a moment of the past.

    Raises NotFoundError, with the nearest name, when there is no such thing, and GoneError when it does not count any more;
    BadInputError for a moment that is none.
    """
    view = Pinned(workspace.view(as_of))
    name = identifier.name
    match identifier.kind:
        case "item":
            return describe_item(view, name)
        case "part":
            return describe_part(view, name)
        case "assertion":
            return describe_assertion(view, name)
        case "nanopublication":
            return describe_nanopublication(workspace, view, name)
        case "person":
            return describe_person(view, name)
        case "release":
            return describe_release(workspace, view, name)
        case "verdict":
            return describe_verdict(view, name)
        case "set":
            return describe_set(view, name)
        case "disagreement":
            return describe_disagreement(view, name)
        case "act":
            return describe_act(view, name)
        case "graph":
            return describe_graph(view, name)
        case "term":
            return describe_ontology(view)


def describe_whole(workspace: Workspace, as_of: AsOf | None = None) -> Description:
    """Describe the dataset."""
    return describe_dataset(workspace, workspace.view(as_of))


def describe_ontology(view: Recorded, module: str | None = None) -> Description:
    """Describe the ontology, or a module of it. Raises NotFoundError with the nearest name."""
    found = ontology(module)
    return Description(
        iri=found.iri if module else ONTOLOGY,
        kind="module of the ontology" if module else "ontology",
        title=found.title,
        position=view.ledger.position(),
        quads=ontology_quads(view.store, module),
        document=True,
        lead=found.description,
        about={
            "@type": "DefinedTermSet",
            "name": found.title,
            "description": found.description,
            "version": found.version,
            "hasDefinedTerm": [
                {"@type": "DefinedTerm", "@id": term.iri, "name": term.label, "description": term.definition}
                for term in found.terms
            ],
        },
    )


_GRAPHS: Final = "_graphs_described"
"""Where a reading keeps what follows from what is said, which takes long to read from the graph and does not change."""

_SMALL: Final = 30_000
"""So many quads are kept."""


def describe_graph(view: Recorded, name: str) -> Description:
    """Describe one of the graphs that are no nanopublications: all it says. Raises NotFoundError with the nearest name."""
    known = {
        ONTOLOGY_GRAPH.removeprefix(GRAPH): "The ontology as written.",
        IMPLIED_GRAPH.removeprefix(GRAPH): "What follows, by the ontology, from what is said in assertions.",
        STATE_GRAPH.removeprefix(GRAPH): "What the graph was derived from.",
    }
    if name not in known:
        raise NotFoundError.of("graph", name, known)
    address = iri_of("graph", name)
    kept: dict[str, tuple[Quad, ...]] = vars(view.reading).setdefault(_GRAPHS, {})
    quads = kept.get(name)
    if quads is None:
        quads = tuple((*triple, iri(address)) for triple in sorted(view.store.graph(address)))
        if address == IMPLIED_GRAPH and len(quads) < _SMALL:
            kept[name] = quads
    return Description(
        iri=address,
        kind="graph",
        title=f"The graph '{name}'",
        position=view.ledger.position(),
        quads=quads,
        document=True,
        lead=f"{known[name]} {len(quads)} triples.",
        about={"@type": "Dataset", "name": f"The graph '{name}'", "description": known[name]},
    )
