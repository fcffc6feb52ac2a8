"""The sentences of a paper that speak of something, each with a sign in place of every mention, and quotes of them.

A sentence ends at its stop, at a heading, and where a caption begins. The lines of a page that stand inside it are passed over.
Reference lists are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mechkg.literature.furniture import furniture
from mechkg.literature.mentions import Mention
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections

MOST_WORDS = 25
"""Words in a quote, at most."""

_LETTER = {"species": "S", "material": "C", "wavelength": "W", "time": "T", "temperature": "K", "amount": "A"}
_MOST_MENTIONS = 100
"""A stretch with more mentions and no full stop is no sentence but a table or a list."""
_STOPS = re.compile(r"[.?!][”')\]]*\s*(?=[A-Z(\[“‘'⟨¶])|¶")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Figs?|Eqs?|eqn|Refs?|al|vs|e\.g|i\.e|ca|No|Dr|approx|Nat|Chem|Soc|Ed|Int|Lett|Mater|Phys|Res|Am)"
    r"|(?<!°)(?<!\d )\b[A-Z])$"  # an initial, but not the letter of a unit: "50 °C."
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its place in the text that is read, its mentions, and itself with a sign for each of them.

    A sign is a letter for the kind and a number, "⟨S0⟩" for the first mention when it is a species.
    """

    start: int
    end: int
    mentions: tuple[Mention, ...]
    signs: str
    places: tuple[int, ...]
    """Place in the text that is read of each character of ``signs``."""


class Sentences:
    """The sentences of one text.

    >>> from mechkg.literature.lexicon import Lexicon
    >>> from mechkg.literature.mentions import find_mentions
    >>> text = PrintedText("Results\\n\\nIt was kept at 50 °C. Then nothing.")
    >>> [each.signs for each in Sentences(text, find_mentions(text, Lexicon.of([])), Sections(text.original))]
    [' It was kept at ⟨K0⟩.']
    """

    def __init__(self, text: PrintedText, mentions: Sequence[Mention], sections: Sections) -> None:
        self.text = text
        found = furniture(text.original)
        self._running = [(text.position(start), text.position(end)) for start, end in found.running]
        self._running_starts = [start for start, _ in self._running]
        cuts = [*sections.captions, *(place for span in found.headings for place in span)]
        self._cuts = [text.position(place) for place in cuts]
        self.stretches: list[tuple[int, int]] = []
        """Where every sentence stands in the original, whether it speaks of something or not."""
        self._all = list(self._read(mentions, sections))

    def __iter__(self) -> Iterator[Sentence]:
        return iter(self._all)

    def printed(self, sentence: Sentence) -> str:
        """Return the sentence as it is printed."""
        return self.text.original[slice(*self.text.span(sentence.start, sentence.end))]

    def words(self, sentence: Sentence, start: int, end: int) -> str:
        """Return what is printed for the signs from ``start`` to ``end``."""
        first, last = self.text.offset(sentence.places[start]), self.text.offset(sentence.places[end])
        return " ".join(self.text.original[first:last].split())

    def quote(self, sentence: Sentence, used: Sequence[Mention], around: int = MOST_WORDS) -> tuple[int, int] | None:
        """Return the place of at most 25 words of the sentence that hold all of ``used``: the whole sentence, or its middle.

        At most ``around`` words stand on each side. None when there is no such place, or a line of the page stands in it.
        """
        words = self._words_of(sentence)
        inside = [n for n, (start, end) in enumerate(words) if any(start < m.end and m.start < end for m in used)]
        if not inside or inside[-1] - inside[0] >= MOST_WORDS:
            return None
        first, last = max(0, inside[0] - around), min(len(words) - 1, inside[-1] + around)
        for start, _ in self._inside(sentence):
            line = self.text.offset(start)
            before = sum(end <= line for _, end in words)
            if inside[0] < before <= inside[-1]:
                return None
            first, last = (max(first, before), last) if before <= inside[0] else (first, min(last, before - 1))
        low, high = inside[0], inside[-1]
        while high - low + 1 < min(MOST_WORDS, last - first + 1):
            # Grow to the right first: what is said of a thing mostly follows it.
            if high < last and (low == first or (high - inside[-1]) <= (inside[0] - low) + 4):
                high += 1
            elif low > first:
                low -= 1
            else:
                high += 1
        return words[low][0], words[high][1]

    def _words_of(self, sentence: Sentence) -> list[tuple[int, int]]:
        """Return the places of the words in the original, lines of the page left out."""
        first, last = self.text.span(sentence.start, sentence.end)
        found = [(first + m.start(), first + m.end()) for m in re.finditer(r"\S+", self.text.original[first:last])]
        lines = [(self.text.offset(start), self.text.offset(end)) for start, end in self._inside(sentence)]
        return [(start, end) for start, end in found if not any(one <= start < other for one, other in lines)]

    def _inside(self, sentence: Sentence) -> list[tuple[int, int]]:
        """Return the lines of the page that stand inside a sentence."""
        first = bisect_right(self._running_starts, sentence.start)
        return [span for span in self._running[max(0, first - 1) :] if sentence.start <= span[0] < sentence.end]

    def _read(self, mentions: Sequence[Mention], sections: Sections) -> Iterator[Sentence]:
        """Yield sentences with mentions."""
        read = self.text.read
        placed = [(self.text.position(mention.start), mention) for mention in mentions]
        stops = [match.end() for match in _STOPS.finditer(read) if not self._abbreviated(match.start())]
        start, next_one = 0, 0
        for end in sorted({*stops, *self._cuts, len(read)}):
            if read[start:end].strip():
                self.stretches.append(self.text.span(start, end))
            inside: list[tuple[int, Mention]] = []
            while next_one < len(placed) and placed[next_one][0] < end:
                inside.append(placed[next_one])
                next_one += 1
            if inside and len(inside) <= _MOST_MENTIONS and sections.around(inside[0][1].start).section != "references":
                yield self._signed(start, end, inside)
            start = end

    def _abbreviated(self, stop: int) -> bool:
        return _ABBREVIATED.search(self.text.read[max(0, stop - 8) : stop]) is not None

    def _signed(self, start: int, end: int, inside: Sequence[tuple[int, Mention]]) -> Sentence:
        signs: list[str] = []
        places: list[int] = []

        def copy(first: int, last: int) -> None:
            for one, other in self._running:
                if first <= one < last:
                    signs.append(self.text.read[first:one].rstrip() + " ")
                    places.extend([*range(first, first + len(signs[-1]) - 1), one])
                    first = min(other, last)
                    while first < last and self.text.read[first] == " ":
                        first += 1
            signs.append(self.text.read[first:last])
            places.extend(range(first, last))

        done = start
        for index, (place, mention) in enumerate(inside):
            stop = place
            while stop < end and self.text.offset(stop) < mention.end:
                stop += 1
            sign = f"⟨{_LETTER.get(mention.kind, 'X')}{index}⟩"
            copy(done, place)
            signs.append(sign)
            places.extend([place] * len(sign))
            done = stop
        copy(done, end)
        return Sentence(start, end, tuple(mention for _, mention in inside), "".join(signs), (*places, end))
