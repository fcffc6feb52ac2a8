"""Answers that take long are worked out beside what is asked, and kept: a page says that it waits, and is at once there later.

A question goes by a key, which names the version of the ledger that it is asked of: what counts changes, and what was kept of an
earlier version is the first to go.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from mechkg.errors import BusyError
from mechkg.service.workspace import Workspace

MOST_KEPT: Final = 100
"""So many answers are kept; what has not been asked for longest goes first. The largest, proofs of a verdict, take about a MB."""

MOST_WAITING: Final = 32
"""So many questions may be worked on or wait for it; one more is refused."""

_WORKERS: Final = 2
"""A space serves one question at a time; another one need not wait for it all the same."""

Found = TypeVar("Found")


class NotYetError(Exception):
    """The answer is being worked out; ask again."""


class Answers:
    """Answers by key, each worked out once. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT, waiting: int = MOST_WAITING) -> None:
        self._most = most
        self._waiting = waiting
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="answers")

    def ask(self, key: Hashable, work: Callable[[], Found], patience: float) -> Found:
        """Return the answer; raise NotYetError when it is not there after so many seconds.

        What ``work`` raises is raised here, and tried again when it is asked for again. BusyError: too much is under way, or
        the question was dropped.
        """
        with self._lock:
            future = self._kept.get(key)
            if future is None or _failed(future):
                if sum(not each.done() for each in self._kept.values()) >= self._waiting:
                    raise BusyError("too many questions are being worked out", hint="ask again in a few seconds")
                future = self._kept[key] = self._workers.submit(work)
            self._kept.move_to_end(key)
            self._make_room()
        try:
            future.exception(patience)
            return cast("Found", future.result())
        except CancelledError:
            raise BusyError("the server stops", hint="ask again when it is back") from None
        except TimeoutError:
            if future.done():  # it is what the work raised, or came just now
                return cast("Found", future.result())
            raise NotYetError from None

    def drop_waiting(self) -> None:
        """Let go of the questions that nobody has begun to work on; who waits for one is told."""
        with self._lock:
            for future in self._kept.values():
                future.cancel()

    def _make_room(self) -> None:
        """Let the oldest go that are not being worked out."""
        for key in [key for key, each in self._kept.items() if each.done()][: max(0, len(self._kept) - self._most)]:
            del self._kept[key]


def _failed(future: Future[Any]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


_ANSWERS: WeakKeyDictionary[Workspace, Answers] = WeakKeyDictionary()
_MAKING = threading.Lock()


def answers_of(workspace: Workspace) -> Answers:
    """Return what keeps the answers that are asked of a workspace."""
    with _MAKING:
        found = _ANSWERS.get(workspace)
        if found is None:
            found = _ANSWERS[workspace] = Answers()
        return found


@contextmanager
def answering(workspace: Workspace) -> Iterator[None]:
    """Let go, at the end of the block, of what nobody has begun to work on: Python would not end before all was answered."""
    try:
        yield
    finally:
        answers_of(workspace).drop_waiting()
