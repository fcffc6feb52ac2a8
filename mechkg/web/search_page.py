"""What a search over everything found: by kind, with the place where the words stand."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from mechkg.service.browse import TITLES
from mechkg.service.find_everywhere import Results
from mechkg.web.frame import Frame
from mechkg.web.pages import render

FIELDS = {"label": "name", "name": "name", "formula": "formula", "statement": "statement", "quote": "quote"}
"""Field in which words were found -> in words."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the page shows: what was sought, of which kind and paper, and what was found; None while nothing is sought."""

    text: str
    results: Results | None
    kind: str | None = None
    paper: str | None = None
    error: str = ""

    def title_of(self, kind: str) -> str:
        """Return a kind in words."""
        return TITLES[kind]  # type: ignore[index]

    def field(self, name: str) -> str:
        """Return in words where something was found."""
        return FIELDS[name]

    def href(self, **change: str | None) -> str:
        """Return the address of the same search with something else chosen."""
        asked = {"q": self.text, "kind": self.kind, "paper": self.paper, **change}
        return f"/search?{urlencode([(name, value) for name, value in asked.items() if value])}"

    def toggled(self, parameter: str, value: str, chosen: bool) -> str:
        """Return the address with a value chosen, or not any more."""
        return self.href(**{parameter: None if chosen else value})


def search_page(page: SearchPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("search_page.html", page, frame)
