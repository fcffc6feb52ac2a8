"""Drawings of tested conditions: every run is a mark at its value, and a bar stands only between two that show the same."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from mechkg.service.read_zones import ZoneMap, zone_map
from mechkg.service.workspace import Workspace
from mechkg.service.zone_map import Span
from mechkg.web.zone_drawing import kinds_of_runs, kinds_of_sightings, plane, strips


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> ZoneMap:
    return zone_map(shipped, "mech2023")


def test_a_strip_for_each_condition_that_was_varied(found: ZoneMap) -> None:
    drawn = strips(found, {})
    assert [one.title for one in drawn] == ["Solvent", "Trioctylphosphine", "Oleylamine", "Cd:Te ratio", "Temperature"]
    axes = {axis.title: axis for axis in found.zones.axes.values()}
    for one in drawn:
        axis = axes[one.title]
        there = [run.point for run in found.runs if axis.id in run.point.given]
        assert sum(mark.count for mark in one.marks) == len(there)
        assert all(0 <= mark.x <= one.width and 0 <= mark.y <= one.base for mark in one.marks)
        assert {mark.kind.key for mark in one.marks} == {point.shows for point in there} == {kind.key for _, kind in one.rows}
        assert all(one.words.count(mark.label) for mark in one.marks)


def test_marks_stand_in_the_order_of_their_values(found: ZoneMap) -> None:
    for one in strips(found, {}):
        ticks = [(x, float(text)) for x, text in one.ticks if re.fullmatch(r"[\d.]+", text)]
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(ticks))


def test_a_bar_says_that_nothing_is_reported_between(found: ZoneMap) -> None:
    bars = {one.title: [bar.label for bar in one.bars] for one in strips(found, {})}
    words = "nothing is reported; both show"
    assert bars["Oleylamine"] == [f"Between 25.1 mmol and 50 mmol {words}: 449 nm cluster only"]
    assert bars["Trioctylphosphine"] == [f"Between 5 mmol and 21.7 mmol {words}: 449 nm cluster only"]
    assert [label.split(" nothing")[0] for label in bars["Cd:Te ratio"]] == ["Between 0.6:1 and 1.2:1", "Between 2.4:1 and 4.8:1"]
    assert bars["Temperature"] == bars["Solvent"] == []


def test_a_threshold_points_where_its_range_is_open(found: ZoneMap) -> None:
    [oleylamine] = [one for one in strips(found, {}) if one.title == "Oleylamine"]
    assert [(mark.label.split(":")[0], mark.reaches) for mark in oleylamine.marks if mark.reaches] == [("> 12.6 mmol", 1)]


def test_what_is_asked_is_drawn_where_it_lies(found: ZoneMap) -> None:
    drawn = {one.title: one for one in strips(found, {"ola": 30.0, "solvent": "tol", "temperature": 200.0})}
    places = {mark.label.split(":")[0]: mark.x for mark in drawn["Oleylamine"].marks}
    asked = drawn["Oleylamine"].asked[0]
    assert asked is not None and places["25.1 mmol"] < asked < places["37.4 mmol"]
    assert drawn["Solvent"].asked[0] == next(mark.x for mark in drawn["Solvent"].marks if mark.label.startswith("toluene"))
    beyond = drawn["Temperature"]
    assert beyond.asked[0] is not None and max(mark.x for mark in beyond.marks) < beyond.asked[0] <= beyond.width


def test_two_conditions_at_once(found: ZoneMap) -> None:
    axes = found.zones.axes
    for x, y in (("time", "temperature"), ("ola", "top"), ("temperature", "time"), ("ratio", "cd-oa2")):
        drawing, shown = plane(found, axes[x], axes[y], {})
        every = found.zones.points("time" in (x, y))
        both = [p for p in every if isinstance(p.given.get(x), Span) and isinstance(p.given.get(y), Span)]
        assert sum(mark.count for mark in drawing.marks) == len(both) and drawing.left_out == len(every) - len(both)
        assert set(shown) == {point.shows for point in both}
        places = [(mark.x, mark.y) for mark in drawing.marks]
        assert len(set(places)) == len(places), "no mark hides another"
        assert all(0 <= px <= drawing.width and 0 <= py <= drawing.height for px, py in places)


def test_nothing_is_told_by_colour_alone(found: ZoneMap) -> None:
    for kinds in (kinds_of_runs(found), kinds_of_sightings(found.zones.sightings)):
        assert len({kind.sign for kind in kinds.values()}) == len(kinds)
