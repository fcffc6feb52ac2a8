"""The page that says what went wrong, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.errors import UnauthenticatedError
from mechkg.web.frame import Frame
from mechkg.web.pages import render


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What the page shows: what kind of failure it is, what is wrong, what to do, and the code of the error."""

    title: str
    detail: str
    code: str
    hint: str | None = None

    @property
    def sign_in(self) -> bool:
        """Whether signing in would help."""
        return self.code == UnauthenticatedError.code


def problem_page(page: ProblemPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("problem_page.html", page, frame)
