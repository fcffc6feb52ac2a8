"""Reject a change set."""

from __future__ import annotations

from mechkg.curation.reject import reject as write
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import change_set_of, materials_of_edits
from mechkg.service.workspace import Workspace


def reject(workspace: Workspace, by: Caller, change_set: str, *, revision: int, reason: str) -> ChangeSet:
    """Leave revision ``revision`` of a change set out for good, saying why."""
    materials = materials_of_edits(workspace, change_set_of(workspace, change_set).edits)
    return write(workspace.ledger, by, change_set, revision=revision, reason=reason, materials=materials)
