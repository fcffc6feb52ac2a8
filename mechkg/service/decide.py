"""Decide about a disagreement."""

from __future__ import annotations

from mechkg.curation.decide import Decision
from mechkg.curation.decide import decide as write
from mechkg.errors import BadInputError
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of
from mechkg.service.disagreements import disagreement as disagreement_called
from mechkg.service.workspace import Workspace


def decide(
    workspace: Workspace, by: Caller, disagreement: str, decision: Decision, reason: str, *, holds: str | None = None
) -> Act:
    """Explain or resolve a disagreement, as its sides stand now; ``holds`` is the assertion or item that a resolution is for.

    Raise NotFoundError, with the nearest name, when there is none of that name, BadInputError, with the items of each side, when
    ``holds`` is of none of them, besides what
    :func:`mechkg.curation.decide.decide` raises.
    """
    found = disagreement_called(workspace, disagreement).disagreement
    by_item = {value.item: value.assertion for side in found.sides for value in side.values}
    if holds is not None and holds not in by_item and holds not in found.assertions:
        sides = "; ".join(f"{side.value}: {', '.join(dict.fromkeys(v.item for v in side.values))}" for side in found.sides)
        raise BadInputError(f"'{holds}' stands on no side of {found.id}", hint=f"name an item of one side ({sides})")
    materials = materials_of(workspace.catalog, workspace.ledger.assertions(found.assertions).values())
    return write(
        workspace.ledger, by, found.id, decision, reason, sides=found.assertions,
        holds=by_item.get(holds, holds) if holds is not None else None, materials=materials,
    )  # fmt: skip
