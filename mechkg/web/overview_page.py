"""The first page: what is in the graph, what happened last, what stands, what is open, and what waits for who is signed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mechkg.model.ledger_record import Subject
from mechkg.model.verdict import Check
from mechkg.service.browse import PATHS, TITLES
from mechkg.service.history import DONE, sentence
from mechkg.service.overview import Deeds, Overview
from mechkg.web.frame import Frame
from mechkg.web.pages import render

VERDICTS = ("survives", "ruled out", "not covered")

_PATHS = {
    "item": "/id", "document": "/id", "assertion": "/assertion", "set": "/curate/changes", "verdict": "/verdict",
    "disagreement": "/conflicts", "person": "/agent", "release": "/release",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Space:
    """A hypothesis space as the page shows it; ``verdicts`` counts its candidates, None while they are worked out."""

    id: str
    title: str
    question: str
    verdicts: Mapping[str, int] | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What the page shows; ``spaces`` in the order of the ledger, ``titles`` of what changes and disagreements are about."""

    overview: Overview
    spaces: tuple[Space, ...]
    titles: Mapping[str, str]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Path, title and number of the items of each kind that there is."""
        return [(f"/{PATHS[kind]}", TITLES[kind], n) for kind in PATHS if (n := self.overview.counts.get(kind))]

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """How many candidates have which verdict, over all spaces that are worked out."""
        total: Counter[str] = Counter()
        for space in self.spaces:
            total.update(space.verdicts or {})
        return [(name, total[name]) for name in VERDICTS]

    def told(self, deeds: Deeds) -> str:
        """Say what was done, once for many."""
        if sum(deeds.counts.values()) == 1:
            return sentence(deeds.last)
        name = deeds.last.document or ""
        done = ", ".join(f"{DONE.get(kind, kind)} {n}" for kind, n in sorted(deeds.counts.items()))
        return f"{deeds.last.act.actor} {done} assertions of {self.titles.get(name, name)}"

    def task_path(self, subject: Subject) -> str:
        """Return the page about what waits."""
        return task_path(subject)


def task_path(subject: Subject) -> str:
    """Return the page about what waits for somebody."""
    name = f"id-{subject.name}" if subject.kind == "assertion" else subject.name
    return f"{_PATHS[subject.kind]}/{quote(name, safe='/')}"


def counted(found: Check) -> dict[str, int]:
    """Return how many candidates of a space have which verdict."""
    return dict(Counter(one.verdict for one in found.candidates))


def overview_page(page: OverviewPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("overview_page.html", page, frame)
