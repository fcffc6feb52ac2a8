"""People: enrolled once, given roles and accounts, and never left without an administrator."""

from __future__ import annotations

import pytest

from mechkg.curation.enrol import enrol, grant, is_orcid, link, revoke
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import ACTS, fold
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.person import Caller, Door, Grant
from tests.curation.staff import ADA, BEN, CLEO, DAN, employ


@pytest.mark.parametrize("door", ["shell", "python", "system"])
def test_the_first_person_at_the_machine_is_administrator(ledger: Ledger, door: Door) -> None:
    first = enrol(ledger, Caller("whoever", door), "ada", name="Ada", orcid="0000-0002-1825-0097")
    assert (first.id, first.name, first.orcid, first.grants) == ("ada", "Ada", "0000-0002-1825-0097", {Grant("administrator")})
    with pytest.raises(ForbiddenError, match="nobody called 'whoever'"):
        enrol(ledger, Caller("whoever", door), "bob", name="Bob")
    assert enrol(ledger, ADA, "bob", name="Bob").grants == frozenset()


@pytest.mark.parametrize("door", ["web", "graphql", "import"])
def test_nobody_becomes_administrator_from_outside(ledger: Ledger, door: Door) -> None:
    with pytest.raises(ForbiddenError):
        enrol(ledger, Caller("eve", door), "eve", name="Eve")
    assert ledger.position() == 0


@pytest.mark.parametrize("person", ["Eve", "", "e ve", "-eve", "é", "x" * 41, "e/ve", "mechkg"])
def test_a_name_that_is_none(staffed: Ledger, person: str) -> None:
    with pytest.raises(BadInputError, match=r"is no short name|is what the program calls itself"):
        enrol(staffed, ADA, person, name="Eve")


def test_an_enrolment_that_is_refused(staffed: Ledger) -> None:
    for orcid in ("0000-0002-1825-0098", "0000000218250097", "", "x"):
        with pytest.raises(BadInputError, match="is no ORCID iD"):
            enrol(staffed, ADA, "eve", name="Eve", orcid=orcid)
    with pytest.raises(BadInputError, match="has no name"):
        enrol(staffed, ADA, "eve", name=" ")
    with pytest.raises(RefusedActError, match=r"already, since act \d+ \(choose another name\)"):
        enrol(staffed, ADA, "ben", name="Another Ben")
    for by in (BEN, CLEO):
        with pytest.raises(ForbiddenError, match="may not enrol: that takes the role administrator"):
            enrol(staffed, by, "eve", name="Eve")


def test_roles_are_given_and_taken(staffed: Ledger) -> None:
    assert grant(staffed, ADA, "dan", Grant("reviewer", "m-1")).grants == {Grant("curator", "m-1"), Grant("reviewer", "m-1")}
    assert revoke(staffed, ADA, "dan", Grant("curator", "m-1"), reason="is more now").grants == {Grant("reviewer", "m-1")}
    with pytest.raises(RefusedActError, match="dan is reviewer in m-1 already"):
        grant(staffed, ADA, "dan", Grant("reviewer", "m-1"))
    with pytest.raises(NotFoundError, match="dan does not have the role reviewer in all"):
        revoke(staffed, ADA, "dan", Grant("reviewer"), reason="x")
    with pytest.raises(NotFoundError, match=r"no person called 'clio' \(did you mean 'cleo'\?\)"):
        grant(staffed, ADA, "clio", Grant("reader"))
    with pytest.raises(NotFoundError, match=r"no role called 'revewer' \(did you mean 'reviewer'\?\)"):
        grant(staffed, ADA, "dan", Grant("revewer"))  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="name a material, or 'all'"):
        grant(staffed, ADA, "dan", Grant("reader", " "))
    with pytest.raises(RefusedActError, match="without words"):
        revoke(staffed, ADA, "dan", Grant("reviewer", "m-1"), reason="")
    for by in (BEN, DAN):
        with pytest.raises(ForbiddenError, match="takes the role administrator"):
            grant(staffed, by, by.person, Grant("administrator"))


def test_the_last_administrator_stays(staffed: Ledger) -> None:
    role = Grant("administrator")
    with pytest.raises(ForbiddenError, match=r"ada is the last administrator \(make somebody else one first\)"):
        revoke(staffed, ADA, "ada", role, reason="x")
    grant(staffed, ADA, "cleo", Grant("administrator", "m-1"))  # of one material: could not undo it
    with pytest.raises(ForbiddenError, match="the last administrator"):
        revoke(staffed, ADA, "ada", role, reason="x")
    grant(staffed, ADA, "ben", role)
    assert revoke(staffed, BEN, "ada", role, reason="left").grants == frozenset()
    with pytest.raises(ForbiddenError, match="ada may not grant"):
        grant(staffed, ADA, "ada", role)


def test_an_account_is_one_person(staffed: Ledger) -> None:
    account = {"issuer": "https://orcid.org", "subject": "0000-0002-1825-0097"}
    assert link(staffed, ADA, "ben", **account).identities == (("https://orcid.org", "0000-0002-1825-0097"),)
    assert len(link(staffed, ADA, "ben", **account).identities) == 1
    with pytest.raises(ForbiddenError, match="this account is ben's already"):
        link(staffed, ADA, "cleo", **account)
    assert len(link(staffed, ADA, "ben", issuer="https://example.org", subject="7").identities) == 2
    with pytest.raises(NotFoundError):
        link(staffed, ADA, "bem", issuer="https://example.org", subject="8")
    with pytest.raises(ForbiddenError, match="may not link"):
        link(staffed, BEN, "ben", issuer="https://example.org", subject="8")


def test_people_as_of_then(staffed: Ledger) -> None:
    before = staffed.position()
    grant(staffed, ADA, "cleo", Grant("reviewer"))
    acts = [act for act in staffed.acts() if act.kind in ACTS]
    then, now = fold(act for act in acts if act.position <= before), fold(acts)
    assert (then["cleo"].may("reviewer"), now["cleo"].may("reviewer")) == (False, True)
    assert fold([act for act in acts if act.position > before], then) == now  # read on from where one was


def test_what_another_opening_did_is_known_at_once(place: str) -> None:
    with Ledger.open(place) as one, Ledger.open(place) as other:
        employ(one)
        grant(other, ADA, "cleo", Grant("reviewer"))
        assert grant(one, ADA, "cleo", Grant("reader")).grants == {Grant("curator"), Grant("reviewer"), Grant("reader")}
        revoke(other, ADA, "ben", Grant("reviewer"), reason="left")
        with pytest.raises(NotFoundError, match="ben does not have"):
            revoke(one, ADA, "ben", Grant("reviewer"), reason="left")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("0000-0002-1694-233X", True),
        ("0000-0002-1694-2330", False),
        ("0000-0001-5109-3700", True),
        ("0000-0001-5109-370x", False),
    ],
)
def test_the_check_digit_of_an_orcid(text: str, valid: bool) -> None:
    assert is_orcid(text) is valid
