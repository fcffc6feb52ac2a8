"""Reaction networks of spaces: what takes part, what steps come to, what candidates cannot meet."""

from __future__ import annotations

import pytest

from mechkg.errors import NotFoundError
from mechkg.service.check import check, whole
from mechkg.service.pathways import contradictions, network, on_in, standing
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE

MAIN = "cdtese-msc399"


def test_the_network_of_the_small_case(small: Workspace) -> None:
    found = network(small, SPACE)
    assert {node.id: (node.made_by, node.used_by) for node in found.species} == {
        "a": ((), ("turn", "stray", "slip")),
        "b": (("turn",), ()),
        "c": (("stray",), ()),
        "d": (("slip",), ()),
    }
    [turn, stray, slip] = found.steps
    assert [(t.species, t.main) for t in stray.left] == [("a", True)]
    assert [(each.words, each.item, each.medium) for each in stray.promoters] == [("water", "water", "hydrocarbon solvent")]
    assert not any(step.established or step.reverse for step in (turn, stray, slip))
    assert ("absorbs at", "450 nm") in next(node.facts for node in found.species if node.id == "c")


def test_what_steps_come_to_is_as_worked_out_by_hand(small: Workspace) -> None:
    """B is there, so something made it; C is not, and would be; whether A slips to D nobody can say."""
    found, all_of = network(small, SPACE), whole(small, SPACE)
    assert all_of is not None
    assert standing(found, all_of) == {"turn": "required", "stray": "excluded", "slip": "possible"}
    free = whole(small, SPACE, without=["prompt"])
    assert free is not None
    assert standing(found, free)["stray"] == "possible"


def test_no_survivor_leaves_steps_undecided(shipped: Workspace) -> None:
    space = "times-of-incubation"
    all_of = whole(shipped, space)
    assert all_of is not None and all_of.survivors == 0
    found = network(shipped, space)
    assert {stand for name, stand in standing(found, all_of).items() if name in found.space.optional} <= {"undecided"}


def test_candidates_that_take_a_step(small: Workspace) -> None:
    found = on_in(network(small, SPACE), check(small, SPACE))
    assert found == {"turn": ("turns", "turns-and-slips", "both"), "stray": ("strays", "both"), "slip": ("turns-and-slips",)}


@pytest.mark.parametrize("setting", [Setting(), Setting(without=("amine-converts-cdse-pc",), ignoring=("z-f1-o6",))])
def test_contradictions_are_the_conflicts_of_the_check(shipped: Workspace, setting: Setting) -> None:
    plain = check(shipped, MAIN, without=setting.without, ignoring=setting.ignoring)
    found = contradictions(shipped, MAIN, setting)
    for candidate in plain.candidates:
        told = {(each.observation, each.rule) for each in found if each.candidate == candidate.id}
        assert told == {(conflict.observation, conflict.rule) for conflict in candidate.conflicts}
        for conflict in candidate.conflicts:
            assert any(conflict.brief.endswith(each.brief) for each in found if each.observation == conflict.observation)


def test_what_is_smaller_comes_beside(shipped: Workspace) -> None:
    steps = {step.id: step for step in network(shipped, MAIN).steps}
    forward = steps["eq-2-forward"]
    assert {t.species: t.main for t in (*forward.left, *forward.right)} == {
        "cdse-pc-415": True, "cdte-mf": False, "cdtese-pc-399": True, "cdse-mf": False,
    }  # fmt: skip
    assert forward.mirrors(steps["eq-2-backward"]) and not forward.mirrors(steps["step-1"])
    assert all(t.main for t in steps["mf-coassembly"].left)


@pytest.mark.parametrize("kind", ["space"])
def test_every_space_has_a_network_that_names_only_what_is_there(shipped: Workspace, kind: str) -> None:
    for entry in shipped.catalog.by_kind[kind]:
        found = network(shipped, entry.id)
        species, steps = {node.id for node in found.species}, {step.id for step in found.steps}
        assert steps == {*found.space.background, *found.space.optional} - {*found.gone}
        for step in found.steps:
            assert {t.species for t in (*step.left, *step.right)} <= species
            assert step.reverse is None or step.reverse in steps
        for node in found.species:
            assert {*node.made_by, *node.used_by} <= steps and (node.made_by or node.used_by)


def test_unknown_names_are_told_with_the_nearest(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="cdtese-msc399"):
        network(shipped, "cdtese-msc39")
    with pytest.raises(NotFoundError, match="amine-converts-cdse-pc"):
        contradictions(shipped, MAIN, Setting(without=("amine-converts-cdse-cp",)))
