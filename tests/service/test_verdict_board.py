"""Verdicts kept beside what is asked: worked out once, let go of when a change reaches them, and compared with what they were."""

from __future__ import annotations

from time import monotonic, sleep

from mechkg.service.check import check
from mechkg.service.retract import retract
from mechkg.service.verdict_board import keeping, verdict_board, work_out
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN


def only(workspace: Workspace, space: str) -> None:
    """Work out spaces until one is there."""
    while space in verdict_board(workspace).waiting:
        assert work_out(workspace)


def test_what_is_on_the_board_is_what_a_check_finds(curated: Workspace) -> None:
    board = verdict_board(curated)
    assert board.checks == {} and len(board.waiting) == len(curated.catalog.by_kind["space"])
    work_out(curated)
    [(space, found)] = verdict_board(curated).checks.items()
    assert space == board.waiting[0]
    assert found == check(curated, space)


def test_a_change_lets_go_of_what_it_reaches_alone(curated: Workspace) -> None:
    only(curated, "cds-pc-311-kinetics")
    before = verdict_board(curated)
    assert set(before.checks) == {"cdtese-msc399", "cds-pc-311-kinetics"}
    observation = curated.catalog.entries["z-f1-o4"]
    retract(curated, BEN, observation.record.id, code="misread", reason="to see")
    after = verdict_board(curated)
    assert after.version > before.version
    assert set(after.checks) == {"cds-pc-311-kinetics"} and "cdtese-msc399" in after.waiting
    assert after.checks["cds-pc-311-kinetics"].graph_version == after.version
    assert after.changes == ()


def test_verdicts_that_came_out_otherwise_are_told(curated: Workspace) -> None:
    work_out(curated)
    [(space, found)] = verdict_board(curated).checks.items()
    refuted = {one.id: {c.observation for c in one.conflicts} for one in found.candidates if one.verdict == "ruled out"}
    name, against = min(refuted.items(), key=lambda pair: len(pair[1]))
    for observation in against:
        retract(curated, BEN, curated.catalog.entries[observation].record.id, code="misread", reason="to see")
    only(curated, space)
    board = verdict_board(curated)
    now = {one.id: one.verdict for one in board.checks[space].candidates}
    told = {change.candidate: (change.before, change.after) for change in board.changes}
    assert now[name] != "ruled out" and told[name] == ("ruled out", now[name])
    assert all(now[candidate] == after for candidate, (_, after) in told.items())


def test_what_is_missing_is_worked_out_once_somebody_looks(curated: Workspace) -> None:
    with keeping(curated):
        waiting = len(verdict_board(curated).waiting)
        until = monotonic() + 60
        while len(verdict_board(curated).waiting) == waiting and monotonic() < until:
            sleep(0.05)
    # the space in work is finished at the end, and no other is begun
    found = verdict_board(curated)
    assert 1 <= len(found.checks) < len(curated.catalog.by_kind["space"])
    assert len(found.checks) + len(found.waiting) == waiting
