"""What an act does to the status of an assertion, and what each status allows.

Pure functions: the ledger answers the same questions in SQL, and tests hold the two to each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mechkg.errors import RefusedActError
from mechkg.model.happened import SHORT
from mechkg.model.ledger_record import Act, AssertionActKind, Status

STATUS_AFTER: dict[AssertionActKind, Status] = {
    "propose": "proposed",
    "accept": "accepted",
    "reject": "rejected",
    "supersede": "superseded",
    "retract": "retracted",
    "restore": "accepted",
}
"""Status of an assertion after an act upon it. The last act alone decides."""

ALLOWED: dict[AssertionActKind, frozenset[Status | None]] = {
    "propose": frozenset({None, "rejected", "superseded", "retracted"}),
    "accept": frozenset({"proposed"}),
    "reject": frozenset({"proposed"}),
    "supersede": frozenset({"accepted"}),
    "retract": frozenset({"proposed", "accepted"}),
    "restore": frozenset({"retracted"}),
}
"""Statuses from which an act may follow; None stands for an assertion that the ledger does not know.

What was rejected, superseded or retracted may be proposed anew: a file that goes back to earlier words has the same assertion.
"""

REASON_NEEDED: frozenset[AssertionActKind] = frozenset({"reject", "supersede", "retract", "restore"})
"""Acts that end a proposal or an acceptance, or take such an end back, and therefore owe the reader a reason."""

_WAY_OUT: dict[Status | None, str] = {
    None: "propose it first",
    "proposed": "accept or reject it first",
    "accepted": "supersede or retract it first",
    "rejected": "propose it anew first",
    "superseded": "propose it anew first",
    "retracted": "propose it anew first",
}


@dataclass(frozen=True, slots=True)
class State:
    """Where an assertion stands: its status, and the position and actor of the act that gave it."""

    assertion: str
    item: str
    document: str
    status: Status
    position: int
    actor: str


def called(assertion: str, state: State | None) -> str:
    """Return how an assertion is called in words: by its item, and, where it gave way to another version, by its id too.

    >>> called("RAx", None)
    'RAx'
    """
    if state is None:
        return assertion
    return f"'{state.item}'" + (f" (version {assertion[:SHORT]})" if state.status in ("superseded", "rejected") else "")


def fold(acts: Iterable[Act], at: int | None = None) -> dict[str, Status]:
    """Return the status of every assertion after ``acts``, or after those up to position ``at``."""
    return {
        act.assertion: STATUS_AFTER[kind]
        for act in acts
        if act.assertion is not None and (kind := status_kind(act)) and (at is None or act.position <= at)
    }


def status_kind(act: Act) -> AssertionActKind | None:
    """Return the kind of an act that gives an assertion its status; None for any other act."""
    for kind in STATUS_AFTER:
        if act.kind == kind and act.assertion is not None:
            return kind
    return None


def refusal(kind: AssertionActKind, assertion: str, state: State | None) -> RefusedActError | None:
    """Return why ``kind`` is not allowed upon ``assertion`` in its present ``state``, or None when it is.

    >>> print(refusal("accept", "RAx", None))
    cannot accept RAx: the ledger does not know it (propose it first)
    """
    status = state.status if state else None
    if status in ALLOWED[kind]:
        return None
    if state is None:
        return RefusedActError(f"cannot {kind} {assertion}: the ledger does not know it", hint=_WAY_OUT[None])
    again = "already " if status == STATUS_AFTER[kind] else ""
    return RefusedActError(
        f"cannot {kind} {called(assertion, state)}: it is {again}{status}, by {state.actor} in act {state.position}",
        hint=None if again else _WAY_OUT[status],
    )
