"""Disagreements at scale: values grouped by what they are of, and only the groups that can disagree read in full.

What disagrees is decided in one place, :mod:`mechkg.curation.disagreements`. Here it is found out, over arrays, which groups of
values cannot: they are all alike, or all within the tolerance. The rest are handed over there, a group at a time, and what came
of a group is kept for the next version, where only groups are looked at that an item which changed is in, or is named by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mechkg.curation.disagreements import elements_of, find_disagreements, shipped_rules
from mechkg.model.base import Item
from mechkg.model.disagreement import Disagreement
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.collecting import not_collecting
from mechkg.service.read_models.columns import Bools, Columns, Ints
from mechkg.service.read_models.item_facts import element_key
from mechkg.service.read_models.names import NONE

Longs = NDArray[np.int64]

GroupKey = tuple[str, str, str | None]
"""Of what the values are, the property, and the id of the disagreement, where the group can make but one."""

Kept = Mapping[tuple[GroupKey, tuple[str, ...]], tuple[Disagreement, ...]]
"""What came of a group of assertions, with those that say what they are of."""

_COMPARED = ("claim", "observation")
"""Kinds of items that give values; the others say what values are of, and under which conditions."""


@dataclass(frozen=True, slots=True)
class _Worked:
    """What was worked out of an earlier version: what came of each group, and the disagreements by id.

    ``touching``, where it was asked for, is by what they are about, and by each item that stands on a side of them.
    """

    root: object
    groups: Mapping[GroupKey, tuple[Disagreement, ...]]
    found: Mapping[str, Disagreement]
    kept: Kept
    touching: Mapping[str, tuple[Disagreement, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Values of one property of one thing: how many different ones are printed, by how many documents, and the items."""

    subject: str
    property: str
    values: int
    documents: int
    items: int


@dataclass(frozen=True, slots=True)
class Grouped:
    """The first of some groups, and how many there are."""

    groups: tuple[Group, ...]
    total: int


class Conflicts:
    """What is claimed of the same property of the same thing, as of one version."""

    def __init__(
        self, catalog: Catalog, columns: Columns, before: Conflicts | None = None, changed: AbstractSet[str] = frozenset()
    ) -> None:
        """Find them anew, or from those of a version ``before``, since which the items ``changed`` came, went or are others."""
        self._catalog = catalog
        self._columns = columns
        self._before: _Worked | None = None
        self._changed = changed
        if before is not None:
            self._before = before._worked()
            if self._before is before._before:  # nobody asked that version, and what changed before it counts too
                self._changed = changed | before._changed
        self._made: _Worked | None = None
        self._kept: dict[tuple[GroupKey, tuple[str, ...]], tuple[Disagreement, ...]] = {}
        self._rules = shipped_rules()
        self.in_words: tuple[Disagreement, ...] | None = None
        """The disagreements under titles in words, kept by :func:`mechkg.service.disagreements.disagreements_in_words`."""

    def groups(self, at_least: int = 2, most: int | None = None) -> Grouped:
        """Return the things and properties with so many different printed values, those with most first, then by name.

        Values that differ may agree within what is printed and the tolerance: see :attr:`disagreements`. Of a claim about several
        things, the value may be of any of them.
        """
        columns, values = self._columns, self._columns.values
        alive = columns.alive[values.rows]
        properties = len(self._rules.properties)
        keys = values.subjects[alive].astype(np.int64) * properties + values.properties[alive]
        rows, size = values.rows[alive], len(columns.names)
        of, different = _distinct(keys, values.texts[alive], size)
        chosen = different >= at_least
        total = int(chosen.sum())
        if most is not None and most < total:
            # those with as many values as the last that is shown are all put in order by name
            chosen &= different >= np.partition(different[chosen], total - most)[total - most] if most else False
        table = np.zeros(size * properties, np.bool_)
        table[of[chosen]] = True
        shown = table[keys]
        _, documents = _distinct(keys[shown], columns.single["document"][rows[shown]], size)
        _, items = _distinct(keys[shown], rows[shown], len(columns))
        found = [
            Group(columns.names[key // properties], self._rules.properties[key % properties].id, *counts)
            for key, *counts in np.stack([of[chosen], different[chosen], documents, items], 1).tolist()
        ]
        found.sort(key=lambda group: (-group.values, group.subject, group.property))
        return Grouped(tuple(found[:most]), total)

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """The disagreements, sorted by id, each open: what was decided is no part of a version.

        See :func:`mechkg.curation.disagreements.with_decisions`.
        """
        before = self._before
        if before is None or before.root is not self._columns.root:
            with not_collecting():
                groups = {key: self._of_group(key, rows) for key, rows in self._suspects(None)}
            found = {each.id: each for those in groups.values() for each in those}
            found = {name: found[name] for name in sorted(found)}
        else:
            groups, found = self._since(before)
        self._made = _Worked(self._columns.root, groups, found, self._kept)
        return tuple(found.values())

    def _since(self, before: _Worked) -> tuple[dict[GroupKey, tuple[Disagreement, ...]], dict[str, Disagreement]]:
        """Return what came of each group, and the disagreements sorted by id: those of before, but for groups that changed."""
        touched = self._touched()
        groups, found = dict(before.groups), dict(before.found)
        dropped = {key for key in self._keys_of(touched, groups) if key in groups}
        lost = {each.id for key in dropped for each in groups.pop(key)}
        come = {key: self._of_group(key, rows) for key, rows in self._suspects(touched)}
        groups |= come
        new = {each.id: each for those in come.values() for each in those}
        for name in lost - new.keys():
            found.pop(name, None)
        found |= new  # those that were there stay in their places
        return groups, found if new.keys() <= before.found.keys() else {name: found[name] for name in sorted(found)}

    def _worked(self) -> _Worked | None:
        """Return what was worked out last, of this version or of one before."""
        if self._made is None:
            return self._before
        made = vars(self)
        return replace(self._made, touching=made["touching"]) if "touching" in made else self._made

    def _touched(self) -> Bools:
        """Return which rows, dead ones too, are of items that changed, or name one that says what values are of."""
        columns = self._columns
        names = set(self._changed)
        for name in self._changed:
            entry = self._catalog.entries.get(name)
            if entry is None or entry.kind not in _COMPARED:
                names.update(each.id for each in self._catalog.referring.get(name, ()))
        codes = np.array([code for name in names if (code := columns.names.find(name)) != NONE], np.int32)
        return np.isin(columns.single["id"], codes)

    def _keys_of(self, touched: Bools, known: Iterable[GroupKey]) -> Iterator[GroupKey]:
        """Yield the groups that some rows are in or were in; all of compositions, for what stands between two may join them."""
        columns, values, seen, count = self._columns, self._columns.values, self._columns.seen, len(self._rules.properties)
        keys = np.unique(self._value_keys()[touched[values.rows]])
        yield from ((columns.names[key // count], self._rules.properties[key % count].id, None) for key in keys.tolist())
        those = touched[seen.rows]
        for of, name, group in zip(
            *(each[those].tolist() for each in (seen.subjects, seen.properties, seen.groups)), strict=True
        ):
            yield columns.names[of], self._rules.properties[name].id, columns.names[group]
        formulas = {rule.id for rule in self._rules.properties if rule.values == "formulas"}
        yield from [key for key in known if key[1] in formulas]

    def _value_keys(self) -> Longs:
        values = self._columns.values
        keys: Longs = values.subjects.astype(np.int64) * len(self._rules.properties) + values.properties
        return keys

    @cached_property
    def touching(self) -> Mapping[str, tuple[Disagreement, ...]]:
        """Disagreements by what they are about, and by each item that stands on a side of them."""
        now, before = self.disagreements, self._before
        if before is None or before.touching is None or self._made is None or before.root is not self._made.root:
            return _by_name(now)
        found = dict(before.touching)
        gone = [each for name, each in before.found.items() if self._made.found.get(name) is not each]
        come = [each for name, each in self._made.found.items() if before.found.get(name) is not each]
        lost, new = _by_name(gone), _by_name(come)
        for name in {**lost, **new}:
            left = [each for each in found.pop(name, ()) if each not in lost.get(name, ())]
            if those := sorted([*left, *new.get(name, ())], key=lambda each: each.id):
                found[name] = tuple(those)
        return found

    @cached_property
    def rows(self) -> Bools:
        """Which items stand on a side of a disagreement."""
        items = {value.item for each in self.disagreements for side in each.sides for value in side.values}
        found = np.zeros(len(self._columns), np.bool_)
        found[[self._columns.row_of[name] for name in items]] = True
        return found

    # --- which groups may disagree

    def _suspects(self, touched: Bools | None) -> Iterator[tuple[GroupKey, Ints]]:
        """Yield groups that are not sure to agree, with the rows that are in them: all, or those that some rows are in."""
        yield from self._suspect_values(touched)
        yield from self._suspect_sightings(touched)
        yield from self._suspect_compositions()

    def _suspect_values(self, touched: Bools | None) -> Iterator[tuple[GroupKey, Ints]]:
        columns, values = self._columns, self._columns.values
        all_keys = self._value_keys()
        chosen = columns.alive[values.rows]
        if touched is not None:
            chosen &= np.isin(all_keys, all_keys[touched[values.rows]])
        alive = np.flatnonzero(chosen)
        if not len(alive):
            return
        count = len(self._rules.properties)
        keys = all_keys[alive]
        order = alive[np.argsort(keys, kind="stable")]
        keys = np.sort(keys, kind="stable")
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        low, high, texts = values.low[order], values.high[order], values.texts[order]
        unlike = np.minimum.reduceat(texts, starts) != np.maximum.reduceat(texts, starts)
        # two values are further apart than the tolerance only if the lowest upper end is so below the highest lower end
        gap = np.maximum.reduceat(low, starts) - np.minimum.reduceat(high, starts)
        size = np.fmin(*(np.where(np.isfinite(end), np.abs(end), np.nan) for end in (low, high)))
        least = np.fmin.reduceat(size, starts)
        of = values.properties[order][starts]
        share = np.array([rule.share for rule in self._rules.properties])[of]
        amount = np.array([rule.amount for rule in self._rules.properties])[of]
        words = np.array([rule.values == "words" for rule in self._rules.properties])[of]
        # numbers here are converted by another road than there: a little less than the tolerance is suspect too
        apart = np.where(words, unlike, unlike & (gap > np.fmax(amount, share * np.nan_to_num(least)) * (1 - 1e-9)))
        ends = np.append(starts[1:], len(order))
        for place in np.flatnonzero(apart).tolist():
            rows = values.rows[order[starts[place] : ends[place]]]
            key = int(keys[starts[place]])
            yield (columns.names[key // count], self._rules.properties[key % count].id, None), np.unique(rows)

    def _suspect_sightings(self, touched: Bools | None) -> Iterator[tuple[GroupKey, Ints]]:
        """Yield what was seen of one thing at one stage, where not everybody says the same, whenever they say it."""
        columns, seen = self._columns, self._columns.seen
        chosen = columns.alive[seen.rows]
        if touched is not None:
            chosen &= np.isin(seen.groups, seen.groups[touched[seen.rows]])
        alive = np.flatnonzero(chosen)
        if not len(alive):
            return
        order = alive[np.argsort(seen.groups[alive], kind="stable")]
        groups, said = seen.groups[order], seen.said[order]
        starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
        ends = np.append(starts[1:], len(order))
        for place in np.flatnonzero(np.minimum.reduceat(said, starts) != np.maximum.reduceat(said, starts)).tolist():
            first = int(order[starts[place]])
            key = (
                columns.names[int(seen.subjects[first])],
                self._rules.properties[int(seen.properties[first])].id,
                columns.names[int(seen.groups[first])],
            )
            yield key, np.unique(seen.rows[order[starts[place] : ends[place]]])

    def _suspect_compositions(self) -> Iterator[tuple[GroupKey, Ints]]:
        columns, found = self._columns, self._columns.compositions
        rule = next((p for p in self._rules.properties if p.values == "formulas"), None)
        alive = np.flatnonzero(columns.alive[found.rows])
        if rule is None or not len(alive):
            return
        of_species = dict(zip(*self._material_of_species(), strict=True))
        materials = self._materials()
        names = [
            columns.names.add(
                of_species.get(columns.row_of.get(columns.names[species], NONE) if species != NONE else NONE)
                or materials.get(columns.names[elements], columns.names[elements])
            )
            for species, elements in zip(found.species[alive].tolist(), found.elements[alive].tolist(), strict=True)
        ]
        material = np.array(names, np.int32)
        order = np.lexsort((found.positions[alive], material))
        material, positions, rows = material[order], found.positions[alive][order], found.rows[alive][order]
        formulas = found.formulas[alive][order]
        gap = self._rules.band.to("nm")
        breaks = (material[1:] != material[:-1]) | (np.diff(positions) > gap)
        starts = np.flatnonzero(np.concatenate([[True], breaks]))
        ends = np.append(starts[1:], len(order))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if (formulas[start:end] != formulas[start]).any():
                of = columns.names[int(material[start])]
                yield (of, rule.id, f"{of}-{positions[start]:g}-{rule.id}"), np.unique(rows[start:end])

    def _material_of_species(self) -> tuple[list[int], list[str]]:
        own = self._columns.several["own_material"]
        is_species = self._columns.single["kind"][own.rows] == self._columns.names.find("species")
        rows = own.rows[is_species].tolist()
        return rows, [self._columns.names[name] for name in own.names[is_species].tolist()]

    def _materials(self) -> dict[str, str]:
        """Return the material of some elements, as text."""
        bodies = (entry.record.body for entry in self._catalog.by_kind.get("material", ()))
        return {element_key(elements_of(body["formula"])): body["id"] for body in bodies if body.get("formula")}

    # --- what comes of a group

    def _of_group(self, key: GroupKey, rows: Ints) -> tuple[Disagreement, ...]:
        entries = [self._columns.entries[row] for row in rows.tolist()]
        formulas = any(rule.id == key[1] and rule.values == "formulas" for rule in self._rules.properties)
        context = self._context(entries, formulas=formulas)
        if not formulas:
            return self._read(key, [*entries, *context])
        those = (key, tuple(entry.record.id for entry in (*entries, *context)))
        if those not in self._kept:
            known = self._before.kept.get(those) if self._before is not None else None
            self._kept[those] = self._read(key, [*entries, *context]) if known is None else known
        return self._kept[those]

    def _context(self, entries: Iterable[Entry], *, formulas: bool) -> list[Entry]:
        """Return the items that say what the values are of, and under which conditions: those that are named, and materials."""
        everything = self._catalog.entries
        found = {name: everything[name] for entry in entries for name in entry.named if name in everything}
        if formulas:
            found |= {entry.id: entry for entry in self._catalog.by_kind.get("material", ())}
        return [found[name] for name in sorted(found) if found[name].kind not in _COMPARED]

    def _read(self, key: GroupKey, entries: Iterable[Entry]) -> tuple[Disagreement, ...]:
        subject, name, one = key
        found = find_disagreements([(e.record, e.value) for e in entries if isinstance(e.value, Item)], (), self._rules)
        return tuple(
            each for each in found.disagreements if (each.subject, each.property_id) == (subject, name) and one in (None, each.id)
        )


def _by_name(found: Iterable[Disagreement]) -> dict[str, tuple[Disagreement, ...]]:
    """Return disagreements, sorted by id, by what they are about and by the items on their sides."""
    by_name: dict[str, dict[str, Disagreement]] = {}
    for each in found:
        for name in {each.subject, *(value.item for side in each.sides for value in side.values)}:
            by_name.setdefault(name, {})[each.id] = each
    return {name: tuple(those.values()) for name, those in by_name.items()}


def _distinct(keys: Longs, values: Ints, size: int) -> tuple[Longs, Longs]:
    """Return the keys, ascending, and with how many different values each of them stands; values are below ``size``."""
    pairs = np.sort(keys * size + values)
    first = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    found = pairs[first] // size
    starts = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1]])) if len(found) else np.zeros(0, np.int64)
    return found[starts], np.diff(np.append(starts, len(found)))
