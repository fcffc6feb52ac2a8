"""The ledger: every act ever done upon an assertion, in SQL, appended to and never changed.

It is the one record of truth. Status, graph, facts and verdicts are derived from it and stamped with a position in it. A
position, once given, always names the same act, and everything up to it stays as it was; so every answer here may be asked
for ``at`` a position of the past.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder, Ledger.open(f"{folder}/ledger.db") as ledger:
...     ledger.position()
0
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, Transaction, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mechkg.curation import tables
from mechkg.curation.alone import alone
from mechkg.curation.batch import Batch, BatchRecord, NewAct
from mechkg.curation.chain import BrokenLink, time_text
from mechkg.curation.glance import FORMAT, SCHEMA_VERSION
from mechkg.curation.mark import Marks, ServerMarks, sqlite_marks
from mechkg.curation.migrate import OLDEST, migrate
from mechkg.curation.news import News
from mechkg.curation.rows import (
    CHUNK,
    COUNTING,
    SqlRows,
    act_of,
    acts_wanted,
    chunks,
    draft_of,
    last_act,
    last_acts,
    record_of,
    state_of,
    state_query,
)
from mechkg.curation.snapshot import snapshot
from mechkg.curation.status import STATUS_AFTER, State
from mechkg.curation.tables import act, assertion, batch, draft, meta
from mechkg.curation.verify import verify
from mechkg.errors import LedgerError, NotFoundError, UncertainError
from mechkg.model.corpus import ItemKind
from mechkg.model.draft import Draft
from mechkg.model.happened import Happened, Wanted, assertions_named
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Door, Status, Subject, SubjectKind
from mechkg.tracing import span


class Ledger:
    """An open ledger. Threads may share it; writers take turns, readers wait for nobody."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        # a question of one statement needs no transaction, which to a server are two round trips more
        self._asking = engine.execution_options(isolation_level="AUTOCOMMIT") if self.on_server else engine
        self._where = where
        self._turn = threading.Lock()
        self._writer: int | None = None
        self._marks: Marks | None = None
        self._marking = threading.Lock()
        self._pulse: tables.Pulse | None = None
        self._settled: tuple[int, int] | None = None

    # --- opening and closing

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True, upgrade: bool | None = None) -> Ledger:
        """Open the ledger at a path (SQLite) or a URL (``sqlite:///...``, ``postgresql://...``); make it when it is not there.

        The tables of an older mechkg are changed to those of now where ``upgrade`` says so; by default in an SQLite file, and
        not on a server, which others may be using. Raise LedgerError when they are not, when it is not a ledger, is one of a
        newer mechkg, cannot be made or read, or is missing and ``create`` is false.
        """
        url = tables.url_of(where)
        if url.get_backend_name() == "sqlite" and "uri" not in url.query:
            _prepare_file(Path(str(url.database)), create)
            url = tables.as_it_may_be_opened(url)
        ledger = cls(tables.connect(url), tables.shown(url))
        try:
            ledger._prepare(create, url.get_backend_name() == "sqlite" if upgrade is None else upgrade)
            ledger._pulse = tables.Pulse(ledger._engine)
        except BaseException:
            ledger.close()
            raise
        return ledger

    @classmethod
    def upgrade(cls, where: str | Path, to: int = SCHEMA_VERSION) -> int:
        """Change the tables of the ledger at a path or URL, whatever their version; see :meth:`migrate`."""
        url = tables.url_of(where)
        if url.get_backend_name() == "sqlite" and "uri" not in url.query:
            _prepare_file(Path(str(url.database)), create=False)
        with cls(tables.connect(url), tables.shown(url)) as ledger:
            return ledger.migrate(to)

    def close(self) -> None:
        """Let go of the database. What was acknowledged is on disk already."""
        if self._marks is not None:
            self._marks.close()
            self._marks = None
        if self._pulse is not None:
            self._pulse.close()
        self._engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._where}>"

    # --- writing

    @contextmanager
    def batch(
        self, name: str, actor: str, *, document: str | None = None, file_digest: str | None = None, door: Door = "import"
    ) -> Iterator[Batch]:
        """Open a named batch: all its acts are written when the block ends well, none when it raises.

        Verbs take the batch in place of the ledger. A batch without acts leaves no trace.
        """
        with self._write(name, actor, document, file_digest, door) as opened:
            yield opened

    @contextmanager
    def writing(
        self, actor: str | None = None, door: Door = "import", upon: Subject | None = None,
        kinds: Sequence[ActKind] = (), after: int = 0,
    ) -> Iterator[Batch]:  # fmt: skip
        """Open a transaction without a name, for a lone act or those that follow from one.

        The acts ``upon`` a subject, and those of some ``kinds`` with a position above ``after``, are read with the last position,
        so that the batch need not ask for them.
        """
        with self._write(None, actor, None, None, door, upon, kinds, after) as opened:
            yield opened

    def append(self, acts: Sequence[NewAct]) -> list[Act]:
        """Write all ``acts`` in one transaction, or none; return them as written.

        Raise RefusedActError when the status of an assertion does not allow one of them.
        """
        with self.writing() as opened:
            opened.prefetch({new.assertion for new in acts if new.assertion is not None})
            return [opened.add(new) for new in acts]

    # --- reading acts

    def position(self) -> int:
        """Return the position of the last act; 0 when there is none."""
        with self._read() as connection:
            return last_act(connection)[0]

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        """Yield the acts with a position above ``after``, up to ``until`` (default: the last act there is now), oldest first."""
        end = self.position() if until is None else until
        while after < end:
            page = select(act).where(act.c.position > after, act.c.position <= end).order_by(act.c.position).limit(CHUNK)
            with self._read() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield from map(act_of, rows)
            after = rows[-1].position

    def settled(self, at: int | None = None) -> int:
        """Return the position of the last act that changed what counts, now or as of ``at``; 0 when there is none."""
        count = self._pulse.count() if at is None and self._pulse is not None else None
        known = self._settled
        if count is not None and known is not None and known[0] == count:
            return known[1]
        with self._read() as connection:
            found = SqlRows(connection).settled(at)
        if count is not None:
            self._settled = (count, found)  # what is written after the count was taken has another one
        return found

    def position_at(self, time: datetime) -> int:
        """Return the position of the last act done at ``time`` or before; 0 when there is none."""
        query = select(func.max(act.c.position)).where(act.c.at <= time_text(time))
        with self._read() as connection:
            return connection.execute(query).scalar() or 0

    def acts_on(self, subject: Subject, until: int | None = None) -> list[Act]:
        """Return all acts upon ``subject``, oldest first, those that follow from a change set among its own."""
        with self._read() as connection:
            return SqlRows(connection).acts_on(subject, until)

    def acts_of_kinds(self, kinds: Sequence[ActKind]) -> list[Act]:
        """Return all acts of these kinds, oldest first."""
        with self._read() as connection:
            return SqlRows(connection).acts_of_kinds(kinds)

    def acts_upon_all(self, kind: SubjectKind, until: int) -> list[Act]:
        """Return all acts upon subjects of a kind, such as change sets, with a position up to ``until``, oldest first."""
        with self._read() as connection:
            return SqlRows(connection).acts_upon_all(kind, until)

    def history(self, item: str) -> list[Act]:
        """Return all acts upon all assertions of ``item``, oldest first; empty when the ledger does not know the item."""
        query = select(act).join(assertion, assertion.c.id == act.c.assertion).where(assertion.c.item == item)
        with self._read() as connection:
            return [act_of(row) for row in connection.execute(query.order_by(act.c.position))]

    def find(
        self, wanted: Wanted, *, after: int = 0, before: int | None = None, newest: bool = False, most: int
    ) -> list[Happened]:
        """Return the first ``most`` acts that are ``wanted``, with a position above ``after`` and below ``before``.

        Oldest first, or ``newest`` first.
        """
        query = acts_wanted(wanted).where(act.c.position > after)
        if before is not None:
            query = query.where(act.c.position < before)
        query = query.order_by(act.c.position.desc() if newest else act.c.position).limit(most)
        with self._read() as connection:
            rows = connection.execute(query).all()
        acts = [act_of(row, "act_") for row in rows]
        named = self.named(acts)
        return [Happened(one, row.item, row.item_kind, row.document, named(one)) for one, row in zip(acts, rows, strict=True)]

    def named(self, acts: Iterable[Act]) -> Callable[[Act], dict[str, tuple[ItemKind, str]]]:
        """Return what says, of the assertions that each of these acts names, kind and id of their items."""
        names = {one.position: found for one in acts if (found := assertions_named(one))}
        records = self.assertions(set().union(*names.values())) if names else {}
        items = {name: (record.kind, record.item) for name, record in records.items()}
        return lambda one: {name: items[name] for name in names.get(one.position, ()) if name in items}

    def count(self, wanted: Wanted, before: int | None = None) -> int:
        """Return how many acts are ``wanted``, with a position below ``before``."""
        query = acts_wanted(wanted)
        if before is not None:
            query = query.where(act.c.position < before)
        with self._read() as connection:
            return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()

    def batches(self) -> list[BatchRecord]:
        """Return all named batches, oldest first."""
        with self._read() as connection:
            rows = connection.execute(select(batch).order_by(batch.c.first)).all()
        return [
            BatchRecord(
                r.id, r.name, r.document, r.file_digest, r.actor, datetime.fromisoformat(r.at),
                r.proposed, r.accepted, r.rejected, r.superseded, r.retracted,
            )
            for r in rows
        ]  # fmt: skip

    # --- reading assertions

    def assertion(self, assertion_id: str) -> AssertionRecord:
        """Return one assertion, whatever its status; raise NotFoundError when the ledger does not know it."""
        found = self.assertions([assertion_id])
        if not found:
            raise NotFoundError(f"the ledger holds no assertion {assertion_id}")
        return found[assertion_id]

    def assertions(self, ids: Iterable[str] | None = None) -> dict[str, AssertionRecord]:
        """Return those of the assertions ``ids`` that the ledger knows, by id; all of them when ``ids`` is None."""
        if ids is None:
            with self._read() as connection:
                return {r.id: record_of(r) for r in connection.execute(select(assertion).order_by(assertion.c.first_seen))}
        found: dict[str, AssertionRecord] = {}
        with self._read() as connection:
            for some in chunks(ids):
                found.update((r.id, record_of(r)) for r in connection.execute(select(assertion).where(assertion.c.id.in_(some))))
        return found

    def items(self) -> set[str]:
        """Return the names of all items that ever counted or were to count."""
        with self._read() as connection:
            return set(connection.execute(select(assertion.c.item).distinct()).scalars())

    def accepted(self, at: int | None = None) -> dict[str, AssertionRecord]:
        """Return the assertions accepted now, or as of position ``at``, by id, in the order in which they were accepted."""
        return {record.id: record for record, _ in self.accepted_with_acts(at)}

    def accepted_with_acts(self, at: int | None = None) -> list[tuple[AssertionRecord, Act]]:
        """Return the assertions accepted now, or as of position ``at``, each with the act that accepted it, in one query."""
        return list(self.each_accepted_with_act(at))

    def each_accepted_with_act(self, at: int | None = None) -> Iterator[tuple[AssertionRecord, Act]]:
        """Yield the assertions accepted now, or as of position ``at``, each with the act that accepted it, in the order of those.

        Read as they are asked for, in one transaction, so that all need not be in memory at once.
        """
        query = last_acts(*(column.label(f"act_{column.name}") for column in act.c), *assertion.c, at=at)
        query = query.where(act.c.kind.in_(COUNTING)).order_by(act.c.position)
        with self._explained(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(query):
                yield record_of(row), act_of(row, "act_")

    def accepted_of(self, item: str, at: int | None = None) -> AssertionRecord | None:
        """Return the accepted assertion of ``item``, now or as of ``at``; None when it has none."""
        query = last_acts(assertion, at=at).where(assertion.c.item == item, act.c.kind.in_(COUNTING))
        with self._read() as connection:
            row = connection.execute(query.order_by(act.c.position.desc()).limit(1)).first()
        return record_of(row) if row else None

    def status(self, assertion_id: str, at: int | None = None) -> Status:
        """Return the status of an assertion, now or as of ``at``; raise NotFoundError when it was not there (yet)."""
        query = select(act.c.kind).where(act.c.assertion == assertion_id).order_by(act.c.position.desc()).limit(1)
        with self._read() as connection:
            kind = connection.execute(query if at is None else query.where(act.c.position <= at)).scalar()
        if kind is None:
            raise NotFoundError(f"the ledger holds no assertion {assertion_id}" + ("" if at is None else f" at position {at}"))
        return STATUS_AFTER[kind]

    def statuses(self, at: int | None = None) -> dict[str, Status]:
        """Return the status of every assertion, now or as of ``at``, by id."""
        return {assertion_id: state.status for assertion_id, state in self.states(at).items()}

    def states(self, at: int | None = None) -> dict[str, State]:
        """Return where every assertion stands, now or as of ``at``: item, document, status, and who gave it that status."""
        with self._read() as connection:
            return {state.assertion: state for state in map(state_of, connection.execute(state_query(at)))}

    # --- reading drafts, which are no acts

    def drafts(self, draft_id: str) -> list[Draft]:
        """Return all versions of a draft, oldest first; empty when there is none of that name."""
        with self._read() as connection:
            return SqlRows(connection).drafts(draft_id)

    def drafts_of(self, owner: str) -> list[Draft]:
        """Return the last version of each draft of a person, the one that was saved last first."""
        last = select(draft.c.id, func.max(draft.c.version).label("version")).where(draft.c.owner == owner)
        those = last.group_by(draft.c.id).subquery()
        query = select(draft).join(those, (draft.c.id == those.c.id) & (draft.c.version == those.c.version))
        with self._read() as connection:
            rows = connection.execute(query.order_by(draft.c.at.desc(), draft.c.id.desc()))
            return [draft_of(row) for row in rows]

    # --- checking

    def verify_chain(self) -> BrokenLink | None:
        """Read the whole ledger and return the first act that is not what was written; None when all is well."""
        with snapshot(self._engine.url) as connection:
            return verify(connection).broken

    # --- beside the record

    @property
    def marks(self) -> Marks:
        """What tells cheaply whether the database still holds what it held."""
        with self._marking:
            if self._marks is None:
                url = self._engine.url
                if self._engine.dialect.name == "sqlite":
                    self._marks = sqlite_marks(tables.file_name(url), uri="uri" in url.query)
                else:
                    self._marks = ServerMarks(self._ask)
            return self._marks

    def _ask(self, query: str) -> tuple[str, int | None]:
        with self._read() as connection:
            state, position = connection.exec_driver_sql(query).one()
            return state, position

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection to read what is kept beside the acts, such as tokens, each statement by itself.

        To write there, use that of ``writing()``.
        """
        with self._read() as connection:
            yield connection

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Say whether no other process that uses this ledger is within a block of this ``name``; none gets in until it ends."""
        with self._explained(), alone(self._engine, name) as mine:
            yield mine

    def news(self) -> News:
        """Return what waits for new acts, whichever process writes them."""
        return News(self._engine, self.marks)

    @property
    def on_server(self) -> bool:
        """Whether the ledger is in PostgreSQL, where other machines may write to it."""
        return self._engine.dialect.name == "postgresql"

    # --- within

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._explained(), self._asking.connect() as connection:
            yield connection

    @contextmanager
    def _write(
        self, name: str | None, actor: str | None, document: str | None, file_digest: str | None, door: Door,
        upon: Subject | None = None, kinds: Sequence[ActKind] = (), after: int = 0,
    ) -> Iterator[Batch]:  # fmt: skip
        me = threading.get_ident()
        if self._writer == me:
            raise LedgerError("a batch is open already", hint="give the batch, not the ledger, to what is done within it")
        # Threads of this process queue here: fairer and cheaper than polling for the lock of the database.
        with span("ledger write"), self._turn:
            self._writer = me
            try:
                with (
                    self._explained(),
                    self._engine.connect().execution_options(ledger_writes=True) as connection,
                    connection.begin() as transaction,
                ):
                    tables.exclude_other_writers(connection)
                    opened = Batch(SqlRows(connection), name, actor, document, file_digest, door, upon, kinds, after)
                    yield opened
                    opened.finish()
                    self._commit(transaction)
            finally:
                self._writer = None

    def _commit(self, transaction: Transaction) -> None:
        """Commit; raise UncertainError when the server is gone before it has said that it did."""
        try:
            transaction.commit()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise UncertainError(
                f"the ledger {self._where} was lost while it was written to, so it is not known whether anything was done",
                hint="look whether it was done before you do it again",
            ) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn failures of the database into LedgerError."""
        try:
            yield
        except DBAPIError as error:
            raise tables.ledger_error(error, self._where) from error
        except PoolTimeout as error:
            raise LedgerError(f"the ledger {self._where} is asked too much at once", hint="ask again in a few seconds") from error

    def _prepare(self, create: bool, upgrade: bool) -> None:
        """Make sure that the database is a ledger of this version: make the tables of an empty one, and change older ones."""
        with self._read() as connection:
            schema = self._schema(connection)
        if schema is None and not create:
            raise LedgerError(f"there is no ledger in {self._where}")
        with self._explained():
            tables.keep_write_ahead_log(self._engine)
        if schema == SCHEMA_VERSION:
            return
        if schema is not None and not upgrade:
            raise LedgerError(
                f"the ledger {self._where} has schema version {schema}; this mechkg works with {SCHEMA_VERSION}",
                hint="mechkg upgrade, once all older mechkg that use it have ended",
            )
        with self._changing() as connection:
            schema = self._schema(connection)  # somebody may have been faster
            if schema is None:
                tables.create(connection, {"format": FORMAT, "schema": str(SCHEMA_VERSION)})
            elif schema < SCHEMA_VERSION:
                migrate(connection, schema, SCHEMA_VERSION)

    def migrate(self, to: int = SCHEMA_VERSION) -> int:
        """Change the tables to those of another schema version; return the one they had. All is done, or nothing.

        Raise LedgerError for a version that there is no way to. Below its own, this mechkg cannot use the ledger any more.
        """
        with self._changing() as connection:
            before = self._schema(connection, any_version=True)
            if before is None:
                raise LedgerError(f"there is no ledger in {self._where}")
            if before != to:
                migrate(connection, before, to)
            return before

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Open a transaction in which tables may be made and changed; nobody writes meanwhile."""
        with (
            self._explained(),
            self._engine.connect().execution_options(ledger_writes=True) as connection,
            connection.begin(),
        ):
            tables.exclude_other_writers(connection)
            yield connection

    def _schema(self, connection: Connection, *, any_version: bool = False) -> int | None:
        """Return the version of the tables, None when there are none.

        Raise LedgerError when the database holds something else, or (unless ``any_version``) tables that this mechkg cannot use.
        """
        names = set(inspect(connection).get_table_names())
        ours = names & set(tables.metadata.tables)
        if not ours and (not names or tables.tolerates_other_tables(self._engine)):
            return None
        known: dict[str, str] = {}
        if "meta" in ours and {"name", "value"} <= {column["name"] for column in inspect(connection).get_columns("meta")}:
            known = {row.name: row.value for row in connection.execute(select(meta))}
        if known.get("format") != FORMAT or len(ours) < len(tables.metadata.tables):
            raise LedgerError(f"{self._where} is a database, but not a ledger of mechkg", hint="give another path or database")
        schema = int(known.get("schema", "0"))
        if schema > SCHEMA_VERSION and not any_version:
            raise LedgerError(
                f"the ledger {self._where} has schema version {schema}; this mechkg works with {SCHEMA_VERSION}",
                hint=f"use a newer mechkg, or let that one bring it back: mechkg upgrade --to {SCHEMA_VERSION}",
            )
        if schema < OLDEST:
            raise LedgerError(
                f"the ledger {self._where} has schema version {schema}, which none but the mechkg that wrote it can read",
                hint="its digests cover less than those of today: load what it was loaded from into a new ledger",
            )
        return schema


def _prepare_file(path: Path, create: bool) -> None:
    """Check what can be said of the place of an SQLite file before it is opened, and make its folder."""
    if path.is_dir():
        raise LedgerError(f"{path} is a folder, not a ledger", hint="give the path of a file")
    if path.exists():
        return
    if not create:
        raise LedgerError(f"there is no ledger at {path}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"the folder of {path} cannot be made: {error.strerror}", hint="give another path") from error
