"""What a graph store has to be able to do, wherever the graph lives: in a folder, in memory, on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from mechkg.graph.store import Answer, Graphs, Store, Table
from mechkg.graph.terms import Quad, Term, Triple

T = TypeVar("T")


class GraphView(Protocol):
    """A graph to be read; see :class:`mechkg.graph.store.Store`, which says of each method what it answers."""

    def __len__(self) -> int:
        """Return the number of quads."""
        ...

    def has_graph(self, graph: str) -> bool:
        """Say whether there is a graph of this name."""
        ...

    def graph(self, graph: str) -> list[Triple]:
        """Return the triples of one graph."""
        ...

    def quads_with(self, subject: Term | None = None, predicate: Term | None = None, object_: Term | None = None) -> list[Quad]:
        """Return the quads with these terms, wherever they are said."""
        ...

    def triples_of(self, subject: Term, graph: str) -> list[Triple]:
        """Return what one graph says of a subject."""
        ...

    def n_quads(self) -> str:
        """Return everything as N-Quads, in no particular order."""
        ...

    def quads(self) -> Iterator[Quad]:
        """Yield everything, in no particular order."""
        ...

    def select(self, query: str, values: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT (or ASK) asked of all graphs together."""
        ...

    def construct(self, query: str, values: Mapping[str, Term] | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE."""
        ...

    def says(self, query: str, values: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK."""
        ...

    def answer(self, query: str, among: Graphs | None = None, *, base: str, prefixes: Mapping[str, str]) -> Answer:
        """Answer any query as it is written."""
        ...

    def rows(self, query: str, bindings: Mapping[str, str]) -> list[list[Any]]:
        """Answer a SELECT with rows of plain values; ``bindings`` gives items, by local name, to variables."""
        ...

    def together(self, ask: Callable[[GraphView], T]) -> T:
        """Answer several questions by one that ``ask`` is given; where the graph can move on, they are answered of one moment.

        ``ask`` may be called again, and keeps nothing of a call before.
        """
        ...

    def copy(self) -> Store:
        """Return a store in memory that says what this one says now."""
        ...

    def copy_to(self, folder: Path) -> None:
        """Put a copy of what is said now into ``folder``, for :meth:`Store.open_copy`."""
        ...


class GraphStore(GraphView, Protocol):
    """A graph that can be written, too."""

    @property
    def where(self) -> Path | None:
        """The folder that the graph is in; None when it is elsewhere."""
        ...

    def change(self, add: Iterable[Quad] = (), remove_graphs: Iterable[str] = (), remove: Iterable[Quad] = ()) -> None:
        """Remove whole graphs (given by IRI) and quads, then add quads."""
        ...

    def load(self, quads: Iterable[Quad]) -> None:
        """Add many quads. A process that dies may leave a part of them."""
        ...

    def clear(self) -> None:
        """Remove everything."""
        ...

    def flush(self) -> None:
        """Put everything on disk now."""
        ...

    def close(self) -> None:
        """Let go of it. Closing twice does no harm."""
        ...
