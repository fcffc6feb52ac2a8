"""The page on which a verdict is proved, down to the words of the papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mechkg.model.verdict import Standing
from mechkg.service.proof_tree import Proved, Subject
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.space_links import SpaceLinks
from mechkg.web.workbench_page import natural

STANDING: Final[dict[Standing, tuple[str, str]]] = {
    "derived": ("follows", "follows by a rule from the lines beneath"),
    "stated": ("stated", "said in a source, at the place given"),
    "assumed": ("assumed", "a premise that could be withdrawn"),
    "chosen": ("chosen", "a step or order that the candidate takes"),
    "absent": ("is not so", "could not be derived; the lines beneath say why"),
}
"""Why a line stands -> in a word, in a sentence."""

OPEN_LINES: Final = 60
"""A proof with more lines than that is folded below its third level."""

ROLE: Final = {
    "conflict": "is in the way of this candidate",
    "explained": "is explained: it had to be so",
    "permitted": "is permitted: it may be so, and need not",
    "silent": "is silent: no rule connects it with the candidate",
}


@dataclass(frozen=True, slots=True)
class ProofPage:
    """What the page shows: the verdict and its proof; ``full`` shows every line, ``drawing`` says why there is none."""

    proved: Proved
    links: SpaceLinks
    full: bool = False
    no_drawing: str = ""

    @property
    def candidate(self) -> str:
        """Name of the candidate."""
        return self.proved.found.id

    @property
    def observation(self) -> str:
        """Name of the observation asked about, empty when none is."""
        return self.proved.asked.id if self.proved.asked else ""

    @property
    def standing(self) -> dict[Standing, tuple[str, str]]:
        """What stands before a line."""
        return STANDING

    @property
    def role(self) -> str:
        """The part that the observation plays, in words."""
        return ROLE[self.proved.role] if self.proved.role else ""

    @property
    def depth_open(self) -> int:
        """Lines above this depth are unfolded."""
        return 1000 if sum(map(len, self.proved.proofs)) <= OPEN_LINES else 3

    @property
    def figures(self) -> list[tuple[str, list[Subject]]]:
        """Observations that have a proof of their own, by figure."""
        groups: dict[str, list[Subject]] = {}
        for one in self.proved.subjects:
            groups.setdefault(one.figure, []).append(one)
        return sorted(groups.items(), key=lambda group: natural(group[0]))


def proof_page(page: ProofPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("proof_page.html", page, frame)
