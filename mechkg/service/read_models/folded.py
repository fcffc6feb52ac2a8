"""Folding for search: what people type and what papers print become the same text.

As :mod:`mechkg.literature.folding` does, by the same table of characters: dashes, quotation marks, ligatures, sub- and
superscripts, symbol fonts and blanks make no difference. Beyond that, case makes none, nor do the marks by which texts without
raised characters show them; a quote is checked against its paper with less tolerance than one searches with.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mechkg.literature.symbols import SUPERSCRIPT_CLASS, fold_character, plain_of_superscript

_MARKS = "_^{}\\"
_NOT_PLAIN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\"`*$_^{}\\]")
# A blank is kept between words and numbers only: elsewhere one prints it, and another does not.
_LOST = re.compile(r"(?<![\w),.;:]) | (?!\w)")


class _Table(dict[int, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _MARKS:
            found = ""
        elif character in SUPERSCRIPT_CLASS:
            found = plain_of_superscript(character)
        else:
            found = fold_character(character).casefold()
        self[code] = found
        return found


_TABLE = _Table()


def folded(text: str) -> str:
    """Return a text as it is searched.

    >>> folded("(CdTe)₁₃ at 130 °C"), folded("MSC–371"), folded("10³ min⁻¹"), folded("the _first_")
    ('(cdte)13 at 130°c', 'msc-371', '103 min-1', 'the first')
    """
    # for most texts, which are plain, this is what the table says, in a third of the time
    plain = text.lower() if text.isascii() and not _NOT_PLAIN.search(text) else text.translate(_TABLE)
    return _LOST.sub("", " ".join(plain.split()))


def places(text: str) -> tuple[str, list[int]]:
    """Return a text as it is searched, and where each of its characters stands in the original."""
    found: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        for part in _TABLE[ord(character)]:
            found.append(part)
            at.append(place)
    whole = "".join(found)
    out: list[str] = []
    kept: list[int] = []
    for match in re.finditer(r"\s+|\S", whole):
        place, character = match.start(), match[0]
        if character.isspace():
            if not out or match.end() == len(whole):
                continue
            character = " "
        out.append(character)
        kept.append(at[place])
    once = "".join(out)
    lost = {match.start() for match in _LOST.finditer(once)}
    left = [place for place in range(len(once)) if place not in lost]
    return "".join(once[place] for place in left), [kept[place] for place in left]


@lru_cache(maxsize=1024)
def sought(query: str) -> tuple[str, ...]:
    """Return what a query asks for, each to be found: words, and what stands between quotation marks as a whole.

    >>> sought('amine "solely via PCs" MSC–371')
    ('amine', 'solely via pcs', 'msc-371')
    """
    found = []
    for quoted, word in re.findall(r"[\"“”„]([^\"“”„]*)[\"“”„]|([^\s\"“”„]+)", query):
        part = folded(quoted or word)
        if part:
            found.append(part)
    return tuple(dict.fromkeys(found))
