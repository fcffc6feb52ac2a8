"""How far a ledger has come, or had come at a moment, told by a glance: without opening it, nor loading what opens one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mechkg.curation.moment import AsOf, position_of

FORMAT = "mechkg ledger"
"""Stands in ``meta``: what the database is."""

SCHEMA_VERSION = 3
"""Counts up with every change of the tables; kept in ``meta``. Each step is a file of ``migrations/versions``."""

SETTLING = "assertion IS NOT NULL AND kind IN ('accept', 'supersede', 'retract', 'restore')"
"""Acts that change what counts, in SQL."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The last act that changed what counts: its position, and its digest, which chains to all acts before."""

    position: int
    digest: str


def glance(ledger: Path, as_of: AsOf | None = None) -> Settled | None:
    """Return how far a ledger in an SQLite file has come, or had come as of then.

    None when a glance does not tell: nothing was accepted yet, there is no file, it is none of ours or of another version, it is
    locked or damaged. Whoever opens it learns what is the matter. Raise BadInputError for what is no moment of it.
    """
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=rw", uri=True, timeout=1.0)) as connection:
            about = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('format', 'schema')"))
            if about != {"format": FORMAT, "schema": str(SCHEMA_VERSION)}:
                return None
            seen = _Seen(connection)
            position = seen.settled(None if as_of is None else position_of(seen, as_of))
            found = connection.execute("SELECT position, digest FROM act WHERE position = ?", (position,)).fetchone()
    except sqlite3.Error:
        return None
    return Settled(*found) if found else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What has to be known of a ledger to tell a moment, seen through a connection of SQLite itself."""

    connection: sqlite3.Connection

    def position(self) -> int:
        return self._one("SELECT max(position) FROM act")

    def position_at(self, time: datetime) -> int:
        # as the ledger writes times: texts of one length, which sort like times
        text = time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return self._one("SELECT max(position) FROM act WHERE at <= ?", text)

    def settled(self, at: int | None = None) -> int:
        if at is None:
            return self._one(f"SELECT max(position) FROM act WHERE {SETTLING}")
        return self._one(f"SELECT max(position) FROM act WHERE {SETTLING} AND position <= ?", at)

    def released(self) -> Mapping[str, int]:
        rows = self.connection.execute("SELECT subject, content FROM act WHERE kind = 'release' ORDER BY position")
        return {subject.partition(":")[2]: json.loads(content)["position"] for subject, content in rows}

    def done_from(self, position: int) -> Iterator[tuple[int, object]]:
        query = "SELECT position, at, actor, batch, door FROM act WHERE position >= ? ORDER BY position"
        return ((place, together) for place, *together in self.connection.execute(query, (position,)))

    def _one(self, query: str, *values: object) -> int:
        found: int | None = self.connection.execute(query, values).fetchone()[0]
        return found or 0
