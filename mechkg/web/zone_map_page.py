"""A map of tested conditions: drawn, asked what the literature says for given conditions, and as a table of all runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from mechkg.service.read_zones import Run, ZoneMap
from mechkg.service.zone_map import (
    TIME,
    Axis,
    Near,
    Point,
    Said,
    Span,
    amount,
    apart,
    asked_words,
    lowered,
    printed_on,
    sentences,
)
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.zone_drawing import Drawing, Kind, kinds_of_runs, plane, strips


@dataclass(frozen=True, slots=True)
class NearGroup:
    """Evidence as near, that shows the same and differs in the same: what is printed, in what it differs, one of it, the runs."""

    value: str
    differs: str
    near: Near
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneMapPage:
    """What the page shows: the map, what was typed, what is wrong with it by axis, and the answer to it.

    ``x`` and ``y`` are the axes of the drawing with two; ``paper`` is what to call the paper.
    """

    found: ZoneMap
    paper: str
    position: int
    said: Said | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    x: str = ""
    y: str = ""
    as_of: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def axes(self) -> list[Axis]:
        """Conditions."""
        return list(self.found.zones.axes.values())

    @property
    def numbers(self) -> list[Axis]:
        """Conditions that go by numbers, of which two can be drawn at once."""
        return [axis for axis in self.axes if axis.is_number and len(axis.tested) > 1]

    @property
    def path(self) -> str:
        """Path of the map."""
        return f"/zones/{quote(self.found.zones.id, safe='')}"

    @property
    def kinds(self) -> dict[str, Kind]:
        """The legend: what came of runs."""
        return kinds_of_runs(self.found)

    @property
    def strips(self) -> list[Drawing]:
        """One drawing for each condition that was varied by itself."""
        return strips(self.found, self.said.asked if self.said else {})

    @property
    def plane(self) -> tuple[Drawing, dict[str, Kind]] | None:
        """The drawing of two conditions at once; None where fewer were tested at more than one value."""
        chosen = {axis.id: axis for axis in self.numbers}
        if len(chosen) < 2 or self.x == self.y:
            return None
        return plane(self.found, chosen[self.x], chosen[self.y], self.said.asked if self.said else {})

    @property
    def sentences(self) -> list[str]:
        """What the literature says."""
        return sentences(self.said) if self.said else []

    @property
    def asked(self) -> str:
        """What was asked for, in words."""
        return asked_words(self.said) if self.said else ""

    @property
    def json(self) -> str:
        """Where the same is for programs."""
        return f"{self.path}.json{self._query()}"

    @property
    def columns(self) -> list[Axis]:
        """Columns of the table of runs: all conditions but the time."""
        return [axis for axis in self.axes if axis.id != TIME]

    def range_of(self, axis: Axis) -> str:
        """Say what was tested on an axis."""
        if not axis.tested:
            return ""
        low, high = axis.tested[0], axis.tested[-1]
        return f"tested: {amount(axis, low)}" + (f" to {amount(axis, high)}" if high > low else "")

    def given(self, point: Point, axis: Axis) -> str:
        """Return what is printed for a point."""
        return printed_on(point, axis)

    def kind(self, point: Point) -> Kind:
        """Return the look of what a run shows."""
        return self.kinds[point.shows]

    def apart(self, axis: Axis, near: Near) -> str:
        """Return how far off evidence is."""
        return apart(axis, near.distance)

    def differs(self, near: Near) -> str:
        """Say in what evidence differs besides: other asked conditions, each with what is printed for it."""
        axes = self.found.zones.axes
        return "; ".join(
            f"{lowered(axes[name].title)} {printed_on(near.point, axes[name]) or 'not printed'}" for name in near.differs
        )

    def grouped(self, axis: Axis, those: Sequence[Near]) -> list[NearGroup]:
        """Gather evidence that is as near, shows the same and differs in the same."""
        found: dict[tuple[str, str, str], list[Near]] = {}
        for near in those:
            key = (printed_on(near.point, axis), near.point.words, self.differs(near))
            found.setdefault(key, []).append(near)
        return [
            NearGroup(value, differs, some[0], tuple(dict.fromkeys(near.point.item for near in some)))
            for (value, _, differs), some in found.items()
        ]

    def item(self, name: str) -> str:
        """Return where an item is described."""
        return f"/id/{quote(name, safe='')}" + (f"?{urlencode({'asOf': self.as_of})}" if self.as_of else "")

    def observations(self, run: Run) -> list[str]:
        """Return the observations that were made in a run."""
        return _texts(run.entry.record.body.get("observations"))

    def quotes(self, run: Run) -> list[str]:
        """Return the words of the paper for a run."""
        return _texts(run.entry.record.body.get("quote"))

    def said_of(self, run: Run, name: str) -> str:
        """Return a text of a run, such as where it stands."""
        return str(run.entry.record.body.get(name) or "")

    def _query(self) -> str:
        pairs = [(name, text) for name, text in self.typed.items() if text]
        if self.as_of:
            pairs.append(("asOf", self.as_of))
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True, slots=True)
class ZonesPage:
    """What the page shows: the maps, each with its path, how many runs are on it, and what to call its paper."""

    maps: Sequence[tuple[str, ZoneMap, str]]


def as_json(found: ZoneMap, said: Said | None, position: int) -> dict[str, Any]:
    """Return a map, and the answer where conditions were asked for, as plain JSON content."""
    axes = found.zones.axes
    content: dict[str, Any] = {
        "map": found.zones.id,
        "title": found.zones.title,
        "ledger_position": position,
        "axes": [
            {"id": a.id, "title": a.title, "unit": a.unit, "tested": list(a.tested), "words": dict(a.words)}
            for a in axes.values()
        ],
    }
    if said is None:
        return {
            **content,
            "outcomes": [{"id": outcome.id, "words": outcome.words} for outcome in found.outcomes],
            "runs": [_point_json(point) for point in found.zones.runs],
            "sightings": [_point_json(point) for point in found.zones.sightings],
        }
    return {
        **content,
        "asked": dict(said.asked),
        "kind": said.kind,
        "outcome": said.outcome,
        "sentences": sentences(said),
        "covering": [_point_json(point) for point in said.covering],
        "brackets": [
            {
                "axis": bracket.axis.id,
                "unit": bracket.axis.unit,
                "asked": bracket.asked,
                **{
                    which: {
                        side: [_near_json(near) for near in getattr(sides, side)] for side in ("exact", "below", "above", "open")
                    }
                    for which, sides in (("alike", bracket.alike), ("anyhow", bracket.anyhow))
                },
            }
            for bracket in said.brackets
        ],
        "considered": said.considered,
    }


def _near_json(near: Near) -> dict[str, Any]:
    return {**_point_json(near.point), "distance": near.distance, "differs_in": list(near.differs)}


def _point_json(point: Point) -> dict[str, Any]:
    return {
        "id": point.id,
        "item": point.item,
        "shows": point.shows,
        "words": point.words,
        "conditions": {name: given.text if isinstance(given, Span) else given for name, given in point.given.items()},
        "not_printed_for_this_run": sorted(point.inferred),
    }


def _texts(given: Any) -> list[str]:
    return [] if not given else [given] if isinstance(given, str) else list(given)


def zone_map_page(page: ZoneMapPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("zone_map_page.html", page, frame)


def zones_page(page: ZonesPage, frame: Frame | None = None) -> str:
    """Return the list of maps as HTML."""
    return render("zones_page.html", page, frame)
