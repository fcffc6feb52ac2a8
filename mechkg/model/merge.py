"""Differences between two readings of an item, and the merging of two changes made to the same one.

An item is plain JSON content. Mappings are compared key by key, lists of parts that have ids part by part, all else as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str, ...]
"""Keys, and ids of parts, from the outside in."""

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "absent", "__bool__": lambda self: False})()
"""Stands for a field that is not there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that reads otherwise before and after; ABSENT where it is not there."""

    path: Path
    before: Any
    after: Any

    @property
    def place(self) -> str:
        """The path as text, parts separated by dots."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both sides changed, each otherwise."""

    path: Path
    base: Any
    theirs: Any
    ours: Any

    @property
    def place(self) -> str:
        """The path as text, parts separated by dots."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Merge:
    """What comes of two changes to the same content; complete when no clash is left."""

    body: dict[str, Any]
    clashes: tuple[Clash, ...]
    theirs: tuple[Difference, ...]
    ours: tuple[Difference, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return every field in which ``after`` differs from ``before``, in the order of the fields.

    A list whose parts change places differs in the order of their ids, besides what differs within the parts.

    >>> [(d.place, d.before, d.after) for d in differences({"a": 1, "b": {"c": 2}}, {"b": {"c": 3}, "d": 4})]
    [('a', 1, absent), ('b.c', 2, 3), ('d', absent, 4)]
    """
    return tuple(_differences(dict(before), dict(after), ()))


def merge(
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    ours: Mapping[str, Any],
    choices: Mapping[str, Literal["theirs", "ours"]] | None = None,
) -> Merge:
    """Merge two changes of ``base``: what one side changed is taken, what both changed alike too, the rest is a clash.

    ``choices``: place of a clash -> the side to take. An unsettled clash, and one whose choice names neither side, keeps what
    stands in ``theirs``.
    """
    clashes: list[Clash] = []
    body = _merged(dict(base), dict(theirs), dict(ours), (), clashes, choices or {})
    return Merge(body, tuple(clashes), differences(base, theirs), differences(base, ours))


def _differences(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if _same(before, after):
        return
    old, new = _parts(before), _parts(after)
    if old is None or new is None or _shape(before) is not _shape(after):
        yield Difference(path, before, after)
        return
    for key in dict.fromkeys([*old, *new]):
        yield from _differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    if _shape(after) is list and list(new) != [*(key for key in old if key in new), *(key for key in new if key not in old)]:
        yield Difference(path, list(old), list(new))


def _parts(value: Any) -> dict[str, Any] | None:
    """Return the parts of a mapping, or of a list whose members have ids of their own; None for what has no named parts."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        named = {part["id"]: part for part in value if isinstance(part, Mapping) and isinstance(part.get("id"), str)}
        return named if len(named) == len(value) else None
    return None


def _shape(value: Any) -> type:
    return dict if isinstance(value, Mapping) else list


def _merged(
    base: Any, theirs: Any, ours: Any, path: Path, clashes: list[Clash], choices: Mapping[str, Literal["theirs", "ours"]]
) -> Any:
    if _same(theirs, ours) or _same(ours, base):
        return theirs
    if _same(theirs, base):
        return ours
    b, t, o = _parts(base), _parts(theirs), _parts(ours)
    alike = _shape(theirs) is _shape(ours) and (base is ABSENT or (b is not None and _shape(base) is _shape(theirs)))
    if t is not None and o is not None and alike:
        whole = b or {}
        order = _order(list(whole), list(t), list(o)) if _shape(theirs) is list else list(dict.fromkeys([*t, *o]))
        if order is not None:
            found = {
                key: _merged(whole.get(key, ABSENT), t.get(key, ABSENT), o.get(key, ABSENT), (*path, key), clashes, choices)
                for key in order
            }
            kept = {key: value for key, value in found.items() if value is not ABSENT}
            return kept if _shape(theirs) is dict else list(kept.values())
    choice = choices.get(".".join(path))
    if choice not in ("theirs", "ours"):
        clashes.append(Clash(path, base, theirs, ours))
    return ours if choice == "ours" else theirs


def _order(base: list[str], theirs: list[str], ours: list[str]) -> list[str] | None:
    """Return the order of all parts: of the side that moved any; None when both did, each otherwise.

    What only the other side has stands after what it follows there.
    """
    lead, other = theirs, ours
    if _moved(theirs, ours):
        if not _moved(base, theirs):
            lead, other = ours, theirs
        elif _moved(base, ours):
            return None
    order = list(lead)
    for place, key in enumerate(other):
        if key not in order:
            order.insert(order.index(other[place - 1]) + 1 if place else 0, key)
    return order


def _moved(before: list[str], after: list[str]) -> bool:
    """Say whether parts that both have come in another order."""
    return [key for key in before if key in after] != [key for key in after if key in before]


def _same(one: Any, other: Any) -> bool:
    """Say whether both are the same JSON: 1, 1.0 and true are three things."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or (type(one) is type(other) and bool(one == other))
