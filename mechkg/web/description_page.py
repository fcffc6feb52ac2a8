"""The page about one thing: facts, quotes, where they stand, and links to everything that is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import orjson
from markupsafe import Markup

from mechkg.service.assertion_sheet import AssertionSheet
from mechkg.service.description import Description, Group
from mechkg.service.document_sheet import DocumentSheet
from mechkg.service.identifiers import iri_of
from mechkg.service.procedure_sheet import ProcedureSheet
from mechkg.service.sheet import Sheet
from mechkg.service.species_sheet import SpeciesSheet
from mechkg.service.step_sheet import StepSheet
from mechkg.service.thread import Thread
from mechkg.web.flow import Flow, flow
from mechkg.web.frame import Frame
from mechkg.web.pages import data_block, path_of, render
from mechkg.web.spectrum import Spectrum, spectrum

_KINDS: Final[tuple[tuple[type[Sheet], str, frozenset[str]], ...]] = (
    (SpeciesSheet, "species", frozenset({"claims", "observations", "steps"})),
    (StepSheet, "step", frozenset({"claims", "observations", "hypothesis spaces"})),
    (ProcedureSheet, "procedure", frozenset({"observations"})),
    (DocumentSheet, "document", frozenset()),
    (AssertionSheet, "assertion", frozenset()),
)
"""Type of a sheet, the macro that shows it, and the kinds of items that it tells of better than a list of names does."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The same in another form, to be copied: what it is called, the text, or the path where it is too long to stand here."""

    title: str
    text: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Discussed:
    """What was said upon the thing, where to answer, and what people and the items that disputes rest on are called."""

    thread: Thread
    path: str
    names: Mapping[str, str]
    titles: Mapping[str, str]

    def called(self, person: str) -> str:
        """Return what to call somebody."""
        return self.names.get(person, person)


@dataclass(frozen=True, slots=True)
class DescriptionPage:
    """What the page shows: the description, the forms it comes in (words, media type, path), as of when (empty for now).

    ``tools`` are what can be done about it, in words, and where.
    """

    description: Description
    forms: Sequence[tuple[tuple[str, str], str]]
    as_of: str = ""
    sheet: Sheet | None = None
    copies: Sequence[Copy] = ()
    tools: Sequence[tuple[str, str]] = ()
    discussion: Discussed | None = None

    @property
    def part(self) -> str:
        """Which part of the page tells of things of this kind; empty where there is none."""
        return next((name for kind, name, _ in _KINDS if isinstance(self.sheet, kind)), "")

    @property
    def groups(self) -> Sequence[Group]:
        """Groups of the description, without those of which the sheet tells more."""
        told = next((those for kind, _, those in _KINDS if isinstance(self.sheet, kind)), frozenset())
        titles = {f"Named by these {kind}" for kind in told}
        return [group for group in self.description.groups if group.title not in titles]

    @property
    def spectrum(self) -> Spectrum | None:
        """The sketch of a species; None where no position of a band is known."""
        assert isinstance(self.sheet, SpeciesSheet)
        return spectrum(self.sheet.signature, self.sheet.elsewhere)

    @property
    def flow(self) -> Flow:
        """The drawing of a procedure."""
        assert isinstance(self.sheet, ProcedureSheet)
        return flow(self.sheet.stages)

    def called(self, name: str) -> str:
        """Return what to call a source of a value."""
        assert isinstance(self.sheet, SpeciesSheet)
        return self.sheet.sources.get(name, name)

    def iri_of(self, name: str) -> str:
        """Return the IRI of an item or a part of one."""
        return iri_of("part" if "/" in name else "item", name)

    def disagreement(self, name: str) -> str:
        """Return the IRI of a disagreement."""
        return iri_of("disagreement", name)

    def verdict(self, space: str, candidate: str) -> str:
        """Return the IRI of the verdict on a candidate."""
        return iri_of("verdict", f"{space}/{candidate}")

    def assertion(self, name: str) -> str:
        """Return the IRI of an assertion."""
        return iri_of("assertion", name)

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
