"""Enrol a person, and give or take roles."""

from __future__ import annotations

import re

from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import fold, subject_of
from mechkg.curation.tokens import revoke_those
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Act
from mechkg.model.person import EVERYTHING, ROLES, Caller, Grant, Person

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{0,39}")
RESERVED = frozenset({"mechkg"})
"""Names by which acts are done that nobody does."""
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def enrol(ledger: Ledger, by: Caller, person: str, *, name: str, orcid: str | None = None) -> Person:
    """Make a person known under a short name; the first one ever becomes administrator, whoever asks at the machine itself.

    Raise BadInputError for a name or ORCID that is none, RefusedActError for a name that is taken.
    """
    if not _NAME.fullmatch(person):
        raise BadInputError(f"'{person}' is no short name", hint="lower-case letters, digits, dots and hyphens, at most 40")
    if person in RESERVED:
        raise BadInputError(f"'{person}' is what the program calls itself", hint="choose another short name")
    if not name.strip():
        raise BadInputError(f"'{person}' has no name", hint="give the name that others know them by")
    if orcid is not None and not is_orcid(orcid):
        raise BadInputError(f"'{orcid}' is no ORCID iD", hint="four groups of four digits, the last one a check digit")
    with at_desk(ledger, by) as desk:
        first = not desk.everybody and by.door in ("shell", "python", "system")
        if not first:
            desk.require("enrol")
        desk.act("enrol", subject_of(person), None, {"name": name, "orcid": orcid})
        if first:
            _give(desk, person, Grant("administrator"), "the first person here")
        return _person(desk, person)


def grant(ledger: Ledger, by: Caller, person: str, role: Grant, *, reason: str | None = None) -> Person:
    """Give a person a role.

    Raise NotFoundError, with the nearest name, for somebody unknown or a role that there is not; RefusedActError when the person
    has it.
    """
    if role.role not in ROLES:
        raise NotFoundError.of("role", role.role, ROLES)
    if not role.scope.strip():
        raise BadInputError("a role is for something", hint=f"name a material, or '{EVERYTHING}'")
    with at_desk(ledger, by) as desk:
        desk.require("grant")
        if role in _known(desk, person).grants:
            raise RefusedActError(f"{person} is {role.role} in {role.scope} already")
        _give(desk, person, role, reason)
        return _person(desk, person)


def revoke(ledger: Ledger, by: Caller, person: str, role: Grant, *, reason: str) -> Person:
    """Take a role from a person. The last administrator stays one: nobody else could undo it."""
    with at_desk(ledger, by) as desk:
        desk.require("revoke")
        found = _known(desk, person)
        if role not in found.grants:
            raise NotFoundError(f"{person} does not have the role {role.role} in {role.scope}")
        others = [p for p in desk.everybody.values() if p.id != person and p.may("administrator")]
        if role == Grant("administrator") and not others:
            raise ForbiddenError(f"{person} is the last administrator", hint="make somebody else one first")
        desk.act("revoke", subject_of(person), reason, {"role": role.role, "scope": role.scope})
        return _person(desk, person)


def link(ledger: Ledger, by: Caller, person: str, *, issuer: str, subject: str) -> Person:
    """Let an account elsewhere, at ``issuer``, be this person. Raise ForbiddenError when it is somebody else already."""
    with at_desk(ledger, by) as desk:
        desk.require("link")
        _known(desk, person)
        for other in desk.everybody.values():
            if other.id != person and (issuer, subject) in other.identities:
                raise ForbiddenError(f"this account is {other.id}'s already")
        desk.act("link", subject_of(person), None, {"issuer": issuer, "subject": subject})
        return _person(desk, person)


def unlink(ledger: Ledger, by: Caller, person: str, *, issuer: str, subject: str, reason: str) -> Person:
    """Let an account elsewhere be this person no more, and end the sessions that began at its issuer."""
    with at_desk(ledger, by) as desk:
        desk.require("link")
        if (issuer, subject) not in _known(desk, person).identities:
            raise NotFoundError(f"'{subject}' at {issuer} is not {person}'s account")
        desk.act("link", subject_of(person), reason, {"issuer": issuer, "subject": subject, "gone": True})
        revoke_those(desk, person, issuer, reason)
        return _person(desk, person)


def is_orcid(text: str) -> bool:
    """Say whether ``text`` is an ORCID iD with the right check digit (ISO 7064, 11-2).

    >>> is_orcid("0000-0002-1825-0097"), is_orcid("0000-0002-1825-0098")
    (True, False)
    """
    if not _ORCID.fullmatch(text):
        return False
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return text[-1] == ("X" if check == 10 else str(check))


def _give(desk: Desk, person: str, role: Grant, reason: str | None) -> Act:
    return desk.act("grant", subject_of(person), reason, {"role": role.role, "scope": role.scope})


def _known(desk: Desk, person: str) -> Person:
    if person not in desk.everybody:
        raise NotFoundError.of("person", person, desk.everybody)
    return desk.everybody[person]


def _person(desk: Desk, person: str) -> Person:
    return fold(desk.batch.acts_on(subject_of(person)))[person]
