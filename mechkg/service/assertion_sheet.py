"""An assertion among the versions of its item: who proposed and accepted each, and what each changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from mechkg.model.merge import ABSENT, differences
from mechkg.service.history import Version, versions
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs from the version before; None where it was not there, or is not any more."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AssertionSheet:
    """The versions of an item, the newest first, which of them this one is, and what it changed."""

    item: str
    number: int
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]


def assertion_sheet(view: Recorded, name: str) -> AssertionSheet:
    """Return an assertion among the versions of its item; raise NotFoundError for one that there is not."""
    record = view.ledger.assertion(name)
    those = versions(view.ledger, record.item)
    this = next(version for version in those if version.record.id == record.id)
    earlier = [version for version in those if version.number < this.number]
    changes: list[Change] = []
    if earlier:
        before = earlier[-1].record.body
        changes = [Change(d.place, _text(d.before), _text(d.after)) for d in differences(before, record.body)]
    return AssertionSheet(record.item, this.number, tuple(reversed(those)), tuple(changes))


def _text(value: Any) -> str | None:
    if value is ABSENT:
        return None
    return value if isinstance(value, str) else orjson.dumps(value).decode()
