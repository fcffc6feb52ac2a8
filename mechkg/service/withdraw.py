"""Withdraw a change set."""

from __future__ import annotations

from mechkg.curation.withdraw import withdraw as write
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.workspace import Workspace


def withdraw(workspace: Workspace, by: Caller, change_set: str, *, revision: int, reason: str) -> ChangeSet:
    """Take revision ``revision`` of one's own change set back, saying why."""
    return write(workspace.ledger, by, change_set, revision=revision, reason=reason)
