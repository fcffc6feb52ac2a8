"""What somebody has here: roles, what waits, saved settings, change sets, drafts, tokens, browsers signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mechkg.curation import tokens
from mechkg.curation.draft import drafts_of
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError
from mechkg.model.change_set import ChangeSet
from mechkg.model.draft import Draft
from mechkg.model.person import EVERYTHING, ROLES, Caller, Grant, Person, Role
from mechkg.model.token import LIFETIMES, Token
from mechkg.service.people import everybody, known_scope
from mechkg.service.pinned import Pinned
from mechkg.service.queue import change_sets
from mechkg.service.saved import Saved, saved_by
from mechkg.service.tasks import tasks
from mechkg.service.workspace import Workspace

_LONG_AGO: Final = timedelta(days=30)
"""Tokens that ended longer ago are not told of."""


@dataclass(frozen=True, slots=True)
class MyThings:
    """What somebody has; ``waiting`` counts tasks, ``materials`` names what roles are about, ``at`` is now.

    Change sets are those that the person proposed, revised or rebased, those that wait first; drafts those not discarded.
    """

    person: Person
    waiting: int
    saved: tuple[Saved, ...]
    change_sets: tuple[ChangeSet, ...]
    drafts: tuple[Draft, ...]
    tokens: tuple[Token, ...]
    browsers: int
    materials: dict[str, str]
    at: datetime

    @property
    def grants(self) -> list[Grant]:
        """Roles, the highest first."""
        return sorted(self.person.grants, key=lambda grant: (-ROLES.index(grant.role), grant.scope != EVERYTHING, grant.scope))

    @property
    def roles(self) -> list[Role]:
        """Roles that a token of this person could have."""
        return [role for role in ROLES if any(grant.covers(role, grant.scope) for grant in self.person.grants)]

    @property
    def scopes(self) -> list[str]:
        """Where a token of this person could reach."""
        held = {grant.scope for grant in self.person.grants}
        return [EVERYTHING, *self.materials] if EVERYTHING in held else sorted(held)


def my_things(workspace: Workspace, by: Caller) -> MyThings:
    """Return what the caller has here."""
    view, ledger = Pinned(workspace), workspace.ledger
    at = datetime.now(UTC)
    mine = [one for one in change_sets(ledger).values() if by.person in one.authors]
    mine.sort(key=lambda one: (one.open, one.changed_at), reverse=True)
    held = tokens.listed(ledger, by.person, ("api", "session"))
    return MyThings(
        everybody(ledger)[by.person],
        len(tasks(view, by)),
        tuple(saved_by(view, by.person)),
        tuple(mine),
        tuple(drafts_of(ledger, by)),
        tuple(one for one in reversed(held) if one.kind == "api" and _recent(one, at)),
        sum(one.kind == "session" and one.state(at) == "valid" for one in held),
        {entry.id: entry.label for entry in view.catalog.by_kind.get("material", ())},
        at,
    )


def days_of(text: str) -> timedelta:
    """Return for how many days a token is to last; raise BadInputError for what is no number of days that it can.

    >>> days_of("90").days
    90
    """
    longest = LIFETIMES["api"].longest.days
    if not text.isdecimal() or len(text) > 4 or not 0 < int(text) <= longest:
        raise BadInputError(f"a token cannot last '{text[:20]}' days", hint=f"a whole number, from 1 to {longest}")
    return timedelta(days=int(text))


def reach_of(workspace: Workspace, role: str, scope: str) -> Grant:
    """Return how far a token is to reach; raise NotFoundError with the nearest name for a role or material that is none."""
    for known in ROLES:
        if role == known:
            return Grant(known, known_scope(workspace.ledger, scope))
    raise NotFoundError.of("role", role, ROLES)


def sign_out_everywhere(workspace: Workspace, by: Caller) -> None:
    """End the sessions of the caller in every browser; raise ForbiddenError for a token that only reads."""
    if by.within.role == "reader":
        raise ForbiddenError(f"this token of {by.person} may only read", hint="use a token that reaches further")
    for one in _sessions(workspace, by):
        tokens.sign_out(workspace.ledger, one)


def _sessions(workspace: Workspace, by: Caller) -> Iterable[Token]:
    at = datetime.now(UTC)
    return [one for one in tokens.listed(workspace.ledger, by.person, ("session",)) if one.state(at) == "valid"]


def _recent(token: Token, at: datetime) -> bool:
    ended = token.revoked or token.expires
    return token.state(at) == "valid" or at - ended < _LONG_AGO
