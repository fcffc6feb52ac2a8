"""A text as it is read: sections, paragraphs and sentences with what they speak of, and quotes that are taken from it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mechkg.errors import BadInputError
from mechkg.literature.furniture import furniture
from mechkg.literature.mentions import Mention
from mechkg.literature.papers import Paper
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections
from mechkg.literature.selectors import Anchor, anchor
from mechkg.literature.sentences import MOST_WORDS, Sentences
from mechkg.service.read_paper import Offered, ReadPaper

_LABELS: Final = {"fig": "Figure", "sch": "Scheme", "tab": "Table", "not": "Note", "cha": "Chart", "mov": "Movie"}
_GAP: Final = re.compile(r"[^\S\n]*\n\s*\n|\f")
MOST_CHOSEN: Final = 4000
"""Characters that may be chosen at once."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence, with its place in the text; with what it speaks of, where it does."""

    text: str
    start: int
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence: its number in the text, its place, and what it suggests."""

    number: int
    start: int
    end: int
    pieces: tuple[Piece, ...]
    offered: tuple[Offered, ...] = ()

    @property
    def begins(self) -> str:
        """Its first words."""
        words = "".join(piece.text for piece in self.pieces).split()
        return " ".join(words[:6]) + (" …" if len(words) > 6 else "")


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph, and the page that it begins on; ``turned``: it is the first one on that page."""

    page: int
    turned: bool
    sentences: tuple[SentenceView, ...]

    @property
    def offered(self) -> tuple[tuple[SentenceView, Offered], ...]:
        """What its sentences suggest."""
        return tuple((sentence, each) for sentence in self.sentences for each in sentence.offered)


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its number, its heading, which may be blank, and its paragraphs."""

    number: int
    title: str
    paragraphs: tuple[ParagraphView, ...]


def view_of(found: ReadPaper) -> tuple[SectionView, ...]:
    """Return a paper that was looked through as sections of paragraphs."""
    return tuple(_View(found).sections())


class _View:
    def __init__(self, found: ReadPaper) -> None:
        self.paper, self.text = found.paper, found.paper.text
        printed = PrintedText(self.text)
        known = sorted(found.mentions, key=lambda mention: mention.start)
        self.mentions = known
        self.starts = [mention.start for mention in known]
        self.headings = furniture(self.text).headings
        self.cuts = sorted({start for start, _ in Sentences(printed, known, Sections(self.text)).stretches})
        self.offered = sorted(found.offered, key=lambda each: each.anchor.start)
        self.number = 0
        self.page = 0

    def sections(self) -> Iterator[SectionView]:
        """Yield the sections; what stands before the first heading has none."""
        marks = [(0, 0), *self.headings, (len(self.text), len(self.text))]
        number = 0
        for (start, begin), (end, _) in pairwise(marks):
            paragraphs = tuple(self._paragraphs(begin, end))
            title = " ".join(self.text[start:begin].split()).strip("#* _")
            if paragraphs or title:
                number += 1
                yield SectionView(number, title, paragraphs)

    def _paragraphs(self, start: int, end: int) -> Iterator[ParagraphView]:
        gaps = [(match.start(), match.end()) for match in _GAP.finditer(self.text, start, end)]
        begins, ends = [start, *(after for _, after in gaps)], [*(before for before, _ in gaps), end]
        for one, other in zip(begins, ends, strict=True):
            stretch = self.text[one:other]
            if not stretch.strip():
                continue
            one += len(stretch) - len(stretch.lstrip())
            other -= len(stretch) - len(stretch.rstrip())
            page = self.paper.page(one)
            turned, self.page = page != self.page and len(self.paper.pages) > 1, page
            yield ParagraphView(page, turned, tuple(self._sentences(one, other)))

    def _sentences(self, start: int, end: int) -> Iterator[SentenceView]:
        inside = self.cuts[bisect_right(self.cuts, start) : bisect_right(self.cuts, end - 1)]
        marks = [start, *(cut for cut in inside if cut > start), end]
        for one, other in pairwise(marks):
            self.number += 1
            offered = tuple(each for each in self.offered if one <= each.anchor.start < other)
            yield SentenceView(self.number, one, other, tuple(self._pieces(one, other)), offered)

    def _pieces(self, start: int, end: int) -> Iterator[Piece]:
        at = start
        for mention in self.mentions[bisect_right(self.starts, start - 1) :]:
            if mention.start >= end:
                break
            if mention.start < at:
                continue
            if mention.start > at:
                yield Piece(self.text[at : mention.start], at)
            at = min(mention.end, end)
            yield Piece(self.text[mention.start : at], mention.start, mention)
        if at < end:
            yield Piece(self.text[at:end], at)


# --- quotes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """Words that were chosen from a text: those that a quote can hold, their place, and all of the sentence around them.

    ``whole`` are the words of the sentence, ``first`` and ``last`` those of them that the quote has (``last`` not included), and
    ``spans`` the places of all of them.
    """

    start: int
    end: int
    whole: tuple[str, ...]
    first: int
    last: int
    locator: str
    anchor: Anchor
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def quote(self) -> str:
        """The words of the quote."""
        return " ".join(self.whole[self.first : self.last])

    @property
    def cut(self) -> bool:
        """Whether the words are as many as a quote holds, and the sentence has more."""
        return self.last - self.first == MOST_WORDS < len(self.whole)

    @property
    def others(self) -> list[tuple[str, int, int]]:
        """Other stretches that a quote could hold: in words, and their places in the text."""
        if not self.cut:
            return []
        count = len(self.spans)
        shift = max(1, MOST_WORDS // 3)
        wished = (
            ("the first words", 0),
            ("some words earlier", self.first - shift),
            ("some words later", self.first + shift),
            ("the last words", count - MOST_WORDS),
        )
        found: dict[int, str] = {}
        for words, first in wished:
            first = min(max(first, 0), count - MOST_WORDS)
            if first != self.first:
                found.setdefault(first, words)
        return [(words, self.spans[n][0], self.spans[n + MOST_WORDS - 1][1]) for n, words in sorted(found.items())]


def chosen(found: ReadPaper, start: int, end: int, within: tuple[int, int] | None = None) -> Chosen:
    """Return the words between two places of a text, whole ones, cut to what a quote holds: where most is spoken of.

    ``within`` is the sentence that they are from, where that is known. Raise BadInputError for what is no stretch of the text.
    """
    paper = found.paper
    low, high = within or (start, end)
    if not 0 <= low <= start < end <= high <= len(paper.text) or high - low > MOST_CHOSEN:
        raise BadInputError("this is no stretch of the text", hint="choose a sentence, or some words of one")
    spans = _words(paper.text, *(within or _whole_words(paper.text, start, end)))
    taken = [n for n, (one, other) in enumerate(spans) if one < end and start < other]
    if not taken:
        raise BadInputError("no words were chosen", hint="choose a sentence, or some words of one")
    first, last = taken[0], taken[-1] + 1
    if last - first > MOST_WORDS:
        first = _best(found.mentions, spans, first, last)
        last = first + MOST_WORDS
    one, other = spans[first][0], spans[last - 1][1]
    words = tuple(" ".join(paper.text[a:b].split()) for a, b in spans)
    return Chosen(start, end, words, first, last, locator_of(paper, one), anchor(paper, one, other), tuple(spans))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start > 0 and start < len(text) and not text[start - 1].isspace():
        start -= 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])]


def _best(mentions: Sequence[Mention], spans: Sequence[tuple[int, int]], first: int, last: int) -> int:
    """Return the first of 25 words that hold most mentions; of several such, the earliest."""

    def held(n: int) -> int:
        one, other = spans[n][0], spans[n + MOST_WORDS - 1][1]
        return sum(one <= mention.start and mention.end <= other for mention in mentions)

    return max(range(first, last - MOST_WORDS + 1), key=lambda n: (held(n), -n))


def locator_of(paper: Paper, start: int) -> str:
    """Say where a place lies: caption, note or section, paragraph, page.

    >>> locator_of(Paper.of(b"Results\\n\\nIt was so.\\n\\nThen it was not.", "a.txt"), 25)
    'Results, paragraph 2'
    """
    around = Sections(paper.text).around(start)
    parts: list[str] = []
    if around.label is not None:
        kind, number = around.label
        named = f"{_LABELS.get(kind, kind.capitalize())} {number}"
        parts.append(named if kind in ("not", "tab") else f"{named}, caption")
    else:
        below = max((end for _, end in furniture(paper.text).headings if end <= start), default=0)
        before = paper.text[below:start]
        number_of = sum(bool(part.strip()) for part in _GAP.split(before)[:-1]) + 1
        if around.section:
            parts.append(around.section.capitalize())
        parts.append(f"paragraph {number_of}")
    if len(paper.pages) > 1:
        parts.append(f"page {paper.page(start)}")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def sentence_at(sections: Sequence[SectionView], start: int) -> SentenceView | None:
    """Return the sentence that a place lies in."""
    for section in sections:
        for paragraph in section.paragraphs:
            for sentence in paragraph.sentences:
                if sentence.start <= start < sentence.end:
                    return sentence
    return None
