"""Proposing, revising and rebasing: what a change set may ask for, and where its rights come from."""

from __future__ import annotations

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import at_desk
from mechkg.curation.edits import Put
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.rebase import moved_edits, rebase
from mechkg.curation.request_changes import request_changes
from mechkg.curation.revise import revise
from mechkg.curation.withdraw import withdraw
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError, StaleError
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.person import Caller, Grant
from tests.curation.staff import ADA, BEN, CLEO, DAN, claim, counting, proposed, put, remove


def test_a_change_set_keeps_what_it_was_given(staffed: Ledger) -> None:
    machine = {"program": "reader", "version": "1"}
    found = propose(
        staffed, DAN, [put()], title="A title", base=staffed.position(), reason="seen", materials=["m-1"], machine=machine
    )
    assert (found.title, found.reason, found.materials, found.machine) == ("A title", "seen", ("m-1",), machine)
    assert found.base == found.position - 1
    (act, *_) = staffed.acts_on(subject_of(found.id))
    assert (act.door, act.actor) == ("python", "dan")


def test_a_frame_that_makes_no_sense(staffed: Ledger) -> None:
    with pytest.raises(BadInputError, match="without a title"):
        proposed(staffed, put(), title=" ")
    with pytest.raises(BadInputError, match=r"at most 300 characters, and this has 301 \(put the rest into the reason\)"):
        proposed(staffed, put(), title="t" * 301)
    last = staffed.position()
    for base in (-1, last + 1):
        with pytest.raises(BadInputError, match=rf"no position {base} \(its last is {last}\)"):
            propose(staffed, CLEO, [put()], title="t", base=base)
    found = proposed(staffed, put())
    with pytest.raises(BadInputError, match="without a title"):
        revise(staffed, CLEO, found.id, [put("a-2")], revision=1, base=0, title="")
    with pytest.raises(RefusedActError, match="no JSON"):
        propose(staffed, CLEO, [put("a-3")], title="\ud800", base=0)


def test_edits_on_what_is_not_there(staffed: Ledger) -> None:
    accept(staffed, BEN, proposed(staffed, put()).id, revision=1)
    other = claim("a-2")
    for wish in (
        put("a-1", "new words"),  # says that the item is new
        put("a-1", "new words", other),  # on another item
        Put(claim("a-1", "x"), "RAx"),
        put("a-9", "new", claim("a-9")),
        remove(claim("a-1", "never said")),
        remove(AssertionRecord(claim().id, "claim", "a-2", "paper", {})),  # by another name
    ):
        with pytest.raises(StaleError, match="the change set was made on what no longer counts"):
            proposed(staffed, wish)
    position = staffed.position()
    with pytest.raises(RefusedActError, match="the id is not that of its content"):
        proposed(staffed, Put(AssertionRecord("RAx", "claim", "a-7", "paper", {"id": "a-7"})))
    assert staffed.position() == position


def test_a_document_may_not_be_forged_to_escape_an_interest(staffed: Ledger) -> None:
    old = claim()
    accept(staffed, BEN, proposed(staffed, Put(old)).id, revision=1)
    with pytest.raises(BadInputError, match="'a-1' is a claim of 'paper', and the edit makes it a claim of 'elsewhere'"):
        proposed(staffed, remove(AssertionRecord(old.id, "claim", "a-1", "elsewhere", old.body)))


def test_a_revision_moves_to_where_its_author_may_write(staffed: Ledger) -> None:
    found = propose(staffed, DAN, [put()], title="t", base=0, materials=["m-1"])
    with pytest.raises(ForbiddenError, match="dan may not revise: that takes the role curator in 'm-2'"):
        revise(staffed, DAN, found.id, [put("a-2")], revision=1, base=0, materials=["m-2"])
    with pytest.raises(ForbiddenError, match=r"may not revise: .* in everything"):
        revise(staffed, DAN, found.id, [put("a-2")], revision=1, base=0)
    assert revise(staffed, DAN, found.id, [put("a-2")], revision=1, base=0, materials=["m-1"]).materials == ("m-1",)
    # a token that reaches less far does less, also to what is one's own
    with pytest.raises(ForbiddenError, match="this token of dan reaches to reader"):
        withdraw(staffed, Caller("dan", "graphql", Grant("reader", "m-1")), found.id, revision=2, reason="x")
    assert withdraw(staffed, DAN, found.id, revision=2, reason="x").status == "withdrawn"


def test_a_decided_set_is_said_to_be_so_before_it_is_said_to_be_stale(staffed: Ledger) -> None:
    found = proposed(staffed, put())
    accept(staffed, BEN, found.id, revision=1)
    with pytest.raises(RefusedActError, match=r"it is accepted, by ben \(propose another change set\)") as caught:
        revise(staffed, CLEO, found.id, [put("a-1", "other")], revision=1, base=0)
    assert not isinstance(caught.value, StaleError)


def test_what_others_propose_is_not_taken_into_a_revision(staffed: Ledger) -> None:
    proposed(staffed, put("a-2"), by=BEN)
    mine = proposed(staffed, put("a-1"))
    with pytest.raises(RefusedActError, match="the same of 'a-2' is proposed already, by ben"):
        revise(staffed, CLEO, mine.id, [put("a-2")], revision=1, base=0)
    assert staffed.status(claim("a-1").id) == "proposed"  # nothing was taken back
    # what was dropped in one revision may come back in the next
    revise(staffed, CLEO, mine.id, [put("a-3")], revision=1, base=0)
    assert revise(staffed, CLEO, mine.id, [put("a-1"), put("a-3")], revision=2, base=0).revision == 3


def test_changes_are_requested_once_a_revision(staffed: Ledger) -> None:
    found = proposed(staffed, put())
    with pytest.raises(ForbiddenError, match="cleo may not request-changes"):
        request_changes(staffed, CLEO, found.id, revision=1, reason="x")
    with pytest.raises(RefusedActError, match="without words"):
        request_changes(staffed, BEN, found.id, revision=1, reason=" ")
    with pytest.raises(NotFoundError, match="no change set called 'set-0'"):
        request_changes(staffed, BEN, "set-0", revision=1, reason="x")
    request_changes(staffed, BEN, found.id, revision=1, reason="which figure?")
    with pytest.raises(RefusedActError, match="ben already asked for changes of it"):
        request_changes(staffed, BEN, found.id, revision=1, reason="x")
    with pytest.raises(RefusedActError, match=r"ben asked for changes of it \(wait for its revision\)"):
        accept(staffed, ADA, found.id, revision=1)


# --- rebase -----------------------------------------------------------------------------------------------------------


def test_a_removal_of_what_was_changed_needs_a_choice(staffed: Ledger) -> None:
    base = claim()
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    gone = proposed(staffed, remove(base), put("a-2"))
    accept(staffed, BEN, proposed(staffed, put("a-1", "better", base)).id, revision=1)
    (moved,) = moved_edits(staffed, gone)
    assert (moved.edit.item, moved.merge, moved.now and moved.now.body["statement"]) == ("a-1", None, "better")
    with pytest.raises(StaleError, match=r"'a-1' \(ours removes it\) \(choose 'ours' or 'theirs' for each"):
        rebase(staffed, CLEO, gone.id, revision=1)
    kept = rebase(staffed, CLEO, gone.id, revision=1, choices={"a-1": {"": "theirs"}})
    assert [(edit.op, edit.item) for edit in kept.edits] == [("add", "a-2")]
    accept(staffed, BEN, gone.id, revision=2)
    assert counting(staffed) == {"a-1": "better", "a-2": "first words"}


def test_a_removal_is_made_anew_when_so_chosen(staffed: Ledger) -> None:
    base = claim()
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    gone = proposed(staffed, remove(base, "duplicate"))
    accept(staffed, BEN, proposed(staffed, put("a-1", "better", base)).id, revision=1)
    anew = rebase(staffed, CLEO, gone.id, revision=1, choices={"a-1": {"": "ours"}})
    assert [(edit.op, edit.base, edit.code) for edit in anew.edits] == [("remove", claim("a-1", "better").id, "duplicate")]
    accept(staffed, BEN, gone.id, revision=2)
    assert counting(staffed) == {}


def test_a_rebase_stays_where_the_set_belongs(staffed: Ledger) -> None:
    base = claim()
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    found = propose(staffed, DAN, [put("a-1", "first words", base, hedge="may")], title="t", base=0, materials=["m-1"])
    accept(staffed, BEN, proposed(staffed, put("a-1", "better", base)).id, revision=1)
    with pytest.raises(ForbiddenError, match="'m-2'"):
        rebase(staffed, DAN, found.id, revision=1, materials=["m-2"])
    assert rebase(staffed, DAN, found.id, revision=1).materials == ("m-1",)


def test_what_merges_to_no_item_is_refused(staffed: Ledger) -> None:
    def check(record: AssertionRecord) -> None:
        raise BadInputError(f"{record.item} is no item")

    base = claim()
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    found = proposed(staffed, put("a-1", "first words", base, hedge="may"))
    accept(staffed, BEN, proposed(staffed, put("a-1", "better", base)).id, revision=1)
    position = staffed.position()
    with pytest.raises(BadInputError, match="a-1 is no item"):
        rebase(staffed, CLEO, found.id, revision=1, check=check)
    assert staffed.position() == position


# --- at a desk --------------------------------------------------------------------------------------------------------


def test_what_is_seen_at_a_desk_does_not_change_before_it_closes(staffed: Ledger) -> None:
    accept(staffed, BEN, proposed(staffed, put()).id, revision=1)
    with at_desk(staffed, CLEO) as desk:
        assert desk.counting(["a-1", "a-2"]) == {"a-1": claim().id}
        assert desk.person is not None
        assert desk.person.id == "cleo"
        assert desk.require("propose").id == "cleo"
        with pytest.raises(ForbiddenError):
            desk.require("accept")
        with pytest.raises(NotFoundError, match=r"no change set called 'set-0' \(change sets are named set-N\)"):
            desk.change_set("set-0")
    position = staffed.position()
    with at_desk(staffed, Caller("eve", "web")) as desk, pytest.raises(ForbiddenError, match="nobody called 'eve'"):
        desk.require_somewhere("comment")
    assert staffed.position() == position
