"""Which comparison tables there are: one file each in ``queries/tables/``, with its title, its question and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from mechkg.assets import queries_dir
from mechkg.errors import BadInputError, NotFoundError
from mechkg.literature.yaml12 import read_yaml

Dimension = Literal["position", "thing", "paper", "property", "material", "method", "item"]
"""What rows, lines and columns go by."""

DIMENSIONS: Final[Mapping[Dimension, str]] = {
    "position": "absorption position",
    "thing": "species or step",
    "paper": "paper",
    "property": "property",
    "material": "material",
    "method": "method",
    "item": "assertion",
}

Shown = Literal["all", "conflicting", "open", "decided"]

SHOWN: Final[Mapping[Shown, str]] = {
    "all": "everything",
    "conflicting": "only what conflicts",
    "open": "only conflicts that are open",
    "decided": "only conflicts that are decided",
}

SORTS: Final[Mapping[str, str]] = {
    "natural": "in their order",
    "most": "most values first",
    "conflicts": "most conflicts first",
    "newest": "newest paper first",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """How a table is arranged and what of it is shown. ``lines`` part each row; empty for one line a row."""

    rows: Dimension = "thing"
    lines: Dimension | Literal[""] = ""
    columns: Dimension = "property"
    properties: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    thing: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    shown: Shown = "all"
    tolerance: str = ""
    sort: str = "natural"


@dataclass(frozen=True, slots=True)
class TableKind:
    """A comparison table by definition: ``only`` what it is made from, ``parts`` how words of claims become values."""

    id: str
    title: str
    question: str
    after: str = ""
    place: int = 0
    only: Literal["", "compositions"] = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    choice: Choice = field(default_factory=Choice)


_KEYS: Final = frozenset(
    {"title", "question", "after", "place", "only", "parts", "rows", "lines", "columns", "properties", "material", "tolerance"}
)


@cache
def table_kinds(folder: Path | None = None) -> tuple[TableKind, ...]:
    """Return the tables of a folder (by default those that come with mechkg), in order; raise BadInputError for a bad file."""
    place = folder or queries_dir() / "tables"
    return tuple(sorted(map(_read, sorted(place.glob("*.yaml"))), key=lambda kind: (kind.place, kind.id)))


def table_kind(name: str) -> TableKind:
    """Return the table called ``name``; raise NotFoundError with the nearest name."""
    found = {kind.id: kind for kind in table_kinds()}
    if name not in found:
        raise NotFoundError.of("comparison table", name, found)
    return found[name]


def arranged(choice: Choice) -> Choice:
    """Return a choice that makes sense; raise NotFoundError, with the nearest name, or BadInputError for one that does not."""
    for what, name in (("rows", choice.rows), ("columns", choice.columns), ("lines", choice.lines or "paper")):
        if name not in DIMENSIONS:
            raise NotFoundError.of(f"choice of {what}", name, DIMENSIONS)
    if choice.shown not in SHOWN:
        raise NotFoundError.of("choice of what is shown", choice.shown, SHOWN)
    if choice.sort not in SORTS:
        raise NotFoundError.of("order of rows", choice.sort, SORTS)
    if choice.rows == choice.columns:
        raise BadInputError(f"rows and columns cannot both go by {DIMENSIONS[choice.rows]}", hint="choose another for one")
    return replace(choice, lines="") if choice.lines in (choice.rows, choice.columns) else choice


def _read(path: Path) -> TableKind:
    reading = read_yaml(path.read_text(encoding="utf-8"), path.name)
    content: Any = reading.content
    if not isinstance(content, dict):
        first = next((str(finding) for finding in reading.findings), "it holds no table")
        raise BadInputError(f"{path.name} defines no comparison table: {first}")
    for key in content:
        if key not in _KEYS:
            raise BadInputError(f"{path.name} says '{key}'", hint=str(NotFoundError.of("key of a comparison table", key, _KEYS)))
    for name in ("title", "question"):
        if not content.get(name):
            raise BadInputError(f"{path.name} has no {name}", hint="every table says what it is called and what it answers")
    for name, pattern in content.get("parts", {}).items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise BadInputError(f"{path.name}: the pattern of '{name}' cannot be read: {error}") from error
    choice = Choice(
        rows=content.get("rows", "thing"),
        lines=content.get("lines", ""),
        columns=content.get("columns", "property"),
        properties=tuple(content.get("properties", ())),
        material=tuple(content.get("material", ())),
        tolerance=content.get("tolerance", ""),
    )
    return TableKind(
        path.stem,
        content["title"],
        content["question"],
        content.get("after", ""),
        content.get("place", 0),
        content.get("only", ""),
        content.get("parts", {}),
        arranged(choice),
    )
