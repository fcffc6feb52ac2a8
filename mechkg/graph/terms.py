"""RDF terms as plain strings in N-Triples form, which can be loaded, compared and reasoned over without objects of any library.

Grammar: RDF 1.1 N-Triples, https://www.w3.org/TR/n-triples/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Final
from urllib.parse import quote, unquote

from mechkg.graph.namespaces import AGENT, ASSERTION, GRAPH, MK, MKID, NP, XSD

Term = str
"""An IRI or a literal in N-Triples form."""

Triple = tuple[Term, Term, Term]
"""Subject, predicate, object."""

Quad = tuple[Term, Term, Term, Term]
"""Subject, predicate, object, graph."""

Plain = str | int | float | bool
"""A value as Python has it: a local name or text, a number, a truth value."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})
_UNESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([A-Za-z0-9-]+))?', re.DOTALL)
_WHOLE: Final = frozenset(XSD + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger"))
_REAL: Final = frozenset(XSD + name for name in ("decimal", "double", "float"))
# What an IRI may hold besides letters and digits, and that our names use.
_SAFE: Final = "/.-+~"


def iri(text: str) -> Term:
    """Return an IRI as a term."""
    return f"<{text}>"


def literal(value: Plain) -> Term:
    """Return a value as a literal.

    >>> print(literal(True), literal(2), literal('a "word"'))
    "true"^^<http://www.w3.org/2001/XMLSchema#boolean> "2"^^<http://www.w3.org/2001/XMLSchema#integer> "a \\"word\\""
    """
    if isinstance(value, bool):
        return f'"{"true" if value else "false"}"^^<{XSD}boolean>'
    if isinstance(value, int):
        return f'"{value}"^^<{XSD}integer>'
    if isinstance(value, float):
        return f'"{_double(value)}"^^<{XSD}double>'
    return f'"{value.translate(_ESCAPES)}"'


def _double(number: float) -> str:
    """Write a number as the store does, so that one number is one term: shortest digits that read back, no exponent.

    >>> _double(371.0), _double(0.1), _double(1e21)
    ('371', '0.1', '1000000000000000000000')
    """
    if not isfinite(number):
        return "NaN" if number != number else "INF" if number > 0 else "-INF"
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def typed(text: str, datatype: str) -> Term:
    """Return a literal of any datatype, given by its IRI."""
    return f'"{text.translate(_ESCAPES)}"^^<{datatype}>'


def thing(name: str) -> Term:
    """Return the IRI of an item, a stage or a part of an item, given by its local name."""
    return f"<{MKID}{quote(name, safe=_SAFE)}>"


def term(name: str) -> Term:
    """Return the IRI of a term of the ontology, given by its local name."""
    return f"<{MK}{name}>"


def agent(name: str) -> Term:
    """Return the IRI of whoever acted, given by name."""
    return f"<{AGENT}{quote(name, safe='')}>"


def triples_in(text: str) -> Iterator[Triple]:
    """Yield the triples of an N-Triples document that a program wrote: one space between terms, no comments.

    >>> list(triples_in('<urn:a> <urn:b> "c d" .'))
    [('<urn:a>', '<urn:b>', '"c d"')]
    """
    for line in text.split("\n"):
        if line:
            subject, predicate, rest = line.split(" ", 2)
            yield subject, predicate, rest.rstrip().removesuffix(".").rstrip()


def is_resource(of: Term) -> bool:
    """Say whether a term is an IRI (a literal otherwise: no blank nodes are made)."""
    return of.startswith("<")


def local_name(of: Term) -> str:
    """Return the local name of a thing, or of a term of the ontology.

    >>> local_name("<https://w3id.org/mechkg/id/z-f1/s3>")
    'z-f1/s3'
    """
    return shown(of[1:-1])


def shown(text: str) -> str:
    """Return an IRI as people write it: a local name where it is one of ours.

    >>> shown("https://w3id.org/mechkg/id/step-1"), shown("http://example.org/x")
    ('step-1', 'http://example.org/x')
    """
    for base in (MKID, MK, ASSERTION, NP, GRAPH, AGENT):
        if text.startswith(base):
            return unquote(text.removeprefix(base))
    return text


def value_of(of: Term) -> Plain:
    """Return what a term stands for: the local name of an IRI, a number, a truth value, text.

    >>> value_of('"2"^^<http://www.w3.org/2001/XMLSchema#integer>'), value_of('"a\\\\nb"')
    (2, 'a\\nb')
    """
    if is_resource(of):
        return shown(of[1:-1])
    text, datatype, _ = literal_parts(of)
    return of_datatype(text, datatype)


def literal_parts(of: Term) -> tuple[str, str | None, str | None]:
    """Return the text of a literal, its datatype and its language, each None where none is written.

    >>> literal_parts('"colour"@en-GB'), literal_parts('"2"')
    (('colour', None, 'en-GB'), ('2', None, None))
    """
    match = _LITERAL.fullmatch(of)
    if match is None:
        raise ValueError(f"not a term in N-Triples form: {of}")
    return _ESCAPED.sub(_unescape, match[1]) if "\\" in match[1] else match[1], match[2], match[3]


def of_datatype(text: str, datatype: str | None) -> Plain:
    """Return a literal's text as a number or truth value where its datatype says so; dates and all else stay text."""
    if datatype in _WHOLE:
        return int(text)
    if datatype in _REAL:
        return float(text)
    if datatype == XSD + "boolean":
        return text in ("true", "1")
    return text


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _UNESCAPES[match[3]]
