"""The items that stand accepted, as values: one snapshot per ledger position, read in one query and indexed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mechkg.errors import NotFoundError, nearest
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.hypothesis import Backing, HypothesisSpace
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.source import Document


@dataclass(frozen=True)
class Entry:
    """One accepted item: the assertion that carries it, and the act that accepted it."""

    record: AssertionRecord
    accepted_at: datetime
    accepted_by: str

    @property
    def id(self) -> str:
        """Local name of the item."""
        return self.record.item

    @property
    def kind(self) -> ItemKind:
        """Kind of the item."""
        return self.record.kind

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
        return cls(version, {record.item: Entry(record, act.at, act.actor) for record, act in accepted})

    @cached_property
    def by_kind(self) -> Mapping[ItemKind, list[Entry]]:
        """Entries of each kind, in the order in which they were accepted."""
        found: dict[ItemKind, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            found[entry.kind].append(entry)
        return found

    @cached_property
    def by_name(self) -> Mapping[str, list[Entry]]:
        """Entries by each of their names, in lower case."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            for name in entry.names:
                if entry not in found[name.casefold()]:
                    found[name.casefold()].append(entry)
        return found

    @cached_property
    def referring(self) -> Mapping[str, list[Entry]]:
        """For each item, the entries whose body names it."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            for name in dict.fromkeys(_strings(entry.record.body)):
                # a stage is named with its procedure: procedure/stage
                owner = name.partition("/")[0]
                for target in {name, owner}:
                    if target != entry.id and target in self.entries and entry not in found[target]:
                        found[target].append(entry)
        return found

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
