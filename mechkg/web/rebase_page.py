"""The page on which a change set is made anew on what counts now: where both sides changed the same, one is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mechkg.model.change_set import ChangeSet
from mechkg.service.merge_sheet import MovedView
from mechkg.web.change_set_page import path_of_set
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render
from mechkg.web.wrong import Wrong


@dataclass(frozen=True, slots=True)
class RebasePage:
    """What the page shows; ``choices`` are those made already, by the name of the field of the form."""

    found: ChangeSet
    moved: Sequence[MovedView]
    why_not: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    wrong: Wrong | None = None

    @property
    def path(self) -> str:
        """Path of the page about the change set."""
        return path_of_set(self.found.id)

    def href(self, link: str) -> str:
        """Return where a link leads."""
        return path_of(link) or link

    @staticmethod
    def name(item: str, place: str) -> str:
        """Return the name of the field that chooses a side."""
        return f"side.{item}:{place}"


def rebase_page(page: RebasePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("rebase_page.html", page, frame)
