"""Which acts upon a change set somebody may do now, and why not the others. Nothing is written to find it out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from mechkg.curation import policy
from mechkg.curation.change_set import refusal, subject_of
from mechkg.errors import MechkgError, StaleError, UnauthenticatedError
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import Act, ActKind
from mechkg.model.person import Caller, Person
from mechkg.service.acting import materials_of_edits
from mechkg.service.people import everybody
from mechkg.service.queue import queued_of
from mechkg.service.recorded import Recorded

UPON_SETS: Final[tuple[ActKind, ...]] = (
    "accept", "request-changes", "reject", "comment", "assign", "revise", "rebase", "withdraw"
)  # fmt: skip
"""What can be done upon a change set."""

_MATERIAL: Final[frozenset[ActKind]] = frozenset({"accept", "request-changes", "reject", "revise", "rebase", "withdraw"})
"""Acts that take a role in the materials of the change set; a comment and an assignment take one anywhere."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """What somebody may do upon a change set, and act -> why not; ``alone``: own work, which nobody else may review."""

    acts: frozenset[ActKind] = frozenset()
    refused: Mapping[ActKind, MechkgError] = field(default_factory=dict)
    alone: bool = False

    def why_not(self, kind: ActKind) -> str:
        """Return in a sentence why an act is refused; empty for one that is not."""
        error = self.refused.get(kind)
        return str(error) if error is not None else ""


def permitted(workspace: Recorded, by: Caller | None, found: ChangeSet) -> Permitted:
    """Tell what the caller may do upon a change set as it stands."""
    if by is None:
        guest = UnauthenticatedError("you are not signed in", hint="sign in to review")
        return Permitted(frozenset(), dict.fromkeys(UPON_SETS, guest))
    people = everybody(workspace.ledger)
    person = people.get(by.person)
    materials = {*found.materials, *materials_of_edits(workspace, found.edits)} if found.materials else set()
    checks = _Checks(workspace, by, person, list(people.values()), found, materials)
    refused: dict[ActKind, MechkgError] = {}
    for kind in UPON_SETS:
        if (error := checks.error(kind)) is not None:
            refused[kind] = error
    alone = person is not None and person.id in found.authors and "accept" not in refused
    return Permitted(frozenset(kind for kind in UPON_SETS if kind not in refused), refused, alone)


def who_may_review(workspace: Recorded, found: ChangeSet) -> list[Person]:
    """Return the people who may accept a change set, by name."""
    people, at = everybody(workspace.ledger), datetime.now(UTC)
    able = [p for p in people.values() if policy.why_no_reviewer(p, found, people.values(), at) is None]
    return sorted(able, key=lambda person: person.name.casefold())


@dataclass(frozen=True, slots=True)
class _Checks:
    workspace: Recorded
    by: Caller
    person: Person | None
    people: Collection[Person]
    found: ChangeSet
    materials: Collection[str]

    def error(self, kind: ActKind) -> MechkgError | None:
        """Return why an act is refused, the lasting reasons first; None when it is not."""
        return _raised(lambda: self._role(kind)) or self._standing(kind) or _raised(lambda: self._person(kind))

    def _role(self, kind: ActKind) -> None:
        if kind in _MATERIAL or kind == "comment":
            policy.require(kind, self.by, self.person, self.materials)
            return
        scopes = sorted({grant.scope for grant in self.person.grants}) if self.person else []
        errors = [_raised(lambda s=scope: policy.require(kind, self.by, self.person, (s,))) for scope in scopes]  # type: ignore[misc]
        if not errors or all(errors):
            policy.require(kind, self.by, self.person)

    def _standing(self, kind: ActKind) -> MechkgError | None:
        """Return what the ledger would say of an act by its place among those before it."""
        content = {"revision": self.found.revision, **({"alone": ""} if kind == "accept" else {})}
        act = Act(0, kind, None, self.by.person, datetime.now(UTC), None, None, "", subject_of(self.found.id), content=content)
        past = [one for one in self.workspace.ledger.acts_on(subject_of(self.found.id)) if one.assertion is None]
        wrong = refusal(subject_of(self.found.id), past, act)
        if wrong is not None:
            return wrong
        if kind in ("accept", "rebase"):
            stale = queued_of(self.workspace.catalog, self.found).stale_items
            if kind == "accept" and stale:
                names = ", ".join(f"'{name}'" for name in stale)
                told = f"it was made on what no longer counts: {names} changed since"
                return StaleError(told, hint="its authors can rebase it")
            if kind == "rebase" and not stale:
                return StaleError("it is not stale", hint="nothing that it was made on has changed")
        return None

    def _person(self, kind: ActKind) -> None:
        assert self.person is not None
        found = self.found
        if kind in ("accept", "request-changes", "reject"):
            policy.refuse_own_work(kind, self.person, found, self.people)
        if kind in ("accept", "reject"):
            about = {*self.materials, *found.materials, *found.authors, *(edit.document for edit in found.edits)}
            policy.refuse_interested(self.person, about - {self.person.id}, datetime.now(UTC))


def _raised(check: Callable[[], None]) -> MechkgError | None:
    try:
        check()
    except MechkgError as error:
        return error
    return None
