"""Where somebody chooses what to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mechkg.web.form_page import CALLED
from mechkg.web.frame import Frame
from mechkg.web.pages import render

TOLD: Final[Mapping[str, str]] = {
    "claim": "What a paper says: a composition, a mechanism, a conclusion.",
    "observation": "What was seen or not seen, when, by which method.",
    "species": "A precursor compound, cluster, dot or platelet, and how it shows itself.",
    "step": "What turns into what, and what helps or hinders it.",
    "procedure": "An experiment as stages: what was mixed, heated, kept, for how long.",
    "zone": "One run of a series, its conditions, and what came of it.",
    "assumption": "A premise that can be withdrawn, and how well it is backed.",
    "chemical": "A molecular chemical with its names and classes.",
    "material": "A semiconductor, by formula.",
    "document": "A paper that is not here yet.",
    "reference": "A work that a paper cites.",
    "model": "An account of how things form that competes with others.",
    "space": "Rival pathways that observations are to decide between.",
    "remark": "Trouble in a source: a contradiction, a wrong label, a gap.",
}


@dataclass(frozen=True, slots=True)
class NewPage:
    """What the page shows."""

    @property
    def kinds(self) -> list[tuple[str, str, str]]:
        """Kind, what it is called, and what it is for."""
        return [(kind, CALLED[kind], told) for kind, told in TOLD.items()]


def new_page(page: NewPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("new_page.html", page, frame)
