"""Pages of items in an order: a cursor holds the values that an item is ordered by, so it stays good when others come and go."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, total_ordering
from typing import Any

import numpy as np

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.filter import SORT_FIELDS, Sort
from mechkg.service.catalog import Entry
from mechkg.service.read_models.columns import NO_YEAR, Bools, Columns, Ints
from mechkg.service.read_models.names import NONE

Value = str | int | float | None
Key = tuple[Any, ...]

_FEW = 500
"""So many new rows are put into an order one by one; more are sorted together with all."""

_SPARSE = 50
"""Of so many rows, one is few."""

BY_ID: tuple[Sort, ...] = (Sort("id"),)


@dataclass(frozen=True)
class PageOf:
    """Some of ``total`` items; whether there are others before and after."""

    entries: tuple[Entry, ...]
    total: int
    has_previous: bool
    has_next: bool
    order: Order = field(repr=False)
    rows: tuple[int, ...] = field(repr=False)

    @cached_property
    def cursors(self) -> tuple[str, ...]:
        """The cursor of each, made when they are first asked for."""
        return tuple(cursor(self.order.values(row), self.order.sorts) for row in self.rows)


class Order:
    """All rows of some columns, dead ones too, in one order."""

    def __init__(self, columns: Columns, sorts: Sequence[Sort], before: Order | None = None) -> None:
        """Sort the rows; an order ``before`` of earlier columns, of which these are the continuation, saves most of it."""
        self.sorts = tuple(sorts)
        self._columns = columns
        self._values = [_Values(columns, sort) for sort in self.sorts]
        new = range(0 if before is None else len(before.rows), len(columns))
        if before is not None and len(new) <= _FEW and self._continues(before):
            rows = before.rows.tolist() if len(new) else []
            for row in new:
                insort(rows, row, key=self.key)
            self.rows: Ints = np.array(rows, np.int32) if len(new) else before.rows
        else:
            self.rows = np.array(sorted(range(len(columns)), key=self.key), np.int32)

    def _continues(self, before: Order) -> bool:
        """Say whether the rows that were there are ordered by what they were: the year of an item is that of its document."""
        years = before._columns.year
        return all(sort.by != "year" for sort in self.sorts) or np.array_equal(years, self._columns.year[: len(years)])

    def continued_by(self, columns: Columns) -> bool:
        """Say whether some columns have these rows, and maybe more."""
        return columns.root is self._columns.root

    def values(self, row: int) -> tuple[Value, ...]:
        """Return what a row is ordered by, its local name last."""
        return (*(values[row] for values in self._values), self._columns.entries[row].id)

    def key(self, row: int) -> Key:
        """Return what a row is ordered by, to be compared."""
        return self.key_of(self.values(row))

    def key_of(self, values: Sequence[Value]) -> Key:
        """Return values to be compared: nothing last, and the greater first where the order descends."""
        found: list[Any] = []
        for value, sort in zip(values, self.sorts, strict=False):
            backwards = _Backwards(value) if sort.descending and value is not None else value
            found.append((value is None, 0 if value is None else backwards))
        return (*found, values[-1])

    def ranked(self, rows: Bools) -> Ints:
        """Return some rows in this order."""
        those = np.flatnonzero(rows)
        if len(those) * _SPARSE < len(self.rows):  # few are put in order by their places
            few: Ints = those[np.argsort(self._places[those])].astype(np.int32)
            return few
        found: Ints = self.rows[rows[self.rows]]
        return found

    @cached_property
    def _places(self) -> Ints:
        """The place of each row in the order."""
        places = np.empty(len(self.rows), np.int32)
        places[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        return places

    def place(self, ranked: Ints, values: Sequence[Value], *, after: bool) -> int:
        """Return how many of some rows, given in this order, come before what has these values; ``after``: or have them."""
        try:
            return (bisect_right if after else bisect_left)(ranked, self.key_of(values), key=self.key)
        except TypeError as error:  # text where there are numbers
            raise _bad_cursor() from error


def page(
    order: Order,
    ranked: Ints,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageOf:
    """Return those of some rows, given in the order, that follow ``after`` and precede ``before``.

    The ``first`` of them, then the ``last`` of those. Raise BadInputError for a cursor of another order, or none of ours, and for
    a negative number.
    """
    for name, number in (("first", first), ("last", last)):
        if number is not None and number < 0:
            raise BadInputError(f"'{name}' is {number}", hint="give 0 or more")
    start = order.place(ranked, read_cursor(after, order.sorts), after=True) if after is not None else 0
    end = order.place(ranked, read_cursor(before, order.sorts), after=False) if before is not None else len(ranked)
    end = max(start, end)
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    shown = tuple(ranked[start:end].tolist())
    entries = order._columns.entries
    return PageOf(tuple([entries[row] for row in shown]), len(ranked), start > 0, end < len(ranked), order, shown)


def checked(sorts: Iterable[Sort]) -> tuple[Sort, ...]:
    """Return an order that says enough: by local name where nothing is said. Raise NotFoundError for an unknown field."""
    found = tuple(sorts)
    for sort in found:
        if sort.by not in SORT_FIELDS:
            raise NotFoundError.of("field to sort by", sort.by, SORT_FIELDS)
    return found or BY_ID


# --- cursors ----------------------------------------------------------------------------------------------------------


def cursor(values: Sequence[Value], sorts: Sequence[Sort]) -> str:
    """Return a cursor: the order, and the values in it, as text."""
    content = json.dumps([_sign(sorts), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(text: str, sorts: Sequence[Sort]) -> tuple[Value, ...]:
    """Return the values in a cursor of this order; raise BadInputError for any other text."""
    try:
        content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _bad_cursor() from error
    if not isinstance(content, list) or len(content) != len(sorts) + 2 or not isinstance(content[0], str):
        raise _bad_cursor()
    sign, *values = content
    if sign != _sign(sorts):
        raise BadInputError(f"the cursor is of a list in the order '{sign}'", hint=f"this one is in the order '{_sign(sorts)}'")
    if not all(value is None or isinstance(value, str | int | float) for value in values) or not isinstance(values[-1], str):
        raise _bad_cursor()
    return tuple(values)


def _sign(sorts: Sequence[Sort]) -> str:
    return " ".join(f"-{sort.by}" if sort.descending else sort.by for sort in sorts)


def _bad_cursor() -> BadInputError:
    return BadInputError("this is no cursor of a page", hint="give one as a page told it")


# --- what rows are ordered by -----------------------------------------------------------------------------------------


class _Values:
    """The value of each row in one field."""

    def __init__(self, columns: Columns, sort: Sort) -> None:
        self._columns = columns
        self._field = sort.by
        self._of_row: dict[int, float] = {}
        if sort.by in ("absorption", "temperature", "duration"):
            ranges = columns.ranges[sort.by]
            ends = (ranges.high, ranges.low) if sort.descending else (ranges.low, ranges.high)
            # a range without an end is ordered by the end that is printed
            numbers = np.where(np.isfinite(ends[0]), *ends)
            pick = max if sort.descending else min
            for row, number in zip(ranges.rows.tolist(), numbers.tolist(), strict=True):
                self._of_row[row] = pick(self._of_row.get(row, number), number)

    def __getitem__(self, row: int) -> Value:
        columns, field = self._columns, self._field
        if field == "id":
            return columns.entries[row].id
        if field == "label":
            return columns.entries[row].label.casefold()
        if field == "accepted":
            return int(columns.accepted[row])
        if field == "year":
            year = int(columns.year[row])
            return None if year == NO_YEAR else year
        if field in ("kind", "type", "document"):
            code = int(columns.single[field][row])
            return None if code == NONE else columns.names[code]
        return self._of_row.get(row)


@total_ordering
class _Backwards:
    """A value that comes before what it would come after."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.value == other.value)

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]
