"""A batch enters whole or not at all, and keeps the rules that hold at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mechkg.curation.assertions import accept, propose, reject, retract, supersede
from mechkg.curation.batch import NewAct
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError, RefusedActError
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., AssertionRecord]


def test_a_batch_is_kept_with_its_counts(ledger: Ledger, claim: Maker) -> None:
    old, new, other = claim("a-1"), claim("a-1", "better words"), claim("a-2")
    with ledger.batch("spring", "ana", document="paper", file_digest="abc") as batch:
        for record in (old, new, other):
            propose(batch, record)
        accept(batch, old.id)
        accept(batch, new.id)
        supersede(batch, old.id, by=new.id)
        reject(batch, other.id, reason="not in the paper")
        assert batch.state(new.id) is not None
        assert batch.count("propose") == 3
    (kept,) = ledger.batches()
    assert (kept.name, kept.actor, kept.document, kept.file_digest) == ("spring", "ana", "paper", "abc")
    assert (kept.proposed, kept.accepted, kept.rejected, kept.superseded, kept.retracted) == (3, 2, 1, 1, 0)
    assert {act.batch for act in ledger.acts()} == {kept.id}
    assert {act.at for act in ledger.acts()} == {kept.at}


def test_an_error_within_leaves_nothing(ledger: Ledger, claim: Maker) -> None:
    def fail_half_way() -> None:
        with ledger.batch("doomed", "ana") as batch:
            propose(batch, claim())
            accept(batch, claim().id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert (ledger.position(), ledger.assertions(), ledger.batches()) == (0, {}, [])


def test_a_refused_act_changes_nothing_and_the_batch_may_go_on(ledger: Ledger, claim: Maker) -> None:
    with ledger.batch("goes on", "ana") as batch:
        propose(batch, claim())
        with pytest.raises(RefusedActError):
            propose(batch, claim())
        with pytest.raises(RefusedActError):
            retract(batch, claim().id, reason="  ")
        accept(batch, claim().id)
    assert [(act.position, act.kind) for act in ledger.acts()] == [(1, "propose"), (2, "accept")]
    assert ledger.verify_chain() is None


def test_a_batch_without_acts_leaves_no_trace(ledger: Ledger) -> None:
    with ledger.batch("empty", "ana"):
        pass
    assert (ledger.position(), ledger.batches()) == (0, [])


def test_a_batch_that_is_over_takes_no_more(ledger: Ledger, claim: Maker) -> None:
    with ledger.batch("short", "ana") as batch:
        propose(batch, claim())
    with pytest.raises(LedgerError, match="over"):
        accept(batch, claim().id)


def test_an_item_has_one_accepted_assertion_at_most(ledger: Ledger, claim: Maker) -> None:
    old, new = claim("a-1"), claim("a-1", "better words")
    with ledger.batch("old", "ana") as batch:
        propose(batch, old)
        accept(batch, old.id)
        propose(batch, new)
    with pytest.raises(RefusedActError, match="item 'a-1' would have two accepted assertions") as caught:
        accept(ledger, new.id, actor="ana")
    assert caught.value.hint == "supersede one by the other in the same batch"
    assert ledger.status(new.id) == "proposed"
    assert ledger.position() == 3


@pytest.mark.parametrize("accept_first", [True, False])
def test_old_and_new_change_places_in_either_order(ledger: Ledger, claim: Maker, accept_first: bool) -> None:
    old, new = claim("a-1"), claim("a-1", "better words")
    with ledger.batch("old", "ana") as batch:
        propose(batch, old)
        accept(batch, old.id)
    with ledger.batch("new", "ana") as batch:
        propose(batch, new)
        steps = [lambda: accept(batch, new.id), lambda: supersede(batch, old.id, by=new.id)]
        for step in steps if accept_first else reversed(steps):
            step()
    assert ledger.statuses() == {old.id: "superseded", new.id: "accepted"}


def test_somebody_must_act(ledger: Ledger, claim: Maker) -> None:
    for nobody in (None, "", "  "):
        with pytest.raises(RefusedActError, match="who acts"):
            propose(ledger, claim(), actor=nobody)
    assert ledger.position() == 0


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d"])
def test_what_cannot_be_written_is_refused(ledger: Ledger, claim: Maker, text: str) -> None:
    with pytest.raises(RefusedActError, match="cannot be written"):
        propose(ledger, claim(), actor="ana", reason=text)
    assert ledger.position() == 0


def test_an_id_that_is_not_that_of_the_content_is_refused(ledger: Ledger, claim: Maker) -> None:
    record = claim()
    for forged in (
        replace(record, body={**record.body, "statement": "other words"}),
        replace(record, document="elsewhere"),
        replace(record, item="a-2"),
    ):
        with pytest.raises(RefusedActError, match="not that of its content"):
            propose(ledger, forged, actor="ana")
    with pytest.raises(RefusedActError, match="not that of its content"):
        ledger.append([NewAct("propose", claim("a-3").id, "ana", record=record)])
    with pytest.raises(RefusedActError, match="does not know it"):
        ledger.append([NewAct("propose", record.id, "ana")])
    assert ledger.position() == 0


def test_append_cannot_go_round_the_rules(ledger: Ledger, claim: Maker) -> None:
    old, new = claim("a-1"), claim("a-1", "better words")
    ledger.append([NewAct("propose", old.id, "ana", record=old), NewAct("accept", old.id, "ana")])
    with pytest.raises(RefusedActError, match="does not name its successor"):
        ledger.append([NewAct("supersede", old.id, "ana", "it is old")])
    with pytest.raises(RefusedActError, match="without a reason"):
        ledger.append([NewAct("retract", old.id, "ana")])
    with pytest.raises(RefusedActError, match="two accepted"):
        ledger.append([NewAct("propose", new.id, "ana", record=new), NewAct("accept", new.id, "ana")])
    assert ledger.position() == 2
