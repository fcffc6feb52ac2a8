"""Facets: which values a field has among some items, and how many items have each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechkg.errors import NotFoundError
from mechkg.model.filter import NAME_FIELDS, NameField
from mechkg.service.read_models.columns import NO_YEAR, Bools, Columns
from mechkg.service.read_models.filtering import several
from mechkg.service.read_models.names import NONE

FACET_FIELDS: tuple[str, ...] = (*(field for field in NAME_FIELDS if field != "id"), "year")


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a field with the number of items that have each, the most frequent first, then by name.

    ``cut`` is how many further values were left out, ``without`` how many items have none.
    """

    field: str
    values: tuple[tuple[str, int], ...]
    cut: int
    without: int


def facet(columns: Columns, rows: Bools, field: NameField | str, most: int | None = None) -> Facet:
    """Count the values of a field among some rows; the ``most`` frequent, or all. Raise NotFoundError for an unknown field."""
    if field not in FACET_FIELDS:
        raise NotFoundError.of("field to count by", field, FACET_FIELDS)
    if field == "year":
        years = columns.year[rows]
        numbers, counts = np.unique(years[years != NO_YEAR], return_counts=True)
        found = [(str(year), int(count)) for year, count in zip(numbers, counts, strict=True)]
        without = int((years == NO_YEAR).sum())
    elif (column := columns.single.get(field)) is not None:
        found, without = _counted(columns, column[rows]), int((column[rows] == NONE).sum())
    else:
        those = several(columns, field)  # type: ignore[arg-type]
        chosen = rows[those.rows]
        found = _counted(columns, those.names[chosen])
        without = int(rows.sum()) - len(np.unique(those.rows[chosen]))
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    shown = found if most is None else found[: max(0, most)]
    return Facet(field, tuple(shown), len(found) - len(shown), without)


def _counted(columns: Columns, codes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> list[tuple[str, int]]:
    counts = np.bincount(codes[codes != NONE])
    return [(columns.names[code], int(counts[code])) for code in np.flatnonzero(counts).tolist()]
