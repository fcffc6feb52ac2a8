"""Exact quotes in a text: found, ambiguous, missing, or refused for an elision that could turn the meaning round."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mechkg.literature.folding import fold
from mechkg.literature.index import Span, TextIndex
from mechkg.literature.passages import Passage, nearest_passage
from mechkg.literature.sections import Sections

Status = Literal["found", "ambiguous", "missing", "refused"]
"""found: at one place, or at the one of several that the locator means; ambiguous: at several; missing: at none; refused: its
parts are there, but what the elision between them leaves out is too long or holds a negation."""

LONGEST_ELISION = 200
"""Characters of the text that an elision may leave out, at most."""

_NEGATION = re.compile(
    r"\b(?:no|not|non|nor|neither|never|none|nothing|nobody|nowhere|without|cannot|unless|except(?:ing|ed)?|exclud(?:e|es|ed|ing)"
    r"|absent|absence|lack(?:s|ed|ing)?|fail(?:s|ed|ure|ures|ing)?|hardly|scarcely|barely|rarely|seldom|rather|instead"
    r"|impossible|improbable|inactive|insoluble|incorrect|invalid|disprove[ds]?|den(?:y|ies|ied)|prevent(?:s|ed)?|avoid(?:s|ed)?"
    r"|rule[ds]? out|free of|devoid|contrary|false|negligible|little"
    r"|un(?!(?:der|it|i[a-z]|til))[a-z]{3,}|[a-z]+n't|[a-z]+-free|non-[a-z]+)\b",
    re.IGNORECASE,
)
"""Words that turn a sentence round, or nearly so; ``un-`` words but not under, unit, uniform, until and their like."""


@dataclass(frozen=True, slots=True)
class QuoteResult:
    """What became of one quote.

    ``spans`` are the places it stands at: one when found, several when ambiguous. ``reason`` says why it is not found although
    its words are near. ``passage`` is the most similar passage of a missing quote. ``folds`` counts how many stretches differ in
    typesetting between quote and print; nothing of that is a difference in words.
    """

    quote: str
    status: Status
    spans: tuple[Span, ...] = ()
    reason: str | None = None
    passage: Passage | None = None

    @property
    def folds(self) -> int:
        """Number of stretches in which quote and print differ in typesetting only; 0 when the quote is verbatim."""
        if not self.spans or self.spans[0].text == self.quote:
            return 0
        from difflib import SequenceMatcher

        codes = SequenceMatcher(None, self.quote, self.spans[0].text, autojunk=False).get_opcodes()
        return sum(code[0] != "equal" for code in codes)


class QuotableText:
    """A paper's text, in which quotes are looked for.

    >>> text = QuotableText("Stored at −196 °C for two days.\\nNo MSC-415 was seen.")
    >>> text.find("stored at -196 °C").status, text.find("at −196\\n°C for two days").status
    ('missing', 'found')
    >>> text.find("196 °C for two days").reason
    'the quote cuts off a sign or part of a name'
    """

    def __init__(self, text: str, name: str | None = None) -> None:
        self.index = TextIndex(text, name)

    @cached_property
    def sections(self) -> Sections:
        """Headings and captions of the text."""
        return Sections(self.index.original)

    def find(self, quote: str, locator: str | None = None) -> QuoteResult:
        """Look for ``quote``; of several places take the one that ``locator`` means, if it means one."""
        folded = fold(quote).text
        spans, cut = self._whole(folded)
        refusal: str | None = None
        if not spans and "…" in folded:
            spans, refusal, cut_inside = self._elided(folded)
            cut = cut or cut_inside
        if len(spans) == 1:
            return QuoteResult(quote, "found", tuple(spans))
        if spans:
            chosen = self.sections.choose(locator, [span.start for span in spans]) if locator else None
            if chosen is not None:
                return QuoteResult(quote, "found", (spans[chosen],))
            return QuoteResult(quote, "ambiguous", tuple(spans))
        if refusal:
            return QuoteResult(quote, "refused", (), refusal)
        reason = f"the quote cuts off {cut}" if cut else None
        return QuoteResult(quote, "missing", (), reason, nearest_passage(self.index, quote))

    def _whole(self, folded: str) -> tuple[list[Span], str | None]:
        """Return the places of the words as they are, and what would be cut off where that forbids a place."""
        spans: list[Span] = []
        cut: str | None = None
        for start, end in self.index.occurrences(folded):
            lost = self.index.cut(start, end)
            if lost is None:
                spans.append(self.index.span(start, end))
            else:
                cut = cut or lost
        return spans, cut

    def _elided(self, folded: str) -> tuple[list[Span], str | None, str | None]:
        """Return the places of the parts one after the other; why none is good enough; what a part would cut off."""
        parts = [part.strip() for part in folded.split("…") if part.strip()]
        if not parts:
            return [], None, None
        # Chains of parts: first and last place so far, and why the chain is refused, if it is. One chain per end is kept, the
        # one that leaves out least.
        chains: list[tuple[Span, Span, str | None]] = []
        cut: str | None = None
        for number, part in enumerate(parts):
            spans, lost = self._whole(part)
            cut = cut or lost
            chains = [(s, s, None) for s in spans] if number == 0 else self._extended(chains, spans)
            if not chains:
                return [], None, cut
        good = [(first, last) for first, last, refusal in chains if refusal is None]
        if good:
            original = self.index.original
            return [Span(f.start, la.end, f.line, original[f.start : la.end]) for f, la in good], None, cut
        return [], chains[0][2], cut

    def _extended(self, chains: list[tuple[Span, Span, str | None]], spans: list[Span]) -> list[tuple[Span, Span, str | None]]:
        by_end: dict[int, tuple[Span, Span, str | None]] = {}
        for first, last, refusal in chains:
            following = next((span for span in spans if span.start >= last.end), None)
            if following is not None:
                left_out = self.index.original[last.end : following.start]
                # Chains come in the order of the text, so that a later one with the same end leaves out less.
                by_end[following.end] = (first, following, refusal or _refusal(left_out))
        return list(by_end.values())


def _refusal(left_out: str) -> str | None:
    """Say why an elision may not leave these words out; None when it may."""
    words = " ".join(left_out.split())
    negation = _NEGATION.search(fold(left_out).text.replace("\u00ad", "")) or _NEGATION.search(words.replace("’", "'"))
    if negation:
        return f"the elision swallows '{negation.group()}'"
    if len(words) > LONGEST_ELISION:
        return f"the elision leaves out {len(words)} characters; at most {LONGEST_ELISION} may be left out"
    return None
