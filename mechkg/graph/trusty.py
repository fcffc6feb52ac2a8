"""Trusty URIs: names of RDF content that hold its digest, so that whoever has name and content can check them.

Module RA of https://github.com/trustyuri/trustyuri-spec (version 1): the digest is taken over all quads, sorted and in a
normal form in which the code itself is left blank wherever it stands in an IRI, so that content may name itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from mechkg.errors import GraphError
from mechkg.graph.namespaces import XSD
from mechkg.graph.terms import Quad, Term, is_resource, literal_parts

CODE_LENGTH: Final = 45
"""Letters of an artifact code: two for the module, 43 for the digest."""

BLANK: Final = " "
"""What stands in place of the code while the digest is taken."""

_CODE: Final = re.compile(r"(?:^|(?<=[^A-Za-z0-9_-]))RA[A-Za-z0-9_-]{43}$")
_ENDS_IN_CODE_LETTER: Final = re.compile(r"[A-Za-z0-9_-]$")


def code_in(name: str) -> str | None:
    """Return the artifact code that an IRI ends with; None for one that is no trusty URI.

    >>> code_in("http://example.org/RAPpJU5UOB4pavfWyk7FE3WQiam5yBpmIlviAQWtBSC4M")
    'RAPpJU5UOB4pavfWyk7FE3WQiam5yBpmIlviAQWtBSC4M'
    >>> code_in("http://example.org/RA12") is None
    True
    """
    found = _CODE.search(name)
    return found[0] if found else None


def normal_form(quads: Iterable[Quad], code: str = BLANK) -> str:
    """Return the text over which digest and signature are taken, with ``code`` left blank in IRIs.

    Raises GraphError for a blank node, which has no name to sort by: :func:`minted` gives it one.
    """
    known: dict[Term, str] = {}  # a name stands in many quads

    def name(term: Term) -> str:
        if (found := known.get(term)) is None:
            found = known[term] = _resource(term, code)
        return found

    keys = {
        (name(graph), name(subject), name(predicate), *(_literal(object_) if object_[0] == '"' else ("", name(object_), "", "")))
        for subject, predicate, object_, graph in quads
    }
    return "".join(f"{g}\n{s}\n{p}\n{_written(*object_)}\n" for g, s, p, *object_ in sorted(keys))


def digest_code(text: str) -> str:
    """Return the artifact code of a normal form."""
    return "RA" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def holds(code: str, quads: Iterable[Quad]) -> bool:
    """Say whether ``quads`` are the content that the artifact code ``code`` names. Raises GraphError for a blank node."""
    return digest_code(normal_form(quads, code)) == code


def drafted(quads: Iterable[Quad], base: str) -> list[Quad]:
    """Return ``quads`` with a blank for the code to come in every IRI that is ``base`` or begins with it.

    Blank nodes get names below ``base``, numbered as they come. A draft stays in memory: an IRI with a blank is none.
    """
    names: dict[Term, Term] = {}
    start = f"<{base}"
    stem = f"{start}{'/' if _ENDS_IN_CODE_LETTER.search(base) else ''}{BLANK}"

    def renamed(term: Term) -> Term:
        if term.startswith("_:"):
            return names.setdefault(term, f"{stem}#_{len(names) + 1}>")
        if not term.startswith(start):
            return term
        rest = term[len(start) : -1]
        return f"{stem}{'#' if re.match('[A-Za-z0-9_-]', rest) else ''}{rest}>"

    return [(renamed(s), renamed(p), renamed(o), renamed(g)) for s, p, o, g in quads]


def minted(draft: Iterable[Quad]) -> tuple[str, list[Quad]]:
    """Return the artifact code of a draft, and its quads with the code in place."""
    draft = list(draft)
    code = digest_code(normal_form(draft))

    def filled(term: Term) -> Term:
        return term.replace(BLANK, code) if is_resource(term) else term

    return code, [(filled(s), filled(p), filled(o), filled(g)) for s, p, o, g in draft]


# --- one quad ---------------------------------------------------------------------------------------------------------

_STRING: Final = XSD + "string"


def _resource(term: Term, code: str) -> str:
    """Return the normal form of an IRI, without its brackets; of no graph, the empty text."""
    if term.startswith("_:"):
        raise GraphError(f"{term} is a blank node; a trusty URI needs names for all nodes")
    return term[1:-1].replace(code, BLANK)


def _literal(term: Term) -> tuple[str, str, str, str]:
    """Return what a literal is sorted by: a mark that puts it behind IRIs, its text, and its language or else its datatype."""
    text, datatype, language = literal_parts(term)
    return ("literal", text, "@", language.lower()) if language else ("literal", text, "^", datatype or _STRING)


def _written(kind: str, text: str, mark: str, tag: str) -> str:
    if not kind:
        return text
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"{mark}{tag} {escaped}"
