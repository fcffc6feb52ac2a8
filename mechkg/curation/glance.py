"""How far a ledger has come, told by a glance: without opening it, and without loading what opens one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FORMAT = "mechkg ledger"
"""Stands in ``meta``: what the database is."""

SCHEMA_VERSION = 2
"""Counts up with every change of the tables; kept in ``meta``."""

SETTLING = "assertion IS NOT NULL AND kind IN ('accept', 'supersede', 'retract', 'restore')"
"""Acts that change what counts, in SQL."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The last act that changed what counts: its position, and its digest, which chains to all acts before."""

    position: int
    digest: str


def glance(ledger: Path) -> Settled | None:
    """Return how far a ledger in an SQLite file has come.

    None when a glance does not tell: nothing was accepted yet, there is no file, it is none of ours or of another version, it is
    locked or damaged. Whoever opens it learns what is the matter.
    """
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=rw", uri=True, timeout=1.0)) as connection:
            about = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('format', 'schema')"))
            if about != {"format": FORMAT, "schema": str(SCHEMA_VERSION)}:
                return None
            last = f"SELECT position, digest FROM act WHERE {SETTLING} ORDER BY position DESC LIMIT 1"
            found = connection.execute(last).fetchone()
    except sqlite3.Error:
        return None
    return Settled(*found) if found else None
