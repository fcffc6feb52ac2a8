"""Run the benchmarks of this folder and print one JSON object per line: what, seconds, on what.

A benchmark is a function ``bench_*`` in a file ``bench_*.py``. It is given an empty folder, prepares what it needs outside of
the clock, and returns what is to be timed. ``python run.py import`` runs those whose name contains "import".
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
AT_LEAST_ROUNDS = 3
AT_LEAST_SECONDS = 2.0

Benchmark = Callable[[Path], Callable[[], object]]


def benchmarks() -> Iterator[tuple[str, Benchmark]]:
    for file in sorted(HERE.glob("bench_*.py")):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            if name.startswith("bench_") and callable(function):
                yield f"{file.stem.removeprefix('bench_')}.{name.removeprefix('bench_')}", function


def measure(timed: Callable[[], object]) -> list[float]:
    rounds: list[float] = []
    while len(rounds) < AT_LEAST_ROUNDS or sum(rounds) < AT_LEAST_SECONDS:
        start = time.perf_counter()
        timed()
        rounds.append(time.perf_counter() - start)
    return rounds


def main(wanted: str) -> None:
    for name, benchmark in benchmarks():
        if wanted not in name:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            rounds = measure(benchmark(Path(scratch)))
        row = {
            "benchmark": name,
            "seconds": {
                "min": round(min(rounds), 6),
                "median": round(statistics.median(rounds), 6),
                "max": round(max(rounds), 6),
            },
            "rounds": len(rounds),
            "mechkg": version("mechkg"),
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
