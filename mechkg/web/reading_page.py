"""A paper as it is read: its text with what it speaks of, and what its sentences suggest beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape

from mechkg.service.item_form import form_of
from mechkg.service.read_paper import Offered, ReadPaper
from mechkg.service.reading_view import Piece, SectionView, SentenceView
from mechkg.service.readings import Reading
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong

_LOOKS: Final = {"species": "species", "material": "species", "chemical": "chemical"}
LEGEND: Final = (
    ("species", "species or material"),
    ("chemical", "chemical"),
    ("quantity", "wavelength, time, temperature or amount"),
)
"""How mentions look, with what that means."""


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """What the page shows. ``fetched`` is what was typed, or looked up, of a paper that is new here."""

    reading: Reading
    found: ReadPaper
    sections: tuple[SectionView, ...]
    paper: str = ""
    doi: str = ""
    fetched: Mapping[str, Any] | None = None
    wrong: Wrong | None = None
    network: bool = False
    entered: str = ""

    @property
    def digest(self) -> str:
        """What the text goes by."""
        return self.reading.digest

    @property
    def legend(self) -> list[tuple[str, str, int]]:
        """How mentions look, what that means, and how many there are."""
        counts = Counter(_LOOKS.get(mention.kind, "quantity") for mention in self.found.mentions)
        return [(look, words, counts[look]) for look, words in LEGEND]

    @property
    def linked(self) -> int:
        """How many mentions lead to something known."""
        return sum(mention.entity is not None for mention in self.found.mentions)

    @property
    def news(self) -> list[Offered]:
        """Suggestions that are new."""
        return [each for each in self.found.offered if each.standing == "new"]

    @staticmethod
    def marked(sentence: SentenceView) -> Markup:
        """Return a sentence as HTML, marked: here rather than in the template, as a paper has thousands of pieces."""
        return Markup("".join(map(_piece, sentence.pieces)))

    def use(self, sentence: SentenceView, kind: str = "claim") -> str:
        """Return where a sentence is made into an item."""
        return f"/curate/new/{kind}?reading={self.digest}&from={sentence.start}&to={sentence.end}"

    def take(self, offered: Offered) -> str:
        """Return where a suggestion is looked at in its form."""
        return f"/curate/new/{offered.suggestion.kind}?reading={self.digest}&suggestion={offered.number}"

    @staticmethod
    def says(offered: Offered) -> list[tuple[str, str]]:
        """Return what a suggestion says: field and words."""
        left_out = ("id", "quote", "flag", "locator", "kind")
        usual = {field.name: field.default for field in form_of(offered.suggestion.kind) if field.default}
        found = [("kind", str(offered.body["kind"]))] if offered.body.get("kind") else []
        said = ((key, value) for key, value in offered.body.items() if key not in left_out and usual.get(key) != value)
        return found + [(key.replace("_", " "), _words(value)) for key, value in said]


def _piece(piece: Piece) -> str:
    text = f'<span data-at="{piece.start}">{_exact(piece.text)}</span>'
    found = piece.mention
    if found is None:
        return text
    looks = _LOOKS.get(found.kind)
    title = escape(f"{found.kind}: {found.entity}, {found.why}" if found.entity else f"{found.kind}: {found.why}")
    if found.entity is not None:
        href = quote(found.entity)
        return f'<a class="m {looks}" href="/id/{href}" title="{title}">{text}<span class="unseen"> ({found.kind})</span></a>'
    open_ = " open" if looks else ""
    said = f"{found.kind}, not known" if looks else found.kind
    return f'<span class="m {looks or "quantity"}{open_}" title="{title}">{text}<span class="unseen"> ({said})</span></span>'


def _exact(text: str) -> str:
    """Return text so that a browser keeps each of its characters: places in it are counted."""
    return str(escape(text)).replace("\r", "&#13;")


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(_words(part) for part in value.values())
    return ", ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value)


def reading_page(page: ReadingPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("reading_page.html", page, frame)
