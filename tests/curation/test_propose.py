"""Proposing: what is new or was given up may be proposed; what waits or counts may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.reject import reject
from mechkg.curation.retract import retract
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


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
    with pytest.raises(RefusedActError, match=r"item 'a-1'\): it is already proposed, by ana in act 1"):
        propose(ledger, claim(), actor="bo")
    accept(ledger, claim().id, actor="ana")
    with pytest.raises(RefusedActError, match="it is accepted, by ana in act 2"):
        propose(ledger, claim(), actor="bo")
    assert ledger.position() == 2
