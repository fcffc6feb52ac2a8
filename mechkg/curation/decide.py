"""Decide about a conflict between assertions: explain it, or resolve it. Every side stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from mechkg.curation import policy
from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller

Decision = Literal["by method", "by sample", "by definition", "superseded", "resolved", "open"]
"""How a conflict stands: explained by the method, the sample or the definition; one side superseded; resolved for one side; or
open again."""


def decide(
    ledger: Ledger,
    by: Caller,
    conflict: str,
    decision: Decision,
    reason: str,
    *,
    sides: Collection[str],
    holds: str | None = None,
    materials: Collection[str] = (),
) -> Act:
    """Decide about a conflict whose sides are these assertions; ``holds`` is the side that a resolution is for.

    The decision is about these sides: when another comes in or one goes, the conflict is open again. Raise ForbiddenError for who
    may not or declared an interest.
    """
    with at_desk(ledger, by) as desk:
        person = desk.require("decide", materials)
        documents = {record.document for record in ledger.assertions(sides).values()}
        policy.refuse_interested(person, {*materials, *documents}, desk.batch.at)
        content = {"decision": decision, "sides": sorted(sides), "holds": holds}
        return desk.act("decide", Subject("conflict", conflict), reason, content)
