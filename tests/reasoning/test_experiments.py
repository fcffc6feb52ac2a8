"""What survivors predict of variations, and which experiment splits them, on a small case."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

from mechkg.model.experiment import Experiment, Plan
from mechkg.reasoning.experiments import _left, plan_experiments
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.variations import variations
from tests.reasoning.conftest import observed

Make = Callable[..., Problem]
LOOKED = observed("o", "absent", "b", "p/promoter", 30)
"""Too early to rule anything out, so that every candidate survives."""
MIXED = [
    ("stage", "p/one"),
    ("stage", "p/two"),
    ("follows", "p/mix", "p/one"),
    ("follows", "p/mix", "p/two"),
    ("holds", "p/one", "a"),
    ("holds", "p/two", "d"),
    ("holds", "p/mix", "d"),
    ("is_a", "q", "Amine"),
    ("is_a", "r", "Amine"),
]


def plan_of(problem: Problem) -> Plan:
    return plan_experiments(problem)


def experiment(found: Plan, change: str) -> Experiment:
    return next(e for e in found.experiments if e.change == change)


def predictions(found: Experiment) -> dict[str, tuple[str, ...]]:
    return {readout.species: readout.predicted for readout in found.readouts}


def test_the_experiment_as_it_was_done_separates_where_only_one_candidate_can_form_the_product(problem: Make) -> None:
    found = plan_of(problem(LOOKED))
    assert found.survivors[:3] == ("yes", "no", "both")
    repeat = experiment(found, "as it was done")
    assert predictions(repeat)["b"][:3] == ("must", "none", "likely")
    assert ("yes", "no") in repeat.separates
    assert any(pair.experiment for pair in found.pairs if (pair.one, pair.other) == ("yes", "no"))


def test_what_nothing_listed_separates_is_said(problem: Make) -> None:
    """Without a visible product nothing can be looked for."""
    found = plan_of(problem(LOOKED, leave_out=(("visible", "b"),)))
    assert found.experiments == ()
    assert found.smallest_set == ()
    assert found.pairs
    assert all(pair.experiment is None for pair in found.pairs)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("portion", "without the portion from p/two"),
        ("deficit", "with little of the portion from p/one"),
        ("leave out", "without q"),
        ("swap", "r in place of q"),
        ("take out", "with A taken out first"),
        ("order", "q first and s after it"),
    ],
)
def test_each_kind_of_variation_is_made(problem: Make, kind: str, change: str) -> None:
    made = {(v.kind, v.change) for v in variations(problem(LOOKED, MIXED))}
    assert (kind, change) in made


def test_a_swapped_promoter_no_longer_promotes(problem: Make) -> None:
    [swapped] = [v for v in variations(problem(LOOKED, MIXED)) if v.kind == "swap"]
    charged = {str(a) for a in swapped.facts if a.name == "charged"}
    assert any('"r"' in atom for atom in charged) and not any('"q"' in atom for atom in charged)
    assert any(a.name == "medium" and "1 mL r" in str(a) for a in swapped.facts)


def test_what_is_taken_out_is_not_there(problem: Make) -> None:
    made = {v.change: v for v in variations(problem(LOOKED, MIXED))}
    held = {
        change: {a.arguments[1] for a in made[change].facts if a.name == "holds" and a.arguments[0] == f"{made[change].name}/mix"}
        for change in ("with A taken out first", "with d taken out first")
    }
    assert held == {"with A taken out first": {"d"}, "with d taken out first": {"a"}}
    # without A nobody can make B, so that experiment splits nobody and is not listed
    assert all("A taken out" not in e.change for e in plan_of(problem(LOOKED, MIXED)).experiments)


def test_what_comes_before_the_change_is_the_stage_of_the_paper(problem: Make) -> None:
    made = next(v for v in variations(problem(LOOKED, MIXED)) if v.change == "without q")
    follows = [a.arguments for a in made.facts if a.name == "follows"]
    assert follows == [(made.watched, "p/solvent")]


def test_the_smallest_set_separates_all_that_can_be_separated(problem: Make) -> None:
    found = plan_of(problem(LOOKED, MIXED))
    chosen = [e for e in found.experiments if e.name in found.smallest_set]
    separable = {(p.one, p.other) for p in found.pairs if p.experiment}
    covered = {pair for e in chosen for pair in (*e.separates, *e.may_separate)}
    assert separable and separable <= covered
    for some in combinations(found.experiments, len(chosen) - 1):
        assert not separable <= {pair for e in some for pair in (*e.separates, *e.may_separate)}


def test_of_experiments_that_predict_the_same_the_cheapest_is_kept(problem: Make) -> None:
    found = plan_of(problem(LOOKED, MIXED))
    told = [(e.kind == "deficit", tuple((r.species, r.predicted) for r in e.readouts)) for e in found.experiments]
    assert len(told) == len(set(told))
    assert found.considered > len(found.experiments)


def test_survivors_left_are_counted_by_outcome() -> None:
    from mechkg.model.experiment import Readout

    # seen: the first and the third are left; not seen: the second and the third
    assert _left(3, [Readout("b", "B", ("must", "none", "open"))]) == (2, 2.0)
    assert _left(2, [Readout("b", "B", ("must", "none"))]) == (1, 1.0)
    assert _left(2, []) == (2, 2.0)


def test_a_withdrawn_assumption_weakens_predictions(problem: Make) -> None:
    found = plan_experiments(problem(LOOKED), ["prompt"])
    predicted = [p for e in found.experiments for r in e.readouts for p in r.predicted]
    assert "must" not in predicted
