"""Comment on something: a change set, an assertion, an item, a disagreement, a verdict or a document."""

from __future__ import annotations

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import NotFoundError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller


def comment(ledger: Ledger, by: Caller, upon: Subject, text: str, *, answers: int | None = None) -> Act:
    """Say ``text`` upon a subject; ``answers`` is the position of the comment that it answers.

    Raise ForbiddenError for somebody unknown, NotFoundError when it answers what is not there, RefusedActError without words.
    """
    with at_desk(ledger, by) as desk:
        desk.require("comment")
        if answers is not None and answers not in {act.position for act in desk.batch.acts_on(upon)}:
            raise NotFoundError(f"nothing was said upon {upon} in act {answers}")
        return desk.act("comment", upon, text, None if answers is None else {"answers": answers})
