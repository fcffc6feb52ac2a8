"""Accept a change set, once it was held against all that counts."""

from __future__ import annotations

from collections.abc import Mapping

from mechkg.curation.accept import accept as write
from mechkg.curation.accept import refuse_who_may_not
from mechkg.errors import RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet
from mechkg.model.finding import errors
from mechkg.model.person import Caller
from mechkg.service.acting import change_set_of, materials_of_edits, records_of
from mechkg.service.check_edits import check_edits
from mechkg.service.fit import doubts, refuse_doubted
from mechkg.service.supposed import supposed_catalog
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace

_TRIES = 5
"""So often the check is repeated when others accept meanwhile."""


def accept(
    workspace: Workspace,
    by: Caller,
    change_set: str,
    *,
    revision: int,
    reason: str | None = None,
    despite: Mapping[str, str] | None = None,
    alone: str | None = None,
) -> ChangeSet:
    """Let revision ``revision`` of a change set count.

    Raises as :func:`mechkg.curation.accept.accept` does, and RefusedActError, saying what, when something would be wrong with
    what counts then, or a quote contradicts what is typed from it and ``despite`` does not say why that is no obstacle (code of
    the doubt -> reason; see :mod:`mechkg.service.fit`).
    """
    for tries in range(1, _TRIES + 1):
        found = change_set_of(workspace, change_set)
        reading = workspace.reading
        records = records_of(workspace, found.edits)
        materials = materials_of_edits(workspace, found.edits)
        if found.open:
            refuse_who_may_not(workspace.ledger, by, change_set, materials=materials, alone=alone)  # before what is wrong with it
            then = supposed_catalog(reading.catalog, found.edits, records)
            if wrong := errors(check_edits(reading.catalog, then, found.edits)):
                more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
                hint = wrong[0].hint or "its authors can revise it"
                raise RefusedActError(f"{change_set} cannot be accepted: {wrong[0].message}{more}", hint=hint)
            refuse_doubted(change_set, doubts(reading.catalog, then, found.edits), despite)
        try:
            accepted = write(
                workspace.ledger, by, change_set, revision=revision, reason=reason, despite=despite, alone=alone,
                materials=materials, checked_at=reading.version,
            )  # fmt: skip
        except StaleError:
            if tries == _TRIES or workspace.version == reading.version:
                raise
        else:
            after_settling(workspace)
            return accepted
    raise AssertionError("unreachable")
