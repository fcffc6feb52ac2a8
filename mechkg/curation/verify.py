"""Whether a ledger is what was written: its chain of acts from the start, and all that the acts speak of.

Rows are read as they stand, not as values, so that whatever was done to them has a place and a name. What no check of a ledger
alone can show is that acts were cut off at its end, or that somebody wrote it anew from one act on, digests and all: for that, an
earlier head (position and digest) is kept somewhere else, as each backup does, and held against it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import DBAPIError

from mechkg.curation import tables
from mechkg.curation.chain import START, BrokenLink, digest_of_fields
from mechkg.model.ledger_record import canonical_json, content_id

_PAGE: Final = 2000
"""Rows that are read at once."""

_COUNTED: Final = {
    "propose": "proposed", "accept": "accepted", "reject": "rejected", "supersede": "superseded", "retract": "retracted",
}  # fmt: skip
"""Kind of act -> the column of a batch that counts them."""

_FIELDS: Final = ("position", "kind", "assertion", "subject", "actor", "at", "reason", "batch", "door", "content")

Progress = Callable[[int, int], None]
"""Is told how many acts are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Head:
    """A position of a ledger and the digest of the act there, which chains to all acts before."""

    position: int = 0
    digest: str = START


@dataclass(frozen=True, slots=True)
class Verified:
    """How far a ledger was read, how much it holds, and the first thing about it that is not what was written."""

    head: Head
    at: str | None
    """Time of its last act."""
    assertions: int
    batches: int
    broken: BrokenLink | None = None

    @property
    def acts(self) -> int:
        """Number of acts whose links hold."""
        return self.head.position


@dataclass(slots=True)
class _Seen:
    """What the acts, read in their order, say that there has to be."""

    head: Head = field(default_factory=Head)
    at: str | None = None
    first: dict[str, int] = field(default_factory=dict)
    """Assertion -> position of the first act upon it."""
    batches: dict[str, tuple[int, Counter[str]]] = field(default_factory=dict)
    """Batch -> position of its first act, and how many acts of which kind."""
    heads: dict[int, str] = field(default_factory=dict)
    """Digests at those positions that somebody asks about."""


def verify(connection: Connection, *, among: tuple[Head, ...] = (), progress: Progress | None = None) -> Verified:
    """Read the ledger of a connection, whose transaction should be one snapshot, from its first act to its last.

    ``among``: heads that it had before, so that it has to hold them still.
    """
    seen = _Seen(heads={one.position: "" for one in among})
    broken = [*_whole_chain(connection, seen, progress), *_held(seen, among), *_assertions(connection, seen)]
    if not broken:  # a batch that the chain breaks in cannot be counted
        broken += _batches(connection, seen)
    if not broken:
        broken += _file(connection, seen.head.position)
    first = min(broken, key=lambda one: one.position, default=None)
    return Verified(seen.head, seen.at, len(seen.first), len(seen.batches), first)


def last(connection: Connection) -> int:
    """Return the position of the last act; 0 when there is none."""
    found = connection.execute(select(tables.act.c.position).order_by(tables.act.c.position.desc()).limit(1)).scalar()
    return found or 0


# --- acts -------------------------------------------------------------------------------------------------------------


def _whole_chain(connection: Connection, seen: _Seen, progress: Progress | None) -> Iterator[BrokenLink]:
    """Follow the chain; end with the first link that does not hold."""
    total = last(connection) if progress is not None else 0
    try:
        for row in _rows(connection, tables.act, "position"):
            if (broken := _link(row, seen)) is not None:
                yield broken
                return
            if progress is not None and (row.position % _PAGE == 0 or row.position == total):
                progress(row.position, total)
    except DBAPIError as error:
        yield BrokenLink(seen.head.position + 1, f"it cannot be read: {_short(error.orig)}")


def _link(row: Row[Any], seen: _Seen) -> BrokenLink | None:
    """Take one act on; return what is wrong with it."""
    position = seen.head.position + 1
    if row.position != position:
        if isinstance(row.position, int) and row.position > position:
            return BrokenLink(position, "it is missing", f"an act at position {position}", f"the next one at {row.position}")
        return BrokenLink(position, "before it stands a row that is no act", "positions from 1 on", repr(row.position))
    fields = {name: getattr(row, name) for name in _FIELDS}
    try:
        if row.content is not None:
            fields["content"] = json.loads(row.content)
        digest = digest_of_fields(seen.head.digest, fields)
        same = row.content is None or canonical_json(fields["content"]) == row.content
    except (ValueError, TypeError):
        return BrokenLink(position, "what it carries is no JSON", "canonical JSON", _short(row.content))
    if digest != row.digest:
        reason = "its digest does not fit its content and the digest before it"
        return BrokenLink(position, reason, digest, _short(row.digest))
    if not same:
        return BrokenLink(position, "what it carries is not as it was written", canonical_json(fields["content"]), row.content)
    seen.head, seen.at = Head(position, digest), row.at
    if position in seen.heads:
        seen.heads[position] = digest
    if row.assertion is not None:
        seen.first.setdefault(row.assertion, position)
    if row.batch is not None:
        seen.batches.setdefault(row.batch, (position, Counter()))[1][row.kind] += 1
    return None


def _held(seen: _Seen, among: tuple[Head, ...]) -> Iterator[BrokenLink]:
    """Yield where the ledger does not go on from what it was."""
    for one in among:
        found = START if one.position == 0 else seen.heads[one.position]
        if found == one.digest:
            continue
        if not found:
            if one.position > seen.head.position:
                position, reason = seen.head.position + 1, "it is missing: the ledger was longer before"
                yield BrokenLink(position, reason, f"{one.position} acts", f"{seen.head.position} acts")
            continue
        reason = "it, or an act before it, is another one than before, and the digests were written anew"
        yield BrokenLink(one.position, reason, one.digest, found)


# --- what acts speak of -----------------------------------------------------------------------------------------------


def _assertions(connection: Connection, seen: _Seen) -> Iterator[BrokenLink]:
    """Yield what is wrong with assertions: each has the content of its id, and was put there by an act."""
    left = dict(seen.first)
    end = seen.head.position
    known = ""
    try:
        for row in _rows(connection, tables.assertion, "id"):
            known = row.id
            first = left.pop(known, None)
            if first is None:
                at = row.first_seen if isinstance(row.first_seen, int) and 0 < row.first_seen <= end else end + 1
                if at <= end or not _beyond(row.first_seen, end):
                    yield BrokenLink(at, f"assertion {row.id} (item '{row.item}') was put there by no act")
                continue
            made = _content_id(row)
            if made != row.id:
                yield BrokenLink(
                    first, f"the assertion that it is upon (item '{row.item}') is not what its id says", row.id, made
                )
            elif row.first_seen != first:
                reason = f"assertion {row.id} (item '{row.item}') does not name its first act"
                yield BrokenLink(first, reason, str(first), repr(row.first_seen))
    except DBAPIError as error:
        at = left.get(_next(connection, known) or "", min(left.values(), default=end + 1))
        yield BrokenLink(at, f"the assertion that it is upon cannot be read: {_short(error.orig)}")
        return
    if left:
        name, first = min(left.items(), key=lambda one: one[1])
        yield BrokenLink(first, "the assertion that it is upon is missing", name, "nothing")


def _next(connection: Connection, name: str) -> str | None:
    """Return the id of the assertion that follows, which may be all of it that can be read."""
    column = tables.assertion.c.id
    try:
        found: str | None = connection.execute(select(column).where(column > name).order_by(column).limit(1)).scalar()
    except DBAPIError:
        return None
    return found


def _beyond(first_seen: object, end: int) -> bool:
    """Say whether a row belongs to acts that were not read, as their chain broke before."""
    return isinstance(first_seen, int) and first_seen > end + 1


def _content_id(row: Row[Any]) -> str:
    """Return the id of what an assertion says."""
    try:
        body = json.loads(row.body)
        if body["id"] != row.item:
            return f"an assertion on '{body['id']}'"
        if canonical_json(body) != row.body:
            return "JSON that is not canonical"
        return content_id({"kind": row.kind, "document": row.document, "body": body})
    except (ValueError, KeyError, TypeError):
        return "no JSON of an item"


def _batches(connection: Connection, seen: _Seen) -> Iterator[BrokenLink]:
    """Yield what is wrong with batches: each counts its acts."""
    left = dict(seen.batches)
    end = seen.head.position
    try:
        for row in _rows(connection, tables.batch, "id"):
            known = left.pop(row.id, None)
            if known is None:
                if not _beyond(row.first, end):
                    at = row.first if isinstance(row.first, int) and 0 < row.first <= end else end + 1
                    yield BrokenLink(at, f"{row.id} ('{row.name}') has no acts")
                continue
            first, kinds = known
            counted = {column: kinds[kind] for kind, column in _COUNTED.items()} | {"first": first}
            found = {column: getattr(row, column) for column in counted}
            if found != counted:
                wrong = next(column for column in counted if found[column] != counted[column])
                yield BrokenLink(first, f"its {row.id} says otherwise ({wrong})", str(counted[wrong]), repr(found[wrong]))
    except DBAPIError as error:
        yield BrokenLink(
            min((first for first, _ in left.values()), default=end + 1), f"a batch cannot be read: {_short(error.orig)}"
        )
        return
    if left:
        name, (first, _) = min(left.items(), key=lambda one: one[1][0])
        yield BrokenLink(first, "the batch that it is of is missing", name, "nothing")


def _file(connection: Connection, end: int) -> Iterator[BrokenLink]:
    """Yield what SQLite finds wrong with its file, such as an index that does not lead to all rows."""
    if connection.dialect.name != "sqlite":
        return
    try:
        told = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    except DBAPIError as error:
        told = str(error.orig)
    if told != "ok":
        yield BrokenLink(end + 1, f"all acts are there, and the file is damaged beside them: {told}", "ok", str(told))


# --- reading ----------------------------------------------------------------------------------------------------------


def _rows(connection: Connection, table: Table, key: str) -> Iterator[Row[Any]]:
    """Yield all rows in the order of their key; where one cannot be read, those before it, and then raise."""
    column = table.c[key]
    query = select(table).order_by(column)
    after: Any = None
    page = _PAGE
    while True:
        some = query if after is None else query.where(column > after)
        try:
            rows = connection.execute(some.limit(page)).all()
        except DBAPIError:
            if page == 1:
                raise
            page = 1  # the rows before the one that cannot be read
            continue
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1]._mapping[key]


def _short(text: object) -> str:
    shown = str(text)
    return shown if len(shown) <= 100 else f"{shown[:96]} ..."
