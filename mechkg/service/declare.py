"""Declare a conflict of interest."""

from __future__ import annotations

from datetime import datetime

from mechkg.curation.declare import declare as write
from mechkg.errors import NotFoundError
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.people import everybody
from mechkg.service.workspace import Workspace


def declare(workspace: Workspace, by: Caller, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
    """Declare an interest about a document, a material or a person, or that it is gone.

    Raise NotFoundError, with the nearest name, for what is none of these, besides what
    :func:`mechkg.curation.declare.declare` raises.
    """
    if not gone and about.strip():
        catalog = workspace.catalog
        names = {e.id for kind in ("document", "material") for e in catalog.by_kind.get(kind, ())}
        if about not in (valid := names | everybody(workspace.ledger).keys()):
            raise NotFoundError.of("document, material or person", about, valid)
    return write(workspace.ledger, by, about, why, until=until, gone=gone)
