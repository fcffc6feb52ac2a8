"""A desk: one person at one open transaction. Every act that people do is done at one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from mechkg.curation import change_set, people, policy
from mechkg.curation.batch import Batch, NewAct
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import called
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Status, Subject
from mechkg.model.person import EVERYTHING, Caller, Person


class Desk:
    """What a person can see and do within one transaction; what is seen cannot change before it ends."""

    def __init__(self, ledger: Ledger, batch: Batch, by: Caller) -> None:
        self.ledger = ledger
        self.batch = batch
        self.by = by

    @cached_property
    def everybody(self) -> Mapping[str, Person]:
        """All people, as of now."""
        return people.known(self.ledger, self.batch)

    @property
    def person(self) -> Person | None:
        """Who sits here; None for somebody unknown."""
        return self.everybody.get(self.by.person)

    def require(self, kind: ActKind, materials: Collection[str] = ()) -> Person:
        """Return the person when they may do ``kind`` to what belongs to ``materials``; raise ForbiddenError when not."""
        policy.require(kind, self.by, self.person, materials)
        assert self.person is not None
        return self.person

    def require_somewhere(self, kind: ActKind) -> Person:
        """Return the person when they may do ``kind`` to anything at all; raise ForbiddenError when not."""
        scopes = {grant.scope for grant in self.person.grants} if self.person else set()
        for scope in sorted(scopes | {self.by.within.scope} - {EVERYTHING}):
            try:
                return self.require(kind, () if scope == EVERYTHING else (scope,))
            except ForbiddenError:
                continue
        return self.require(kind)

    def require_for(self, kind: ActKind, found: ChangeSet, materials: Collection[str] = ()) -> Person:
        """Return the person when they may do ``kind`` to a change set; raise ForbiddenError when not.

        What it belonged to when it was written counts, and ``materials`` that it is found to belong to by now.
        """
        return self.require(kind, {*found.materials, *materials} if found.materials else ())

    def refuse_interested(self, about: Iterable[str]) -> None:
        """Raise ForbiddenError when the person declared an interest in one of these: documents, materials, people."""
        if self.person is not None:
            policy.refuse_interested(self.person, set(about) - {self.person.id}, self.batch.at)

    def refuse_interested_in(self, assertion: str, materials: Collection[str]) -> None:
        """Raise ForbiddenError when the person declared an interest in the document or a material of an assertion."""
        state = self.batch.state(assertion)
        self.refuse_interested({*materials, *([state.document] if state else [])})

    def refuse_other_status(self, assertion: str, status: Status, kind: ActKind) -> None:
        """Raise RefusedActError unless ``assertion`` has this status."""
        state = self.batch.state(assertion)
        if state is None or state.status != status:
            hint = None
            if state is not None and state.status == "proposed":
                hint = "it waits for a decision: reject its change set, or withdraw it"
            raise RefusedActError(
                f"cannot {kind} {called(assertion, state)}: it is {state.status if state else 'unknown'}, not {status}", hint=hint
            )

    def called(self, subject: Subject) -> str:
        """Return how a subject is called in words: an assertion by its item."""
        if subject.kind == "assertion":
            return called(subject.name, self.batch.state(subject.name))
        return f"{subject.kind} '{subject.name}'"

    def change_set(self, name: str) -> ChangeSet:
        """Return a change set; raise NotFoundError when there is none of that name."""
        found = change_set.fold(self.batch.acts_on(change_set.subject_of(name)))
        if found is None:
            raise NotFoundError(f"there is no change set called '{name}'", hint="change sets are named set-N")
        return found

    def act(self, kind: ActKind, subject: Subject, reason: str | None = None, content: Mapping[str, Any] | None = None) -> Act:
        """Add an act upon something else than an assertion."""
        return self.batch.add(NewAct(kind, None, self.by.person, reason, None, subject, content))

    def give_status(
        self, kind: ActKind, assertion: str, reason: str | None = None, cause: Subject | None = None,
        record: AssertionRecord | None = None, content: Mapping[str, Any] | None = None,
    ) -> Act:  # fmt: skip
        """Add an act that gives an assertion its status; ``cause`` is the change set that it follows from."""
        return self.batch.add(NewAct(kind, assertion, self.by.person, reason, record, cause, content))

    def counting(self, items: Iterable[str]) -> dict[str, str]:
        """Return, for those of ``items`` that have one, the assertion that counts."""
        return self.batch.counting(items)

    def stale(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return the edits that were made on something else than what counts now."""
        those = list(edits)
        counting = self.counting(edit.item for edit in those)
        return [edit for edit in those if counting.get(edit.item) != edit.base]

    def refuse_stale(self, what: str, edits: Iterable[Edit]) -> None:
        """Raise StaleError when an edit was made on something else than what counts now."""
        if moved := self.stale(edits):
            names = ", ".join(f"'{edit.item}'" for edit in moved)
            raise StaleError(
                f"{what} was made on what no longer counts: {names} changed since", hint="rebase it: each difference is shown"
            )

    def refuse_moved(self, edits: Iterable[Edit]) -> None:
        """Raise BadInputError when an edit gives an item another kind or document than what it changes has."""
        edits = [edit for edit in edits if edit.base is not None]
        bases = self.ledger.assertions(edit.base for edit in edits if edit.base is not None)
        for edit in edits:
            base = bases.get(edit.base or "")
            if base is not None and (base.kind, base.document) != (edit.kind, edit.document):
                was, becomes = f"a {base.kind} of '{base.document}'", f"a {edit.kind} of '{edit.document}'"
                raise BadInputError(
                    f"'{edit.item}' is {was}, and the edit makes it {becomes}",
                    hint="an item keeps its kind and document: remove it, and add another one",
                )


@contextmanager
def at_desk(ledger: Ledger, by: Caller, upon: Subject | None = None) -> Iterator[Desk]:
    """Open a transaction for one person, in the first place ``upon`` this; what is done is written when the block ends well."""
    with ledger.writing(by.person, by.door, upon, people.ACTS, people.read_until(ledger)) as batch:
        yield Desk(ledger, batch, by)
