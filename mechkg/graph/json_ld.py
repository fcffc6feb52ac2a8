"""Nanopublications as JSON-LD 1.1, with short names and a context that explains them.

Terms of mechkg are written by their local names (``"subject"``), things as ``id:name``; each named graph is one object, with its
nodes under ``@graph``. A string is text, a number an integer, true and false are truth values; every other literal is an object
with ``@value`` and ``@type``, since JSON would not keep its spelling, over which digests are taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from mechkg.graph.namespaces import AGENT, DCT, MK, MKID, NP, NPX, NSCHEMA, OA, PROV, RDF, RDFS, TYPE, XSD
from mechkg.graph.terms import Quad, Term, literal_parts

PREFIXES: Final = {
    "mk": MK,
    "id": MKID,
    "np": NP,
    "agent": AGENT,
    "nschema": NSCHEMA,
    "npx": NPX,
    "prov": PROV,
    "dct": DCT,
    "oa": OA,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
}
"""Prefixes of names in everything that is exported."""

CONTEXT: Final[dict[str, Any]] = {"@version": 1.1, "@vocab": MK, **PREFIXES}

_A: Final = f"<{TYPE}>"
_LARGEST: Final = 2**53  # beyond it, readers of JSON need not keep whole numbers exactly


def graphs_as_json(quads: Iterable[Quad]) -> list[dict[str, Any]]:
    """Return quads as one object per graph, in the order in which graphs, nodes, properties and values come.

    >>> graphs_as_json([(f"<{MKID}x>", f"<{MK}subject>", f"<{MKID}y>", f"<{NP}a>")])
    [{'@id': 'np:a', '@graph': [{'@id': 'id:x', 'subject': [{'@id': 'id:y'}]}]}]
    """
    graphs: dict[Term, dict[Term, dict[str, Any]]] = {}
    for subject, predicate, object_, graph in quads:
        node = graphs.setdefault(graph, {}).setdefault(subject, {"@id": _short(subject)})
        if predicate == _A:
            node.setdefault("@type", []).append(_short(object_, vocabulary=True))
        else:
            node.setdefault(_short(predicate, vocabulary=True), []).append(_value(object_))
    return [{"@id": _short(name), "@graph": list(nodes.values())} for name, nodes in graphs.items()]


def as_text(content: Any) -> str:
    """Return JSON in one line, the same for the same content."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _short(term: Term, vocabulary: bool = False) -> str:
    """Return an IRI as the context abbreviates it."""
    name = term[1:-1]
    local = name.removeprefix(MK)
    if vocabulary and local not in (name, "") and ":" not in local and local not in PREFIXES:
        return local
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace) and not name.startswith(namespace + "//"):
            return f"{prefix}:{name.removeprefix(namespace)}"
    return name


def _value(term: Term) -> Any:
    if not term.startswith('"'):
        return {"@id": _short(term)}
    text, datatype, language = literal_parts(term)
    if language is not None:
        return {"@value": text, "@language": language}
    if datatype is None:
        return text
    if datatype == XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    if datatype == XSD + "integer" and abs(int(text)) < _LARGEST and str(int(text)) == text:
        return int(text)
    return {"@value": text, "@type": _short(f"<{datatype}>")}
