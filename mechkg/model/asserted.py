"""An accepted assertion: what it says, where it was read, and who let it count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.source import Document


@dataclass(frozen=True)
class Asserted:
    """One item that counts.

    ``content`` says it as plain JSON, as a corpus file does; ``assertion`` is its content-addressed id, ``document`` the paper
    that it was read from.
    """

    kind: ItemKind
    content: Mapping[str, Any]
    assertion: str
    document: str
    accepted_at: datetime
    accepted_by: str

    @property
    def id(self) -> str:
        """Local name of the item."""
        return str(self.content["id"])

    @cached_property
    def item(self) -> Item | Document:
        """The item as a value, read when it is first asked for."""
        return (Document if self.kind == "document" else ITEM_TYPES[self.kind]).model_validate(self.content)
