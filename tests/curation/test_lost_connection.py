"""The connection to PostgreSQL is lost while something is done: that is told in words of ours, and all is there or nothing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from mechkg.curation import tables
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError, MechkgError, UncertainError
from mechkg.model.ledger_record import Subject
from tests.curation.staff import BEN, employ, proposed, put

UPON = Subject("item", "a-1")


OURS = "ledger-to-lose"
"""What the connections of the ledger are called: other tests have theirs to the same server."""


@pytest.fixture
def beside(postgresql: str) -> Iterator[Engine]:
    engine = create_engine(postgresql)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(postgresql: str, beside: Engine) -> Iterator[Ledger]:
    """Return a ledger in which something is proposed."""
    name = f"t{os.urandom(6).hex()}"
    with beside.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    with Ledger.open(f"{postgresql}&options=-csearch_path%3D{name}&application_name={OURS}") as opened:
        employ(opened)
        proposed(opened, put("a-1"))
        yield opened


END = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{OURS}'")


def end_all(beside: Engine) -> None:
    """Let the server end all connections of the ledger."""
    with beside.connect() as connection:
        connection.execute(END)


def comments(ledger: Ledger) -> int:
    return sum(act.kind == "comment" for act in ledger.acts())


def test_who_waits_to_write_is_told(ledger: Ledger, beside: Engine) -> None:
    failed: list[BaseException] = []

    def write() -> None:
        try:
            comment(ledger, BEN, UPON, "hm")
        except BaseException as error:
            failed.append(error)

    with beside.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": tables._ADVISORY_LOCK})
        writer = threading.Thread(target=write)
        writer.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        until = time.monotonic() + 10
        while not connection.execute(waiting).scalar():
            assert time.monotonic() < until
            time.sleep(0.01)
        connection.execute(END)
        writer.join()
    [error] = failed
    assert isinstance(error, LedgerError) and "the ledger" in str(error)
    assert comments(ledger) == 0
    comment(ledger, BEN, UPON, "hm")
    assert comments(ledger) == 1


def test_a_read_is_told_and_the_next_one_answered(ledger: Ledger, beside: Engine) -> None:
    position = ledger.position()
    end_all(beside)
    with pytest.raises(LedgerError):
        ledger.position()
    assert ledger.position() == position


def test_whether_it_was_done_is_not_known_when_the_answer_to_the_commit_is_lost(
    ledger: Ledger, beside: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server commits, and ends the connection before it has said so."""
    commit = ledger._engine.dialect.do_commit

    def lost(connection: Any) -> None:
        commit(connection)
        end_all(beside)
        connection.execute("SELECT 1")  # fails as the answer that does not come would

    with monkeypatch.context() as patch:
        patch.setattr(ledger._engine.dialect, "do_commit", lost)
        with pytest.raises(UncertainError, match="not known whether") as failed:
            comment(ledger, BEN, UPON, "hm")
    assert failed.value.hint
    assert comments(ledger) == 1


def test_whoever_loses_the_turn_is_told(ledger: Ledger, beside: Engine) -> None:
    turn = ledger.alone("graph")
    assert turn.__enter__()
    end_all(beside)
    with pytest.raises(MechkgError):
        turn.__exit__(None, None, None)
    with ledger.alone("graph") as mine:
        assert mine


def test_more_at_once_than_there_are_connections(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger._engine.pool, "_timeout", 0.1)
    with ExitStack() as held:
        for _ in range(15):  # so many an engine has by default
            held.enter_context(ledger.reading())
        with pytest.raises(LedgerError, match="too much at once"):
            ledger.position()
    assert ledger.position()
