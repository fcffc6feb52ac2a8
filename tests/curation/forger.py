"""Somebody who changes a ledger behind its back: with the rights of its owner, whom no trigger stops."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text


def forge(place: str, *statements: str) -> None:
    """Carry out statements upon the ledger at a path or URL of SQLite or PostgreSQL, all checks off."""
    if "://" in place:
        engine = create_engine(place)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()
        return
    with closing(sqlite3.connect(place, isolation_level=None)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        for _, sql in triggers:
            raw.execute(sql)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def flip(path: Path, within: bytes, bit: int = 0) -> None:
    """Flip one bit of the middle byte of the first place in a file that holds these bytes."""
    content = bytearray(path.read_bytes())
    place = content.index(within) + len(within) // 2
    content[place] ^= 1 << bit
    path.write_bytes(content)
