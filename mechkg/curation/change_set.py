"""Where a change set stands after what was done upon it, and what may be done next. Pure functions over acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mechkg.errors import RefusedActError
from mechkg.model.change_set import ChangeSet, Comment, Edit, SetStatus
from mechkg.model.ledger_record import Act, ActKind, Subject

ALLOWED: dict[ActKind, frozenset[SetStatus]] = {
    "revise": frozenset({"open", "changes requested"}),
    "rebase": frozenset({"open", "changes requested"}),
    "withdraw": frozenset({"open", "changes requested"}),
    "request-changes": frozenset({"open"}),
    "accept": frozenset({"open"}),
    "reject": frozenset({"open", "changes requested"}),
    "assign": frozenset({"open", "changes requested"}),
    "comment": frozenset({"open", "changes requested", "accepted", "rejected", "withdrawn"}),
}
"""Act -> statuses of a change set from which it may follow."""

AFTER: dict[ActKind, SetStatus] = {
    "propose": "open",
    "revise": "open",
    "rebase": "open",
    "withdraw": "withdrawn",
    "request-changes": "changes requested",
    "accept": "accepted",
    "reject": "rejected",
}

SEEN: frozenset[ActKind] = frozenset({"revise", "rebase", "withdraw", "request-changes", "accept", "reject"})
"""Acts that name the revision they are about, so that nobody decides about edits that he has not seen."""

AUTHORS_ONLY: frozenset[ActKind] = frozenset({"revise", "rebase", "withdraw"})

_WAY_OUT: dict[SetStatus, str] = {
    "open": "request changes first",
    "changes requested": "wait for its revision",
    "accepted": "propose another change set",
    "rejected": "propose another change set",
    "withdrawn": "propose another change set",
}


def subject_of(change_set: str) -> Subject:
    """Return the subject of acts upon a change set."""
    return Subject("set", change_set)


def fold(acts: Iterable[Act]) -> ChangeSet | None:
    """Return the change set that the acts upon it, oldest first, come to; None without any."""
    found: ChangeSet | None = None
    for act in acts:
        if act.assertion is None:
            found = _opened(act) if found is None else _after(found, act)
    return found


_VERB: dict[ActKind, str] = {"request-changes": "request changes of", "comment": "comment on"}


def refusal(subject: Subject, past: Sequence[Act], act: Act) -> RefusedActError | None:
    """Return why ``act`` may not follow the acts ``past`` upon a change set, or None when it may."""
    found = fold(past)
    name = f"change set {subject.name}"
    if found is None:
        if act.kind != "propose":
            return RefusedActError(f"cannot {_VERB.get(act.kind, act.kind)} {name}: there is none of that name")
        if subject.name != f"set-{act.position}":
            return RefusedActError(f"a change set is named after its first act, so not {subject.name}")
        return None
    if act.kind == "propose":
        return RefusedActError(f"{name} was proposed already, by act {past[0].position}", hint="revise it")
    if found.status not in ALLOWED[act.kind]:
        again = "already " if AFTER.get(act.kind) == found.status else ""
        who = f", by {found.decided_by}" if found.decided_by else ""
        stands = f"it is {again}{found.status}{who}"
        if found.status == "changes requested":
            stands = f"{found.decided_by} {again}asked for changes of it"
        return RefusedActError(
            f"cannot {_VERB.get(act.kind, act.kind)} {name}: {stands}", hint=None if again else _WAY_OUT[found.status]
        )
    if act.kind in SEEN and (seen := (act.content or {}).get("revision")) != found.revision:
        return RefusedActError(
            f"cannot {_VERB.get(act.kind, act.kind)} revision {seen} of {name}: it was revised since, by {found.authors[-1]}",
            hint=f"look at revision {found.revision}",
        )
    if act.kind in AUTHORS_ONLY and act.actor not in found.authors:
        return RefusedActError(
            f"cannot {_VERB.get(act.kind, act.kind)} {name}: it is by {_names(found.authors)}",
            hint="comment on it, or request changes",
        )
    if act.kind == "accept" and act.actor in found.authors and "alone" not in (act.content or {}):
        return RefusedActError(f"{act.actor} cannot accept {name}, being an author of it", hint="somebody else has to look at it")
    return None


def _names(people: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(people))


def _edits(content: Mapping[str, Any]) -> tuple[Edit, ...]:
    return tuple(Edit.model_validate(edit) for edit in content["edits"])


def _opened(act: Act) -> ChangeSet:
    content = act.content or {}
    assert act.subject is not None
    return ChangeSet(
        id=act.subject.name, title=content["title"], status="open", revision=1, base=content["base"], edits=_edits(content),
        authors=(act.actor,), opened_at=act.at, changed_at=act.at, position=act.position, reason=act.reason,
        machine=content.get("machine"), quotes=dict(content.get("quotes", {})), materials=tuple(content.get("materials", ())),
    )  # fmt: skip


def _after(found: ChangeSet, act: Act) -> ChangeSet:
    content = act.content or {}
    found = replace(found, changed_at=act.at, position=act.position)
    if act.kind in ("revise", "rebase"):
        return replace(
            found, status="open", revision=found.revision + 1, edits=_edits(content), base=content["base"],
            title=content.get("title", found.title), authors=(*(a for a in found.authors if a != act.actor), act.actor),
            reason=act.reason or found.reason, decided=None, decided_by=None, materials=tuple(content.get("materials", ())),
        )  # fmt: skip
    if act.kind in AFTER:
        return replace(
            found, status=AFTER[act.kind], decided=act.reason, decided_by=act.actor, despite=dict(content.get("despite", {}))
        )
    if act.kind == "assign":
        return replace(found, assignee=content.get("to"))
    if act.kind == "comment":
        said = Comment(act.position, act.actor, act.at, act.reason or "", found.revision, content.get("answers"))
        return replace(found, comments=(*found.comments, said))
    return found
