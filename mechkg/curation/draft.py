"""Drafts: saved as often as one likes, never lost, and seen by their owner alone.

A draft need not be valid. Every save is a new version, and names the version that it was made on: of two windows on one draft the
second to save is told what stands now, and neither overwrites the other. Drafts are no acts of the record, so they give nothing a
status and stand outside its chain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, NotFoundError, RefusedActError, StaleError, TooLargeError
from mechkg.model.draft import Draft
from mechkg.model.ledger_record import canonical_json
from mechkg.model.person import Caller

LARGEST = 1_000_000
"""Bytes of JSON that one version may have."""


def save(ledger: Ledger, by: Caller, content: Any, *, draft: str | None = None, version: int | None = None) -> Draft:
    """Save ``content``, any JSON content, as a new draft, or as the next version of ``draft``, of which ``version`` was the last.

    Content that stands there already is not saved again. Raise StaleError, whose ``now`` is the version that stands, when that is
    another than ``version``; RefusedActError when it was discarded; TooLargeError, BadInputError for what is no JSON,
    NotFoundError when the draft is not there or somebody else's, ForbiddenError for who may propose nothing.
    """
    _check(content)
    with at_desk(ledger, by) as desk:
        desk.require_somewhere("propose")
        if draft is None:
            new = Draft(f"draft-{desk.batch.rows.number_of_drafts() + 1}", 1, by.person, desk.batch.at, content)
            desk.batch.rows.write_draft(new)
            return new
        last = _own(desk.batch.rows.drafts(draft), by, draft)[-1]
        if not last.discarded and canonical_json(last.content) == canonical_json(content):
            return last
        _refuse_other_version(last, version)
        if last.discarded:
            raise RefusedActError(f"cannot save {draft}: it was discarded", hint="restore a version of it, or save a new one")
        return _add(desk, last, content)


def load(ledger: Ledger, by: Caller, draft: str, *, version: int | None = None) -> Draft:
    """Return the last version of a draft, or a given one; raise NotFoundError when it is not there or somebody else's."""
    versions = history(ledger, by, draft)
    return versions[-1] if version is None else _version(versions, version)


def drafts_of(ledger: Ledger, by: Caller, *, discarded: bool = False) -> list[Draft]:
    """Return the last version of each draft of the caller, the one saved last first; those discarded only when asked for."""
    return [draft for draft in ledger.drafts_of(by.person) if discarded or not draft.discarded]


def history(ledger: Ledger, by: Caller, draft: str) -> list[Draft]:
    """Return all versions of a draft, oldest first; raise NotFoundError when it is not there or somebody else's."""
    return _own(ledger.drafts(draft), by, draft)


def discard(ledger: Ledger, by: Caller, draft: str, *, version: int) -> Draft:
    """Put a draft away; its versions stay. Raise StaleError when ``version`` is not its last, NotFoundError as ``load`` does."""
    with at_desk(ledger, by) as desk:
        desk.require_somewhere("propose")
        last = _own(desk.batch.rows.drafts(draft), by, draft)[-1]
        if last.discarded:
            return last
        _refuse_other_version(last, version)
        return _add(desk, last, None, discarded=True)


def restore_version(ledger: Ledger, by: Caller, draft: str, *, old: int, version: int) -> Draft:
    """Let a draft read again as in its version ``old``, in a new version after ``version``; what was discarded comes back.

    Raise StaleError when ``version`` is not the last, BadInputError when ``old`` has no content, NotFoundError as ``load`` does.
    """
    with at_desk(ledger, by) as desk:
        desk.require_somewhere("propose")
        versions = _own(desk.batch.rows.drafts(draft), by, draft)
        _refuse_other_version(versions[-1], version)
        found = _version(versions, old)
        if found.discarded:
            raise BadInputError(f"version {old} of {draft} says that it was discarded", hint="restore one with content")
        return _add(desk, versions[-1], found.content)


def _check(content: Any) -> None:
    try:
        size = len(canonical_json(content).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise BadInputError(f"a draft is JSON, and this is not: {error}") from error
    if size > LARGEST:
        raise TooLargeError(f"the draft has {size} bytes, and {LARGEST} is the most", hint="split it into several change sets")


def _own(versions: list[Draft], by: Caller, name: str) -> list[Draft]:
    """Return the versions when they are the caller's; else it is as if there were none, so that nobody learns what is there."""
    if not versions or versions[0].owner != by.person:
        raise NotFoundError(f"you have no draft called '{name}'", hint="drafts are named draft-N, and seen by their owner only")
    return versions


def _version(versions: list[Draft], number: int) -> Draft:
    if not 1 <= number <= len(versions):
        raise NotFoundError(f"{versions[0].id} has no version {number}", hint=f"its versions are 1 to {len(versions)}")
    return versions[number - 1]


def _refuse_other_version(last: Draft, version: int | None) -> None:
    if version != last.version:
        what = "discarded" if last.discarded else "saved"
        given = "none was named" if version is None else f"not {version}"
        raise StaleError(
            f"version {last.version} of {last.id} stands, {what} at {last.at:%Y-%m-%d %H:%M:%S} UTC, {given}",
            hint="look at what stands now, or save yours as a new draft",
            now=last,
        )


def _add(desk: Desk, last: Draft, content: Any, *, discarded: bool = False) -> Draft:
    new = replace(last, version=last.version + 1, at=desk.batch.at, content=content, discarded=discarded)
    desk.batch.rows.write_draft(new)
    return new
