"""What differs between two moments: items that came, went or read otherwise, and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mechkg.model.merge import ABSENT, Difference, differences
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.problem import Problem
from mechkg.service.as_of import AsOf
from mechkg.service.catalog import Entry
from mechkg.service.reading import View
from mechkg.service.verdict_names import verdict_names
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item that reads otherwise, field by field."""

    before: Entry
    after: Entry
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """A candidate on which the verdict differs; None where the candidate is not there."""

    space: str
    candidate: str
    before: VerdictName | None
    after: VerdictName | None


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between ledger positions ``before`` and ``after``; ``spaces`` are those whose verdicts were worked out."""

    before: int
    after: int
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[ChangedItem, ...]
    spaces: tuple[str, ...]
    verdicts: tuple[ChangedVerdict, ...]


def diff(workspace: Workspace, before: AsOf, after: AsOf | None = None, *, verdicts: bool = True) -> Diff:
    """Compare what counted at one moment with what counted at another, now by default.

    ``verdicts``: compare these too, which takes longer. Raise BadInputError, with the nearest name, for a moment that is none.
    """
    return compare(workspace.at(before), workspace.at(workspace.version if after is None else after), verdicts=verdicts)


def compare(one: View, other: View, *, verdicts: bool = True) -> Diff:
    """Compare two moments."""
    old, new = one.catalog.entries, other.catalog.entries
    changed = tuple(
        ChangedItem(old[name], new[name], differences(old[name].record.body, new[name].record.body))
        for name in old
        if name in new and old[name].record.id != new[name].record.id
    )
    spaces: list[str] = []
    flips: list[ChangedVerdict] = []
    for space in dict.fromkeys([*_spaces(one), *_spaces(other)]) if verdicts else ():
        before, after = _problem(one, space), _problem(other, space)
        if before is not None and after is not None and same(before, after):
            continue
        spaces.append(space)
        flips += _flips(one, other, space)
    return Diff(
        one.version, other.version,
        tuple(entry for name, entry in new.items() if name not in old),
        tuple(entry for name, entry in old.items() if name not in new),
        changed, tuple(spaces), tuple(flips),
    )  # fmt: skip


def same(before: Problem, after: Problem) -> bool:
    """Say whether nothing that verdicts hang on differs: no rule sees more than the facts and the space."""
    return before.facts.atoms == after.facts.atoms and before.space == after.space


def _spaces(view: View) -> list[str]:
    return [entry.id for entry in view.catalog.by_kind.get("space", ())]


def _problem(view: View, space: str) -> Problem | None:
    return view.problem(space) if space in view.catalog.entries else None


def _flips(one: View, other: View, space: str) -> Iterator[ChangedVerdict]:
    was, now = (verdict_names(view, space) if space in view.catalog.entries else {} for view in (one, other))
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            yield ChangedVerdict(space, name, was.get(name), now.get(name))


# --- as JSON ----------------------------------------------------------------------------------------------------------------


def as_json(found: Diff) -> dict[str, Any]:
    """Return what differs as plain JSON content."""
    return {
        "before": found.before,
        "after": found.after,
        "added": [_entry(entry) for entry in found.added],
        "removed": [_entry(entry) for entry in found.removed],
        "changed": [
            {
                **_entry(change.after),
                "base": change.before.record.id,
                "fields": [field_as_json(d) for d in change.differences],
            }
            for change in found.changed
        ],
        "verdicts": [{"space": v.space, "candidate": v.candidate, "before": v.before, "after": v.after} for v in found.verdicts],
    }


def field_as_json(found: Difference) -> dict[str, Any]:
    """Return a field that reads otherwise as plain JSON content; a side where it is not there is left out."""
    sides = {"before": found.before, "after": found.after}
    return {"field": found.place, **{side: value for side, value in sides.items() if value is not ABSENT}}


def _entry(entry: Entry) -> dict[str, Any]:
    return {"item": entry.id, "kind": entry.kind, "document": entry.record.document, "assertion": entry.record.id}
