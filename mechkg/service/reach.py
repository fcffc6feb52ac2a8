"""Which hypothesis spaces rest on an item, however indirectly."""

from __future__ import annotations

from collections.abc import Iterable

from mechkg.literature.fields import values_at
from mechkg.literature.references import REFERENCES
from mechkg.service.catalog import Catalog

_CARRIERS = frozenset({"space", "procedure", "step", "assumption", "claim", "observation"})
"""Kinds of items through which something bears on a verdict."""

_STAGES = ("at.*", "than.*")
"""Where an observation names stages."""


def spaces_reached(catalog: Catalog, items: Iterable[str]) -> set[str]:
    """Return the spaces whose facts can hang on one of the ``items``, rather too many than too few.

    An observation bears on the spaces that consider one of its procedures; all else on those that come to name it, however
    indirectly, themselves or through what was observed in their procedures.
    """
    assert all(pattern in REFERENCES["observation"] for pattern in _STAGES)
    back = [item for item in items if item in catalog.entries]
    above = set(back)
    while back:
        name = back.pop()
        entry = catalog.entries[name]
        up = [other.id for other in catalog.referring.get(name, ())]
        if entry.kind == "observation":
            up = [other for other in up if catalog.entries[other].kind in ("assumption", "space")]
            up += [str(stage).partition("/")[0] for pattern in _STAGES for _, stage in values_at(entry.value, pattern)]
        elif entry.kind in ("procedure", "step", "assumption", "claim"):
            up = [other for other in up if catalog.entries[other].kind in _CARRIERS]
        new = {other for other in up if other in catalog.entries} - above
        above |= new
        back += new
    return {name for name in above if catalog.entries[name].kind == "space"}
