"""The page on which somebody who is invited chooses the account by which to sign in from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechkg.web.frame import Frame
from mechkg.web.pages import render


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What the page shows: who is invited, and the ways to accept (title, path); without any, a button does."""

    person: str
    ways: Sequence[tuple[str, str]]


def invitation_page(page: InvitationPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("invitation_page.html", page, frame)
