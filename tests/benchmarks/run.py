"""Run the benchmarks of this folder and print one JSON object per line: what, seconds, on what.

A benchmark is a function ``bench_*`` in a file ``bench_*.py``, which is given an empty folder. It prepares what it needs
outside of the clock and returns what is to be timed; or it measures by itself, peers in turns, and yields rows, each with its
goal where there is one. ``python run.py import`` runs those whose name contains "import". The exit status is 1 when a goal
was missed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
# benchmarks share the random spaces of the tests
sys.path.insert(0, str(HERE.parents[1]))

from tests.benchmarks.timing import Row, seconds, summary  # noqa: E402

AT_LEAST_ROUNDS = 3
AT_LEAST_SECONDS = 2.0

Benchmark = Callable[[Path], Callable[[], object] | Iterator[Row]]


def benchmarks() -> Iterator[tuple[str, Benchmark]]:
    for file in sorted(HERE.glob("bench_*.py")):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            if name.startswith("bench_") and callable(function):
                yield f"{file.stem.removeprefix('bench_')}.{name.removeprefix('bench_')}", function


def measure(timed: Callable[[], object]) -> Row:
    rounds: list[float] = []
    while len(rounds) < AT_LEAST_ROUNDS or sum(rounds) < AT_LEAST_SECONDS:
        rounds.append(seconds(timed))
    return {"seconds": summary(rounds), "rounds": len(rounds)}


def rows(benchmark: Benchmark) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        made = benchmark(Path(scratch))
        if callable(made):
            yield measure(made)
        else:
            yield from made


def main(wanted: str) -> int:
    about = {
        "mechkg": version("mechkg"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    missed = 0
    for name, benchmark in benchmarks():
        if wanted not in name:
            continue
        for row in rows(benchmark):
            missed += row.get("met") is False
            print(json.dumps({"benchmark": name, **row, **about}), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or [""])))
