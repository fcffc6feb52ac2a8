"""TriX, RDF datasets as XML (https://www.w3.org/2004/03/trix/trix-1/): read only, for nanopublications kept that way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from mechkg.errors import GraphError
from mechkg.graph.terms import Quad, Term, iri, literal, typed

_TRIX: Final = "{http://www.w3.org/2004/03/trix/trix-1/}"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_trix(content: bytes) -> Iterator[Quad]:
    """Yield the quads of a TriX document; the graph of a triple outside named graphs is the empty text.

    Raises GraphError where it cannot be read, or declares entities, which could be made to grow without end.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise GraphError("the document declares entities, which are not read in TriX")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise GraphError(f"the document cannot be read: {error}") from error
    if root.tag != f"{_TRIX}TriX":
        raise GraphError(f"the document cannot be read: expected the element TriX, found {root.tag}")
    for number, graph in enumerate(root.findall(f"{_TRIX}graph"), start=1):
        named = graph.find(f"{_TRIX}uri")
        name = "" if named is None else _term(named)
        for triple in graph.findall(f"{_TRIX}triple"):
            terms = [_term(element) for element in triple]
            if len(terms) != 3:
                raise GraphError(f"the document cannot be read: a triple of graph {number} has {len(terms)} parts")
            subject, predicate, object_ = terms
            yield subject, predicate, object_, name


def _term(element: ElementTree.Element) -> Term:
    text = element.text or ""
    match element.tag.removeprefix(_TRIX):
        case "uri":
            return iri(text.strip())
        case "id":
            return f"_:{text.strip()}"
        case "plainLiteral":
            language = element.get(_LANGUAGE)
            return f"{literal(text)}@{language}" if language else literal(text)
        case "typedLiteral":
            return typed(text, element.get("datatype", ""))
        case other:
            raise GraphError(f"the document cannot be read: expected a term, found the element {other}")
