"""Outcomes of settings against brute force over all order choices: rules in which an order may help, harm, or both."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings

from mechkg.reasoning import outcomes as module
from mechkg.reasoning.outcomes import Inputs, Outcome, Outcomes, Setting
from mechkg.reasoning.terms import Atom
from tests.reasoning.small_spaces import (
    Order,
    PlainRule,
    SmallSpace,
    assumed,
    conflict,
    counted,
    derived,
    faster,
    on,
    small_spaces,
)

FIRST, SECOND = ("s0", "s1"), ("s1", "s2")

# the first order helps the one observation and harms the other; the second makes good what the first harms
BOTH_WAYS = SmallSpace(
    (
        PlainRule(conflict("o0"), (counted("o0"), on("s0")), (faster(FIRST),)),
        PlainRule(conflict("o1"), (counted("o1"), faster(FIRST), on("s1")), (faster(SECOND),)),
    ),
    orders=(FIRST, SECOND),
)
# either order alone is enough
EITHER = SmallSpace(
    (PlainRule(conflict("o0"), (counted("o0"), on("s0")), (faster(FIRST), faster(SECOND))),), orders=(FIRST, SECOND)
)


def pairs(orders: Iterable[Atom]) -> list[Order]:
    return [(str(a.arguments[0]), str(a.arguments[1])) for a in orders]


def hits(space: SmallSpace, setting: Setting, orders: Iterable[Order]) -> frozenset[str]:
    return space.hit(setting, orders)


def check(space: SmallSpace, setting: Setting, found: Outcome, *, fewest: bool = True) -> None:
    """Hold one outcome against the plain evaluator and all orders."""
    orders = pairs(found.orders)
    assert {str(a) for a in found.conflicts} == space.named("conflict", setting, orders)
    assert {f'explained("{o}")' for o in found.explained} == space.named("explained", setting, orders)
    assert found.hit == space.hit(setting, orders)
    assert (not found.conflicts) == space.free(setting)
    if fewest:
        assert len(found.hit) == space.fewest(setting)


def some_settings(space: SmallSpace) -> list[Setting]:
    return list(space.all_kinds())[:96]


@settings(max_examples=120, deadline=None)
@given(small_spaces())
@example(BOTH_WAYS)
@example(EITHER)
def test_a_setting_is_free_of_conflict_just_when_some_order_is(space: SmallSpace) -> None:
    asked = some_settings(space)
    for setting, found in zip(asked, Outcomes(space.program).of(asked), strict=True):
        check(space, setting, found)


@settings(max_examples=60, deadline=None)
@given(small_spaces())
@example(BOTH_WAYS)
def test_a_quick_look_comes_to_the_same_verdict(space: SmallSpace) -> None:
    asked = some_settings(space)
    for setting, found in zip(asked, Outcomes(space.program).of(asked, quick=True), strict=True):
        check(space, setting, found, fewest=False)


@settings(max_examples=60, deadline=None)
@given(small_spaces())
@example(BOTH_WAYS)
def test_with_too_many_orders_to_try_the_solver_finds_one(space: SmallSpace) -> None:
    asked = some_settings(space)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_BOTH_WAYS", 0)
        for setting, found in zip(asked, Outcomes(space.program).of(asked), strict=True):
            check(space, setting, found, fewest=False)


@settings(max_examples=120, deadline=None)
@given(small_spaces())
@example(EITHER)
def test_each_order_that_is_reported_is_needed(space: SmallSpace) -> None:
    asked = some_settings(space)
    for setting, found in zip(asked, Outcomes(space.program).of(asked), strict=True):
        chosen = pairs(found.orders)
        for order in chosen:
            rest = [other for other in chosen if other != order]
            assert space.hit(setting, rest) - found.hit, f"{order} is not needed beside {rest}"


@settings(max_examples=40, deadline=None)
@given(small_spaces())
def test_settings_asked_together_or_alone_come_to_the_same(space: SmallSpace) -> None:
    asked = some_settings(space)[::7]
    outcomes = Outcomes(space.program)
    together = outcomes.of(asked)
    assert [outcomes.of([setting])[0] for setting in asked] == together
    assert Outcomes(space.program).of(asked[:1]) == together[:1]


def test_an_order_that_helps_and_harms_is_tried_both_ways() -> None:
    outcomes = Outcomes(BOTH_WAYS.program)
    [one, both] = outcomes.of([Setting(frozenset({"s0"})), Setting(frozenset({"s0", "s1"}))])
    assert (one.conflicts, pairs(one.orders)) == ((), [FIRST])
    assert (both.conflicts, sorted(pairs(both.orders))) == ((), [FIRST, SECOND])


def test_of_two_orders_that_would_do_one_is_reported() -> None:
    [found] = Outcomes(EITHER.program).of([Setting(frozenset({"s0"}))])
    assert (found.conflicts, len(found.orders)) == ((), 1)
    [found] = Outcomes(EITHER.program).of([Setting(frozenset())])
    assert found.orders == ()


def test_nothing_asked_nothing_found() -> None:
    assert Outcomes(EITHER.program).of([]) == []


def test_inputs_are_told_by_what_they_open() -> None:
    space = SmallSpace((), claims=("c0",), orders=(FIRST,), background=("b",))
    inputs = Inputs(space.program)
    assert set(inputs.steps) == {"s0", "s1", "s2"}, "a background step is not open"
    assert (set(inputs.postulates), set(inputs.assumptions), set(inputs.observations)) == ({"c0"}, {"a0", "a1"}, {"o0", "o1"})
    assert [str(space.program.atom(n)) for n in inputs.orders] == [faster(FIRST)]
    values = inputs.set_by(Setting(frozenset({"s1"}), frozenset(), frozenset({"a0"}), frozenset({"o1"})))
    true = {space.program.texts[n] for n, value in values.items() if value}
    assert true == {on("s1"), assumed("a1"), counted("o0")}
    assert len(values) == 3 + 1 + 2 + 2


def test_a_model_holds_everything_and_says_what_fired() -> None:
    space = SmallSpace(
        (
            PlainRule(derived(0, 0), (on("s0"),)),
            PlainRule(derived(0, 0), (on("s1"),)),
            PlainRule(conflict("o0"), (counted("o0"), derived(0, 0)), (faster(FIRST),)),
        ),
        orders=(FIRST,),
    )
    outcomes = Outcomes(space.program)
    setting = Setting(frozenset({"s1"}))
    bare = outcomes.model(setting, [])
    possible, clash = Atom("possible", ("d0-0", "g")), Atom("conflict", ("o0", "clash", "x", "g"))
    assert possible in bare and clash in bare
    assert bare.named("conflict") == [clash]
    assert [rule.instance for rule in bare.fired(possible)] == ["1"]
    assert clash not in outcomes.model(setting, [Atom("faster", (*FIRST, "m"))])
    assert bare.fired(Atom("possible", ("nothing", "g"))) == []
    assert Atom("possible", ("nothing", "g")) not in bare
