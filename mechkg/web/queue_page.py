"""The queue of change sets: what waits for who looks, filters with counts, a list, and assignment from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from mechkg.service.review_queue import ORDERS, Ask, Option, ReviewQueue
from mechkg.service.tasks import Task
from mechkg.web.change_set_page import path_of_set
from mechkg.web.frame import Frame
from mechkg.web.overview_page import task_path
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong

PATH = "/curate"

_TITLES = {
    "whose": "For me",
    "status": "Status",
    "kind": "Kind of item",
    "paper": "Paper",
    "author": "By",
    "assignee": "Assigned to",
    "machine": "Made",
    "stale": "State",
}
"""Filter -> its heading, in the order in which they stand."""

_USUAL = Ask()


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What the page shows: the queue, and what was asked for.

    ``takes``: who looks may take work; ``assigns``: and give it to others.
    """

    found: ReviewQueue
    ask: Ask
    assigns: bool = False
    takes: bool = False
    wrong: Wrong | None = None

    @property
    def filters(self) -> list[tuple[str, str, tuple[Option, ...]]]:
        """Name, heading and values of each filter that can choose anything."""
        found = []
        for name, title in _TITLES.items():
            options = tuple(o for o in self.found.options[name] if o.count or getattr(self.ask, name) == o.value)
            if name in ("status", "whose"):
                options = self.found.options[name]
            if len(options) > 1 or (options and getattr(self.ask, name)):
                found.append((name, title, options))
        return found

    @property
    def orders(self) -> Mapping[str, str]:
        """Orders of the list, in words."""
        return ORDERS

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen, in words, each with the address without it."""
        found = [(f"“{self.ask.text}”", self.href(text=""))] if self.ask.text else []
        for name, title in _TITLES.items():
            value = getattr(self.ask, name)
            if value and value != getattr(_USUAL, name):
                label = next((o.label for o in self.found.options[name] if o.value == value), value)
                found.append((f"{title}: {label}", self.href(**{name: getattr(_USUAL, name)})))
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What was asked for, as the address has it."""
        return _pairs(self.ask)

    @property
    def next(self) -> str | None:
        """Address of the page that follows."""
        return None if self.found.end is None else self.href(after=self.found.end)

    @property
    def begin(self) -> str | None:
        """Address of the first page, from a later one."""
        return self.href(after="") if self.ask.after else None

    @property
    def here(self) -> str:
        """Address of this page."""
        return _address(self.ask)

    def href(self, **other: str) -> str:
        """Return the address with something else asked for; it begins at the first page unless that is said."""
        values = {each.name: getattr(self.ask, each.name) for each in fields(Ask)}
        return _address(Ask(**{**values, "after": "", **other}))

    def toggled(self, name: str, option: Option) -> str:
        """Return the address with a value chosen that was not, or the reverse."""
        usual = getattr(_USUAL, name)
        return self.href(**{name: usual if getattr(self.ask, name) == option.value else option.value})

    def value_of(self, name: str) -> str:
        """Return what was asked for in a filter."""
        return str(getattr(self.ask, name))

    def called(self, person: str) -> str:
        """Return what to call somebody."""
        return self.found.names.get(person, person)

    @staticmethod
    def path_of(name: str) -> str:
        """Return the page about a change set."""
        return path_of_set(name)

    @staticmethod
    def task_path(task: Task) -> str:
        """Return the page about what waits."""
        return task_path(task.subject)


def _pairs(ask: Ask) -> list[tuple[str, str]]:
    names = {"text": "q"}
    pairs = []
    for each in fields(Ask):
        value = getattr(ask, each.name)
        if value and value != getattr(_USUAL, each.name):
            pairs.append((names.get(each.name, each.name), value))
    return pairs


def _address(ask: Ask) -> str:
    pairs = _pairs(ask)
    return f"{PATH}?{urlencode(pairs)}" if pairs else PATH


def queue_page(page: QueuePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("queue_page.html", page, frame)
