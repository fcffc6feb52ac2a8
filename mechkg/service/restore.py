"""Restore what was retracted."""

from __future__ import annotations

from mechkg.curation.restore import restore as write
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace


def restore(workspace: Workspace, by: Caller, assertion: str, *, reason: str) -> Act:
    """Restore what was retracted, saying why. Raises NotFoundError for an assertion that the ledger does not know."""
    materials = materials_of(workspace.catalog, [workspace.ledger.assertion(assertion)])
    act = write(workspace.ledger, by, assertion, reason=reason, materials=materials)
    after_settling(workspace)
    return act
