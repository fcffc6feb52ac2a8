"""What waits for whom, and that it goes when it is done."""

from __future__ import annotations

import pytest

from mechkg.curation.declare import declare
from mechkg.errors import ForbiddenError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.assign import assign
from mechkg.service.dispute import dispute
from mechkg.service.request_changes import request_changes
from mechkg.service.retract import retract
from mechkg.service.settle import settle
from mechkg.service.sign_off import sign_off
from mechkg.service.tasks import tasks
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, DAN
from tests.service.changes import REMARK, changed


def told(workspace: Workspace, by: Caller) -> list[tuple[str, str]]:
    return [(task.kind, str(task.subject)) for task in tasks(workspace, by)]


def test_reviews_and_revisions(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="n")
    stale = changed(curated, REMARK, by=BEN, note="m")
    assert told(curated, BEN) == [("review", f"set:{found.id}")]
    assert told(curated, ADA) == [("review", f"set:{found.id}"), ("review", f"set:{stale.id}")]
    assert told(curated, CLEO) == told(curated, DAN) == []
    assert told(curated, Caller("ada", "graphql", Grant("curator"))) == []  # a token that reaches no further
    assert told(curated, Caller("ada", "graphql", Grant("reviewer", "cdte"))) == []
    with pytest.raises(ForbiddenError, match="nobody called 'eve'"):
        tasks(curated, Caller("eve", "python"))
    declare(curated.ledger, ADA, curated.catalog.entries[REMARK].record.document, "wrote it")
    assert told(curated, ADA) == []
    request_changes(curated, BEN, found.id, revision=1, reason="which figure?")
    assert told(curated, CLEO) == [("revise", f"set:{found.id}")] and told(curated, BEN) == []
    assert "ben asks for changes of 'A title': which figure?" in tasks(curated, CLEO)[0].sentence
    other = changed(curated, REMARK, note="o")
    accept(curated, BEN, other.id, revision=1)
    assert told(curated, BEN) == [("rebase", f"set:{stale.id}")]


def test_disputes_assignments_and_signatures(curated: Workspace) -> None:
    assertion = Subject("assertion", curated.catalog.entries[REMARK].record.id)
    begun = dispute(curated, CLEO, assertion, "it says something else", rests_on=["z-f4-o6"])
    assert told(curated, BEN) == [("dispute", str(assertion))] and told(curated, CLEO) == []
    settle(curated, BEN, assertion, "it does not", outcome="dismissed", of=begun.position)
    assert told(curated, BEN) == []
    assign(curated, ADA, Subject("item", REMARK), "cleo", reason="please read Figure 9 again")
    assert told(curated, CLEO) == [("assigned", f"item:{REMARK}")]
    assign(curated, ADA, Subject("item", REMARK), None)
    sign_off(curated, BEN, assertion)
    assert told(curated, CLEO) == told(curated, BEN) == []
    accept(curated, ADA, changed(curated, REMARK, note="n").id, revision=1)
    assert told(curated, BEN) == [("signature", str(assertion))] and told(curated, ADA) == []


def test_a_retraction_calls_for_a_review_of_what_rests_on_it(curated: Workspace) -> None:
    entry = curated.catalog.entries["z-f4-o6"]
    resting = {other.id for other in curated.catalog.referring["z-f4-o6"]}
    assert {"c-z-12", "w-12"} <= resting
    act = retract(curated, BEN, entry.record.id, code="misread", reason="the figure shows another band")
    calls = [task for task in tasks(curated, BEN) if task.kind == "retraction"]
    assert {task.subject.name for task in calls} == resting and {task.act for task in calls} == {act.position}
    assert "rests on 'z-f4-o6', which ben retracted: the figure shows another band" in calls[0].sentence
    settle(curated, BEN, Subject("item", "w-12"), "it does not hang on it", outcome="stands", of=act.position)
    about = [name for name in curated.catalog.entries["c-z-12"].record.body["rests_on"] if name != "z-f4-o6"]
    changed_set = changed(curated, "c-z-12", rests_on=about)
    left = {task.subject.name for task in tasks(curated, BEN) if task.kind == "retraction"}
    assert left == resting - {"w-12"}
    accept(curated, BEN, changed_set.id, revision=1)
    assert {task.subject.name for task in tasks(curated, BEN) if task.kind == "retraction"} == resting - {"w-12", "c-z-12"}
