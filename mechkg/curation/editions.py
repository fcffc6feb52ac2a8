"""What earlier releases said that a release takes back: older versions that it supersedes, and what counts no more.

An edition is an assertion as one act let it count; a release that was made of a position in between holds it so. What is told
here of an edition is fixed when it begins to count and never changes, so that every release holds the same of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from mechkg.curation.batch import successor
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import Release
from mechkg.model.ledger_record import Act, AssertionRecord


@dataclass(frozen=True, slots=True)
class Edition:
    """An assertion, the act that let it count, and the released editions whose place it took."""

    record: AssertionRecord
    act: Act
    supersedes: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A released edition that counts no more and that nothing released supersedes, and the act that ended it."""

    edition: Edition
    act: Act


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a release takes back: assertion that counts in it -> the editions it supersedes; and what is withdrawn, by when."""

    supersedes: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    withdrawn: tuple[Withdrawn, ...] = ()


def lineage(ledger: Ledger, release: Release) -> Lineage:
    """Return what a release takes back of the releases made before it.

    A version is superseded when a release held it that was made before its successor counted; one that no release held gives
    way to those that it took the place of itself.
    """
    acts = ledger.acts_of_kinds(["release"])
    made = next(act.position for act in acts if act.subject is not None and act.subject.name == release.name)
    earlier = [(act.position, int(act.content["position"])) for act in acts if act.content and act.position < made]
    if not earlier:
        return Lineage()
    periods = list(_periods(ledger.acts(until=release.position)))
    links = {period.position: _links(period, earlier) for period in periods}
    counting = [period for period in periods if period.end is None]
    released = [period for period in periods if _was_released(period, earlier, made)]
    superseded = {old.position for period in (*counting, *released) for old in links[period.position]}
    withdrawn = [period for period in released if period.end is not None and period.position not in superseded]
    named = {old.assertion for old in chain.from_iterable(links.values())} | {period.assertion for period in withdrawn}
    records = ledger.assertions(named)
    editions: dict[int, Edition] = {}
    for period in periods:  # in the order of the ledger: what is superseded comes before what supersedes it
        if period.assertion in named:
            older = tuple(editions[old.position] for old in links[period.position])
            editions[period.position] = Edition(records[period.assertion], period.start, older)
    return Lineage(
        {p.assertion: tuple(editions[old.position] for old in links[p.position]) for p in counting if links[p.position]},
        tuple(sorted((Withdrawn(editions[p.position], p.end) for p in withdrawn if p.end), key=lambda each: each.act.position)),
    )


@dataclass(slots=True)
class _Period:
    """How long an assertion counted, and in whose place."""

    assertion: str
    start: Act
    instead_of: list[_Period]
    end: Act | None = None

    @property
    def position(self) -> int:
        return self.start.position


def _periods(acts: Iterable[Act]) -> Iterator[_Period]:
    """Yield the periods in which assertions counted, oldest first, once all ``acts`` are read."""
    periods: list[_Period] = []
    counting: dict[str, _Period] = {}
    last: dict[str, _Period] = {}
    given_way: dict[str, list[_Period]] = defaultdict(list)  # successor that does not count yet -> what it supersedes
    for act in acts:
        name = act.assertion
        if name is None:
            continue
        if act.kind in ("accept", "restore"):
            # what counts again takes the place of itself: the act that let it count is another one
            before = given_way.pop(name, []) or ([last[name]] if name in last else [])
            period = _Period(name, act, before)
            counting[name] = last[name] = period
            periods.append(period)
        elif act.kind in ("supersede", "retract") and name in counting:
            period = counting.pop(name)
            period.end = act
            new = successor(act.reason) if act.kind == "supersede" else None
            if new is not None and new not in counting:
                given_way[new].append(period)
    return iter(periods)


def _links(period: _Period, releases: Sequence[tuple[int, int]]) -> list[_Period]:
    """Return the released periods whose place a period took, oldest first."""
    found: dict[int, _Period] = {}
    waiting = list(period.instead_of)
    while waiting:
        old = waiting.pop()
        if _was_released(old, releases, period.position):
            found[old.position] = old
        else:
            waiting += old.instead_of
    return [found[position] for position in sorted(found)]


def _was_released(period: _Period, releases: Iterable[tuple[int, int]], before: int) -> bool:
    """Say whether one of the ``releases``, given by where it was made and what position it shows, held a period ``before``."""
    end = None if period.end is None else period.end.position
    return any(made < before and period.position <= at and (end is None or at < end) for made, at in releases)
