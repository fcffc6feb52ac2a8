"""Where in a file things stand: from the path of a value, or the id of an item, to a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Keys and positions from the root of a file to a value, such as ``("steps", 0, "reactants", 1, "of")``."""


class Places(Mapping[str, int]):
    """Lines of a file, by item id (as a mapping) and by path (:meth:`at`, :meth:`within`).

    >>> places = Places({(): 1, ("steps", 0): 4, ("steps", 0, "kind"): 5}, {"step-1": ("steps", 0)})
    >>> places["step-1"], places.at(("steps", 0, "kind")), places.at(("steps", 0, "label", 3)), places.within("step-1", "kind")
    (4, 5, 4, 5)
    """

    def __init__(self, lines: Mapping[Path, int], items: Mapping[str, Path] | None = None) -> None:
        self._lines = lines
        self._items = dict(items or {})

    def at(self, path: Path) -> int | None:
        """Return the line of the value at ``path``, or of the nearest thing around it that has a line."""
        for end in range(len(path), -1, -1):
            line = self._lines.get(path[:end])
            if line is not None:
                return line
        return None

    def path(self, item: str) -> Path | None:
        """Return the path of the item with that id; None when there is no such item."""
        return self._items.get(item)

    def within(self, item: str, *path: str | int) -> int | None:
        """Return the line of a part of the item with that id; None when there is no such item."""
        start = self._items.get(item)
        return None if start is None else self.at((*start, *path))

    def __getitem__(self, item: str) -> int:
        line = self.at(self._items[item])
        if line is None:
            raise KeyError(item)
        return line

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def line_within(lines: Mapping[str, int] | None, item: str, *path: str | int) -> int | None:
    """Return the best line known for a part of an item, whether ``lines`` knows paths or only items."""
    if isinstance(lines, Places):
        return lines.within(item, *path)
    return None if lines is None else lines.get(item)
