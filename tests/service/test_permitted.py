"""What somebody may do upon a change set is told as the acts themselves would tell it, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mechkg.errors import MechkgError
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import ActKind, Subject
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.acting import change_set_of
from mechkg.service.comment import comment
from mechkg.service.declare import declare
from mechkg.service.permitted import UPON_SETS, permitted, who_may_review
from mechkg.service.rebase import rebase
from mechkg.service.reject import reject
from mechkg.service.request_changes import request_changes
from mechkg.service.withdraw import withdraw
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, DAN
from tests.service.changes import REMARK, changed

TRIED: dict[ActKind, Callable[..., Any]] = {
    "accept": lambda w, by, found: accept(w, by, found.id, revision=found.revision),
    "reject": lambda w, by, found: reject(w, by, found.id, revision=found.revision, reason="r"),
    "request-changes": lambda w, by, found: request_changes(w, by, found.id, revision=found.revision, reason="r"),
    "withdraw": lambda w, by, found: withdraw(w, by, found.id, revision=found.revision, reason="r"),
    "rebase": lambda w, by, found: rebase(w, by, found.id, revision=found.revision, choices={REMARK: {"note": "ours"}}),
    "comment": lambda w, by, found: comment(w, by, Subject("set", found.id), "words"),
}


def states(workspace: Workspace) -> list[ChangeSet]:
    """Return change sets in every state."""
    open_ = changed(workspace, REMARK, title="open", note="1")
    asked = changed(workspace, "w-06", title="asked", note="2")
    request_changes(workspace, ADA, asked.id, revision=1, reason="r")
    done = changed(workspace, "w-07", title="done", note="3")
    accept(workspace, ADA, done.id, revision=1)
    gone = changed(workspace, "w-08", title="gone", note="4")
    withdraw(workspace, CLEO, gone.id, revision=1, reason="r")
    stale = changed(workspace, "w-09", title="stale", note="5")
    accept(workspace, ADA, changed(workspace, "w-09", note="6").id, revision=1)
    return [change_set_of(workspace, each.id) for each in (open_, asked, done, gone, stale)]


def test_what_is_permitted_is_what_can_be_done(curated: Workspace) -> None:
    for found in states(curated):
        for by in (BEN, CLEO, DAN):
            told = permitted(curated, by, found)
            assert told.acts | told.refused.keys() == set(UPON_SETS)
            position = curated.ledger.position()
            for kind, act in TRIED.items():
                if kind in told.acts:
                    continue
                with pytest.raises(MechkgError):
                    act(curated, by, found)
            assert curated.ledger.position() == position, (found.title, by.person)
    for kind, by in (("accept", BEN), ("reject", BEN), ("request-changes", BEN), ("withdraw", CLEO), ("comment", CLEO)):
        found = changed(curated, REMARK, title=kind, note=kind)
        assert kind in permitted(curated, by, found).acts
        TRIED[kind](curated, by, found)  # type: ignore[index]


def test_a_stale_one_is_rebased_by_its_author_and_not_accepted(curated: Workspace) -> None:
    stale = states(curated)[-1]
    assert "accept" not in permitted(curated, BEN, stale).acts and "reject" in permitted(curated, BEN, stale).acts
    assert "changed since" in permitted(curated, BEN, stale).why_not("accept")
    assert "rebase" in permitted(curated, CLEO, stale).acts


def test_reasons_are_those_of_people(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    assert permitted(curated, None, found).acts == frozenset()
    assert "not signed in" in permitted(curated, None, found).why_not("accept")
    assert "known here" in permitted(curated, Caller("nobody", "web"), found).why_not("comment")
    assert [person.id for person in who_may_review(curated, found)] == ["ada", "ben"]
    declare(curated, BEN, "zhang2020", "I wrote it")
    assert "I wrote it" in permitted(curated, BEN, found).why_not("accept")
    assert "request-changes" in permitted(curated, BEN, found).acts
    assert [person.id for person in who_may_review(curated, found)] == ["ada"]
