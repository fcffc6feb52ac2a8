"""Signatures, decisions about disagreements, and declared interests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.decide import decide
from mechkg.curation.declare import declare
from mechkg.curation.edits import Put
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import fold
from mechkg.curation.retract import retract
from mechkg.curation.sign_off import ground_digest, sign_off, sign_offs
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller
from tests.curation.staff import ADA, BEN, CLEO, claim, proposed

ONE, TWO, FAR = claim("a-1"), claim("a-2"), claim("a-3", document="another")
VERDICT = Subject("verdict", "some-space/some-candidate")


@pytest.fixture
def three(staffed: Ledger) -> Ledger:
    """Return a ledger in which three items count, one of another document."""
    accept(staffed, BEN, proposed(staffed, Put(ONE), Put(TWO), Put(FAR)).id, revision=1)
    return staffed


# --- signatures -------------------------------------------------------------------------------------------------------


def test_a_signature_names_its_ground(three: Ledger) -> None:
    signed = sign_off(three, BEN, VERDICT, says="ruled out", beneath=[TWO.id, ONE.id, ONE.id], reason="read both")
    assert (signed.by, signed.says, signed.reason) == ("ben", "ruled out", "read both")
    assert signed.ground == ground_digest("ruled out", [ONE.id, TWO.id])
    assert sign_offs(three.acts_on(VERDICT)) == [signed]
    others = [("ruled out", [ONE.id]), ("survives", [ONE.id, TWO.id]), ("ruled out", [ONE.id, TWO.id, FAR.id])]
    assert signed.ground not in {ground_digest(says, beneath) for says, beneath in others}


def test_the_last_signature_of_each_person_stands(three: Ledger) -> None:
    sign_off(three, BEN, VERDICT, says="ruled out", beneath=[ONE.id])
    hers = sign_off(three, ADA, VERDICT, says="ruled out", beneath=[ONE.id])
    his = sign_off(three, BEN, VERDICT, says="survives", beneath=[ONE.id])
    assert set(sign_offs(three.acts_on(VERDICT))) == {his, hers}


def test_only_what_counts_is_signed(three: Ledger) -> None:
    retract(three, BEN, TWO.id, code="misread", reason="misread")
    with pytest.raises(RefusedActError, match=r"it rests on 'a-2', which is retracted \(only what counts is signed\)"):
        sign_off(three, BEN, VERDICT, says="x", beneath=[ONE.id, TWO.id])
    with pytest.raises(RefusedActError, match="which is unknown"):
        sign_off(three, BEN, VERDICT, says="x", beneath=["RAx"])
    # an assertion rests on itself at least
    with pytest.raises(RefusedActError, match="cannot sign off 'a-2': it is retracted"):
        sign_off(three, BEN, Subject("assertion", TWO.id), says="x", beneath=[])
    assert sign_off(three, BEN, Subject("assertion", ONE.id), says="x", beneath=[]).ground == ground_digest("x", [])


def test_who_signs(three: Ledger) -> None:
    with pytest.raises(ForbiddenError, match="cleo may not sign-off"):
        sign_off(three, CLEO, VERDICT, says="x", beneath=[ONE.id])
    declare(three, BEN, "another", "my own")
    sign_off(three, BEN, VERDICT, says="x", beneath=[ONE.id])
    for upon, beneath in ((VERDICT, [ONE.id, FAR.id]), (Subject("assertion", FAR.id), [])):
        with pytest.raises(ForbiddenError, match="about another: my own"):
            sign_off(three, BEN, upon, says="x", beneath=beneath)
    declare(three, BEN, "m-1", "sponsored")
    with pytest.raises(ForbiddenError, match="about m-1: sponsored"):
        sign_off(three, BEN, VERDICT, says="x", beneath=[ONE.id], materials=["m-1"])


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_disagreement_is_decided_for_its_sides(three: Ledger) -> None:
    act = decide(three, BEN, "c-1", "by method", "one by mass, one by light", sides=[TWO.id, ONE.id])
    assert act.content == {"decision": "by method", "sides": sorted([ONE.id, TWO.id]), "holds": None}
    assert decide(three, BEN, "c-1", "resolved", "redone", sides=[ONE.id, TWO.id], holds=ONE.id).content["holds"] == ONE.id  # type: ignore[index]
    assert decide(three, ADA, "c-1", "open", "not so sure", sides=[ONE.id, TWO.id]).subject == Subject("disagreement", "c-1")


def test_a_decision_that_makes_no_sense(three: Ledger) -> None:
    both = [ONE.id, TWO.id]
    with pytest.raises(BadInputError, match="two sides at least"):
        decide(three, BEN, "c", "by method", "x", sides=[ONE.id, ONE.id])
    with pytest.raises(BadInputError, match="is no side of c"):
        decide(three, BEN, "c", "resolved", "x", sides=both, holds=FAR.id)
    with pytest.raises(BadInputError, match="for one side"):
        decide(three, BEN, "c", "resolved", "x", sides=both)
    with pytest.raises(BadInputError, match="for one side"):
        decide(three, BEN, "c", "by sample", "x", sides=both, holds=ONE.id)
    with pytest.raises(NotFoundError, match="no assertion RAx"):
        decide(three, BEN, "c", "by sample", "x", sides=[ONE.id, "RAx"])
    with pytest.raises(RefusedActError, match="without words"):
        decide(three, BEN, "c", "by sample", " ", sides=both)
    declare(three, BEN, "another", "my own")
    with pytest.raises(ForbiddenError, match="my own"):
        decide(three, BEN, "c", "by sample", "x", sides=[ONE.id, FAR.id])
    with pytest.raises(ForbiddenError, match="cleo may not decide"):
        decide(three, CLEO, "c", "by sample", "x", sides=both)


# --- interests --------------------------------------------------------------------------------------------------------


def test_an_interest_is_declared_changed_and_gone(staffed: Ledger) -> None:
    end = datetime.now(UTC) + timedelta(days=1)

    def interests() -> list[tuple[str, str, datetime | None]]:
        return [(i.about, i.why, i.until) for i in fold(staffed.acts())["ben"].interests]

    declare(staffed, BEN, "paper", "my own")
    declare(staffed, BEN, "cleo", "married", until=end)
    declare(staffed, BEN, "paper", "my student's")
    assert interests() == [("cleo", "married", end), ("paper", "my student's", None)]
    declare(staffed, BEN, "cleo", "", gone=True)
    assert interests() == [("paper", "my student's", None)]
    with pytest.raises(BadInputError, match=r"ben declared nothing about cleo \(declared is paper\)"):
        declare(staffed, BEN, "cleo", "", gone=True)


def test_a_declaration_that_makes_no_sense(staffed: Ledger) -> None:
    with pytest.raises(BadInputError, match="cannot have ended already"):
        declare(staffed, BEN, "paper", "x", until=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(BadInputError, match="has no time zone"):
        declare(staffed, BEN, "paper", "x", until=datetime(2999, 1, 1))
    for about, why in (("paper", " "), (" ", "x")):
        with pytest.raises(BadInputError, match="has a reason"):
            declare(staffed, BEN, about, why)
    with pytest.raises(ForbiddenError, match="nobody called 'eve'"):
        declare(staffed, Caller("eve", "web"), "paper", "x")
