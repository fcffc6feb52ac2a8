"""What holds of each species at each stage: by hand for the small case, against proofs for the papers."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.check import AD_HOC
from mechkg.service.course import At, Course, course, procedures_of
from mechkg.service.why_not import why_not
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE

MAIN = "cdtese-msc399"
STAGE = "run/watch"


def at(found: Course, stage: str, species: str) -> At:
    told = found.stages[stage].at(species)
    assert told is not None
    return told


def test_straying_by_hand(small: Workspace) -> None:
    """A was put in and may go. C must be seen within five minutes and was not; B cannot be there and was seen."""
    found = course(small, SPACE, "strays", Setting())
    a, b, c, d = (at(found, STAGE, name) for name in "abcd")
    assert (a.possible, a.available, a.left, a.expected, a.seen) == (True, True, False, None, None)
    assert (b.possible, b.available, b.expected, b.seen) == (False, False, None, True)
    assert [each.rule for each in b.contradictions] == ["present-but-impossible"]
    assert (c.possible, c.available, c.expected, c.seen, c.gone) == (True, False, 300, False, True)
    assert [(each.rule, each.observation) for each in c.contradictions] == [("absent-but-expected", "no-c")]
    # nothing was said of how little of D would be seen
    assert (d.possible, d.seen, [note.seen for note in d.noted]) == (False, None, [None])
    stage = found.stages[STAGE]
    assert (stage.runs, stage.prompt) == (("stray",), ("stray",))
    assert {each.observation for each in stage.contradictions} == {"b-seen", "no-c"}


def test_turning_by_hand(small: Workspace) -> None:
    found = course(small, SPACE, "turns", Setting())
    a, b, c, _ = (at(found, STAGE, name) for name in "abcd")
    assert (a.available, a.left) == (True, False)
    # B can be there; that turning is prompt is not assumed
    assert (b.possible, b.expected, b.seen, b.contradictions) == (True, None, True, ())
    assert (c.possible, c.seen, c.contradictions) == (False, False, ())
    assert found.stages[STAGE].runs == ("turn",)
    assert found.stages[STAGE].contradictions == ()


def test_a_withdrawn_assumption_takes_the_expectation_away(small: Workspace) -> None:
    found = course(small, SPACE, "strays", Setting(without=("prompt",)))
    c = at(found, STAGE, "c")
    assert (c.possible, c.expected, c.contradictions) == (True, None, ())
    # an observation that is left out is not noted either
    found = course(small, SPACE, "strays", Setting(ignoring=("b-seen",)))
    b = at(found, STAGE, "b")
    assert (b.noted, b.seen, b.contradictions) == ((), None, ())


def test_the_missing_cluster_of_the_first_figure(shipped: Workspace) -> None:
    found = course(shipped, MAIN, "eq2", Setting())
    missing = at(found, "z-f1/add-ota", "cdse-msc-415")
    assert (missing.expected, missing.seen) == (3600, False)
    assert ("absent-but-expected", "z-f1-o14") in {(each.rule, each.observation) for each in missing.contradictions}
    played = found.procedure("z-f1")
    assert played is not None
    assert played.stages == (
        "z-prep/cdte-ip", "z-prep/cdse-ip", "z-prep/mix", "z-f1/incubate", "z-f1/disperse", "z-f1/add-ota",
    )  # fmt: skip
    assert found.conflicting(played) == 1
    assert found.stages["z-f1/add-ota"].continues == ("z-f1/disperse",)


@pytest.mark.parametrize("candidate", ["eq1", "eq2"])
def test_it_says_what_is_proved_one_by_one(shipped: Workspace, candidate: str) -> None:
    found = course(shipped, MAIN, candidate, Setting())
    stage = "z-f1/add-ota"
    for told in found.stages[stage].species:
        answers = {
            answer.asked.partition("(")[0]: answer.holds
            for answer in why_not(shipped, MAIN, candidate, about=told.species, at=stage).answers
        }
        assert answers["possible"] == told.possible
        if told.possible:  # of what cannot be there nothing more is asked
            assert answers == {
                "possible": True, "available": told.available, "left": told.left, "expected": told.expected is not None,
            }  # fmt: skip


def test_one_put_together_says_what_the_named_one_says(shipped: Workspace) -> None:
    pathway = next(each for each in shipped.catalog.space(MAIN).candidates if each.id == "eq2")
    named = course(shipped, MAIN, "eq2", Setting())
    own = course(shipped, MAIN, AD_HOC, Setting(steps=pathway.steps))
    assert own.steps == named.steps
    for name, stage in named.stages.items():
        other = own.stages[name]
        assert stage.runs == other.runs
        assert [(a.possible, a.available, a.left, a.expected, a.noted) for a in stage.species] == [
            (a.possible, a.available, a.left, a.expected, a.noted) for a in other.species
        ]


def test_stages_come_after_those_that_they_continue(shipped: Workspace) -> None:
    for entry in shipped.catalog.by_kind["space"]:
        for played in procedures_of(shipped, entry.id):
            assert len(set(played.stages)) == len(played.stages)
            own = [name for name in played.stages if name.startswith(f"{played.id}/")]
            assert own, played.id


def test_order_within_the_course(shipped: Workspace) -> None:
    found = course(shipped, MAIN, "eq1", Setting())
    for played in found.procedures:
        for place, name in enumerate(played.stages):
            if name in found.stages:
                assert set(found.stages[name].continues) <= set(played.stages[:place])


def test_what_there_is_not(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'eq2'"):
        course(shipped, MAIN, "eq22", Setting())
    with pytest.raises(BadInputError, match="no candidate"):
        course(shipped, MAIN, AD_HOC, Setting(steps=("eq-2-forward",)))
