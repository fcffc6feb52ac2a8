"""A change set: edits that are proposed, reviewed and decided together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mechkg.model.base import Identifier, Text, Value
from mechkg.model.corpus import ItemKind

SetStatus = Literal["open", "changes requested", "accepted", "rejected", "withdrawn"]
"""Stale is not a status: whether an open set is stale follows from what counts now."""

Operation = Literal["add", "change", "remove"]

RetractionCode = Literal[
    "source-retracted", "source-corrected", "misread", "mistyped", "duplicate", "out-of-scope", "not-reproduced", "other"
]
"""Why something no longer counts: the source itself went or changed, the curator erred, or the finding did not stand."""


class Edit(Value):
    """One item changed: added, changed or removed.

    ``assertion`` is the new content (none when the item is removed), ``base`` the accepted assertion that the edit was made on
    (none when the item is new). The edit is stale once another assertion than ``base`` is accepted.
    """

    op: Operation
    kind: ItemKind
    item: Identifier
    document: Identifier
    assertion: Text | None = None
    base: Text | None = None
    code: RetractionCode | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark in a discussion; ``revision`` is that of the change set it was made on."""

    position: int
    author: str
    at: datetime
    text: str
    revision: int | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Where a change set stands.

    ``base`` is the ledger position it was drafted at, ``materials`` those that its edits belong to (none: to all).
    ``revision`` counts from 1 and names the edits that a reviewer has seen. ``authors`` proposed, revised or rebased it; none of
    them may accept it. ``machine`` says which program suggested it, if one did; ``quotes`` where somebody read
    the quote of an item, by item. ``decided`` is the reason given with the last
    decision, ``despite`` what the reviewer accepted it in spite of.
    """

    id: str
    title: str
    status: SetStatus
    revision: int
    base: int
    edits: tuple[Edit, ...]
    authors: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    position: int
    reason: str | None = None
    machine: dict[str, Any] | None = None
    quotes: dict[str, Any] = field(default_factory=dict)
    assignee: str | None = None
    decided: str | None = None
    decided_by: str | None = None
    despite: dict[str, str] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    materials: tuple[str, ...] = ()

    @property
    def places(self) -> dict[str, Any]:
        """Where the quote of an item was read, by item: by a program, or by somebody."""
        return {**(self.machine or {}).get("quotes", {}), **self.quotes}

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in ("open", "changes requested")
