"""Hypotheses that somebody watches: how they stand, and what changed their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from mechkg.model.ledger_record import Act
from mechkg.service.watches import Watch
from mechkg.web.change_set_page import path_of_set
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong


@dataclass(frozen=True, slots=True)
class WatchesPage:
    """What the page shows: watches, the newest first; spaces and candidates by their titles; acts by position.

    ``watches`` is None for somebody who is not signed in. ``candidates`` goes by space and candidate.
    """

    watches: tuple[Watch, ...] | None
    spaces: Mapping[str, str]
    candidates: Mapping[tuple[str, str], str]
    causes: Mapping[int, Act]
    wrong: Wrong | None = None

    @property
    def fired(self) -> int:
        """How many verdicts changed."""
        return sum(len(one.flips) for one in self.watches or ())

    def space(self, watch: Watch) -> tuple[str, str]:
        """Return the path of a watched space with its premises, and its title."""
        said = watch.hypothesis
        names = {"without": "without", "ignoring": "ignoring", "step": "steps", "postulate": "postulates"}
        pairs = [(name, value) for name, key in names.items() for value in said.get(key) or ()]
        query = f"?{urlencode(pairs)}" if pairs else ""
        name = said["space"]
        return f"/spaces/{quote(name, safe='')}{query}", self.spaces.get(name, name)

    def candidate(self, watch: Watch, name: str) -> str:
        """Return the title of a candidate."""
        return self.candidates.get((watch.hypothesis["space"], name), name)

    def cause(self, position: int) -> tuple[str, str]:
        """Return the page about what changed a verdict, and what to call it."""
        act = self.causes.get(position)
        if act is not None and act.subject is not None and act.subject.kind == "set":
            return path_of_set(act.subject.name), act.subject.name
        return f"/act/{position}", f"act {position}"


def watches_page(page: WatchesPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("watches_page.html", page, frame)
