"""The drafts of one person: to go on with, to put away, and to bring back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mechkg.web.frame import Frame
from mechkg.web.pages import render


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft: what it is called, what is in it, when it was saved; who wrote it elsewhere than here is told what stands in it.

    ``machine`` says which program made it, ``missing`` what it could not fill in.
    """

    id: str
    version: int
    title: str
    saved: datetime
    items: tuple[tuple[str, str], ...] = ()
    document: str = ""
    machine: str = ""
    missing: tuple[str, ...] = ()
    away: bool = False
    last: int = 0
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """What the page shows: the drafts, whether those put away are among them, and the one that was put away just now."""

    rows: tuple[DraftRow, ...]
    every: bool = False
    away: DraftRow | None = None
    papers: Mapping[str, str] | None = None

    @property
    def mine(self) -> list[DraftRow]:
        """Drafts that their owner wrote."""
        return [row for row in self.rows if not row.machine]

    @property
    def made(self) -> list[DraftRow]:
        """Drafts that a program made."""
        return [row for row in self.rows if row.machine]


def drafts_page(page: DraftsPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("drafts_page.html", page, frame)


@dataclass(frozen=True, slots=True)
class StrangePage:
    """A draft that was written elsewhere in a way that no form shows."""

    id: str
    version: int
    why: str
    content: Any


def strange_page(page: StrangePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("strange_draft_page.html", page, frame)
