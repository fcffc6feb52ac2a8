"""Drafts: written on as often as one likes, and proposed when they are ready. Each is seen by its owner alone."""

from __future__ import annotations

from typing import Any

from mechkg.curation import draft as written
from mechkg.errors import BadInputError
from mechkg.model.change_set import ChangeSet
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service.proposal import read_proposal
from mechkg.service.propose import propose
from mechkg.service.workspace import Workspace


def save_draft(workspace: Workspace, by: Caller, content: Any, *, draft: str | None = None, version: int | None = None) -> Draft:
    """Save ``content`` as a new draft, or as what follows ``version`` of ``draft``; it need not be valid yet."""
    return written.save(workspace.ledger, by, content, draft=draft, version=version)


def load_draft(workspace: Workspace, by: Caller, draft: str, *, version: int | None = None) -> Draft:
    """Return the last version of a draft of one's own, or a given one."""
    return written.load(workspace.ledger, by, draft, version=version)


def drafts(workspace: Workspace, by: Caller, *, discarded: bool = False) -> list[Draft]:
    """Return one's own drafts, the one saved last first; those discarded only when asked for."""
    return written.drafts_of(workspace.ledger, by, discarded=discarded)


def history_of_draft(workspace: Workspace, by: Caller, draft: str) -> list[Draft]:
    """Return all versions of a draft of one's own, oldest first."""
    return written.history(workspace.ledger, by, draft)


def discard_draft(workspace: Workspace, by: Caller, draft: str, *, version: int) -> Draft:
    """Put a draft away; its versions stay."""
    return written.discard(workspace.ledger, by, draft, version=version)


def restore_draft(workspace: Workspace, by: Caller, draft: str, *, old: int, version: int) -> Draft:
    """Let a draft read again as in its version ``old``."""
    return written.restore_version(workspace.ledger, by, draft, old=old, version=version)


def propose_draft(
    workspace: Workspace, by: Caller, draft: str, *, version: int | None = None, title: str | None = None,
    reason: str | None = None,
) -> ChangeSet:  # fmt: skip
    """Propose what a draft says, read as :func:`mechkg.service.proposal.read_proposal` does, and put the draft away.

    What a machine made stays marked so, and where quotes were read is kept.

    Raise BadInputError for one that was discarded or says nothing that can be proposed, StaleError when ``version`` is not its
    last, besides what :func:`mechkg.service.propose.propose` raises.
    """
    found = written.load(workspace.ledger, by, draft)
    if version is not None and version != found.version:
        written.discard(workspace.ledger, by, draft, version=version)  # raises, and says what stands
    if found.discarded:
        raise BadInputError(f"{draft} was discarded", hint="restore a version of it first")
    proposal = read_proposal(workspace.catalog, found.content)
    proposed = propose(
        workspace,
        by,
        proposal.asked,
        title=title or proposal.title,
        reason=reason or proposal.reason,
        machine=proposal.machine,
        quotes=proposal.quotes,
    )
    written.discard(workspace.ledger, by, draft, version=found.version)
    return proposed
