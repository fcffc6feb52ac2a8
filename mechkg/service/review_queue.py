"""The queue as those see it who work on it: chosen by filters with counts, in pages, with what each person may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, get_args

from mechkg.curation import policy
from mechkg.errors import BadInputError
from mechkg.model.change_set import ChangeSet, SetStatus
from mechkg.model.person import Caller, Person
from mechkg.service.browse import short_title
from mechkg.service.choosing import chosen
from mechkg.service.people import everybody
from mechkg.service.queue import Filter, Order, Queued, queued
from mechkg.service.recorded import Recorded
from mechkg.service.tasks import Task, tasks

PAGE: Final = 25

WAITING, ALL, DECIDED = "waiting", "all", "decided"
STATUSES: Final = (WAITING, *get_args(SetStatus), DECIDED, ALL)
"""What may be asked for by status: those that wait for somebody, of one status, decided ones, all."""

ORDERS: Final = {"oldest": "oldest first", "newest": "newest first", "changed": "last touched first"}

NOBODY: Final = "-"
"""Stands for no assignee."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which change sets are asked for; an empty text leaves it open.

    ``whose`` is "mine" (proposed by who asks), "review" (who asks may review it) or "assigned" (to who asks).
    """

    status: str = WAITING
    kind: str = ""
    paper: str = ""
    author: str = ""
    assignee: str = ""
    whose: str = ""
    machine: str = ""
    stale: str = ""
    text: str = ""
    order: str = "oldest"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen, what to call it, and how many there are with the rest as it is."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A change set in the list: what it edits by kind, its papers (id, title), and whether who asks may review it."""

    queued: Queued
    kinds: tuple[tuple[str, int], ...]
    papers: tuple[tuple[str, str], ...]
    reviewable: bool


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """A page of the queue; ``all`` counts every change set ever proposed, ``end`` is where the next page begins."""

    rows: tuple[Row, ...]
    total: int
    all: int
    options: dict[str, tuple[Option, ...]]
    end: str | None
    tasks: tuple[Task, ...] | None
    people: tuple[Person, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


_NAMES: Final = ("kind", "paper", "author", "assignee", "whose", "machine", "stale", "status")


def review_queue(view: Recorded, ask: Ask, by: Caller | None) -> ReviewQueue:
    """Return a page of the change sets that are asked for.

    Raise NotFoundError, with the nearest name, for a status, an order or a filter that there is not; BadInputError for a cursor
    that is none.
    """
    chosen("status", ask.status, STATUSES)
    chosen("order of change sets", ask.order, get_args(Order))
    if ask.whose:
        chosen("whose change sets", ask.whose, ("mine", "review", "assigned"))
    for name in ("machine", "stale"):
        if value := getattr(ask, name):
            chosen(name, value, ("yes", "no"))
    if ask.after and not ask.after.isdecimal():
        raise BadInputError(f"'{ask.after}' is no cursor", hint="follow the link to the next page")
    people = everybody(view.ledger)
    those = queued(view, Filter(waiting=None, text=ask.text or None))
    now = datetime.now(UTC)
    person = people.get(by.person) if by is not None else None
    reviewable = {q.change_set.id for q in those if _may_review(person, q.change_set, people.values(), now)}
    tests = {name: _test(ask, name, person, reviewable) for name in _NAMES}
    kept = [q for q in those if all(test(q) for test in tests.values())]
    place: Callable[[Queued], int] = (
        (lambda q: q.change_set.position) if ask.order == "changed" else (lambda q: int(q.change_set.id.removeprefix("set-")))
    )
    sign = 1 if ask.order == "oldest" else -1
    kept.sort(key=lambda q: sign * place(q))
    rest = [q for q in kept if not ask.after or sign * place(q) > sign * int(ask.after)]
    shown = rest[:PAGE]
    return ReviewQueue(
        tuple(_row(view, q, q.change_set.id in reviewable) for q in shown),
        len(kept),
        len(queued(view, Filter(waiting=None))) if ask.text else len(those),
        _options(view, ask, those, tests, person, reviewable, people),
        str(place(shown[-1])) if shown and len(shown) < len(rest) else None,
        None if by is None or person is None else tuple(tasks(view, by)),
        tuple(sorted((p for p in people.values() if _reviews(p)), key=lambda p: p.name.casefold())),
        {name: each.name for name, each in people.items()},
    )


def _may_review(person: Person | None, found: ChangeSet, people: Iterable[Person], now: datetime) -> bool:
    return person is not None and found.status == "open" and policy.why_no_reviewer(person, found, people, now) is None


def _reviews(person: Person) -> bool:
    return any(grant.covers("reviewer", grant.scope) for grant in person.grants)


def _test(ask: Ask, name: str, person: Person | None, reviewable: set[str]) -> Callable[[Queued], bool]:
    """Return what says whether a change set meets one part of what is asked for."""
    value = getattr(ask, name)
    if not value:
        return lambda _: True
    tests: dict[str, Callable[[ChangeSet], bool]] = {
        "kind": lambda c: any(edit.kind == value for edit in c.edits),
        "paper": lambda c: any(edit.document == value for edit in c.edits),
        "author": lambda c: value in c.authors,
        "assignee": lambda c: (c.assignee or NOBODY) == value,
        "machine": lambda c: (c.machine is not None) == (value == "yes"),
        "whose": _whose(value, person, reviewable),
        "status": _of_status(value),
    }
    if name == "stale":
        return lambda q: q.stale == (value == "yes")
    return lambda q: tests[name](q.change_set)


def _whose(value: str, person: Person | None, reviewable: set[str]) -> Callable[[ChangeSet], bool]:
    if person is None:
        return lambda _: False
    if value == "mine":
        return lambda c: person.id in c.authors
    if value == "assigned":
        return lambda c: c.assignee == person.id
    return lambda c: c.id in reviewable


def _of_status(value: str) -> Callable[[ChangeSet], bool]:
    if value == ALL:
        return lambda _: True
    if value in (WAITING, DECIDED):
        return lambda c: c.open == (value == WAITING)
    return lambda c: c.status == value


def _options(
    view: Recorded,
    ask: Ask,
    those: list[Queued],
    tests: dict[str, Callable[[Queued], bool]],
    person: Person | None,
    reviewable: set[str],
    people: dict[str, Person],
) -> dict[str, tuple[Option, ...]]:
    """Return what can be chosen in each filter, with how many there would be."""

    def others(name: str) -> list[ChangeSet]:
        return [q.change_set for q in those if all(test(q) for other, test in tests.items() if other != name)]

    def name_of(who: str) -> str:
        return people[who].name if who in people else who

    def paper(name: str) -> str:
        entry = view.catalog.entries.get(name)
        return name if entry is None else short_title(view, entry)

    def counted(name: str, values: Callable[[ChangeSet], Iterable[str]], label: Callable[[str], str]) -> tuple[Option, ...]:
        found = Counter(value for one in others(name) for value in set(values(one)))
        if have := getattr(ask, name):
            found.setdefault(have, 0)
        return tuple(
            sorted((Option(v, label(v), n) for v, n in found.items()), key=lambda o: (o.value == NOBODY, o.label.casefold()))
        )

    def tried(name: str, values: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
        rest = [q for q in those if all(test(q) for other, test in tests.items() if other != name)]
        return tuple(
            Option(value, label, sum(map(_test(_with(ask, name, value), name, person, reviewable), rest)))
            for value, label in values
        )

    return {
        "status": tried("status", ((s, s if s not in (WAITING, ALL) else _WORDS[s]) for s in STATUSES)),
        "kind": counted("kind", lambda c: (edit.kind for edit in c.edits), str),
        "paper": counted("paper", lambda c: (edit.document for edit in c.edits), paper),
        "author": counted("author", lambda c: c.authors, name_of),
        "assignee": counted("assignee", lambda c: (c.assignee or NOBODY,), lambda n: "nobody" if n == NOBODY else name_of(n)),
        "machine": tried("machine", (("yes", "suggested by a program"), ("no", "by hand"))),
        "stale": tried("stale", (("yes", "made on what no longer counts"), ("no", "up to date"))),
        "whose": tried("whose", _WHOSE) if person is not None else (),
    }


_WORDS: Final = {WAITING: "waiting for somebody", ALL: "all"}
_WHOSE: Final = (("review", "need my review"), ("mine", "mine"), ("assigned", "assigned to me"))


def _with(ask: Ask, name: str, value: str) -> Ask:
    return replace(ask, **{name: value})


def _row(view: Recorded, found: Queued, reviewable: bool) -> Row:
    change_set = found.change_set
    papers = dict.fromkeys(edit.document for edit in change_set.edits)
    entries = view.catalog.entries
    titles = tuple((name, short_title(view, entries[name]) if name in entries else name) for name in papers)
    kinds = Counter(edit.kind for edit in change_set.edits)
    return Row(found, tuple(kinds.items()), titles, reviewable)
