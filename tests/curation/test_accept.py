"""Accepting: who may, in which scope, in spite of what, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.assertions import accept as accept_one
from mechkg.curation.assertions import retract as retract_one
from mechkg.curation.change_set import subject_of
from mechkg.curation.declare import declare
from mechkg.curation.edits import Put
from mechkg.curation.enrol import grant, revoke
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.reject import reject
from mechkg.curation.withdraw import withdraw
from mechkg.errors import BadInputError, ForbiddenError, RefusedActError, StaleError
from mechkg.model.person import Caller, Grant
from tests.curation.staff import ADA, BEN, CLEO, DAN, claim, counting, proposed, put, remove


def _of_material(ledger: Ledger, *materials: str) -> str:
    return propose(ledger, ADA, [put("b-1")], title="t", base=0, materials=materials).id


def test_a_reviewer_of_a_material_decides_what_belongs_to_it(staffed: Ledger) -> None:
    name = _of_material(staffed, "m-1")
    with pytest.raises(ForbiddenError, match=r"dan may not accept: that takes the role reviewer in 'm-1' \(has curator in m-1\)"):
        accept(staffed, DAN, name, revision=1)
    grant(staffed, ADA, "dan", Grant("reviewer", "m-1"))
    with pytest.raises(ForbiddenError, match="reviewer in 'm-2'"):  # it is found to belong there too by now
        accept(staffed, DAN, name, revision=1, materials=["m-2"])
    done = accept(staffed, DAN, name, revision=1)
    assert (done.status, done.materials) == ("accepted", ("m-1",))


@pytest.mark.parametrize("materials", [(), ("m-1", "m-2"), ("m-2",)])
def test_a_reviewer_of_a_material_decides_nothing_else(staffed: Ledger, materials: tuple[str, ...]) -> None:
    grant(staffed, ADA, "dan", Grant("reviewer", "m-1"))
    name = _of_material(staffed, *materials)
    for do in (
        lambda: accept(staffed, DAN, name, revision=1, materials=["m-1"]),
        lambda: reject(staffed, DAN, name, revision=1, reason="no", materials=["m-1"]),
    ):
        with pytest.raises(ForbiddenError):
            do()


def test_a_token_decides_only_within_its_reach(staffed: Ledger) -> None:
    name = _of_material(staffed, "m-1")
    for within in (Grant("reader"), Grant("curator"), Grant("administrator", "m-2")):
        with pytest.raises(ForbiddenError, match=f"this token of ben reaches to {within.role} in {within.scope}"):
            accept(staffed, Caller("ben", "graphql", within), name, revision=1)
    assert accept(staffed, Caller("ben", "graphql", Grant("reviewer", "m-1")), name, revision=1).status == "accepted"
    assert staffed.acts_on(subject_of(name))[-1].door == "graphql"


def test_rights_are_those_of_the_moment(staffed: Ledger) -> None:
    name = proposed(staffed, put()).id
    revoke(staffed, ADA, "ben", Grant("reviewer"), reason="left")
    with pytest.raises(ForbiddenError, match=r"ben may not accept: .*has no role"):
        accept(staffed, BEN, name, revision=1)
    revoke(staffed, ADA, "cleo", Grant("curator"), reason="left")
    with pytest.raises(ForbiddenError, match="cleo may not withdraw"):
        withdraw(staffed, CLEO, name, revision=1, reason="erred")
    assert accept(staffed, ADA, name, revision=1).status == "accepted"


@pytest.mark.parametrize("about", ["paper", "m-1", "cleo"])
def test_an_interest_in_document_material_or_author_blocks_a_decision(staffed: Ledger, about: str) -> None:
    declare(staffed, BEN, about, "we are close")
    name = propose(staffed, CLEO, [put()], title="t", base=0, materials=["m-1"]).id
    for do in (
        lambda: accept(staffed, BEN, name, revision=1),
        lambda: reject(staffed, BEN, name, revision=1, reason="no"),
    ):
        with pytest.raises(ForbiddenError, match=f"ben declared a conflict of interest about {about}: we are close"):
            do()
    declare(staffed, BEN, about, "", gone=True)
    assert accept(staffed, BEN, name, revision=1).status == "accepted"


def test_an_interest_that_ended_blocks_nothing(staffed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Later:
            return super().now(tz) + timedelta(hours=2)

    name = proposed(staffed, put()).id
    declare(staffed, BEN, "paper", "refereed it", until=datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(ForbiddenError, match="refereed it"):
        accept(staffed, BEN, name, revision=1)
    monkeypatch.setattr("mechkg.curation.batch.datetime", Later)
    assert accept(staffed, BEN, name, revision=1).status == "accepted"


def test_doubts_that_were_set_aside_are_kept(staffed: Ledger) -> None:
    done = accept(staffed, BEN, proposed(staffed, put()).id, revision=1, despite={"fit:a-1": "the unit is implied"})
    assert done.despite == {"fit:a-1": "the unit is implied"}


def test_what_counts_was_of_another_document(staffed: Ledger) -> None:
    old = claim("a-1")
    accept(staffed, BEN, proposed(staffed, Put(old)).id, revision=1)
    words = r"'a-1' is a claim of 'paper', and the edit makes it a claim of 'another' \(an item keeps its kind and document"
    with pytest.raises(BadInputError, match=words):
        proposed(staffed, put("a-1", "moved", old, document="another"))
    # removed there and added here, it may come in as something new
    accept(staffed, BEN, proposed(staffed, remove(old)).id, revision=1)
    accept(staffed, BEN, proposed(staffed, put("a-1", "moved", document="another")).id, revision=1)
    assert counting(staffed) == {"a-1": "moved"}


def test_all_edits_or_none(staffed: Ledger) -> None:
    old = claim("a-1")
    accept(staffed, BEN, proposed(staffed, Put(old), put("a-2")).id, revision=1)
    both = proposed(staffed, put("a-1", "better", old), put("a-3"))
    other = proposed(staffed, put("a-1", "best", old), by=BEN)
    accept(staffed, ADA, other.id, revision=1)
    position = staffed.position()
    with pytest.raises(StaleError, match=f"{both.id} was made on what no longer counts: 'a-1' changed since"):
        accept(staffed, BEN, both.id, revision=1)
    assert (counting(staffed), staffed.position()) == ({"a-1": "best", "a-2": "first words"}, position)


def test_what_came_to_count_by_another_road_is_left_alone(staffed: Ledger) -> None:
    first, second = proposed(staffed, put("a-1")), proposed(staffed, put("a-2"))
    for name in ("a-1", "a-2"):
        accept_one(staffed, claim(name).id, actor="an older program")
    with pytest.raises(StaleError):
        accept(staffed, BEN, first.id, revision=1)
    assert withdraw(staffed, CLEO, first.id, revision=1, reason="it counts").status == "withdrawn"
    assert reject(staffed, BEN, second.id, revision=1, reason="it counts").status == "rejected"
    assert set(counting(staffed)) == {"a-1", "a-2"}
    third = proposed(staffed, put("a-3"))
    retract_one(staffed, claim("a-3").id, actor="an older program", reason="gone")
    with pytest.raises(RefusedActError, match="it is retracted, by an older program"):
        accept(staffed, BEN, third.id, revision=1)
    assert reject(staffed, BEN, third.id, revision=1, reason="gone").status == "rejected"


def test_alone_needs_an_administrator_with_a_reason(staffed: Ledger) -> None:
    mine = proposed(staffed, put(), by=ADA)
    with pytest.raises(ForbiddenError, match="somebody else has to look at it"):  # ben could
        accept(staffed, ADA, mine.id, revision=1, alone="nobody is here")
    revoke(staffed, ADA, "ben", Grant("reviewer"), reason="left")
    with pytest.raises(RefusedActError, match="nobody else may review here"):
        accept(staffed, ADA, mine.id, revision=1)
    grant(staffed, ADA, "dan", Grant("reviewer", "m-9"))  # somebody else may review again, if only a little
    with pytest.raises(ForbiddenError, match="being an author"):
        accept(staffed, ADA, mine.id, revision=1, alone="nobody is here")
    revoke(staffed, ADA, "dan", Grant("reviewer", "m-9"), reason="left")
    assert accept(staffed, ADA, mine.id, revision=1, alone="nobody is here").decided_by == "ada"
