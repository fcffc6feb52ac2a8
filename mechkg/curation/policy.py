"""Who may do what, and what nobody may do to his own work."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from mechkg.errors import ForbiddenError
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import ActKind
from mechkg.model.person import EVERYTHING, ROLES, Caller, Person, Role

NEEDS: dict[ActKind, Role] = {
    "comment": "reader",
    "watch": "reader",
    "declare": "reader",
    "issue": "reader",
    "revoke-token": "reader",
    "propose": "curator",
    "revise": "curator",
    "rebase": "curator",
    "withdraw": "curator",
    "dispute": "curator",
    "request-changes": "reviewer",
    "accept": "reviewer",
    "reject": "reviewer",
    "supersede": "reviewer",
    "retract": "reviewer",
    "restore": "reviewer",
    "settle": "reviewer",
    "assign": "reviewer",
    "sign-off": "reviewer",
    "decide": "reviewer",
    "enrol": "administrator",
    "grant": "administrator",
    "revoke": "administrator",
    "link": "administrator",
    "release": "administrator",
}
"""Act -> the least role for it. ``flip`` is nobody's act: the program itself records it."""


def require(kind: ActKind, by: Caller, person: Person | None, materials: Collection[str] = ()) -> None:
    """Raise ForbiddenError unless the caller may do ``kind`` to what belongs to ``materials``.

    What belongs to no material belongs to all: it takes a grant for everything.
    """
    if person is None:
        raise ForbiddenError(f"nobody called '{by.person}' is known here", hint="ask an administrator to enrol you")
    role = NEEDS[kind]
    scopes = sorted(materials) or [EVERYTHING]
    if kind in ("comment", "watch", "declare", "issue", "revoke-token"):
        scopes = []  # whoever has a role anywhere may say something, and have tokens that reach as far
        if not person.grants:
            raise ForbiddenError(f"{person.id} has no role here", hint="ask an administrator for one")
        if by.within.role == "reader":
            raise ForbiddenError(f"this token of {person.id} may only read", hint="use a token that reaches further")
    for scope in scopes:
        if not person.may(role, scope):
            raise ForbiddenError(_cannot(person, kind, role, scope), hint=_has(person))
        if not by.within.covers(role, scope):
            reach = f"{by.within.role} in {by.within.scope}"
            raise ForbiddenError(
                f"this token of {person.id} reaches to {reach}, and to {kind} takes {role} in {scope}",
                hint="use a token that reaches further",
            )


def _cannot(person: Person, kind: ActKind, role: Role, scope: str) -> str:
    where = "everything" if scope == EVERYTHING else f"'{scope}'"
    return f"{person.id} may not {kind}: that takes the role {role} in {where}"


def _has(person: Person) -> str:
    grants = sorted(person.grants, key=lambda grant: (ROLES.index(grant.role), grant.scope))
    return "has " + (", ".join(f"{grant.role} in {grant.scope}" for grant in grants) or "no role")


def refuse_interested(person: Person, about: Iterable[str], at: datetime) -> None:
    """Raise ForbiddenError when the person declared a conflict of interest about any of these: documents, materials, people."""
    named = set(about)
    for interest in person.interests:
        if interest.about in named and interest.stands(at):
            raise ForbiddenError(
                f"{person.id} declared a conflict of interest about {interest.about}: {interest.why}",
                hint="somebody else has to decide",
            )


def refuse_own_work(kind: ActKind, person: Person, found: ChangeSet, people: Iterable[Person]) -> None:
    """Raise ForbiddenError when a review is by an author of what waits: it is withdrawn, so that no review is seen in it.

    Where nobody else may review, an administrator may.
    """
    if person.id not in found.authors or not found.open or (person.may("administrator") and is_alone(people)):
        return
    raise ForbiddenError(
        f"{person.id} cannot {kind} {found.id}, being an author of it",
        hint="revise it, or withdraw it" if kind == "request-changes" else "withdraw it",
    )


def why_no_reviewer(person: Person, found: ChangeSet, people: Iterable[Person], at: datetime) -> str | None:
    """Say why somebody cannot accept a change set; None when they can."""
    for scope in sorted(found.materials) or [EVERYTHING]:
        if not person.may(NEEDS["accept"], scope):
            where = "everything" if scope == EVERYTHING else f"'{scope}'"
            return f"that takes the role {NEEDS['accept']} in {where}, and {person.id} {_has(person)}"
    if person.id in found.authors and not (person.may("administrator") and is_alone(people)):
        return f"{person.id} is an author of it"
    about = {*found.materials, *found.authors, *(edit.document for edit in found.edits)} - {person.id}
    try:
        refuse_interested(person, about, at)
    except ForbiddenError as error:
        return error.message
    return None


def is_alone(people: Iterable[Person]) -> bool:
    """Say whether one person only may review here."""
    return sum(any(grant.covers("reviewer", grant.scope) for grant in person.grants) for person in people) == 1
