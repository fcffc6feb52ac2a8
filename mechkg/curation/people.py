"""People as the acts upon them come to: grants, identities, declared conflicts of interest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mechkg.model.ledger_record import Act, ActKind, Subject
from mechkg.model.person import Grant, Interest, Person

ACTS: tuple[ActKind, ...] = ("enrol", "grant", "revoke", "link", "declare")
"""Acts upon people."""


def subject_of(person: str) -> Subject:
    """Return the subject of acts upon a person."""
    return Subject("person", person)


def fold(acts: Iterable[Act]) -> dict[str, Person]:
    """Return everybody, by name, whom the acts, oldest first, make known."""
    found: dict[str, Person] = {}
    for act in acts:
        if act.subject is None or act.subject.kind != "person":
            continue
        name, content = act.subject.name, act.content or {}
        if act.kind == "enrol":
            found[name] = Person(name, content.get("name", name), orcid=content.get("orcid"))
            continue
        person = found[name]
        if act.kind in ("grant", "revoke"):
            grant = frozenset({Grant(content["role"], content["scope"])})
            found[name] = replace(person, grants=person.grants | grant if act.kind == "grant" else person.grants - grant)
        elif act.kind == "link":
            identity = (content["issuer"], content["subject"])
            found[name] = replace(person, identities=(*(i for i in person.identities if i != identity), identity))
        elif act.kind == "declare":
            others = tuple(i for i in person.interests if i.about != content["about"])
            until = content.get("until")
            new = Interest(content["about"], act.reason or "", act.at, datetime.fromisoformat(until) if until else None)
            found[name] = replace(person, interests=others if content.get("gone") else (*others, new))
    return found
