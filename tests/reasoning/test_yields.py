"""The most that steps can give, and the smallest sets of steps that give enough."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.reasoning import yields
from mechkg.reasoning.comparisons import Number
from mechkg.reasoning.rate_laws import Balance
from mechkg.reasoning.yields import Supply, maximum, most_of, routes
from tests.reasoning.stated import Row, rules, seen, stated


def step(consumed: dict[str, str], made: dict[str, str], *, exact: bool = True) -> Balance:
    return Balance({x: Fraction(n) for x, n in consumed.items()}, {x: Fraction(n) for x, n in made.items()}, exact)


TURN = step({"a": "1"}, {"b": "1"})
VANISH, EMERGE = step({"a": "1"}, {"x": "1"}), step({"x": "1"}, {"b": "1"})
LOSSY = step({"a": "1"}, {"b": "0.7", "dark": "0.3"})
BACK = step({"b": "1"}, {"a": "1"})
SPLIT = step({"x": "1"}, {"b": "2"})
A = Supply("a")


@pytest.mark.parametrize(
    ("steps", "most"),
    [
        ([TURN], Fraction(1)),
        ([VANISH, EMERGE], Fraction(1)),
        ([VANISH], Fraction(0)),
        ([EMERGE], Fraction(0)),
        ([LOSSY], Fraction(7, 10)),
        ([LOSSY, TURN], Fraction(1)),
        ([TURN, BACK], Fraction(1)),  # going back and forth adds nothing
        ([VANISH, SPLIT], Fraction(2)),
        ([step({"a": "2"}, {"b": "1"})], Fraction(1, 2)),
        ([TURN, step({"b": "1", "dark": "1"}, {"b": "2"})], Fraction(1)),
        ([LOSSY, step({"b": "1", "dark": "1"}, {"b": "2"})], Fraction(1)),
        ([TURN, step({"b": "1"}, {"b": "2"})], None),  # what makes more of itself has no limit
        ([step({"a": "1"}, {"b": "1"}, exact=False)], None),
        ([step({"a": "1"}, {"x": "1"}, exact=False), EMERGE], None),
    ],
)
def test_the_most_that_steps_can_give(steps: list[Balance], most: Fraction | None) -> None:
    assert most_of({str(n): s for n, s in enumerate(steps)}, "b", A) == most


def test_what_is_put_in_besides_counts_as_without_limit() -> None:
    steps = {"other": step({"z": "1"}, {"b": "1"})}
    assert most_of(steps, "b", A) == 0
    assert most_of(steps, "b", Supply("a", frozenset({"z"}))) is None


def test_the_smallest_sets_of_steps() -> None:
    steps = {
        "turn": TURN,
        "vanish": VANISH,
        "emerge": EMERGE,
        "lossy": LOSSY,
        "back": BACK,
        "aside": step({"b": "1"}, {"c": "1"}),
    }
    assert [sorted(r) for r in routes(steps, "b", A, Number(0.95, uncertainty=0.03))] == [["turn"], ["emerge", "vanish"]]
    assert [sorted(r) for r in routes(steps, "b", A, Number(0.68))] == [["lossy"], ["turn"], ["emerge", "vanish"]]
    assert routes(steps, "b", A, Number(1.4, uncertainty=0.03)) == []


def test_where_there_is_too_much_to_look_at_each_step_that_makes_it_counts_as_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {"turn": TURN, "vanish": VANISH, "emerge": EMERGE, "lossy": LOSSY}
    monkeypatch.setattr(yields, "MOST_LOOKS", 2)
    assert [sorted(r) for r in routes(steps, "b", A, Number(0.95, uncertainty=0.03))] == [["emerge"], ["lossy"], ["turn"]]


NAMES = ("a", "b", "x", "y")
SIDES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 2).map(Fraction), min_size=1, max_size=2)
STEPS = st.lists(st.builds(Balance, SIDES, SIDES, st.just(True)), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from((Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2))))
def test_the_smallest_sets_are_those_that_trying_all_finds(drawn: list[Balance], wanted: Fraction) -> None:
    steps = {f"s{n}": balance for n, balance in enumerate(drawn)}

    def enough(names: tuple[str, ...]) -> bool:
        most = most_of({n: steps[n] for n in names}, "b", A)
        return most is None or most >= wanted

    tried = [set(s) for s in chain.from_iterable(combinations(steps, k) for k in range(1, len(steps) + 1)) if enough(s)]
    least = {frozenset(s) for s in tried if not any(other < s for other in tried)}
    assert set(routes(steps, "b", A, Number(float(wanted), uncertainty=1e-6))) == least


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.integers(-2, 2).map(Fraction), min_size=2, max_size=2), min_size=1, max_size=3),
    st.lists(st.integers(0, 3).map(Fraction), min_size=3, max_size=3),
    st.lists(st.integers(-2, 2).map(Fraction), min_size=2, max_size=2),
)
def test_a_maximum_is_met_and_not_passed(use: list[list[Fraction]], there: list[Fraction], gain: list[Fraction]) -> None:
    """Against the corners of the allowed region: a limited maximum lies in one of them, an unlimited one in none."""
    lines = [
        *zip(use, there, strict=False),
        ([Fraction(-1), Fraction(0)], Fraction(0)),
        ([Fraction(0), Fraction(-1)], Fraction(0)),
    ]

    def value(point: tuple[Fraction, Fraction]) -> Fraction:
        return gain[0] * point[0] + gain[1] * point[1]

    corners = []
    for (one, p), (other, q) in combinations(lines, 2):
        if determinant := one[0] * other[1] - one[1] * other[0]:
            point = ((p * other[1] - q * one[1]) / determinant, (q * one[0] - p * other[0]) / determinant)
            if all(row[0] * point[0] + row[1] * point[1] <= most for row, most in lines):
                corners.append(point)
    found = maximum(gain, use, there[: len(use)])
    if found is not None:
        assert found == max(map(value, corners))
    else:  # some edge of the region goes on for ever, and the gain grows along it
        edges = [(-row[1], row[0]) for row, _ in lines] + [(row[1], -row[0]) for row, _ in lines]
        assert any(value(e) > 0 and all(row[0] * e[0] + row[1] * e[1] <= 0 for row, _ in lines) for e in edges)


# --- in the rules -----------------------------------------------------------------------------------------------------

CHAIN = {"turn": (("a",), ("b",)), "vanish": (("a",), ("x",)), "emerge": (("x",), ("b",))}
MEASURED: list[Row] = [*seen("o", "yield", "b"), ("yield_of", "o", "b", "a"), ("charged", "p/g", "a")]
ROUTES: list[Row] = [("route", "o", "1"), ("route_step", "o", "1", "vanish"), ("route_step", "o", "1", "emerge")]


def test_a_yield_needs_all_the_steps_of_a_route() -> None:
    found = stated(*MEASURED, *ROUTES, steps=CHAIN)
    assert rules(found, ["vanish", "emerge"]) == []
    assert rules(found, ["turn"]) == [("o", "yield-too-high")]
    assert rules(found, ["turn", "emerge"]) == [("o", "yield-too-high")]
    assert rules(found, ["turn"], (), ["closed"]) == []


def test_a_yield_beyond_all_steps_is_out_of_reach_for_each() -> None:
    found = stated(*MEASURED, ("beyond", "o", "b", 1000), steps=CHAIN)
    for steps in (["turn"], ["vanish", "emerge"], [*CHAIN]):
        assert rules(found, steps) == [("o", "yield-too-high")]
    there: Row = ("holds", "p/g", "b")
    assert rules(stated(*MEASURED, ("beyond", "o", "b", 1000), there, steps=CHAIN), ["turn"]) == []
