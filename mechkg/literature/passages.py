"""The passage of a text most like some words that are not in it: an aid for the curator, never a match."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from mechkg.literature.folding import fold
from mechkg.literature.index import TextIndex

_COMMON = 60
"""A word that stands more often in the text than this says little of where to look."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Printed words, their line, and how like they are to the words looked for (1 is the same)."""

    text: str
    line: int
    likeness: float


def nearest_passage(index: TextIndex, quote: str, least: float = 0.5) -> Passage | None:
    """Return the passage most like ``quote``, or None when nothing is.

    >>> found = nearest_passage(TextIndex("It was kept at 50 °C. No peak at 415 nm was seen."), "a peak at 415 nm was seen")
    >>> found.text
    'No peak at 415 nm was seen.'
    """
    folded = fold(quote).text
    wanted = [m.group().lower() for m in re.finditer(r"\w+", folded)]
    if not wanted or not index.words:
        return None
    votes: Counter[int] = Counter()
    for offset, word in enumerate(wanted):
        places = index.places_of.get(word, [])
        if len(places) <= _COMMON:
            votes.update(place - offset for place in places)
    best: Passage | None = None
    ranked = sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))[:8]
    for first, count in ranked:
        if 2 * count < ranked[0][1]:
            break  # a passage that shares fewer words in the same order is no better
        passage = _compare(index, first, wanted, folded)
        if passage and (best is None or passage.likeness > best.likeness):
            best = passage
    return best if best and best.likeness >= least else None


def _compare(index: TextIndex, first: int, wanted: list[str], folded: str) -> Passage | None:
    first, last = max(first, 0), min(first + len(wanted), len(index.words)) - 1
    if first > last:
        return None
    begin, end = index.words[first][1], index.words[last][1] + len(index.words[last][0])
    matcher = SequenceMatcher(None, folded.lower(), index.folded.text[begin:end].lower(), autojunk=False)
    span, text = index.span(begin, end), index.original
    start, stop = span.start, span.end
    while start > 0 and not text[start - 1].isspace():
        start -= 1  # show whole words, with their signs and brackets
    while stop < len(text) and not text[stop].isspace():
        stop += 1
    return Passage(" ".join(text[start:stop].split()), span.line, round(matcher.ratio(), 3))
