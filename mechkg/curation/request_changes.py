"""Request changes: a change set goes back to its authors."""

from __future__ import annotations

from collections.abc import Collection

from mechkg.curation import policy
from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller


def request_changes(
    ledger: Ledger, by: Caller, change_set: str, *, revision: int, reason: str, materials: Collection[str] = ()
) -> ChangeSet:
    """Send revision ``revision`` of a change set back to its authors, saying what to change, and return it.

    Raise ForbiddenError for who may not, or an author of it; RefusedActError when it does not wait, was revised since, or no
    reason is given.
    """
    with at_desk(ledger, by) as desk:
        before = desk.change_set(change_set)
        person = desk.require_for("request-changes", before, materials)
        policy.refuse_own_work("request-changes", person, before, desk.everybody.values())
        desk.act("request-changes", subject_of(change_set), reason, {"revision": revision})
        return desk.change_set(change_set)
