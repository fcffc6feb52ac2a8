"""What accepting a change set would change is told before, and then is so; nothing is changed to find it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mechkg.assets import queries_dir
from mechkg.curation.draft import save
from mechkg.errors import NotFoundError
from mechkg.literature.conclusions import read_maps
from mechkg.model.ledger_record import Subject
from mechkg.reasoning.check import explain, verdict_of
from mechkg.reasoning.conclusions import Assessor
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.experiments import plan_experiments
from mechkg.reasoning.problem import ground
from mechkg.reasoning.render import deciding
from mechkg.reasoning.sweep import sweep
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, RemoveItem
from mechkg.service.check import check, whole
from mechkg.service.conflicts import first_conflict
from mechkg.service.impact import Impact, impact_of
from mechkg.service.impact_conclusions import conclusions_that_change
from mechkg.service.proposal import changed_item
from mechkg.service.reach import spaces_reached
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.sign_off import sign_off, signatures
from mechkg.service.watches import Hypothesis, watch, watch_of
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed, impact_on

SPACE = "cdtese-msc399"


def test_a_verdict_flips_and_flips_back(curated: Workspace) -> None:
    space, candidate = FREED
    effects = curated.catalog.entries[LIMIT].record.body["effects"]
    assert verdict(curated, space, candidate) == "ruled out"

    found = changed(curated, LIMIT, effects=None)
    _, before = impact_of(curated, found.id)
    assert before.acceptable and before.findings == ()
    [change] = [v for v in before.verdicts if (v.space, v.candidate) == FREED]
    assert (change.before, change.after, change.flips) == ("ruled out", "survives", True)
    assert change.appear == () and change.vanish
    was, will = change.proof_before(), change.proof()
    assert was is not None and {p.atom.split('"')[1] for p in was.proofs if p.atom} == {c.observation for c in change.vanish}
    assert will is not None and will.candidate.verdict == "survives"
    assert all(s.before != s.after for s in before.standings) and ("pc-399-was-there", "required", "possible") in {
        (s.name, s.before, s.after) for s in before.standings
    }

    assert accept(curated, BEN, found.id, revision=1).status == "accepted"
    assert verdict(curated, space, candidate) == "survives"
    assert told(before, after=True).items() <= now(curated, before.spaces).items()

    back = changed(curated, LIMIT, effects=effects)
    _, again = impact_of(curated, back.id)
    assert told(again, after=False) == told(before, after=True)
    assert told(again, after=True) == told(before, after=False)
    accept(curated, BEN, back.id, revision=1)
    assert verdict(curated, space, candidate) == "ruled out"


def test_a_candidate_without_its_step_is_not_judged(curated: Workspace) -> None:
    before = {c.id: c for c in check(curated, SPACE).candidates}
    naming = {name for name, c in before.items() if "step-2" in c.steps}
    assert "eq1" in naming and before["eq1"].verdict == "survives" and naming != set(before)
    gone = ["step-2"]

    found = impact_on(curated, [RemoveItem("step-2", "other")])
    assert {f.code for f in found.findings} == {"corpus.unknown-name"}  # by a change set it cannot go while it is named

    watched = watch(curated, CLEO, Hypothesis(SPACE, "eq1"))
    own = watch(curated, CLEO, Hypothesis(SPACE, steps=("step-1", "step-2")))
    act = retract(curated, BEN, curated.catalog.entries["step-2"].record.id, code="other", reason="nobody saw it")
    after = check(curated, SPACE)
    for one in after.candidates:
        told = (one.verdict, list(one.gone), one.conflicts, one.explained)
        assert told == ("not covered", gone, (), ()) if one.id in naming else one.gone == ()
        assert deciding(one) == ["it cannot be judged: step-2 no longer counts"] if one.id in naming else True
    assert verdict(curated, SPACE, "eq2") == before["eq2"].verdict == "ruled out"
    [flip] = watch_of(curated.ledger, "cleo", watched.id).flips
    assert (flip.before, flip.after, flip.cause) == ("survives", "not covered", act.position)
    [flip] = watch_of(curated.ledger, "cleo", own.id).flips
    assert (flip.before, flip.after) == ("ruled out", None)

    every = whole(curated, SPACE)
    assert every is not None and "step-2" not in every.standing
    problem = curated.problem(SPACE)
    assert {c.id for c in problem.named} == set(before) - naming
    assert count_survivors(problem).survivors == every.survivors
    assert explain(problem, "eq1").proofs == ()
    assert first_conflict(curated, SPACE, "eq1").gone == ("step-2",)
    assert not naming & set(plan_experiments(problem).survivors)
    with pytest.raises(NotFoundError, match="no optional step called 'step-2'"):
        check(curated, SPACE, steps=["step-2"])

    restore(curated, BEN, act.assertion or "", reason="it was seen")
    assert {c.id: c for c in check(curated, SPACE).candidates} == before


def test_what_cannot_matter_touches_no_space(curated: Workspace) -> None:
    for item in (REMARK, LIMIT, "tol", "z-f4-o6"):
        found = impact_on(curated, [changed_item(curated.catalog, item, {"note": "looked at again"})])
        assert found.acceptable and (found.spaces, found.verdicts, found.standings) == ((), (), ()), item
    assert spaces_reached(curated.catalog, ["tol"])  # not for want of spaces


def test_nothing_is_changed(curated: Workspace) -> None:
    found = changed(curated, LIMIT, effects=None)
    position, version, graph = curated.ledger.position(), curated.version, sorted(curated.store.n_quads().splitlines())
    with curated.shadow() as (_, shadow):
        beside = sorted(shadow.n_quads().splitlines())
    first, again = (impact_of(curated, found.id)[1] for _ in range(2))
    assert first == again and first.verdicts
    assert (curated.ledger.position(), curated.version) == (position, version)
    assert sorted(curated.store.n_quads().splitlines()) == graph
    with curated.shadow() as (_, shadow):
        assert sorted(shadow.n_quads().splitlines()) == beside


def test_spaces_left_out_are_the_same(curated: Workspace) -> None:
    """What is told without looking at every space is what looking at every space tells."""
    asked = [changed_item(curated.catalog, "z-f3-o6", {"kind": "constant"})]
    found = impact_on(curated, asked)
    reached = spaces_reached(curated.catalog, ["z-f3-o6"])
    assert set(found.spaces) <= reached and found.verdicts
    before = {space: now(curated, [space]) for space in reached}
    accept(curated, BEN, changed(curated, "z-f3-o6", kind="constant").id, revision=1)
    after = {space: now(curated, [space]) for space in reached}
    assert {space for space in reached if before[space] != after[space]} == {v.space for v in found.verdicts}


SAMPLED = (
    ("z-f1-o11", {"kind": "absent"}),
    (LIMIT, {"effects": None}),
    ("tol", {"classes": ["Chemical"]}),
)
"""Edits of several kinds that verdicts hang on: a preview of each is held against what comes once it is accepted."""


def test_what_is_told_before_is_so_afterwards(curated: Workspace) -> None:
    """Verdicts, contradictions, standings and conclusions, of every space, each edit upon those before it."""
    spaces = [entry.id for entry in curated.catalog.by_kind["space"]]
    before, flipped = everything(curated, spaces), 0
    for item, fields in SAMPLED:
        asked = changed_item(curated.catalog, item, fields)
        found = impact_on(curated, [asked])
        set_ = changed(curated, item, **fields)
        doubts = {f.hint.split("'")[1]: "so it is" for f in found.findings if f.code == "fit.contradicted" and f.hint}
        accept(curated, BEN, set_.id, revision=1, despite=doubts)
        after = everything(curated, spaces)
        differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        verdicts = {("verdict", v.space, v.candidate) for v in found.verdicts}
        standings = {("standing", s.space, s.name) for s in found.standings}
        assert differing == verdicts | standings, item
        for change in found.verdicts:
            was, will = before[("verdict", change.space, change.candidate)], after[("verdict", change.space, change.candidate)]
            assert (was[0], will[0]) == (change.before, change.after)
            assert {(c.observation, c.kind) for c in change.appear} == {x[:2] for x in will[1] - was[1]}
            assert {(c.observation, c.kind) for c in change.vanish} == {x[:2] for x in was[1] - will[1]}
        for standing in found.standings:
            key = ("standing", standing.space, standing.name)
            assert (before.get(key), after.get(key)) == (standing.before, standing.after)
        before, flipped = after, flipped + any(v.flips for v in found.verdicts)
    assert flipped >= 1


def test_conclusions_are_those_found_afterwards(curated: Workspace) -> None:
    found = impact_on(curated, [changed_item(curated.catalog, LIMIT, {"effects": None})])
    told = {(c.conclusion, c.before, c.after) for c in conclusions_that_change(found)}
    maps = [m for m in read_maps(queries_dir() / "conclusions").values() if m.space in found.spaces]
    before = {m.id: Assessor(curated.problem(str(m.space))).assess(m, lambda _: False).found for m in maps}
    accept(curated, BEN, changed(curated, LIMIT, effects=None).id, revision=1)
    after = {m.id: Assessor(curated.problem(str(m.space))).assess(m, lambda _: False).found for m in maps}
    assert told == {(name, before[name], after[name]) for name in before if before[name] != after[name]} and len(told) == 5


def test_findings_come_first(curated: Workspace) -> None:
    wrong = changed_item(curated.catalog, "z-f4-o6", {"subject": ["nothing-like-it"]})
    found = impact_on(curated, [wrong])
    assert not found.acceptable and found.verdicts == ()
    assert "'subject' of 'z-f4-o6' names 'nothing-like-it'" in found.findings[0].message
    gone = impact_on(curated, [RemoveItem("tol", "misread")])
    assert any("names 'tol'" in finding.message for finding in gone.findings)


def test_disagreements_appear_and_vanish(curated: Workspace) -> None:
    body = {
        "id": "another-composition",
        "kind": "composition",
        "flag": "external",
        "statement": "It is made of 99 units.",
        "entries": [{"formula": "(CdSe)99", "absorption": "434 nm", "species": "cdse-msc-434"}],
    }
    found = impact_on(curated, [PutItem("claim", curated.catalog.by_kind["document"][0].id, body)])
    assert [d.id for d in found.appear] == ["cdse-434-composition"] and found.vanish == ()
    assert "(CdSe)99" in {side.value for side in found.appear[0].sides}


def test_signatures_that_would_go_stale(curated: Workspace) -> None:
    space, candidate = FREED
    signed = sign_off(curated, BEN, Subject("verdict", f"{space}/{candidate}"), reason="looked at the spectra")
    sign_off(curated, BEN, Subject("assertion", curated.catalog.entries[REMARK].record.id))
    found = changed(curated, LIMIT, effects=None)
    assert [s.subject for s in impact_of(curated, found.id)[1].signatures] == [signed.subject]
    accept(curated, BEN, found.id, revision=1)
    assert {str(s.signed.subject): (s.stale, s.says) for s in signatures(curated)}[f"verdict:{space}/{candidate}"] == (
        True,
        "survives",
    )
    assert [s.stale for s in signatures(curated)] == [True, False]


def test_an_unfinished_draft_has_no_impact(curated: Workspace) -> None:
    version = curated.version
    save(curated.ledger, CLEO, {"change": {LIMIT: {"effects": None}}})
    assert curated.version == version and verdict(curated, *FREED) == "ruled out"


def verdict(workspace: Workspace, space: str, candidate: str) -> str:
    [found] = check(workspace, space, candidates=[candidate]).candidates
    return found.verdict


def now(workspace: Workspace, spaces: list[str] | tuple[str, ...]) -> dict[tuple[str, str], str]:
    return {(s, c.id): c.verdict for s in spaces for c in check(workspace, s).candidates}


def everything(workspace: Workspace, spaces: list[str]) -> dict[tuple[str, str, str], Any]:
    """All that is told of some spaces, by clingo and from nothing: verdicts with what stands against them, and standings."""
    told: dict[tuple[str, str, str], Any] = {}
    for space in spaces:
        problem = replace(workspace.problem(space), grounder=ground)
        baseline, *outcomes = problem.outcomes.of([problem.setting(c) for c in (problem.nothing, *problem.space.candidates)])
        for candidate, outcome in zip(problem.space.candidates, outcomes, strict=True):
            against = frozenset((str(a.arguments[0]), str(a.arguments[1]), str(a)) for a in outcome.conflicts)
            told["verdict", space, candidate.id] = verdict_of(outcome, baseline), against
        for name, standing in sweep(problem.program, problem.space).standing.items():
            told["standing", space, name] = standing
    return told


def told(found: Impact, *, after: bool) -> dict[tuple[str, str], str | None]:
    return {(v.space, v.candidate): v.after if after else v.before for v in found.verdicts}
