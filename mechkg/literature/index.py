"""A folded text made ready for finding exact words in it, whatever hyphens stand between their letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mechkg.literature.folding import SOFT, Folded, fold

_UNIT_AT_END = re.compile(r"(?<!\w)(?:[kcmnμd]?m|[mμ]?s|min|h|d|m?mol|[mμ]?[Ll]|[mk]?g|K|C|J|eV|Hz|bar|Pa)$")
_JOINT = re.compile(rf"(?<=[^\W\d_])(?:-|{SOFT})(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a quote stands in the original text: offsets, line (from 1), and the words as they are printed there."""

    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Key:
    """A folded text without hyphens between letters, with the place of each character and of each hyphen left out."""

    text: str
    at: list[int]
    hyphens: dict[int, str]


def _key(folded: str) -> _Key:
    """Leave hyphens between letters out, for those at line ends may or may not belong to the word; remember each."""
    pieces: list[str] = []
    at: list[int] = []
    hyphens: dict[int, str] = {}
    done = 0
    for match in _JOINT.finditer(folded):
        pieces.append(folded[done : match.start()])
        at += range(done, match.start())
        hyphens[len(at)] = match.group()
        done = match.end()
    pieces.append(folded[done:])
    at += range(done, len(folded))
    return _Key("".join(pieces), at, hyphens)


class TextIndex:
    """One text, folded once, in which any number of quotes are looked for."""

    def __init__(self, text: str, name: str | None = None) -> None:
        self.name = name
        self.folded: Folded = fold(text)
        self._key = _key(self.folded.text)

    @property
    def original(self) -> str:
        """The text as it was given."""
        return self.folded.original

    @cached_property
    def words(self) -> list[tuple[str, int]]:
        """Lower-case words of the folded text with their places in it."""
        return [(m.group().lower(), m.start()) for m in re.finditer(r"\w+", self.folded.text)]

    @cached_property
    def places_of(self) -> dict[str, list[int]]:
        """Positions in :attr:`words` by word."""
        found: dict[str, list[int]] = {}
        for number, (word, _) in enumerate(self.words):
            found.setdefault(word, []).append(number)
        return found

    def occurrences(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield start and end (in the folded text) of every place where exactly these folded words stand."""
        wanted, key = _key(folded), self._key
        if not wanted.text:
            return
        start = key.text.find(wanted.text)
        while start >= 0:
            end = start + len(wanted.text)
            if self._same_hyphens(wanted, start, end):
                yield key.at[start], key.at[end - 1] + 1
            start = key.text.find(wanted.text, start + 1)

    def _same_hyphens(self, wanted: _Key, start: int, end: int) -> bool:
        """A hyphen in the middle of a line must be quoted, and one that is quoted be there; at a line end either will do."""
        inside = {n - start: h for n, h in self._key.hyphens.items() if start < n < end} if self._key.hyphens else {}
        for place in inside.keys() | wanted.hyphens.keys():
            kinds = {inside.get(place), wanted.hyphens.get(place)}
            if len(kinds) > 1 and SOFT not in kinds:
                return False
        return True

    def span(self, start: int, end: int) -> Span:
        """Return the place in the original of a stretch of the folded text."""
        first = self.folded.offset(start)
        last = self.folded.offset(end - 1) + 1
        return Span(first, last, self.folded.line(start), self.original[first:last])

    def cut(self, start: int, end: int) -> str | None:
        """Say what the stretch would cut off from its surroundings, where that changes what it says; None when it is whole.

        A number must keep its sign, its relation, its decimals and exponent, a formula its charge, a compound all its words.
        """
        text = self.folded.text
        return self._cut_before(text, start) or self._cut_after(text, end)

    def _cut_before(self, text: str, start: int) -> str | None:
        first, before = text[start], text[start - 1 : start]
        touching = not self.original[self.folded.offset(start) - 1 : self.folded.offset(start)].isspace()
        if not before:
            return None
        if first in "+-" and text[start + 1 : start + 2].isdigit():
            return "the number before it" if before.isalnum() and touching else None
        if not first.isalnum():
            return None
        if before.isalnum():
            return "part of a word"
        if first.isdigit():
            if before == "-" or (before == "+" and touching):  # a plus set apart is the charge of what stands before it
                return "a sign or part of a name"
            if before in "<>≤≥±~^":
                return f"the '{before}' before its number"
            return "part of a number" if before in ".," and text[start - 2 : start - 1].isdigit() else None
        return "part of a compound word" if before == SOFT or (before == "-" and touching) else None

    def _cut_after(self, text: str, end: int) -> str | None:
        last, after = text[end - 1], text[end : end + 1]
        if not after or not (last.isalnum() or last in ")]"):
            return None
        beyond = text[end + 1 : end + 2]
        offset = self.folded.offset(end - 1) + 1
        touching = not self.original[offset : offset + 1].isspace()
        if after.isalnum() and (last.isalnum() or (touching and after.isdigit())):
            return "part of a word or formula"
        if after == "^":
            return "an exponent"
        if after == "-" and touching and beyond.isalpha():
            return "part of a compound word"
        if after == "-" and not touching:
            # Set apart, it may still be the exponent of a unit or the dash of a range; before words it is a dash.
            exponent = beyond.isdigit() and (last.isdigit() or _UNIT_AT_END.search(text[:end]))
            return "an exponent or part of a range" if exponent else None
        if after in "+-":
            return "a charge, an exponent or part of a name"
        if after == SOFT:
            return "part of a word"
        return "part of a number" if last.isdigit() and after in ".," and beyond.isdigit() else None
