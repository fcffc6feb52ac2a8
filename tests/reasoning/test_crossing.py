"""What an isosbestic point needs: a constant stoichiometry of what crosses, whatever does not absorb."""

from __future__ import annotations

import pytest

from mechkg.reasoning.problem import Problem
from tests.reasoning.stated import Row, rules, seen, stated, verdict

STEPS = {
    "turn": (("a",), ("b",)),
    "again": (("a",), ("b",)),
    "back": (("b",), ("a",)),
    "vanish": (("a",), ("x",)),
    "unvanish": (("x",), ("a",)),
    "emerge": (("x",), ("b",)),
    "pass": (("x",), ("y",)),
    "come": (("y",), ("b",)),
    "stray": (("x",), ("d",)),
    "loss": (("a",), ("b", "d")),
}
CLAIMS = {"scarce": "vanish", "lingers": "emerge", "late": "come", "slow": "turn"}
CROSSING: list[Row] = [
    *seen("o", "isosbestic-point", "a", "b"),
    ("charged", "p/g", "a"),
    ("reverse", "turn", "back"),
    ("reverse", "back", "turn"),
    ("reverse", "vanish", "unvanish"),
    ("reverse", "unvanish", "vanish"),
]


def crossing(*rows: Row) -> Problem:
    return stated(*CROSSING, *rows, steps=STEPS, claims=CLAIMS)


def role(found: Problem, steps: list[str], claims: list[str]) -> str:
    asked = verdict(found, steps, claims)
    return "conflict" if asked.conflicts else "explained" if "o" in asked.explained else "permitted"


@pytest.mark.parametrize(
    ("steps", "claims", "expected"),
    [
        (["turn"], [], "explained"),
        (["turn", "back"], [], "explained"),
        (["loss"], [], "explained"),
        (["turn", "loss"], [], "permitted"),  # two proportions
        (["turn", "vanish"], [], "permitted"),  # a loss beside it
        (["vanish", "emerge"], [], "permitted"),  # X may gather
        (["vanish", "emerge"], ["scarce"], "explained"),
        (["vanish", "emerge"], ["lingers"], "conflict"),
        (["vanish", "unvanish", "emerge"], ["lingers"], "permitted"),  # X may go back, so it need not gather
        (["vanish", "pass", "come"], ["scarce"], "explained"),
        (["vanish", "pass", "come"], ["late"], "conflict"),  # Y gathers
        (["vanish", "emerge", "stray"], ["scarce"], "permitted"),  # X has two ways on
        (["vanish", "emerge", "turn"], ["scarce"], "permitted"),
        (["vanish", "emerge", "turn"], ["lingers"], "permitted"),  # X may be a sideline
        (["vanish", "emerge", "turn"], ["lingers", "slow"], "permitted"),
        (["vanish"], [], "permitted"),
    ],
)
def test_what_a_crossing_point_says(steps: list[str], claims: list[str], expected: str) -> None:
    assert role(crossing(), steps, claims) == expected


def test_two_steps_of_one_proportion_keep_it() -> None:
    assert role(crossing(), ["turn", "again"], []) == "permitted"
    assert role(crossing(("alike", "again", "turn"), ("alike", "turn", "again")), ["turn", "again"], []) == "explained"


def test_what_gathers_is_a_conflict_only_where_nothing_else_runs_and_the_claim_speaks_of_it() -> None:
    assert rules(crossing(), ["vanish", "emerge"], ["lingers"]) == [("o", "gathers")]
    assert rules(crossing(), ["vanish", "emerge"], ["lingers"], ["closed"]) == []
    elsewhere: Row = ("limited_to", "lingers", "p/h")
    assert rules(crossing(elsewhere, ("stage", "p/h")), ["vanish", "emerge"], ["lingers"]) == []
    assert rules(crossing(("limited_to", "lingers", "p/g")), ["vanish", "emerge"], ["lingers"]) == [("o", "gathers")]


def test_what_is_in_equilibrium_keeps_a_share() -> None:
    assert rules(crossing(("preceded_by", "lingers", "vanish")), ["vanish", "emerge"], ["lingers"]) == []
