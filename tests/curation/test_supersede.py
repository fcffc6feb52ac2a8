"""Superseding: an accepted assertion gives way to another accepted one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.batch import successor
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.supersede import supersede
from mechkg.errors import RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


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
