"""How fast large spaces are swept: blocks against the sweep in one go, and workers against the process that asks.

The generated set is ``random_program`` of the tests.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from mechkg.reasoning.blocks import Blocks, Counts
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import sweep as in_one_go
from mechkg.service.executors import Crew, on_dask, on_processes
from mechkg.service.sweep import Wanted, sweep
from tests.benchmarks.timing import Row, goal, in_turns, seconds, summary
from tests.reasoning.random_spaces import random_program
from tests.reasoning.spaces_of_facts import problem_of
from tests.service.sweeping import cluster

CHOICES, BITS, ROUNDS = 37, 31, 3
PROCESSES = {1: "1 process", 2: "2 processes"}
DASK = {1: "Dask, 1 worker", 2: "Dask, 2 workers"}


def bench_blocks(scratch: Path) -> Iterator[Row]:
    """All 2^24 candidates in this process: as one block, and as a sweep of the whole space, which keeps the row of each."""
    for seed in (0, 1, 2):
        problem = problem_of(random_program(seed, 24))
        program, space = problem.program, problem.space
        whole = in_one_go(program, space)
        counts = Blocks(program, space, 24).block(0).counts
        assert (counts.candidates, counts.survivors) == (whole.size, whole.survivors.bit_count())
        assert counts.hits == {name: row.bit_count() for name, row in whole.hits.items()}
        block, swept = in_turns([partial(_as_a_block, problem), lambda p=problem: in_one_go(p.program, p.space)], 9)
        faster = statistics.median(swept) / statistics.median(block)
        yield {
            "space": f"generated, 24 choices, seed {seed}",
            "candidates": whole.size,
            "seconds": summary(block),
            "seconds_in_one_go": summary(swept),
            "times_faster": round(faster, 1),
            **goal("not slower than the sweep in one go", met=faster >= 1),
            "timed": "after grounding, plans included; both to the same counts",
        }


def _as_a_block(problem: Problem) -> Counts:
    return Blocks(problem.program, problem.space, 24).block(0).counts


def bench_workers(scratch: Path) -> Iterator[Row]:
    """2^37 candidates: in this process, on one and two processes, and on one and two workers of a Dask cluster, in turns."""
    problem = problem_of(random_program(0, CHOICES))
    expected = count_survivors(problem)
    load = os.getloadavg()[0]
    with ExitStack() as open_:
        thread = open_.enter_context(ThreadPoolExecutor(1))
        crews = {"in this process": Crew(thread, lambda: 2)}
        for many in (1, 2):
            crews[PROCESSES[many]] = open_.enter_context(on_processes(many))
        for many in (1, 2):
            crews[DASK[many]] = open_.enter_context(_on_cluster(scratch / f"dask-{many}", many))
        folders = (scratch / f"sweep-{number}" for number in count())

        def run(crew: Crew, choices: Problem = problem, bits: int = BITS) -> None:
            found = sweep([choices], next(folders), crew.executor, Wanted(bits=bits), in_flight=crew.in_flight)
            assert found.complete
            if choices is problem:
                [case] = found.cases
                assert (case.counts.candidates, case.counts.survivors) == (expected.candidates, expected.survivors)

        first = {name: seconds(partial(run, crew, problem, BITS)) for name, crew in crews.items()}
        rounds = dict(zip(crews, in_turns([partial(run, crew) for crew in crews.values()], ROUNDS), strict=True))
    alone = statistics.median(rounds["in this process"])
    for name, times in rounds.items():
        typical = statistics.median(times)
        one = next((statistics.median(rounds[kind[1]]) for kind in (PROCESSES, DASK) if name == kind[2]), typical)
        aims = {}
        if name in (PROCESSES[1], DASK[1]):
            aims = goal("one worker does at least 0.9 of what the process that asks does", met=alone / typical >= 0.9)
        elif name != "in this process":
            aims = goal("two workers do at least 1.6 times what one does", met=one / typical >= 1.6)
        yield {
            "space": f"generated, {CHOICES} choices, seed 0",
            "candidates": expected.candidates,
            "survivors": expected.survivors,
            "workers": name,
            "blocks": 1 << (CHOICES - BITS),
            "seconds": summary(times),
            "candidates_per_second": round(expected.candidates / typical),
            "times_in_this_process": round(alone / typical, 2),
            **({"times_one_worker": round(one / typical, 2)} if one != typical else {}),
            **aims,
            "seconds_at_first": round(first[name], 3),
            "load_before": round(load, 2),
            "timed": "after grounding, workers started and warm; blocks kept on the disk, Parquet written; the count is that "
            "of the decision diagram. At first: the same with workers that have seen nothing.",
        }


@contextmanager
def _on_cluster(folder: Path, workers: int) -> Iterator[Crew]:
    folder.mkdir()
    with cluster(folder, workers) as address, on_dask(address, patience=60) as crew:
        yield crew
