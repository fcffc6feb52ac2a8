"""A printed text made ready for reading: folded, divided words joined, every character traced to where it is printed."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from mechkg.literature.folding import SOFT, Folded, fold
from mechkg.literature.symbols import SUPERSCRIPT_CLASS

_RAISED = re.compile(rf"[{SUPERSCRIPT_CLASS}]*(?:\{{?[-+−–]?\d*[+-]?\}}?)?")
_CLOSING = {"{": "}", "[": "]", "(": ")"}


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters, a run of digits, or one other sign, with its place in the text that is read."""

    text: str
    start: int
    end: int


_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\s\w]")


class PrintedText:
    """A text as it is read, without what is only typesetting, and the way back to the print.

    >>> text = PrintedText("kept at 130 °C for trioctyl-\\nphosphine")
    >>> text.read, text.span(8, 13)
    ('kept at 130°C for trioctylphosphine', (8, 14))
    """

    def __init__(self, text: str) -> None:
        folded = fold(text)
        kept = [n for n, character in enumerate(folded.text) if character != SOFT]
        self.folded: Folded = folded
        self.read = "".join(folded.text[n] for n in kept)
        self._at = [folded.at[n] for n in kept]

    @property
    def original(self) -> str:
        """The text as it was given."""
        return self.folded.original

    @cached_property
    def tokens(self) -> list[Token]:
        """Words, numbers and signs, in order; hyphens and blanks are none."""
        return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(self.read) if m.group() != "-"]

    def offset(self, position: int) -> int:
        """Return the place in the original of the character at ``position``; the end of the original for the end."""
        return self._at[position] if position < len(self._at) else len(self.original)

    def position(self, offset: int) -> int:
        """Return the place in what is read of the first character printed at ``offset`` of the original or after it."""
        return bisect_left(self._at, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return first and last place in the original of what is read from ``start`` to ``end``, closing brackets included."""
        first, last = self.offset(start), self.offset(end - 1) + 1
        if self.original[last - 1] in f"^{SUPERSCRIPT_CLASS}":
            following = self._at[end] if end < len(self._at) else len(self.original)
            raised = _RAISED.match(self.original, last, following)  # what is raised has one place, that of its first sign
            last = raised.end() if raised else last
        inside = self.original[first:last]
        for opening, closing in _CLOSING.items():
            if inside.count(opening) > inside.count(closing) and self.original[last : last + 1] == closing:
                last += 1
        return first, last

    def apart(self, position: int) -> bool:
        """Say whether a blank stands in print before the character at ``position``."""
        offset = self.offset(position)
        return offset > 0 and self.original[offset - 1].isspace()
