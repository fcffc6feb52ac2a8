"""Values of the model as plain JSON and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from mechkg.errors import BadInputError
from mechkg.model.belief import Belief, Laboratory, Term
from mechkg.model.plain import plain, read_plain
from mechkg.model.report import Whole
from mechkg.model.verdict import Check
from mechkg.service.belief import belief
from mechkg.service.check import check
from mechkg.service.conflicts import conflicts
from mechkg.service.disagreements import disagreements
from mechkg.service.matrix import matrix
from mechkg.service.next_experiment import next_experiment
from mechkg.service.what_if import what_if
from mechkg.service.whole_space import whole_space
from mechkg.service.why import why
from mechkg.service.workspace import Workspace

SPACE = "cdtese-msc399"

FINDINGS: dict[str, Callable[[Workspace], Any]] = {
    "check": lambda w: check(w, SPACE, without=["amine-converts-cdse-pc"]),
    "why": lambda w: why(w, SPACE, "eq2"),
    "matrix": lambda w: matrix(w, SPACE)[0],
    "conflicts": lambda w: conflicts(w, SPACE, "eq2"),
    "what if": lambda w: what_if(w, SPACE)[0],
    "next experiment": lambda w: next_experiment(w, SPACE)[0],
    "whole space": lambda w: whole_space(w, SPACE)[0],
    "belief": lambda w: belief(w, "cdte-msc-371").belief,
    "disagreement": lambda w: disagreements(w).found[0].disagreement,
    "act": lambda w: next(iter(w.ledger.acts(0))),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_is_found_comes_back_from_json_as_it_was(shipped: Workspace, name: str) -> None:
    found = FINDINGS[name](shipped)
    assert read_plain(type(found), json.loads(json.dumps(plain(found), allow_nan=False))) == found


def test_fractions_stay_exact() -> None:
    term = Term("A", "XRD", Fraction(1, 3), "by the table", ("w-1",), ("c-1",))
    found = Belief((term,), (), (Laboratory("A", ("w-1",)),))
    assert read_plain(Belief, json.loads(json.dumps(plain(found)))) == found


def test_counts_too_large_for_json_writers_come_back_as_numbers() -> None:
    found = Whole(80, 2**80, 2**70, {}, (), 0)
    content = plain(found)
    assert content["candidates"] == str(2**80)
    assert read_plain(Whole, content) == found


def test_what_a_later_version_says_besides_is_left_out(shipped: Workspace) -> None:
    found = check(shipped, SPACE)
    assert read_plain(Check, {**plain(found), "weather": "fine"}) == found


def test_what_is_missing_is_told_with_its_place(shipped: Workspace) -> None:
    content = plain(check(shipped, SPACE))
    del content["candidates"][0]["verdict"]
    with pytest.raises(BadInputError, match=r"Check: candidates\.0\.verdict: Field required"):
        read_plain(Check, content)
