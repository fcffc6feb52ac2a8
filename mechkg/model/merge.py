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

    ``choices``: place of a clash -> the side to take. An unsettled clash keeps what stands in ``theirs``.
    """
    clashes: list[Clash] = []
    body = _merged(dict(base), dict(theirs), dict(ours), (), clashes, choices or {})
    return Merge(body, tuple(clashes), differences(base, theirs), differences(base, ours))


def _differences(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if before is not ABSENT and after is not ABSENT and before == after and type(before) is type(after):
        return
    old, new = _parts(before), _parts(after)
    if old is None or new is None or _shape(before) != _shape(after):
        yield Difference(path, before, after)
        return
    inner = [
        d for key in dict.fromkeys([*old, *new]) for d in _differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    ]
    if inner:
        yield from inner
    else:
        yield Difference(path, before, after)  # the same parts in another order


def _parts(value: Any) -> dict[str, Any] | None:
    """Return the parts of a mapping, or of a list whose members have ids of their own; None for what has no named parts."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
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
    if t is not None and o is not None and _shape(theirs) == _shape(ours) and (b is not None or base is ABSENT):
        whole = b or {}
        order = dict.fromkeys([*t, *o])
        found = {
            key: _merged(whole.get(key, ABSENT), t.get(key, ABSENT), o.get(key, ABSENT), (*path, key), clashes, choices)
            for key in order
        }
        kept = {key: value for key, value in found.items() if value is not ABSENT}
        return kept if _shape(theirs) is dict else list(kept.values())
    choice = choices.get(".".join(path))
    if choice is None:
        clashes.append(Clash(path, base, theirs, ours))
    return ours if choice == "ours" else theirs


def _same(one: Any, other: Any) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return bool(one == other) and type(one) is type(other)
