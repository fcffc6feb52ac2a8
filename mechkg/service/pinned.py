"""A view that stays as it is while a page is made: what counts is read once, and all of the page is of one version."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from mechkg.curation.ledger_at import Record
from mechkg.graph.graph_store import GraphView
from mechkg.graph.store import Store
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.problem import Problem
from mechkg.service.catalog import Catalog
from mechkg.service.reading import Reading
from mechkg.service.recorded import Recorded


class Pinned:
    """What counted when it was made, of now or of a moment of the past; what is done meanwhile is in the ledger all the same."""

    def __init__(self, view: Recorded) -> None:
        self._view = view
        self.reading: Reading = view.reading
        self.ledger: Record = view.ledger
        self.version: int = self.reading.version
        self.store: GraphView = self.reading.store
        self.catalog: Catalog = self.reading.catalog

    @property
    def labels(self) -> Labels:
        """What things are called."""
        return self.reading.labels

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem."""
        return self._view.lock

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        return self.reading.problem(space)

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stands in the ledger."""
        return self.reading.assumption(name)

    def shadow(self) -> AbstractContextManager[tuple[Reading, Store]]:
        """Yield what counts, and a graph in memory that says the same and may be changed meanwhile."""
        return self._view.shadow()
