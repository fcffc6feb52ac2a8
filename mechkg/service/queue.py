"""The queue: change sets, those that wait for somebody first of all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from weakref import WeakKeyDictionary

from mechkg.curation.change_set import fold
from mechkg.curation.ledger_at import LedgerAt, Record
from mechkg.errors import BadInputError
from mechkg.model.change_set import ChangeSet, SetStatus
from mechkg.model.ledger_record import Act
from mechkg.service.catalog import Catalog
from mechkg.service.choosing import chosen
from mechkg.service.recorded import Recorded

Order = Literal["newest", "oldest", "changed"]
"""newest, oldest: by when it was proposed. changed: the one that something was done upon last comes first."""

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Queued:
    """A change set, and the items of its edits that were made on what no longer counts."""

    change_set: ChangeSet
    stale_items: tuple[str, ...]

    @property
    def stale(self) -> bool:
        """Whether it has to be rebased before it can be accepted."""
        return bool(self.stale_items)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which change sets are meant: all that is given holds of them.

    ``waiting``: those that wait for somebody (true) or are decided (false). ``text`` is sought in titles, reasons, items.
    """

    waiting: bool | None = True
    status: SetStatus | None = None
    material: str | None = None
    document: str | None = None
    author: str | None = None
    assignee: str | None = None
    item: str | None = None
    stale: bool | None = None
    machine: bool | None = None
    text: str | None = None

    def keeps(self, queued: Queued) -> bool:
        """Say whether a change set is meant."""
        found = queued.change_set
        said = " ".join((found.id, found.title, found.reason or "", *(edit.item for edit in found.edits))).casefold()
        return all(
            (
                self.waiting is None or found.open == self.waiting,
                self.status is None or found.status == self.status,
                self.material is None or self.material in found.materials,
                self.document is None or any(edit.document == self.document for edit in found.edits),
                self.author is None or self.author in found.authors,
                self.assignee is None or found.assignee == self.assignee,
                self.item is None or any(edit.item == self.item for edit in found.edits),
                self.stale is None or queued.stale == self.stale,
                self.machine is None or (found.machine is not None) == self.machine,
                self.text is None or self.text.casefold() in said,
            )
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue: how many there are in all, whether more follow, and where this page ends."""

    found: tuple[Queued, ...]
    total: int
    more: bool
    end: str | None


def queue(
    workspace: Recorded, wanted: Filter | None = None, *, order: str = "oldest", first: int = 50, after: str | None = None
) -> Page:
    """Return a page of the change sets that are meant (those that wait, by default): at most ``first``, after the cursor.

    Raise BadInputError for an order that there is not, or a cursor that is none.
    """
    chosen("order of change sets", order, get_args(Order))
    if after is not None and not after.isdecimal():
        raise BadInputError(f"'{after}' is no cursor", hint="give the end of the page before")
    those = queued(workspace, wanted)
    place: Callable[[Queued], int] = (
        (lambda q: q.change_set.position) if order == "changed" else (lambda q: int(q.change_set.id.removeprefix("set-")))
    )
    sign = 1 if order == "oldest" else -1
    those.sort(key=lambda q: sign * place(q))
    rest = [q for q in those if after is None or sign * place(q) > sign * int(after)]
    shown = rest[: max(0, min(first, LARGEST_PAGE))]
    return Page(tuple(shown), len(those), len(shown) < len(rest), str(place(shown[-1])) if shown else None)


def queued(workspace: Recorded, wanted: Filter | None = None) -> list[Queued]:
    """Return all change sets that are meant (those that wait, by default), the oldest first."""
    keep, catalog = (wanted or Filter()).keeps, workspace.catalog
    return [each for found in change_sets(workspace.ledger).values() if keep(each := queued_of(catalog, found))]


def queued_of(catalog: Catalog, found: ChangeSet) -> Queued:
    """Hold a change set against what counts; one that is decided is not stale."""
    if not found.open:
        return Queued(found, ())
    now = {edit.item: catalog.entries.get(edit.item) for edit in found.edits}
    return Queued(found, tuple(e.item for e in found.edits if (entry.record.id if (entry := now[e.item]) else None) != e.base))


# --- all change sets --------------------------------------------------------------------------------------------------

_LOCK = threading.Lock()
_READ: WeakKeyDictionary[Record, tuple[int, dict[str, tuple[Act, ...]], dict[str, ChangeSet]]] = WeakKeyDictionary()
"""Ledger -> position up to which it was read, the acts upon each change set until then, and what they come to."""


def change_sets(ledger: Record) -> Mapping[str, ChangeSet]:
    """Return all change sets by name, oldest first. What was read before is kept, for acts never change."""
    return _at(ledger) if isinstance(ledger, LedgerAt) else _read(ledger)[1]


def _at(then: LedgerAt) -> dict[str, ChangeSet]:
    """Return the change sets as they stood then: those upon which nothing was done since stand as they do now."""
    acts, now = _read(then.whole)
    found = {}
    for name, change_set in now.items():
        until = [act for act in acts[name] if act.position <= then.until]
        stood = change_set if len(until) == len(acts[name]) else fold(until)
        if stood is not None:
            found[name] = stood
    return found


def _read(ledger: Record) -> tuple[Mapping[str, Sequence[Act]], Mapping[str, ChangeSet]]:
    """Return the acts upon each change set, and what they come to, as of now."""
    with _LOCK:
        read, acts, found = _READ.get(ledger, (0, {}, {}))
        came = list(ledger.acts(read)) if read else ledger.acts_upon_all("set", ledger.position())
        if not came:
            return acts, found
        acts, found = dict(acts), dict(found)
        touched: set[str] = set()
        for act in came:
            if act.subject is not None and act.subject.kind == "set":
                acts[act.subject.name] = (*acts.get(act.subject.name, ()), act)
                touched.add(act.subject.name)
        for name in sorted(touched, key=lambda n: acts[n][0].position):
            folded = fold(acts[name])
            if folded is not None:
                found[name] = folded
        _READ[ledger] = (came[-1].position, acts, found)
        return acts, found
