"""The list of hypothesis spaces: what each asks, from which paper, and how many of its candidates survive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mechkg.service.saved import Saved
from mechkg.web.frame import Frame
from mechkg.web.pages import render

VERDICTS = ("survives", "ruled out", "not covered")


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space; ``verdicts`` counts its candidates by verdict, None while they are worked out; ``why_not`` why they cannot be."""

    id: str
    title: str
    question: str
    candidates: int
    verdicts: Mapping[str, int] | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class SpacesPage:
    """What the page shows: spaces by paper (name, title), as of when (empty for now), and how many are being worked out.

    ``saved`` are the settings that who is signed in has saved; None for anybody else, and for the past.
    """

    papers: tuple[tuple[str, str, tuple[SpaceRow, ...]], ...]
    waiting: int = 0
    as_of: str = ""
    saved: tuple[Saved, ...] | None = None

    @staticmethod
    def counted(saved: Saved) -> list[tuple[str, int]]:
        """Return how many candidates of a saved setting have which verdict."""
        found = Counter(saved.watch.verdicts.values())
        return [(name, found[name]) for name in VERDICTS if found[name]]

    @property
    def total(self) -> int:
        """How many spaces there are."""
        return sum(len(rows) for _, _, rows in self.papers)

    @property
    def order(self) -> tuple[str, ...]:
        """Verdicts in the order in which they are told."""
        return VERDICTS


def spaces_page(page: SpacesPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("spaces_page.html", page, frame)
