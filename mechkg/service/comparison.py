"""Compare values across papers: a table with free choice of rows and columns, made from what counts, with conflicts marked.

Nothing is in a table that no assertion states. What contradicts what is decided in :mod:`mechkg.curation.disagreements` alone.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

from mechkg.curation.disagreements import find_disagreements, shipped_rules, with_decisions
from mechkg.curation.ledger_at import Record
from mechkg.curation.release import releases
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.base import Item
from mechkg.model.disagreement import Disagreement, Side
from mechkg.model.ledger_record import Act
from mechkg.model.quantity import Quantity
from mechkg.model.release import Release
from mechkg.service.browse import short_title
from mechkg.service.catalog import Catalog
from mechkg.service.comparison_tables import Choice, Dimension, TableKind, arranged
from mechkg.service.read_models.models import ReadModels
from mechkg.service.recorded import Recorded
from mechkg.service.stated_values import COMPOSITION, Stated, property_title, stated_values

MOST_ROWS: Final = 300
MOST_COLUMNS: Final = 40
"""So many rows and columns are shown; a table that has more says so."""

MOST_VALUES: Final = 1500
"""Rows with so many values are shown, and one row at least: what is longer nobody reads, and a browser shows it slowly."""

NOT_SAID: Final = "not said"


@dataclass(frozen=True, slots=True)
class Mark:
    """A conflict that a value is part of. ``side`` is the reading that it belongs to, ``against`` those that contradict it."""

    disagreement: Disagreement
    side: str
    against: tuple[Side, ...]

    @property
    def standing(self) -> str:
        """What was decided of it, in a word: open, holds, gave way, or explained."""
        found = self.disagreement
        if found.state in ("open", "explained"):
            return found.state
        held = side_that_holds(found)
        return "holds" if held is not None and held.value == self.side else "gave way"


def side_that_holds(found: Disagreement) -> Side | None:
    """Return the side that a disagreement was decided for; None where it was not decided for one."""
    return next((side for side in found.sides if found.holds in [value.assertion for value in side.values]), None)


@dataclass(frozen=True, slots=True)
class Cell:
    """The values in a cell, each with the conflicts it is part of."""

    values: tuple[tuple[Stated, tuple[Mark, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a row, line or column is about: a key that does not change, what to call it, and the item it is, if it is one."""

    key: str
    title: str
    item: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a row; its cells stand in the order of the columns."""

    head: Head
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row, of one line or more."""

    head: Head
    lines: tuple[Line, ...]

    @property
    def values(self) -> list[tuple[Stated, tuple[Mark, ...]]]:
        """All values in it."""
        return [each for line in self.lines for cell in line.cells for each in cell.values]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen: its name, what to call it, and how many values it would leave."""

    name: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table: what counts since ``version``, as of ledger position ``position``. ``found`` is the number of values in it.

    ``conflicts`` are those that a value in it is part of. ``release`` is the one that this state was given a name by, if any.
    """

    kind: TableKind
    choice: Choice
    version: int
    position: int
    release: Release | None
    releases: tuple[Release, ...]
    tolerance: str
    columns: tuple[Head, ...]
    rows: tuple[Row, ...]
    found: int
    of: int
    rows_left_out: int
    columns_left_out: int
    conflicts: tuple[Disagreement, ...]
    options: Mapping[str, tuple[Option, ...]]
    works: tuple[str, ...]
    papers: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def has_lines(self) -> bool:
        """Whether rows are parted into lines."""
        return bool(self.choice.lines)


def compare(
    view: Recorded, kind: TableKind, choice: Choice | None = None, *, whole: bool = False, record: Record | None = None
) -> Comparison:
    """Return a table of what counts, arranged as chosen (as its definition says, by default); ``whole``: nothing is cut.

    ``record`` is the ledger whose releases are told, by default that of the view: a moment knows nothing of the release that
    gave it a name.
    Raises NotFoundError, with the nearest name, or BadInputError for a choice that makes no sense.
    """
    choice = arranged(choice or kind.choice)
    catalog = view.catalog
    values = [value for value in _values(catalog, kind) if kind.only != "compositions" or value.of_compositions]
    acts = view.ledger.acts_of_kinds(["decide"])
    band = _tolerance(choice.tolerance)
    conflicts = _Conflicts(_disagreements(catalog, acts, band), {value.item for value in values})
    of_properties = [value for value in values if value.property_id in choice.properties] if choice.properties else values
    heads = _Heads(view, choice.properties, _chains(values, band.to("nm")))
    chosen = _chosen(catalog, choice, of_properties)
    those = [(value, conflicts.of(value)) for value in chosen]
    those = [(value, marks) for value, marks in those if _is_shown(choice, marks)]
    columns = heads.in_order(choice.columns, (value for value, _ in those))
    kept = columns if whole else columns[:MOST_COLUMNS]
    rows = _rows(choice, heads, those, kept)
    shown = rows if whole else _first(rows)
    named = {mark.disagreement.id: mark.disagreement for _, marks in those for mark in marks}
    works = tuple(dict.fromkeys(name for value, _ in those for name in (*value.works, value.document)))
    return Comparison(
        kind,
        choice,
        view.version,
        view.ledger.position(),
        *_releases(record or view.ledger, view.version),
        str(band),
        kept,
        tuple(shown),
        len(those),
        len(values),
        len(rows) - len(shown),
        len(columns) - len(kept),
        tuple(named[name] for name in sorted(named)),
        _options(heads, values, choice),
        tuple(sorted(works)),
        {name: heads.called(name) for name in works} | _works_of(heads, named.values()),
        {each.subject: heads.called(each.subject) for each in named.values()},
    )


def _works_of(heads: _Heads, conflicts: Iterable[Disagreement]) -> dict[str, str]:
    """Return what to call the works on all sides of conflicts, those that a filter leaves out too."""
    values = (value for each in conflicts for side in each.sides for value in side.values)
    return {name: heads.called(name) for value in values for name in (*value.by, value.document)}


# --- which values -----------------------------------------------------------------------------------------------------

_KEPT: WeakKeyDictionary[ReadModels, dict[tuple[tuple[str, str], ...], list[Stated]]] = WeakKeyDictionary()
_MAKING: Final = threading.Lock()


def _values(catalog: Catalog, kind: TableKind) -> list[Stated]:
    """Return the values that a kind of table is made from, read once per version."""
    parts = tuple(kind.parts.items())
    with _MAKING:
        kept = _KEPT.setdefault(catalog.models, {})
        if parts not in kept:
            kept[parts] = stated_values(catalog, kind.parts)
        return kept[parts]


def _chosen(catalog: Catalog, choice: Choice, values: Iterable[Stated]) -> list[Stated]:
    """Return the values that meet the filters; raise NotFoundError for a name that there is not."""
    material = {catalog.find(name, "material").id for name in choice.material}
    thing = {catalog.find(name).id for name in choice.thing}
    paper = {catalog.find(name).id for name in choice.paper}
    return [
        value
        for value in values
        if (not material or value.material in material)
        and (not thing or not thing.isdisjoint(value.subjects))
        and (not paper or not paper.isdisjoint((*value.works, value.document)))
        and (not choice.method or (value.method or NOT_SAID) in choice.method)
    ]


def _is_shown(choice: Choice, marks: Sequence[Mark]) -> bool:
    if choice.shown == "all":
        return True
    return any(choice.shown == "conflicting" or (mark.disagreement.state == "open") == (choice.shown == "open") for mark in marks)


def _options(heads: _Heads, values: Sequence[Stated], choice: Choice) -> Mapping[str, tuple[Option, ...]]:
    """Return what each filter could be set to, the most frequent first; of properties with what papers agree about."""
    within = [value for value in values if not choice.properties or value.property_id in choice.properties]
    counts: dict[str, Counter[str]] = {
        "material": Counter(value.material for value in within if value.material),
        "thing": Counter(name for value in within for name in value.subjects),
        "paper": Counter(name for value in within for name in dict.fromkeys((*value.works, value.document))),
        "method": Counter(value.method or NOT_SAID for value in within),
        "property": Counter(value.property_id for value in values),
    }
    return {
        name: tuple(
            Option(key, property_title(key) if name == "property" else heads.called(key), count)
            for key, count in sorted(found.items(), key=lambda each: (-each[1], each[0]))
            if name not in ("material", "paper", "thing") or key in heads.view.catalog.entries
        )
        for name, found in counts.items()
    }


# --- conflicts --------------------------------------------------------------------------------------------------------


def _tolerance(text: str) -> Quantity:
    if not text.strip():
        return shipped_rules().band
    try:
        given = Quantity.model_validate(f"{text} nm" if re.fullmatch(r"\s*[\d.]+\s*", text) else text)
        if given.to("nm") < 0 or given.high is not None:
            raise ValueError
    except ValueError as error:
        raise BadInputError(f"'{text}' is no tolerance of a band", hint="write a length, such as '5 nm'") from error
    return given


def _disagreements(catalog: Catalog, acts: Iterable[Act], band: Quantity) -> tuple[Disagreement, ...]:
    """Return the disagreements with what was decided; with another tolerance of bands, those of compositions anew."""
    usual = catalog.models.conflicts.disagreements
    rules = shipped_rules()
    if band.to("nm") == rules.band.to("nm"):
        return with_decisions(usual, acts)
    entries = [e for e in catalog.by_kind.get("claim", ()) if e.record.body.get("entries")]
    named = {entry["species"] for e in entries for entry in e.record.body["entries"] if "species" in entry}
    context = [catalog.entries[name] for name in sorted(named) if name in catalog.entries]
    context += catalog.by_kind.get("material", ())
    accepted = [(e.record, e.value) for e in (*entries, *context) if isinstance(e.value, Item)]
    anew = find_disagreements(accepted, (), replace(rules, band=band)).disagreements
    mine = (each for each in anew if each.property_id == COMPOSITION)
    return with_decisions([*(each for each in usual if each.property_id != COMPOSITION), *mine], acts)


class _Conflicts:
    """Which values are on which side of which disagreement."""

    def __init__(self, found: Iterable[Disagreement], items: Collection[str]) -> None:
        """Read those disagreements of which one of ``items`` is on a side."""
        self._marks: dict[tuple[str, str, str], list[Mark]] = defaultdict(list)
        for each in found:
            if not any(value.item in items for side in each.sides for value in side.values):
                continue
            looser = {frozenset(pair) for pair in each.looser}
            for side in each.sides:
                others = (o for o in each.sides if o is not side and frozenset((o.value, side.value)) not in looser)
                mark = Mark(each, side.value, tuple(others))
                for value in side.values:
                    if mark not in self._marks[value.item, each.property_id, value.value]:
                        self._marks[value.item, each.property_id, value.value].append(mark)

    def of(self, value: Stated) -> tuple[Mark, ...]:
        """Return the conflicts that a value is part of."""
        marks = self._marks.get((value.item, value.property_id, value.text), ())
        return tuple(mark for mark in marks if _is_of(mark.disagreement, value))


def _is_of(found: Disagreement, value: Stated) -> bool:
    """Tell whether a disagreement is about what a value is said of: the thing, or the band."""
    if value.property_id != COMPOSITION:
        return found.subject in value.subjects
    printed = f"{value.position:g} nm"
    there = printed in found.band.positions if found.band else found.id == f"{found.subject}-{value.position:g}-{COMPOSITION}"
    return value.placed and found.subject == value.material and there


# --- rows and columns -------------------------------------------------------------------------------------------------

Chains = Mapping[tuple[str, float], tuple[float, float]]
"""Material and position of a band -> lowest and highest position taken for one with it."""


def _chains(values: Iterable[Stated], gap: float) -> Chains:
    """Take bands of one material for one whose neighbours are no further apart than ``gap``, in nm."""
    positions: dict[str, set[float]] = defaultdict(set)
    for value in values:
        if value.placed:
            positions[value.material].add(value.position)
    found: dict[tuple[str, float], tuple[float, float]] = {}
    for material, those in positions.items():
        chain: list[float] = []
        for nm in sorted(those):
            if chain and nm - chain[-1] > gap:
                found |= {(material, one): (chain[0], chain[-1]) for one in chain}
                chain = []
            chain.append(nm)
        found |= {(material, one): (chain[0], chain[-1]) for one in chain}
    return found


_DIGITS: Final = re.compile(r"(\d+(?:\.\d+)?)")
Order = tuple[object, ...]


def natural(text: str) -> Order:
    """Return what sorts texts with their numbers by size."""
    return tuple((float(part), "") if n % 2 else (float("inf"), part.casefold()) for n, part in enumerate(_DIGITS.split(text)))


class _Heads:
    """What rows, lines and columns are called, and in which order they stand."""

    def __init__(self, view: Recorded, properties: Sequence[str], chains: Chains) -> None:
        self.view = view
        self._properties = {name: place for place, name in enumerate(properties)}
        self._chains = chains
        self._called: dict[str, str] = {}

    def called(self, name: str) -> str:
        """Return what to call an item where there is little room."""
        found = self._called.get(name)
        if found is None:
            entry = self.view.catalog.entries.get(name)
            found = self._called[name] = name if entry is None else short_title(self.view, entry)
        return found

    def head(self, dimension: Dimension | str, value: Stated) -> tuple[Order, Head]:
        """Return of what row, line or column a value is, and where that stands among others."""
        made: Mapping[str, Callable[[Stated], tuple[Order, Head]]] = {
            "position": self._position,
            "thing": self._thing,
            "paper": self._paper,
            "property": self._property,
            "material": self._material,
            "method": lambda v: ((v.method == "", v.method), Head(v.method or NOT_SAID, v.method or NOT_SAID)),
            "item": lambda v: (natural(v.item), Head(v.item, v.item, v.item)),
            "": lambda v: ((), Head("", "")),
        }
        return made[dimension](value)

    def in_order(self, dimension: Dimension, values: Iterable[Stated]) -> tuple[Head, ...]:
        """Return the heads of some values, each once."""
        found = {head.key: (order, head) for order, head in (self.head(dimension, value) for value in values)}
        return tuple(head for _, head in sorted(found.values(), key=lambda each: each[0]))

    def _position(self, value: Stated) -> tuple[Order, Head]:
        material = self.called(value.material)
        if not value.placed:
            order, head = self._thing(value)
            return (material, 1, order), replace(head, key=f"none {head.key}", note="no position printed")
        low, high = self._chains[value.material, value.position]
        text = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        note = "" if low == high else "neighbouring positions taken for one"
        return (material, 0, low), Head(f"{value.material} {low:g}", f"{material} {text} nm".strip(), "", note)

    def _thing(self, value: Stated) -> tuple[Order, Head]:
        if not value.subjects:
            return (1, ()), Head("", NOT_SAID)
        title = ", ".join(map(self.called, value.subjects[:4])) + (" …" if len(value.subjects) > 4 else "")
        note = "" if len(value.subjects) == 1 else "the source does not say of which"
        item = value.subjects[0] if len(value.subjects) == 1 else ""
        return (0, natural(title)), Head(" ".join(value.subjects), title, item, note)

    def _paper(self, value: Stated) -> tuple[Order, Head]:
        works = value.works
        years = [self.view.catalog.entries[w].record.body.get("year") or 0 for w in works if w in self.view.catalog.entries]
        title = ", ".join(map(self.called, works))
        note = "" if value.document in works else f"as told by {self.called(value.document)}"
        return (max(years, default=0), title, works), Head(" ".join(works), title, works[0] if len(works) == 1 else "", note)

    def _property(self, value: Stated) -> tuple[Order, Head]:
        place = self._properties.get(value.property_id, len(self._properties))
        return (place, property_title(value.property_id)), Head(value.property_id, property_title(value.property_id))

    def _material(self, value: Stated) -> tuple[Order, Head]:
        known = value.material in self.view.catalog.entries
        title = self.called(value.material) or NOT_SAID
        return (title,), Head(value.material, title, value.material if known else "")


Marked = tuple[Stated, tuple[Mark, ...]]


def _rows(choice: Choice, heads: _Heads, values: Sequence[Marked], columns: Sequence[Head]) -> list[Row]:
    places = {head.key: place for place, head in enumerate(columns)}
    found: dict[str, tuple[Order, Head, dict[str, tuple[Order, Head, list[list[Marked]]]]]] = {}
    for value, marks in values:
        place = places.get(heads.head(choice.columns, value)[1].key)
        if place is None:
            continue
        order, head = heads.head(choice.rows, value)
        _, _, lines = found.setdefault(head.key, (order, head, {}))
        line_order, line_head = heads.head(choice.lines, value)
        _, _, cells = lines.setdefault(line_head.key, (line_order, line_head, [[] for _ in columns]))
        cells[place].append((value, marks))
    rows = [
        Row(
            head,
            tuple(
                Line(line_head, tuple(Cell(tuple(cell)) for cell in cells))
                for _, line_head, cells in sorted(lines.values(), key=lambda each: each[0])
            ),
        )
        for _, head, lines in sorted(found.values(), key=lambda each: each[0])
    ]
    return _sorted(choice, heads, rows)


def _first(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are shown."""
    shown: list[Row] = []
    values = 0
    for row in rows[:MOST_ROWS]:
        values += len(row.values)
        if shown and values > MOST_VALUES:
            break
        shown.append(row)
    return shown


def _sorted(choice: Choice, heads: _Heads, rows: list[Row]) -> list[Row]:
    if choice.sort == "most":
        rows.sort(key=lambda row: -len(row.values))
    elif choice.sort == "conflicts":
        rows.sort(key=lambda row: -len({mark.disagreement.id for _, marks in row.values for mark in marks}))
    elif choice.sort == "newest":
        entries = heads.view.catalog.entries
        years = {name: entries[name].record.body.get("year") or 0 for row in rows for v, _ in row.values for name in v.works
                 if name in entries}  # fmt: skip
        rows.sort(key=lambda row: -max((years.get(name, 0) for v, _ in row.values for name in v.works), default=0))
    return rows


# --- releases ---------------------------------------------------------------------------------------------------------


def _releases(record: Record, version: int) -> tuple[Release | None, tuple[Release, ...]]:
    """Return the release that a state was named by, and all there are, the newest first."""
    found = releases(record.acts_of_kinds(["release"]))[::-1]
    return next((one for one in found if record.settled(one.position) == version), None), tuple(found)


def chosen_names(kind: TableKind, given: Mapping[str, Sequence[str]]) -> Choice:
    """Return what was chosen by name, such as in an address: what is not given is as the table has it by definition.

    Raises NotFoundError for a parameter that there is not.
    """
    known = ("rows", "lines", "columns", "property", "material", "thing", "paper", "method", "shown", "tolerance", "sort")
    for name in given:
        if name not in known:
            raise NotFoundError.of("choice", name, known)
    one = {name: given[name][-1] for name in ("rows", "lines", "columns", "shown", "tolerance", "sort") if given.get(name)}
    if "lines" in given and not given["lines"][-1]:
        one["lines"] = ""
    several = {
        ("properties" if name == "property" else name): tuple(dict.fromkeys(filter(None, given[name])))
        for name in ("property", "material", "thing", "paper", "method")
        if name in given
    }
    return arranged(replace(kind.choice, **one, **several))  # type: ignore[arg-type]
