"""What was said upon something: comments and disputes, as the acts upon it come to. Pure functions over acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mechkg.model.change_set import Comment
from mechkg.model.ledger_record import Act


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute; open while ``outcome`` is None."""

    position: int
    by: str
    at: datetime
    reason: str
    rests_on: tuple[str, ...] = ()
    outcome: str | None = None
    settled_by: str | None = None
    answer: str | None = None


def comments(acts: Iterable[Act]) -> list[Comment]:
    """Return the comments among the acts upon a subject, oldest first."""
    return [
        Comment(act.position, act.actor, act.at, act.reason or "", None, (act.content or {}).get("answers"))
        for act in acts
        if act.kind == "comment"
    ]


def disputes(acts: Iterable[Act]) -> list[Dispute]:
    """Return the disputes among the acts upon a subject, oldest first, each with how it was settled."""
    found: dict[int, Dispute] = {}
    for act in acts:
        content = act.content or {}
        if act.kind == "dispute":
            rests_on = tuple(content.get("rests_on", ()))
            found[act.position] = Dispute(act.position, act.actor, act.at, act.reason or "", rests_on)
        elif act.kind == "settle" and content.get("of") in found:
            before = found[content["of"]]
            found[before.position] = replace(before, outcome=content["outcome"], settled_by=act.actor, answer=act.reason)
    return list(found.values())
