"""The tables refuse changes, whoever asks for them and by whatever road."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from mechkg.curation.assertions import accept, propose
from mechkg.curation.ledger import Ledger
from mechkg.curation.tables import url_of
from mechkg.model.ledger_record import AssertionRecord


@pytest.fixture
def written(ledger: Ledger, claim: Callable[..., AssertionRecord]) -> Ledger:
    """Return a ledger with one named batch of two acts."""
    with ledger.batch("pair", "ana") as batch:
        propose(batch, claim("a-1"))
        propose(batch, claim("a-2"))
    return ledger


def _everything(ledger: Ledger) -> object:
    return list(ledger.acts()), ledger.assertions(), ledger.batches()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE act SET actor = 'eve' WHERE position = 1",
        "DELETE FROM act WHERE position = 2",
        "UPDATE assertion SET body = '{}'",
        "DELETE FROM assertion",
        "UPDATE batch SET accepted = 7",
        "DELETE FROM batch",
    ],
)
def test_change_and_removal_are_refused(written: Ledger, statement: str) -> None:
    before = _everything(written)
    with pytest.raises(DBAPIError, match="append-only"), written._engine.begin() as connection:
        connection.execute(text(statement))
    assert _everything(written) == before
    assert written.verify_chain() is None


@pytest.mark.parametrize("position", [0, 4, 9])
def test_a_gap_in_the_positions_is_refused(written: Ledger, position: int) -> None:
    copy = f"INSERT INTO act SELECT {position}, kind, assertion, actor, at, reason, batch, digest FROM act WHERE position = 1"
    with pytest.raises(DBAPIError), written._engine.begin() as connection:
        connection.execute(text(copy))
    assert written.position() == 2


@pytest.mark.parametrize(
    ("table", "columns", "change"),
    [
        ("act", "position, kind, assertion, actor, at, reason, batch, digest", ("actor", "'eve'")),
        ("assertion", "id, kind, item, document, body, first_seen", ("body", "'{}'")),
    ],
)
def test_insert_or_replace_is_refused_by_sqlite(
    tmp_path: Path, claim: Callable[..., AssertionRecord], table: str, columns: str, change: tuple[str, str]
) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        propose(ledger, claim(), actor="ana")
        before = _everything(ledger)
    stranger = sqlite3.connect(path)  # with none of our settings
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns.replace(*change)} FROM {table}")
    stranger.close()
    with Ledger.open(path) as ledger:
        assert _everything(ledger) == before


def test_emptying_a_table_is_refused(written: Ledger) -> None:
    word = "TRUNCATE act, assertion, batch CASCADE" if written._engine.dialect.name == "postgresql" else "DELETE FROM act"
    with pytest.raises(DBAPIError, match="append-only"), written._engine.begin() as connection:
        connection.execute(text(word))
    assert written.position() == 2


def test_an_act_upon_nothing_is_refused(written: Ledger) -> None:
    stray = "INSERT INTO act SELECT 3, kind, 'RAnothing', actor, at, reason, batch, digest FROM act WHERE position = 1"
    with pytest.raises(DBAPIError), written._engine.begin() as connection:
        connection.execute(text(stray))
    assert written.position() == 2


def test_a_plain_postgresql_url_means_the_driver_that_is_shipped() -> None:
    assert url_of("postgresql://ana@db/ledger").drivername == "postgresql+psycopg"
    assert url_of("some folder/odd?name.db").database == "some folder/odd?name.db"


def test_what_a_batch_costs_does_not_grow_with_the_ledger(tmp_path: Path, claim: Callable[..., AssertionRecord]) -> None:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with Ledger.open(tmp_path / "ledger.db") as ledger:

        @event.listens_for(ledger._engine, "checkout")
        def watch(connection: Any, *_others: object) -> None:
            connection.set_progress_handler(count, 100)

        costs = []
        for number in range(8):
            steps = 0
            with ledger.batch(f"batch {number}", "ana") as batch:
                for each in range(100):
                    record = claim(f"a-{number}-{each}")
                    propose(batch, record)
                    accept(batch, record.id)
            costs.append(steps)
        event.remove(ledger._engine, "checkout", watch)
    # in hundreds of steps of the database; looking through all assertions for each act would double it
    assert costs[-1] < 1.3 * costs[0]
