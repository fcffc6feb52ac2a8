"""A space to work with: what is withdrawn, what flips against the plain space, a candidate of one's own."""

from __future__ import annotations

import pytest

from mechkg.errors import NotFoundError
from mechkg.service.check import check
from mechkg.service.workbench import Setting, reasons, table, workbench
from mechkg.service.workspace import Workspace

SPACE = "msc-399-in-toluene"
MAIN = "cdtese-msc399"


def test_with_all_premises_it_is_the_plain_check(shipped: Workspace) -> None:
    found = workbench(shipped, SPACE, Setting())
    plain = check(shipped, SPACE)
    assert found.check == plain
    assert [row.found for row in found.rows] == [*plain.candidates]
    assert found.flipped == ()
    assert {one.id for one in found.observations} == set(shipped.problem(SPACE).observations)
    assert not any(one.withdrawn for one in found.assumptions)


def test_a_verdict_that_flips_is_marked(shipped: Workspace) -> None:
    found = workbench(shipped, SPACE, Setting(without=("cluster-turns-only-into-its-own-pc",)))
    assert [(row.found.id, row.before, row.found.verdict) for row in found.flipped] == [("falls-apart", "ruled out", "survives")]
    assert [one.id for one in found.assumptions if one.withdrawn] == ["cluster-turns-only-into-its-own-pc"]


def test_an_observation_left_out_is_told(shipped: Workspace) -> None:
    name = shipped.problem(SPACE).observations[0]
    found = workbench(shipped, SPACE, Setting(ignoring=(name,)))
    assert found.check.ignored == (name,)
    assert [one.id for one in found.observations if one.ignored] == [name]


def test_a_candidate_of_ones_own_is_checked_beside_the_others(shipped: Workspace) -> None:
    """Put together from the steps of a named one, it has the verdict of that."""
    pathway = next(each for each in shipped.catalog.space(MAIN).candidates if each.id == "eq2")
    found = workbench(shipped, MAIN, Setting(steps=pathway.steps))
    *named, own = found.rows
    assert own.found.id == "ad-hoc"
    assert own.found.conflicts == next(row for row in named if row.found.id == "eq2").found.conflicts
    assert [one.id for one in found.steps if one.chosen] == [*pathway.steps]
    assert any(one.equation for one in found.steps)


def test_what_is_no_candidate_is_said_and_the_rest_is_there(shipped: Workspace) -> None:
    [step, _] = next(each for each in shipped.catalog.space(MAIN).candidates if each.id == "eq2").steps
    found = workbench(shipped, MAIN, Setting(steps=(step,)))
    assert "this is no candidate" in found.wrong
    assert len(found.rows) == len(shipped.catalog.space(MAIN).candidates)


def test_an_unknown_premise_is_told_with_the_nearest(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="detection-limit-of-absorption"):
        workbench(shipped, SPACE, Setting(without=("detection-limit-of-absorbtion",)))


def test_the_matrix_has_the_roles_of_the_check(shipped: Workspace) -> None:
    plain = check(shipped, SPACE)
    found = table(shipped, plain)
    for observation, roles in found.roles().items():
        assert [*roles] == [candidate.role(observation) for candidate in plain.candidates]
        seen = found.observations[observation]
        assert seen.figure and seen.document in shipped.catalog.entries
        assert f"[{observation}]" not in seen.words


def test_reasons_name_every_observation_in_the_way_once(shipped: Workspace) -> None:
    for candidate in check(shipped, MAIN).candidates:
        found = reasons(candidate)
        assert {name for reason in found for name in reason.observations} == {c.observation for c in candidate.conflicts}
        assert len({reason.brief for reason in found}) == len(found)
