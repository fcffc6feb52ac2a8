"""Subjects of acts, held against what there is."""

from __future__ import annotations

from mechkg.errors import NotFoundError
from mechkg.model.happened import SHORT
from mechkg.model.ledger_record import Subject
from mechkg.service.acting import change_set_of
from mechkg.service.recorded import Recorded


def called(workspace: Recorded, subject: Subject) -> str:
    """Return in words what a subject is: an assertion by its item, and, where that says something else now, by its id too."""
    if subject.kind == "set":
        return subject.name
    if subject.kind != "assertion":
        return f"{subject.kind} {subject.name}"
    record = workspace.ledger.assertion(subject.name)
    entry = workspace.catalog.entries.get(record.item)
    old = entry is not None and entry.record.id != record.id
    return f"{record.kind} {record.item}" + (f" (version {record.id[:SHORT]})" if old else "")


def known_subject(workspace: Recorded, subject: Subject) -> Subject:
    """Return the subject; raise NotFoundError, with the nearest name where there is one, when there is no such thing."""
    catalog = workspace.catalog
    if subject.kind == "set":
        change_set_of(workspace, subject.name)
    elif subject.kind == "assertion":
        workspace.ledger.assertion(subject.name)
    elif subject.kind in ("item", "document"):
        entry = catalog.find(subject.name, "document" if subject.kind == "document" else None)
        return Subject(subject.kind, entry.id)
    elif subject.kind == "verdict":
        space, slash, candidate = subject.name.partition("/")
        candidates = {c.id for c in catalog.space(space).candidates}
        if slash and candidate not in candidates:
            raise NotFoundError.of(f"candidate of '{space}'", candidate, candidates)
    return subject
