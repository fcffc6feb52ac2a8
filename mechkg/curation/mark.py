"""A mark of what the database of a ledger holds: as long as it stays the same, so does whatever is read from there.

It is never assumed, nor kept for a while: each reading asks the database, whoever wrote to it, and costs little.

- SQLite in its write-ahead mode tells every connection by a header in shared memory which commits there are, and compares these
  bytes itself to learn whether what it has cached still holds (``PRAGMA data_version``). Here they are read where they lie, in
  the file ``-shm`` (https://sqlite.org/walformat.html#the_wal_index_file_format), within a microsecond; the pragma locks files
  for it. Where the header is not of the form that is known, the pragma is asked.
- PostgreSQL tells by its snapshot which transactions are visible; two that are the same see the same.
"""

from __future__ import annotations

import mmap
import sqlite3
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mechkg.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Mark:
    """One state of the database."""

    state: bytes
    """The same for two readings between which nothing was committed; of no meaning else."""
    position: int
    """Position of the last act: what is derived from acts alone is the same as long as this is."""


class Marks(Protocol):
    """Gives marks."""

    at_once: bool
    """Whether a reading waits for nothing, so that it needs no thread."""

    def now(self) -> Mark:
        """Return the mark of now: whatever is read from the database afterwards is of this state, or a later one."""
        ...

    def close(self) -> None:
        """Let go of what the readings need."""
        ...


class SqliteMarks:
    """Marks of an SQLite file with a write-ahead log. Threads may share them."""

    at_once = True

    def __init__(self, path: str, *, uri: bool = False) -> None:
        self._lock = threading.Lock()
        # Held open: as long as there is one connection that has read, the files of the log stay where they are.
        self._connection = sqlite3.connect(path, uri=uri, isolation_level=None, check_same_thread=False)
        self._connection.execute("SELECT count(*) FROM meta").fetchone()
        database = Path(self._connection.execute("PRAGMA database_list").fetchone()[2])
        self._header = _WalIndex.open(database.with_name(f"{database.name}-shm"))
        self._state: Callable[[], bytes] = self._header.read if self._header is not None else self._data_version
        self._last: Mark | None = None

    @property
    def reads_header(self) -> bool:
        """Whether states are read in shared memory, and not asked for by the pragma."""
        return self._header is not None

    def now(self) -> Mark:
        """Return the mark of now."""
        state = self._state()
        last = self._last
        if last is not None and last.state == state:
            return last
        with self._lock:
            # the position is read after the state, so it may be of a later one, and then the next reading comes here again
            found = self._connection.execute("SELECT max(position) FROM act").fetchone()
            self._last = last = Mark(state, found[0] or 0)
            return last

    def close(self) -> None:
        """Close the connection, and let go of the shared memory."""
        with self._lock:
            if self._header is not None:
                self._header.close()
            self._connection.close()

    def _data_version(self) -> bytes:
        with self._lock:
            return str(self._connection.execute("PRAGMA data_version").fetchone()[0]).encode()


class _WalIndex:
    """The header of the index of a write-ahead log: two copies of 48 bytes, in the byte order of the machine."""

    SIZE = 96
    VERSION = 3_007_000
    """The only one there is."""

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared

    @classmethod
    def open(cls, path: Path) -> _WalIndex | None:
        """Return the header in a file; None where it is not as expected, so that nothing may be read from it."""
        if sys.platform == "win32":  # there the file is locked as a whole
            return None
        with suppress(OSError, ValueError), path.open("rb") as file:
            shared = mmap.mmap(file.fileno(), cls.SIZE, access=mmap.ACCESS_READ)
            header = shared[: cls.SIZE]
            version, _, _, initialised = struct.unpack_from("=IIIB", header)
            if version == cls.VERSION and initialised == 1 and header[:48] == header[48:]:
                return cls(shared)
            shared.close()
        return None

    def read(self) -> bytes:
        """Return the header as it is.

        A writer writes the second copy before the first, and its commit is seen by nobody until both are there. So a header that
        equals an earlier one is from before that commit; one read in the midst of it equals none, and costs a reading anew.
        """
        return self._shared[: self.SIZE]

    def close(self) -> None:
        self._shared.close()


class ServerMarks:
    """Marks of a PostgreSQL database, by one query each."""

    at_once = False
    QUERY = "SELECT pg_current_snapshot()::text, (SELECT max(position) FROM act)"

    def __init__(self, ask: Callable[[str], tuple[str, int | None]]) -> None:
        self._ask = ask

    def now(self) -> Mark:
        """Return the mark of now."""
        snapshot, position = self._ask(self.QUERY)
        return Mark(snapshot.encode(), position or 0)

    def close(self) -> None:
        """Nothing is held."""


def sqlite_marks(path: str, *, uri: bool = False) -> SqliteMarks:
    """Return the marks of an SQLite ledger; raise LedgerError when it cannot be read."""
    try:
        return SqliteMarks(path, uri=uri)
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} cannot be read: {error}") from error
