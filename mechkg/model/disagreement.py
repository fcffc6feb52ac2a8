"""A disagreement: values of one property of one thing, claimed by several assertions, that cannot all be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["open", "explained", "superseded", "resolved"]
"""open: nobody has said anything, or what was said was about other sides. explained: method, sample or definition differ.
superseded: one side gave way. resolved: decided for one side."""


@dataclass(frozen=True, slots=True)
class TypedValue:
    """One value that one assertion gives: ``value`` as printed, ``by`` the work it is from, and what it was measured under."""

    assertion: str
    item: str
    document: str
    by: tuple[str, ...]
    value: str
    method: str | None = None
    locator: str | None = None
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One reading of the property, and every assertion that gives it."""

    value: str
    values: tuple[TypedValue, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Positions of bands taken for one: neighbours at most ``tolerance`` apart. ``names`` are the clusters so joined."""

    positions: tuple[str, ...]
    tolerance: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sides that contradict each other about ``property_id`` of ``subject``.

    ``id`` stays the same while the subject, the property and the conditions do. ``band`` says which positions were taken for one,
    where that was a decision. ``looser`` are pairs of sides of which one only says less exactly what the other says: they do not
    contradict each other. ``same_method`` tells whether two sides share a method.
    """

    id: str
    subject: str
    title: str
    property_id: str
    sides: tuple[Side, ...]
    band: Band | None = None
    looser: tuple[tuple[str, str], ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    state: State = "open"
    decision: str | None = None
    reason: str | None = None
    decided_by: str | None = None
    holds: str | None = None

    @property
    def assertions(self) -> tuple[str, ...]:
        """Every assertion on any side, in order."""
        return tuple(sorted({value.assertion for side in self.sides for value in side.values}))

    @property
    def same_method(self) -> bool:
        """Whether two sides rest on the same method, so that the method does not explain the difference."""
        seen: dict[str, str] = {}
        for side in self.sides:
            for value in side.values:
                if value.method is not None and seen.setdefault(value.method, side.value) != side.value:
                    return True
        return False
