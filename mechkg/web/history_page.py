"""The history of an item: its versions, two of them compared, and every act that touched it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mechkg.model.happened import Happened
from mechkg.service.history import Version, reason_of, sentence
from mechkg.service.item_history import ItemHistory, brought_by
from mechkg.web.change_set_page import path_of_set
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What the page shows; ``names`` are those of people."""

    found: ItemHistory
    names: Mapping[str, str]

    @property
    def path(self) -> str:
        """Path of the page."""
        return path_of_history(self.found.item)

    def called(self, person: str) -> str:
        """Return what to call somebody."""
        return self.names.get(person, person)

    def href(self, link: str) -> str:
        """Return where a link leads."""
        return path_of(link) or link

    @staticmethod
    def set_of(version: Version) -> tuple[str, str] | None:
        """Return the change set that brought a version, and the path of its page."""
        name = brought_by(version)
        return None if name is None else (name, path_of_set(name))

    @staticmethod
    def told(one: Happened) -> tuple[str, str]:
        """Return what was done in a sentence, and why."""
        return sentence(one), reason_of(one) or ""

    @staticmethod
    def set_path(one: Happened) -> str | None:
        """Return the page of the change set that an act follows from."""
        subject = one.act.subject
        return path_of_set(subject.name) if subject is not None and subject.kind == "set" else None


def path_of_history(item: str) -> str:
    """Return the path of the history of an item."""
    return f"/history/{quote(item, safe='')}"


def history_page(page: HistoryPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("history_page.html", page, frame)
