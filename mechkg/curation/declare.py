"""Declare a conflict of interest: until it ends, its holder decides about nothing that it touches."""

from __future__ import annotations

from datetime import datetime

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import subject_of
from mechkg.errors import BadInputError
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller


def declare(ledger: Ledger, by: Caller, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
    """Declare an interest of the caller about a document, a material or a person, or that it is ``gone``.

    Raise ForbiddenError for somebody unknown, BadInputError for an end in the past, without words, or when nothing was declared
    that could be gone.
    """
    with at_desk(ledger, by) as desk:
        person = desk.require("declare")
        if not about.strip() or not (why.strip() or gone):
            raise BadInputError("a conflict of interest is about something, and has a reason", hint="say both in a few words")
        if until is not None and until.tzinfo is None:
            raise BadInputError(f"the end {until.isoformat()} has no time zone", hint="write it with an offset, like +00:00")
        if until is not None and until <= desk.batch.at:
            raise BadInputError("a declaration cannot have ended already", hint="say that it is gone instead")
        if gone and about not in (declared := {interest.about for interest in person.interests}):
            hint = f"declared is {', '.join(sorted(declared))}" if declared else None
            raise BadInputError(f"{person.id} declared nothing about {about}", hint=hint)
        content = {"about": about, "until": until.isoformat() if until else None, "gone": gone}
        return desk.act("declare", subject_of(by.person), why, content)
