"""What surrounds every page: navigation, search box, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

NAVIGATION: Final = (
    ("overview", "/", "Overview"),
    ("hypotheses", "/spaces", "Hypotheses"),
    ("papers", "/papers", "Papers"),
    ("species", "/species", "Species"),
    ("compare", "/compare", "Compare"),
    ("curate", "/curate", "Curate"),
)
"""Sections of the site: name, path, title."""

DATA: Final = (
    ("dataset", "/dataset", "Dataset"),
    ("ontology", "/ontology", "Ontology"),
    ("sparql", "/sparql", "SPARQL"),
    ("graphql", "/graphql", "GraphQL"),
)
"""Ways in for programs, under one entry of the navigation."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page: the section it belongs to, what was searched for, the path it has, and who is signed in.

    ``person`` is the local name of who is signed in, ``name`` what to call that person; both are empty for anybody else.
    """

    section: str = ""
    query: str = ""
    here: str = "/"
    person: str = ""
    name: str = ""

    @property
    def navigation(self) -> tuple[tuple[str, str, str], ...]:
        """Sections of the site."""
        return NAVIGATION

    @property
    def data(self) -> tuple[tuple[str, str, str], ...]:
        """Ways in for programs."""
        return DATA

    @property
    def sign_in(self) -> str:
        """Where to sign in, and come back here."""
        return f"/sign-in?next={quote(self.here, safe='')}"
