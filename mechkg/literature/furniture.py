"""What of a text is no running prose: headings, and lines that stand on many pages.

A reader of plain text sees a heading run into the sentence after it, and the name of the journal in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_MARKED = re.compile(r"#{1,6}\s+\S|\*\*[^*]+\*\*$|__[^_]+__$")
_NUMBERED = re.compile(r"(?:[IVX]{1,4}\.|S?\d{1,2}(?:\.\d{1,2}){0,3}\.?)\s+[A-Z][^.?!;]{2,90}$")
_ENDED = re.compile(r"[.?!:][\"'”’)\]\d,–-]*(?:\^?\[[\d,–-]+\])?$")
_OPEN = re.compile(r"[.,;:?!–-]$|\b(?:a|an|the|of|and|or|in|on|at|to|for|with|by|from|is|was|are|were|that|which)$")
_MOST_WORDS = 12
_LEAST_TIMES = 3
"""Times that a line stands in a text to be one of its pages rather than of its prose."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Places of headings, and of lines that stand on many pages, as spans of the text."""

    headings: tuple[tuple[int, int], ...]
    running: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    gap: bool
    """Whether a blank line stands before it."""


def furniture(text: str) -> Furniture:
    """Return headings and running lines of a text.

    >>> text = "It was so.\\n\\nResults and discussion\\n\\nThe band grew."
    >>> [text[start:end] for start, end in furniture(text).headings]
    ['Results and discussion']
    """
    lines = _lines(text)
    running = _running(lines)
    kept = [line for line in lines if line not in running]
    return Furniture(tuple(_headings(kept)), tuple((line.start, line.end) for line in lines if line in running))


def _lines(text: str) -> list[_Line]:
    """Return the lines that are not blank."""
    found: list[_Line] = []
    done = 0
    for match in re.finditer(r"[^\n\f]*\S[^\n\f]*", text):
        printed = match.group()
        start = match.start() + len(printed) - len(printed.lstrip())
        between = text[done : match.start()]
        found.append(_Line(printed.strip(), start, start + len(printed.strip()), len(between.split("\n")) > 2 or "\f" in between))
        done = match.end()
    return found


def _running(lines: list[_Line]) -> frozenset[_Line]:
    """Return short lines that come again and again, whatever their numbers and the order of their words."""
    keys = {
        line: tuple(sorted(re.sub(r"\d+", "#", line.text).split())) for line in lines if len(line.text.split()) <= _MOST_WORDS
    }
    times = Counter(keys.values())
    lone = {line for before, line in zip([None, *lines], lines, strict=False) if line in keys and (line.gap or before is None)}
    # A cell of a table comes again, too: a line of a page is words, and set off by blank lines.
    worded = {key for key in times if sum(len(re.findall(r"[A-Za-z]{3,}", word)) > 0 for word in key) >= 2}
    return frozenset(line for line in lone if times[keys[line]] >= _LEAST_TIMES and keys[line] in worded)


def _headings(lines: list[_Line]) -> list[tuple[int, int]]:
    """Return short lines that no sentence runs into or out of."""
    runs_on = [_ENDED.search(before.text) is None for before, line in pairwise(lines) if line.gap]
    spaced = 2 * sum(runs_on) > len(runs_on)
    widths = sorted(len(line.text) for line in lines)
    width = widths[(3 * len(widths)) // 4] if widths else 0
    found: list[tuple[int, int]] = []
    ended = True
    for number, line in enumerate(lines):
        after = lines[number + 1] if number + 1 < len(lines) else None
        starts = after is not None and re.match(r"[^\w]*(?:[A-Z]|\d+\.?\s)", after.text) is not None
        plain = re.match(r"[A-Z(\[]", line.text) is not None and not _OPEN.search(line.text) and "," not in line.text
        short = len(line.text.split()) <= _MOST_WORDS and len(line.text) <= 100
        # In a text whose very lines are set apart, or none is, only its length tells a heading from a line that goes on.
        apart = (line.gap and after is not None and after.gap and not spaced) or len(line.text) < 0.6 * width
        marked = _MARKED.match(line.text) or (_NUMBERED.match(line.text) and line.gap)
        heading = short and starts and ended and (bool(marked) or (plain and apart))
        if heading:
            found.append((line.start, line.end))
        ended = heading or _ENDED.search(line.text) is not None
    return found
