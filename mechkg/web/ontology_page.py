"""The ontology as a page: modules, the hierarchy of classes, and every term under an anchor of its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson
from markupsafe import Markup

from mechkg.graph.namespaces import MK
from mechkg.service.description import Description
from mechkg.service.ontology_terms import Ontology, OntologyTerm, TermKind
from mechkg.web.frame import Frame
from mechkg.web.pages import data_block, path_of, render

_KINDS: dict[TermKind, str] = {
    "class": "Classes",
    "object property": "Properties between things",
    "datatype property": "Properties with values",
    "annotation property": "Annotations",
    "individual": "Individuals",
}


@dataclass(frozen=True)
class OntologyPage:
    """What the page shows: the ontology or a module of it, and the forms it comes in (words, media type and path)."""

    ontology: Ontology
    description: Description
    forms: Sequence[tuple[tuple[str, str], str]]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the terms that are on this page."""
        return frozenset(term.name for term in self.ontology.terms)

    @property
    def sections(self) -> list[tuple[str, str, tuple[OntologyTerm, ...]]]:
        """Terms by kind: anchor, heading, terms."""
        return [
            (kind.replace(" ", "-"), title, terms) for kind, title in _KINDS.items() if (terms := self.ontology.of_kind(kind))
        ]

    @property
    def metadata(self) -> Markup:
        """What it is in terms of schema.org, as JSON-LD."""
        about = {"@context": "https://schema.org", "@id": self.description.iri, **self.description.about}
        return data_block(orjson.dumps(about).decode())

    def href(self, link: str) -> str:
        """Return where a link leads: on this page for a term that is on it."""
        name = link.removeprefix(MK)
        if name != link and name in self.names:
            return f"#{name}"
        return path_of(link) or link


def ontology_page(page: OntologyPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("ontology_page.html", page, frame)
