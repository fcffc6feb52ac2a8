"""Why something does not follow: what each rule that could have given it lacks; where it does follow, it is proved."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.errors import BadInputError, MechkgError
from mechkg.reasoning.render import as_text
from mechkg.service.why_not import why_not
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def test_what_cannot_be_there_is_said_with_the_step_that_is_not_part(small: Workspace) -> None:
    [answer] = why_not(small, SPACE, "strays", about="B", at="run/watch").answers
    assert (answer.asked, answer.holds) == ('possible("b","run/watch")', False)
    text = as_text(answer.proof)
    assert text.startswith("No B can be there in run, dispersed in 3 mL water, because\n")
    assert "turning is not part of this candidate" in text


def test_what_can_be_there_is_followed_up(small: Workspace) -> None:
    """Can it be there, must it be there at the start, at the end, must it be seen."""
    answers = why_not(small, SPACE, "both", about="C", at="run/watch").answers
    assert [(a.asked.partition("(")[0], a.holds) for a in answers] == [
        ("possible", True),
        ("available", False),
        ("left", False),
        ("expected", True),
    ]
    assert "Straying is prompt in water [prompt; cited]" in as_text(answers[-1].proof)


def test_without_what_it_rests_on_it_does_not_follow(small: Workspace) -> None:
    [answer] = why_not(small, SPACE, "both", predicate="expected(c, run/watch)", without=["prompt"]).answers
    assert not answer.holds
    assert answer.proof.standing == "absent"
    assert answer.proof.sentence.startswith("C need not be seen in run, dispersed in 3 mL water")


def test_a_conflict_that_is_not_there_says_how_the_observation_is_met(small: Workspace) -> None:
    """What was not seen need not be seen; what was seen can be there."""
    none, unseen = why_not(small, SPACE, "turns", predicate="conflict(no-c)").answers
    assert (none.holds, none.proof.sentence) == (False, "the observation no-c is met: no rule finds a conflict")
    assert (unseen.asked, unseen.holds) == ('expected("c","run/watch","_")', False)
    assert "straying is not part of this candidate" in as_text(unseen.proof)
    _, seen = why_not(small, SPACE, "turns", predicate="conflict(b-seen)").answers
    assert (seen.asked, seen.holds) == ('possible("b","run/watch")', True)
    [conflict] = why_not(small, SPACE, "both", predicate="conflict(no-c)").answers
    assert conflict.holds


def test_the_rule_that_comes_nearest_says_what_is_missing_first(small: Workspace) -> None:
    """No assumption says that turning is prompt, so B need not be seen though it can form."""
    [answer] = why_not(small, SPACE, "turns", predicate="expected(b, run/watch)").answers
    assert not answer.holds
    text = as_text(answer.proof)
    assert text.startswith("B need not be seen in run, dispersed in 3 mL water; what is missing first\n")
    assert "turning is not known to be prompt in run, dispersed in 3 mL water" in text


def test_what_is_left_open_counts_the_others(small: Workspace) -> None:
    [answer] = why_not(small, SPACE, "turns", predicate="on(turn)").answers
    assert (answer.holds, answer.others) == (True, 0)
    [answer] = why_not(small, SPACE, "both", predicate="possible(_, run/watch)").answers
    assert answer.holds
    assert answer.others >= 2


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"predicate": "posible(b, run/watch)"}, "no predicate called 'posible' (did you mean 'possible'?)"),
        ({"predicate": "possible(b, run/wach)"}, "did you mean 'run/watch'?"),
        ({"predicate": "possible"}, "say of what: possible(participant, stage)"),
        ({"predicate": "possible(b, run/watch, 3)"}, "'possible' has 2 arguments, and 3 were given"),
        ({"predicate": "((("}, "cannot be read"),
        ({"about": "B", "at": "run"}, "'run' is a procedure with several stages (name one: run/watch)"),
        ({"about": "Q", "at": "run/watch"}, "no species or chemical in 'small' called 'Q'"),
        ({"about": "B"}, "give a predicate, or a species together with a stage"),
        ({}, "give a predicate, or a species together with a stage"),
        ({"predicate": "possible(b, run/watch)", "about": "B", "at": "run/watch"}, "it is not clear what is asked"),
    ],
)
def test_what_cannot_be_asked(small: Workspace, asked: dict[str, Any], error: str) -> None:
    with pytest.raises(MechkgError) as raised:
        why_not(small, SPACE, "both", **asked)
    assert error in str(raised.value)


def test_one_candidate_is_asked_of(small: Workspace) -> None:
    with pytest.raises(BadInputError, match="no candidate is asked for"):
        why_not(small, SPACE, predicate="on(turn)")
