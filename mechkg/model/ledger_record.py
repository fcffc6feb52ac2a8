"""What the ledger keeps: content-addressed assertions, and acts upon them and upon all else that people decide about."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from mechkg.errors import BadInputError, nearest
from mechkg.model.base import Value
from mechkg.model.corpus import ItemKind

AssertionActKind = Literal["propose", "accept", "reject", "supersede", "retract", "restore"]
"""Acts that give an assertion its status."""

ActKind = Literal[
    "propose", "accept", "reject", "supersede", "retract", "restore",
    "revise", "rebase", "withdraw", "request-changes",
    "comment", "dispute", "settle", "assign", "sign-off",
    "declare", "decide", "watch", "flip",
    "enrol", "grant", "revoke", "link", "issue", "revoke-token", "release",
]  # fmt: skip
"""Everything that can be done. Upon a change set: propose to request-changes (supersede, retract and restore excepted)."""

Status = Literal["proposed", "accepted", "rejected", "superseded", "retracted"]

SubjectKind = Literal[
    "set", "assertion", "item", "document", "disagreement", "verdict", "person", "watch", "release", "installation"
]

Door = Literal["import", "shell", "python", "graphql", "web", "system"]
"""By which way an act came in."""


class Subject(NamedTuple):
    """What an act is upon, other than one assertion alone: a kind and a name, written ``kind:name``."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Read ``kind:name``; raise BadInputError, with the nearest kind, for anything else.

        >>> Subject.parse("verdict:some-space/some-candidate").name
        'some-space/some-candidate'
        """
        kind, colon, name = text.partition(":")
        kinds: tuple[SubjectKind, ...] = SubjectKind.__args__  # type: ignore[attr-defined]
        for known in kinds:
            if kind == known and colon and name:
                return cls(known, name)
        close = nearest(kind, kinds)
        raise BadInputError(
            f"'{text}' does not name what is meant",
            hint=f"did you mean '{close}:...'?" if close else f"write kind:name, the kind one of {', '.join(kinds)}",
        )


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
    """One line of the ledger: who did what, upon what, when, why, by which door, and in which batch.

    ``position`` counts from 1 without gaps. ``assertion`` is the assertion that the act gives a status to; ``subject`` what else
    it is upon (of an assertion-giving act: the change set that it follows from). ``content`` is what the act carries, as plain
    JSON. ``digest`` chains to the act before.
    """

    position: int
    kind: ActKind
    assertion: str | None
    actor: str
    at: datetime
    reason: str | None
    batch: str | None
    digest: str
    subject: Subject | None = None
    door: Door = "import"
    content: Mapping[str, Any] | None = None
