"""Hypothesis spaces: what an effect needs, and what a candidate must meet."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mechkg.model.hypothesis import Constraint, Effect, HypothesisSpace, Postulate

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
    [(["there"], "'there' and 'back' go together"), (["elsewhere"], "uses 'elsewhere', which is not among the optional steps")],
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
        ("at-most-one", [], True),
        ("at-most-one", ["a", "b"], False),
        ("requires", ["a"], False),
        ("requires", ["b"], True),
        ("requires", ["a", "b"], True),
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
        ({"kind": "applies"}, "needs observation"),
        ({"kind": "leads-to", "observation": "o"}, "needs a step or a postulate"),
        ({"kind": "forbids", "observation": "o", "step": "s", "postulate": "p"}, "and not both"),
        ({"kind": "level", "species": "x"}, "needs level"),
    ],
)
def test_an_effect_says_what_it_lacks(effect: dict[str, str], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        Effect.model_validate(effect)


CLAIMS: dict[str, Any] = SPACE | {
    "postulates": [{"id": "slow-there", "statement": "Going there is slow.", "kind": "rate-determining", "step": "there"}]
}


def test_a_candidate_makes_a_claim_of_its_space() -> None:
    candidate = {"id": "both", "title": "both ways", "steps": ["there", "back"], "postulates": "slow-there"}
    space = HypothesisSpace.model_validate(CLAIMS | {"candidates": [candidate]})
    assert space.candidates[0].postulates == ("slow-there",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"candidates": [{"id": "x", "title": "x", "steps": ["other"], "postulates": "slow-their"}]},
            "candidate 'x' makes the claim 'slow-their', which the space does not have; did you mean 'slow-there'",
        ),
        (
            {"constraints": [{"kind": "at-most-one", "steps": ["there"], "postulates": ["slow"]}]},
            "names the claim 'slow', which the space does not have",
        ),
        (
            {"constraints": [{"kind": "analogy", "steps": ["there", "back"], "assumption": "alike"}]},
            "rests on 'alike', which the space does not assume",
        ),
        ({"constraints": [{"kind": "analogy", "steps": ["there", "back"]}]}, "needs the assumption"),
        ({"constraints": [{"kind": "all-or-none", "steps": ["there"]}]}, "needs at least 2 steps or postulates"),
        ({"postulates": CLAIMS["postulates"] * 2}, "two postulates have the same id"),
        (
            {"postulates": [{"id": "p", "statement": "It is.", "kind": "rate-determining", "step": "theere"}]},
            "about the step 'theere'.*did you mean 'there'",
        ),
        ({"optional": [], "postulates": [], "constraints": [], "candidates": []}, "candidates"),
    ],
)
def test_claims_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        HypothesisSpace.model_validate(CLAIMS | change)


@pytest.mark.parametrize(
    ("postulate", "message"),
    [
        ({"kind": "rate-determining"}, "needs step"),
        ({"kind": "slower", "step": "s"}, "needs than"),
        ({"kind": "slower", "step": "s", "than": "s"}, "slower than itself"),
        ({"kind": "predicts"}, "needs predicts"),
        ({"kind": "rate-determining", "step": "s", "after": ["s"]}, "comes? before itself"),
    ],
)
def test_a_postulate_says_what_it_lacks(postulate: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Postulate.model_validate({"id": "p", "statement": "It is so.", **postulate})


def test_a_constraint_says_who_needs_the_rest() -> None:
    constraint = Constraint.model_validate({"kind": "requires", "steps": ["a", "b"], "postulates": ["p"], "first": "p"})
    assert constraint.members == ("p", "a", "b")
    assert constraint.broken_by(["a"], ["p"]) == "'p' needs 'b'"
    assert constraint.broken_by(["a"]) is None
