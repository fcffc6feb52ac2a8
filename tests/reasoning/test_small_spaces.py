"""The small spaces of the tests: their plain evaluator, by cases written by hand; and what comes up at random."""

from __future__ import annotations

from hypothesis import Phase, find, settings

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


def test_random_spaces_hold_what_is_hard() -> None:
    """An order that helps and harms; a candidate ruled out by the constraints alone; a conflict that stands in any case."""
    quick = settings(max_examples=2000, database=None, phases=[Phase.generate])  # one is enough, however large

    def helps_and_harms(space: SmallSpace) -> bool:
        return any(
            space.hit(s) and space.hit(s, space.orders[:1]) and space.hit(s) != space.hit(s, space.orders[:1])
            for s in space.settings()
            if space.orders
        )

    find(small_spaces(), helps_and_harms, settings=quick)
    find(small_spaces(), lambda s: any(c.kind == "analogy" for c in s.constraints), settings=quick)
    find(small_spaces(), lambda s: bool(s.claims) and all(not s.free(x) for x in s.settings()), settings=quick)
