"""The page that says that an answer is being worked out, and gives way to it as soon as it is there; no script is needed."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.web.frame import Frame
from mechkg.web.pages import render


@dataclass(frozen=True, slots=True)
class WorkingPage:
    """What is being worked out, and the path that answers when it is there.

    The browser goes there at once and shows this page until it has the answer: nothing changes while somebody reads it, as it
    would if the page came again every second (https://www.w3.org/WAI/WCAG22/Techniques/failures/F41).
    """

    what: str
    next: str


def working_page(page: WorkingPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("working_page.html", page, frame)
