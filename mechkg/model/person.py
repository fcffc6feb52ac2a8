"""People, and what each may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mechkg.model.ledger_record import Door

Role = Literal["reader", "curator", "reviewer", "administrator"]
ROLES: tuple[Role, ...] = ("reader", "curator", "reviewer", "administrator")
"""Each may do what those before it may."""

EVERYTHING = "all"
"""The scope of a grant that is not bound to a material."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, in everything or in one material system (``scope``, the id of a material)."""

    role: Role
    scope: str = EVERYTHING

    def covers(self, role: Role, scope: str) -> bool:
        """Say whether the grant is enough for what asks for ``role`` in ``scope``."""
        return ROLES.index(self.role) >= ROLES.index(role) and self.scope in (EVERYTHING, scope)


@dataclass(frozen=True, slots=True)
class Interest:
    """A declared conflict of interest about a document, a material or a person, until a day or for good."""

    about: str
    why: str
    since: datetime
    until: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Say whether it stands at that time."""
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is known here; ``identities`` are issuer and subject of accounts elsewhere. Without a grant, only a name."""

    id: str
    name: str
    grants: frozenset[Grant] = frozenset()
    identities: tuple[tuple[str, str], ...] = ()
    interests: tuple[Interest, ...] = ()
    orcid: str | None = None

    def may(self, role: Role, scope: str = EVERYTHING) -> bool:
        """Say whether the person has ``role``, or one above it, in ``scope``."""
        return any(grant.covers(role, scope) for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which door. A token reaches no further than ``within``, whatever the person may do.

    ``token`` is the name of the token or session that was shown; None for who needs none, as in the shell.
    """

    person: str
    door: Door
    within: Grant = Grant("administrator")
    token: str | None = field(default=None, compare=False)
