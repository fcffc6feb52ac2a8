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

    Raise ForbiddenError for somebody unknown, BadInputError for an end in the past.
    """
    with at_desk(ledger, by) as desk:
        desk.require("declare")
        if until is not None and until <= desk.batch.at:
            raise BadInputError("a declaration cannot have ended already", hint="say that it is gone instead")
        content = {"about": about, "until": until.isoformat() if until else None, "gone": gone}
        return desk.act("declare", subject_of(by.person), why, content)
