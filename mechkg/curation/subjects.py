"""Acts upon something else than an assertion: which may be done upon what, and when a change set allows which."""

from __future__ import annotations

from collections.abc import Sequence

from mechkg.curation.change_set import refusal as set_refusal
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import Act, ActKind, Subject, SubjectKind

UPON: dict[ActKind, frozenset[SubjectKind]] = {
    "propose": frozenset({"set"}),
    "revise": frozenset({"set"}),
    "rebase": frozenset({"set"}),
    "withdraw": frozenset({"set"}),
    "request-changes": frozenset({"set"}),
    "accept": frozenset({"set"}),
    "reject": frozenset({"set"}),
    "comment": frozenset({"set", "assertion", "item", "disagreement", "verdict", "document"}),
    "dispute": frozenset({"assertion", "verdict"}),
    "settle": frozenset({"assertion", "verdict", "item"}),
    "assign": frozenset({"set", "assertion", "item", "disagreement", "document"}),
    "sign-off": frozenset({"assertion", "verdict"}),
    "declare": frozenset({"person"}),
    "decide": frozenset({"disagreement"}),
    "watch": frozenset({"watch"}),
    "flip": frozenset({"watch"}),
    "enrol": frozenset({"person"}),
    "grant": frozenset({"person"}),
    "revoke": frozenset({"person"}),
    "link": frozenset({"person"}),
    "issue": frozenset({"person"}),
    "revoke-token": frozenset({"person"}),
    "release": frozenset({"release"}),
}
"""Act -> what it may be upon, when not upon an assertion to give it a status."""

REASON_OWED: frozenset[ActKind] = frozenset(
    {"comment", "dispute", "settle", "reject", "request-changes", "withdraw", "revoke", "decide"}
)
"""Acts that say nothing without words."""

ONCE: frozenset[ActKind] = frozenset({"enrol", "release"})
"""Acts that make their subject, and so are done once upon it."""


def refusal_upon(subject: Subject, past: Sequence[Act], act: Act) -> RefusedActError | None:
    """Return why ``act`` may not follow the acts ``past`` upon ``subject``, or None when it may."""
    valid = UPON.get(act.kind, frozenset())
    if subject.kind not in valid:
        meant = " or ".join(sorted(valid)) or "an assertion"
        return RefusedActError(f"cannot {act.kind} {subject}: that is done upon {meant}")
    if act.reason is None and act.kind in REASON_OWED:
        return RefusedActError(f"cannot {act.kind} {subject} without words", hint="say why in a sentence")
    if act.kind in ONCE and past:
        return RefusedActError(
            f"there is a {subject.kind} called '{subject.name}' already, since act {past[0].position}", hint="choose another name"
        )
    if subject.kind in ("person", "release", "watch") and act.kind not in (*ONCE, "watch") and not past:
        return RefusedActError(f"cannot {act.kind} {subject}: there is no {subject.kind} of that name")
    if subject.kind == "set":
        return set_refusal(subject, past, act)
    return None
