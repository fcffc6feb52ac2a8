"""Supersede what counts by something else that counts."""

from __future__ import annotations

from mechkg.curation.supersede import supersede as write
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace


def supersede(workspace: Workspace, by: Caller, assertion: str, *, successor: str, reason: str) -> Act:
    """Supersede what counts by something else that counts, saying why. Raises NotFoundError for an assertion that the ledger
    does not know.
    """
    materials = materials_of(workspace.catalog, [workspace.ledger.assertion(assertion)])
    act = write(workspace.ledger, by, assertion, successor=successor, reason=reason, materials=materials)
    after_settling(workspace)
    return act
