"""A ledger as it was at one of its positions: what had been done until then, and what it came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from mechkg.curation.ledger import Ledger
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Status, Subject, SubjectKind


class Record(Protocol):
    """What can be read of a ledger, as it is (:class:`Ledger`) or as it was (:class:`LedgerAt`); see there."""

    def position(self) -> int:
        """Return the position of the last act; 0 when there is none."""
        ...

    def settled(self, at: int | None = None) -> int:
        """Return the position of the last act that changed what counts."""
        ...

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        """Yield the acts with a position above ``after``, up to ``until``, oldest first."""
        ...

    def acts_on(self, subject: Subject, until: int | None = None) -> list[Act]:
        """Return all acts upon ``subject``, oldest first."""
        ...

    def acts_upon_all(self, kind: SubjectKind, until: int) -> list[Act]:
        """Return all acts upon subjects of a kind with a position up to ``until``, oldest first."""
        ...

    def acts_of_kinds(self, kinds: Sequence[ActKind]) -> list[Act]:
        """Return all acts of these kinds, oldest first."""
        ...

    def history(self, item: str) -> list[Act]:
        """Return all acts upon all assertions of ``item``, oldest first."""
        ...

    def find(
        self, wanted: Wanted, *, after: int = 0, before: int | None = None, newest: bool = False, most: int
    ) -> list[Happened]:
        """Return the first ``most`` acts that are ``wanted``."""
        ...

    def count(self, wanted: Wanted) -> int:
        """Return how many acts are ``wanted``."""
        ...

    def assertion(self, assertion_id: str) -> AssertionRecord:
        """Return one assertion; raise NotFoundError when it is not known."""
        ...

    def assertions(self, ids: Iterable[str] | None = None) -> Mapping[str, AssertionRecord]:
        """Return assertions by id."""
        ...

    def items(self) -> set[str]:
        """Return the names of all items that ever counted or were to count."""
        ...

    def accepted_with_acts(self, at: int | None = None) -> list[tuple[AssertionRecord, Act]]:
        """Return the assertions that count, each with the act that accepted it."""
        ...

    def each_accepted_with_act(self, at: int | None = None) -> Iterator[tuple[AssertionRecord, Act]]:
        """Yield them one after the other: all need not be in memory at once."""
        ...

    def accepted_of(self, item: str, at: int | None = None) -> AssertionRecord | None:
        """Return the accepted assertion of ``item``; None when it has none."""
        ...

    def status(self, assertion_id: str, at: int | None = None) -> Status:
        """Return the status of an assertion; raise NotFoundError when it is not known."""
        ...


class LedgerAt:
    """The ledger ``whole`` as it was at ``until``, to be read alone. Drafts and tokens, which are no acts, have no past here."""

    def __init__(self, whole: Ledger, until: int) -> None:
        self.whole = whole
        self.until = until

    def position(self) -> int:
        """Return the position itself."""
        return self.until

    def settled(self, at: int | None = None) -> int:
        """Return the position of the last act until then that changed what counts."""
        return self.whole.settled(self._at(at))

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        """Yield the acts until then."""
        return self.whole.acts(after, self._at(until))

    def acts_on(self, subject: Subject, until: int | None = None) -> list[Act]:
        """Return the acts upon ``subject`` until then."""
        return self.whole.acts_on(subject, self._at(until))

    def acts_upon_all(self, kind: SubjectKind, until: int) -> list[Act]:
        """Return the acts upon subjects of a kind until then."""
        return self.whole.acts_upon_all(kind, min(until, self.until))

    def acts_of_kinds(self, kinds: Sequence[ActKind]) -> list[Act]:
        """Return the acts of these kinds until then."""
        return [act for act in self.whole.acts_of_kinds(kinds) if act.position <= self.until]

    def history(self, item: str) -> list[Act]:
        """Return the acts upon assertions of ``item`` until then; empty for an item that was not known yet."""
        return [act for act in self.whole.history(item) if act.position <= self.until]

    def find(
        self, wanted: Wanted, *, after: int = 0, before: int | None = None, newest: bool = False, most: int
    ) -> list[Happened]:
        """Return the first ``most`` acts until then that are ``wanted``."""
        end = self.until + 1 if before is None else min(before, self.until + 1)
        return self.whole.find(wanted, after=after, before=end, newest=newest, most=most)

    def count(self, wanted: Wanted) -> int:
        """Return how many acts until then are ``wanted``."""
        return self.whole.count(wanted, self.until + 1)

    def assertion(self, assertion_id: str) -> AssertionRecord:
        """Return one assertion; raise NotFoundError when it was not known yet."""
        self.status(assertion_id)
        return self.whole.assertion(assertion_id)

    def assertions(self, ids: Iterable[str] | None = None) -> Mapping[str, AssertionRecord]:
        """Return those of the assertions ``ids`` that the ledger knows, which never change; all that were known then for None."""
        return self.whole.assertions(self.whole.states(self.until) if ids is None else ids)

    def items(self) -> set[str]:
        """Return the names of all items that had counted or were to count by then."""
        return {record.item for record in self.assertions().values()}

    def accepted_with_acts(self, at: int | None = None) -> list[tuple[AssertionRecord, Act]]:
        """Return the assertions that counted then."""
        return self.whole.accepted_with_acts(self._at(at))

    def each_accepted_with_act(self, at: int | None = None) -> Iterator[tuple[AssertionRecord, Act]]:
        """Yield the assertions that counted then, one after the other."""
        return self.whole.each_accepted_with_act(self._at(at))

    def accepted_of(self, item: str, at: int | None = None) -> AssertionRecord | None:
        """Return the assertion of ``item`` that counted then; None when it had none."""
        return self.whole.accepted_of(item, self._at(at))

    def status(self, assertion_id: str, at: int | None = None) -> Status:
        """Return the status that an assertion had then; raise NotFoundError when it was not known yet."""
        return self.whole.status(assertion_id, self._at(at))

    def _at(self, position: int | None) -> int:
        return self.until if position is None else min(position, self.until)
