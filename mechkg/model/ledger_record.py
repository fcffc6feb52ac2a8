"""What the ledger keeps: content-addressed assertions, and acts upon them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from mechkg.model.base import Value
from mechkg.model.corpus import ItemKind

ActKind = Literal["propose", "accept", "reject", "supersede", "retract"]
Status = Literal["proposed", "accepted", "rejected", "superseded", "retracted"]


def canonical_json(content: Any) -> str:
    """Return ``content`` as JSON with sorted keys and no spaces, the same text for the same content (RFC 8785 for our subset)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_id(content: Any) -> str:
    """Return the trusty-URI style identifier of ``content``: ``RA`` and the SHA-256 in base64url, 45 characters.

    >>> content_id({"a": 1}) == content_id({"a": 1}), len(content_id({}))
    (True, 45)
    """
    digest = hashlib.sha256(canonical_json(content).encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class AssertionRecord:
    """One item of one document, frozen and content-addressed.

    ``id`` is :func:`content_id` of kind, document and body; ``body`` is the item as plain JSON content, defaults left out.
    """

    id: str
    kind: ItemKind
    item: str
    document: str
    body: dict[str, Any]

    @classmethod
    def of(cls, kind: ItemKind, item: Value, item_id: str, document: str) -> AssertionRecord:
        """Freeze ``item`` of ``document``."""
        body = item.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return cls(content_id({"kind": kind, "document": document, "body": body}), kind, item_id, document, body)


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the ledger: who did what to which assertion, when, why, and in which batch.

    ``position`` counts from 1 without gaps. ``digest`` chains to the act before.
    """

    position: int
    kind: ActKind
    assertion: str
    actor: str
    at: datetime
    reason: str | None
    batch: str | None
    digest: str
