"""Superseding one item by another, retracting, and restoring: by hand, each with its reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.assertions import accept as accept_one
from mechkg.curation.assertions import propose as propose_one
from mechkg.curation.assertions import restore as restore_one
from mechkg.curation.assertions import retract as retract_one
from mechkg.curation.batch import successor
from mechkg.curation.declare import declare
from mechkg.curation.edits import Put
from mechkg.curation.ledger import Ledger
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.supersede import supersede
from mechkg.curation.withdraw import withdraw
from mechkg.errors import ForbiddenError, RefusedActError
from mechkg.model.ledger_record import Act
from mechkg.model.person import Grant
from tests.curation.staff import ADA, BEN, CLEO, claim, counting, proposed, put, remove

ONE, TWO = claim("a-1"), claim("a-2")


@pytest.fixture
def two(staffed: Ledger) -> Ledger:
    """Return a ledger in which two items count."""
    accept(staffed, BEN, proposed(staffed, Put(ONE), Put(TWO)).id, revision=1)
    return staffed


def test_one_item_gives_way_to_another(two: Ledger) -> None:
    act = supersede(two, BEN, ONE.id, successor=TWO.id, reason="says both")
    assert (successor(act.reason), act.reason) == (TWO.id, f"superseded by {TWO.id}: says both")
    assert set(counting(two)) == {"a-2"}


@pytest.mark.parametrize(
    ("of", "by", "reason", "words"),
    [
        (ONE.id, TWO.id, "  ", "without a reason .say why"),
        (ONE.id, ONE.id, "x", "by itself"),
        (ONE.id, claim("a-9").id, "x", "the ledger does not know that one"),
        (claim("a-9").id, ONE.id, "x", "the ledger does not know it"),
    ],
)
def test_superseding_what_cannot_be(two: Ledger, of: str, by: str, reason: str, words: str) -> None:
    with pytest.raises(RefusedActError, match=words):
        supersede(two, BEN, of, successor=by, reason=reason)
    assert len(counting(two)) == 2


def test_what_waits_neither_gives_way_nor_takes_a_place(two: Ledger) -> None:
    waiting = claim("a-3")
    proposed(two, Put(waiting))
    with pytest.raises(RefusedActError, match="it is proposed"):
        supersede(two, BEN, waiting.id, successor=TWO.id, reason="x")
    with pytest.raises(RefusedActError, match="which is proposed"):
        supersede(two, BEN, ONE.id, successor=waiting.id, reason="x")


def test_a_retraction_has_a_code_and_words(two: Ledger) -> None:
    act = retract(two, BEN, ONE.id, code="source-corrected", reason="the erratum says 419")
    assert (act.content, act.reason) == ({"code": "source-corrected"}, "the erratum says 419")
    assert set(counting(two)) == {"a-2"}
    with pytest.raises(RefusedActError, match="without a reason"):
        retract(two, BEN, TWO.id, code="misread", reason=" ")
    with pytest.raises(RefusedActError, match="it is retracted, not accepted"):
        retract(two, BEN, ONE.id, code="misread", reason="x")
    with pytest.raises(RefusedActError, match="it is unknown, not accepted"):
        retract(two, BEN, "RAx", code="misread", reason="x")
    proposed(two, put("a-3"))
    with pytest.raises(RefusedActError, match=r"it is proposed, not accepted \(it waits for a decision: reject its change set"):
        retract(two, BEN, claim("a-3").id, code="misread", reason="x")


def test_what_was_retracted_counts_again(two: Ledger) -> None:
    accept(two, BEN, proposed(two, remove(ONE)).id, revision=1)
    assert set(counting(two)) == {"a-2"}
    restore(two, ADA, ONE.id, reason="the erratum was wrong")
    assert set(counting(two)) == {"a-1", "a-2"}
    retract(two, BEN, ONE.id, code="other", reason="again")
    restore(two, BEN, ONE.id, reason="and again")
    with pytest.raises(RefusedActError, match=r"it is already accepted"):
        restore(two, BEN, ONE.id, reason="once more")
    retract(two, BEN, ONE.id, code="other", reason="x")
    with pytest.raises(RefusedActError, match="without a reason"):
        restore(two, BEN, ONE.id, reason="")


def test_a_place_that_is_taken_is_not_given_back(two: Ledger) -> None:
    retract(two, BEN, ONE.id, code="misread", reason="misread")
    accept(two, BEN, proposed(two, put("a-1", "read again")).id, revision=1)
    with pytest.raises(RefusedActError, match=r"item 'a-1' would have two accepted assertions"):
        restore(two, BEN, ONE.id, reason="not misread")
    assert counting(two)["a-1"] == "read again"


def test_what_only_waited_is_not_restored(two: Ledger) -> None:
    # taken back before it ever counted
    withdraw(two, CLEO, proposed(two, put("a-3")).id, revision=1, reason="erred")
    with pytest.raises(RefusedActError, match=r"did not count when it was retracted \(propose it anew\)"):
        restore(two, BEN, claim("a-3").id, reason="x")
    # counted, was retracted, was proposed anew and taken back: the last end is that of a proposal
    retract(two, BEN, ONE.id, code="misread", reason="misread")
    withdraw(two, CLEO, proposed(two, Put(ONE)).id, revision=1, reason="erred")
    with pytest.raises(RefusedActError, match="did not count when it was retracted"):
        restore(two, BEN, ONE.id, reason="x")


def test_within_one_batch_too(ledger: Ledger) -> None:
    with ledger.batch("all of a life", "ana") as batch:
        propose_one(batch, ONE)
        accept_one(batch, ONE.id)
        retract_one(batch, ONE.id, reason="misread")
        restore_one(batch, ONE.id, reason="not misread")
        propose_one(batch, TWO)
        retract_one(batch, TWO.id, reason="erred")
        with pytest.raises(RefusedActError, match="did not count"):
            restore_one(batch, TWO.id, reason="x")
    assert set(counting(ledger)) == {"a-1"}


DECISIONS: list[Callable[[Ledger], Act]] = [
    lambda ledger: supersede(ledger, BEN, ONE.id, successor=TWO.id, reason="x"),
    lambda ledger: supersede(ledger, BEN, TWO.id, successor=ONE.id, reason="x"),
    lambda ledger: retract(ledger, BEN, ONE.id, code="other", reason="x"),
    lambda ledger: restore(ledger, BEN, ONE.id, reason="x"),
]


@pytest.mark.parametrize("do", DECISIONS)
def test_who_has_an_interest_or_no_role_decides_nothing(two: Ledger, do: Callable[[Ledger], Act]) -> None:
    declare(two, BEN, "paper", "my own")
    with pytest.raises(ForbiddenError, match="about paper: my own"):
        do(two)


def test_a_curator_ends_nothing(two: Ledger) -> None:
    for do in (
        lambda: supersede(two, CLEO, ONE.id, successor=TWO.id, reason="x"),
        lambda: retract(two, CLEO, ONE.id, code="other", reason="x"),
        lambda: restore(two, CLEO, ONE.id, reason="x"),
    ):
        with pytest.raises(ForbiddenError, match=f"takes the role {Grant('reviewer').role}"):
            do()
    assert len(counting(two)) == 2
