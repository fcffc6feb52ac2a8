"""The page on which what counts is disputed: what it says, what was said upon it, and how disputes are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from mechkg.model.ledger_record import Subject
from mechkg.service.edit_sheet import FieldChange, QuoteView
from mechkg.service.thread import Disputed, Thread
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render
from mechkg.web.wrong import Wrong

RESTS_ON = 3
"""So many items that speak against it can be named."""


@dataclass(frozen=True, slots=True)
class DisputePage:
    """What the page shows: the thing (``name`` as in the address), what it says, the thread, and what may be done.

    ``related`` are items that may speak against it (name, title). ``why_not`` says why who looks may not dispute it, and
    ``cannot_settle`` the same of each dispute, by position. ``typed`` is what a form sent that was refused.
    """

    name: str
    title: str
    formula: bool
    kind: str
    paper: tuple[str, str]
    locator: str
    upon: Subject
    fields: tuple[FieldChange, ...]
    quotes: tuple[QuoteView, ...]
    thread: Thread
    names: Mapping[str, str]
    titles: Mapping[str, str]
    related: tuple[tuple[str, str], ...] = ()
    why_not: str = ""
    cannot_settle: Mapping[int, str] = field(default_factory=dict)
    cannot_comment: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    wrong: Wrong | None = None

    @property
    def path(self) -> str:
        """Path of the page."""
        return path_of_dispute(self.name)

    @property
    def item(self) -> str:
        """Name of the item itself."""
        return self.name.partition("/")[0]

    @property
    def there(self) -> str:
        """Path of what is disputed."""
        return f"/{'verdict' if self.upon.kind == 'verdict' else 'id'}/{quote(self.name, safe='/')}"

    @property
    def grounds(self) -> tuple[str, ...]:
        """Values of the fields that name items."""
        return (*self.rests_on, *("",) * RESTS_ON)[:RESTS_ON]

    def called(self, person: str) -> str:
        """Return what to call somebody."""
        return self.names.get(person, person)

    def href(self, link: str) -> str:
        """Return where a link leads."""
        return path_of(link) or link

    def settleable(self, disputed: Disputed) -> bool:
        """Whether who looks may settle a dispute."""
        return disputed.open and disputed.counts and not self.cannot_settle.get(disputed.dispute.position)


def path_of_dispute(name: str) -> str:
    """Return the path of the page on which something is disputed."""
    return f"/curate/dispute/{quote(name, safe='/')}"


def dispute_page(page: DisputePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("dispute_page.html", page, frame)
