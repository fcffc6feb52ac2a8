"""Typed columns over all items: one row per item, names as numbers, so that a question to all of them is one to an array.

Rows are only ever added. An item that changes gets a new row, and its old one is dead; when a quarter of all rows are, all is
made anew. So the columns of the next version are those of this one and a few rows more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mechkg.model.filter import NumberField
from mechkg.service.catalog import Entry
from mechkg.service.read_models.item_facts import AMOUNTS, RANGES, SEVERAL, SINGLE, ItemFacts, facts_of
from mechkg.service.read_models.names import NONE, Names

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

NO_YEAR = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DEAD_SHARE = 4
"""All is made anew when one row in so many is dead."""


def microseconds(time: datetime) -> int:
    """Return a time as a number, exactly; one without a zone is in UTC."""
    since = (time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass(frozen=True, slots=True)
class Several:
    """Any number of names per row: ``names[i]`` is one of row ``rows[i]``; rows ascend."""

    rows: Ints
    names: Ints


@dataclass(frozen=True, slots=True)
class Ranges:
    """Any number of ranges per row."""

    rows: Ints
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Charged:
    """What stages charge: the stage by number, the name, the field that compares the amount (by number, NONE for none), range."""

    stages: Ints
    names: Ints
    fields: Ints
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Stages:
    """Stages of procedures, and conditions of zones: row of the item, name, action, and ranges, NaN where nothing is printed."""

    rows: Ints
    names: Ints
    actions: Ints
    temperature: tuple[Floats, Floats]
    duration: tuple[Floats, Floats]
    charged: Charged


@dataclass(frozen=True, slots=True)
class Values:
    """Values of properties that are compared among sources, one row for each thing that a value may be of."""

    rows: Ints
    subjects: Ints
    properties: Ints
    texts: Ints
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen that others could deny, one row for each thing, stage and property; ``groups`` deny each other if at all."""

    rows: Ints
    subjects: Ints
    properties: Ints
    groups: Ints
    said: Ints


@dataclass(frozen=True, slots=True)
class Compositions:
    """Compositions reported for bands: species (NONE where it is not said), elements, position in nm, formula."""

    rows: Ints
    species: Ints
    elements: Ints
    positions: Floats
    formulas: Ints


class Columns:
    """The columns as of one version. All arrays have one row per entry ever added; ``alive`` tells which still count."""

    def __init__(
        self,
        names: Names,
        entries: list[Entry],
        alive: Bools,
        single: Mapping[str, Ints],
        several: Mapping[str, Several],
        ranges: Mapping[NumberField, Ranges],
        stages: Stages,
        values: Values,
        seen: Seen,
        compositions: Compositions,
        accepted: NDArray[np.int64],
        own_year: Ints,
        quoted: Bools,
        row_of: dict[str, int],
    ) -> None:
        self.names = names
        self.entries = entries
        self.alive = alive
        self.single = single
        self.several = several
        self.ranges = ranges
        self.stages = stages
        self.values = values
        self.seen = seen
        self.compositions = compositions
        self.accepted = accepted
        self.own_year = own_year
        self.quoted = quoted
        self.row_of = row_of
        self.root: object = self
        """The same for columns that only have more rows than others."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Columns:
        """Make the columns of some items."""
        return cls._made(Names(), list(entries), 0)

    @classmethod
    def _made(cls, names: Names, entries: list[Entry], first: int) -> Columns:
        """Make columns of entries that will be the rows from ``first`` on."""
        facts = [facts_of(entry) for entry in entries]
        count = range(first, first + len(entries))
        return cls(
            names,
            entries,
            np.ones(len(entries), np.bool_),
            {field: _ints(names.add_all(f.single[field] for f in facts)) for field in SINGLE},
            {field: _several(names, count, [f.several[field] for f in facts]) for field in SEVERAL},
            {field: _ranges(count, [f.ranges[field] for f in facts]) for field in RANGES},
            _stages(names, count, facts),
            _values(names, count, facts),
            _seen(names, count, facts),
            _compositions(names, count, facts),
            np.array([microseconds(entry.accepted_at) for entry in entries], np.int64),
            _ints([f.year or NO_YEAR for f in facts]),
            np.array([f.quoted for f in facts], np.bool_),
            {entry.id: row for row, entry in zip(count, entries, strict=True)},
        )

    def after(self, gone: Sequence[str], come: Sequence[Entry]) -> Columns:
        """Return the columns of a later version, without the items ``gone`` (by local name), and with new or changed ones."""
        row_of = dict(self.row_of)
        alive = self.alive.copy()
        for name in (*gone, *(entry.id for entry in come)):
            if (row := row_of.pop(name, None)) is not None:
                alive[row] = False
        if (len(alive) - int(alive.sum())) * _DEAD_SHARE > len(alive) + len(come):
            return Columns.of([*(self.entries[row] for row in np.flatnonzero(alive)), *come])
        more = Columns._made(self.names, list(come), len(self))
        later = Columns(
            self.names,
            [*self.entries, *more.entries],
            np.concatenate([alive, more.alive]),
            {field: np.concatenate([column, more.single[field]]) for field, column in self.single.items()},
            {field: _joined(column, more.several[field]) for field, column in self.several.items()},
            {field: _joined(column, more.ranges[field]) for field, column in self.ranges.items()},
            _joined_stages(self.stages, more.stages),
            _joined(self.values, more.values),
            _joined(self.seen, more.seen),
            _joined(self.compositions, more.compositions),
            np.concatenate([self.accepted, more.accepted]),
            np.concatenate([self.own_year, more.own_year]),
            np.concatenate([self.quoted, more.quoted]),
            row_of | more.row_of,
        )
        later.root = self.root
        return later

    def __len__(self) -> int:
        return len(self.entries)

    # --- what hangs on other items, joined when it is asked for

    @cached_property
    def material(self) -> Several:
        """Materials of each row: its own; else those of what it is about."""
        return self._own_or_of_subjects(self.several["own_material"])

    @cached_property
    def species_kind(self) -> Several:
        """Kinds of species of each row: its own; else those of what it is about."""
        rows = np.flatnonzero(self.alive & (self.single["kind"] == self.names.find("species"))).astype(np.int32)
        return self._own_or_of_subjects(Several(rows, self.single["type"][rows]))

    @cached_property
    def year(self) -> Ints:
        """Year of each row: its own, else that of its document; NO_YEAR where nobody says."""
        documents = np.flatnonzero(self.alive & (self.single["kind"] == self.names.find("document")))
        of = np.zeros(len(self.names) + 1, np.int32)
        of[self.single["id"][documents]] = self.own_year[documents]
        own_only = self.single["kind"] == self.names.find("reference")
        return np.where(own_only, self.own_year, of[self.single["document"]]).astype(np.int32)

    def _own_or_of_subjects(self, own: Several) -> Several:
        """Return names per row: its own, and those that what it is about has for its own."""
        about = self.several["about"]
        counts = self.alive[own.rows]
        own_rows, own_names = own.rows[counts], own.names[counts]
        # each thing has one of its own at most, so a table by name is enough
        of = np.full(len(self.names) + 1, NONE, np.int32)
        of[self.single["id"][own_rows]] = own_names
        theirs = of[about.names]
        known = theirs != NONE
        pairs = np.unique(
            np.concatenate(
                [np.stack([own_rows, own_names], 1), np.stack([about.rows[known], theirs[known]], 1)],
            ),
            axis=0,
        )
        return Several(pairs[:, 0], pairs[:, 1])


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int32)


def _several(names: Names, rows: range, values: Sequence[Sequence[str]]) -> Several:
    return Several(_repeated(rows, values), _ints([names.add(name) for some in values for name in some]))


def _ranges(rows: range, values: Sequence[Sequence[tuple[float, float]]]) -> Ranges:
    low, high = _bounds([each for some in values for each in some])
    return Ranges(_repeated(rows, values), low, high)


def _repeated(rows: range, values: Sequence[Sequence[Any]]) -> Ints:
    return np.repeat(np.arange(rows.start, rows.stop, dtype=np.int32), [len(some) for some in values])


def _bounds(ranges: Sequence[tuple[float, float] | None]) -> tuple[Floats, Floats]:
    nothing = (float("nan"), float("nan"))
    both = np.array([each if each is not None else nothing for each in ranges], np.float64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def _stages(names: Names, rows: range, facts: Sequence[ItemFacts]) -> Stages:
    stages = [stage for f in facts for stage in f.stages]
    charged = [(number, *each) for number, stage in enumerate(stages) for each in stage.charged]
    fields = {field: number for number, field in enumerate(AMOUNTS)}
    low, high = _bounds([given for _, _, _, given in charged])
    return Stages(
        _repeated(rows, [f.stages for f in facts]),
        _ints([names.add(stage.name) for stage in stages]),
        _ints([names.add(stage.action) for stage in stages]),
        _bounds([stage.temperature for stage in stages]),
        _bounds([stage.duration for stage in stages]),
        Charged(
            _ints([number for number, _, _, _ in charged]),
            _ints([names.add(name) for _, name, _, _ in charged]),
            _ints([fields[field] if field is not None else NONE for _, _, field, _ in charged]),
            low,
            high,
        ),
    )


def _values(names: Names, rows: range, facts: Sequence[ItemFacts]) -> Values:
    found = [(row, subject, v) for row, f in zip(rows, facts, strict=True) for v in f.values for subject in v.subjects]
    low, high = _bounds([v.range for _, _, v in found])
    return Values(
        _ints([row for row, _, _ in found]),
        _ints([names.add(subject) for _, subject, _ in found]),
        _ints([v.property for _, _, v in found]),
        _ints([names.add(v.text) for _, _, v in found]),
        low,
        high,
    )


def _seen(names: Names, rows: range, facts: Sequence[ItemFacts]) -> Seen:
    found = [(row, each) for row, f in zip(rows, facts, strict=True) for each in f.seen]
    return Seen(
        _ints([row for row, _ in found]),
        _ints([names.add(each.subject) for _, each in found]),
        _ints([each.property for _, each in found]),
        _ints([names.add(each.identity) for _, each in found]),
        _ints([names.add(each.said) for _, each in found]),
    )


def _compositions(names: Names, rows: range, facts: Sequence[ItemFacts]) -> Compositions:
    found = [(row, c) for row, f in zip(rows, facts, strict=True) for c in f.compositions]
    return Compositions(
        _ints([row for row, _ in found]),
        _ints([names.add(c.species) for _, c in found]),
        _ints([names.add(c.elements) for _, c in found]),
        np.array([c.position for _, c in found], np.float64),
        _ints([names.add(c.formula) for _, c in found]),
    )


Joined = TypeVar("Joined", Several, Ranges, Values, Seen, Compositions)


def _joined(one: Joined, other: Joined) -> Joined:
    return type(one)(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in one.__slots__))


def _both(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def _joined_stages(one: Stages, other: Stages) -> Stages:
    a, b = one.charged, other.charged
    return Stages(
        np.concatenate([one.rows, other.rows]),
        np.concatenate([one.names, other.names]),
        np.concatenate([one.actions, other.actions]),
        _both(one.temperature, other.temperature),
        _both(one.duration, other.duration),
        Charged(
            np.concatenate([a.stages, b.stages + np.int32(len(one.rows))]),
            np.concatenate([a.names, b.names]),
            np.concatenate([a.fields, b.fields]),
            np.concatenate([a.low, b.low]),
            np.concatenate([a.high, b.high]),
        ),
    )
