"""Global identifiers: IRIs, the same in GraphQL, SPARQL and linked data, and what each names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args
from urllib.parse import quote, unquote

from mechkg.errors import BadInputError, nearest
from mechkg.graph.namespaces import ACT, AGENT, ASSERTION, CHANGE_SET, DISAGREEMENT, GRAPH, MK, MKID, NP, RELEASE, VERDICT

IdentifierKind = Literal[
    "item", "part", "assertion", "nanopublication", "person", "release", "verdict", "set", "disagreement", "act", "term", "graph"
]
"""item: by its local name. part: a stage or another part of an item, ``item/part``. verdict: ``space/candidate``. act: by its
position in the ledger. term: of the ontology."""

ROOT: Final = "https://w3id.org/mechkg/"
"""What all of them begin with; a server answers for the rest at the path of that name."""

BASES: Final[dict[IdentifierKind, str]] = {
    "item": MKID,
    "part": MKID,
    "assertion": ASSERTION,
    "nanopublication": NP,
    "person": AGENT,
    "release": RELEASE,
    "verdict": VERDICT,
    "set": CHANGE_SET,
    "disagreement": DISAGREEMENT,
    "act": ACT,
    "term": MK,
    "graph": GRAPH,
}
"""Kind -> what the IRIs of that kind begin with; the name follows."""

_SAFE: Final = "/.-+~"  # as the graph writes names of things
_FORMS: Final[dict[IdentifierKind, re.Pattern[str]]] = {
    "part": re.compile(r"[^/]+/.+"),
    "verdict": re.compile(r"[^/]+/[^/]+"),
    "act": re.compile(r"[1-9]\d{0,17}"),
    "term": re.compile(r"[A-Za-z]\w*"),
}
_ANY: Final = re.compile(r"[^/]+")


@dataclass(frozen=True, slots=True)
class Identifier:
    """What an IRI names: a kind, and the local name within it."""

    kind: IdentifierKind
    name: str

    @property
    def iri(self) -> str:
        """Its IRI."""
        return iri_of(self.kind, self.name)

    @property
    def path(self) -> str:
        """The path at which a server answers for it, without the fragment."""
        return f"/{self.iri.removeprefix(ROOT).partition('#')[0]}"


@lru_cache(maxsize=50_000)  # every answer names the same things again
def iri_of(kind: IdentifierKind, name: str) -> str:
    """Return the IRI of what is called ``name``.

    >>> iri_of("part", "some-procedure/some-stage"), iri_of("person", "jane doe")
    ('https://w3id.org/mechkg/id/some-procedure/some-stage', 'https://w3id.org/mechkg/agent/jane%20doe')
    """
    return BASES[kind] + quote(name, safe="" if kind == "person" else _SAFE)


def is_iri(text: str) -> bool:
    """Say whether a text is meant as an IRI rather than as a local name."""
    return text.startswith(("http://", "https://"))


def read_iri(iri: str) -> Identifier:
    """Return what an IRI of ours names, whether or not there is such a thing.

    Raise BadInputError, with the nearest form, for what is no IRI of ours.

    >>> read_iri("https://w3id.org/mechkg/id/some-procedure/some-stage")
    Identifier(kind='part', name='some-procedure/some-stage')
    """
    for kind, base in BASES.items():
        if not iri.startswith(base):
            continue
        name = unquote(iri.removeprefix(base))
        if kind in ("assertion", "nanopublication"):
            name = name.partition("#")[0]  # its graphs and quotes are parts of it
        if _FORMS.get(kind, _ANY).fullmatch(name):
            return Identifier(kind, name)
    raise BadInputError(f"'{iri}' is no IRI of mechkg", hint=_hint(iri))


def name_of(text: str, *kinds: IdentifierKind) -> str:
    """Return the local name that is meant by a local name or an IRI, which must be of one of the ``kinds``.

    >>> name_of("step-1", "item"), name_of("https://w3id.org/mechkg/id/step-1", "item")
    ('step-1', 'step-1')
    """
    if not is_iri(text):
        return text
    found = read_iri(text)
    if kinds and found.kind not in kinds:
        raise BadInputError(f"'{text}' names a {found.kind}", hint=f"expected {_listed(kinds)}")
    return found.name


def _listed(kinds: tuple[IdentifierKind, ...]) -> str:
    return " or ".join(f"{BASES[kind]}..." for kind in kinds)


def _hint(iri: str) -> str:
    """Return the form that comes nearest."""
    local = iri.removeprefix(ROOT) if iri.startswith(ROOT) else re.sub(r"^https?://[^/]*/(?:mechkg/)?", "", iri)
    starts = {base.removeprefix(ROOT): kind for kind, base in BASES.items()}
    first = re.match(r"[^/#]*[/#]?", local)
    close = nearest(first[0] if first else local, starts)
    shown = [close] if close else list(starts)
    return f"IRIs are written {', '.join(f'{ROOT}{start}...' for start in shown)}"


KINDS: Final[tuple[IdentifierKind, ...]] = get_args(IdentifierKind)
"""All kinds."""
