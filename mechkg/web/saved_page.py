"""A setting that somebody saved: what it withdraws, the verdicts under it, and every change of them with what caused it."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.service.saved import Saved
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.space_links import SpaceLinks


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What the page shows; ``links`` lead to the space with the premises as they were saved."""

    saved: Saved
    links: SpaceLinks

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Candidates with their titles and verdicts."""
        titles = self.saved.candidates
        return [(name, titles.get(name, name), verdict) for name, verdict in self.saved.watch.verdicts.items()]


def saved_page(page: SavedPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("saved_page.html", page, frame)
