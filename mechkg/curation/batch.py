"""A batch: acts that enter the ledger together or not at all.

Every act, a lone one too, passes through :meth:`Batch.add`, so no road into the ledger goes round its rules:

- the present status allows the act (``status.ALLOWED``), somebody acts, and acts that end something give a reason;
- an assertion is what its content-addressed id says;
- an act upon something else than an assertion fits what was done upon it before (``subjects.refusal``);
- when the batch ends, an item has at most one accepted assertion, and what was superseded has an accepted successor.

The last two hold for the end only, so that within a batch the old may be superseded before or after the new is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from mechkg.curation.chain import START, digest_of
from mechkg.curation.status import REASON_NEEDED, STATUS_AFTER, State, called, refusal, status_kind
from mechkg.curation.subjects import refusal_upon
from mechkg.errors import LedgerError, NotFoundError, RefusedActError
from mechkg.model.draft import Draft
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Door, Subject, canonical_json, content_id

_SUCCESSOR = re.compile(r"superseded by (RA[A-Za-z0-9_\-]{43})(?:: |$)")


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act to be written, upon an assertion or upon another ``subject``.

    ``record`` is needed to propose what the ledger does not know; ``actor`` defaults to the batch's. An act upon an assertion
    names as ``subject`` the change set that it follows from, if any.
    """

    kind: ActKind
    assertion: str | None = None
    actor: str | None = None
    reason: str | None = None
    record: AssertionRecord | None = None
    subject: Subject | None = None
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What the ledger keeps of a named batch; the counts are those of its acts."""

    id: str
    name: str
    document: str | None
    file_digest: str | None
    actor: str
    at: datetime
    proposed: int
    accepted: int
    rejected: int
    superseded: int
    retracted: int


class Rows(Protocol):
    """What a batch needs of the database, within one write transaction."""

    @property
    def connection(self) -> Any:
        """The transaction itself, for what is kept beside the acts."""
        ...

    def start(self, upon: Subject | None, kinds: Sequence[ActKind], after: int) -> tuple[Act | None, list[Act], list[Act]]:
        """The last act; all acts upon ``upon``; all of these ``kinds`` with a position above ``after``; oldest first."""
        ...

    def states(self, assertions: Iterable[str]) -> dict[str, State]:
        """States of those ``assertions`` that the ledger knows."""
        ...

    def open_of(self, items: Iterable[str]) -> list[State]:
        """States of all proposed and accepted assertions of ``items``, in every document."""
        ...

    def settled(self) -> int:
        """Position of the last act that changed what counts; 0 when there is none."""
        ...

    def acts_upon(self, assertion: str) -> list[Act]:
        """All acts that gave ``assertion`` its statuses, oldest first."""
        ...

    def acts_on(self, subject: Subject, until: int | None = None) -> list[Act]:
        """All acts upon ``subject``, oldest first."""
        ...

    def acts_of_kinds(self, kinds: Sequence[ActKind], after: int = 0) -> list[Act]:
        """All acts of these kinds with a position above ``after``, oldest first."""
        ...

    def knows(self, subject: Subject) -> bool:
        """Whether there is, or was, an assertion or item of that name."""
        ...

    def of_document(self, document: str) -> list[tuple[str, Act]]:
        """Item and act for every act upon an assertion of ``document``, oldest first."""
        ...

    def drafts(self, draft: str) -> list[Draft]:
        """All versions of a draft, oldest first."""
        ...

    def number_of_drafts(self) -> int:
        """How many drafts were ever begun."""
        ...

    def write_draft(self, draft: Draft) -> None:
        """Append a version of a draft; it is no act."""
        ...

    def write(self, records: Sequence[tuple[AssertionRecord, int]], acts: Sequence[Act], batch: BatchRecord | None) -> None:
        """Append new assertions with the position of their first act, acts, and the batch."""
        ...


class Writable(Protocol):
    """What an act can be written to: a ledger (a transaction of its own) or a batch that is open."""

    def writing(self) -> AbstractContextManager[Batch]:
        """Open, or hand over, the batch to write to."""
        ...


class Batch:
    """A write transaction in progress. Get one from :meth:`Ledger.batch`; it is written when the ``with`` block ends well."""

    def __init__(
        self,
        rows: Rows,
        name: str | None = None,
        actor: str | None = None,
        document: str | None = None,
        file_digest: str | None = None,
        door: Door = "import",
        upon: Subject | None = None,
        kinds: Sequence[ActKind] = (),
        after: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.rows = rows
        self.name = name
        self.actor = actor
        self.document = document
        self.file_digest = file_digest
        self.door = door
        self.at = clock()
        self.acts: list[Act] = []
        last, before, self._since = rows.start(upon, kinds, after)
        self._asked = (tuple(kinds), after)
        self._start, self._digest = (last.position, last.digest) if last else (0, START)
        # Named after its first act: unique, and no source of randomness to explain.
        self.id = None if name is None else f"batch-{self._start + 1}"
        self._states: dict[str, State | None] = {}
        self._before = {upon: before} if upon is not None else dict[Subject, list[Act]]()
        self._open: dict[str, list[State]] = {}
        self._records: list[tuple[AssertionRecord, int]] = []
        self._closed = False

    def writing(self) -> AbstractContextManager[Batch]:
        """Hand over this batch; it stays open."""
        return nullcontext(self)

    def state(self, assertion: str) -> State | None:
        """Return where ``assertion`` stands within this batch; None when the ledger does not know it."""
        if assertion not in self._states:
            self.prefetch([assertion])
        return self._states[assertion]

    def prefetch(self, assertions: Iterable[str]) -> None:
        """Read the states of many assertions in one go, so that acts upon them ask nothing more of the database."""
        wanted = [a for a in assertions if a not in self._states]
        found = self.rows.states(wanted)
        self._states.update((a, found.get(a)) for a in wanted)

    def counting(self, items: Iterable[str]) -> dict[str, str]:
        """Return, for those of ``items`` that had one when the batch was opened, the assertion that counts."""
        return {s.item: s.assertion for s in self._open_of(items) if s.status == "accepted"}

    def _open_of(self, items: Iterable[str]) -> list[State]:
        """Return what waited or counted of ``items`` when the batch was opened; read once, for nobody else writes meanwhile."""
        those = list(items)
        if wanted := [item for item in those if item not in self._open]:
            self._open.update((item, []) for item in wanted)
            for state in self.rows.open_of(wanted):
                self._open[state.item].append(state)
                self._states.setdefault(state.assertion, state)
        return [state for item in those for state in self._open[item]]

    def count(self, kind: ActKind) -> int:
        """Return how many acts of ``kind`` the batch holds so far."""
        return sum(act.kind == kind for act in self.acts)

    def add(self, new: NewAct) -> Act:
        """Add an act and return it; raise RefusedActError, and add nothing, when it is not allowed."""
        if self._closed:
            raise LedgerError("this batch is over", hint="open a new one with ledger.batch(name, actor)")
        position = self._start + len(self.acts) + 1
        actor = _line("who acts", new.actor if new.actor is not None else self.actor)
        reason = _line("a reason", new.reason)
        _refuse_unwritable(new)
        draft = Act(
            position, new.kind, new.assertion, actor or "", self.at, reason, self.id, "", new.subject, self.door, new.content
        )
        if actor is None:
            raise RefusedActError(f"cannot {new.kind} {_upon(draft)}: it does not say who acts", hint="name an actor")
        state = self._next_state(new, draft)
        self._digest = digest_of(self._digest, draft)
        act = replace(draft, digest=self._digest)
        self.acts.append(act)
        if state is not None:
            self._states[state.assertion] = state
        return act

    def acts_on(self, subject: Subject) -> list[Act]:
        """Return all acts upon ``subject``, those of this batch among them, oldest first."""
        if subject not in self._before:  # read once: nobody else writes before this transaction ends
            self._before[subject] = self.rows.acts_on(subject)
        return [*self._before[subject], *(act for act in self.acts if act.subject == subject)]

    def acts_of_kinds(self, kinds: Sequence[ActKind], after: int) -> list[Act]:
        """Return the acts of these kinds above position ``after`` that were there when the batch was opened, oldest first."""
        if tuple(kinds) != self._asked[0] or after < self._asked[1]:
            return self.rows.acts_of_kinds(kinds, after)
        return [act for act in self._since if act.position > after]

    @property
    def next_position(self) -> int:
        """Position that the next act will have."""
        return self._start + len(self.acts) + 1

    def _next_state(self, new: NewAct, act: Act) -> State | None:
        """Return where the assertion of an act will stand after it, None without one; raise RefusedActError if it may not be."""
        if act.assertion is None:
            if act.subject is None:
                raise RefusedActError(f"cannot {act.kind}: it does not say upon what", hint="name an assertion or a subject")
            if act.subject.kind in ("assertion", "item") and not self._knows(act.subject):
                raise NotFoundError(f"cannot {act.kind} {act.subject}: the ledger holds no {act.subject.kind} of that name")
            if refused := refusal_upon(act.subject, self.acts_on(act.subject), act):
                raise refused
            return None
        kind = status_kind(act)
        if kind is None:
            raise RefusedActError(
                f"'{act.kind}' gives an assertion no status", hint=f"name the subject assertion:{act.assertion}"
            )
        state = self.state(act.assertion)
        if refused := refusal(kind, act.assertion, state):
            raise refused
        if act.reason is None and kind in REASON_NEEDED:
            raise RefusedActError(f"cannot {kind} {called(act.assertion, state)} without a reason", hint="say why in a sentence")
        if kind == "supersede":
            self._check_successor(act.assertion, act.reason)
        if kind == "restore" and self._kinds_upon(act.assertion)[-2] not in ("accept", "restore"):
            raise RefusedActError(
                f"cannot restore {called(act.assertion, state)}: it did not count when it was retracted", hint="propose it anew"
            )
        if state is None:
            record = self._checked_record(new)
            state = State(record.id, record.item, record.document, "proposed", act.position, act.actor)
            self._records.append((record, act.position))
        return replace(state, status=STATUS_AFTER[kind], position=act.position, actor=act.actor)

    def _knows(self, subject: Subject) -> bool:
        return any(subject.name == getattr(r, "id" if subject.kind == "assertion" else "item") for r, _ in self._records) or (
            self.rows.knows(subject)
        )

    def _kinds_upon(self, assertion: str) -> list[ActKind]:
        """Return the kinds of all acts that gave ``assertion`` its statuses, oldest first, those of this batch among them."""
        return [act.kind for act in (*self.rows.acts_upon(assertion), *self.acts) if act.assertion == assertion]

    def finish(self) -> None:
        """Write what was added and check the rules that hold at the end of a batch. Called by the ledger."""
        self._closed = True
        if not self.acts:
            return
        record = None
        if self.id is not None and self.name is not None:
            counts = [self.count(kind) for kind in ("propose", "accept", "reject", "supersede", "retract")]
            actor = self.actor or self.acts[0].actor
            record = BatchRecord(self.id, self.name, self.document, self.file_digest, actor, self.at, *counts)
        self._check_one_accepted()
        self._check_successors_accepted()
        self.rows.write(self._records, self.acts, record)

    def _checked_record(self, new: NewAct) -> AssertionRecord:
        record = new.record
        if record is None:
            raise RefusedActError(f"cannot propose {new.assertion}: the ledger does not know it", hint="give its record")
        content = {"kind": record.kind, "document": record.document, "body": record.body}
        if record.id != new.assertion or record.id != content_id(content) or record.body.get("id") != record.item:
            raise RefusedActError(
                f"cannot propose {new.assertion}: the id is not that of its content (item '{record.item}')",
                hint="build the record with AssertionRecord.of",
            )
        return record

    def _check_successor(self, old: str, reason: str | None) -> None:
        new = successor(reason)
        if new is None:
            raise RefusedActError(f"cannot supersede {called(old, self.state(old))}: the reason does not name its successor")
        if new == old:
            raise RefusedActError(f"cannot supersede {called(old, self.state(old))} by itself")
        if self.state(new) is None:
            name = called(old, self.state(old))
            raise RefusedActError(f"cannot supersede {name} by {new}: the ledger does not know that one", hint="propose it first")

    def _check_one_accepted(self) -> None:
        touched = {s.item for s in self._states.values() if s and s.status == "accepted" and s.position > self._start}
        self._open_of(touched)
        accepted: dict[str, str] = {}
        for state in sorted((s for s in self._states.values() if s is not None), key=lambda s: s.position):
            if state.status != "accepted" or state.item not in touched:
                continue
            if state.item in accepted:
                raise RefusedActError(
                    f"item '{state.item}' would have two accepted assertions, {accepted[state.item]} and {state.assertion}",
                    hint="supersede one by the other in the same batch",
                )
            accepted[state.item] = state.assertion

    def _check_successors_accepted(self) -> None:
        for act in self.acts:
            if act.assertion is None or act.kind != "supersede":
                continue
            old = self._states[act.assertion]
            if old is None or old.position != act.position:
                continue
            new = self.state(successor(act.reason) or "")
            if new is None or new.status != "accepted":
                raise RefusedActError(
                    f"cannot supersede {called(act.assertion, old)} by {called(successor(act.reason) or '', new)}, which is "
                    f"{new.status if new else 'unknown'}",
                    hint="accept the successor in the same batch",
                )


def _refuse_unwritable(new: NewAct) -> None:
    """Raise RefusedActError for a subject or content that a database or the digest cannot hold."""
    if new.subject is not None and _line("the subject", new.subject.name) != new.subject.name:
        raise RefusedActError(f"'{new.subject}' does not name what is meant", hint="names neither begin nor end with a space")
    if new.content is not None:
        try:
            canonical_json(new.content).encode()
        except (TypeError, ValueError) as error:
            raise RefusedActError(f"what the act '{new.kind}' carries is no JSON: {error}") from error


def _upon(act: Act) -> str:
    return str(act.assertion or act.subject or "nothing")


def superseding_reason(new: str, why: str | None = None) -> str:
    """Return the reason of an act that supersedes something by ``new``; the ledger keeps the link in these words."""
    return f"superseded by {new}" + (f": {why.strip()}" if why and why.strip() else "")


def successor(reason: str | None) -> str | None:
    """Return the assertion that the reason of a superseding act names.

    >>> successor(superseding_reason(content_id({}), "a better reading")) == content_id({})
    True
    """
    match = _SUCCESSOR.match(reason or "")
    return match[1] if match else None


def _line(what: str, text: str | None) -> str | None:
    """Return ``text`` stripped, None when nothing is left; refuse what a database or the digest cannot hold."""
    text = (text or "").strip()
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise RefusedActError(f"{what} holds a character that cannot be written (NUL or half of a surrogate pair)")
    return text or None
