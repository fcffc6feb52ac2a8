"""Rows of one ledger written into another, from whichever database into whichever: all, those since, or those up to a moment.

A ledger is append-only, so that what it was at a position is its first acts, with the assertions and batches that came in with
them, and what it was a while ago can be brought up to date by what came since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Table, delete, func, inspect, select

from mechkg.curation import tables
from mechkg.curation.verify import Head
from mechkg.errors import LedgerError
from mechkg.model.ledger_record import canonical_json

_PAGE: Final = 1000
"""Acts that are written at once."""


def head_at(connection: Connection, position: int | None = None) -> Head:
    """Return position and digest of an act, the last one unless told; raise LedgerError when there is no such act."""
    act = tables.act.c
    query = select(act.position, act.digest)
    query = query.order_by(act.position.desc()).limit(1) if position is None else query.where(act.position == position)
    row = None if position == 0 else connection.execute(query).first()
    if row is None and position:
        raise LedgerError(f"the ledger has no act {position}")
    return Head(row.position, row.digest) if row is not None else Head()


def time_at(connection: Connection, position: int) -> str | None:
    """Return when the act at a position was done; None for position 0."""
    found: str | None = connection.execute(select(tables.act.c.at).where(tables.act.c.position == position)).scalar()
    return found


def transfer(
    source: Connection, target: Connection, after: int, until: int, progress: Callable[[int, int], None] | None = None
) -> None:
    """Write the acts with a position above ``after``, up to ``until``, and what came in with them, into ``target``.

    ``target`` has the acts up to ``after`` already. The caller sees to it that ``until`` is not in the midst of a batch.
    """
    act, assertion, batch = tables.act, tables.assertion, tables.batch
    start = after
    while after < until:
        end = min(after + _PAGE, until)
        # in this order, as acts refer to assertions at once, and back only when all is written
        _copy(source, target, batch, select(batch).where(batch.c.first > after, batch.c.first <= end))
        _copy(source, target, assertion, select(assertion).where(assertion.c.first_seen > after, assertion.c.first_seen <= end))
        _copy(source, target, act, select(act).where(act.c.position > after, act.c.position <= end).order_by(act.c.position))
        after = end
        if progress is not None:
            progress(after - start, until - start)


def transfer_drafts(source: Connection, target: Connection, at: str | None = None) -> None:
    """Write the versions of drafts that ``target`` lacks, those saved ``at`` a time or before, into it."""
    draft = tables.draft
    known = {
        row.id: row.last
        for row in target.execute(select(draft.c.id, func.max(draft.c.version).label("last")).group_by(draft.c.id))
    }
    query = _drafts(at)
    lacking = [dict(row._mapping) for row in source.execute(query) if row.version > known.get(row.id, 0)]
    if lacking:
        target.execute(draft.insert(), lacking)


def transfer_tokens(source: Connection, target: Connection) -> None:
    """Let ``target`` have the tokens of ``source``, and no others."""
    target.execute(delete(tables.token))
    if inspect(source).has_table(tables.token.name):  # ledgers were made before there were any
        _copy(source, target, tables.token, select(tables.token))


def counted(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def assertions_and_tokens(connection: Connection) -> tuple[int, int]:
    """Return how many assertions and how many tokens there are."""
    return counted(connection, tables.assertion), counted(connection, tables.token)


def holds_anything(connection: Connection) -> bool:
    """Say whether there are acts, or drafts, already."""
    return any(counted(connection, table) for table in (tables.act, tables.assertion, tables.batch, tables.draft))


def schema_of(connection: Connection) -> int:
    """Return the version of the tables."""
    return int(connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == "schema")).scalar_one())


def digest_of_drafts(connection: Connection, at: str | None) -> tuple[int, str]:
    """Return how many versions of drafts were saved ``at`` a time or before, and a digest of them: SHA-256 in hexadecimal."""
    return _digest(connection.execute(_drafts(at))) if at is not None else (0, hashlib.sha256().hexdigest())


def digest_of_batches(connection: Connection, until: int) -> tuple[int, str]:
    """Return how many batches began up to a position, and a digest of them, as names of batches stand in no digest of an act."""
    batch = tables.batch
    return _digest(connection.execute(select(batch).where(batch.c.first <= until).order_by(batch.c.first)))


def last_saved(connection: Connection) -> str | None:
    """Return when a draft was saved last; None when none was."""
    found: str | None = connection.execute(select(func.max(tables.draft.c.at))).scalar()
    return found


def _drafts(at: str | None) -> Select[Any]:
    draft = tables.draft
    query = select(draft) if at is None else select(draft).where(draft.c.at <= at)
    return query.order_by(draft.c.at, draft.c.id, draft.c.version)


def _digest(rows: Any) -> tuple[int, str]:
    found = sorted(canonical_json(dict(row._mapping)) for row in rows)  # databases sort texts by rules of their own
    return len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()


def _copy(source: Connection, target: Connection, table: Table, query: Select[Any]) -> None:
    for rows in _pages(source, query):
        target.execute(table.insert(), [dict(row._mapping) for row in rows])


def _pages(connection: Connection, query: Select[Any]) -> Iterator[list[Row[Any]]]:
    found = connection.execute(query)
    while rows := list(found.fetchmany(_PAGE)):
        yield rows
