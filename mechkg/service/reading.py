"""A reading: what counts at one position of the ledger, read from one graph and kept."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from mechkg.graph.build import read_state
from mechkg.graph.graph_store import GraphView
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.reasoning.facts import Facts, read_facts
from mechkg.reasoning.labels import Labels, read_labels
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.touched import Shared
from mechkg.service.catalog import Catalog
from mechkg.service.kept import KeptSpaces

if TYPE_CHECKING:
    from mechkg.service.read_models.models import ReadModels


class View(Protocol):
    """What can be asked: what counts now (an open workspace), or what counted at a position of the past (a reading)."""

    @property
    def version(self) -> int:
        """Ledger position that all answers are derived from."""
        ...

    @property
    def store(self) -> GraphView:
        """The graph."""
        ...

    @property
    def catalog(self) -> Catalog:
        """The items that count."""
        ...

    @property
    def labels(self) -> Labels:
        """What things are called."""
        ...

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever uses a problem, which serves one question at a time."""
        ...

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        ...

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stands in the ledger."""
        ...


class Reading:
    """The items that count, what they are called, and their hypothesis spaces, each grounded once.

    ``version`` is the ledger position; ``store`` a graph derived from it, which must not change while the reading is used;
    ``kept`` what was worked out of the spaces before; ``before`` an earlier reading: what it worked out of a space whose facts
    are the same now is not worked out again. Threads may share it.
    """

    def __init__(
        self,
        version: int,
        store: GraphView,
        catalog: Catalog,
        kept: KeptSpaces | None = None,
        before: Reading | None = None,
    ) -> None:
        self.version = version
        self.store = store
        self.catalog = catalog
        self.rows = Shared(store)
        """Answers of the graph to the queries that read facts."""
        self.lock = threading.RLock()
        """Held by whoever uses a problem, which serves one question at a time."""
        self._kept = kept
        self._lock = threading.RLock()
        self._problems: dict[str, Problem] = {}
        self._earlier: Mapping[str, Problem] = {} if before is None else before.problems()

    @property
    def models(self) -> ReadModels:
        """The items in the forms in which many questions ask for them, made when they are first asked for."""
        return self.catalog.models

    @cached_property
    def labels(self) -> Labels:
        """What things are called."""
        return self.store.together(read_labels)

    def problem(self, space: str) -> Problem:
        """Return a hypothesis space, grounded once; raise NotFoundError with the nearest name for an unknown one."""
        with self._lock:
            found = self._problems.get(space)
            if found is None:
                value = self.catalog.space(space)
                kept = self._kept and self._kept.space(value.id, self.version)
                found = self._problems[space] = kept.problem if kept else self._read(value)
            return found

    def problems(self) -> Mapping[str, Problem]:
        """Return the spaces that were read here, or before, each as it was then."""
        with self._lock:
            return {**self._earlier, **self._problems}

    def assumption(self, name: str) -> Mapping[str, Any]:
        """Return an assumption as it stands in the ledger; raise NotFoundError with the nearest name for an unknown one."""
        return self.catalog.find(name, "assumption").record.body

    def _read(self, value: HypothesisSpace) -> Problem:
        """Read a space from the graph, and keep what was read."""
        body = _without(self.catalog.find(value.id, "space").record.body, self.catalog.entries)
        if len(body.get("assumptions", ())) < len(value.assumptions):
            value = HypothesisSpace.model_validate(body)
        facts, state = self._facts(value.id)
        backing = {a: self.catalog.backing(a) for a in value.assumptions}
        found = Problem(value, facts, self.labels.within(value.id), self.version, backing=backing)
        earlier = self._earlier.get(value.id)
        if earlier is not None:
            found = found.with_work_of(earlier)
        # a graph that moved on meanwhile may have answered for a later state
        if self._kept is None or state != self._kept.ledger:
            return found
        assumptions = {a: self.assumption(a) for a in value.assumptions}
        return self._kept.keep(found, body, assumptions, self.labels)

    def _facts(self, space: str) -> tuple[Facts, str]:
        """Read the facts of a space, and of which state of the ledger the graph was afterwards."""

        def ask(view: GraphView) -> tuple[Facts, Shared, str]:
            rows = self.rows.asking(view)
            return read_facts(rows, space), rows, read_state(view).ledger

        facts, rows, state = self.store.together(ask)
        self.rows.take(rows)
        return facts, state


def _without(space: Mapping[str, Any], counting: Collection[str]) -> Mapping[str, Any]:
    """Return a space as it stands in the ledger, without assumptions that were retracted: nothing can lean on them any more."""
    gone = [name for name in space.get("assumptions", ()) if name not in counting]
    if not gone:
        return space
    return {
        **space,
        "assumptions": [name for name in space["assumptions"] if name not in gone],
        "constraints": [each for each in space.get("constraints", ()) if each.get("assumption") not in gone],
    }
