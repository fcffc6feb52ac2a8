"""Show one thing: what it is, where it is stated, and what refers to it."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.service.catalog import Entry
from mechkg.service.reading import View


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with the items that refer to it."""

    entry: Entry
    referring: tuple[Entry, ...]


def show(workspace: View, name: str) -> Shown:
    """Return the item called ``name`` (an id or a printed name); raise NotFoundError with the nearest name."""
    catalog = workspace.catalog
    entry = catalog.find(name)
    return Shown(entry, tuple(catalog.referring.get(entry.id, ())))
