"""The page on which people ask in SPARQL: a form, examples, and the result as a table. It works without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from mechkg.graph.namespaces import XSD
from mechkg.service.sparql import LONGEST, SHORT, Example
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render

SHOWN: Final = 1000
"""So many rows does the page show."""

FORMATS: Final = {
    "html": "a table here",
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "turtle": "Turtle (CONSTRUCT, DESCRIBE)",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF/XML",
}
"""Forms of answers, by the value of the parameter ``format``."""

FIRST: Final = """\
SELECT ?species ?label ?kind WHERE {
  ?species a mk:Species ; rdfs:label ?label ; mk:kind ?kind
}
ORDER BY ?label
LIMIT 50
"""
"""What stands in the form at first."""

_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A term as the page shows it: short, with a link where it is an IRI, and the whole of it as a title."""

    text: str
    href: str | None = None
    title: str = ""
    outside: bool = False
    number: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A result: a table, or text (RDF, or the answer to an ASK)."""

    summary: str
    version: int
    milliseconds: str
    cut: str | None
    downloads: Sequence[tuple[str, str]]
    variables: Sequence[str] = ()
    rows: Sequence[Sequence[Shown | None]] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ShownLimits:
    """What a query may take."""

    seconds: float
    rows: int
    size: int
    memory: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and what to do."""

    title: str
    detail: str
    code: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class SparqlPage:
    """What the page shows."""

    query: str
    format: str
    as_of: str
    timeout: str
    limits: ShownLimits
    examples: Sequence[Example]
    result: ShownResult | None = None
    error: Problem | None = None
    formats: Sequence[tuple[str, str]] = tuple(FORMATS.items())
    prefixes: Mapping[str, str] = field(default_factory=lambda: SHORT)
    longest: int = LONGEST
    shown: int = SHOWN


def sparql_page(page: SparqlPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("sparql_page.html", page, frame)


def shown(binding: Mapping[str, Any] | None) -> Shown | None:
    """Return a term of a result in JSON as the page shows it.

    >>> shown({"type": "uri", "value": "https://w3id.org/mechkg/id/step-1"}).text
    'id:step-1'
    """
    if binding is None:
        return None
    value = binding["value"]
    if binding["type"] == "uri":
        here = path_of(value)
        linked = here or (value if value.startswith(("http://", "https://")) else None)
        return Shown(shortened(value), linked, value, outside=here is None)
    if binding["type"] == "triple":
        parts = (shown(value[name]) for name in ("subject", "predicate", "object"))
        return Shown(f"<<( {' '.join(part.text for part in parts if part)} )>>")
    if binding["type"] == "bnode":
        return Shown(f"_:{value}")
    datatype = binding.get("datatype")
    return Shown(
        value, title=shortened(datatype) if datatype else "", number=datatype in _NUMBERS, language=binding.get("xml:lang")
    )


def shortened(iri: str) -> str:
    """Return an IRI with a prefix where there is one."""
    for prefix, namespace in SHORT.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def downloads(parameters: Mapping[str, str], kind: str) -> list[tuple[str, str]]:
    """Return the links by which the same result comes in other forms."""
    names = {"bindings": ("csv", "tsv", "json", "xml"), "boolean": ("json", "xml")}.get(
        kind, ("turtle", "ntriples", "jsonld", "rdfxml")
    )
    return [(FORMATS[name].partition(" (")[0], f"/sparql?{urlencode({**parameters, 'format': name})}") for name in names]
