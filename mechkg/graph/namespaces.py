"""IRIs: the namespaces in use, the names of graphs, and the class that each kind of item belongs to."""

from __future__ import annotations

from typing import Final

MK: Final = "https://w3id.org/mechkg/ontology#"
"""Terms of the ontology."""
MKID: Final = "https://w3id.org/mechkg/id/"
"""Things: items, stages, parts of items."""
ASSERTION: Final = "https://w3id.org/mechkg/assertion/id-"
"""Accepted assertions in the running graph, by ledger id. An id looks like the code of a trusty URI and is none: it is a digest
of JSON. With ``id-`` tied to it, no reader of trusty URIs takes it for one.
"""
NP: Final = "https://w3id.org/mechkg/np/"
"""Published nanopublications, under trusty URIs: one per accepted assertion of a release."""
AGENT: Final = "https://w3id.org/mechkg/agent/"
"""Who acted."""
RELEASE: Final = "https://w3id.org/mechkg/release/"
"""Releases, by name."""
VERDICT: Final = "https://w3id.org/mechkg/verdict/"
"""Verdicts: hypothesis space and candidate, with a slash between."""
CHANGE_SET: Final = "https://w3id.org/mechkg/set/"
"""Change sets."""
DISAGREEMENT: Final = "https://w3id.org/mechkg/disagreement/"
"""Disagreements."""
ACT: Final = "https://w3id.org/mechkg/act/"
"""Acts, by their position in the ledger."""
GRAPH: Final = "https://w3id.org/mechkg/graph/"
"""Graphs that are not nanopublications."""

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
NSCHEMA: Final = "http://www.nanopub.org/nschema#"
NPX: Final = "http://purl.org/nanopub/x/"
DCT: Final = "http://purl.org/dc/terms/"
PAV: Final = "http://purl.org/pav/"

ONTOLOGY_GRAPH: Final = GRAPH + "ontology"
IMPLIED_GRAPH: Final = GRAPH + "implied"
STATE_GRAPH: Final = GRAPH + "state"

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"

_ITEM_CLASS: Final = {
    "document": "Document",
    "reference": "Reference",
    "material": "Material",
    "chemical": "Chemical",
    "species": "Species",
    "step": "Step",
    "procedure": "Procedure",
    "observation": "Observation",
    "claim": "Claim",
    "zone": "Zone",
    "model": "RivalModel",
    "assumption": "Assumption",
    "space": "HypothesisSpace",
    "remark": "Remark",
}

_SPECIES_CLASS: Final = {
    "PC": "PrecursorCompound",
    "M": "Monomer",
    "F": "Fragment",
    "M/F": "MonomerFragmentPool",
    "MSC": "MagicSizeCluster",
    "dMSC": "DoubletMagicSizeCluster",
    "QD": "QuantumDot",
    "NPL": "Nanoplatelet",
    "magic-size species": "TentativeMagicSizeSpecies",
    "feature": "AbsorptionFeature",
    "complex": "PrecursorComplex",
    "composition": "CompositionSpecies",
}

_SUFFIX: Final = {"observation": "Observation", "claim": "Claim", "stage": "Stage", "effect": "Effect"}


def item_class(item_kind: str) -> str:
    """Return the local name of the class of all items of a kind."""
    return _ITEM_CLASS[item_kind]


def class_of_kind(item_kind: str, kind: str) -> str | None:
    """Return the local name of the class for a ``kind`` within a kind of item; None where kinds are not classes.

    >>> class_of_kind("observation", "amount-comparison"), class_of_kind("species", "dMSC")
    ('AmountComparisonObservation', 'DoubletMagicSizeCluster')
    """
    if item_kind == "species":
        return _SPECIES_CLASS[kind]
    camel = "".join(part.capitalize() for part in kind.split("-"))
    if item_kind == "step":
        return "ElementaryStep" if kind == "elementary" else camel
    return camel + _SUFFIX[item_kind] if item_kind in _SUFFIX else None


def camel(name: str) -> str:
    """Return the local name of the property for a field of a value.

    >>> camel("reported_in"), camel("id")
    ('reportedIn', 'id')
    """
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
