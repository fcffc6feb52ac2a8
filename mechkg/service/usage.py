"""Which fields the items that count make use of: those that a form shows at once, and those that it folds away."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from mechkg.model.corpus import ItemKind
from mechkg.service.reading import Reading

OFTEN: Final = 0.15
"""A field that so many of the items have is shown at once."""

_KEPT: WeakKeyDictionary[Reading, dict[str, frozenset[str]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def often_used(reading: Reading, kind: ItemKind) -> frozenset[str]:
    """Return the fields that items of a kind often have, as patterns: ``stages.*.medium.*.of``; none where there are no items."""
    with _LOCK:
        kept = _KEPT.setdefault(reading, {})
        if kind not in kept:
            kept[kind] = _often(entry.record.body for entry in reading.catalog.by_kind.get(kind, ()))
        return kept[kind]


def _often(bodies: Any) -> frozenset[str]:
    there: Counter[str] = Counter()
    used: Counter[str] = Counter()

    def walk(value: Mapping[str, Any], before: str) -> None:
        there[before] += 1
        for key, inside in value.items():
            used[f"{before}{key}"] += 1
            for member in inside if isinstance(inside, list) else (inside,):
                if isinstance(member, Mapping):
                    walk(member, f"{before}{key}.*." if isinstance(inside, list) else f"{before}{key}.")

    for body in bodies:
        walk(body, "")
    # entries of mappings are counted too, under their keys; no field is called so
    return frozenset(path for path, n in used.items() if n >= OFTEN * there[_parent(path)])


def _parent(path: str) -> str:
    above = path.rpartition(".")[0]
    return f"{above}." if above else ""
