"""The lines of a proof as boxes: each line once, numbered, its words broken into printed lines and measured.

What is measured here does not depend on the fonts of the machine, so a drawing made of these boxes does not either.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mechkg.model.verdict import ProofNode
from mechkg.reasoning.render import quote_of, quotes_of, shortened

LONGEST_QUOTE = 240
"""Characters of exact words shown of one source. The box says how much was cut; the tooltip has it all."""

SIDE, EDGE, CORNER = 11, 8, 10
"""Points from text to the sides and to the edges of its box; what a corner takes that is cut, folded or round."""

# --- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """One printed line of words; ``size`` is that of the font and ``gap`` the space above, in points."""

    words: str
    size: float
    italic: bool = False
    gap: float = 0.0

    @property
    def height(self) -> float:
        """Height in points, with the space above and the space to the next line."""
        return self.gap + self.size * 1.25


@dataclass(frozen=True, slots=True)
class Box:
    """One line of a proof under its number. ``rests_on`` are the numbers of others, and never lead back to this one.

    ``loops`` are those premises that do lead back: of lines that are not so because each would need the other first.
    """

    number: int
    node: ProofNode
    rests_on: tuple[int, ...]
    loops: tuple[int, ...]
    texts: tuple[Text, ...]

    @property
    def name(self) -> str:
        """What Graphviz calls the box."""
        return f"line{self.number}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in points."""
        width, height = max(map(width_of, self.texts)), sum(text.height for text in self.texts)
        side = SIDE + (CORNER if self.node.standing == "assumed" else 0)
        return round(width + 2 * side), round(height + 2 * EDGE)


def boxes_of(node: ProofNode, full: bool) -> list[Box]:
    """Return the lines of a proof, in the order in which they are met.

    A line met in several forms is drawn in the one with most premises: the others leave out what leads back to where they stand.
    """
    said = {here.sentence for here, _ in _walk(node)}
    top = node if full else shortened(node)

    def key(here: ProofNode, above: ProofNode) -> tuple[str, ...]:
        # What only the short form says ("and 3 more reasons of this kind") is said of the line above, and of no other.
        own = (here.sentence, here.standing)
        return own if here.sentence in said else (*own, above.sentence, above.standing)

    forms: dict[tuple[str, ...], ProofNode] = {}
    for here, above in _walk(top):
        known = forms.setdefault(key(here, above), here)
        if len(here.premises) > len(known.premises):
            forms[key(here, above)] = here

    numbers: dict[tuple[str, ...], int] = {}
    found: dict[int, Box] = {}

    def place(name: tuple[str, ...]) -> int:
        if name not in numbers:
            number = numbers[name] = len(numbers) + 1
            here = forms[name]
            below = dict.fromkeys(place(key(premise, here)) for premise in here.premises)
            # a number given and not yet found is that of a line above this one
            rests_on = tuple(other for other in below if other in found)
            loops = tuple(other for other in below if other not in found and other != number)
            found[number] = Box(number, here, rests_on, loops, tuple(_texts(number, here)))
        return numbers[name]

    place(key(top, top))
    return [found[number] for number in sorted(found)]


def _walk(top: ProofNode) -> Iterator[tuple[ProofNode, ProofNode]]:
    """Yield each line with the one above it. What stands beneath a shared line is gone through once."""
    seen: set[int] = set()
    waiting = [(top, top)]
    while waiting:
        here, above = waiting.pop()
        yield here, above
        if id(here) not in seen:
            seen.add(id(here))
            waiting.extend((premise, here) for premise in reversed(here.premises))


# --- words ------------------------------------------------------------------------------------------------------------


def _texts(number: int, node: ProofNode) -> Iterator[Text]:
    """Yield what is printed in a box: number and standing, the sentence, exact words, and where they are."""
    by = f" by {node.rule}" + (f" ({node.soundness})" if node.soundness else "") if node.rule else ""
    yield from _wrapped(f"{number} · {node.standing}{by}", 54, 8)
    yield from _wrapped(node.sentence, 40, 11, gap=2)
    for source in node.sources:
        if not quotes_of(replace(node, sources=(source,))):
            continue
        place = quote_of(replace(source, quotes=()))
        words, cut = _cut(quote_of(source).removesuffix(place).strip())
        yield from _wrapped(words, 46, 9.5, italic=True, gap=3)
        yield from _wrapped(f"{cut} {place}", 54, 8)


def _cut(words: str) -> tuple[str, str]:
    """Cut what is too long for a box; say how much is gone.

    >>> _cut("one two"), _cut("word " * 100)[1]
    (('one two', ''), '[cut here: 52 more words]')
    """
    if len(words) <= LONGEST_QUOTE:
        return words, ""
    end = words.rfind(" ", 0, LONGEST_QUOTE) + 1 or LONGEST_QUOTE
    more = len(words[end:].split())
    return f'{words[:end].rstrip()}…"', f"[cut here: {more} more word{'s' if more != 1 else ''}]"


def _wrapped(text: str, width: int, size: float, *, italic: bool = False, gap: float = 0.0) -> Iterator[Text]:
    joined = _JOINED.sub(_JOINT, printable(text))
    for line in textwrap.wrap(joined, width, break_on_hyphens=False):
        yield Text(line.replace(_JOINT, " "), size, italic, gap)
        gap = 0.0


_JOINED = re.compile(
    r"(?<=\d) (?=(?:[^\W\d]{1,3}|%|°C?)(?![^\W\d]))|(?<=[a-z]) (?=S?\d+\b(?! ?(?:[^\W\d]{1,3}|%|°C?)(?![^\W\d])))"
)
"""Spaces at which no line ends: those of a number with its unit, and of a name with its number."""
_JOINT = "\uffff"
"""Stands in for such a space. It is no character, so no text has it."""


_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return ``text`` on one line, with a mark for each control character and each that no XML document can hold."""
    return re.sub(r"[ \t\r\n]+", " ", _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)).strip(" ")


def told(box: Box) -> str:
    """Return all there is to say of a line, for its tooltip and for who cannot see the drawing."""
    node = box.node
    parts = [f"Line {box.number}, {node.standing}: {node.sentence}"]
    if node.rule is not None:
        parts.append(f"Rule: {node.rule}" + (f" ({node.soundness})" if node.soundness else ""))
    if node.citation is not None:
        parts.append(f"After: {node.citation}")
    parts.extend(f"Source: {quote}" for quote in quotes_of(node))
    if box.rests_on:
        parts.append(f"Rests on: {', '.join(map(str, box.rests_on))}")
    if box.loops:
        parts.append(f"Would need first, and the other way round: {', '.join(map(str, box.loops))}")
    return "\n".join(map(printable, parts))


# Widths of the characters from space to tilde in Helvetica, and in whatever else has its measures, in thousandths of the size.
_WIDTHS = [
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, *[556] * 10, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944),
    *(667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
]
_MEASURES = dict(zip(map(chr, range(ord(" "), ord("~") + 1)), _WIDTHS, strict=True)) | {
    "·": 278, "…": 1000, "–": 556, "—": 1000, "‘": 222, "’": 222, "“": 333, "”": 333, "°": 400, "×": 584, "±": 584, "µ": 576
}  # fmt: skip


def width_of(text: Text) -> float:
    """Return the width of a line in points; characters that are not measured get a generous one."""
    return sum(_MEASURES.get(character) or _guess(character) for character in text.words) * text.size / 1000


def is_measured(text: Text) -> bool:
    """Say whether the width of a line is known, not guessed."""
    return all(character in _MEASURES for character in text.words)


def _guess(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WF" else 650
