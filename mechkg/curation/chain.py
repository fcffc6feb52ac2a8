"""The hash chain of the ledger: each act's digest covers the act and the digest before it.

An act that is changed, moved, inserted or removed later breaks the chain from there on. What a chain cannot show is that
acts were cut off at its end; for that, keep the last digest somewhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mechkg.model.ledger_record import Act, canonical_json

START = "0" * 64
"""What stands for the digest before the first act."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first act at which the ledger is not what was written, in which way, and, as far as it can be told, what stands there
    (``found``) in the place of what.
    """

    position: int
    reason: str
    expected: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        held = f" (expected {self.expected}, found {self.found})" if self.expected is not None else ""
        return f"act {self.position}: {self.reason}{held}"


def time_text(at: datetime) -> str:
    """Return ``at`` as the ledger writes it: UTC, microseconds, a fixed length, so that texts sort like times.

    >>> time_text(datetime(2024, 5, 1, 12, 0, tzinfo=UTC))
    '2024-05-01T12:00:00.000000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest_of(previous: str, act: Act) -> str:
    """Return the digest of an act that follows the digest ``previous``: SHA-256 in hexadecimal, 64 characters.

    It covers everything that the act says; the digest that the act itself carries is not looked at.
    """
    return digest_of_fields(
        previous,
        {
            "position": act.position,
            "kind": act.kind,
            "assertion": act.assertion,
            "subject": str(act.subject) if act.subject else None,
            "actor": act.actor,
            "at": time_text(act.at),
            "reason": act.reason,
            "batch": act.batch,
            "door": act.door,
            "content": act.content,
        },
    )


def digest_of_fields(previous: str, fields: Mapping[str, Any]) -> str:
    """Return the digest of an act, given by what its row says, as :func:`digest_of` does."""
    return hashlib.sha256(f"{previous}{canonical_json(fields)}".encode()).hexdigest()
