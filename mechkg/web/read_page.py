"""Where a text is given to be read, and the texts that somebody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mechkg.service.private_files import PrivateFile
from mechkg.service.readings import DAYS, LARGEST, MOST, READ
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What the page shows: the texts that are kept, what was typed, and what is wrong with it; ``deleted`` is one that went."""

    kept: tuple[PrivateFile, ...]
    papers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    document: str = ""
    wrong: Wrong | None = None
    deleted: str = ""

    @property
    def days(self) -> int:
        """Days after which a text goes."""
        return DAYS

    @property
    def most(self) -> int:
        """Texts that are kept at most."""
        return MOST

    @property
    def megabytes(self) -> int:
        """How large a file may be."""
        return LARGEST // 1024 // 1024

    @property
    def accept(self) -> str:
        """Endings of files that can be read."""
        return ",".join(READ)


def read_page(page: ReadPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("read_page.html", page, frame)
