"""A reading that follows another: a space that is the same is not worked out again, one that differs in anything is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mechkg.reasoning.check import check as check_problem
from mechkg.service.accept import accept
from mechkg.service.reading import Reading
from mechkg.service.retract import retract
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN
from tests.service.changes import LIMIT, REMARK, changed

SPACE, OTHER = "cdtese-msc399", "cdse-platelets"


@pytest.fixture
def followed(curated: Workspace) -> Workspace:
    """A workspace that keeps nothing in its folder, as under many acts, and has worked two spaces out."""
    curated.home = None
    for space in (SPACE, OTHER):
        assert check_problem(curated.problem(space), (), (), (), ()).graph_version == curated.version
    return curated


def afresh(workspace: Workspace) -> Reading:
    """What counts now, read without anything that was read before."""
    return Reading(workspace.version, workspace.store, workspace.catalog)


def agrees(workspace: Workspace) -> bool:
    """Say whether both spaces are what they are when read afresh, and their answers too."""
    anew = afresh(workspace)
    pairs = [(workspace.problem(space), anew.problem(space)) for space in (SPACE, OTHER)]
    answers = [(check_problem(one, (), (), (), ()), check_problem(other, (), (), (), ())) for one, other in pairs]
    return all(one == other for one, other in (*pairs, *answers))


def test_what_is_the_same_is_not_worked_out_again(followed: Workspace) -> None:
    before = {space: followed.problem(space) for space in (SPACE, OTHER)}
    for number in range(3):  # and once more, of what was taken over already
        accept(followed, BEN, changed(followed, REMARK, note=f"looked at {number} times").id, revision=1)
        now = {space: followed.problem(space) for space in (SPACE, OTHER)}
        assert all(now[space].version == followed.version > before[space].version for space in now)
        assert all(now[space].program is before[space].program for space in now)
        assert agrees(followed)


def test_a_space_that_was_not_asked_for_meanwhile_is_still_known(followed: Workspace) -> None:
    before = followed.problem(OTHER)
    for number in range(2):
        accept(followed, BEN, changed(followed, REMARK, note=f"looked at {number} times").id, revision=1)
        followed.problem(SPACE)
    assert followed.problem(OTHER).program is before.program


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        (LIMIT, {"effects": None}),  # facts
        ("z-f1-o11", {"kind": "absent"}),
        ("tol", {"names": ["toluene, dry"]}),  # names alone
        (SPACE, {"question": "By which reactions?"}),
        (LIMIT, {"backing": "silent"}),
        (LIMIT, {"statement": "Said otherwise."}),
    ],
)
def test_what_differs_is_read_anew(followed: Workspace, item: str, fields: dict[str, object]) -> None:
    before = followed.problem(SPACE)
    accept(followed, BEN, changed(followed, item, **fields).id, revision=1)
    assert agrees(followed)
    assert replace(followed.problem(SPACE), version=before.version) != before
    record = followed.catalog.entries[REMARK].record
    retract(followed, BEN, record.id, code="other", reason="not wanted")
    assert agrees(followed)
