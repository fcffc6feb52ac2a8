"""A home folder that need not be opened: what was kept of its hypothesis spaces answers what is asked of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mechkg.curation.glance import glance
from mechkg.curation.moment import AsOf
from mechkg.service.home import default_home
from mechkg.service.kept import KeptSpace, KeptSpaces

if TYPE_CHECKING:
    # loaded when the home is opened
    from mechkg.graph.graph_store import GraphView
    from mechkg.reasoning.labels import Labels
    from mechkg.reasoning.problem import Problem
    from mechkg.service.catalog import Catalog
    from mechkg.service.recorded import Recorded
    from mechkg.service.workspace import Workspace


class Unopened:
    """What counts in a home folder, or counted ``as_of`` then, as a view.

    Ledger and graph are opened when something is asked that was not kept.

    For one command, which sees one state of the ledger: that at which it began or, once opened, whatever counts from then on. Use
    it as a context manager. It answers, and raises, as :meth:`Workspace.view` does.
    """

    def __init__(self, home: Path | str | None = None, as_of: AsOf | None = None) -> None:
        self._home = Path(home) if home is not None else default_home()
        elsewhere = os.environ.get("MECHKG_LEDGER")  # of a server nothing can be told by a glance
        self._as_of = as_of
        self._settled = None if elsewhere else glance(self._home / "ledger.db", as_of)
        self._kept = KeptSpaces(self._home, self._settled.digest) if self._settled else None
        self._spaces: dict[str, KeptSpace] = {}
        self._lock = threading.RLock()
        self._opened = False

    @cached_property
    def workspace(self) -> Workspace:
        """The home, opened."""
        from mechkg.service.workspace import Workspace

        found = Workspace.open(self._home)
        self._opened = True
        return found

    @cached_property
    def _view(self) -> Recorded:
        return self.workspace.view(self._as_of)

    @property
    def version(self) -> int:
        """Ledger position that all answers are derived from."""
        return self._settled.position if self._settled and not self._opened else self._view.version

    @property
    def store(self) -> GraphView:
        """The graph."""
        return self._view.store

    @property
    def catalog(self) -> Catalog:
        """The items that count."""
        return self._view.catalog

    @property
    def labels(self) -> Labels:
        """What things are called."""
        return self._view.labels

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem, which serves one question at a time."""
        return self._lock

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        if not self._opened and self._kept and self._settled and space not in self._spaces:
            kept = self._kept.space(space, self._settled.position)
            if kept is not None:
                self._spaces[space] = kept
        return self._spaces[space].problem if space in self._spaces else self._view.problem(space)

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stands in the ledger; raise NotFoundError with the nearest name for an unknown one."""
        for kept in self._spaces.values():
            if name in kept.assumptions:
                return kept.assumptions[name]
        return self._view.assumption(name)

    def close(self) -> None:
        """Close what was opened."""
        if self._opened:
            self.workspace.close()

    def __enter__(self) -> Unopened:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
