"""The workbench of a hypothesis space: verdicts, premises that can be withdrawn, one's own candidate, and parts on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from mechkg.service.saved import Saved
from mechkg.service.workbench import Assumed, Seen, Setting, Workbench
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.space_links import SpaceLinks

MOST_REASONS: Final = 4
"""So many of the reasons of a candidate are in the table; its page has all."""

PARTS: Final = (
    ("survivors", "Survivors and conclusions"),
    ("ties", "What nothing observed tells apart"),
    ("what-if", "What if one premise goes"),
    ("experiments", "The next experiment"),
)
"""Parts that are worked out when somebody opens them: name, title."""

_BACKING: Final = {
    "silent": "Untested: nothing backs them as they stand",
    "supported": "Supported by another observation",
    "cited": "Cited from elsewhere",
    "stated": "Stated in the source",
}


@dataclass(frozen=True, slots=True)
class WorkbenchPage:
    """What the page shows; ``source`` is the paper or note that sets the space out (name, title).

    ``saved`` are settings of this space that who is signed in has saved; ``no_role`` says that this person may save none.
    """

    bench: Workbench
    links: SpaceLinks
    source: tuple[str, str]
    saved: tuple[Saved, ...] = ()
    no_role: bool = False

    @property
    def pinned(self) -> str:
        """Where the same is shown for ever as it is now."""
        return replace(self.links, as_of=self.links.as_of or str(self.bench.check.graph_version)).at()

    @property
    def already(self) -> Saved | None:
        """The saved setting that is just this one."""
        same = (one for one in self.saved if one.setting == self.bench_setting and one.hypothesis.candidate is None)
        return next(same, None)

    @property
    def bench_setting(self) -> Setting:
        """The setting that is shown."""
        return self.links.setting

    @property
    def suggested(self) -> str:
        """A name that a setting could be saved under."""
        setting = self.bench_setting
        what = [f"without {name}" for name in setting.without] + [f"ignoring {name}" for name in setting.ignoring]
        what = ["with my candidate", *what] if setting.own else what
        return f"{self.bench.space.title}: {', '.join(what[:3])}{' …' if what[3:] else ''}" if what else self.bench.space.title

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Parts on demand."""
        return PARTS

    @property
    def most_reasons(self) -> int:
        """How many reasons are shown."""
        return MOST_REASONS

    @property
    def assumptions(self) -> list[tuple[str, list[Assumed]]]:
        """Assumptions by how well they are backed, the most doubtful first."""
        found = [(words, [one for one in self.bench.assumptions if one.backing == kind]) for kind, words in _BACKING.items()]
        return [(words, some) for words, some in found if some]

    @property
    def observations(self) -> list[tuple[str, list[Seen]]]:
        """Observations by figure."""
        groups: dict[str, list[Seen]] = {}
        for one in self.bench.observations:
            groups.setdefault(one.figure, []).append(one)
        return sorted(groups.items(), key=lambda group: natural(group[0]))


def natural(text: str) -> list[tuple[bool, int, str]]:
    """Return what orders texts with numbers as people do; numbers come before words.

    >>> sorted(["Figure 10", "Figure 2"], key=natural)
    ['Figure 2', 'Figure 10']
    """
    parts = re.findall(r"\d+|\D+", text.casefold())
    return [(False, int(part), "") if part[0].isdecimal() else (True, 0, part) for part in parts]


def workbench_page(page: WorkbenchPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("workbench_page.html", page, frame)
