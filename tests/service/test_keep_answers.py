"""Answers are worked out once, beside what is asked, and kept."""

from __future__ import annotations

import threading

import pytest

from mechkg.errors import BusyError, NotFoundError
from mechkg.service.keep_answers import Answers, NotYetError, answering, answers_of
from mechkg.service.workspace import Workspace


def test_an_answer_is_worked_out_once() -> None:
    asked = []

    def work() -> str:
        asked.append(1)
        return "found"

    answers = Answers()
    assert [answers.ask("a", work, 5) for _ in range(3)] == ["found"] * 3
    assert len(asked) == 1


def test_what_takes_long_is_told_and_comes_later() -> None:
    answers, go = Answers(), threading.Event()

    def work() -> str:
        assert go.wait(10)
        return "found"

    with pytest.raises(NotYetError):
        answers.ask("a", work, 0.01)
    with pytest.raises(NotYetError):
        answers.ask("a", work, 0)
    go.set()
    assert answers.ask("a", work, 5) == "found"


def test_a_failure_is_told_and_tried_again() -> None:
    outcomes = iter([NotFoundError("there is no such thing"), None])

    def work() -> str:
        error = next(outcomes)
        if error:
            raise error
        return "found"

    answers = Answers()
    with pytest.raises(NotFoundError):
        answers.ask("a", work, 5)
    assert answers.ask("a", work, 5) == "found"


def test_too_much_at_once_is_refused_and_what_is_there_is_not() -> None:
    answers, go = Answers(waiting=2), threading.Event()
    answers.ask("there", lambda: "found", 5)
    for key in "ab":
        with pytest.raises(NotYetError):
            answers.ask(key, go.wait, 0)
    with pytest.raises(BusyError):
        answers.ask("c", go.wait, 0)
    assert answers.ask("there", lambda: "again", 5) == "found"
    go.set()


def test_the_oldest_goes_first() -> None:
    answers = Answers(most=2)
    for key in "abac":
        answers.ask(key, lambda key=key: key, 5)  # type: ignore[misc]
    assert answers.ask("a", lambda: "again", 5) == "a"
    assert answers.ask("b", lambda: "again", 5) == "again"


def test_each_workspace_has_answers_of_its_own(shipped: Workspace) -> None:
    assert answers_of(shipped) is answers_of(shipped)


def test_what_nobody_has_begun_is_dropped_when_the_server_stops() -> None:
    answers, begun, go, worked = Answers(), threading.Semaphore(0), threading.Event(), []

    def work(name: str) -> str:
        worked.append(name)
        begun.release()
        assert go.wait(10)
        return name

    def told() -> None:
        with pytest.raises(BusyError, match="the server stops"):
            answers.ask("late", lambda: work("late"), 10)
        worked.append("told")

    for name in ("a", "b"):  # both workers have something to do
        with pytest.raises(NotYetError):
            answers.ask(name, lambda name=name: work(name), 0)  # type: ignore[misc]
        assert begun.acquire(timeout=10)
    with pytest.raises(NotYetError):
        answers.ask("late", lambda: work("late"), 0)
    waiting = threading.Thread(target=told)
    waiting.start()
    answers.drop_waiting()
    waiting.join(10)
    go.set()
    assert [answers.ask(name, lambda: "again", 5) for name in ("a", "b")] == ["a", "b"]
    assert sorted(worked) == ["a", "b", "told"]
    assert answers.ask("late", lambda: "asked again", 5) == "asked again"


def test_a_workspace_that_is_served_no_more_works_out_nothing_new(shipped: Workspace) -> None:
    go, begun = threading.Event(), []
    with answering(shipped):
        for name in "abc":
            with pytest.raises(NotYetError):
                answers_of(shipped).ask(name, lambda name=name: begun.append(name) or go.wait(10), 0)  # type: ignore[func-returns-value, misc]
    go.set()
    assert answers_of(shipped).ask("d", lambda: "d", 10) == "d"
    assert "c" not in begun
