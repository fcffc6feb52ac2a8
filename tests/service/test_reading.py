"""A reading that follows another: a space that is the same is not worked out again, one that differs in anything is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mechkg.model.verdict import Check
from mechkg.reasoning.check import check as check_problem
from mechkg.reasoning.problem import Problem
from mechkg.service.accept import accept
from mechkg.service.reading import Reading
from mechkg.service.retract import retract
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN
from tests.service.changes import LIMIT, REMARK, changed

SPACE = "cdtese-msc399"


@pytest.fixture
def followed(curated: Workspace) -> Workspace:
    """A workspace that keeps nothing in its folder, as under many acts, and has worked a space out."""
    curated.home = None
    assert verdicts(curated.problem(SPACE)).graph_version == curated.version
    return curated


def verdicts(problem: Problem) -> Check:
    return check_problem(problem, (), (), (), ())


def agrees(workspace: Workspace) -> bool:
    """Say whether the space is what it is when read without anything that was read before, and the answers too."""
    anew = Reading(workspace.version, workspace.store, workspace.catalog).problem(SPACE)
    now = workspace.problem(SPACE)
    return now == anew and verdicts(now) == verdicts(anew)


def test_what_is_the_same_is_not_worked_out_again(followed: Workspace) -> None:
    before = followed.problem(SPACE)
    for number in range(3):  # and once more, of what was taken over already, also when it was not asked for meanwhile
        accept(followed, BEN, changed(followed, REMARK, note=f"looked at {number} times").id, revision=1)
        if number == 1:
            _ = followed.reading
            continue
        now = followed.problem(SPACE)
        assert now.version == followed.version > before.version
        assert now.program is before.program and now.outcomes is before.outcomes
    assert agrees(followed)


def test_what_differs_is_read_anew(followed: Workspace) -> None:
    """Facts, names alone, the space itself, how an assumption is backed, and what it says."""
    for item, fields in (
        (LIMIT, {"effects": None}),
        ("z-f1-o11", {"kind": "absent"}),
        ("tol", {"names": ["toluene, dry"]}),
        (SPACE, {"question": "By which reactions?"}),
        (LIMIT, {"backing": "silent"}),
        (LIMIT, {"statement": "Said otherwise."}),
    ):
        before = followed.problem(SPACE)
        accept(followed, BEN, changed(followed, item, **fields).id, revision=1)
        assert agrees(followed), (item, fields)
        assert replace(followed.problem(SPACE), version=before.version) != before, (item, fields)
    retract(followed, BEN, followed.catalog.entries[REMARK].record.id, code="other", reason="not wanted")
    assert agrees(followed)
