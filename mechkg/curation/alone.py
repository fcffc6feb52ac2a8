"""One at a time among all processes that use a ledger; whoever dies makes room at once.

PostgreSQL frees an advisory lock when the session that holds it ends, SQLite a locked file when the process does.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from sqlalchemy import Engine, text

# A machine that vanished is noticed within some 15 s; without this, PostgreSQL waits for two hours.
_NOTICE: Final = text(
    "SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false), "
    "set_config('tcp_keepalives_count', '2', false)"
)
_TAKE: Final = text("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' ' || :name, 0))")
_GIVE_BACK: Final = text("SELECT pg_advisory_unlock(hashtextextended(current_schema() || ' ' || :name, 0))")


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """Say whether nobody else is within a block of this ``name``; if so, nobody else gets in before the block ends."""
    if engine.dialect.name == "sqlite":
        with _by_file(f"{engine.url.database}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.turn") as mine:
            yield mine
        return
    # outside a transaction: one that lasted for the whole block would keep the server from tidying up
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(_TAKE, {"name": name}).scalar_one())
        if not mine:
            yield False
            return
        connection.execute(_NOTICE)
        try:
            yield True
        finally:
            if not connection.invalidated:
                connection.execute(_GIVE_BACK, {"name": name})


@contextmanager
def _by_file(path: str) -> Iterator[bool]:
    with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            yield False
            return
        yield True
