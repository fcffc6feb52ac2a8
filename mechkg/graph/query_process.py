"""The process that answers queries of strangers: ``python -m mechkg.graph.query_process``.

The engine cannot be told to give up a query, and one line of SPARQL can ask for more than any machine has. So such queries are
answered here, from a copy of the graph, where a process can be ended without harm: by whoever started it, by its own alarm clock
when that one is gone, and by the system when it asks for more memory than it was given.

Spoken on standard input and output: a line of JSON for each query (:class:`Asked`), and for each a line of JSON (:class:`Told`)
with as many bytes after it as it says.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from mechkg.errors import GraphError
from mechkg.graph.results import TableForm, table, truth
from mechkg.graph.store import Graphs, Solutions, Store, Syntax, Triples, Value, write

Kind = Literal["bindings", "boolean", "graph"]
"""What a query is answered with: SELECT, ASK, and CONSTRUCT or DESCRIBE."""

Cut = Literal["rows", "size"]
"""The limit at which a result was cut."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, the folder of the copy it is asked of, how each kind of result is to be written, and its limits.

    A form that is None is one that who asks cannot read. ``more`` are addresses that a result which was cut links to.
    """

    copy: str
    query: str
    among: Graphs | None
    base: str
    prefixes: Mapping[str, str]
    table: TableForm | None
    truth: TableForm | None
    graph: Syntax | None
    rows: int
    size: int
    seconds: float
    more: tuple[str, ...] = ()

    def line(self) -> bytes:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Asked:
        """Read what :meth:`line` wrote."""
        given = json.loads(line)
        among = given["among"]
        if among is not None:
            given["among"] = Graphs(tuple(among["default"]), tuple(among["named"]))
        return cls(**given | {"more": tuple(given["more"])})


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a query: its kind, the form it is written in, rows (or triples) and where it was cut; or what is wrong.

    ``form`` None with a ``kind``: there is no form of this kind that who asks can read.
    """

    kind: Kind | None = None
    form: str | None = None
    rows: int = 0
    cut: Cut | None = None
    length: int = 0
    seconds: float = 0.0
    error: str | None = None

    def line(self) -> bytes:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Told:
        """Read what :meth:`line` wrote."""
        return cls(**json.loads(line))


def answered(store: Store, asked: Asked) -> tuple[Told, bytes]:
    """Answer a query from a store."""
    try:
        found = store.answer(asked.query, asked.among, base=asked.base, prefixes=asked.prefixes)
        if isinstance(found, bool):
            if asked.truth is None:
                return Told("boolean"), b""
            return Told("boolean", asked.truth, 1), truth(asked.truth, found)
        if isinstance(found, Solutions):
            if asked.table is None:
                return Told("bindings"), b""
            rows, cut = _taken(found.rows, asked)
            content = table(asked.table, found.variables, rows, asked.more if cut else ())
            return Told("bindings", asked.table, len(rows), cut), content
        assert isinstance(found, Triples)
        if asked.graph is None:
            return Told("graph"), b""
        triples, cut = _taken(dict.fromkeys(found.found), asked)
        return Told("graph", asked.graph, len(triples), cut), write(
            ((*triple, "") for triple in triples), asked.graph, asked.prefixes if asked.graph in ("turtle", "rdf-xml") else None
        )
    except GraphError as error:
        return Told(error=str(error)), b""


def _taken(rows: Iterable[Any], asked: Asked) -> tuple[list[Any], Cut | None]:
    """Return the rows within the limits, and the limit at which others were left out."""
    taken: list[Any] = []
    size = 0
    for row in islice(rows, asked.rows + 1):
        if len(taken) == asked.rows:
            return taken, "rows"
        size += sum(map(_size, row))
        if size > asked.size:
            return taken, "size"
        taken.append(row)
    return taken, None


def _size(value: Value) -> int:
    if isinstance(value, tuple):
        return sum(map(_size, value))
    return 2 if value is None else len(value)


def serve(given: IO[bytes], out: IO[bytes]) -> None:
    """Answer queries until nobody asks any more."""
    copy, store = None, None
    for line in given:
        asked = Asked.read(line)
        _wake_after(asked.seconds)
        started = time.perf_counter()
        try:
            if store is None or copy != asked.copy:
                store = None  # lets go of the old copy before the new one takes memory
                store, copy = Store.open_copy(Path(asked.copy)), asked.copy
            told, content = answered(store, asked)
        except GraphError as error:
            told, content = Told(error=str(error)), b""
        _wake_after(0)
        known = {**asdict(told), "length": len(content), "seconds": round(time.perf_counter() - started, 6)}
        out.write(Told(**known).line())
        out.write(content)
        out.flush()


def _wake_after(seconds: float) -> None:
    """Let the system end this process after so many seconds, whatever it does then; 0 calls it off."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _prepare(megabytes: int) -> None:
    """Give way to the service that waits for us, and take no more memory than we were given."""
    if sys.platform != "win32":
        import resource

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the service, which ends us
        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if megabytes:
            resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))


if __name__ == "__main__":
    _prepare(int(sys.argv[1]))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except MemoryError:  # as the engine does, which cannot raise anything then
        os.abort()
