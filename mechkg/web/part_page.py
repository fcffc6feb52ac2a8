"""A part of a report on a hypothesis space, or all of it, as a page of its own: to read, to send on, to print."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mechkg.service.page import SIGNS, Bullets, Grid, Heading, Marks, More, Section
from mechkg.service.page import Part as Part
from mechkg.web.frame import Frame
from mechkg.web.pages import render, style_sheet
from mechkg.web.space_links import SpaceLinks


@dataclass(frozen=True, slots=True)
class PartPage:
    """What the page shows: sections of sentences, lists and tables; ``back`` is where it belongs (path, title).

    ``forms`` are the same for programs (name, path).
    """

    title: str
    back: tuple[str, str]
    intro: tuple[Part, ...]
    sections: tuple[Section, ...]
    links: SpaceLinks
    version: int
    forms: tuple[tuple[str, str], ...] = ()
    base: str = "/"
    """Where this server is, for a file that is read elsewhere."""

    @property
    def style(self) -> Markup:
        """The style of all pages, for a file that is read elsewhere; it has nothing that could end a style element."""
        return Markup(style_sheet().decode())

    @staticmethod
    def kind(part: Part) -> str:
        """Name the kind of a part."""
        if isinstance(part, str):
            return "sentence"
        names = {Heading: "heading", Bullets: "bullets", Grid: "grid", Marks: "marks", More: "more"}
        return names[type(part)]

    def more(self, part: More) -> str:
        """Return where there is more of something."""
        if part.of == "conflicts":
            return self.links.proof(part.candidate, page="conflicts")
        return self.links.at("parts/experiments", most="all")

    @property
    def signs(self) -> dict[str, str]:
        """Part of an observation -> how it is written in a matrix."""
        return SIGNS


def part_page(page: PartPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("part_page.html", page, frame)


def part_file(page: PartPage) -> str:
    """Return the same as one file of HTML, to be sent on or printed: its style is in it, and its links lead to this server."""
    return render("part_file.html", page)
