"""Who somebody is here: roles, what waits, what they saved, proposed and drafted, and tokens for their programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mechkg.model.person import Role
from mechkg.model.token import LIFETIMES, Token, TokenText
from mechkg.service.my_things import MyThings
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong

MAY: Final[dict[Role, str]] = {
    "reader": "comment, save settings, have tokens",
    "curator": "propose changes, keep drafts, dispute",
    "reviewer": "accept, send back and reject changes; retract, restore, settle, decide, sign off",
    "administrator": "enrol people, give roles, make releases",
}
"""What each role adds to those before it."""

MOST: Final = 12
"""So many change sets and drafts are on the page."""


@dataclass(frozen=True, slots=True)
class MePage:
    """What the page shows; ``made`` is a token that was just made, which is shown this once.

    ``typed`` is what was typed for a new token, and ``wrong`` why it was not made.
    """

    mine: MyThings
    made: tuple[TokenText, Token] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Wrong | None = None

    @property
    def may(self) -> dict[Role, str]:
        """What each role allows."""
        return MAY

    @property
    def most(self) -> int:
        """How many change sets and drafts are shown."""
        return MOST

    @property
    def usual(self) -> int:
        """Days that a token lasts unless something else is said."""
        return LIFETIMES["api"].usual.days

    @property
    def longest(self) -> int:
        """Days that a token lasts at most."""
        return LIFETIMES["api"].longest.days

    def called(self, scope: str) -> str:
        """Return what to call the scope of a role."""
        return "everything" if scope == "all" else self.mine.materials.get(scope, scope)


def me_page(page: MePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("me_page.html", page, frame)
