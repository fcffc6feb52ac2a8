"""Feeds: the last acts about something, for those who follow it with a reader of their own. What is personal is not in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mechkg.errors import NotFoundError
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import ActKind
from mechkg.service.history import find, reason_of, sentence, versions
from mechkg.service.people import everybody
from mechkg.service.queue import change_sets
from mechkg.service.workspace import Workspace

FeedKind = Literal["acts", "items", "documents", "people"]

MOST = 50
"""So many entries has a feed, the last ones."""

_LOOKED_AT = 500
_CONCERNING: frozenset[ActKind] = frozenset({"assign", "request-changes", "comment", "accept", "reject"})
"""Acts of others that somebody waits for: upon one's change sets, and what one is assigned."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: a sentence, why it was done, by whom, when; ``digest`` names it for good."""

    digest: str
    position: int
    title: str
    reason: str | None
    by: str
    at: datetime
    kind: str
    door: str


@dataclass(frozen=True, slots=True)
class Feed:
    """The last acts about something, the newest first; ``updated`` is the time of the last one, None when there is none."""

    kind: FeedKind
    name: str | None
    title: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime | None:
        """When the last of them was done."""
        return max((entry.at for entry in self.entries), default=None)


def feed(workspace: Workspace, kind: FeedKind, name: str | None = None) -> Feed:
    """Return the feed of all acts, or of those about an item, about a document, or that concern a person.

    Those that concern a person are what is assigned to him, and what others decide and say about his change sets. Raise
    NotFoundError, with the nearest name, for what there is not, and never was.
    """
    if kind == "people":
        assert name is not None
        return Feed(kind, name, f"For {name}", _entries(_for(workspace, name)))
    wanted, title = Wanted(), "All acts"
    if kind == "items":
        assert name is not None
        versions(workspace.ledger, name)  # raises for an item that never was
        wanted, title = Wanted(item=name), f"Acts about {name}"
    elif kind == "documents":
        assert name is not None
        name = workspace.catalog.find(name, "document").id
        wanted, title = Wanted(document=name), f"Acts about the paper {name}"
    return Feed(kind, name, title, _entries(find(workspace, wanted, newest=True, most=MOST).found))


def _for(workspace: Workspace, person: str) -> list[Happened]:
    known = everybody(workspace.ledger)
    if person not in known:
        raise NotFoundError.of("person", person, known)
    own = {found.id for found in change_sets(workspace.ledger).values() if person in found.authors}
    acts = find(workspace, Wanted(kinds=_CONCERNING), newest=True, most=_LOOKED_AT).found
    return [one for one in acts if _concerns(one, person, own)][:MOST]


def _concerns(happened: Happened, person: str, own: set[str]) -> bool:
    act = happened.act
    if act.assertion is not None or act.actor == person:
        return False
    if act.kind == "assign":
        return (act.content or {}).get("to") == person
    return act.subject is not None and act.subject.kind == "set" and act.subject.name in own


def _entries(acts: tuple[Happened, ...] | list[Happened]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            one.act.digest, one.act.position, sentence(one), reason_of(one), one.act.actor, one.act.at, one.act.kind, one.act.door
        )
        for one in acts
    )  # fmt: skip
