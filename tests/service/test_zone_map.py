"""What the literature says for some conditions, held against a plain reading of the same evidence: bracketed, never invented."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.zone_map import (
    Axis,
    Bracket,
    Near,
    Point,
    Said,
    Sides,
    Span,
    Zones,
    conditions,
    literature_at,
    sentences,
)

AXES = {
    "temperature": Axis("temperature", "Temperature", "degC", {}, (0.0, 10.0)),
    "amine": Axis("amine", "Amine", "mmol", {}, (0.0, 10.0)),
    "solvent": Axis("solvent", "Solvent", None, {"tol": "toluene", "ode": "octadecene"}),
}

numbers = st.integers(0, 10).map(float)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    low = draw(numbers)
    how = draw(st.sampled_from(["one", "one", "one", "range", "more", "less"]))
    if how == "range":
        high = low + draw(st.integers(1, 4))
        return Span(low, high, f"{low:g} to {high:g}")
    if how == "more":
        strict = draw(st.booleans())
        return Span(low, inf, f"{'>' if strict else '>='} {low:g}", strict)
    if how == "less":
        strict = draw(st.booleans())
        return Span(-inf, low, f"{'<' if strict else '<='} {low:g}", strict)
    return Span(low, low, f"{low:g}")


@st.composite
def points(draw: st.DrawFn) -> list[Point]:
    found = []
    for number in range(draw(st.integers(0, 9))):
        given_: dict[str, Span | str] = {}
        for axis in ("temperature", "amine"):
            if draw(st.booleans()) or draw(st.booleans()):
                given_[axis] = draw(spans())
        if draw(st.booleans()):
            given_["solvent"] = draw(st.sampled_from(["tol", "ode"]))
        shows = draw(st.sampled_from(["cluster", "dots", "nothing"]))
        found.append(Point(f"p{number}", f"z{number}", shows, f"it gave {shows}", given_))
    return found


asked_of = st.fixed_dictionaries(
    {}, optional={"temperature": numbers, "amine": numbers, "solvent": st.sampled_from(["tol", "ode"])}
).filter(bool)


def ask(those: list[Point], asked: Mapping[str, float | str]) -> Said:
    return literature_at(Zones("m", "A map", "Which?", AXES, tuple(those), ()), asked)


# --- a plain reading --------------------------------------------------------------------------------------------------


def is_there(point: Point, axis: str, value: float | str) -> bool:
    """Whether a point is printed to be of just this value: a closed number or range that holds it, or the same word."""
    given_ = point.given.get(axis)
    if isinstance(given_, Span):
        return abs(given_.low) != inf and abs(given_.high) != inf and given_.low <= float(value) <= given_.high
    return given_ == value


def is_below(point: Point, axis: str, value: float) -> bool:
    given_ = point.given.get(axis)
    return isinstance(given_, Span) and (given_.high < value or (given_.high == value and given_.strict and given_.low == -inf))


def is_above(point: Point, axis: str, value: float) -> bool:
    given_ = point.given.get(axis)
    return isinstance(given_, Span) and (given_.low > value or (given_.low == value and given_.strict and given_.high == inf))


def distance(point: Point, axis: str, value: float) -> float:
    span = point.given[axis]
    assert isinstance(span, Span)
    return value - span.high if is_below(point, axis, value) else span.low - value


def names(those: tuple[Near, ...]) -> set[str]:
    return {near.point.id for near in those}


def check_sides(sides: Sides, among: list[Point], asked: Mapping[str, float | str], axis: str) -> None:
    """Hold the sides of a bracket against every point that they are taken from."""
    value = float(asked[axis])
    others = {p.id: sum(not is_there(p, a, v) for a, v in asked.items() if a != axis) for p in among}

    def least(those: list[Point]) -> set[str]:
        nearest = min((distance(p, axis, value) for p in those), default=inf)
        near = [p for p in those if distance(p, axis, value) == nearest]
        fewest = min((others[p.id] for p in near), default=0)
        return {p.id for p in near if others[p.id] == fewest}

    assert names(sides.below) == least([p for p in among if is_below(p, axis, value)])
    assert names(sides.above) == least([p for p in among if is_above(p, axis, value)])
    there = [p for p in among if is_there(p, axis, value)]
    fewest = min((others[p.id] for p in there), default=0)
    assert names(sides.exact) == {p.id for p in there if others[p.id] == fewest}
    known = {p.id for p in among if isinstance(p.given.get(axis), Span)}
    told = {p.id for p in among if is_below(p, axis, value) or is_above(p, axis, value) or is_there(p, axis, value)}
    assert names(sides.open) == known - told
    for near in (*sides.below, *sides.above):
        assert near.distance == distance(near.point, axis, value) >= 0


@settings(max_examples=400, deadline=None)
@given(points(), asked_of)
def test_brackets_are_right(those: list[Point], asked: dict[str, float | str]) -> None:
    said = ask(those, asked)
    by_axis: dict[str, Bracket] = {bracket.axis.id: bracket for bracket in said.brackets}
    assert set(by_axis) == {name for name, value in asked.items() if not isinstance(value, str)}
    for axis, bracket in by_axis.items():
        alike = [p for p in those if all(is_there(p, a, v) for a, v in asked.items() if a != axis)]
        check_sides(bracket.alike, alike, asked, axis)
        check_sides(bracket.anyhow, those, asked, axis)
        for near in (*bracket.anyhow.below, *bracket.anyhow.exact, *bracket.anyhow.above, *bracket.anyhow.open):
            assert set(near.differs) == {a for a, v in asked.items() if a != axis and not is_there(near.point, a, v)}


@settings(max_examples=400, deadline=None)
@given(points(), asked_of)
def test_an_outcome_is_only_said_where_evidence_covers_it(those: list[Point], asked: dict[str, float | str]) -> None:
    said = ask(those, asked)
    covering = [p for p in those if all(is_there(p, axis, value) for axis, value in asked.items())]
    assert [p.id for p in said.covering] == [p.id for p in covering]
    shown = {p.words for p in covering}
    assert said.outcome == (next(iter(shown)) if len(shown) == 1 else None)
    assert (said.kind == "reported") == (len(shown) == 1) and (said.kind == "divided") == (len(shown) > 1)
    told = sentences(said)
    if len(shown) == 1:
        assert told[0] == f"Reported for these conditions: {said.outcome}."
    elif not shown:
        assert told[0] == "Nothing is reported at this point."
    # whatever is told of what was seen is told of evidence that is there
    for words in {"it gave cluster", "it gave dots", "it gave nothing"} - {p.words for p in those}:
        assert words not in " ".join(told)


@settings(max_examples=200, deadline=None)
@given(points(), asked_of)
def test_kinds_of_answers(those: list[Point], asked: dict[str, float | str]) -> None:
    said = ask(those, asked)
    two = any(b.alike.below and b.alike.above for b in said.brackets)
    one = any(bool(b.alike.below) != bool(b.alike.above) for b in said.brackets)
    if not said.covering:
        assert (said.kind == "between") == two
        assert (said.kind == "outside") == (one and not two)
        known = any(axis in p.given for p in those for axis in asked)
        assert (said.kind == "nothing") == (not known) and not (said.kind == "elsewhere" and (one or two))


# --- in words ---------------------------------------------------------------------------------------------------------


def point(name: str, shows: str, **given_: float | str) -> Point:
    made = {k: v if isinstance(v, str) else Span(v, v, f"{v:g} {AXES[k].shown_unit}") for k, v in given_.items()}
    return Point(name, name, shows, shows, made)


def test_between_two_that_show_the_same_nothing_is_concluded() -> None:
    said = ask([point("a", "clusters", temperature=50.0), point("b", "clusters", temperature=100.0)], {"temperature": 75.0})
    assert said.kind == "between" and said.outcome is None
    assert sentences(said) == [
        "Nothing is reported at this point.",
        "On temperature it lies between 50 °C and 100 °C; both show: clusters.",
    ]


def test_where_it_changes_is_not_known() -> None:
    said = ask([point("a", "nothing", temperature=50.0), point("b", "clusters", temperature=100.0)], {"temperature": 75.0})
    assert sentences(said)[1:] == [
        "On temperature it lies between 50 °C and 100 °C.",
        "50 °C shows: nothing.",
        "100 °C shows: clusters.",
        "Where between them it changes, nobody reports.",
    ]


def test_outside_says_by_how_much_and_in_kelvin() -> None:
    said = ask([point("a", "nothing", temperature=50.0)], {"temperature": 75.0})
    assert said.kind == "outside"
    assert sentences(said)[1] == "On temperature it lies 25 K above the highest value tested with these other conditions."


def test_what_was_not_asked_for_may_be_why_they_differ() -> None:
    those = [point("a", "clusters", temperature=50.0, solvent="tol"), point("b", "dots", temperature=50.0, solvent="ode")]
    said = ask(those, {"temperature": 50.0})
    assert said.kind == "divided" and said.outcome is None
    assert sentences(said)[1] == "They also differ in solvent, which was not asked for."
    assert ask(those, {"temperature": 50.0, "solvent": "ode"}).outcome == "dots"


def test_what_is_taken_over_is_said() -> None:
    made = point("a", "clusters", temperature=50.0)
    inferred = Point(made.id, made.item, made.shows, made.words, made.given, frozenset({"temperature", "outcome"}))
    told = " ".join(sentences(ask([inferred], {"temperature": 50.0})))
    assert "taken over from the runs beside it: temperature" in told and "curator's reading" in told


# --- what people type -------------------------------------------------------------------------------------------------

ZONES = Zones(
    "m", "A map", "Which?", {**AXES, "ratio": Axis("ratio", "Cd:Te ratio", ""), "time": Axis("time", "Time", "h")}, (), ()
)


@pytest.mark.parametrize(
    ("axis", "text", "value"),
    [
        ("temperature", "75", 75.0),
        ("temperature", "75 °C", 75.0),
        ("temperature", "373.15 K", 100.0),
        ("temperature", "212 degF", 100.0),
        ("temperature", " ~75 ", 75.0),
        ("amine", "0.03 mol", 30.0),
        ("time", "90 min", 1.5),
        ("time", "1 day", 24.0),
        ("ratio", "1.2:1", 1.2),
        ("ratio", "2.4", 2.4),
        ("solvent", "Toluene", "tol"),
        ("solvent", "ode", "ode"),
    ],
)
def test_conditions_are_read_with_their_units(axis: str, text: str, value: float | str) -> None:
    assert conditions(ZONES, {axis: text, "amine" if axis != "amine" else "time": "  "}) == {axis: value}


@pytest.mark.parametrize(
    ("axis", "text", "said"),
    [
        ("temperature", "75 C", "'75 C' is no value of temperature"),
        ("temperature", "warm", "write a number in °C"),
        ("temperature", "50 to 60", "ask for one number"),
        ("temperature", "> 50 °C", "ask for one number"),
        ("temperature", "1e400", "is no value of temperature"),
        ("amine", "3 ml", "write a number in mmol"),
        ("ratio", "1:0", "is no value of Cd:Te ratio"),
        ("solvent", "tolune", "did you mean 'toluene'"),
        ("temperatur", "5", "did you mean 'temperature'"),
    ],
)
def test_what_is_no_condition_is_refused(axis: str, text: str, said: str) -> None:
    with pytest.raises((BadInputError, NotFoundError)) as caught:
        conditions(ZONES, {axis: text})
    assert said in str(caught.value)


def test_without_a_condition_nothing_is_asked() -> None:
    with pytest.raises(BadInputError, match="no condition is asked for"):
        literature_at(ZONES, {})
