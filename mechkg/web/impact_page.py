"""What a change set would change, or changed, as a page of its own; the page about the change set takes it in."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.model.change_set import ChangeSet
from mechkg.service.impact_sheet import ImpactSheet
from mechkg.web.change_set_page import path_of_set
from mechkg.web.frame import Frame
from mechkg.web.pages import render


@dataclass(frozen=True, slots=True)
class ImpactPage:
    """What the page shows."""

    found: ChangeSet
    impact: ImpactSheet

    @property
    def path(self) -> str:
        """Path of the page about the change set."""
        return path_of_set(self.found.id)

    @property
    def past(self) -> bool:
        """Whether what it changes has been changed."""
        return self.found.status == "accepted"


def impact_page(page: ImpactPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("impact_page.html", page, frame)
