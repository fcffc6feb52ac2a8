"""Where a quote stands, in the selectors of the W3C Web Annotation model, and where it stands in another version of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from mechkg.errors import BadInputError
from mechkg.literature.folding import fold
from mechkg.literature.index import Span
from mechkg.literature.papers import Paper
from mechkg.literature.polarity import negations
from mechkg.literature.quotes import QuotableText

CONTEXT = 32
"""Characters kept before and after a quote."""
_ALIKE = 0.6
"""Surroundings less alike than this, of at most 1, are other surroundings."""

Status = Literal["exact", "typeset", "ambiguous", "orphaned"]
"""exact: the same words, sign for sign; typeset: the same words, set differently; ambiguous: the words stand at several places
that cannot be told apart, or at one with other surroundings; orphaned: they are not there."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A quote in one version of one paper: the words with what stands around them, their offsets, the page.

    ``document`` is the SHA-256 of the file, ``text_sha256`` that of the text in which the offsets count.
    """

    document: str
    text_sha256: str
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    page: int

    def to_json(self) -> dict[str, Any]:
        """Return it as a specific resource of a web annotation, with selectors by quote, position and page."""
        return {
            "type": "SpecificResource",
            "source": f"urn:sha256:{self.document}",
            "state": {"type": "TextState", "sha256": self.text_sha256},
            "selector": [
                {"type": "TextQuoteSelector", "exact": self.exact, "prefix": self.prefix, "suffix": self.suffix},
                {"type": "TextPositionSelector", "start": self.start, "end": self.end},
                {"type": "FragmentSelector", "conformsTo": "http://tools.ietf.org/rfc/rfc3778", "value": f"page={self.page}"},
            ],
        }

    @classmethod
    def all_of(cls, content: Mapping[str, Any] | None) -> list[Anchor]:
        """Return the places of quotes that an act tells; what another version wrote, and cannot be read, is passed over."""
        given = content.get("quotes", ()) if content else ()
        found = []
        for each in given if isinstance(given, list) else ():
            with suppress(BadInputError):
                found.append(cls.from_json(each))
        return found

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Anchor:
        """Read what :meth:`to_json` writes; raise BadInputError for anything else."""
        try:
            selectors = {selector["type"]: selector for selector in given["selector"]}
            quote, position = selectors["TextQuoteSelector"], selectors["TextPositionSelector"]
            return cls(
                document=given["source"].removeprefix("urn:sha256:"),
                text_sha256=given["state"]["sha256"],
                exact=quote["exact"],
                prefix=quote.get("prefix", ""),
                suffix=quote.get("suffix", ""),
                start=int(position["start"]),
                end=int(position["end"]),
                page=int(selectors["FragmentSelector"]["value"].removeprefix("page=")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            hint = "a SpecificResource with source, state, and selectors by quote, position and page is needed"
            raise BadInputError("this is not the place of a quote", hint=hint) from error


@dataclass(frozen=True, slots=True)
class Reanchored:
    """What became of an anchor in another text: its new place when ``anchor`` is given, else the places it may have, and why."""

    status: Status
    anchor: Anchor | None = None
    places: tuple[Span, ...] = ()
    reason: str | None = None


def anchor(paper: Paper, start: int, end: int) -> Anchor:
    """Return the anchor of the stretch from ``start`` to ``end`` of the paper's text; raise BadInputError for none.

    >>> place = anchor(Paper.of(b"Stored cold. No peak was seen.", "a.txt"), 13, 30)
    >>> place.exact, place.prefix, place.page
    ('No peak was seen.', 'Stored cold. ', 1)
    """
    if not 0 <= start < end <= len(paper.text):
        raise BadInputError(f"{start} to {end} is no stretch of '{paper.name}', which has {len(paper.text)} characters")
    text = paper.text
    prefix, suffix = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(paper.sha256, paper.text_sha256, text[start:end], prefix, suffix, start, end, paper.page(start))


def reanchor(old: Anchor, paper: Paper, text: QuotableText | None = None) -> Reanchored:
    """Look for an anchor in another version of its text: the same file read anew, a new file, an author's version.

    ``text`` is the paper's text made ready for quotes, where that was done already. The words must be there as quotes must, and
    their surroundings must be alike where they are kept; nothing is moved silently to a place that only looks the same.
    """
    if paper.text_sha256 == old.text_sha256 and paper.text[old.start : old.end] == old.exact:
        return Reanchored("exact", anchor(paper, old.start, old.end))
    quotable = text or QuotableText(paper.text, paper.name)
    found = quotable.find(old.exact)
    if not found.spans:
        near = f"; line {found.passage.line} reads '{found.passage.text}'" if found.passage else ""
        return Reanchored("orphaned", reason=(found.reason or "the words are not there") + near)
    likeness = [_likeness(old, paper.text, span) for span in found.spans]
    best = max(range(len(likeness)), key=lambda n: likeness[n])
    rivals = [n for n, value in enumerate(likeness) if value >= likeness[best] - 0.1]
    if len(rivals) > 1:
        reason = f"the words stand at {len(rivals)} places with surroundings that are equally alike"
        return Reanchored("ambiguous", places=found.spans, reason=reason)
    span = found.spans[best]
    if likeness[best] < _ALIKE:
        return Reanchored("ambiguous", places=found.spans, reason="the words are there, and their surroundings are others")
    if turned := _turned(old, paper.text, span):
        return Reanchored("ambiguous", places=(span,), reason=turned)
    status: Status = "exact" if paper.text[span.start : span.end] == old.exact else "typeset"
    return Reanchored(status, anchor(paper, span.start, span.end))


def reanchor_all(old: Sequence[Anchor], paper: Paper) -> list[Reanchored]:
    """Look for many anchors in one text, which is made ready once."""
    text = QuotableText(paper.text, paper.name)
    return [reanchor(each, paper, text) for each in old]


def _around(text: str, span: Span) -> tuple[str, str]:
    return text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]


def _likeness(old: Anchor, text: str, span: Span) -> float:
    """Return how alike the surroundings are, from 0 to 1: the mean of both sides, or the only side there is."""
    values = []
    before, after = _around(text, span)
    # At the rim of the old text less was kept than a context has.
    sides = ((old.prefix, before[len(before) - min(len(before), len(old.prefix)) :]), (old.suffix, after[: len(old.suffix)]))
    for kept, here in sides:
        wanted = fold(kept).text
        if wanted:
            values.append(SequenceMatcher(None, wanted, fold(here).text, autojunk=False).ratio())
    return sum(values) / len(values) if values else 1.0


def _turned(old: Anchor, text: str, span: Span) -> str | None:
    """Say which word of negation stands beside the quote in one version only."""
    before, after = _around(text, span)
    for kept, here in ((old.prefix, before), (old.suffix, after)):
        was = {n.word.lower() for n in negations(" ".join(kept.split()))}
        now = {n.word.lower() for n in negations(" ".join(here.split()))}
        # A word at the rim of the context may be cut off in one version; only those near the quote count.
        if changed := sorted(was ^ now):
            return f"'{changed[0]}' stands beside the words in one version only"
    return None
