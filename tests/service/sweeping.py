"""Executors for tests of sweeps that note what is run where, and workers that hang or die when a file tells them to.

``python -m tests.service.sweeping FOLDER NOTES`` is a sweep on two processes, to be killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from mechkg.reasoning.problem import Problem
from mechkg.service import sweep_work
from mechkg.service.sweep import Wanted, sweep
from mechkg.service.sweep_work import Lacking, Parcel, Task
from tests.reasoning.random_spaces import random_program
from tests.reasoning.spaces_of_facts import problem_of

REPOSITORY = Path(__file__).parents[2]
WANTED = Wanted(bits=12)


def problem() -> Problem:
    """Return a generated space with sixteen choices: sixteen blocks of 2^12."""
    return problem_of(random_program(1, 16))


class Noting(Executor):
    """Hands on to another executor, and notes in a folder which blocks are begun, and by which process."""

    def __init__(self, executor: Executor, notes: Path) -> None:
        self.executor, self.notes = executor, notes
        notes.mkdir(exist_ok=True)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.executor.submit(noted, self.notes, fn, *args, **kwargs)

    def begun(self) -> Counter[int]:
        """How often each block was begun."""
        return Counter(int(note.name.split("-")[1]) for note in self.notes.glob("begun-*"))

    def begun_by(self, process: int) -> set[int]:
        """Blocks that a process has begun."""
        return {int(note.name.split("-")[1]) for note in self.notes.glob(f"begun-*-{process}-*")}

    def ended_by(self, process: int) -> set[int]:
        return {int(note.name.split("-")[1]) for note in self.notes.glob(f"ended-*-{process}-*")}

    def let_hang(self, place: int) -> None:
        """Have the next worker that begins this block hang in it."""
        (self.notes / f"hang-{place}").touch()

    def poison(self, place: int) -> None:
        """Have every worker that begins this block die of it."""
        (self.notes / f"poison-{place}").touch()

    def hanging(self, patience: float = 30) -> int:
        """Wait for a worker to hang, and return its process."""
        until(lambda: any(self.notes.glob("hanging-*")), patience)
        [found] = self.notes.glob("hanging-*")
        return int(found.name.split("-")[1])


def noted(notes: Path, fn: Callable[..., Any], task: Task, parcel: Parcel | None) -> Any:
    """Run a block, and note that."""
    if parcel is None and task.program not in sweep_work._programs:
        return Lacking(task.program)
    run = f"{task.place}-{os.getpid()}-{uuid4().hex}"
    (notes / f"begun-{run}").touch()
    if (notes / f"poison-{task.place}").exists():
        os._exit(1)
    try:
        (notes / f"hang-{task.place}").unlink()
    except FileNotFoundError:
        pass
    else:
        (notes / f"hanging-{os.getpid()}").touch()
        time.sleep(60)
    if (notes / "slow").exists():
        time.sleep(0.1)
    found = fn(task, parcel)
    (notes / f"ended-{run}").touch()
    return found


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a Dask scheduler and workers, each a process of its own with one thread; yield the address when all are there."""
    from distributed import Client

    about = folder / "scheduler.json"
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__ENABLED": "false", "PYTHONPATH": str(REPOSITORY)}
    dask = [sys.executable, "-m", "dask"]
    here = ["--scheduler-file", str(about), "--host", "127.0.0.1", "--no-dashboard"]
    alone = ["--nworkers", "1", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    # by themselves they end soon after whoever started them was killed
    alone += ["--death-timeout", "60"]
    commands = [
        [*dask, "scheduler", *here, "--port", "0", "--idle-timeout", "5 minutes"],
        *[[*dask, "worker", *here, *alone]] * workers,
    ]
    with (folder / "log").open("w") as log:
        started = [subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder) for command in commands]
        try:
            until(lambda: _read(about) is not None, patience=60)
            address = _read(about)["address"]
            with Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
            yield address
        finally:
            for process in started:
                process.kill()
            for process in started:
                process.wait()


def _read(about: Path) -> Any:
    """Return what the scheduler has written; None as long as that is not all."""
    try:
        return json.loads(about.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def until(there: Callable[[], bool], patience: float = 30) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + patience
    while not there():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def main(folder: str, notes: str) -> None:
    from mechkg.service.executors import on_processes

    with on_processes(2) as (executor, in_flight):
        sweep([problem()], folder, Noting(executor, Path(notes)), WANTED, in_flight=in_flight)


if __name__ == "__main__":
    main(*sys.argv[1:])
