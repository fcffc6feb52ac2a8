"""Reject a change set: it stays in the ledger, with the reason, and nothing of it counts."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation import policy
from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import at_desk
from mechkg.curation.edits import waiting
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller


def reject(
    ledger: Ledger, by: Caller, change_set: str, *, revision: int, reason: str, materials: Collection[str] = ()
) -> ChangeSet:
    """Reject revision ``revision`` of a change set, and return it.

    Raise ForbiddenError for who may not, an author of it (who withdraws it instead), or somebody with a declared conflict of
    interest; RefusedActError when it is decided, was revised since, or no reason is given.
    """
    subject = subject_of(change_set)
    with at_desk(ledger, by, subject) as desk:
        before = desk.change_set(change_set)
        person = desk.require_for("reject", before, materials)
        policy.refuse_own_work("reject", person, before, desk.everybody.values())
        desk.refuse_interested({*materials, *before.materials, *before.authors, *(edit.document for edit in before.edits)})
        desk.act("reject", subject, reason, {"revision": revision})
        for assertion in waiting(desk, before.edits):
            desk.give_status("reject", assertion, f"rejected with {change_set}: {reason}", subject)
        return desk.change_set(change_set)
