"""Threads whose work is shared: once for all who ask before it is begun, and anew for who asks after that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mechkg.api.context import Context
from mechkg.api.threads import CountedThreads
from mechkg.errors import BadInputError, TooLargeError
from mechkg.model.verdict import Check
from mechkg.service.check import check
from mechkg.service.workspace import Workspace

SPACES = "cdtese-msc399", "cdse-platelets"


@contextmanager
def held(threads: CountedThreads) -> Iterator[None]:
    """Keep the only thread from doing anything until the end of the block."""
    begun, go = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go.wait(30)

    threads.submit(wait)
    assert begun.wait(30)
    try:
        yield
    finally:
        go.set()


@pytest.fixture
def threads() -> Iterator[CountedThreads]:
    with CountedThreads(1, "one") as threads:
        yield threads


def test_who_asks_before_it_is_begun_is_answered_along(threads: CountedThreads) -> None:
    worked: list[str] = []
    with held(threads):
        found = [threads.submit_shared("a", lambda: worked.append("a") or "answer") for _ in range(3)]  # type: ignore[func-returns-value]
        other = threads.submit_shared("b", lambda: "another")
        assert threads.waiting == 2
    assert [future.result(30) for future in (*found, other)] == ["answer"] * 3 + ["another"]
    assert worked == ["a"]


def test_who_asks_after_it_was_begun_is_answered_anew() -> None:
    begun, go, worked = threading.Event(), threading.Event(), []

    def work() -> int:
        worked.append(1)
        begun.set()
        assert go.wait(30)
        return len(worked)

    with CountedThreads(2, "two") as threads:
        first = threads.submit_shared("a", work)
        assert begun.wait(30)
        second = threads.submit_shared("a", work)
        assert second is not first
        go.set()
        first.result(30), second.result(30)
    assert worked == [1, 1]


def test_a_failure_is_told_to_all_and_tried_again(threads: CountedThreads) -> None:
    def fail() -> str:
        raise BadInputError("no")

    with held(threads):
        both = [threads.submit_shared("a", fail) for _ in range(2)]
    for future in both:
        with pytest.raises(BadInputError):
            future.result(30)
    assert threads.submit_shared("a", lambda: "yes").result(30) == "yes"


def test_questions_of_many_requests_are_shared_and_each_may_give_up(shipped: Workspace, threads: CountedThreads) -> None:
    asked: list[str] = []

    def counted(view: Workspace, space: str, **named: list[str]) -> Check:
        asked.append(space)
        return check(view, space, **named)

    async def ask() -> list[Check | BaseException]:
        def question(space: str) -> asyncio.Task[Check]:
            context = Context(shipped, threads)
            return asyncio.ensure_future(context.ask_on(shipped, counted, space, candidates=[], without=[]))

        with held(threads):
            questions = [question(space) for space in (*SPACES, *SPACES)]
            await asyncio.sleep(0)
            questions[0].cancel()
            await asyncio.sleep(0)
        return await asyncio.gather(*questions, return_exceptions=True)

    first, second, again, and_again = asyncio.run(ask())
    assert isinstance(first, asyncio.CancelledError)
    assert isinstance(again, Check) and again.space == SPACES[0]
    assert second is and_again
    assert asked == [*SPACES]


def test_one_request_does_not_ask_without_end(shipped: Workspace, threads: CountedThreads) -> None:
    async def ask() -> None:
        context = Context(shipped, threads)
        for _ in range(21):
            await context.ask_on(shipped, lambda _: None)

    with pytest.raises(TooLargeError, match="20 times"):
        asyncio.run(ask())
