"""A release: a state of what counts, named for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Release:
    """A named state of what counts; ``position`` is the ledger position whose answers it stands for."""

    name: str
    position: int
    digest: str
    by: str
    at: datetime
    note: str | None = None
