"""Count what the graph holds."""

from __future__ import annotations

from collections import Counter

from mechkg.model.procedure import Procedure
from mechkg.service.reading import View


def count(workspace: View) -> dict[str, int]:
    """Return how many items of each kind are accepted, how many stages the procedures have, and how many quotes there are."""
    found: Counter[str] = Counter()
    for entry in workspace.catalog.entries.values():
        found[entry.kind] += 1
        found["assertion"] += 1
        found["quote"] += len(getattr(entry.value, "quote", ()))
        if isinstance(entry.value, Procedure):
            found["stage"] += len(entry.value.stages)
    return dict(found)
