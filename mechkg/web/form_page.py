"""The form of one item: typed fields with what is wrong beside them, and the change set that it is gathered into."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mechkg.model.corpus import ItemKind
from mechkg.model.draft import Draft
from mechkg.model.person import Person
from mechkg.service.examine import Placed
from mechkg.service.gathered import Gathered, Part
from mechkg.service.item_form import REST, Box
from mechkg.service.reading_view import Chosen
from mechkg.web.frame import Frame
from mechkg.web.pages import render

CALLED: Final[Mapping[str, str]] = {
    "claim": "claim",
    "observation": "observation",
    "species": "species",
    "step": "step",
    "procedure": "procedure with its stages",
    "zone": "tested conditions",
    "assumption": "assumption",
    "chemical": "chemical",
    "material": "material",
    "document": "paper",
    "reference": "reference",
    "model": "rival model",
    "space": "hypothesis space",
    "remark": "remark",
}
"""Kinds in words, in the order in which they are offered."""

FROM_SENTENCE: Final = ("claim", "observation", "species", "step", "procedure", "zone", "chemical", "remark")
"""Kinds that a sentence may be made into."""

_GROUPS: Final = (("source", "In the words of the source"), ("item", "What it says"), ("record", "For the record"))


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the page shows; see the comments at the fields. Paths are those of :mod:`mechkg.service.item_form`."""

    kind: ItemKind
    boxes: tuple[Box, ...]
    gathered: Gathered
    slot: int | None = None
    """Number of the item in the draft; None while it is in none."""
    item: str | None = None
    """The item that counts which is changed; None for a new one."""
    draft: str = ""
    version: int = 0
    saved: datetime | None = None
    often: Collection[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names that stand in the form -> what they are called."""
    findings: tuple[Placed, ...] | None = None
    """What was found; None while nothing was checked."""
    name: str = ""
    """Name that a new item is given unless another one is typed."""
    chosen: Chosen | None = None
    reading: str = ""
    anchor: str = ""
    why: str = ""
    missing: tuple[str, ...] = ()
    conflict: Draft | None = None
    trouble: str = ""
    title: str = ""
    papers: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """Heading."""
        return f"Change {self.item}" if self.item else f"New {CALLED[self.kind]}"

    @property
    def groups(self) -> list[tuple[str, str, list[Box], list[Box]]]:
        """Name and title of each group of fields, those shown at once, and those folded away."""
        found = []
        rest = [box for box in self.boxes if box.path == REST and box.value]
        for name, title in _GROUPS:
            those = [box for box in self.boxes if box.field.group == name and box.path != REST]
            if self.kind == "document" and name == "source":
                continue
            first = sorted((box for box in those if self.shown(box)), key=self._rank)
            found.append((name, title, first, [box for box in those if not self.shown(box)]))
        if rest:
            found.append(("rest", "What this form has no field for", rest, []))
        return found

    def _rank(self, box: Box) -> int:
        if box.field.group == "source":
            return 0 if box.field.name == "quote" else 1
        return 0 if box.field.required else 1

    def shown(self, box: Box) -> bool:
        """Say whether a field is shown at once: because it is needed, filled in, wrong, or often used."""
        if box.field.required or not box.blank or (box.field.group != "item" and "." not in box.path):
            return True
        return self.pattern(box.path) in self.often or not self.often or any(self.wrong(each.path) for each in box.all())

    @staticmethod
    def pattern(path: str) -> str:
        """Return a path with a star for each number."""
        return re.sub(r"(?<=\.)\d+(?=\.|$)", "*", path)

    def wrong(self, path: str) -> list[Placed]:
        """Return what was found at a path of this item."""
        number = self.slot if self.slot is not None else len(self.gathered.parts)
        return [f for f in self.findings or () if f.part == number and f.path == path and path]

    @property
    def others(self) -> list[Placed]:
        """What was found that belongs to no field of this item."""
        number = self.slot if self.slot is not None else len(self.gathered.parts)
        return [f for f in self.findings or () if f.path != "document" and not (f.part == number and f.path)]

    def of_frame(self, path: str) -> list[Placed]:
        """Return what was found at a field of the change set."""
        return [f for f in self.findings or () if f.part is None and f.path == path]

    @property
    def counts(self) -> tuple[int, int]:
        """How many errors and how many warnings were found."""
        found = self.findings or ()
        return sum(f.severity == "error" for f in found), sum(f.severity == "warning" for f in found)

    def at(self, number: int) -> int:
        """Return how many errors another item of the change set has."""
        return sum(f.part == number and f.severity == "error" for f in self.findings or ())

    @property
    def revises(self) -> str:
        """The change set that the draft is a revision of; blank for any other."""
        found = re.match(r"Revision of (set-\d+): ", self.gathered.title)
        return found[1] if found and self.draft else ""

    @property
    def parts(self) -> Sequence[Part]:
        """The items of the change set."""
        return self.gathered.parts

    @property
    def kinds(self) -> Mapping[str, str]:
        """Kinds in words."""
        return CALLED

    @property
    def instead(self) -> list[tuple[str, str]]:
        """Other kinds that the same words may be made into, with their addresses."""
        if not self.chosen or self.item or self.draft:
            return []
        asked = f"reading={self.reading}&from={self.chosen.start}&to={self.chosen.end}"
        return [(CALLED[kind], f"/curate/new/{kind}?{asked}") for kind in FROM_SENTENCE if kind != self.kind]

    def words(self, first: int, last: int) -> str:
        """Return some of the words that were chosen."""
        return " ".join(self.chosen.whole[first:last]) if self.chosen else ""


def form_page(page: FormPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("form_page.html", page, frame)


@dataclass(frozen=True, slots=True)
class GatePage:
    """What is told to somebody who cannot write here: what it is, why not, and whether signing in helps."""

    title: str
    lead: str
    why: str
    person: Person | None = None


def gate_page(page: GatePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("gate_page.html", page, frame)
