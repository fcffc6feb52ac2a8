"""Assign something to somebody: a change set to review, a paper to read, a disagreement to look into."""

from __future__ import annotations

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import NotFoundError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller


def assign(ledger: Ledger, by: Caller, what: Subject, to: str | None, *, reason: str | None = None) -> Act:
    """Assign ``what`` to a person, or to nobody again (None).

    A curator takes work for himself, and gives it back; to give it to others takes a reviewer. Raise NotFoundError, with the
    nearest name, for somebody unknown; ForbiddenError for who may not.
    """
    with at_desk(ledger, by) as desk:
        if to is not None and to not in desk.everybody:
            raise NotFoundError.of("person", to, desk.everybody)
        before = next((act for act in reversed(desk.batch.acts_on(what)) if act.kind == "assign"), None)
        own = to == by.person or (to is None and before is not None and (before.content or {}).get("to") == by.person)
        desk.require_somewhere("propose" if own else "assign")
        return desk.act("assign", what, reason, {"to": to})
