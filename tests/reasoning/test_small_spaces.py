"""The small spaces of the tests: their plain evaluator, by cases written by hand; and what comes up at random."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import Phase, given, settings

from mechkg.reasoning.outcomes import Setting
from tests.reasoning.small_spaces import (
    PlainRule,
    SmallSpace,
    conflict,
    counted,
    derived,
    faster,
    minimal,
    on,
    small_spaces,
    subsets,
)

EITHER = SmallSpace(
    (
        PlainRule(derived(0, 0), (on("s0"),)),
        PlainRule(derived(0, 1), (derived(0, 0),)),
        PlainRule(conflict("o0"), (counted("o0"), derived(0, 1)), (faster(("s0", "s1")),)),
        PlainRule(conflict("o1"), (counted("o1"), faster(("s0", "s1")), on("s1"))),
    ),
    orders=(("s0", "s1"),),
)


def test_the_plain_evaluator_follows_rules_and_absences() -> None:
    both = Setting(frozenset({"s0", "s1"}))
    assert EITHER.hit(both) == {"o0"}
    assert EITHER.hit(both, EITHER.orders) == {"o1"}
    assert (EITHER.fewest(both), EITHER.free(both)) == (1, False)
    assert EITHER.free(Setting(frozenset({"s0"})))
    assert EITHER.free(Setting(frozenset({"s0", "s1"}), ignoring=frozenset({"o1"})))


def test_a_rule_does_not_hold_itself_up() -> None:
    space = SmallSpace((PlainRule(derived(0, 0), (derived(0, 1),)), PlainRule(derived(0, 1), (derived(0, 0),))))
    assert space.holding([on("s0")]) == {on("s0")}


def test_subsets_and_minimal() -> None:
    assert list(subsets("ab")) == [frozenset(), {"a"}, {"b"}, {"a", "b"}]
    assert minimal([frozenset("ab"), frozenset("b"), frozenset("ac")]) == {frozenset("b"), frozenset("ac")}


def helps_and_harms(space: SmallSpace) -> bool:
    """Some setting is in conflict with either value of an order, and with other observations."""
    one = space.orders[:1]
    return bool(one) and any((bare := space.hit(s)) and (more := space.hit(s, one)) and bare != more for s in space.settings())


HARD: dict[str, Callable[[SmallSpace], bool]] = {
    "an order that helps and harms": helps_and_harms,
    "a constraint by analogy": lambda space: any(c.kind == "analogy" for c in space.constraints),
    "claims, and no candidate that survives": lambda space: bool(space.claims) and not any(map(space.free, space.settings())),
    "a candidate that the constraints alone rule out": lambda space: any(
        space.free(s) and not space.meets(s.steps, s.postulates) for s in space.settings()
    ),
}


def test_random_spaces_hold_what_is_hard() -> None:
    missing = dict(HARD)

    @settings(max_examples=400, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(small_spaces())
    def look(space: SmallSpace) -> None:
        for name in [name for name, holds in missing.items() if holds(space)]:
            del missing[name]

    look()
    assert list(missing) == []
