"""What carries the blocks of a sweep: processes of this machine, or a Dask cluster; both through the interface of executors."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from mechkg.errors import BadInputError, MissingExtraError, UnreachableError

Found = TypeVar("Found")

PATIENCE = 10.0
"""So many seconds a scheduler has to answer at first."""


class Crew(NamedTuple):
    """An executor, and how many blocks it is to have at a time so that no worker waits; this is asked again, for crews grow."""

    executor: Executor
    in_flight: Callable[[], int]


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def on_processes(workers: int) -> Iterator[Crew]:
    """Yield ``workers`` processes of this machine; with none, a thread of this process does the work."""
    if workers == 0:
        with ThreadPoolExecutor(1, thread_name_prefix="sweep") as executor:
            yield Crew(executor, lambda: 2)
        return
    with Processes(workers) as executor:
        yield Crew(executor, lambda: 2 * workers)


@contextmanager
def on_dask(address: str, patience: float = PATIENCE) -> Iterator[Crew]:
    """Yield the workers of the Dask scheduler at ``address``, such as ``tcp://host:8786``; they need mechkg installed.

    Raises MissingExtraError without the extra ``dask``, BadInputError for what is no address, UnreachableError where no scheduler
    answers.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError("sweeps on Dask need distributed", hint="pip install 'mechkg[dask]'") from error
    connect: Any = distributed.Client  # which has no types
    try:
        client = connect(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise UnreachableError(f"no Dask scheduler answers at '{address}'", hint="start one by: dask scheduler") from error
    except ValueError as error:
        raise BadInputError(f"'{address}' is no address of a scheduler", hint="write it as tcp://host:8786") from error
    with client:
        # the same block again is another run of it; Dask hands on by itself what a worker had that is gone
        yield Crew(client.get_executor(pure=False), _every_second(lambda: max(4, 2 * sum(client.nthreads().values()))))


def _every_second(ask: Callable[[], int]) -> Callable[[], int]:
    """Return what ``ask`` said, asked again when a second has passed."""
    last: list[tuple[float, int]] = []

    def answer() -> int:
        if not last or time.monotonic() - last[0][0] > 1:
            last[:] = [(time.monotonic(), ask())]
        return last[0][1]

    return answer


class Processes(Executor):
    """Processes of this machine, each by itself: one that is killed fails what it was doing with BrokenProcessPool, and nothing
    else, and another takes its place.

    (A ProcessPoolExecutor of several gives up all that it has when one of them is killed, and does not say what that one did.)
    """

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="sweep")
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._workers = workers
        for _ in range(workers):
            self._idle.put(_process())

    def submit(self, fn: Callable[..., Found], /, *args: Any, **kwargs: Any) -> Future[Found]:
        """Have a call made by a process that is free."""
        return self._threads.submit(self._run, fn, *args, **kwargs)

    def _run(self, fn: Callable[..., Found], /, *args: Any, **kwargs: Any) -> Found:
        process = self._idle.get()
        try:
            return process.submit(fn, *args, **kwargs).result()
        except BrokenProcessPool:
            process.shutdown(wait=False)
            process = _process()
            raise
        finally:
            self._idle.put(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes once they have done what they are at."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        for _ in range(self._workers if wait else 0):
            self._idle.get().shutdown()


def _process() -> ProcessPoolExecutor:
    # begun anew: what is forked from a process with threads may hang
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_prepare)


def _prepare() -> None:
    """Leave it to the parent what an interrupt comes to, and end when it does: a worker waits for ever on one that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
