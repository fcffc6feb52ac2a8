"""Threads whose work is counted, takes along what is known of the request that it is done for, and is shared where it can be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, cast

from mechkg.tracing import span

P = ParamSpec("P")
T = TypeVar("T")


class CountedThreads(ThreadPoolExecutor):
    """Threads that say how much waits for them and how much they do; each piece of work is a span."""

    def __init__(self, most: int, name: str) -> None:
        super().__init__(most, thread_name_prefix=name)
        self._name = name
        self._counting = threading.Lock()
        self.waiting = 0
        self.running = 0
        self._sharing = threading.Lock()
        self._shared: dict[Hashable, Future[Any]] = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a piece of work done."""
        context = copy_context()

        def work() -> T:
            with self._counting:
                self.waiting -= 1
                self.running += 1
            try:
                return context.run(within)
            finally:
                with self._counting:
                    self.running -= 1

        def within() -> T:
            with span(self._name):
                return fn(*args, **kwargs)

        with self._counting:
            self.waiting += 1
        try:
            future = super().submit(work)
        except RuntimeError:  # there is no more work to be done here
            with self._counting:
                self.waiting -= 1
            raise
        future.add_done_callback(self._given_up)
        return future

    def submit_shared(self, key: Hashable, work: Callable[[], T]) -> Future[T]:
        """Have a question answered, once for all who ask it by the same ``key`` before anybody begins to work on it.

        Who asks later is answered by the next, which sees what was done in between. Nobody may cancel the answer, or change it.
        """

        def begun() -> T:
            with self._sharing:
                del self._shared[key]
            return work()

        with self._sharing:
            found = self._shared.get(key)
            if found is None:
                found = self._shared[key] = self.submit(begun)
            return cast("Future[T]", found)

    def _given_up(self, future: Future[T]) -> None:
        if future.cancelled():
            with self._counting:
                self.waiting -= 1
