"""Waiting for new acts, whichever process writes them: PostgreSQL tells of them, SQLite is asked."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mechkg.curation.mark import Marks
from mechkg.curation.tables import CHANNEL
from mechkg.errors import LedgerError

POLL: Final = 0.25
"""Seconds between two looks where nothing tells."""


class News:
    """Waits for what is committed to a ledger. For one thread; use it as a context manager."""

    def __init__(self, engine: Engine, marks: Marks) -> None:
        self._engine = engine
        self._marks = marks
        self._seen: bytes | None = None
        self._listening: Connection | None = None
        self._closed = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait until something was committed since the last call, for at most so many seconds; say whether there was.

        Acts are never told of for nothing, and seldom late; whoever must not miss any looks again after ``seconds`` all the same.
        """
        if self._engine.dialect.name == "postgresql":
            found = self._told(seconds)
            if found is not None:
                return found
        until = time.monotonic() + seconds
        while True:
            with suppress(LedgerError):
                state = self._marks.now().state
                if state != self._seen:
                    news, self._seen = self._seen is not None, state
                    if news:
                        return True
            left = until - time.monotonic()
            if left <= 0 or self._closed.wait(min(POLL, left)):
                return False

    def _told(self, seconds: float) -> bool | None:
        """Wait for the server to tell; None when it cannot be listened to, so that it is asked instead."""
        try:
            if self._listening is None:
                self._listening = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._listening.exec_driver_sql(f"LISTEN {CHANNEL}")
                self._seen = None
            raw: Any = self._listening.connection.dbapi_connection
            return any(True for _ in raw.notifies(timeout=seconds, stop_after=1))
        except Exception as error:  # of the driver, which is not imported here
            if not isinstance(error, DBAPIError) and type(error).__module__.partition(".")[0] != "psycopg":
                raise
            self._let_go()
            return None

    def _let_go(self) -> None:
        if self._listening is not None:
            with suppress(Exception):  # it is broken already
                self._listening.invalidate()
            self._listening.close()
            self._listening = None

    def close(self) -> None:
        """Let go of the connection."""
        self._closed.set()
        self._let_go()

    def __enter__(self) -> News:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
