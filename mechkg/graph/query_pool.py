"""A few processes that answer queries of strangers from copies of the graph, and are ended when a query takes too long."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mechkg.errors import BusyError, GraphError, QueryError, QueryMemoryError, QueryTimeoutError
from mechkg.graph.query_process import Asked, Told

COPIES = 3
"""So many copies of the graph, each of another version, are kept."""

_SIGALRM = 14
_OUT_OF_MEMORY = frozenset({-6, -9})
"""How a process ends that is refused memory (it aborts), or that the system ends when there is none left."""

_GRACE = 0.25
"""So many seconds after its time a process is ended that did not end itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take: seconds, rows (or triples) and size of its result in bytes, and memory of the process, in megabytes.

    So many ``processes`` answer at once; who finds none free waits for at most ``waiting`` seconds.
    """

    seconds: float = 20.0
    rows: int = 100_000
    size: int = 64_000_000
    memory: int = 2048
    processes: int = 2
    waiting: float = 5.0


class Stop:
    """A handle by which a query that runs can be stopped, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self.stopped = False

    def stop(self) -> None:
        """Stop the query now; one that waits for a process will not run."""
        with self._lock:
            self.stopped = True
            if self._process is not None:
                self._process.end()

    @contextmanager
    def _running(self, process: _Process) -> Iterator[None]:
        with self._lock:
            if self.stopped:
                raise QueryError("the query was stopped")
            self._process = process
        try:
            yield
        finally:
            with self._lock:
                self._process = None


class QueryPool:
    """Processes, started when they are needed. Threads share it; close it when they are not needed any more.

    Copies are kept in a folder within ``folder`` (of the system when None): in the file system of the graph they cost nothing.
    """

    def __init__(self, limits: Limits | None = None, folder: Path | None = None) -> None:
        self.limits = limits or Limits()
        self._copies = _Copies(folder)
        self._free = threading.Semaphore(self.limits.processes)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        # a pool that nobody closed leaves no process behind
        weakref.finalize(self, _end_all, self._all)

    def ask(self, version: object, copy_to: Callable[[Path], None], asked: Asked, stop: Stop | None = None) -> tuple[Told, bytes]:
        """Answer a query from the graph of a ``version``, which ``copy_to`` copies into a folder; ``asked.copy`` is not read.

        Raises QueryError for a query that is not valid or was stopped, QueryTimeoutError and QueryMemoryError for one that took
        too much, BusyError when no process gets free in time.
        """
        if not self._free.acquire(timeout=self.limits.waiting):
            raise BusyError(
                f"{self.limits.processes} queries are being answered, and none of them came to an end in time",
                hint="ask again in a few seconds",
            )
        try:
            with self._copies.of(version, copy_to) as folder:
                asked = replace(asked, copy=str(folder))
                process = self._take(asked.copy)
                try:
                    with (stop or Stop())._running(process):
                        told, content = process.ask(asked)
                except QueryError:
                    if stop is not None and stop.stopped:
                        raise QueryError("the query was stopped") from None
                    raise
                finally:
                    self._give_back(process)
        finally:
            self._free.release()
        if told.error is not None:
            raise QueryError(told.error)
        return told, content

    @property
    def processes(self) -> list[int]:
        """The ids of the processes there are."""
        with self._lock:
            return [process.id for process in self._all]

    def close(self) -> None:
        """End all processes, and with them the queries that run, and remove the copies. What is asked after that starts anew."""
        with self._lock:
            those = list(self._all)
            self._all.clear()
            self._idle.clear()
        for process in those:
            process.end()
        self._copies.clear()

    def _take(self, copy: str) -> _Process:
        """Return a process that is idle, best one that has the copy open; a new one when there is none."""
        with self._lock:
            self._idle.sort(key=lambda process: process.copy == copy)
            if self._idle:
                return self._idle.pop()
            process = _Process(self.limits.memory)
            self._all.add(process)
            return process

    def _give_back(self, process: _Process) -> None:
        with self._lock:
            if process.alive and process in self._all:
                self._idle.append(process)
            else:
                process.end()
                self._all.discard(process)


def _end_all(processes: set[_Process]) -> None:
    for process in processes:
        process.end()


class _Process:
    """One process; one thread at a time asks it."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self.copy = ""
        self._late = False
        self._ended = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mechkg.graph.query_process", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the engine says when memory runs out
        )

    @property
    def id(self) -> int:
        """The id that the system knows it by."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def ask(self, asked: Asked) -> tuple[Told, bytes]:
        """Ask it, and end it when time is up. Raises QueryTimeoutError or QueryMemoryError when it ends instead of answering."""
        self.copy = asked.copy
        assert self._process.stdin is not None and self._process.stdout is not None
        clock = threading.Timer(asked.seconds + _GRACE, self._end_late)
        clock.daemon = True
        clock.start()
        try:
            self._process.stdin.write(asked.line())
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            told = Told.read(line) if line.endswith(b"\n") else None
            content = b"" if told is None else self._process.stdout.read(told.length)
        except (OSError, ValueError):  # ValueError: it was ended meanwhile, and what leads to it is closed
            told, content = None, b""
        finally:
            clock.cancel()
        if told is not None and len(content) == told.length:
            return told, content
        raise self._why(asked)

    def _why(self, asked: Asked) -> QueryError:
        """Say why it ended."""
        self._process.wait()
        code = self._process.returncode
        if self._late or code == -_SIGALRM:  # its own clock
            return QueryTimeoutError(
                f"the query took more than {asked.seconds:g} s and was stopped",
                hint="ask for less: fewer patterns without a variable in common, a LIMIT inside a sub-select, one graph",
            )
        if self._ended:
            return QueryError("the query was stopped")
        if code in _OUT_OF_MEMORY:
            return QueryMemoryError(
                f"the query needed more than {self._memory} MB of memory and was stopped",
                hint="ask for less: sorting, grouping and DISTINCT keep all rows in memory",
            )
        return QueryError(f"the process that answered the query ended with status {code}")

    def _end_late(self) -> None:
        self._late = True
        self._process.kill()

    def end(self) -> None:
        """End it, whatever it does."""
        self._ended = True
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what it was told and did not read
                    continue


class _Copies:
    """Copies of the graph by version: the last few that were asked for, and those in use."""

    def __init__(self, folder: Path | None) -> None:
        self._within = folder
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._making: dict[object, threading.Lock] = {}
        self._copies: OrderedDict[object, Path] = OrderedDict()
        self._used: dict[object, int] = {}
        self._count = 0

    @contextmanager
    def of(self, version: object, copy_to: Callable[[Path], None]) -> Iterator[Path]:
        """Yield the folder of the copy of a version; it stays there until the block ends."""
        with self._lock:
            self._used[version] = self._used.get(version, 0) + 1
            making = self._making.setdefault(version, threading.Lock())
        try:
            with making:  # who asks for the same version waits for its copy, and nobody else does
                found = self._known(version)
                if found is None:
                    found = self._made(copy_to)
                    with self._lock:
                        self._copies[version] = found
            yield found
        finally:
            with self._lock:
                self._used[version] -= 1
                self._forget()

    def _known(self, version: object) -> Path | None:
        with self._lock:
            if version in self._copies:
                self._copies.move_to_end(version)
            return self._copies.get(version)

    def _made(self, copy_to: Callable[[Path], None]) -> Path:
        """Make a copy; where its disk is full or read-only, from then on where the system keeps such things."""
        try:
            found = self._new()
            copy_to(found)
        except (OSError, GraphError):
            with self._lock:
                if self._within is None:
                    raise
                self._within = self._folder = None
            found = self._new()
            copy_to(found)
        return found

    def _new(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = _place(self._within)
            self._count += 1
            return self._folder / str(self._count)

    def _forget(self) -> None:
        for version in list(self._copies)[: max(0, len(self._copies) - COPIES)]:
            if not self._used.get(version):
                shutil.rmtree(self._copies.pop(version), ignore_errors=True)
        for version in [version for version, users in self._used.items() if not users]:
            del self._used[version]
            if version not in self._copies:
                self._making.pop(version, None)

    def clear(self) -> None:
        """Remove all of them."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._copies.clear()
            self._folder = None


_MARK = ".queries-"


@cache
def _name_of(process: int) -> str:
    """Return a name for this process: its id alone is not enough, for in a container every service has the same."""
    return f"{process}-{secrets.token_hex(4)}"


def _place(within: Path | None) -> Path:
    """Return a new folder for the copies of this process; those of processes that were killed are removed."""
    me = _name_of(os.getpid())  # asked now, for a process that was forked is not the one that loaded this
    for old in within.glob(f"{_MARK}*") if within is not None else ():
        name = old.name.removeprefix(_MARK)
        if not name.startswith(f"{me}-") and not _is_another(name.partition("-")[0]):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_MARK}{me}-", dir=within))


def _is_another(process: str) -> bool:
    """Say whether a process other than this one has this id."""
    try:
        if int(process) == os.getpid():
            return False
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):  # none of ours, or of another user
        return True
    return True
