"""A ledger read as a whole, as it was at one moment, whatever is written to it meanwhile; and written as a whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from mechkg.curation import tables
from mechkg.errors import LedgerError

Transaction: TypeAlias = Connection
"""An open transaction on a ledger, for those that hand it on and ask it nothing."""


@contextmanager
def snapshot(where: str | Path | URL) -> Iterator[Connection]:
    """Open the ledger at a path or URL for reading, in one transaction that sees one state of it.

    Nothing of it is looked at yet, and nothing is made or changed, so that a damaged one can be read as far as it goes. Raise
    LedgerError when it is not there or cannot be read.
    """
    with _engine(where) as engine, engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def filling(where: str | Path) -> Iterator[Connection]:
    """Open a ledger that has its tables, to write rows of another into it: all when the block ends well, none when it raises."""
    with _engine(where) as engine, engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        tables.exclude_other_writers(connection)
        yield connection


@contextmanager
def _engine(where: str | Path | URL) -> Iterator[Engine]:
    url = where if isinstance(where, URL) else tables.url_of(where)
    if url.get_backend_name() == "sqlite" and "uri" not in url.query and not Path(str(url.database)).is_file():
        raise LedgerError(f"there is no ledger at {url.database}")
    engine = tables.connect(url)
    try:
        yield engine
    except DBAPIError as error:
        raise tables.ledger_error(error, tables.shown(url)) from error
    except UnicodeDecodeError as error:  # of the text in which SQLite says what is wrong
        raise LedgerError(f"the ledger {tables.shown(url)} is damaged", hint="restore it from a backup") from error
    finally:
        engine.dispose()


def copy_sqlite(source: Connection, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy the SQLite ledger of a snapshot to ``path``, page by page; ``progress`` is told how many are done, and of how many."""
    driver: Any = source.connection.dbapi_connection
    # A transaction that has begun to read keeps its state: SQLite need not begin anew each time somebody writes.
    driver.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def told(_status: int, left: int, of: int) -> None:
        if progress is not None:
            progress(of - left, of)

    with closing(sqlite3.connect(path)) as target:
        driver.backup(target, pages=2048, progress=told, sleep=0)


def settle_file(path: Path) -> None:
    """Let an SQLite file be all there is of its ledger, on disk, without a log beside it: it can then be copied like any file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    with path.open("rb+") as file:
        os.fsync(file.fileno())
