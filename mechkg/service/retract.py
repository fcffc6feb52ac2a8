"""Retract what counts."""

from __future__ import annotations

from mechkg.curation.retract import retract as write
from mechkg.model.change_set import RetractionCode
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace


def retract(workspace: Workspace, by: Caller, assertion: str, *, code: RetractionCode, reason: str) -> Act:
    """Retract what counts, saying why. Raises NotFoundError for an assertion that the ledger does not know."""
    materials = materials_of(workspace.catalog, [workspace.ledger.assertion(assertion)])
    act = write(workspace.ledger, by, assertion, code=code, reason=reason, materials=materials)
    after_settling(workspace)
    return act
