"""Networks laid out in layers: nothing lies over anything else, and lines end at the sides of what they join."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.web.layers import GAP_X, Layout, _apart, laid_out

NAMES = [f"n{place}" for place in range(9)]


def sound(found: Layout, sizes: dict[str, tuple[float, float]]) -> None:
    boxes = [(name, *found.places[name], *sizes[name]) for name in sizes]
    for place, (name, x, y, w, h) in enumerate(boxes):
        assert w / 2 <= x <= found.width - w / 2 and h / 2 <= y <= found.height - h / 2, name
        for other, u, v, wide, high in boxes[:place]:
            assert abs(x - u) >= (w + wide) / 2 - 1e-6 or abs(y - v) >= (h + high) / 2 - 1e-6, (name, other)
    for (tail, head), points in found.lines.items():
        for name, (x, y) in ((tail, points[0]), (head, points[-1])):
            middle = found.places[name]
            assert abs(abs(x - middle[0]) - sizes[name][0] / 2) < 1e-6
            assert abs(y - middle[1]) <= sizes[name][1] / 2


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]), max_size=16))
def test_any_network_can_be_laid_out(arrows: set[tuple[str, str]]) -> None:
    # of two arrows between the same two only one is drawn
    one_way = [pair for pair in sorted(arrows) if pair[::-1] not in arrows or pair < pair[::-1]]
    sizes = {name: (60.0 + 10 * place, 20.0 + 5 * place) for place, name in enumerate(NAMES)}
    found = laid_out(sizes, one_way)
    assert set(found.lines) == set(one_way)
    sound(found, sizes)
    assert laid_out(sizes, one_way) == found


def test_a_chain_goes_from_left_to_right_on_one_level() -> None:
    sizes = dict.fromkeys("abc", (50.0, 20.0))
    found = laid_out(sizes, [("a", "b"), ("b", "c")])
    assert [found.places[name][0] for name in "abc"] == [37.0, 37.0 + 50 + GAP_X, 37.0 + 2 * (50 + GAP_X)]
    assert len({found.places[name][1] for name in "abc"}) == 1


def test_a_cycle_is_opened_at_one_arrow() -> None:
    found = laid_out(dict.fromkeys("abc", (50.0, 20.0)), [("a", "b"), ("b", "c"), ("c", "a")])
    back = [arrow for arrow, points in found.lines.items() if points[-1][0] < points[0][0]]
    assert len(back) == 1


def test_a_crossing_that_need_not_be_is_taken_out() -> None:
    sizes = dict.fromkeys(["a", "b", "y", "x"], (50.0, 20.0))
    found = laid_out(sizes, [("a", "x"), ("b", "y")])
    assert (found.places["a"][1] < found.places["b"][1]) == (found.places["x"][1] < found.places["y"][1])


def test_what_is_between_is_gone_round() -> None:
    sizes = dict.fromkeys("abc", (50.0, 20.0))
    found = laid_out(sizes, [("a", "b"), ("b", "c"), ("a", "c")])
    x, y = found.places["b"]
    passing = [point for point in found.lines["a", "c"] if abs(point[0] - x) <= 25]
    assert len(passing) == 2 and all(abs(point[1] - y) > 10 for point in passing)


def test_nothing_to_lay_out() -> None:
    assert laid_out({}, []).places == {}


@pytest.mark.parametrize("wanted", [[5.0, 4.0, 3.0], [0.0, 100.0, 50.0]])
def test_places_that_are_wanted_are_kept_apart(wanted: list[float]) -> None:
    found = _apart(wanted, [10.0] * 3)
    assert all(later - earlier >= 28 - 1e-9 for earlier, later in pairwise(found))
    # the sum of what is moved up and down is nothing where all are in each other's way
    if wanted == [5.0, 4.0, 3.0]:
        assert sum(found) == pytest.approx(sum(wanted))
