"""The kill matrix: for each candidate and observation whether it conflicts, is explained, is permitted or is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mechkg.model.verdict import CandidateVerdict, Role
from mechkg.service.workbench import Seen, Table
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.space_links import SpaceLinks
from mechkg.web.workbench_page import natural

SIGNS: Final[dict[Role, tuple[str, str, str]]] = {
    "conflict": ("✕", "conflicts", "could not be so"),
    "explained": ("✓", "explained", "had to be so"),
    "permitted": ("○", "permitted", "may be so, and need not"),
    "silent": ("·", "silent", "no rule connects the two"),
}
"""Part of an observation -> its sign, its word, what it means. The most telling comes first."""

SORTS: Final = {"telling": "most telling first", "name": "by name", "figure": "by place in the paper"}
GROUPS: Final = {
    "none": "not grouped",
    "figure": "by figure",
    "part": "by the part they play",
    "same": "alike for every candidate",
}
SHOWN: Final = {"differ": "where candidates differ", "all": "all observations"}

_BY_PART: Final[dict[Role, str]] = {
    "conflict": "In the way of some candidate",
    "explained": "Explained by some, in the way of none",
    "permitted": "Permitted, explained by none",
    "silent": "Silent for every candidate",
}
_RANK: Final = {role: place for place, role in enumerate(SIGNS)}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An observation and the part it plays for each candidate."""

    seen: Seen
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """What the page shows; ``sort`` is a key of SORTS or a candidate, ``group`` one of GROUPS, ``show`` one of SHOWN."""

    table: Table
    links: SpaceLinks
    sort: str = "telling"
    group: str = "none"
    show: str = "differ"

    @property
    def candidates(self) -> tuple[CandidateVerdict, ...]:
        """The columns."""
        return self.table.check.candidates

    @property
    def signs(self) -> dict[Role, tuple[str, str, str]]:
        """What stands in the cells."""
        return SIGNS

    @property
    def cells(self) -> list[str]:
        """Where the links of the cells of each column begin: what stands in between is the name of the observation."""
        return [f"candidates/{quote(one.id, safe='')}?observation=" for one in self.candidates]

    @property
    def premises(self) -> str:
        """What the links of all cells end with: the premises."""
        return self.links.premises

    @property
    def choices(self) -> tuple[tuple[str, str, list[tuple[str, str]], str], ...]:
        """Fields of the form: name, label, options, the one that is chosen."""
        sorts = [*SORTS.items(), *((one.id, f"by the part for {one.id}") for one in self.candidates)]
        return (
            ("group", "Group", [*GROUPS.items()], self.group),
            ("sort", "Sort", sorts, self.sort),
            ("show", "Show", [*SHOWN.items()], self.show),
        )

    @property
    def rows(self) -> list[MatrixRow]:
        """The rows that are shown, in order."""
        found = [MatrixRow(self.table.observations[name], roles) for name, roles in self.table.roles().items()]
        if self.show == "differ" and len(self.candidates) > 1:
            found = [row for row in found if len(set(row.roles)) > 1]
        columns = {one.id: place for place, one in enumerate(self.candidates)}
        if self.sort in columns:
            found.sort(key=lambda row: _RANK[row.roles[columns[self.sort]]])
        elif self.sort == "name":
            found.sort(key=lambda row: natural(row.seen.id))
        elif self.sort == "figure":
            found.sort(key=lambda row: (natural(row.seen.figure), natural(row.seen.id)))
        return found

    @property
    def groups(self) -> list[tuple[str, list[MatrixRow]]]:
        """The rows in groups, each under a title; one group without a title where they are not grouped."""
        rows = self.rows
        if self.group not in GROUPS or self.group == "none":
            return [("", rows)]
        found: dict[object, list[MatrixRow]] = {}
        for row in rows:
            found.setdefault(self._group_of(row), []).append(row)
        if self.group == "figure":
            return [(str(title), some) for title, some in sorted(found.items(), key=lambda entry: natural(str(entry[0])))]
        if self.group == "part":
            return [(_BY_PART[role], found[role]) for role in SIGNS if role in found]
        ordered = sorted(found.values(), key=lambda some: -len(some))
        return [(f"{len(some)} alike" if len(some) > 1 else "One by itself", some) for some in ordered]

    def _group_of(self, row: MatrixRow) -> object:
        if self.group == "figure":
            return row.seen.figure
        return min(row.roles, key=_RANK.__getitem__) if self.group == "part" else row.roles


def matrix_page(page: MatrixPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("matrix_page.html", page, frame)
