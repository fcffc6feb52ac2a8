"""The kill matrix as a value, as marks, as CSV and as JSON."""

from __future__ import annotations

import csv
import io

from mechkg.service.check import check
from mechkg.service.matrix import as_csv, as_json, classes, marks, matrix, rate_laws
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def test_what_decides_most_comes_first(small: Workspace) -> None:
    found, _ = matrix(small, SPACE)
    assert found.observations == ("no-c", "b-seen", "no-d")
    rows = dict(zip(found.candidates, found.roles, strict=True))
    assert rows["turns"] == ("explained", "explained", "silent")
    assert rows["both"] == ("conflict", "explained", "silent")
    assert rows["strays"] == ("conflict", "conflict", "silent")


def test_every_part_is_that_of_the_check(shipped: Workspace) -> None:
    found, _ = matrix(shipped, "cdse-platelets")
    verdicts = check(shipped, "cdse-platelets")
    for name, roles in zip(found.candidates, found.roles, strict=True):
        verdict = verdicts.candidate(name)
        assert verdict is not None
        assert {o: verdict.role(o) for o in found.observations} == dict(zip(found.observations, roles, strict=True))
        assert ("conflict" in roles) == (verdict.verdict == "ruled out")


def test_classes_and_rate_laws(small: Workspace) -> None:
    found, words = matrix(small, SPACE)
    assert classes(found) == (("turns", "turns-and-slips"),)
    assert rate_laws(words.problem) == {"k [A]": ("turns", "turns-and-slips")}


def test_observations_with_the_same_marks_are_one_kind(shipped: Workspace) -> None:
    found, words = matrix(shipped, "cdtese-msc399")
    kinds = marks(found, words).kinds
    assert len({kind.roles for kind in kinds}) == len(kinds) < len(found.observations)
    assert sorted(o for kind in kinds for o in kind.observations) == sorted(found.observations)
    columns = dict(zip(found.observations, zip(*found.roles, strict=True), strict=True))
    assert all(columns[o] == kind.roles for kind in kinds for o in kind.observations)
    assert all(kind.words == words.observation(kind.observations[0]) for kind in kinds)


def test_csv_and_json_say_the_same(small: Workspace) -> None:
    found, _ = matrix(small, SPACE, ignoring=["no-d"])
    head, *rows = csv.reader(io.StringIO(as_csv(found)))
    content = as_json(found)
    assert head == ["candidate", *content["observations"]]
    assert rows == [[name, *roles] for name, roles in zip(content["candidates"], content["roles"], strict=True)]
    assert len(rows) == 4


def test_withdrawing_a_premise_changes_the_part(small: Workspace) -> None:
    found, _ = matrix(small, SPACE, without=["prompt"])
    rows = dict(zip(found.candidates, found.roles, strict=True))
    at = found.observations.index("no-c")
    assert rows["both"][at] == "permitted"
