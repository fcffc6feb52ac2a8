"""The verdicts on the shipped hypothesis space, and what decides them.

This is the table of the README. The candidates, the observations and the assumptions are data; the verdicts follow from general
rules, and this test says what must follow.
"""

from __future__ import annotations

import pytest

from mechkg.model.verdict import CandidateVerdict
from mechkg.service.check import check
from mechkg.service.workspace import Workspace

SPACE = "cdtese-msc399"
SURVIVE = ["eq1", "eq1+eq2", "eq2-with-exchange", "mf-coassembly"]
# candidate -> kind of conflict -> observations among those that decide it
RULED_OUT = {
    "eq2": {"present-but-impossible": {"z-f1-o6"}, "absent-but-expected": {"z-f1-o14"}},
    "msc-msc": {"present-but-impossible": {"z-f2-o2"}},
    "pc-pc": {"absent-but-expected": {"z-f1-o14"}, "size-unchanged": {"s-n5saxs-o1"}},
    "exchange-setop": {"reacts-after-all": {"s-n5x-o1"}},
    "exchange-tetop": {"reacts-after-all": {"s-n5x-o2"}},
    "direct": {"present-but-impossible": {"z-f2-o2"}},
}


def verdict(workspace: Workspace, name: str, *without: str) -> CandidateVerdict:
    [found] = check(workspace, SPACE, candidates=[name], without=without).candidates
    return found


def observations(found: CandidateVerdict, rule: str) -> set[str]:
    return {c.observation for c in found.conflicts if c.rule == rule}


def test_every_candidate_of_the_space_is_covered_here(shipped: Workspace) -> None:
    assert {c.id for c in shipped.catalog.space(SPACE).candidates} == {*SURVIVE, *RULED_OUT}


@pytest.mark.parametrize("name", SURVIVE)
def test_survives(shipped: Workspace, name: str) -> None:
    found = verdict(shipped, name)
    assert found.conflicts == ()
    assert found.verdict == "survives"
    assert "z-f1-o6" in found.explained


@pytest.mark.parametrize("name", RULED_OUT)
def test_ruled_out_by_what_decides_it(shipped: Workspace, name: str) -> None:
    found = verdict(shipped, name)
    assert found.verdict == "ruled out"
    for rule, deciding in RULED_OUT[name].items():
        assert deciding <= observations(found, rule)
    assert all(conflict.assumptions for conflict in found.conflicts)


def test_without_the_amine_assumption_the_missing_cluster_says_nothing_and_eq2_stays_ruled_out(shipped: Workspace) -> None:
    found = verdict(shipped, "eq2", "amine-converts-cdse-pc")
    assert found.verdict == "ruled out"
    missing = {"z-f1-o14", "z-s1-1-o2", "z-f2-o10"}
    assert not missing & {c.observation for c in found.conflicts}
    assert "z-f1-o6" in observations(found, "present-but-impossible")


def test_the_conflict_of_the_missing_cluster_names_what_it_needs(shipped: Workspace) -> None:
    found = verdict(shipped, "eq2")
    [conflict] = [c for c in found.conflicts if c.observation == "z-f1-o14"]
    assert {"amine-converts-cdse-pc", "detection-limit-of-absorption", "back-reaction-shows-in-toluene"} <= set(
        conflict.assumptions
    )


@pytest.mark.parametrize(
    "withdrawn", ["amine-converts-cdse-pc", "nothing-drains-cdse-pc-faster", "detection-limit-of-absorption"]
)
def test_withdrawing_what_the_missing_cluster_needs_lets_it_pass(shipped: Workspace, withdrawn: str) -> None:
    assert "z-f1-o14" not in {c.observation for c in verdict(shipped, "eq2", withdrawn).conflicts}


def test_the_excuse_for_the_as_mixed_samples_is_needed_by_eq1_too(shipped: Workspace) -> None:
    """They hold CdSe PC and show no MSC-415: without the excuse the proposed pathway falls by the same observation."""
    found = verdict(shipped, "eq1", "driven-fragmentation-is-faster")
    assert found.verdict == "ruled out"
    assert observations(found, "absent-but-expected")


def test_without_any_optional_step_nothing_forms(shipped: Workspace) -> None:
    [found] = [c for c in check(shipped, SPACE, candidates=["eq1"], steps=[]).candidates if c.id == "ad-hoc"]
    assert found.verdict == "ruled out"
    assert "z-f2-o2" in observations(found, "present-but-impossible")


def test_solely_eq1_is_not_shown_by_what_is_listed(shipped: Workspace) -> None:
    """More than one candidate survives, so the paper's 'solely' needs more than these observations."""
    verdicts = check(shipped, SPACE).candidates
    assert sum(c.verdict == "survives" for c in verdicts) == len(SURVIVE) > 1


def test_the_assumptions_that_a_conflict_names_suffice_for_it(shipped: Workspace) -> None:
    """With all other assumptions withdrawn at once, each conflict is still there."""
    assumptions = shipped.catalog.space(SPACE).assumptions
    named: dict[tuple[str, tuple[str, ...]], set[tuple[str, str]]] = {}
    for found in check(shipped, SPACE).candidates:
        for conflict in found.conflicts:
            key = (found.id, tuple(a for a in assumptions if a not in conflict.assumptions))
            named.setdefault(key, set()).add((conflict.observation, conflict.rule))
    assert len(named) > 10
    for (candidate, withdrawn), conflicts in named.items():
        left = {(c.observation, c.rule) for c in verdict(shipped, candidate, *withdrawn).conflicts}
        assert conflicts <= left, (candidate, withdrawn)
