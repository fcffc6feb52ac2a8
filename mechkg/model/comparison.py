"""What differs between two moments: items that came, went or read otherwise, and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mechkg.model.asserted import Asserted
from mechkg.model.verdict import VerdictName


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that reads otherwise, by its place in the item; ``before`` or ``after`` is None where it is not there."""

    field: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that reads otherwise, field by field."""

    before: Asserted
    after: Asserted
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A candidate on which the verdict differs; None where the candidate is not there."""

    space: str
    candidate: str
    before: VerdictName | None
    after: VerdictName | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two ledger positions."""

    before: int
    after: int
    added: tuple[Asserted, ...]
    removed: tuple[Asserted, ...]
    changed: tuple[ItemChange, ...]
    verdicts: tuple[VerdictChange, ...]
