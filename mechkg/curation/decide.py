"""Decide about a disagreement between assertions: explain it, or resolve it. Every side stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller

Decision = Literal["by method", "by sample", "by definition", "superseded", "resolved", "open"]
"""How a disagreement stands: explained by the method, the sample or the definition; one side superseded; resolved for one
side; or open again.
"""


def decide(
    ledger: Ledger,
    by: Caller,
    disagreement: str,
    decision: Decision,
    reason: str,
    *,
    sides: Collection[str],
    holds: str | None = None,
    materials: Collection[str] = (),
) -> Act:
    """Decide about a disagreement whose sides are these assertions; ``holds`` is the side that a resolution is for.

    The decision is about these sides: when another comes in or one goes, it is open again. Raise ForbiddenError for who
    may not or declared an interest, BadInputError when there are no two sides, or a resolution is for none of them.
    """
    if len(set(sides)) < 2:
        raise BadInputError("a disagreement has two sides at least", hint="name every assertion that takes part")
    if holds is not None and holds not in sides:
        raise BadInputError(f"{holds} is no side of {disagreement}", hint=f"its sides are {', '.join(sorted(sides))}")
    if (decision == "resolved") != (holds is not None):
        raise BadInputError("a resolution, and nothing else, is for one side", hint="name the side that holds, or explain both")
    with at_desk(ledger, by) as desk:
        desk.require("decide", materials)
        desk.batch.prefetch(sides)
        states = {side: desk.batch.state(side) for side in sides}
        if unknown := sorted(side for side, state in states.items() if state is None):
            raise NotFoundError(f"the ledger holds no assertion {unknown[0]}")
        desk.refuse_interested({*materials, *(state.document for state in states.values() if state is not None)})
        content = {"decision": decision, "sides": sorted(sides), "holds": holds}
        return desk.act("decide", Subject("disagreement", disagreement), reason, content)
