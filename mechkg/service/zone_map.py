"""What was tested under which conditions, what came of it, and what the literature says for conditions that somebody asks about.

The answer is the nearest evidence, bracketed on each axis: below, above, exactly there. What came of it is only said where
somebody reports it for just these conditions; between two tested points nothing is inferred, even where both show the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Final, Literal

from mechkg.errors import BadInputError, NotFoundError, nearest
from mechkg.model.quantity import Quantity

_MOST_SHOWN: Final = 2
"""So many different outcomes are told in a sentence; the table has all."""

TIME: Final = "time"
"""The axis on which one run has several points: what was seen at each time."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A condition. ``unit``: of a number, as pint reads it; None for a word.

    ``words``: those that were tested, with their titles; ``tested``: every number that is printed for it, in the unit.
    """

    id: str
    title: str
    unit: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    tested: tuple[float, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it goes by numbers."""
        return self.unit is not None

    @property
    def shown_unit(self) -> str:
        """The unit as printed."""
        return (self.unit or "").replace("degC", "°C")


@dataclass(frozen=True, slots=True)
class Span:
    """A printed number on an axis: from ``low`` to ``high`` (alike for a single one; infinite where the print leaves it open).

    ``strict``: an end that is printed as more or less than a number does not belong to it.
    """

    low: float
    high: float
    text: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """Evidence: a run with what came of it, or what was seen at one time of a run.

    ``shows``: a key, alike for points that show the same; ``words``: that in words. ``given``: axis -> number or word; an axis
    that is not there was not printed. ``inferred``: axes, or "outcome", that the source does not print for this run.
    """

    id: str
    item: str
    shows: str
    words: str
    given: Mapping[str, Span | str]
    inferred: frozenset[str] = frozenset()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Zones:
    """A map: axes, and points of whole runs and of single times."""

    id: str
    title: str
    question: str
    axes: Mapping[str, Axis]
    runs: tuple[Point, ...]
    sightings: tuple[Point, ...]

    def points(self, with_time: bool) -> tuple[Point, ...]:
        """Return the points that speak of a time, or those of whole runs."""
        return self.sightings if with_time else self.runs


# --- what is asked ----------------------------------------------------------------------------------------------------

Asked = Mapping[str, float | str]
"""Axis -> number in its unit, or word."""


def conditions(zones: Zones, given: Mapping[str, str]) -> Asked:
    """Read conditions as a person types them: numbers with or without a unit, words by name or title; empty ones are left out.

    Raises NotFoundError, with the nearest name, for an axis or word that there is not, BadInputError for what is no such number.
    """
    found: dict[str, float | str] = {}
    for name, text in given.items():
        if name not in zones.axes:
            raise NotFoundError.of("condition of this map", name, zones.axes)
        if text.strip():
            axis = zones.axes[name]
            found[name] = read_number(axis, text) if axis.is_number else _word(axis, text.strip())
    return found


def read_number(axis: Axis, text: str) -> float:
    """Return what somebody typed in the unit of an axis; raise BadInputError with what was expected."""
    unit = axis.unit or ""
    first, colon, second = text.partition(":")
    try:
        if colon and not unit:  # a ratio
            return settled(float(first) / float(second))
        quantity = Quantity.model_validate(text)
        if quantity.high is not None or quantity.uncertainty is not None or quantity.relation not in ("=", "~"):
            raise BadInputError(f"'{text}' is not one value of {lowered(axis.title)}", hint="ask for one number")
        if not quantity.unit:
            return settled(quantity.value)
        number = settled(quantity.to(unit or "dimensionless"))
    except (ValueError, ZeroDivisionError) as error:
        expected = f"a number in {axis.shown_unit}, or with a unit that it can be given in" if unit else "a number, or a ratio"
        example = f", such as '{axis.tested[0]:g} {axis.shown_unit}'" if axis.tested and unit else ""
        raise BadInputError(f"'{text}' is no value of {lowered(axis.title)}", hint=f"write {expected}{example}") from error
    if not isfinite(number):
        raise BadInputError(f"'{text}' is no value of {lowered(axis.title)}", hint="ask for one number")
    return number


def _word(axis: Axis, text: str) -> str:
    for name, title in axis.words.items():
        if text.casefold() in (name.casefold(), title.casefold()):
            return name
    close = nearest(text, (*axis.words, *axis.words.values()))
    raise NotFoundError(
        f"'{text}' was not tested as {lowered(axis.title)}",
        hint=f"did you mean '{close}'?" if close else f"tested: {', '.join(axis.words.values())}",
    )


def settled(number: float) -> float:
    """Return a number without the noise of a conversion, so that 373.15 K is 100 °C."""
    return float(f"{number:.9g}")


# --- nearest evidence -------------------------------------------------------------------------------------------------

Stand = Literal["exact", "below", "above", "open", "other", "unknown"]
"""Where evidence lies, seen from what is asked: exactly there; below or above; said of an open range that holds it, of which no
end was tested; of another word; not printed."""


@dataclass(frozen=True, slots=True)
class Near:
    """Evidence near what is asked: ``distance`` is on the axis, in its unit; on the axes ``differs`` it is not what was asked."""

    point: Point
    distance: float
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sides:
    """The nearest evidence on one axis; several where they are as near."""

    exact: tuple[Near, ...] = ()
    below: tuple[Near, ...] = ()
    above: tuple[Near, ...] = ()
    open: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Bracket:
    """The nearest evidence on an axis: ``alike`` is in all else that was asked, ``anyhow`` whatever differs besides."""

    axis: Axis
    asked: float
    alike: Sides
    anyhow: Sides


Kind = Literal["reported", "divided", "between", "outside", "elsewhere", "nothing"]
"""reported: some evidence is of just these conditions, and all of it shows the same. divided: it shows different things. between:
there is evidence on both sides on some axis, alike in the rest. outside: on one side only. elsewhere: only of other conditions.
nothing: none prints any of what was asked."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the literature says for some conditions.

    ``covering``: evidence of just these conditions; ``outcome``: what it shows, only if ``kind`` is "reported".
    """

    zones: Zones
    asked: Asked
    kind: Kind
    outcome: str | None
    covering: tuple[Point, ...]
    brackets: tuple[Bracket, ...]
    considered: int


def stand(given: Span | str | None, asked: float | str) -> tuple[Stand, float]:
    """Tell where a printed value lies, seen from what is asked, and how far off."""
    if given is None:
        return "unknown", inf
    if isinstance(given, str) or isinstance(asked, str):
        return ("exact", 0.0) if given == asked else ("other", inf)
    if isfinite(given.low) and isfinite(given.high):
        if given.low <= asked <= given.high:
            return "exact", 0.0
        return ("below", asked - given.high) if given.high < asked else ("above", given.low - asked)
    if isfinite(given.low):
        held = asked > given.low or (asked == given.low and not given.strict)
        return ("open", 0.0) if held else ("above", given.low - asked)
    if isfinite(given.high):
        held = asked < given.high or (asked == given.high and not given.strict)
        return ("open", 0.0) if held else ("below", asked - given.high)
    return "open", 0.0


def literature_at(zones: Zones, asked: Asked) -> Said:
    """Return what the literature says for some conditions; raise BadInputError when none is asked."""
    if not asked:
        raise BadInputError("no condition is asked for", hint=f"give one of: {', '.join(zones.axes)}")
    points = zones.points(TIME in asked)
    stands = {point.id: {name: stand(point.given.get(name), value) for name, value in asked.items()} for point in points}
    covering = tuple(p for p in points if all(where == "exact" for where, _ in stands[p.id].values()))
    brackets = tuple(
        _bracket(zones.axes[name], value, points, stands) for name, value in asked.items() if not isinstance(value, str)
    )
    shown = {point.shows for point in covering}
    return Said(
        zones,
        asked,
        _kind(shown, brackets, points, stands),
        covering[0].words if len(shown) == 1 else None,
        covering,
        brackets,
        len(points),
    )


_SIDES: Final[tuple[Stand, ...]] = ("below", "exact", "above")

Stands = Mapping[str, Mapping[str, tuple[Stand, float]]]


def _bracket(axis: Axis, asked: float, points: Sequence[Point], stands: Stands) -> Bracket:
    near: dict[Stand, list[Near]] = {}
    for point in points:
        where, distance = stands[point.id][axis.id]
        differs = tuple(name for name, (other, _) in stands[point.id].items() if name != axis.id and other != "exact")
        near.setdefault(where, []).append(Near(point, settled(distance), differs))
    alike = {where: [each for each in those if not each.differs] for where, those in near.items()}
    return Bracket(axis, asked, _sides(alike), _sides(near))


def _sides(near: Mapping[Stand, list[Near]]) -> Sides:
    below, exact, above = (_nearest(near.get(where, ())) for where in _SIDES)
    return Sides(exact, below, above, tuple(near.get("open", ())))


def _nearest(those: Iterable[Near]) -> tuple[Near, ...]:
    """Return the nearest; of several as near those that differ least."""
    found = list(those)
    least = min((each.distance for each in found), default=inf)
    nearest_ones = [each for each in found if each.distance == least]
    fewest = min((len(each.differs) for each in nearest_ones), default=0)
    return tuple(each for each in nearest_ones if len(each.differs) == fewest)


def _kind(shown: set[str], brackets: Sequence[Bracket], points: Sequence[Point], stands: Stands) -> Kind:
    if shown:
        return "reported" if len(shown) == 1 else "divided"
    if any(b.alike.below and b.alike.above for b in brackets):
        return "between"
    if any(b.alike.below or b.alike.above for b in brackets):
        return "outside"
    known = any(where != "unknown" for point in points for where, _ in stands[point.id].values())
    return "elsewhere" if known else "nothing"


# --- in words ---------------------------------------------------------------------------------------------------------


def amount(axis: Axis, number: float) -> str:
    """Return a number on an axis in words.

    >>> amount(Axis("t", "Temperature", "degC"), 75.0), amount(Axis("r", "Ratio", ""), 1.2)
    ('75 °C', '1.2')
    """
    return f"{number:.6g} {axis.shown_unit}".strip()


def apart(axis: Axis, number: float) -> str:
    """Return a distance on an axis in words: that of two temperatures is no temperature.

    >>> apart(Axis("t", "Temperature", "degC"), 25.0)
    '25 K'
    """
    return f"{number:.6g} {'K' if axis.unit == 'degC' else axis.shown_unit}".strip()


def asked_words(said: Said) -> str:
    """Return the conditions that were asked for, in words."""
    axes = said.zones.axes
    return ", ".join(
        f"{axes[name].title} {amount(axes[name], value) if not isinstance(value, str) else axes[name].words.get(value, value)}"
        for name, value in said.asked.items()
    )


def sentences(said: Said) -> list[str]:
    """Say what the literature says for the conditions, and what it does not say."""
    runs = "observations" if TIME in said.asked else "runs"
    if said.kind == "reported":
        count = len(said.covering)
        agree = f"One of the {runs} is of just these." if count == 1 else f"{count} {runs} are of these, and agree."
        return [f"Reported for these conditions: {said.outcome}.", agree, *_caveats(said)]
    if said.kind == "divided":
        counts: dict[str, int] = {}
        for point in said.covering:
            counts[point.words] = counts.get(point.words, 0) + 1
        shown = "; ".join(f"{words} ({count})" for words, count in sorted(counts.items(), key=lambda each: -each[1]))
        differing = _varied(said, said.covering)
        found = [f"{len(said.covering)} {runs} are of these conditions, and do not show the same: {shown}."]
        found += [f"They also differ in {differing}, which was not asked for."] if differing else []
        return [*found, *_caveats(said)]
    found = ["Nothing is reported at this point."]
    for bracket in said.brackets:
        found += _bracket_sentences(said, bracket)
    if said.kind == "elsewhere":
        found.append("No evidence shares the other conditions: what is nearest differs in more than one.")
    if said.kind == "nothing":
        found.append("No run prints any of these conditions.")
    return found


def _caveats(said: Said) -> list[str]:
    """Say what of the covering evidence the source does not print for the run itself."""
    names = {name for point in said.covering for name in point.inferred}
    taken = [lowered(axis.title) for name, axis in said.zones.axes.items() if name in names and name in said.asked]
    found = [f"Not printed for every one of them, but taken over from the runs beside it: {', '.join(taken)}."] if taken else []
    if "outcome" in names:
        found.append("What came of it is in part the curator's reading: that nothing else formed is not printed for every one.")
    return found


def _bracket_sentences(said: Said, bracket: Bracket) -> list[str]:
    axis, sides = bracket.axis, bracket.alike
    title = lowered(axis.title)
    found = [
        f"It lies in a range that is stated as {printed_on(near.point, axis)} of {title}, showing: {near.point.words}; "
        "at which values that was tested is not printed."
        for near in sides.open
    ]
    if sides.below and sides.above:
        low, high = (_value(near, axis) for near in (sides.below, sides.above))
        below, above = (_shown(near) for near in (sides.below, sides.above))
        found.append(
            f"On {title} it lies between {low} and {high}" + ("." if below != above or len(below) > 1 else "; both show: ")
        )
        if below == above and len(below) == 1:
            found[-1] += f"{next(iter(below))}."
        else:
            found += [_end_sentence(said, near, axis) for near in (sides.below, sides.above)]
            one_each = len(below) == len(above) == 1
            found.append("Where between them it changes, nobody reports." if one_each else "What comes between, nobody reports.")
    elif (sides.below or sides.above) and said.kind == "outside":
        near = sides.below or sides.above
        side, end = ("above", "highest") if sides.below else ("below", "lowest")
        far = apart(axis, near[0].distance)
        found.append(f"On {title} it lies {far} {side} the {end} value tested with these other conditions.")
        found.append(_end_sentence(said, near, axis))
    return found


def _end_sentence(said: Said, near: Sequence[Near], axis: Axis) -> str:
    shown = _shown(near)
    differing = _varied(said, [each.point for each in near], beside=axis.id) if len(shown) > 1 else ""
    said_so = f"shows: {' or: '.join(shown)}" if len(shown) <= _MOST_SHOWN else f"shows {len(shown)} different things"
    return f"{_value(near, axis)} {said_so}" + (f"; they differ in {differing}." if differing else ".")


def printed_on(point: Point, axis: Axis) -> str:
    """Return what is printed for a point on an axis; empty where nothing is."""
    given = point.given.get(axis.id)
    if isinstance(given, Span):
        return given.text
    return axis.words.get(given, given) if given else ""


def _value(near: Sequence[Near], axis: Axis) -> str:
    return printed_on(near[0].point, axis)


def _shown(near: Sequence[Near]) -> dict[str, None]:
    return dict.fromkeys(each.point.words for each in near)


def _varied(said: Said, points: Sequence[Point], beside: str = "") -> str:
    """Return the axes that were not asked for and on which some evidence differs, or is not printed for all of it."""
    axes = (axis for axis in said.zones.axes.values() if axis.id not in said.asked and axis.id != beside)
    return ", ".join(lowered(axis.title) for axis in axes if len({printed_on(point, axis) for point in points}) > 1)


def lowered(title: str) -> str:
    """Return a title as it stands within a sentence.

    >>> lowered("Trioctylphosphine"), lowered("Cd:Te ratio")
    ('trioctylphosphine', 'Cd:Te ratio')
    """
    return title[:1].lower() + title[1:] if title[1:] == title[1:].lower() else title
