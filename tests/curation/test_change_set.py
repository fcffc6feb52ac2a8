"""The life of a change set: proposed, revised, decided, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.comment import comment
from mechkg.curation.edits import Put
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.rebase import moved_edits, rebase
from mechkg.curation.reject import reject
from mechkg.curation.request_changes import request_changes
from mechkg.curation.revise import revise
from mechkg.curation.withdraw import withdraw
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet
from tests.curation.staff import ADA, BEN, CLEO, DAN, claim, counting, proposed, put, remove


def test_a_proposal_waits_and_counts_once_accepted(staffed: Ledger) -> None:
    found = proposed(staffed, put("a-1"), put("a-2", "more"))
    assert (found.id, found.status, found.revision, found.authors) == (f"set-{found.position}", "open", 1, ("cleo",))
    assert counting(staffed) == {}
    done = accept(staffed, BEN, found.id, revision=1, reason="seen in the figure")
    assert (done.status, done.decided_by, done.decided) == ("accepted", "ben", "seen in the figure")
    assert counting(staffed) == {"a-1": "first words", "a-2": "more"}
    acts = staffed.acts_on(subject_of(found.id))
    assert [(act.kind, act.assertion is None) for act in acts] == [
        ("propose", True), ("propose", False), ("propose", False), ("accept", True), ("accept", False), ("accept", False),
    ]  # fmt: skip
    assert fold(acts) == done
    assert staffed.verify_chain() is None


def test_add_change_and_remove_in_one(staffed: Ledger) -> None:
    old, gone = claim("a-1"), claim("a-2", "wrong")
    accept(staffed, BEN, proposed(staffed, put("a-1"), put("a-2", "wrong")).id, revision=1)
    found = proposed(staffed, put("a-1", "better words", old), remove(gone), put("a-3", "new"))
    assert [edit.op for edit in found.edits] == ["change", "remove", "add"]
    accept(staffed, BEN, found.id, revision=1)
    assert counting(staffed) == {"a-1": "better words", "a-3": "new"}
    assert (staffed.status(old.id), staffed.status(gone.id)) == ("superseded", "retracted")
    assert staffed.history("a-2")[-1].content == {"code": "misread"}


@pytest.mark.parametrize(
    ("do", "status", "assertion"),
    [
        (lambda ledger, name: reject(ledger, BEN, name, revision=1, reason="misread"), "rejected", "rejected"),
        (lambda ledger, name: withdraw(ledger, CLEO, name, revision=1, reason="I erred"), "withdrawn", "retracted"),
        (
            lambda ledger, name: request_changes(ledger, BEN, name, revision=1, reason="which figure?"),
            "changes requested",
            "proposed",
        ),
    ],
)
def test_other_ends(staffed: Ledger, do: Callable[[Ledger, str], ChangeSet], status: str, assertion: str) -> None:
    found = proposed(staffed, put())
    done = do(staffed, found.id)
    assert (done.status, staffed.status(claim().id), counting(staffed)) == (status, assertion, {})
    with pytest.raises(RefusedActError, match="ben asked for changes" if status == "changes requested" else f"it is {status}"):
        accept(staffed, BEN, found.id, revision=1)


def test_a_revision_waits_anew_and_keeps_what_it_keeps(staffed: Ledger) -> None:
    found = proposed(staffed, put("a-1"), put("a-2", "more"))
    request_changes(staffed, BEN, found.id, revision=1, reason="say which")
    revised = revise(staffed, CLEO, found.id, [put("a-1"), put("a-2", "which")], revision=1, base=staffed.settled())
    assert (revised.status, revised.revision) == ("open", 2)
    assert staffed.status(claim("a-2", "more").id) == "retracted"
    with pytest.raises(RefusedActError, match=r"revised since, by cleo.*look at revision 2"):
        accept(staffed, BEN, found.id, revision=1)
    accept(staffed, BEN, found.id, revision=2)
    assert counting(staffed) == {"a-1": "first words", "a-2": "which"}


def test_only_authors_revise_and_withdraw(staffed: Ledger) -> None:
    found = proposed(staffed, put())
    with pytest.raises(RefusedActError, match="it is by cleo"):
        revise(staffed, BEN, found.id, [put(words="mine")], revision=1, base=0)
    with pytest.raises(RefusedActError, match="it is by cleo"):
        withdraw(staffed, BEN, found.id, revision=1, reason="no")
    assert fold(staffed.acts_on(subject_of(found.id))) == found


# --- two people -------------------------------------------------------------------------------------------------------


def test_nobody_accepts_own_work(staffed: Ledger) -> None:
    found = proposed(staffed, put(), by=BEN)
    before = staffed.position()
    with pytest.raises(ForbiddenError, match=r"ben cannot accept set-.*, being an author"):
        accept(staffed, BEN, found.id, revision=1)
    with pytest.raises(ForbiddenError, match="being an author"):
        accept(staffed, BEN, found.id, revision=1, alone="nobody is here")
    assert staffed.position() == before
    assert accept(staffed, ADA, found.id, revision=1).status == "accepted"


def test_the_only_reviewer_says_why(ledger: Ledger) -> None:
    from mechkg.curation.enrol import enrol

    enrol(ledger, ADA, "ada", name="Ada")
    found = proposed(ledger, put(), by=ADA)
    with pytest.raises(RefusedActError, match=r"nobody else may review here.*say why"):
        accept(ledger, ADA, found.id, revision=1, alone="  ")
    done = accept(ledger, ADA, found.id, revision=1, alone="a library of one")
    assert done.status == "accepted"
    assert ledger.acts_on(subject_of(found.id))[2].content == {"revision": 1, "alone": "a library of one"}


def test_who_may_not_propose_or_decide(staffed: Ledger) -> None:
    with pytest.raises(ForbiddenError, match="nobody called 'eve'"):
        proposed(staffed, put(), by=type(CLEO)("eve", "web"))
    with pytest.raises(ForbiddenError, match=r"dan may not propose: .* curator in everything.*has curator in m-1"):
        proposed(staffed, put(), by=DAN)
    found = propose(staffed, DAN, [put()], title="his own", base=0, materials=["m-1"])
    with pytest.raises(ForbiddenError, match="cleo may not accept"):
        accept(staffed, CLEO, found.id, revision=1)
    with pytest.raises(ForbiddenError, match="dan may not propose: that takes the role curator in 'm-2'"):
        propose(staffed, DAN, [put("a-2")], title="not his", base=0, materials=["m-1", "m-2"])


# --- what makes no sense ----------------------------------------------------------------------------------------------


def test_edits_that_make_no_sense(staffed: Ledger) -> None:
    with pytest.raises(BadInputError, match="without edits"):
        proposed(staffed)
    with pytest.raises(BadInputError, match="two edits are about 'a-1'"):
        proposed(staffed, put("a-1"), put("a-1", "others"))
    with pytest.raises(BadInputError, match="'a-1' changes nothing"):
        proposed(staffed, Put(claim(), claim().id))
    with pytest.raises(NotFoundError, match="no change set called 'set-999'"):
        accept(staffed, BEN, "set-999", revision=1)


def test_the_same_is_not_proposed_twice(staffed: Ledger) -> None:
    first = proposed(staffed, put())
    with pytest.raises(RefusedActError, match=f"the same of 'a-1' is proposed already, by cleo in {first.id}"):
        proposed(staffed, put(), by=BEN)
    assert staffed.position() == first.position + 1


# --- stale ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def rivals(staffed: Ledger) -> tuple[ChangeSet, ChangeSet]:
    """Return two change sets of the same item, made on the same reading, of which the first is accepted."""
    base = claim("a-1", "base", hedge="may")
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    first = proposed(staffed, put("a-1", "theirs", base, hedge="may"))
    second = proposed(staffed, put("a-1", "base", base, hedge="might", table="S1"), by=BEN)
    return accept(staffed, ADA, first.id, revision=1), second


def test_what_moved_makes_others_stale(staffed: Ledger, rivals: tuple[ChangeSet, ChangeSet]) -> None:
    _, second = rivals
    with pytest.raises(StaleError, match=r"'a-1' changed since.*rebase it"):
        accept(staffed, ADA, second.id, revision=1)
    assert counting(staffed) == {"a-1": "theirs"}
    with pytest.raises(StaleError):
        proposed(staffed, put("a-1", "late", claim("a-1", "base", hedge="may")))


def test_a_rebase_merges_what_does_not_clash(staffed: Ledger, rivals: tuple[ChangeSet, ChangeSet]) -> None:
    _, second = rivals
    moved = moved_edits(staffed, second)
    assert [[d.place for d in side] for m in moved if m.merge for side in (m.merge.theirs, m.merge.ours)] == [
        ["statement"], ["hedge", "table"],
    ]  # fmt: skip
    rebased = rebase(staffed, BEN, second.id, revision=1)
    assert (rebased.revision, rebased.status) == (2, "open")
    accept(staffed, ADA, second.id, revision=2)
    body = next(iter(staffed.accepted().values())).body
    assert (body["statement"], body["hedge"], body["table"]) == ("theirs", "might", "S1")


def test_a_clash_needs_a_choice(staffed: Ledger) -> None:
    base = claim("a-1", "base")
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    first, second = proposed(staffed, put("a-1", "theirs", base)), proposed(staffed, put("a-1", "ours", base), by=BEN)
    accept(staffed, ADA, first.id, revision=1)
    with pytest.raises(StaleError, match="both sides changed 'a-1': statement"):
        rebase(staffed, BEN, second.id, revision=1)
    with pytest.raises(RefusedActError, match="nothing is left"):
        rebase(staffed, BEN, second.id, revision=1, choices={"a-1": {"statement": "theirs"}})
    rebase(staffed, BEN, second.id, revision=1, choices={"a-1": {"statement": "ours"}})
    accept(staffed, ADA, second.id, revision=2)
    assert counting(staffed) == {"a-1": "ours"}


def test_an_item_that_is_gone_needs_a_choice(staffed: Ledger) -> None:
    base = claim("a-1", "base")
    accept(staffed, BEN, proposed(staffed, Put(base)).id, revision=1)
    change, gone = proposed(staffed, put("a-1", "ours", base)), proposed(staffed, remove(base), by=BEN)
    accept(staffed, ADA, gone.id, revision=1)
    with pytest.raises(StaleError, match="theirs removed it"):
        rebase(staffed, CLEO, change.id, revision=1)
    rebased = rebase(staffed, CLEO, change.id, revision=1, choices={"a-1": {"": "ours"}})
    assert [edit.op for edit in rebased.edits] == ["add"]
    accept(staffed, ADA, change.id, revision=2)
    assert counting(staffed) == {"a-1": "ours"}


def test_what_was_checked_is_what_is_accepted(staffed: Ledger) -> None:
    checked_at = staffed.settled()
    first, second = proposed(staffed, put("a-1")), proposed(staffed, put("a-2"))
    accept(staffed, BEN, first.id, revision=1, checked_at=checked_at)
    with pytest.raises(StaleError, match="look at its impact again"):
        accept(staffed, BEN, second.id, revision=1, checked_at=checked_at)
    assert staffed.status(claim("a-2").id) == "proposed"


def test_comments_keep_the_revision_they_were_made_on(staffed: Ledger) -> None:
    found = proposed(staffed, put())
    first = comment(staffed, DAN, subject_of(found.id), "which figure?")
    revise(staffed, CLEO, found.id, [put(words="Figure 2")], revision=1, base=0)
    comment(staffed, CLEO, subject_of(found.id), "2, now said", answers=first.position)
    seen = fold(staffed.acts_on(subject_of(found.id)))
    assert seen is not None
    assert [(c.author, c.revision, c.answers) for c in seen.comments] == [("dan", 1, None), ("cleo", 2, first.position)]
    with pytest.raises(NotFoundError, match="nothing was said"):
        comment(staffed, CLEO, subject_of(found.id), "to nobody", answers=1)
