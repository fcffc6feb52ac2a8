"""People as the acts upon them come to: grants, identities, declared conflicts of interest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from weakref import WeakKeyDictionary

from mechkg.curation.batch import Batch
from mechkg.curation.ledger import Ledger
from mechkg.model.ledger_record import Act, ActKind, Subject
from mechkg.model.person import Grant, Interest, Person

_READ: WeakKeyDictionary[Ledger, tuple[int, Mapping[str, Person]]] = WeakKeyDictionary()
"""Ledger -> position of the last act upon a person that was read, and the people as of then."""

ACTS: tuple[ActKind, ...] = ("enrol", "grant", "revoke", "link", "declare")
"""Acts upon people."""


def subject_of(person: str) -> Subject:
    """Return the subject of acts upon a person."""
    return Subject("person", person)


def read_until(ledger: Ledger) -> int:
    """Return the position of the last act upon a person that need not be read again."""
    return _READ[ledger][0] if ledger in _READ else 0


def known(ledger: Ledger, batch: Batch) -> Mapping[str, Person]:
    """Return everybody whom the ledger knew when ``batch`` was opened on it, by name.

    What was read before is kept, for acts never change: only those that came since are read.
    """
    last, found = _READ.get(ledger, (0, {}))
    if new := batch.acts_of_kinds(ACTS, last):
        found = fold(new, found)
        _READ[ledger] = (new[-1].position, found)
    return found


def fold(acts: Iterable[Act], before: Mapping[str, Person] | None = None) -> dict[str, Person]:
    """Return everybody, by name, whom the acts, oldest first, make known, and those ``before`` them."""
    found = dict(before or {})
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
            others = tuple(i for i in person.identities if i != identity)
            found[name] = replace(person, identities=others if content.get("gone") else (*others, identity))
        elif act.kind == "declare":
            interests = tuple(i for i in person.interests if i.about != content["about"])
            until = content.get("until")
            new = Interest(content["about"], act.reason or "", act.at, datetime.fromisoformat(until) if until else None)
            found[name] = replace(person, interests=interests if content.get("gone") else (*interests, new))
    return found
