"""Drawings of tested conditions: one axis with what came of it, and two axes at once. Only what was tested is drawn.

A mark has a colour, a shape and a sign, alike for what shows the same. Between two tested values that show the same there is a
hatched bar, which says just that: nothing was reported there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, log10
from typing import Final, TypeVar

from mechkg.service.read_zones import Run, ZoneMap
from mechkg.service.zone_map import TIME, Asked, Axis, Point, Span, amount, printed_on

WIDTH: Final = 880
_LEFT: Final = 396
"""Where the axis begins, beside the words of the rows."""
_RIGHT: Final = 34
_ROW: Final = 30
_PLANE_LEFT: Final = 70
_PLANE_HEIGHT: Final = 420
_APART: Final = 21.0
"""Marks nearer than this would hide each other."""
_LOG_FROM: Final = 20
"""An axis is logarithmic when its highest value is so many times its lowest."""
SHAPES: Final = 6
"""So many shapes and colours there are, in turn."""


Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Kind:
    """What evidence shows: key, words, the sign in its mark, and its number among colours and shapes."""

    key: str
    words: str
    sign: str
    look: int


@dataclass(frozen=True, slots=True)
class MarkAt:
    """A mark: where it is, what it shows, for how many points, what it says in full, where it leads, and whether it stands aside.

    ``reaches``: 1 or -1 where the print leaves the range open to that side.
    """

    x: float
    y: float
    kind: Kind
    count: int
    label: str
    href: str
    aside: bool = False
    reaches: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """Between two tested values that show the same."""

    x: float
    y: float
    width: float
    kind: Kind
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, in its own units. ``rows`` are words with their height, ``asked`` where somebody asks; ``words`` say it all."""

    title: str
    words: str
    width: int
    height: int
    base: float
    left: float
    ticks: tuple[tuple[float, str], ...]
    side_ticks: tuple[tuple[float, str], ...]
    rows: tuple[tuple[float, Kind], ...]
    marks: tuple[MarkAt, ...]
    bars: tuple[Bar, ...]
    asked: tuple[float | None, float | None]
    axis: str
    side_axis: str = ""
    left_out: int = 0


def kinds_of_runs(found: ZoneMap) -> dict[str, Kind]:
    """Return what runs show, in the order of the legend."""
    return {o.id: Kind(o.id, o.words, o.sign, n % SHAPES) for n, o in enumerate(found.outcomes)}


def kinds_of_sightings(points: Iterable[Point]) -> dict[str, Kind]:
    """Return what was seen at single times, the most frequent first."""
    counts: dict[str, list[Point]] = {}
    for point in points:
        counts.setdefault(point.shows, []).append(point)
    ordered = sorted(counts.values(), key=lambda those: (-len(those), those[0].words))
    return {
        those[0].shows: Kind(those[0].shows, those[0].words, chr(ord("a") + n % 26), n % SHAPES)
        for n, those in enumerate(ordered)
    }


# --- one axis ---------------------------------------------------------------------------------------------------------


def strips(found: ZoneMap, asked: Asked) -> list[Drawing]:
    """Return a drawing for each condition that the paper varied by itself."""
    made = []
    for varied in dict.fromkeys(run.varied for run in found.runs):
        series = [run for run in found.runs if run.varied == varied]
        axis = _axis_of(found, varied, series)
        if axis is not None:
            made.append(_strip(found, axis, series, asked))
    return made


def _axis_of(found: ZoneMap, varied: str, series: Sequence[Run]) -> Axis | None:
    """Return the axis on which the runs of a series differ: the one that is called so, else the first; None for a single run."""
    axes = [axis for axis in found.zones.axes.values() if len({printed_on(run.point, axis) for run in series}) > 1]
    axes = [axis for axis in axes if axis.id != TIME and all(axis.id in run.point.given for run in series)]
    return next((axis for axis in axes if axis.title.casefold() == varied.casefold()), axes[0] if axes else None)


def _strip(found: ZoneMap, axis: Axis, series: Sequence[Run], asked: Asked) -> Drawing:
    kinds = kinds_of_runs(found)
    mine = {run.point.id for run in series}
    points = [run.point for run in found.runs if axis.id in run.point.given]
    there = [kind for kind in kinds.values() if any(point.shows == kind.key for point in points)]
    heights = {kind.key: 20.0 + _ROW * n for n, kind in enumerate(there)}
    place, ticks = _scale(axis, points, asked, _LEFT + 20.0, WIDTH - _RIGHT)
    marks = []
    for (x, shows), those in _grouped(points, lambda point: (place(_middle(point.given[axis.id])), point.shows)).items():
        label = f"{printed_on(those[0], axis)}: {kinds[shows].words}; {_named(those)}"
        reaches = _reach(those[0].given[axis.id])
        aside = not any(point.id in mine for point in those)
        marks.append(MarkAt(x, heights[shows], kinds[shows], len(those), label, f"#run-{those[0].item}", aside, reaches))
    base = 20.0 + _ROW * len(there)
    value = asked.get(axis.id)
    return Drawing(
        axis.title,
        f"{axis.title}: " + "; ".join(mark.label for mark in sorted(marks, key=lambda mark: mark.x)),
        WIDTH,
        int(base + 46),
        base,
        _LEFT,
        ticks,
        (),
        tuple((heights[kind.key], kind) for kind in there),
        tuple(marks),
        tuple(_bars(axis, [run.point for run in series], place, heights, kinds)) if axis.is_number else (),
        (None if value is None else place(value), None),
        f"{axis.title}, {axis.shown_unit}" if axis.shown_unit else axis.title,
    )


def _bars(
    axis: Axis,
    series: list[Point],
    place: Callable[[float | str], float],
    heights: Mapping[str, float],
    kinds: Mapping[str, Kind],
) -> Iterable[Bar]:
    """Yield the gaps of a series between neighbouring values that show the same, and only that."""
    closed = [p for p in series if isinstance(span := p.given[axis.id], Span) and isfinite(span.low) and isfinite(span.high)]
    by_value = _grouped(closed, lambda point: _middle(point.given[axis.id]))
    ordered = sorted(by_value.items(), key=lambda each: each[0])
    for (low, below), (high, above) in pairwise(ordered):
        shows = {point.shows for point in (*below, *above)}
        if len(shows) == 1:
            kind = kinds[shows.pop()]
            x, end = place(low), place(high)
            ends = f"{printed_on(below[0], axis)} and {printed_on(above[0], axis)}"
            label = f"Between {ends} nothing is reported; both show: {kind.words}"
            yield Bar(x, heights[kind.key], round(end - x, 1), kind, label)


# --- two axes ---------------------------------------------------------------------------------------------------------


def plane(found: ZoneMap, x: Axis, y: Axis, asked: Asked) -> tuple[Drawing, dict[str, Kind]]:
    """Return the drawing of two axes at once, and what its marks show: what was seen at each time, if one of them is the time."""
    timed = TIME in (x.id, y.id)
    every = found.zones.points(timed)
    points = [point for point in every if x.id in point.given and y.id in point.given]
    kinds = kinds_of_sightings(every) if timed else kinds_of_runs(found)
    across, ticks = _scale(x, points, asked, _PLANE_LEFT + 26.0, WIDTH - 2.0 * _RIGHT)
    base = _PLANE_HEIGHT - 46.0
    up, side_ticks = _scale(y, points, asked, base - 40, 52.0)
    marks = []
    places = {point.id: (across(_middle(point.given[x.id])), up(_middle(point.given[y.id]))) for point in points}
    upright = len({top for _, top in places.values()}) <= len({left for left, _ in places.values()})
    for left, top, those in _clusters(points, places, upright):
        groups = list(_grouped(those, lambda point: point.shows).items())
        spots = _spots(left, top, len(groups), upright, (_PLANE_LEFT + 12.0, WIDTH - 12.0), (12.0, base - 12.0))
        for (shows, some), (at, height) in zip(groups, spots, strict=True):
            values = "; ".join(dict.fromkeys(f"{printed_on(point, x)}, {printed_on(point, y)}" for point in some))
            label = f"{values}: {kinds[shows].words}; {_named(some)}"
            marks.append(MarkAt(at, height, kinds[shows], len(some), label, f"#run-{some[0].item}"))
    shown = {mark.kind.key for mark in marks}
    here = (asked.get(x.id), asked.get(y.id))
    return (
        Drawing(
            f"{x.title} and {y.title}",
            f"{x.title} and {y.title}: " + "; ".join(mark.label for mark in marks),
            WIDTH,
            _PLANE_HEIGHT,
            base,
            _PLANE_LEFT,
            ticks,
            side_ticks,
            (),
            tuple(marks),
            (),
            (None if here[0] is None else across(here[0]), None if here[1] is None else up(here[1])),
            f"{x.title}, {x.shown_unit}" if x.shown_unit else x.title,
            f"{y.title}, {y.shown_unit}" if y.shown_unit else y.title,
            len(every) - len(points),
        ),
        {key: kind for key, kind in kinds.items() if key in shown},
    )


def _clusters(
    points: Sequence[Point], places: Mapping[str, tuple[float, float]], upright: bool
) -> Iterable[tuple[float, float, list[Point]]]:
    """Yield points whose marks would lie upon each other along a row (along a column, unless ``upright``), with their middle."""
    along, across = (0, 1) if upright else (1, 0)
    for those in _grouped(points, lambda point: places[point.id][across]).values():
        near: list[Point] = []
        for point in sorted(those, key=lambda point: places[point.id][along]):
            if near and places[point.id][along] - places[near[0].id][along] > _APART:
                yield *_mean([places[each.id] for each in near]), near
                near = []
            near.append(point)
        yield *_mean([places[each.id] for each in near]), near


def _mean(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    left, top = zip(*places, strict=True)
    return round((min(left) + max(left)) / 2, 1), round((min(top) + max(top)) / 2, 1)


def _spots(
    left: float, top: float, count: int, upright: bool, width: tuple[float, float], height: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return places for marks above one another (beside one another, unless ``upright``) around a middle, inside the drawing."""
    middle, (low, high) = (top, height) if upright else (left, width)
    half = (count - 1) / 2 * _APART
    middle = min(max(middle, low + half), high - half)
    along = [round(middle - half + n * _APART, 1) for n in range(count)]
    return [(left, each) if upright else (each, top) for each in along]


# --- parts ------------------------------------------------------------------------------------------------------------


def _scale(
    axis: Axis, points: Sequence[Point], asked: Asked, start: float, end: float
) -> tuple[Callable[[float | str], float], tuple[tuple[float, str], ...]]:
    """Return where a value lies between two places, and the values to be written there: those that were tested."""
    if not axis.is_number:
        names = [name for name in axis.words if any(point.given.get(axis.id) == name for point in points)] or list(axis.words)
        step = (end - start) / max(1, len(names))
        places = {name: round(start + step * (n + 0.5), 1) for n, name in enumerate(names)}
        return lambda value: places.get(str(value), start), tuple((places[name], axis.words[name]) for name in names)
    values = sorted({_middle(point.given[axis.id]) for point in points if axis.id in point.given})
    numbers = [float(value) for value in values]
    here = asked.get(axis.id)
    ends = [*numbers, *([here] if isinstance(here, float) else [])] or [0.0, 1.0]
    low, high = min(ends), max(ends)
    is_log = low > 0 and high / low >= _LOG_FROM
    first, last = (log10(low), log10(high)) if is_log else (low, high)

    def place(value: float | str) -> float:
        number = float(value)
        at = log10(number) if is_log and number > 0 else number
        return round(start + (end - start) * ((at - first) / (last - first) if last > first else 0.5), 1)

    ticks: list[tuple[float, str]] = []
    for number in numbers:
        at = place(number)
        if all(abs(at - other) >= 26 for other, _ in ticks):
            ticks.append((at, f"{number:g}"))
    return place, tuple(ticks)


def _middle(given: Span | str) -> float | str:
    """Return where a printed value is drawn: at the end that is printed, where the other is open."""
    if isinstance(given, str):
        return given
    if isfinite(given.low) and isfinite(given.high):
        return (given.low + given.high) / 2
    return given.low if isfinite(given.low) else given.high


def _reach(given: Span | str) -> int:
    if isinstance(given, str) or (isfinite(given.low) and isfinite(given.high)):
        return 0
    return 1 if isfinite(given.low) else -1


def _grouped(points: Iterable[Point], key: Callable[[Point], Key]) -> dict[Key, list[Point]]:
    found: dict[Key, list[Point]] = {}
    for point in points:
        found.setdefault(key(point), []).append(point)
    return found


def _named(points: Sequence[Point]) -> str:
    names = ", ".join(point.id for point in points[:6])
    return names + (f" and {len(points) - 6} more" if len(points) > 6 else "")


def described(axis: Axis, value: float | str) -> str:
    """Return a value that is asked for in words."""
    return axis.words.get(value, value) if isinstance(value, str) else amount(axis, value)
