"""Values of curation that tests of pages show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.disagreement import Disagreement, Side, TypedValue

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def change_set(name: str = "set-7", **more: Any) -> ChangeSet:
    """Return a change set with one edit."""
    edit = Edit(op="change", kind="remark", item="r-1", document="paper", assertion="RAnew", base="RAold")
    values: dict[str, Any] = {
        "id": name, "title": "A <title>", "status": "open", "revision": 2, "base": 5, "edits": (edit,), "authors": ("cleo",),
        "opened_at": AT, "changed_at": AT, "position": 9,
    }  # fmt: skip
    return ChangeSet(**{**values, **more})


def disagreement(name: str = "a-composition", state: Any = "open", **more: Any) -> Disagreement:
    """Return a disagreement of two sides, of which one item stands on both."""
    one = TypedValue("RA1", "c-1", "paper", ("paper",), "(CdSe)13", locator="Table 1")
    both = TypedValue("RA2", "c-2", "paper", ("paper",), "(CdSe)13")
    again = TypedValue("RA2", "c-2", "paper", ("paper",), "(CdSe)34")
    other = TypedValue("RA3", "c-3", "other", ("other",), "(CdSe)34")
    sides = (Side("(CdSe)13", (one, both)), Side("(CdSe)34", (again, other)))
    return Disagreement(name, "a", "composition of a", "composition", sides, state=state, **more)
