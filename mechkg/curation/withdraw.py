"""Withdraw a change set: its authors take it back."""

from __future__ import annotations

from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import at_desk
from mechkg.curation.edits import take_back
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller


def withdraw(ledger: Ledger, by: Caller, change_set: str, *, revision: int, reason: str) -> ChangeSet:
    """Take revision ``revision`` of a change set back, and return it.

    Raise ForbiddenError for who has no rights any more, RefusedActError when it is decided, was revised since, is by others, or
    no reason is given.
    """
    subject = subject_of(change_set)
    with at_desk(ledger, by, subject) as desk:
        before = desk.change_set(change_set)
        desk.require_for("withdraw", before)
        desk.act("withdraw", subject, reason, {"revision": revision})
        take_back(desk, before.edits, subject, f"withdrawn with {change_set}: {reason}")
        return desk.change_set(change_set)
