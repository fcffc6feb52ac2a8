"""The list of reaction networks: each space with a small drawing, and how much is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mechkg.service.pathways import Network
from mechkg.web.frame import Frame
from mechkg.web.network_drawing import Drawing
from mechkg.web.pages import render
from mechkg.web.spaces_page import VERDICTS


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network, drawn without words, and how many of its candidates have which verdict; None while they are worked out."""

    network: Network
    drawn: Drawing
    verdicts: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class PathwaysListPage:
    """What the page shows: networks by paper (name, title), and as of when (empty for now)."""

    papers: tuple[tuple[str, str, tuple[NetworkRow, ...]], ...]
    as_of: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Verdicts in the order in which they are told."""
        return VERDICTS


def pathways_list_page(page: PathwaysListPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("pathways_list_page.html", page, frame)
