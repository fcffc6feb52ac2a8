"""Graphs in memory that follow the ledger, asked in place of the one on a server while that moves on from version to version.

What counts is asked of one version at a time, and a server has only its latest. Under many acts it would be past nearly every
question before all of it is answered. To follow an act takes milliseconds, to derive a graph from nothing takes seconds; so a few
graphs are kept that take turns, each at a version of its own, until nobody has asked them for a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import LedgerAt
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.graph_store import GraphView
from mechkg.graph.store import Store

T = TypeVar("T")

MOST: Final = 3
"""So many graphs take turns. About a version that all of them have left, one is asked that is derived for it alone."""

IDLE: Final = 60.0
"""Seconds after which a graph that nobody asked is let go."""


@dataclass(slots=True, eq=False)
class _Graph:
    """A graph, the version that it is of or is being brought to, and how many ask it."""

    version: int
    store: Store = field(default_factory=lambda: Store.open(None))
    ready: bool = False
    asked_by: int = 0
    used: float = 0.0


class Mirror:
    """Answers about versions of a ledger; threads may share it. ``past`` gives a graph of a version that is long gone."""

    def __init__(self, ledger: Ledger, past: Callable[[int], GraphView]) -> None:
        self._ledger = ledger
        self._past = past
        self._changed = threading.Condition()
        self._graphs: list[_Graph] = []

    @property
    def in_use(self) -> bool:
        """Whether there are graphs in memory."""
        return bool(self._graphs)

    def of(self, version: int) -> OfVersion:
        """Return what answers about a version."""
        return OfVersion(self, version)

    def ask(self, version: int, question: Callable[[GraphView], T]) -> T:
        """Answer a question about a version."""
        graph = self._take(version)
        if graph is None:
            return question(self._past(version))
        try:
            return question(graph.store)
        finally:
            with self._changed:
                graph.asked_by -= 1
                graph.used = time.monotonic()
                self._changed.notify_all()

    def _take(self, version: int) -> _Graph | None:
        """Return a graph of a version, which stays so as long as it is asked; None when all have left that version behind."""
        with self._changed:
            while True:
                graph = next((each for each in self._graphs if each.version == version), None)
                if graph is not None and graph.ready:
                    graph.asked_by += 1
                    return graph
                if graph is None:
                    behind = [each for each in self._graphs if each.version < version]
                    free = [each for each in behind if each.ready and not each.asked_by]
                    if free or len(self._graphs) < MOST:
                        graph = min(free, key=lambda each: each.version) if free else _Graph(version)
                        break
                    if not behind:
                        return None
                self._changed.wait()  # until it is ready, or another one is free
            if not free:
                self._graphs.append(graph)
            graph.version, graph.ready, graph.asked_by = version, False, 1
        try:
            bring_up_to_date(graph.store, LedgerAt(self._ledger, version))
        except BaseException:
            with self._changed:
                self._graphs.remove(graph)
                self._changed.notify_all()
            raise
        with self._changed:
            graph.ready = True
            self._changed.notify_all()
        return graph

    def let_go(self, idle: float = IDLE) -> None:
        """Let go of the graphs that nobody has asked for so many seconds."""
        with self._changed:
            now = time.monotonic()
            gone = [each for each in self._graphs if each.ready and not each.asked_by and now - each.used >= idle]
            self._graphs = [each for each in self._graphs if each not in gone]
        for each in gone:
            each.store.close()


@dataclass(frozen=True, slots=True)
class OfVersion:
    """What answers about one version."""

    mirror: Mirror
    version: int

    def ask(self, question: Callable[[GraphView], T]) -> T:
        """Answer a question."""
        return self.mirror.ask(self.version, question)
