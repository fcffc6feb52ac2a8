"""The items that stand accepted, as values: one snapshot per ledger position, read in one query and indexed."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mechkg.errors import NotFoundError, nearest
from mechkg.literature.selectors import Anchor
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.hypothesis import Backing, HypothesisSpace
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.source import Document

if TYPE_CHECKING:
    from mechkg.service.read_models.models import ReadModels

_MODELS, _MODELS_BEFORE = "_models", "_models_before"
"""Where a catalogue keeps its read models, and those of an earlier one that they will be made from."""

_TOUCHED = "_touched"
"""Where it keeps what was exchanged on the way to it: versions, each with the names of the items that changed after it."""

_STEPS = 100
"""So many exchanges are remembered."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{0,79}")
_OFTEN = 50
"""What so many items have in them is hardly the name of one that is not there; if it becomes one, all are looked through."""

_MAKING = threading.Lock()


@dataclass(frozen=True)
class Entry:
    """One accepted item: the assertion that carries it, and the act that accepted it."""

    record: AssertionRecord
    accepted_at: datetime
    accepted_by: str
    told: Mapping[str, Any] | None = None
    """What the act tells besides, such as the places of quotes."""

    @classmethod
    def of(cls, record: AssertionRecord, act: Act) -> Entry:
        """Return the item of an assertion and the act that accepted it."""
        return cls(record, act.at, act.actor, act.content)

    @property
    def anchors(self) -> list[Anchor]:
        """Where its quotes stand in the text of the paper, as far as somebody read them there."""
        return Anchor.all_of(self.told)

    @property
    def id(self) -> str:
        """Local name of the item."""
        return self.record.item

    @property
    def kind(self) -> ItemKind:
        """Kind of the item."""
        return self.record.kind

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What is made of this item alone, kept with it by those who make it: an entry never changes."""
        return {}

    @cached_property
    def value(self) -> Item | Document:
        """The item itself, read when it is first asked for."""
        model = Document if self.kind == "document" else ITEM_TYPES[self.kind]
        return model.model_validate(self.record.body)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name by which a reader may ask for the item."""
        body = self.record.body
        found = [self.id, *body.get("names", ())]
        found.extend(str(body[field]) for field in ("label", "title", "name", "formula") if field in body)
        return tuple(dict.fromkeys(found))

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Every text in the item, once; where one names a stage (procedure/stage), its procedure too."""
        found: dict[str, None] = {}
        for text in _strings(self.record.body):
            found[text] = None
            if "/" in text:
                found[text.partition("/")[0]] = None
        return tuple(found)

    @property
    def label(self) -> str:
        """The name to show: first printed name, label or title, else the local name."""
        return self.names[1] if len(self.names) > 1 else self.id


@dataclass(frozen=True)
class Catalog:
    """All accepted items as of one ledger position."""

    version: int
    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, version: int, accepted: Iterable[tuple[AssertionRecord, Act]]) -> Catalog:
        """Read the values of the accepted assertions."""
        return cls(version, {record.item: Entry.of(record, act) for record, act in accepted})

    def after(self, version: int, gone: Iterable[AssertionRecord], come: Iterable[tuple[AssertionRecord, Act]]) -> Catalog:
        """Return the catalogue of a later version, in which some assertions no longer count and others came to count.

        It is the one that a full read gives, at the cost of what changed: indexes that were made are carried over.
        """
        entries = dict(self.entries)
        new = [Entry.of(record, act) for record, act in come]
        old = [entries.pop(r.item) for r in gone if r.item in entries and entries[r.item].record.id == r.id]
        old += [entries.pop(entry.id) for entry in new if entry.id in entries]
        entries |= {entry.id: entry for entry in new}
        later = Catalog(version, entries)
        made = vars(self)  # where a cached property keeps what it made
        touched = (*(entry.id for entry in old if entry.id not in entries), *(entry.id for entry in new))
        vars(later)[_TOUCHED] = (*made.get(_TOUCHED, ())[1 - _STEPS :], (self.version, touched))
        if "by_kind" in made:
            vars(later)["by_kind"] = _exchanged(self.by_kind, _kinds(old), _kinds(new))
        if "by_name" in made:
            vars(later)["by_name"] = _exchanged(self.by_name, _names(old), _names(new))
        if "referring" in made:
            vars(later)["unmet"] = self._unmet_after(entries, old, new)
            vars(later)["referring"] = self._referring_after(entries, old, new)
        with _MAKING:
            vars(later)[_MODELS_BEFORE] = made.get(_MODELS) or made.get(_MODELS_BEFORE)
        return later

    @property
    def models(self) -> ReadModels:
        """The items in the forms in which many questions ask for them, made when they are first asked for."""
        made = vars(self)
        if _MODELS not in made:
            from mechkg.service.read_models.models import ReadModels  # who only looks one item up needs no arrays

            with _MAKING:
                if _MODELS not in made:
                    made[_MODELS] = ReadModels(self, made.pop(_MODELS_BEFORE, None))
        found: ReadModels = made[_MODELS]
        return found

    def _referring_after(self, entries: Mapping[str, Entry], old: list[Entry], new: list[Entry]) -> Mapping[str, list[Entry]]:
        found = _exchanged(self.referring, _referring(old, self.entries), _referring(new, entries))
        for entry in old:
            if entry.id not in entries:
                found.pop(entry.id, None)
        # what is new here may have been named all along
        first = {entry.id for entry in new} - self.entries.keys()
        often = {name for name in first if self.unmet.get(name, ()) is None or not _NAME.fullmatch(name)}
        if often:
            found |= _referring((e for e in entries.values() if not often.isdisjoint(e.named)), often)
        for name in first - often:
            named_by = [each for each in self.unmet.get(name) or () if entries.get(each.id) is each and each.id != name]
            there = found.get(name, [])  # by what came with it
            if those := [*named_by, *(each for each in there if each not in named_by)]:
                found[name] = those
        return found

    def _unmet_after(
        self, entries: Mapping[str, Entry], old: list[Entry], new: list[Entry]
    ) -> Mapping[str, tuple[Entry, ...] | None]:
        found = dict(self.unmet)
        for entry in new:
            found.pop(entry.id, None)
        for entry in old:
            if entry.id not in entries:
                found[entry.id] = tuple(each for each in self.referring.get(entry.id, ()) if entries.get(each.id) is each)
            for name in entry.named:
                if there := found.get(name):
                    found[name] = tuple(each for each in there if each is not entry)
        for entry in new:
            for name in entry.named:
                if name not in entries and _NAME.fullmatch(name) and (there := found.get(name, ())) is not None:
                    found[name] = (*there, entry) if len(there) < _OFTEN else None
        return found

    def since(self, version: int, before: Mapping[str, Entry]) -> tuple[list[str], list[Entry]]:
        """Return which items of an earlier catalogue are gone, and which are new or changed, in the order of acceptance.

        ``before`` are the entries of that one. Where it is not far back, the cost is that of what changed.
        """
        steps: tuple[tuple[int, tuple[str, ...]], ...] = vars(self).get(_TOUCHED, ())
        first = next((place for place, (of, _) in enumerate(steps) if of == version), None)
        now = self.entries
        if first is None:
            gone = [name for name in before if name not in now]
            return gone, [entry for name, entry in now.items() if before.get(name) is not entry]
        last: dict[str, None] = {}
        for _, names in steps[first:]:
            for name in names:
                last.pop(name, None)
                last[name] = None
        gone = [name for name in last if name in before and name not in now]
        return gone, [now[name] for name in last if name in now and before.get(name) is not now[name]]

    @cached_property
    def by_kind(self) -> Mapping[ItemKind, list[Entry]]:
        """Entries of each kind, in the order in which they were accepted."""
        return _kinds(self.entries.values())

    @cached_property
    def by_name(self) -> Mapping[str, list[Entry]]:
        """Entries by each of their names, in lower case."""
        return _names(self.entries.values())

    @cached_property
    def referring(self) -> Mapping[str, list[Entry]]:
        """For each item, the entries whose body names it."""
        return _referring(self.entries.values(), self.entries)

    @cached_property
    def unmet(self) -> Mapping[str, tuple[Entry, ...] | None]:
        """By what could be the name of an item and is none, the entries whose body has it; None where many have it."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            for name in entry.named:
                if name not in self.entries and _NAME.fullmatch(name) and len(those := found[name]) <= _OFTEN:
                    those.append(entry)
        return {name: tuple(those) if len(those) <= _OFTEN else None for name, those in found.items()}

    def find(self, name: str, kind: ItemKind | None = None) -> Entry:
        """Return the item called ``name`` by id or any of its names; raise NotFoundError with the nearest name."""
        candidates = [self.entries[name]] if name in self.entries else self.by_name.get(name.casefold(), [])
        candidates = [entry for entry in candidates if kind in (None, entry.kind)]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            ids = ", ".join(entry.id for entry in candidates)
            raise NotFoundError(f"'{name}' may mean several things", hint=f"say which: {ids}")
        names = [n for e in self.entries.values() if kind in (None, e.kind) for n in e.names]
        close = nearest(name, names)
        raise NotFoundError(f"there is no {kind or 'item'} called '{name}'", hint=f"did you mean '{close}'?" if close else None)

    def space(self, name: str) -> HypothesisSpace:
        """Return the hypothesis space called ``name``."""
        value = self.find(name, "space").value
        assert isinstance(value, HypothesisSpace)
        return value

    def backing(self, assumption: str) -> Backing:
        """Return how well an assumption is backed, without reading the quantities it speaks of, which takes long."""
        found: Backing = self.find(assumption, "assumption").record.body["backing"]
        return found


# --- indexes ------------------------------------------------------------------------------------------------------------

K = TypeVar("K")


def _kinds(entries: Iterable[Entry]) -> dict[ItemKind, list[Entry]]:
    found: dict[ItemKind, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.kind].append(entry)
    return dict(found)


def _names(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in dict.fromkeys(name.casefold() for name in entry.names):
            found[name].append(entry)
    return dict(found)


def _referring(entries: Iterable[Entry], targets: Collection[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in entry.named:
            if name in targets and name != entry.id:
                found[name].append(entry)
    return dict(found)


def _exchanged(
    index: Mapping[K, list[Entry]], old: Mapping[K, list[Entry]], new: Mapping[K, list[Entry]]
) -> dict[K, list[Entry]]:
    """Return an index without the ``old`` entries, and with the ``new`` ones last; the lists of ``index`` stay as they are."""
    found = dict(index)
    for key in {**old, **new}:
        gone = {id(entry) for entry in old.get(key, ())}
        there = index.get(key, [])
        left = [*([entry for entry in there if id(entry) not in gone] if gone else there), *new.get(key, ())]
        if left:
            found[key] = left
        else:
            found.pop(key, None)
    return found


def _strings(content: object) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)
