"""The page on which people sign in, or, where they are, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong


@dataclass(frozen=True, slots=True)
class SignInPage:
    """What the page shows: the ways to sign in (title, path), where to go on, and what was wrong with a link that was given."""

    ways: Sequence[tuple[str, str]]
    after: str = "/"
    wrong: Wrong | None = None

    @property
    def action(self) -> str:
        """Where the form with a link goes."""
        return f"/sign-in?next={quote(self.after, safe='')}"


def sign_in_page(page: SignInPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("sign_in_page.html", page, frame)
