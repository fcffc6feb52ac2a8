"""The list of disagreements between sources: every side, what was decided, and what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from mechkg.model.disagreement import Disagreement
from mechkg.web.frame import Frame
from mechkg.web.pages import render

PATH = "/conflicts"
PAGE = 30


@dataclass(frozen=True, slots=True)
class DisagreementsPage:
    """What the page shows: the disagreements in which ``text`` is said, and which of them are asked for.

    ``properties`` are what properties are called.
    """

    every: Sequence[Disagreement]
    state: str = "open"
    about: str = ""
    text: str = ""
    after: str = ""
    properties: Mapping[str, str] | None = None

    @classmethod
    def of(
        cls, every: Sequence[Disagreement], state: str, about: str, text: str, after: str, properties: Mapping[str, str]
    ) -> DisagreementsPage:
        """Return the page about those in which a text is said."""
        words = text.casefold()
        those = [each for each in every if words in _said(each)] if words else every
        return cls(those, state, about, text, after, properties)

    def _kept(self, *, state: str, about: str) -> list[Disagreement]:
        return [
            each
            for each in self.every
            if (state in ("", "all") or each.state == state) and (not about or each.property_id == about)
        ]

    @property
    def found(self) -> list[Disagreement]:
        """Those that are asked for, the open ones first."""
        those = self._kept(state=self.state, about=self.about)
        return sorted(those, key=lambda each: (each.state != "open", each.id))

    @property
    def shown(self) -> list[Disagreement]:
        """Those on this page."""
        those = self.found
        names = [each.id for each in those]
        begin = names.index(self.after) + 1 if self.after in names else 0
        return those[begin : begin + PAGE]

    @property
    def next(self) -> str | None:
        """Address of the page that follows."""
        shown, found = self.shown, self.found
        return self.href(after=shown[-1].id) if shown and shown[-1] != found[-1] else None

    @property
    def states(self) -> list[tuple[str, int]]:
        """States with how many there are."""
        counts = Counter[str](each.state for each in self._kept(state="", about=self.about))
        names = ("open", "explained", "superseded", "resolved")
        return [(name, counts[name]) for name in names if counts[name] or name == "open"]

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        """Properties that they are about (id, title), with how many there are."""
        counts = Counter(each.property_id for each in self._kept(state=self.state, about=""))
        return [(name, self.called(name), number) for name, number in sorted(counts.items())]

    def called(self, name: str) -> str:
        """Return what to call a property."""
        return (self.properties or {}).get(name, name)

    def href(self, **other: str) -> str:
        """Return the address with something else asked for."""
        values = {"state": self.state, "property": self.about, "q": self.text, **other}
        pairs = [(key, value) for key, value in values.items() if value and (key, value) != ("state", "open")]
        return f"{PATH}?{urlencode(pairs)}" if pairs else PATH

    @staticmethod
    def path_of(name: str) -> str:
        """Return the page about one."""
        return path_of_disagreement(name)


def path_of_disagreement(name: str) -> str:
    """Return the path of the page about a disagreement."""
    return f"{PATH}/{quote(name, safe='/')}"


def _said(found: Disagreement) -> str:
    values = [value for side in found.sides for value in side.values]
    names = (name for value in values for name in (value.document, value.item, *value.by))
    return " ".join((found.id, found.title, *(side.value for side in found.sides), *names)).casefold()


def disagreements_page(page: DisagreementsPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("disagreements_page.html", page, frame)
