"""What can be done upon one assertion, and when it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.assertions import accept, propose, reject, retract, supersede
from mechkg.curation.batch import successor
from mechkg.curation.ledger import Ledger
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


# --- propose ------------------------------------------------------------------------------------------------------------


def test_a_proposal_waits(ledger: Ledger, claim: Maker) -> None:
    act = propose(ledger, claim(), actor=" ana ", reason="  seen in a table ")
    assert (act.position, act.kind, act.assertion, act.actor, act.reason) == (1, "propose", claim().id, "ana", "seen in a table")
    assert ledger.status(claim().id) == "proposed"
    assert ledger.accepted() == {}


def test_what_was_given_up_may_be_proposed_anew(ledger: Ledger, claim: Maker) -> None:
    record = claim()
    propose(ledger, record, actor="ana")
    reject(ledger, record.id, reason="misread", actor="bo")
    propose(ledger, record, actor="ana")
    accept(ledger, record.id, actor="bo")
    retract(ledger, record.id, reason="misread after all", actor="bo")
    assert propose(ledger, record, actor="ana").position == 6
    assert len(ledger.assertions()) == 1  # the same content is the same assertion


def test_what_waits_or_counts_is_not_proposed_again(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    with pytest.raises(RefusedActError, match="'a-1': it is already proposed, by ana in act 1"):
        propose(ledger, claim(), actor="bo")
    accept(ledger, claim().id, actor="ana")
    with pytest.raises(RefusedActError, match="it is accepted, by ana in act 2"):
        propose(ledger, claim(), actor="bo")
    assert ledger.position() == 2


# --- accept -------------------------------------------------------------------------------------------------------------


def test_what_is_accepted_counts(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    act = accept(ledger, claim().id, actor="bo", reason="checked against the figure")
    assert (act.position, act.kind, act.actor, act.reason) == (2, "accept", "bo", "checked against the figure")
    assert ledger.accepted() == {claim().id: claim()}


def test_only_what_is_proposed_is_accepted(ledger: Ledger, claim: Maker) -> None:
    with pytest.raises(RefusedActError, match=r"does not know it \(propose it first\)"):
        accept(ledger, claim().id, actor="bo")
    propose(ledger, claim(), actor="ana")
    reject(ledger, claim().id, reason="misread", actor="bo")
    with pytest.raises(RefusedActError, match=r"it is rejected, by bo in act 2 \(propose it anew first\)"):
        accept(ledger, claim().id, actor="bo")
    propose(ledger, claim(), actor="ana")
    accept(ledger, claim().id, actor="bo")
    with pytest.raises(RefusedActError, match="it is already accepted"):
        accept(ledger, claim().id, actor="bo")
    assert ledger.position() == 4


# --- reject -------------------------------------------------------------------------------------------------------------


def test_what_is_rejected_stays_with_its_reason(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    act = reject(ledger, claim().id, reason="the figure shows something else", actor="bo")
    assert ledger.status(claim().id) == "rejected"
    assert ledger.history("a-1")[-1] == act
    assert act.reason == "the figure shows something else"
    assert ledger.assertion(claim().id) == claim()


def test_a_reason_is_owed_to_reject(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    with pytest.raises(RefusedActError, match="without a reason"):
        reject(ledger, claim().id, reason=" ", actor="bo")
    assert ledger.status(claim().id) == "proposed"


def test_what_is_accepted_is_not_rejected(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    accept(ledger, claim().id, actor="ana")
    with pytest.raises(RefusedActError, match=r"it is accepted, .*\(supersede or retract it first\)"):
        reject(ledger, claim().id, reason="late doubt", actor="bo")
    assert ledger.status(claim().id) == "accepted"


# --- supersede ----------------------------------------------------------------------------------------------------------


def _accepted(ledger: Ledger, *records: AssertionRecord) -> None:
    for record in records:
        propose(ledger, record, actor="ana")
        accept(ledger, record.id, actor="ana")


def test_the_reason_names_the_successor(ledger: Ledger, claim: Maker) -> None:
    old, new = claim("a-1"), claim("a-2")
    _accepted(ledger, old, new)
    act = supersede(ledger, old.id, by=new.id, reason="the second says both", actor="bo")
    assert act.reason == f"superseded by {new.id}: the second says both"
    assert successor(act.reason) == new.id
    assert ledger.statuses() == {old.id: "superseded", new.id: "accepted"}
    assert successor("because") is None
    assert successor(None) is None


def test_the_successor_must_be_known_and_another(ledger: Ledger, claim: Maker) -> None:
    old = claim("a-1")
    _accepted(ledger, old)
    with pytest.raises(RefusedActError, match="the ledger does not know that one"):
        supersede(ledger, old.id, by=claim("a-2").id, actor="bo")
    with pytest.raises(RefusedActError, match="does not name its successor"):
        supersede(ledger, old.id, by="a-2", actor="bo")
    with pytest.raises(RefusedActError, match="by itself"):
        supersede(ledger, old.id, by=old.id, actor="bo")
    assert ledger.status(old.id) == "accepted"


def test_the_successor_must_count_itself(ledger: Ledger, claim: Maker) -> None:
    old, new = claim("a-1"), claim("a-1", "better words")
    _accepted(ledger, old)
    propose(ledger, new, actor="ana")
    with pytest.raises(RefusedActError, match=r"which is proposed \(accept the successor in the same batch\)"):
        supersede(ledger, old.id, by=new.id, actor="bo")
    assert ledger.statuses() == {old.id: "accepted", new.id: "proposed"}


def test_only_what_is_accepted_is_superseded(ledger: Ledger, claim: Maker) -> None:
    old, new = claim("a-1"), claim("a-2")
    _accepted(ledger, new)
    propose(ledger, old, actor="ana")
    with pytest.raises(RefusedActError, match="it is proposed"):
        supersede(ledger, old.id, by=new.id, actor="bo")


# --- retract ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_retracted_no_longer_counts(ledger: Ledger, claim: Maker, accepted: bool) -> None:
    propose(ledger, claim(), actor="ana")
    if accepted:
        accept(ledger, claim().id, actor="ana")
    act = retract(ledger, claim().id, reason="the paper was withdrawn", actor="bo")
    assert act.reason == "the paper was withdrawn"
    assert ledger.status(claim().id) == "retracted"
    assert ledger.accepted() == {}


def test_a_reason_is_owed_to_retract(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    with pytest.raises(RefusedActError, match=r"without a reason \(say why in a sentence\)"):
        retract(ledger, claim().id, reason="", actor="bo")
    assert ledger.position() == 1


def test_what_is_gone_is_not_retracted(ledger: Ledger, claim: Maker) -> None:
    with pytest.raises(RefusedActError, match="does not know it"):
        retract(ledger, claim().id, reason="why not", actor="bo")
    propose(ledger, claim(), actor="ana")
    retract(ledger, claim().id, reason="misread", actor="bo")
    with pytest.raises(RefusedActError, match="already retracted, by bo in act 2"):
        retract(ledger, claim().id, reason="misread", actor="ana")
