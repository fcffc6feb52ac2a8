"""One disagreement between sources: its sides next to each other, what was decided and by whom, and the form to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mechkg.model.belief import Belief
from mechkg.model.disagreement import Disagreement
from mechkg.model.happened import Happened
from mechkg.service.history import reason_of, sentence
from mechkg.web.disagreements_page import path_of_disagreement
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong

DECISIONS: Final = (
    ("by method", "Explained: the methods differ", "No side is wrong; they measured in ways that need not agree."),
    ("by sample", "Explained: the samples differ", "No side is wrong; they looked at different things."),
    ("by definition", "Explained: the words differ", "No side is wrong; they mean different things by it."),
    ("superseded", "One side gave way", "Its own authors, or later work, put it right."),
)
"""What can be decided, besides that one side holds: decision, in words, what it means."""

HOLDS: Final = "holds:"
"""What the value of a field begins with that says which side holds; an item of the side follows."""


@dataclass(frozen=True, slots=True)
class DisagreementPage:
    """What the page shows. ``acts`` were done upon it; ``why_not`` says why who looks may not decide, empty when they may.

    ``sources`` are what papers and works are called, ``names`` what people are; ``typed`` is what a form sent that was refused.
    """

    found: Disagreement
    beliefs: tuple[Belief, ...]
    about: str
    subject: tuple[str, str | None]
    sources: Mapping[str, str]
    names: Mapping[str, str]
    acts: tuple[Happened, ...] = ()
    why_not: str = ""
    cannot_comment: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Wrong | None = None

    @property
    def path(self) -> str:
        """Path of the page."""
        return path_of_disagreement(self.found.id)

    @property
    def sides(self) -> list[tuple[str, str]]:
        """What says that a side holds, and its value; an item that stands on one side alone speaks for it."""
        on_sides = [{value.item for value in side.values} for side in self.found.sides]
        made = []
        for side, items in zip(self.found.sides, on_sides, strict=True):
            alone = sorted(items - set().union(*(other for other in on_sides if other is not items)))
            made.append((f"{HOLDS}{(alone or sorted(items))[0]}", side.value))
        return made

    @property
    def decisions(self) -> tuple[tuple[str, str, str], ...]:
        """What else can be decided."""
        again = (("open", "Open it again", "What was decided is taken back."),)
        return (*DECISIONS, *(again if self.found.state != "open" else ()))

    def called(self, name: str) -> str:
        """Return what to call a source."""
        return self.sources.get(name, name)

    def person(self, name: str) -> str:
        """Return what to call somebody."""
        return self.names.get(name, name)

    @staticmethod
    def told(one: Happened) -> tuple[str, str]:
        """Return what was done in a sentence, and why."""
        return sentence(one), reason_of(one) or ""


def disagreement_page(page: DisagreementPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("disagreement_page.html", page, frame)
