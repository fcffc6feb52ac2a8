"""Retracting: what counts or waits is taken back, with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.retract import retract
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_retracted_no_longer_counts(ledger: Ledger, claim: Maker, accepted: bool) -> None:
    propose(ledger, claim(), actor="ana")
    if accepted:
        accept(ledger, claim().id, actor="ana")
    act = retract(ledger, claim().id, reason="the paper was withdrawn", actor="bo")
    assert act.reason == "the paper was withdrawn"
    assert ledger.status(claim().id) == "retracted"
    assert ledger.accepted() == {}


def test_a_reason_is_owed(ledger: Ledger, claim: Maker) -> None:
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
