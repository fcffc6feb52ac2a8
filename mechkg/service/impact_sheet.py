"""What a change set would change, or changed when it was accepted, in words: titles, reasons, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mechkg.errors import NotFoundError
from mechkg.model.change_set import ChangeSet
from mechkg.model.disagreement import Disagreement
from mechkg.model.finding import Finding
from mechkg.model.ledger_record import Subject
from mechkg.service.catalog import Catalog
from mechkg.service.describe_item import title_of
from mechkg.service.impact import Contradiction, Impact, VerdictChange, impact_of
from mechkg.service.impact_conclusions import conclusions_that_change
from mechkg.service.naming import called
from mechkg.service.recorded import Recorded

MOST_NAMED: Final = 3
"""So many observations are named for one reason; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate cannot meet some observations: in brief, and which (name, title); ``left_out`` are not named."""

    brief: str
    observations: tuple[tuple[str, str], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A candidate whose verdict, or what it stands on, changes."""

    space: str
    space_title: str
    candidate: str
    title: str
    before: str | None
    after: str | None
    appear: tuple[Reason, ...]
    vanish: tuple[Reason, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A step, claim or conclusion that is found otherwise: its name and title, in which space, before and after."""

    name: str
    title: str
    space: str
    space_title: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ImpactSheet:
    """What accepting changes, as of ledger position ``version``; ``stays`` are verdicts that stand on something else then.

    ``signatures`` are those that go stale: who signed, and upon what.
    """

    version: int
    acceptable: bool
    findings: tuple[Finding, ...]
    spaces: int
    flips: tuple[Verdict, ...]
    stays: tuple[Verdict, ...]
    standings: tuple[Standing, ...]
    conclusions: tuple[Standing, ...]
    appear: tuple[Disagreement, ...]
    vanish: tuple[Disagreement, ...]
    signatures: tuple[tuple[str, str], ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing that is followed changes."""
        told = (self.flips, self.stays, self.standings, self.conclusions, self.appear, self.vanish, self.signatures)
        return self.acceptable and not any(told)


def impact_sheet(view: Recorded, name: str) -> ImpactSheet:
    """Work out what accepting a change set would change as of ``view``; raise NotFoundError when there is none of that name."""
    _, found = impact_of(view, name)
    return sheet_of(view, found)


def before_accepted(view: Recorded, found: ChangeSet) -> int:
    """Return the ledger position just before a change set was accepted; raise NotFoundError for one that was not."""
    for act in reversed(view.ledger.acts_on(Subject("set", found.id))):
        if act.kind == "accept" and act.assertion is None:
            return act.position - 1
    raise NotFoundError(f"{found.id} was not accepted: it is {found.status}")


def sheet_of(view: Recorded, found: Impact) -> ImpactSheet:
    """Tell an impact in words."""
    catalog = view.catalog
    with view.lock:
        conclusions = conclusions_that_change(found) if found.acceptable else ()
    verdicts = [_verdict(view, change) for change in found.verdicts]
    return ImpactSheet(
        found.version,
        found.acceptable,
        found.findings,
        len(found.spaces),
        tuple(each for each in verdicts if each.before != each.after),
        tuple(each for each in verdicts if each.before == each.after),
        tuple(
            Standing(s.name, _title(view, s.name), s.space, _space(catalog, s.space), s.before, s.after) for s in found.standings
        ),
        tuple(
            Standing(c.conclusion, _title(view, c.conclusion), c.space, _space(catalog, c.space), c.before, c.after)
            for c in conclusions
        ),
        found.appear,
        found.vanish,
        tuple((signed.by, called(view, signed.subject)) for signed in found.signatures),
    )


def _verdict(view: Recorded, change: VerdictChange) -> Verdict:
    return Verdict(
        change.space,
        _space(view.catalog, change.space),
        change.candidate,
        change.title,
        change.before,
        change.after,
        _reasons(view, change.appear),
        _reasons(view, change.vanish),
        change.gone,
    )


def _reasons(view: Recorded, those: Iterable[Contradiction]) -> tuple[Reason, ...]:
    by_brief: dict[str, list[str]] = {}
    for each in those:
        by_brief.setdefault(each.brief, []).append(each.observation)
    return tuple(
        Reason(
            brief, tuple((name, _title(view, name)) for name in names[:MOST_NAMED]), max(0, len(names) - MOST_NAMED)
        )
        for brief, names in by_brief.items()
    )  # fmt: skip


def _title(view: Recorded, name: str) -> str:
    entry = view.catalog.entries.get(name)
    return name if entry is None else title_of(view, entry)


def _space(catalog: Catalog, name: str) -> str:
    entry = catalog.entries.get(name)
    return name if entry is None else str(entry.record.body["title"])
