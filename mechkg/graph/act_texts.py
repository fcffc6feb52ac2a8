"""An act upon an assertion as texts by name, and back: what a release keeps of it besides the assertion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, get_args

from mechkg.model.ledger_record import Act, ActKind, Door, Subject, canonical_json

MEANINGS: Final = {
    "position": "Position in the ledger of the act that accepted it.",
    "kind": "What was done: accept, or restore for one that had been taken back.",
    "actor": "Who did it.",
    "at": "When.",
    "reason": "Why, where it was said.",
    "batch": "In which batch of acts.",
    "subject": "What else the act was upon, such as the change set that it follows from.",
    "door": "By which way the act came in.",
    "content": "What the act carries, as JSON.",
    "digest": "Digest of the act, which chains to all acts before.",
}
"""Names of the texts, and what they mean."""


def texts_of(act: Act) -> dict[str, str]:
    """Return an act as texts; what it does not have is left out."""
    texts = {
        "position": str(act.position),
        "kind": act.kind,
        "actor": act.actor,
        "at": act.at.astimezone(UTC).isoformat(),
        "reason": act.reason,
        "batch": act.batch,
        "subject": None if act.subject is None else str(act.subject),
        "door": act.door,
        "content": None if act.content is None else canonical_json(act.content),
        "digest": act.digest,
    }
    return {name: text for name, text in texts.items() if text is not None}


def act_from(assertion: str, texts: Mapping[str, str]) -> Act:
    """Return the act upon ``assertion`` with these texts; raise ValueError or KeyError when they are not those of an act."""
    kind, door = texts["kind"], texts["door"]
    kinds: tuple[ActKind, ...] = get_args(ActKind)
    doors: tuple[Door, ...] = get_args(Door)
    return Act(
        int(texts["position"]),
        kinds[kinds.index(kind)],
        assertion,
        texts.get("actor", ""),  # an act of the system itself has no actor
        datetime.fromisoformat(texts["at"]),
        texts.get("reason"),
        texts.get("batch"),
        texts["digest"],
        Subject.parse(texts["subject"]) if "subject" in texts else None,
        doors[doors.index(door)],
        json.loads(texts["content"]) if "content" in texts else None,
    )
