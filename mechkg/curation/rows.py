"""The rows of the ledger: the statements that read and write them, and what a row is as a value.

``ledger.py`` and ``batch.py`` say what may be done; nothing here decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice
from operator import attrgetter
from sys import intern
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, literal, or_, select

from mechkg.curation import tables
from mechkg.curation.batch import BatchRecord
from mechkg.curation.chain import START, time_text
from mechkg.curation.status import STATUS_AFTER, State
from mechkg.curation.tables import act, assertion, batch, draft
from mechkg.model.draft import Draft
from mechkg.model.happened import PERSONAL, Wanted
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Subject, SubjectKind, canonical_json

CHUNK = 500  # names in one IN list, acts in one page: far below the limits of both databases


class SqlRows:
    """What a batch reads and writes, on the connection of its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The transaction itself, for what is kept beside the acts."""
        return self._connection

    def start(self, upon: Subject | None, kinds: Sequence[ActKind], after: int) -> tuple[Act | None, list[Act], list[Act]]:
        """The last act; all acts upon ``upon``; all of these ``kinds`` with a position above ``after``; oldest first."""
        rows = self._connection.execute(_START, {"subject": str(upon), "names": kinds, "after": after})
        acts = [act_of(row) for row in rows]
        return (
            acts[-1] if acts else None,
            [a for a in acts if upon is not None and a.subject == upon],
            [a for a in acts if a.kind in kinds and a.position > after],
        )

    def states(self, assertions: Iterable[str]) -> dict[str, State]:
        """States of those ``assertions`` that the ledger knows."""
        found: dict[str, State] = {}
        for some in chunks(assertions):
            rows = self._connection.execute(_STATES, {"names": some})
            found.update((state.assertion, state) for state in map(state_of, rows))
        return found

    def open_of(self, items: Iterable[str]) -> list[State]:
        """States of all proposed and accepted assertions of ``items``, in every document."""
        found: list[State] = []
        for some in chunks(items):
            found += map(state_of, self._connection.execute(_OPEN, {"names": some}))
        return found

    def settled(self, at: int | None = None) -> int:
        """Position of the last act that changed what counts; 0 when there is none."""
        query = select(func.max(act.c.position)).where(tables.SETTLING)
        return self._connection.execute(query if at is None else query.where(act.c.position <= at)).scalar() or 0

    def acts_upon(self, assertion_id: str) -> list[Act]:
        """All acts that gave ``assertion`` its statuses, oldest first."""
        query = select(act).where(act.c.assertion == assertion_id).order_by(act.c.position)
        return [act_of(row) for row in self._connection.execute(query)]

    def acts_on(self, subject: Subject, until: int | None = None) -> list[Act]:
        """All acts upon ``subject``, oldest first."""
        query = _UPON if until is None else _UPON.where(act.c.position <= until)
        return [act_of(row) for row in self._connection.execute(query, {"subject": str(subject)})]

    def acts_of_kinds(self, kinds: Sequence[ActKind], after: int = 0) -> list[Act]:
        """All acts of these kinds with a position above ``after``, oldest first."""
        query = select(act).where(act.c.kind.in_(kinds), act.c.position > after).order_by(act.c.position)
        return [act_of(row) for row in self._connection.execute(query)]

    def acts_upon_all(self, kind: SubjectKind, until: int) -> list[Act]:
        """All acts upon subjects of a kind with a position up to ``until``, oldest first."""
        # that there is a subject is looked up in an index, and what files import has none
        upon = (act.c.subject.is_not(None), act.c.subject.startswith(f"{kind}:", autoescape=True))
        query = select(act).where(*upon, act.c.position <= until).order_by(act.c.position)
        return [act_of(row) for row in self._connection.execute(query)]

    def knows(self, subject: Subject) -> bool:
        """Whether there is, or was, an assertion or item of that name."""
        column = {"assertion": assertion.c.id, "item": assertion.c.item}[subject.kind]
        return self._connection.execute(select(assertion.c.id).where(column == subject.name).limit(1)).first() is not None

    def drafts(self, draft_id: str) -> list[Draft]:
        """All versions of a draft, oldest first."""
        query = select(draft).where(draft.c.id == draft_id).order_by(draft.c.version)
        return [draft_of(row) for row in self._connection.execute(query)]

    def number_of_drafts(self) -> int:
        """How many drafts were ever begun."""
        return self._connection.execute(select(func.count()).select_from(draft).where(draft.c.version == 1)).scalar() or 0

    def write_draft(self, new: Draft) -> None:
        """Append a version of a draft; it is no act."""
        content = None if new.discarded else canonical_json(new.content)
        row = {"id": new.id, "version": new.version, "owner": new.owner, "at": time_text(new.at), "content": content}
        self._connection.execute(draft.insert(), row)

    def of_document(self, document: str) -> list[tuple[str, Act]]:
        """Item and act for every act upon an assertion of ``document``, oldest first."""
        query = select(act, assertion.c.item).join(assertion, assertion.c.id == act.c.assertion)
        query = query.where(assertion.c.document == document).order_by(act.c.position)
        return [(row.item, act_of(row)) for row in self._connection.execute(query)]

    def write(self, records: Sequence[tuple[AssertionRecord, int]], acts: Sequence[Act], named: BatchRecord | None) -> None:
        """Append new assertions with the position of their first act, acts, and the batch."""
        if named is not None:  # first, while nothing waits for it: SQLite would look for that among all acts
            values = {c.name: getattr(named, c.name) for c in batch.c if c.name not in ("at", "first")}
            self._connection.execute(batch.insert(), {**values, "at": time_text(named.at), "first": acts[0].position})
        if records:
            self._connection.execute(
                assertion.insert(),
                [
                    {
                        "id": r.id,
                        "kind": r.kind,
                        "item": r.item,
                        "document": r.document,
                        "body": canonical_json(r.body),
                        "first_seen": position,
                    }
                    for r, position in records
                ],
            )
        few = len(acts) <= _FEW and self._connection.dialect.name == "postgresql"
        self._connection.execute(
            _WRITE_FEW if few else act.insert(),
            [
                {
                    "position": a.position,
                    "kind": a.kind,
                    "assertion": a.assertion,
                    "actor": a.actor,
                    "at": time_text(a.at),
                    "reason": a.reason,
                    "batch": a.batch,
                    "digest": a.digest,
                    "subject": str(a.subject) if a.subject else None,
                    "door": a.door,
                    "content": canonical_json(a.content) if a.content is not None else None,
                }
                for a in acts
            ],
        )


def last_act(connection: Connection) -> tuple[int, str]:
    """Return position and digest of the last act."""
    row = connection.execute(_LAST).first()
    return (row.position, row.digest) if row else (0, START)


def last_acts(*columns: Any, at: int | None = None) -> Select[Any]:
    """Select ``columns`` of assertions joined with the last act upon each, now or as of position ``at``."""
    earlier = act.alias("earlier")
    last = select(func.max(earlier.c.position)).where(earlier.c.assertion == assertion.c.id)
    if at is not None:
        last = last.where(earlier.c.position <= at)
    # Correlated, so that asking for a few assertions costs a few look-ups in the index, not a pass over all acts.
    return select(*columns).select_from(assertion).join(act, act.c.position == last.correlate(assertion).scalar_subquery())


def acts_wanted(wanted: Wanted) -> Select[Any]:
    """Select the acts that are wanted, each with what its assertion is of."""
    of = (assertion.c.item, assertion.c.kind.label("item_kind"), assertion.c.document)
    query = select(*(column.label(f"act_{column.name}") for column in act.c), *of).outerjoin(
        assertion, act.c.assertion == assertion.c.id
    )
    query = query.where(act.c.kind.in_(wanted.kinds) if wanted.kinds else act.c.kind.not_in(PERSONAL))
    if wanted.kinds & PERSONAL:
        query = query.where(act.c.kind.not_in(PERSONAL))
    if wanted.person is not None:
        query = query.where(act.c.actor == wanted.person)
    if wanted.subject is not None:
        query = query.where(act.c.subject == str(wanted.subject))
    for column, name in ((assertion.c.item, wanted.item), (assertion.c.document, wanted.document)):
        if name is not None:
            # asked as sets of subjects and of assertions, so that each is looked up in an index
            those = select(assertion.c.id).where(column == name)
            upon = select(literal("assertion:").concat(assertion.c.id)).where(column == name)
            about = [act.c.assertion.in_(those), act.c.subject.in_(upon), act.c.subject == f"{column.name}:{name}"]
            if column is assertion.c.document:
                about.append(act.c.subject.in_(select(literal("item:").concat(assertion.c.item)).where(column == name)))
            query = query.where(or_(*about))
    return query


def state_query(at: int | None = None) -> Select[Any]:
    """Select where assertions stand, now or as of position ``at``."""
    return last_acts(assertion.c.id, assertion.c.item, assertion.c.document, act.c.kind, act.c.position, act.c.actor, at=at)


# Built once: a lone act is asked these, and building a statement costs as much as running it.
COUNTING = ("accept", "restore")
"""Acts after which an assertion counts."""
_NAMES: BindParameter[list[str]] = bindparam("names", expanding=True)
_LAST = select(act.c.position, act.c.digest).order_by(act.c.position.desc()).limit(1)
# Asked to return something, SQLAlchemy writes many rows in one statement: to a server, that is one round trip. Each number of
# rows is another statement, and with many it takes the driver longer to read it than to send them one after the other.
_WRITE_FEW = act.insert().returning(act.c.position)
_FEW = 20
_UPON = select(act).where(act.c.subject == bindparam("subject")).order_by(act.c.position)
_START = (
    select(act)
    .where(
        (act.c.position == select(func.max(act.c.position)).scalar_subquery())
        | (act.c.subject == bindparam("subject"))
        | (act.c.kind.in_(_NAMES) & (act.c.position > bindparam("after")))
    )
    .order_by(act.c.position)
)
_STATES = state_query().where(assertion.c.id.in_(_NAMES))
_OPEN = state_query().where(assertion.c.item.in_(_NAMES), act.c.kind.in_(["propose", *COUNTING])).order_by(act.c.position)


def state_of(row: Row[Any]) -> State:
    """Return a row of :func:`state_query` as a value."""
    return State(row.id, row.item, row.document, STATUS_AFTER[row.kind], row.position, row.actor)


def act_of(row: Row[Any], prefix: str = "") -> Act:
    """Return an act from a row; ``prefix`` is what the names of its columns begin with."""
    position, kind, upon, actor, at, reason, named, digest, subject, door, content = _act_fields(prefix)(row)
    return Act(
        position, kind, upon, actor, _time(at), reason, named, digest,
        Subject.parse(subject) if subject else None, door, json.loads(content) if content else None,
    )  # fmt: skip


@cache
def _act_fields(prefix: str) -> attrgetter[tuple[Any, ...]]:
    names = ("position", "kind", "assertion", "actor", "at", "reason", "batch", "digest", "subject", "door", "content")
    return attrgetter(*(f"{prefix}{name}" for name in names))


@lru_cache(maxsize=1024)
def _time(text: str) -> datetime:
    """Return a time that the ledger wrote; all acts of a batch share one."""
    return datetime.fromisoformat(text)


def record_of(row: Row[Any]) -> AssertionRecord:
    """Return a row of the table of assertions as a value."""
    kind: Any = intern(row.kind)  # many share these two words
    return AssertionRecord(row.id, kind, row.item, intern(row.document), _body(row.body))


def _body(text: str) -> dict[str, Any]:
    """Return the body of an assertion; those of many share the names of their fields, which are half of what they hold."""
    # what reads fast and shares names would read an integer of many digits as a float
    body: dict[str, Any] = json.loads(text) if _LONG_NUMBER.search(text) else orjson.loads(text)
    return body


_LONG_NUMBER = re.compile(r"\d{16}")


def draft_of(row: Row[Any]) -> Draft:
    """Return a row of the table of drafts as a value."""
    content = None if row.content is None else json.loads(row.content)
    return Draft(row.id, row.version, row.owner, datetime.fromisoformat(row.at), content, row.content is None)


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """Yield the names in lists short enough for one statement."""
    rest = iter(names)
    while some := list(islice(rest, CHUNK)):
        yield some
