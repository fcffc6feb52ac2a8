"""The page on which a change set is reviewed: what it edits, on what words, what it would change, what was said, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import ActKind
from mechkg.model.person import Person
from mechkg.service.change_set_sheet import ChangeSetSheet, EditSheet
from mechkg.service.impact_sheet import ImpactSheet
from mechkg.service.permitted import Permitted
from mechkg.service.words import listed
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render
from mechkg.web.wrong import Wrong

REASONS: Final = (
    ("source-retracted", "the source was retracted"),
    ("source-corrected", "the source was corrected"),
    ("misread", "it was misread"),
    ("mistyped", "it was mistyped"),
    ("duplicate", "it is said elsewhere"),
    ("out-of-scope", "it does not belong here"),
    ("not-reproduced", "it was not reproduced"),
    ("other", "another reason"),
)
"""Code of why something goes, in words."""

_FIT: Final = {
    "fits": "The quote says all that is typed.",
    "fits in part": "The quote says part of what is typed, and contradicts nothing.",
    "contradicted": "The quote contradicts something that is typed.",
    "says nothing": "The quote says nothing of what is typed.",
}


@dataclass(frozen=True, slots=True)
class ChangeSetPage:
    """What the page shows. ``impact`` is None while it is not worked out; ``typed`` is what a form sent that was refused.

    ``names`` are those of people, ``reviewers`` who may review it. ``may_propose`` and ``reviews_after``: who looks may undo it
    by another change set; may sign, retract and restore what it brought. ``drafts`` are
    revisions of it that who looks is writing.
    """

    sheet: ChangeSetSheet
    permitted: Permitted
    names: Mapping[str, str]
    reviewers: tuple[Person, ...] = ()
    impact: ImpactSheet | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Wrong | None = None
    may_propose: bool = False
    reviews_after: bool = False
    drafts: tuple[str, ...] = ()

    @property
    def found(self) -> ChangeSet:
        """The change set."""
        return self.sheet.found

    @property
    def path(self) -> str:
        """Path of the page."""
        return path_of_set(self.found.id)

    @property
    def past(self) -> bool:
        """Whether what it changes has been changed."""
        return self.found.status == "accepted"

    @property
    def reviews(self) -> bool:
        """Whether who looks may review it in any way but by a comment."""
        return bool(self.permitted.acts & {"accept", "request-changes", "reject"})

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Acts that are not open to who looks, in words, each reason once."""
        if not self.found.open:
            return []
        words: tuple[tuple[ActKind, str], ...] = (
            ("accept", "accept it"),
            ("request-changes", "ask for changes"),
            ("reject", "reject it"),
            ("assign", "assign it"),
        )
        acts: dict[str, list[str]] = {}
        for kind, told in words:
            if why := self.permitted.why_not(kind):
                acts.setdefault(why.partition(": ")[2] or why, []).append(told)
        return [(listed(those, "or"), why) for why, those in acts.items()]

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Why something may go: code, words."""
        return REASONS

    def called(self, person: str) -> str:
        """Return what to call somebody."""
        return self.names.get(person, person)

    def href(self, link: str) -> str:
        """Return where a link leads."""
        return path_of(link) or link

    def code_in_words(self, code: str) -> str:
        """Return in words why something goes."""
        return dict(REASONS).get(code, code)

    @staticmethod
    def fit_in_words(edit: EditSheet) -> str:
        """Say how far a quote carries what is typed from it."""
        return _FIT[edit.fit.verdict] if edit.fit is not None else ""


def path_of_set(name: str) -> str:
    """Return the path of the page about a change set."""
    return f"/curate/changes/{quote(name, safe='')}"


def change_set_page(page: ChangeSetPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("change_set_page.html", page, frame)
