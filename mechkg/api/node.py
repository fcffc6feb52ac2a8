"""What has a global identifier: an IRI, the same in GraphQL, in SPARQL and as linked data.

Drafts and watches are known to their owner alone; they have IRIs too, which mean nothing outside of GraphQL.
"""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import quote, unquote

import strawberry

from mechkg.errors import BadInputError
from mechkg.service.identifiers import ROOT, IdentifierKind, iri_of, is_iri

Own = Literal["draft", "watch"]
"""What is known to its owner alone."""

OWN: Final[tuple[Own, ...]] = ("draft", "watch")


@strawberry.interface(description="What has a global identifier; node(id:) answers with it.")
class Node:
    @strawberry.field(description="Its IRI, the same in SPARQL and as linked data; node(id:) takes it, as do names everywhere.")
    def id(self) -> strawberry.ID:
        raise NotImplementedError


def id_of(kind: IdentifierKind, name: str) -> strawberry.ID:
    """Return the id of what is called ``name``."""
    return strawberry.ID(iri_of(kind, name))


def own_id(kind: Own, name: str) -> strawberry.ID:
    """Return the id of what its owner calls ``name``.

    >>> own_id("draft", "draft-1/2")
    'https://w3id.org/mechkg/draft/draft-1/2'
    """
    return strawberry.ID(f"{ROOT}{kind}/{quote(name)}")


def read_own(iri: str) -> tuple[Own, str] | None:
    """Return kind and name of what its owner alone knows; None for any other IRI.

    >>> read_own("https://w3id.org/mechkg/watch/watch-3")
    ('watch', 'watch-3')
    """
    for kind in OWN:
        base = f"{ROOT}{kind}/"
        if iri.startswith(base) and len(iri) > len(base):
            return kind, unquote(iri.removeprefix(base))
    return None


def own_name(given: str, kind: Own) -> str:
    """Return the name in an IRI, without the version of a draft; a name is returned as it is."""
    if not is_iri(given):
        return given
    found = read_own(given)
    if found is None or found[0] != kind:
        raise BadInputError(f"'{given}' names no {kind}", hint=f"expected {ROOT}{kind}/...")
    return found[1].partition("/")[0]
