"""How import, questions, memory and disk grow with the number of claims: 50,000, 250,000 and 500,000 nanopublications.

There are as many papers and species more as there are claims more: about a hundred claims to a paper, a dozen to a species. Each
phase of each size is measured in a process of its own (``scaling_process.py``), so that its peak memory can be read. After the
sizes a row for each thing that was measured says how it grows: 1.0 is in proportion to the number of claims, 0 not at all.
``MECHKG_SCALING`` gives other sizes: ``5000 10000``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from pathlib import Path

from tests.benchmarks.bench_curation import server
from tests.benchmarks.questions import ACCEPTED_MS, QUICK_MS
from tests.benchmarks.timing import Row, goal

SIZES = (50_000, 250_000, 500_000)
PHASES = ("fill", "ask", "serve", "keep")

MOST_GROWTH = 1.15
"""Import, build and all that is made ready take at most the number of claims to this power."""

GROWING = (
    "import into the ledger", "build the graph", "read the catalogue", "make the columns", "make the index of texts",
    "find the disagreements", "server ready, from opening the home on", "mechkg verify", "backup, checked",
)  # fmt: skip
QUICK = ("get by id", "filtered page", "two hops")
ACCEPTED = "read what was just accepted: graph, catalogue, columns, texts, an order, conflicts"

MEASURES = ("seconds", "processor_seconds", "p50_ms", "mebibytes")


def sizes() -> tuple[int, ...]:
    """Return the numbers of claims to measure with, ascending."""
    given = os.environ.get("MECHKG_SCALING")
    return tuple(sorted(int(word) for word in given.replace(",", " ").split())) if given else SIZES


def bench_sizes(scratch: Path) -> Iterator[Row]:
    """Fill, ask, serve and keep a home of each size: the embedded graph, the ledger in SQLite."""
    found: list[Row] = []
    for count in sizes():
        for phase in PHASES:
            for row in _measured(phase, scratch / f"home-{count}", count):
                found.append(row)
                yield row
    yield from growth(found)


def bench_import_on_server(scratch: Path) -> Iterator[Row]:
    """Import each size into a ledger in PostgreSQL on this machine, set up as servers are by default."""
    found: list[Row] = []
    for count in sizes():
        with server() as url:
            for row in _measured("record", url, count):
                found.append(row)
                yield row
    yield from growth(found)


def _measured(phase: str, home: Path | str, count: int) -> Iterator[Row]:
    command = [sys.executable, str(Path(__file__).with_name("scaling_process.py")), phase, str(home), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield json.loads(line)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")


def growth(rows: Sequence[Row]) -> Iterator[Row]:
    """Say of each thing that was measured with several sizes how it grows: the slope between sizes, both as logarithms."""
    measured: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        for measure in MEASURES:
            if measure in row:
                measured[str(row["what"]), measure].append((int(str(row["claims"])), float(str(row[measure]))))
    for (what, measure), points in measured.items():
        if len(points) < 2:
            continue
        slopes = {f"{one}-{other}": _slope(a, b, other / one) for (one, a), (other, b) in pairwise(points)}
        (least, first), (most, last) = points[0], points[-1]
        whole = _slope(first, last, most / least)
        row: Row = {"what": f"growth: {what}", "of": measure, "exponent": whole, "between": slopes}
        row["values"] = {str(count): value for count, value in points}
        if what in GROWING and measure == "seconds":
            row |= goal(f"at most the number of claims to the power of {MOST_GROWTH:g}", met=whole <= MOST_GROWTH)
        elif what in QUICK:
            row |= goal(f"p50 below {QUICK_MS} ms at all sizes", met=all(value < QUICK_MS for _, value in points))
        elif what == ACCEPTED:
            row |= goal(f"p50 below {ACCEPTED_MS} ms at all sizes", met=all(value < ACCEPTED_MS for _, value in points))
        yield row


def _slope(one: float, other: float, times: float) -> float:
    """Return by which power of the size something grew; what is too short to be measured did not."""
    return round(log(max(other, 1e-6) / max(one, 1e-6)) / log(times), 2)
