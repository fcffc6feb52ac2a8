"""Rejecting: only what is proposed, with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.reject import reject
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


def test_what_is_rejected_stays_with_its_reason(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    act = reject(ledger, claim().id, reason="the figure shows something else", actor="bo")
    assert ledger.status(claim().id) == "rejected"
    assert ledger.history("a-1")[-1] == act
    assert act.reason == "the figure shows something else"
    assert ledger.assertion(claim().id) == claim()


def test_a_reason_is_owed(ledger: Ledger, claim: Maker) -> None:
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
