"""The reading order of a page printed in columns, from its text laid out as it stands on the page.

A file may draw a page row by row across its columns, so that half a line of one column runs into half a line of the next. The
columns are told from the gutter between them: blanks that go down the page through most of its rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

_GAP = 3
"""Blanks, at least, of a gutter."""
_LEAST_ROWS = 4
_PROSE = 16
"""Characters that half of the rows of a column have at least; a table has less."""


def in_columns(plain: str, layout: str) -> str | None:
    """Return a page column by column, when ``plain`` runs its columns into each other; None when it does not.

    ``layout`` is the same page with blanks where there are blanks on the page.

    >>> left = ["The band at 399 nm grew", "for two hours at least,", "and the rest of it went", "before anything was seen."]
    >>> right = ["A second column begins", "with words of its own,", "which go on to the next", "line until the very end."]
    >>> layout = "\\n".join(f"{one:30}{other}" for one, other in zip(left, right))
    >>> in_columns(" ".join(layout.split()), layout).split("\\n")[3:5]
    ['before anything was seen.', 'A second column begins']
    """
    rows = [row.rstrip() for row in layout.split("\n")]
    gutter = _gutter(rows)
    if gutter is None:
        return None
    said = _squeezed(plain)
    across = [_squeezed(row) in said for row in rows if _sides(row, gutter) is not None]
    if 2 * sum(across) < len(across):
        return None
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_ordered(rows)))


def _ordered(rows: Sequence[str]) -> list[str]:
    """Return rows with the columns of each stretch one after the other; a row across the page parts the stretches."""
    gutter = _gutter(rows)
    if gutter is None:
        return [re.sub(r"\s+", " ", row).strip() for row in rows]
    found: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for row in [*rows, None]:
        sides = _sides(row, gutter) if row is not None else None
        if sides is not None:
            left.append(sides[0])
            right.append(sides[1])
        elif row is not None and not row.strip():
            left.append("")
            right.append("")
        elif row is not None and len(row) <= gutter:
            left.append(row)
        elif row is not None and len(row) - len(row.lstrip()) > gutter:
            right.append(row)
        else:
            found += [*_trimmed(_ordered(left)), *_trimmed(_ordered(right))]
            left, right = [], []
            if row is not None:
                found.append(re.sub(r"\s+", " ", row).strip())
    return found


def _trimmed(rows: list[str]) -> list[str]:
    """Return rows without the blank ones at both ends, over which a sentence may go on."""
    return "\n".join(rows).strip("\n").split("\n") if any(rows) else []


def _gutter(rows: Sequence[str]) -> int | None:
    """Return the place in a row at which most rows are blank, with prose on both sides."""
    printed = [row for row in rows if row.strip()]
    times: Counter[int] = Counter()
    for row in printed:
        for gap in re.finditer(rf"(?<=\S) {{{_GAP},}}(?=\S)", row):
            times.update(range(gap.start(), gap.end()))
    if not times:
        return None
    most = max(times.values())
    place = int(median(sorted(place for place, count in times.items() if count == most)))
    sides = [found for row in printed if (found := _sides(row, place)) is not None]
    if len(sides) < max(_LEAST_ROWS, len(printed) / 2):
        return None
    prose = all(median(len(side[n].strip()) for side in sides) >= _PROSE for n in (0, 1))
    return place if prose else None


def _sides(row: str, gutter: int) -> tuple[str, str] | None:
    """Return what stands on both sides of the gutter; None for a row that has text there, or on one side only."""
    for gap in re.finditer(rf"(?<=\S) {{{_GAP},}}(?=\S)", row):
        if gap.start() <= gutter < gap.end():
            return row[: gap.start()], row[gap.end() :]
    return None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
