"""Accepting: only what is proposed."""

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
