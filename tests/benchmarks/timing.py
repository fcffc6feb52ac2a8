"""Timing for benchmarks: rounds in turns, so that what slows the machine slows every peer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Row = dict[str, object]
"""What one benchmark says, as JSON content."""


def seconds(timed: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    timed()
    return time.perf_counter() - start


def in_turns(timed: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Time calls one after the other, again and again; return the rounds of each."""
    found: list[list[float]] = [[] for _ in timed]
    for _ in range(rounds):
        for call, times in zip(timed, found, strict=True):
            times.append(seconds(call))
    return found


def summary(rounds: Sequence[float]) -> dict[str, float]:
    """Return shortest, median and longest round."""
    return {
        "min": round(min(rounds), 6),
        "median": round(statistics.median(rounds), 6),
        "max": round(max(rounds), 6),
    }


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Return median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    return {"p50_ms": round(statistics.median(ordered) * 1e3, 3), "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1e3, 3)}


def goal(says: str, *, met: bool) -> Row:
    """Say what was aimed at, and whether it was reached."""
    return {"goal": says, "met": bool(met)}
