"""Assign something to somebody: a change set to review, a paper to read, a disagreement to look into."""

from __future__ import annotations

from mechkg.curation import policy
from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import ForbiddenError, NotFoundError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller


def assign(ledger: Ledger, by: Caller, what: Subject, to: str | None, *, reason: str | None = None) -> Act:
    """Assign ``what`` to a person, or to nobody again (None).

    A curator takes work for himself, and gives it back; to give it to others takes a reviewer. A change set that waits goes to
    somebody who may review it, one that waits for its authors to an author too. Raise NotFoundError, with the nearest name, for
    somebody unknown; ForbiddenError for who may not.
    """
    with at_desk(ledger, by) as desk:
        if to is not None and to not in desk.everybody:
            raise NotFoundError.of("person", to, desk.everybody)
        before = next((act for act in reversed(desk.batch.acts_on(what)) if act.kind == "assign"), None)
        own = to == by.person or (to is None and before is not None and (before.content or {}).get("to") == by.person)
        desk.require_somewhere("propose" if own else "assign")
        if to is not None and what.kind == "set":
            _refuse_who_cannot_review(desk, what.name, to)
        return desk.act("assign", what, reason, {"to": to})


def _refuse_who_cannot_review(desk: Desk, name: str, to: str) -> None:
    """Raise ForbiddenError, naming those who can, when a change set that waits would go to somebody who cannot review it."""
    found = desk.change_set(name)
    if not found.open or (found.status == "changes requested" and to in found.authors):
        return
    people = desk.everybody.values()
    why = policy.why_no_reviewer(desk.everybody[to], found, people, desk.batch.at)
    if why is not None:
        able = [p.id for p in people if policy.why_no_reviewer(p, found, people, desk.batch.at) is None]
        hint = f"{', '.join(sorted(able))} may" if able else "nobody else may: an administrator can grant the role reviewer"
        raise ForbiddenError(f"{to} cannot review {name}: {why}", hint=hint)
