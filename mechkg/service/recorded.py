"""What can be asked together with the record that it was derived from: of now, or as it was at a moment of the past."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from mechkg.curation.ledger_at import Record
from mechkg.graph.store import Store
from mechkg.service.reading import Reading, View


class Recorded(View, Protocol):
    """What counts, and all that was done: an open workspace, or a moment of its past, where nothing later is there yet."""

    @property
    def ledger(self) -> Record:
        """What was done until then."""
        ...

    @property
    def reading(self) -> Reading:
        """What counted then, read from a graph."""
        ...

    def shadow(self) -> AbstractContextManager[tuple[Reading, Store]]:
        """Yield what counts, and a graph in memory that says the same and may be changed meanwhile."""
        ...
