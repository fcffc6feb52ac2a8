"""Releases: what counts at a position of the ledger, named for good."""

from __future__ import annotations

from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import Record
from mechkg.curation.release import Release, releases
from mechkg.curation.release import release as write
from mechkg.errors import NotFoundError
from mechkg.model.person import Caller
from mechkg.service.as_of import AsOf, position_of

__all__ = ["Release", "all_releases", "find_release", "release"]


def release(ledger: Ledger, by: Caller, name: str, *, as_of: AsOf | None = None, note: str | None = None) -> Release:
    """Name what counts, or counted ``as_of`` then; it cannot be changed or taken back.

    Raise BadInputError for a name or moment that is none, RefusedActError for a name that is taken, ForbiddenError for who may
    not.
    """
    return write(ledger, by, name, at=None if as_of is None else position_of(ledger, as_of), note=note)


def all_releases(ledger: Record) -> list[Release]:
    """Return all releases, oldest first."""
    return releases(ledger.acts_of_kinds(["release"]))


def find_release(ledger: Record, name: str) -> Release:
    """Return the release called ``name``; raise NotFoundError with the nearest name."""
    known = {found.name: found for found in all_releases(ledger)}
    if name not in known:
        raise NotFoundError.of("release", name, known)
    return known[name]
