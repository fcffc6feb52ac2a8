"""What people say: comments, disputes and how they are settled, the review that a retraction calls for, work that is assigned."""

from __future__ import annotations

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.assign import assign
from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.comment import comment
from mechkg.curation.declare import declare
from mechkg.curation.dispute import dispute
from mechkg.curation.enrol import enrol, grant
from mechkg.curation.ledger import Ledger
from mechkg.curation.request_changes import request_changes
from mechkg.curation.retract import retract
from mechkg.curation.settle import settle
from mechkg.curation.threads import comments, disputes
from mechkg.errors import ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from tests.curation.staff import ADA, BEN, CLEO, DAN, claim, counting, proposed, put

ONE = claim("a-1")
UPON = Subject("assertion", ONE.id)
VERDICT = Subject("verdict", "some-space/some-candidate")


@pytest.fixture
def one(staffed: Ledger) -> Ledger:
    """Return a ledger in which one item counts."""
    accept(staffed, BEN, proposed(staffed, put()).id, revision=1)
    return staffed


# --- comments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upon", [UPON, VERDICT, *map(Subject.parse, ("item:a-1", "document:a-paper-to-read", "disagreement:c"))])
def test_whoever_has_a_role_comments(one: Ledger, upon: Subject) -> None:
    first = comment(one, DAN, upon, " which figure? ")
    comment(one, CLEO, upon, "2", answers=first.position)
    said = comments(one.acts_on(upon))
    assert [(c.author, c.text, c.answers) for c in said] == [("dan", "which figure?", None), ("cleo", "2", first.position)]
    with pytest.raises(RefusedActError, match="without words"):
        comment(one, CLEO, upon, "  ")
    with pytest.raises(NotFoundError, match=f"nothing was said upon {upon} in act 1"):
        comment(one, CLEO, upon, "x", answers=1)


def test_comments_upon_nothing(one: Ledger) -> None:
    for text, words in (
        ("item:a-9", "holds no item of that name"),
        ("assertion:RAx", "holds no assertion of that name"),
        ("set:set-99", "none of that name"),
        ("person:ben", "is done upon"),
    ):
        with pytest.raises((NotFoundError, RefusedActError), match=words):
            comment(one, CLEO, Subject.parse(text), "x")
    enrol(one, ADA, "eve", name="Eve")
    for caller in (Caller("eve", "web"), Caller("nobody", "web"), Caller("ben", "graphql", Grant("reader"))):
        with pytest.raises(ForbiddenError):
            comment(one, caller, UPON, "x")


# --- disputes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upon", [UPON, VERDICT])
def test_a_dispute_marks_and_somebody_else_settles_it(one: Ledger, upon: Subject) -> None:
    act = dispute(one, BEN, upon, "the figure says otherwise", rests_on=["a-1"])
    assert counting(one) == {"a-1": "first words"}  # it goes on counting
    with pytest.raises(ForbiddenError, match=r"ben began this dispute \(somebody else has to settle it\)"):
        settle(one, BEN, upon, "no", outcome="dismissed", of=act.position)
    with pytest.raises(ForbiddenError, match="cleo may not settle"):
        settle(one, CLEO, upon, "no", outcome="dismissed", of=act.position)
    with pytest.raises(RefusedActError, match=r"cannot end as 'stands' \(it is upheld or dismissed\)"):
        settle(one, ADA, upon, "no", outcome="stands", of=act.position)
    with pytest.raises(
        RefusedActError, match=rf"no dispute .* that act 1 began \(open are those that act {act.position} began\)"
    ):
        settle(one, ADA, upon, "no", outcome="dismissed", of=1)
    with pytest.raises(RefusedActError, match="without words"):
        settle(one, ADA, upon, " ", outcome="dismissed", of=act.position)
    settle(one, ADA, upon, "misread", outcome="dismissed", of=act.position)
    (found,) = disputes(one.acts_on(upon))
    assert (found.by, found.rests_on, found.outcome, found.settled_by, found.answer) == (
        "ben", ("a-1",), "dismissed", "ada", "misread",
    )  # fmt: skip
    called = "'a-1'" if upon == UPON else "verdict 'some-space/some-candidate'"
    with pytest.raises(RefusedActError, match=f"no dispute upon {called} is open"):
        settle(one, ADA, upon, "again", outcome="upheld", of=act.position)


def test_several_disputes_are_settled_one_by_one(one: Ledger) -> None:
    first, second = (dispute(one, by, VERDICT, "no", rests_on=()) for by in (CLEO, BEN))
    settle(one, ADA, VERDICT, "indeed", outcome="upheld", of=second.position)
    assert [d.outcome for d in disputes(one.acts_on(VERDICT))] == [None, "upheld"]
    assert [d.outcome for d in disputes(one.acts_on(VERDICT, until=second.position))] == [None, None]
    settle(one, BEN, VERDICT, "no", outcome="dismissed", of=first.position)


def test_only_what_counts_is_disputed(one: Ledger) -> None:
    proposed(one, put("a-2"))
    with pytest.raises(RefusedActError, match=r"it is proposed \(dispute what counts; comment on the rest\)"):
        dispute(one, CLEO, Subject("assertion", claim("a-2").id), "no")
    with pytest.raises(RefusedActError, match="it is unknown"):
        dispute(one, CLEO, Subject("assertion", "RAx"), "no")
    with pytest.raises(RefusedActError, match="without words"):
        dispute(one, CLEO, UPON, "")
    with pytest.raises(RefusedActError, match="done upon assertion or verdict"):
        dispute(one, CLEO, Subject("item", "a-1"), "no")


def test_who_has_an_interest_settles_nothing(one: Ledger) -> None:
    act = dispute(one, CLEO, UPON, "no")
    declare(one, BEN, "paper", "my own")
    with pytest.raises(ForbiddenError, match="my own"):
        settle(one, BEN, UPON, "yes", outcome="dismissed", of=act.position)


def test_the_review_that_a_retraction_calls_for(one: Ledger) -> None:
    accept(one, BEN, proposed(one, put("a-2")).id, revision=1)
    item = Subject("item", "a-2")
    for of in (0, -1, 1, 999):
        with pytest.raises(RefusedActError, match=rf"act {of} retracted nothing"):
            settle(one, BEN, item, "it stands", outcome="stands", of=of)
    gone = retract(one, BEN, ONE.id, code="misread", reason="misread")
    with pytest.raises(RefusedActError, match=r"cannot end as 'upheld' \(it is stands\)"):
        settle(one, BEN, item, "it stands", outcome="upheld", of=gone.position)
    done = settle(one, BEN, item, "seen in another figure", outcome="stands", of=gone.position)
    assert done.content == {"of": gone.position, "outcome": "stands"}
    with pytest.raises(RefusedActError, match=f"ben settled this in act {done.position}: seen in another figure"):
        settle(one, ADA, item, "indeed", outcome="stands", of=gone.position)


# --- assignments ------------------------------------------------------------------------------------------------------


def test_who_gives_work_to_whom(one: Ledger) -> None:
    name = proposed(one, put("a-2")).id
    upon = subject_of(name)

    def assignee() -> str | None:
        found = fold(one.acts_on(upon))
        assert found is not None
        return found.assignee

    assign(one, ADA, upon, "ben", reason="you know it")
    assert assignee() == "ben"
    assign(one, BEN, upon, None)  # gives it back
    assert assignee() is None
    with pytest.raises(ForbiddenError, match="cleo may not assign: that takes the role reviewer"):
        assign(one, CLEO, upon, "ben")
    paper = Subject("document", "paper-to-read")
    assign(one, DAN, paper, "dan")  # a curator of some material takes work for himself
    with pytest.raises(ForbiddenError, match="cleo may not assign"):
        assign(one, CLEO, paper, None)  # it is not hers
    with pytest.raises(NotFoundError, match=r"no person called 'bem' \(did you mean 'ben'\?\)"):
        assign(one, ADA, upon, "bem")
    accept(one, BEN, name, revision=1)
    with pytest.raises(RefusedActError, match="it is accepted, by ben"):
        assign(one, BEN, upon, "cleo")
    assert assign(one, BEN, Subject("document", "paper-to-read"), "dan").content == {"to": "dan"}


def test_a_change_set_goes_to_who_may_review_it(one: Ledger) -> None:
    found = proposed(one, put("a-2"), by=BEN)
    upon = subject_of(found.id)
    refusals = {
        "cleo": "that takes the role reviewer in everything, and cleo has curator in all",
        "ben": "ben is an author of it",
    }
    for to, why in refusals.items():
        with pytest.raises(ForbiddenError) as refused:
            assign(one, ADA, upon, to)
        assert refused.value.message == f"{to} cannot review {found.id}: {why}"
        assert refused.value.hint == "ada may"
    with pytest.raises(ForbiddenError, match="cannot review"):
        assign(one, BEN, upon, "ben")
    declare(one, ADA, "ben", "we share a grant")
    with pytest.raises(ForbiddenError, match="ada declared a conflict of interest about ben") as refused:
        assign(one, BEN, upon, "ada")
    assert refused.value.hint == "nobody else may: an administrator can grant the role reviewer"
    other = proposed(one, put("a-4"))
    request_changes(one, BEN, other.id, revision=1, reason="which figure?")
    assert assign(one, BEN, subject_of(other.id), "cleo").content == {"to": "cleo"}  # who revises it


def test_work_is_assigned_within_the_reach_of_a_token(one: Ledger) -> None:
    paper = Subject("document", "paper-to-read")
    grant(one, ADA, "dan", Grant("reviewer", "m-1"))
    assign(one, DAN, paper, "ben")
    assign(one, Caller("ben", "graphql", Grant("reviewer", "m-7")), paper, "cleo")
    for caller in (Caller("ben", "graphql", Grant("curator")), Caller("dan", "graphql", Grant("reviewer", "m-7"))):
        with pytest.raises(ForbiddenError):
            assign(one, caller, paper, "ada")
