"""A page of a report as a value: sections of sentences, lists and tables, which the shell prints and Markdown writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from mechkg.model.report import Matrix


@dataclass(frozen=True, slots=True)
class Bullet:
    """A line of a list, with lines beneath it."""

    text: str
    beneath: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Bullet, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; a cell may have several lines. ``lines``: rows are to be parted by lines where that can be shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """Observations that play the same part for every candidate, with the words for the first of them."""

    observations: tuple[str, ...]
    roles: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Marks:
    """A kill matrix in full, with the words for each observation, and in brief: its kinds of observations."""

    matrix: Matrix
    words: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class More:
    """A sentence saying that there is more of something, and the command that shows it; a page of the site links to it instead.

    ``candidate``: whose conflict sets there are more of.
    """

    text: str
    of: Literal["conflicts", "experiments"]
    command: str
    candidate: str = ""

    def __str__(self) -> str:
        """Return it with the command."""
        return f"{self.text}: {self.command}"


Part = str | Heading | Bullets | Grid | Marks | More


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page."""

    title: str
    intro: tuple[Part, ...]
    sections: tuple[Section, ...]


SIGNS = {"conflict": "X", "explained": "+", "permitted": "o", "silent": "."}
"""Part of an observation -> how it is written in a matrix."""

MEANING = {
    "conflict": "conflict (could not be so)",
    "explained": "explained (had to be so)",
    "permitted": "permitted (may be so)",
    "silent": "silent (says nothing)",
}
"""Part of an observation -> what it means."""


def bullets(lines: Iterable[str]) -> Bullets:
    """Return a list without anything beneath its lines."""
    return Bullets(tuple(Bullet(line) for line in lines))


def as_markdown(page: Page) -> str:
    """Write a page in Markdown; a matrix has observations as rows, as there are more of them than candidates."""
    return "\n".join(_markdown(page)).rstrip() + "\n"


def parts_as_markdown(title: str, parts: Iterable[Part]) -> str:
    r"""Write parts under a title in Markdown.

    >>> parts_as_markdown("Found", ["Two of them:", bullets(["a", "b"])])
    '# Found\n\nTwo of them:\n\n- a\n- b\n'
    """
    return as_markdown(Page(title, tuple(parts), ()))


def _markdown(page: Page) -> Iterator[str]:
    yield f"# {escaped(page.title)}"
    yield ""
    for part in page.intro:
        yield from _part(part)
    for section in page.sections:
        yield f"## {escaped(section.title)}"
        yield ""
        for part in section.parts:
            yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, str | More):
        yield escaped(str(part))
    elif isinstance(part, Heading):
        yield f"### {escaped(part.text)}"
    elif isinstance(part, Bullets):
        for item in part.items:
            yield f"- {escaped(item.text)}"
            yield from (f"  - {escaped(line)}" for line in item.beneath)
    elif isinstance(part, Grid):
        yield from _table(part.columns, part.rows)
    else:
        yield "; ".join(f"`{SIGNS[role]}` {meaning}" for role, meaning in MEANING.items()) + "."
        yield ""
        columns = ("observation", *part.matrix.candidates)
        signs = zip(*part.matrix.roles, strict=True)
        yield from _table(
            columns, [(words, *(SIGNS[role] for role in row)) for words, row in zip(part.words, signs, strict=True)]
        )
    yield ""


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = [escaped(column) for column in columns]
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escaped(cell).replace('|', chr(92) + '|').replace(chr(10), '<br>') for cell in row)} |"


_SPECIAL = re.compile(r"([\\`*_<])")


def escaped(text: str) -> str:
    r"""Keep Markdown from reading anything into a text.

    >>> print(escaped("a_b *c* <d"))
    a\_b \*c\* \<d
    """
    return _SPECIAL.sub(r"\\\1", text)
