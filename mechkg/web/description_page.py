"""The page about one thing: facts, quotes, where they stand, and links to everything that is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import orjson
from markupsafe import Markup

from mechkg.service.description import Description
from mechkg.web.frame import Frame
from mechkg.web.pages import data_block, path_of, render


@dataclass(frozen=True, slots=True)
class DescriptionPage:
    """What the page shows: the description, the forms it comes in (words, media type, path), as of when (empty for now)."""

    description: Description
    forms: Sequence[tuple[tuple[str, str], str]]
    as_of: str = ""

    @property
    def metadata(self) -> Markup:
        """What it is in terms of schema.org, as JSON-LD."""
        about = self.description.about
        return data_block(orjson.dumps({"@context": "https://schema.org", "@id": self.description.iri, **about}).decode())

    def href(self, link: str) -> str:
        """Return where a link leads from this page: to this server for IRIs of ours, at the same moment."""
        path = path_of(link)
        if path is None:
            return link
        return with_moment(path, self.as_of)


def with_moment(path: str, as_of: str) -> str:
    """Return a path with the moment of the past that it is asked about.

    >>> with_moment("/id/step-1#x", "v1"), with_moment("/id/step-1", "")
    ('/id/step-1?asOf=v1#x', '/id/step-1')
    """
    if not as_of:
        return path
    parts = urlsplit(path)
    asked = f"asOf={quote(as_of, safe='')}"
    query = f"{parts.query}&{asked}" if parts.query else asked
    return f"{parts.path}?{query}" + (f"#{parts.fragment}" if parts.fragment else "")


def description_page(page: DescriptionPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("description_page.html", page, frame)
