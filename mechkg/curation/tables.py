"""The tables of the ledger, and everything that differs between SQLite and PostgreSQL.

``ledger.py`` speaks plain SQLAlchemy Core; what only one database understands (settings of a connection, how one writer
excludes the others, triggers, error codes) stands below, once for each.

Nothing in these tables is ever updated or deleted; triggers refuse it, whoever asks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import (
    DDL,
    URL,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError

from mechkg.curation import glance
from mechkg.errors import LedgerError, MissingExtraError
from mechkg.model.masked import masked

metadata = MetaData()


def _later(target: str, **options: Any) -> ForeignKey:
    """Refer to a row that is written later in the same transaction."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED", **options)


meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

assertion = Table(
    "assertion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("body", Text, nullable=False, comment="canonical JSON"),
    Column(
        "first_seen",
        Integer,
        _later("act.position", name="assertion_first_seen", use_alter=True),
        nullable=False,
        comment="position of the first act upon it",
    ),
    Index("assertion_item", "item"),
    Index("assertion_document", "document"),
    # For each act that is written, SQLite looks for assertions that wait for it: without this, through all of them.
    Index("assertion_first_seen", "first_seen"),
)

SETTLING = text(glance.SETTLING)
"""Acts that change what counts."""

act = Table(
    "act",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("assertion", Text, ForeignKey("assertion.id")),
    Column("subject", Text, comment="what it is upon, other than an assertion: kind:name"),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601 with microseconds"),
    Column("reason", Text),
    Column("batch", Text, _later("batch.id", name="act_batch")),
    Column("digest", Text, nullable=False, comment="SHA-256 over the digest before and this act"),
    Column("door", Text, nullable=False, comment="by which way it came in"),
    Column("content", Text, comment="what it carries: canonical JSON"),
    CheckConstraint("assertion IS NOT NULL OR subject IS NOT NULL", name="act_upon_something"),
    CheckConstraint("position >= 1", name="act_position"),
    # The last act upon an assertion is its status: found from the index alone.
    Index("act_assertion", "assertion", "position"),
    Index("act_subject", "subject", "position"),
    Index("act_actor", "actor", "position"),
    Index("act_kind", "kind", "position"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("document", Text),
    Column("file_digest", Text),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    *(Column(count, Integer, nullable=False) for count in ("proposed", "accepted", "rejected", "superseded", "retracted")),
    Column("first", Integer, nullable=False, comment="position of its first act"),
)

draft = Table(
    "draft",
    metadata,
    # Every saved version is a row: saving in two windows loses nothing. No act of record, so outside the chain.
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("content", Text, comment="JSON, which need not be valid items; NULL when it was discarded"),
    CheckConstraint("version >= 1", name="draft_version"),
    Index("draft_owner", "owner"),
)

# --- beside the record ------------------------------------------------------------------------------------------------

beside = MetaData()
"""Tables that are no part of the record of truth: emptied, they cost nobody any knowledge."""

token = Table(
    "token",
    beside,
    # Outside the chain and changed in place, for tokens end and what is kept of sessions must not be kept for ever. That a token
    # was issued or revoked is an act of the ledger.
    Column("id", Text, primary_key=True, comment="its first part, by which it is found"),
    Column("kind", Text, nullable=False),
    Column("hash", Text, nullable=False, comment="SHA-256 of its secret"),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False, comment="reaches no further than this role"),
    Column("scope", Text, nullable=False, comment="and this scope"),
    Column("issued", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("expires", Text, nullable=False, comment="moves on when a session is used"),
    Column("until", Text, nullable=False, comment="up to here"),
    Column("origin", Text),
    Column("last_used", Text),
    Column("revoked", Text),
    Column("revoked_by", Text),
    Index("token_person", "person"),
)


stamp = MetaData()
"""What the tool for migrations keeps for itself."""

version = Table("ledger_version", stamp, Column("version_num", String(32), primary_key=True))
# the name that the tool gives to this key
version.primary_key.name = "ledger_version_pkc"


def create(connection: Connection, about: Mapping[str, str]) -> None:
    """Make all tables in an empty database, as the last migration would leave them; ``about`` is written down in ``meta``."""
    for tables in (metadata, beside, stamp):
        tables.create_all(connection)
    # Made on PostgreSQL, a key that refers to a later table is marked as not to be made with its own, which SQLite asks for.
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints:
            key._create_rule = None
    connection.execute(meta.insert(), [{"name": name, "value": value} for name, value in about.items()])
    connection.execute(version.insert(), {"version_num": revision(glance.SCHEMA_VERSION)})


def revision(schema: int) -> str:
    """Return what the migration to a version of the tables is called.

    >>> revision(2)
    '0002'
    """
    return f"{schema:04}"


# --- what one database understands: an index of some rows, triggers that keep a ledger append-only and without gaps -----


_APPEND_ONLY = {"assertion": ("id",), "act": ("position",), "batch": ("id",), "draft": ("id", "version")}
"""Table -> its key."""


def _after_create(target: Table | MetaData, dialect: str | tuple[str, ...], statement: str) -> None:
    """Run ``statement`` once ``target`` has been made, on one kind of database or some."""
    ddl: Any = DDL  # its constructor carries no types
    event.listen(target, "after_create", ddl(statement).execute_if(dialect=dialect))


# An ``Index`` with a condition of each database would load the dialects of both, which takes longer than opening the ledger.
_after_create(act, ("sqlite", "postgresql"), f"CREATE INDEX act_settling ON act (position) WHERE {glance.SETTLING}")


# SQLite deletes silently on INSERT OR REPLACE, hence a trigger before each insert as well.
for _name, _keys in _APPEND_ONLY.items():
    _same = " AND ".join(f"{_key} = NEW.{_key}" for _key in _keys)
    _table = metadata.tables[_name]
    for _verb in ("UPDATE", "DELETE"):
        _after_create(
            _table,
            "sqlite",
            f"CREATE TRIGGER {_name}_no_{_verb.lower()} BEFORE {_verb} ON {_name} "
            f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no {_verb} of {_name}'); END",
        )
    _after_create(
        _table,
        "sqlite",
        f"CREATE TRIGGER {_name}_no_replace BEFORE INSERT ON {_name} "
        f"WHEN EXISTS (SELECT 1 FROM {_name} WHERE {_same}) "
        f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this {_name} is there already'); END",
    )
_after_create(
    act,
    "sqlite",
    "CREATE TRIGGER act_no_gap BEFORE INSERT ON act "
    "WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM act) "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: positions follow each other without gaps'); END",
)

_after_create(
    metadata,
    "postgresql",
    "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION USING MESSAGE = 'the ledger is append-only: no ' || TG_OP || ' of ' || TG_TABLE_NAME; END $$",
)
for _name in _APPEND_ONLY:
    _after_create(
        metadata,
        "postgresql",
        f"CREATE TRIGGER {_name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {_name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()",
    )
_after_create(
    metadata,
    "postgresql",
    "CREATE FUNCTION ledger_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM act) THEN "
    "RAISE EXCEPTION 'the ledger is append-only: positions follow each other without gaps'; "
    "END IF; RETURN NEW; END $$",
)
_after_create(
    metadata,
    "postgresql",
    "CREATE TRIGGER act_no_gap BEFORE INSERT ON act FOR EACH ROW EXECUTE FUNCTION ledger_no_gap()",
)

CHANNEL = "mechkg_ledger"
"""Where PostgreSQL tells whoever listens that acts were committed; what it tells is the schema that the ledger is in."""

_after_create(
    metadata,
    "postgresql",
    "CREATE FUNCTION ledger_tells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM pg_notify('{CHANNEL}', TG_TABLE_SCHEMA); RETURN NULL; END $$",
)
_after_create(
    metadata,
    "postgresql",
    "CREATE TRIGGER act_tells AFTER INSERT ON act FOR EACH STATEMENT EXECUTE FUNCTION ledger_tells()",
)

# --- connecting -------------------------------------------------------------------------------------------------------

_IDLE = 1.0
"""Seconds after which a connection to a server is asked whether it still lives: asking each time would cost a round trip."""

_CONNECTIONS = 15
"""So many connections to a server a process has at most; whoever needs one more waits."""

_PATIENCE = 30.0
"""Seconds a writer waits for another one."""

_ADVISORY_LOCK = 0x6D6563686B67  # "mechkg"; one number for all writers of one PostgreSQL database


def url_of(where: str | Path) -> URL:
    """Return the database URL for a path of an SQLite file or a URL of either database."""
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):  # not told as the cause, for that shows the password
        raise LedgerError(
            f"'{masked(where)}' is not a database URL", hint="give a path, or postgresql://user@host/database"
        ) from None
    if "@" in (url.host or ""):  # a part of the password is in the place of the host
        raise LedgerError(f"'{masked(where)}' is not a database URL", hint="write @ in a user or password as %40")
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise LedgerError(f"a ledger lives in SQLite or PostgreSQL, not in {url.get_backend_name()}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise LedgerError("a ledger lives in a file, not in memory", hint="give the path of a file")
    return url


def shown(url: URL) -> str:
    """Return how a message names the ledger: its path, or its URL without password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database).removeprefix("file:")
    return masked(url.render_as_string(hide_password=True))


def as_it_may_be_opened(url: URL) -> URL:
    """Return the URL of an SQLite file, for reading alone where it is on a disk that is read-only or may not be written to.

    There SQLite cannot make the files that it needs beside one with a write-ahead log, and takes it as it lies. What a process
    that was killed left in the log is read too, where the files beside it are still there.
    """
    path = Path(str(url.database))
    if not path.is_file() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return url
    log = path.with_name(f"{path.name}-wal")
    how = {"mode": "ro"} if log.exists() and log.stat().st_size else {"immutable": "1"}
    return url.set(database=f"file:{quote(str(path.absolute()))}").update_query_dict({**how, "uri": "true"})


def reads_only(url: URL) -> bool:
    """Say whether an SQLite file is opened for reading alone."""
    return bool({"mode", "immutable"} & set(url.query))


def file_name(url: URL) -> str:
    """Return an SQLite file as SQLite itself is told of it."""
    options = {name: value for name, value in url.query.items() if name in ("mode", "immutable")}
    return str(url.database) + (f"?{urlencode(options)}" if options else "")


def connect(url: URL) -> Engine:
    """Return an engine whose connections are set for a ledger. Nothing is opened yet."""
    if url.get_backend_name() == "postgresql":
        try:
            # to open a connection takes as long as several questions: those that were opened are kept
            engine = create_engine(url, pool_size=_CONNECTIONS, max_overflow=0)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise MissingExtraError(
                "a ledger in PostgreSQL needs the extra 'postgresql'", hint="pip install 'mechkg[postgresql]'"
            ) from error
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _refuse_dead)
        return engine
    if "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(_PATIENCE)})
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _note_use(_connection: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _refuse_dead(connection: Any, record: Any, _proxy: object) -> None:
    """Ask a connection that lay idle whether it still lives; the pool then takes another one."""
    used = record.info.get("used")
    if used is None or time.monotonic() - used < _IDLE:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:  # of the driver, which is not imported here
        raise DisconnectionError from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # sqlite3 must not begin transactions by itself: it would begin reading ones before a write.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged act survives power loss, not only a killed process
    cursor.execute("PRAGMA recursive_triggers = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock before the last position is read; DEFERRED could read a position that is then taken.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("ledger_writes") else "BEGIN")


class Pulse:
    """Whether a ledger in SQLite was written to, by SQLite's own count of what other connections committed.

    It costs some microseconds, a query a hundred times as many (https://sqlite.org/pragma.html#pragma_data_version).
    """

    def __init__(self, engine: Engine) -> None:
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        url = engine.url
        if engine.dialect.name == "sqlite" and "uri" not in url.query:
            self._connection = sqlite3.connect(str(url.database), check_same_thread=False, isolation_level=None)

    def count(self) -> int | None:
        """Return a number that differs from the one before when something was written since; None where that cannot be told."""
        with self._lock:
            if self._connection is None:
                return None
            try:
                found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:  # the query that is asked instead says what is wrong
                return None
            return found

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def exclude_other_writers(connection: Connection) -> None:
    """Wait until this transaction is the only one that writes to the ledger. SQLite did so when the transaction began."""
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.dbapi_connection
        statement = "SELECT pg_advisory_xact_lock(%s)"
        failures = connection.dialect.loaded_dbapi.Error
        try:
            with raw.pipeline():  # with the BEGIN that the driver sends before it, in one round trip
                raw.execute(statement, [_ADVISORY_LOCK])
        except failures as error:
            if raw.closed:  # and so are all others that lie ready
                connection.invalidate()
                connection.engine.dispose()
            raise DBAPIError.instance(statement, None, error, failures) from error


def keep_write_ahead_log(engine: Engine) -> None:
    """Let an SQLite ledger use a write-ahead log, so that readers and the writer do not wait for each other."""
    if engine.dialect.name != "sqlite" or reads_only(engine.url):
        return
    patience = time.monotonic() + _PATIENCE
    with engine.connect() as connection:
        raw = connection.connection.cursor()  # outside a transaction, where alone the mode may change
        while True:
            try:
                mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
                break
            except sqlite3.OperationalError as error:
                # Two that open a new file at once get in each other's way here, and SQLite does not wait by itself.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                    raise DBAPIError.instance("PRAGMA journal_mode", None, error, sqlite3.Error) from error
                time.sleep(0.005)
        raw.close()
    if mode != "wal":
        raise LedgerError("the file system does not allow a write-ahead log", hint="put the ledger on a local disk")


def tolerates_other_tables(engine: Engine) -> bool:
    """Say whether a ledger may share its database: a PostgreSQL database yes, an SQLite file no."""
    return engine.dialect.name != "sqlite"


# --- errors -----------------------------------------------------------------------------------------------------------

_SQLITE_ERRORS: dict[int, tuple[str, str | None]] = {
    sqlite3.SQLITE_NOTADB: ("is not a ledger: the file is not an SQLite database", "give another path"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "restore it from a backup"),
    sqlite3.SQLITE_READONLY: ("is read-only", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_PERM: ("may not be opened", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check that the folder exists and may be written to"),
    sqlite3.SQLITE_FULL: ("cannot be written to: the disk is full", "free some space; nothing was half written"),
    sqlite3.SQLITE_BUSY: ("is being written to by another process", "wait for it to end and try again"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk reports an error", "check the disk"),
}

_POSTGRESQL_ERRORS: dict[str, tuple[str, str | None]] = {
    "53100": ("cannot be written to: the disk of the server is full", "free some space; nothing was half written"),
    "25006": ("is read-only", "connect to the primary server"),
    "42501": ("may not be used by this role", "grant it the rights on the tables"),
    "3D000": ("does not exist on the server", "create the database first"),
    "53300": ("has too many connections", "try again later"),
    "28P01": ("refuses the password", "check user and password"),
    "28000": ("refuses this user", "check user and password"),
}


def ledger_error(error: DBAPIError, where: str) -> LedgerError:
    """Return what a failure of the database means for the ledger ``where``, in words."""
    cause: Any = error.orig
    known: tuple[str, str | None] | None = None
    if isinstance(cause, sqlite3.Error):
        known = _SQLITE_ERRORS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    else:
        state = getattr(cause, "sqlstate", None)
        known = _POSTGRESQL_ERRORS.get(state or "")
        if known is None and state is None and type(cause).__name__ == "OperationalError":
            known = ("cannot be reached", "check host, port and that the server runs")
    if known is None:
        return LedgerError(f"the ledger {where} failed: {masked(str(cause).strip())}")
    return LedgerError(f"the ledger {where} {known[0]}", hint=known[1])
