"""A few accepted assertions, with what is easily lost on the way: order, words, line ends, empty lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mechkg.graph.publish import Accepted
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import Act, AssertionRecord


def accepted(kind: ItemKind, position: int, /, **content: Any) -> Accepted:
    item = ITEM_TYPES[kind].model_validate({"id": f"x-{position}", **content})
    return at(AssertionRecord.of(kind, item, item.id, "paper"), position)


def at(record: AssertionRecord, position: int) -> Accepted:
    when = datetime(2026, 5, 4, 12, 30, 1, 5, UTC)
    return record, Act(position, "accept", record.id, "Ä. Curator", when, None, "b-1", "d" * 64)


FEW = [
    accepted("material", 2, formula="F", band_gap="~ 2.1 eV"),
    accepted("species", 4, kind="PC", material="x-2", names=["b", "a"], note='a "note"\r\nin two lines'),
    accepted("procedure", 6, title="T", stages=[{"id": "a", "action": "mix", "from": []}, {"id": "b", "action": "heat"}]),
]
