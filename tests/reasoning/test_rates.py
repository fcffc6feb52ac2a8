"""Rate laws, dependence, form in time: one rule at a time."""

from __future__ import annotations

import pytest

from mechkg.reasoning.problem import Problem
from tests.reasoning.stated import Row, rules, seen, stated, verdict

ONE, TWO = {"one": (("a",), ("b",))}, {"two": (("a", "x"), ("b",))}
CLAIMS = {"slow-one": "one", "slow-two": "two"}
STEPS = ONE | TWO


def laws(observation: str, **orders: dict[str, int]) -> list[Row]:
    """Orders, in thousandths, that claims give for an observation."""
    return [("law_order", claim.replace("_", "-"), observation, x, n) for claim, law in orders.items() for x, n in law.items()]


LAWS = laws("o", slow_one={"a": 1000, "x": 0}, slow_two={"a": 1000, "x": 1000})


def rate(*rows: Row) -> Problem:
    return stated(*seen("o", "rate-dependence", "b"), *LAWS, *rows, steps=STEPS, claims=CLAIMS)


def test_a_rate_law_with_too_high_or_too_low_an_order_is_a_conflict() -> None:
    found = rate(("found_between", "o", "x", -250, 250))
    assert rules(found, ["one"], ["slow-one"]) == []
    assert verdict(found, ["one"], ["slow-one"]).explained == ("o",)
    assert rules(found, ["two"], ["slow-two"]) == [("o", "order-too-high")]
    assert rules(rate(("found_between", "o", "x", 750, 1250)), ["one"], ["slow-one"]) == [("o", "order-too-low")]


def test_two_routes_side_by_side_have_an_order_between_theirs() -> None:
    half = rate(("found_between", "o", "x", 250, 750))
    assert rules(half, ["one"], ["slow-one"]) != []
    assert rules(half, ["two"], ["slow-two"]) != []
    assert rules(half, ["one", "two"], ["slow-one", "slow-two"]) == []


def test_a_route_that_no_claim_speaks_of_withholds_the_conflict() -> None:
    found = rate(("charged", "p/g", "a"), ("charged", "p/g", "x"), ("found_between", "o", "x", 750, 1250))
    assert rules(found, ["one"], ["slow-one"]) == [("o", "order-too-low")]
    assert rules(found, ["one", "two"], ["slow-one"]) == []


def test_a_claim_without_its_step_says_nothing() -> None:
    assert rules(rate(("found_between", "o", "x", -250, 250)), [], ["slow-two"]) == []


def test_a_claim_without_its_equilibrium_says_nothing() -> None:
    rows: list[Row] = [("found_between", "o", "x", -250, 250), ("preceded_by", "slow-two", "one")]
    assert rules(rate(*rows), ["two"], ["slow-two"]) == []
    assert rules(rate(*rows), ["one", "two"], ["slow-two"]) == [("o", "order-too-high")]


def test_an_order_that_is_open_is_no_conflict() -> None:
    rows = [*seen("o", "rate-dependence", "b"), ("law_open", "slow-two", "o", "x"), ("found_between", "o", "x", 750, 1250)]
    assert rules(stated(*rows, steps=STEPS, claims=CLAIMS), ["two"], ["slow-two"]) == []


@pytest.mark.parametrize(
    ("row", "claim", "found"),
    [
        (("rate_depends", "o", "x"), "slow-one", [("o", "depends-on-a-bystander")]),
        (("rate_depends", "o", "x"), "slow-two", []),
        (("rate_independent", "o", "x"), "slow-one", []),
        (("rate_independent", "o", "x"), "slow-two", [("o", "independent-of-a-partner")]),
    ],
)
def test_a_rate_goes_with_what_takes_part_up_to_the_slow_step(row: Row, claim: str, found: list[tuple[str, str]]) -> None:
    step = claim.removeprefix("slow-")
    asked = verdict(rate(row), [step], [claim])
    assert sorted((c.observation, c.rule) for c in asked.conflicts) == found
    assert asked.explained == (() if found else ("o",))


def test_a_promoter_of_the_slow_step_takes_part() -> None:
    helped: Row = ("influences", "one", "x")
    assert rules(rate(("rate_depends", "o", "x"), helped), ["one"], ["slow-one"]) == []
    assert rules(rate(("rate_independent", "o", "x"), helped), ["one"], ["slow-one"]) == [("o", "independent-of-a-promoter")]


def test_what_makes_the_reactant_of_the_slow_step_may_matter() -> None:
    steps = {"make": (("x",), ("a",)), **ONE}
    rows = [*seen("o", "rate-dependence", "b"), *laws("o", slow_one={"a": 1000}), ("rate_depends", "o", "x")]
    found = stated(*rows, steps=steps, claims={"slow-one": "one"})
    assert rules(found, ["one"], ["slow-one"]) == [("o", "depends-on-a-bystander")]
    assert rules(found, ["one", "make"], ["slow-one"]) == []


def test_what_takes_the_product_back_may_matter() -> None:
    steps = {"ionise": (("a",), ("k", "x")), "back": (("k", "x"), ("a",)), "on": (("k",), ("b",))}
    rows: list[Row] = [*seen("o", "rate-dependence", "a"), *laws("o", slow={"a": 1000}), ("rate_depends", "o", "x")]
    rows += [("reverse", "ionise", "back"), ("reverse", "back", "ionise")]
    found = stated(*rows, steps=steps, claims={"slow": "ionise"})
    assert rules(found, ["ionise", "on"], ["slow"]) == [("o", "depends-on-a-bystander")]
    assert rules(found, ["ionise", "back", "on"], ["slow"]) == []


@pytest.mark.parametrize(
    ("direction", "order", "found"),
    [
        ("faster", 1000, []),
        ("slower", 1000, ["slower-where-it-would-be-faster"]),
        ("faster", -1000, ["faster-where-it-would-be-slower"]),
        ("slower", -1000, []),
    ],
)
def test_a_rate_changes_in_the_direction_of_its_order(direction: str, order: int, found: list[str]) -> None:
    rows: list[Row] = [*seen("o", "rate-dependence", "b"), ("rate_depends", "o", "x"), ("compares", "o", direction)]
    asked = stated(*rows, *laws("o", slow_two={"a": 1000, "x": order}), steps=STEPS, claims=CLAIMS)
    assert rules(asked, ["two"], ["slow-two"]) == [("o", rule) for rule in found]
    assert verdict(asked, ["two"], ["slow-two"]).explained == (() if found else ("o",))
    # a promoter may hold back what it helps when there is much of it, and a route that no claim speaks of may go either way
    helped = stated(*rows, ("influences", "two", "x"), *laws("o", slow_two={"x": order}), steps=STEPS, claims=CLAIMS)
    assert rules(helped, ["two"], ["slow-two"]) == []
    there: list[Row] = [("charged", "p/g", "a")]
    beside = stated(*rows, *there, *laws("o", slow_two={"x": order}), steps=STEPS, claims=CLAIMS)
    assert rules(beside, ["one", "two"], ["slow-two"]) == []


def test_what_takes_the_product_back_slows_and_does_not_speed() -> None:
    steps = {"ionise": (("a",), ("k", "x")), "back": (("k", "x"), ("a",)), "on": (("k",), ("b",))}
    rows: list[Row] = [*seen("o", "rate-dependence", "a"), *laws("o", slow={"a": 1000}), ("rate_depends", "o", "x")]
    rows += [("reverse", "ionise", "back"), ("reverse", "back", "ionise"), ("charged", "p/g", "a")]
    for direction, found in (("slower", []), ("faster", [("o", "faster-where-it-would-be-slower")])):
        asked = stated(*rows, ("compares", "o", direction), steps=steps, claims={"slow": "ionise"})
        assert rules(asked, ["ionise", "back", "on"], ["slow"]) == found


def test_a_rival_that_takes_it_with_a_reactant_slows() -> None:
    rows: list[Row] = [*seen("o", "rate-dependence", "b"), ("rate_depends", "o", "x"), ("compares", "o", "slower")]
    steps = {**TWO, "rival": (("a", "x"), ("d",))}
    found = stated(*rows, *laws("o", slow_two={"a": 1000, "x": 1000}), steps=steps, claims={"slow-two": "two"})
    assert rules(found, ["two"], ["slow-two"]) == [("o", "slower-where-it-would-be-faster")]
    assert rules(found, ["two", "rival"], ["slow-two"]) == []


def test_a_claim_bears_on_what_its_step_leads_to_and_on_nothing_else() -> None:
    steps = {**TWO, "next": (("b",), ("c",)), "aside": (("a",), ("d",))}
    for subject, hit in (("c", True), ("b", True), ("a", True), ("d", False), ("the sample", True)):
        rows = [*seen("o", "rate-dependence", subject), *laws("o", slow_two={"x": 1000}), ("rate_independent", "o", "x")]
        found = stated(*rows, steps=steps, claims={"slow-two": "two"})
        assert bool(rules(found, ["two", "next"], ["slow-two"])) is hit, subject


def test_a_claim_may_be_narrowed_and_limited() -> None:
    rows: list[Row] = [*seen("o", "rate-dependence", "b"), *LAWS, ("rate_independent", "o", "x")]
    for more in ([("narrowed_to", "slow-two", "c")], [("limited_to", "slow-two", "p/h"), ("stage", "p/h")]):
        assert rules(stated(*rows, *more, steps=STEPS, claims=CLAIMS), ["two"], ["slow-two"]) == []
    for more in ([("narrowed_to", "slow-two", "b")], [("limited_to", "slow-two", "p/g")]):
        assert rules(stated(*rows, *more, steps=STEPS, claims=CLAIMS), ["two"], ["slow-two"]) != []


# --- form in time -----------------------------------------------------------------------------------------------------


def timed(form: str, *rows: Row, total: int | None = 1000, alone: bool = True) -> Problem:
    law: list[Row] = [] if total is None else [("total_order", "slow-one", "o", total)]
    law += [("sole_partner", "slow-one", "o", "a")] if alone else []
    return stated(*seen("o", "kinetic-form", "b"), ("form", "o", form), *law, *rows, steps=STEPS, claims=CLAIMS)


def test_first_order_needs_an_order_of_one() -> None:
    assert verdict(timed("first-order"), ["one"], ["slow-one"]).explained == ("o",)
    assert rules(timed("first-order", total=2000, alone=False), ["one"], ["slow-one"]) == [("o", "not-of-first-order")]
    assert rules(timed("first-order", total=2000, alone=False), ["one"], ["slow-one"], ["simple"]) == []
    assert rules(timed("first-order", total=None, alone=False), ["one"], ["slow-one"]) == []


def test_one_molecule_alone_is_first_order() -> None:
    assert rules(timed("not-first-order"), ["one"], ["slow-one"]) == [("o", "would-be-first-order")]
    assert rules(timed("not-first-order"), ["one"], ["slow-one"], ["simple"]) == []
    # something that comes before the slow step, a second route, and a supply that goes on, may each hide it
    assert rules(timed("not-first-order", ("preceded_by", "slow-one", "two")), ["one", "two"], ["slow-one"]) == []
    assert rules(timed("not-first-order"), ["one", "two"], ["slow-one", "slow-two"]) == []
    fed = timed(
        "not-first-order", ("charged", "p/g", "s"), ("consumes", "feed", "s"), ("makes", "feed", "a"), ("background", "feed")
    )
    assert rules(fed, ["one"], ["slow-one"]) == []


def test_zero_order_needs_something_that_is_saturated() -> None:
    assert rules(timed("zero-order"), ["one"], ["slow-one"]) == [("o", "not-of-zero-order")]
    assert rules(timed("zero-order", ("influences", "one", "x")), ["one"], ["slow-one"]) == []
    assert verdict(timed("zero-order", total=0, alone=False), ["one"], ["slow-one"]).explained == ("o",)


def test_an_induction_period_needs_something_that_forms_first() -> None:
    steps = {"one": (("a",), ("b",)), "first": (("a",), ("i",)), "then": (("i",), ("b",)), "chain": (("a", "b"), ("b",))}
    rows: list[Row] = [*seen("o", "kinetic-form", "b"), ("form", "o", "induction"), ("charged", "p/g", "a")]
    found = stated(*rows, steps=steps)
    assert rules(found, ["one"]) == [("o", "would-start-at-once")]
    assert rules(found, ["one"], without=["simple"]) == []
    for fine in (["first", "then"], ["one", "chain"]):
        assert verdict(found, fine).explained == ("o",)


def test_a_burst_needs_a_second_supply() -> None:
    steps = {"one": (("a",), ("b",)), "slowly": (("c",), ("a",)), "other": (("d",), ("b",))}
    rows: list[Row] = [*seen("o", "kinetic-form", "b"), ("form", "o", "burst"), *(("charged", "p/g", x) for x in "acd")]
    found = stated(*rows, steps=steps)
    assert rules(found, ["one"]) == [("o", "one-phase-only")]
    for fine in (["one", "slowly"], ["one", "other"]):
        assert verdict(found, fine).explained == ("o",)


# --- one experiment against another -----------------------------------------------------------------------------------


def faster(*rows: Row, outcome: str = "faster", what: str = "x") -> Problem:
    compared: list[Row] = [("stage", "p/h"), ("than", "o", "p/h"), ("compares", "o", outcome), ("differs", "p/g", "p/h", what)]
    return stated(*seen("o", "rate-comparison", "b"), *LAWS, *compared, *rows, steps=STEPS, claims=CLAIMS)


def test_what_alone_was_changed_takes_part_when_the_rate_changes() -> None:
    assert rules(faster(), ["one"], ["slow-one"]) == [("o", "changed-by-a-bystander")]
    assert verdict(faster(), ["two"], ["slow-two"]).explained == ("o",)
    assert rules(faster(outcome="similar"), ["two"], ["slow-two"]) == [("o", "unchanged-by-a-partner")]
    assert verdict(faster(outcome="similar"), ["one"], ["slow-one"]).explained == ("o",)


def test_a_comparison_with_more_than_one_difference_decides_nothing() -> None:
    for outcome in ("faster", "similar"):
        both = faster(("differs", "p/g", "p/h", "y"), outcome=outcome)
        for candidate in ((["one"], ["slow-one"]), (["two"], ["slow-two"])):
            asked = verdict(both, *candidate)
            assert (asked.conflicts, asked.explained, asked.permitted) == ((), (), ("o",))


@pytest.mark.parametrize("what", ["temperature", "time"])
def test_warmth_and_time_may_change_any_rate(what: str) -> None:
    assert rules(faster(what=what), ["one"], ["slow-one"]) == []


def test_a_solvent_may_change_any_rate() -> None:
    assert rules(faster(("is_a", "x", "Solvent")), ["one"], ["slow-one"]) == []
