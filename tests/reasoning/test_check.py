"""Verdicts on a small case, one rule at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.errors import NotFoundError
from mechkg.model.verdict import CandidateVerdict
from mechkg.reasoning.check import check
from mechkg.reasoning.problem import Problem
from tests.reasoning.conftest import observed

Make = Callable[..., Problem]
NOT_SEEN = observed("o", "absent", "b", "p/promoter", 3600)
SEEN = observed("o", "present", "b", "p/promoter", 60)


def verdict(problem: Problem, name: str, *without: str) -> CandidateVerdict:
    return check(problem, [name], without).candidates[0]


def test_a_product_that_must_be_seen_and_is_not_rules_out(problem: Make) -> None:
    found = verdict(problem(NOT_SEEN), "yes")
    assert found.verdict == "ruled out"
    [conflict] = found.conflicts
    assert (conflict.observation, conflict.rule) == ("o", "absent-but-expected")
    assert set(conflict.assumptions) == {"prompt", "limit"}


@pytest.mark.parametrize("assumption", ["prompt", "limit"])
def test_each_assumption_named_is_needed(problem: Make, assumption: str) -> None:
    assert verdict(problem(NOT_SEEN), "yes", assumption).verdict != "ruled out"


def test_absence_says_nothing_before_the_time_is_up(problem: Make) -> None:
    assert verdict(problem(observed("o", "absent", "b", "p/promoter", 30)), "yes").conflicts == ()


def test_absence_that_was_only_looked_for_later_says_nothing(problem: Make) -> None:
    """What must be seen within a minute may be gone again after an hour."""
    late = [row if row[0] != "looked_from" else ("looked_from", "o", "p/promoter", 3600) for row in NOT_SEEN]
    assert verdict(problem(late), "yes").conflicts == ()


def test_absence_of_what_is_not_visible_says_nothing(problem: Make) -> None:
    assert verdict(problem(NOT_SEEN, leave_out=(("visible", "b"),)), "yes").conflicts == ()


def test_without_the_promoter_nothing_is_expected(problem: Make) -> None:
    assert verdict(problem(NOT_SEEN, leave_out=(("is_a", "q", "Promoter"),)), "yes").conflicts == ()


def test_a_competitor_may_be_faster_and_the_choice_is_reported(problem: Make) -> None:
    found = verdict(problem(NOT_SEEN), "both")
    assert found.conflicts == ()
    assert found.orders == ("drain outruns Conversion in 1 mL q + 2 mL s",)


def test_a_competitor_that_is_barred_does_not_help(problem: Make) -> None:
    found = verdict(problem(NOT_SEEN, [("not_outrun", "same", "convert")]), "both")
    assert found.verdict == "ruled out"
    assert "same" in found.conflicts[0].assumptions


def test_what_is_seen_with_no_step_to_make_it_is_impossible(problem: Make) -> None:
    found = verdict(problem(SEEN), "no")
    assert [(c.rule, c.assumptions) for c in found.conflicts] == [("present-but-impossible", ("closed",))]
    assert verdict(problem(SEEN), "no", "closed").conflicts == ()


def test_what_is_seen_and_made_is_explained(problem: Make) -> None:
    found = verdict(problem(SEEN), "yes")
    assert (found.verdict, found.explained) == ("survives", ("o",))


def test_what_vanishes_needs_a_way_out(problem: Make) -> None:
    falls = observed("o", "disappears", "b", "p/promoter", 3600)
    assert [c.rule for c in verdict(problem(falls), "yes").conflicts] == ["vanishes-without-sink"]
    away = [("consumes", "drain", "b")]
    assert verdict(problem(falls, away), "both").conflicts == ()


def test_an_observation_of_what_takes_no_part_is_silent(problem: Make) -> None:
    found = verdict(problem(SEEN, observed("x", "present", "other", "p/solvent", 60)), "yes")
    assert found.silent == ("x",)


def test_a_candidate_that_nothing_bears_on_is_not_covered(problem: Make) -> None:
    found = verdict(problem(observed("x", "present", "other", "p/solvent", 60)), "yes")
    assert found.verdict == "not covered"


def test_steps_put_together_on_the_spot(problem: Make) -> None:
    from mechkg.model.hypothesis import Candidate

    [found] = check(problem(SEEN), extra=[Candidate(id="mine", title="mine", steps=("convert",))]).candidates
    assert (found.id, found.verdict) == ("mine", "survives")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"candidates": ["yess"]}, "no candidate of 'case' called 'yess'.*'yes'"),
        ({"without": ["promt"]}, "no assumption called 'promt'.*'prompt'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(problem: Make, arguments: dict[str, list[str]], message: str) -> None:
    with pytest.raises(NotFoundError, match=message):
        check(problem(SEEN), **arguments)
