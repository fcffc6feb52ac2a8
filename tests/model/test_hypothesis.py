"""Hypothesis spaces: what an effect needs, and what a candidate must meet."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mechkg.model.hypothesis import Constraint, Effect, HypothesisSpace

SPACE: dict[str, Any] = {
    "id": "space",
    "title": "A space",
    "question": "Which?",
    "optional": ["there", "back", "other"],
    "constraints": [{"kind": "all-or-none", "steps": ["there", "back"]}],
    "procedures": ["run"],
    "candidates": [{"id": "both", "title": "both ways", "steps": ["there", "back"]}],
}


def test_a_space_that_holds_together() -> None:
    assert HypothesisSpace.model_validate(SPACE).candidates[0].steps == ("there", "back")


@pytest.mark.parametrize(
    ("steps", "message"),
    [(["there"], "'there' and 'back' go together"), (["elsewhere"], "uses elsewhere, not among the optional steps")],
)
def test_a_candidate_outside_its_space_is_refused(steps: list[str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        HypothesisSpace.model_validate(SPACE | {"candidates": [{"id": "odd", "title": "odd", "steps": steps}]})


def test_two_candidates_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two candidates have the same id"):
        HypothesisSpace.model_validate(SPACE | {"candidates": SPACE["candidates"] * 2})


@pytest.mark.parametrize(
    ("kind", "on", "fine"),
    [
        ("one-of", [], False),
        ("one-of", ["a"], True),
        ("one-of", ["a", "b"], False),
        ("all-or-none", [], True),
        ("all-or-none", ["a"], False),
        ("all-or-none", ["a", "b"], True),
        ("at-least-one", [], False),
        ("at-least-one", ["b"], True),
    ],
)
def test_constraints(kind: str, on: list[str], fine: bool) -> None:
    assert (Constraint.model_validate({"kind": kind, "steps": ["a", "b"]}).broken_by(on) is None) == fine


@pytest.mark.parametrize(
    ("effect", "missing"),
    [
        ({"kind": "converts", "step": "a"}, "needs within"),
        ({"kind": "may-outrun", "step": "a"}, "needs over"),
        ({"kind": "detects"}, "needs method, limit"),
    ],
)
def test_an_effect_says_what_it_lacks(effect: dict[str, str], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        Effect.model_validate(effect)
