"""What a change set is to do, as who proposes it says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mechkg.model.asserted import Asserted
from mechkg.model.change_set import RetractionCode
from mechkg.model.corpus import ItemKind


@dataclass(frozen=True, slots=True)
class Put:
    """Let an item of ``document`` read like ``content``, which is written as in a corpus file: a new one, or one that counts."""

    kind: ItemKind
    document: str
    content: Mapping[str, Any]

    @classmethod
    def of(cls, asserted: Asserted) -> Put:
        """Take the item of an assertion, to be put elsewhere or read by another ledger."""
        content = asserted.item.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return cls(asserted.kind, asserted.document, content)


@dataclass(frozen=True, slots=True)
class Change:
    """Let some fields of an item that counts read otherwise; None takes a field away."""

    item: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """Let an item go, for a coded reason."""

    item: str
    code: RetractionCode


Wish = Put | Change | Remove
