"""Who may do what: every act by every role, in scope and out of it, by tokens that reach less far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mechkg.curation.policy import NEEDS, is_alone, refuse_interested, require
from mechkg.errors import ForbiddenError
from mechkg.model.ledger_record import ActKind
from mechkg.model.person import ROLES, Caller, Grant, Interest, Person, Role

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SAYING = {"comment", "watch", "declare", "issue", "revoke-token"}
"""What whoever has a role anywhere may do."""


def _person(*grants: Grant) -> Person:
    return Person("ana", "Ana", frozenset(grants))


def _may(kind: ActKind, grant: Grant, materials: tuple[str, ...] = (), within: Grant | None = None) -> bool:
    by = Caller("ana", "web", within or Grant("administrator"))
    try:
        require(kind, by, _person(grant), materials)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize("kind", NEEDS)
def test_each_act_takes_its_role_or_one_above(kind: ActKind) -> None:
    enough = ROLES[ROLES.index(NEEDS[kind]) :]
    assert {role for role in ROLES if _may(kind, Grant(role))} == set(enough)
    # in one material: only for what belongs to it alone
    scoped = set(ROLES) if kind in SAYING else set(enough)
    assert {role for role in ROLES if _may(kind, Grant(role, "m-1"), ("m-1",))} == scoped
    for materials in ((), ("m-2",), ("m-1", "m-2")):
        assert _may(kind, Grant("administrator", "m-1"), materials) == (kind in SAYING)


@pytest.mark.parametrize("kind", NEEDS)
def test_a_token_reaches_no_further_than_it_says(kind: ActKind) -> None:
    may = {role for role in ROLES if _may(kind, Grant("administrator"), within=Grant(role))}
    assert may == ({role for role in ROLES if role != "reader"} if kind in SAYING else set(ROLES[ROLES.index(NEEDS[kind]) :]))
    within = Grant("administrator", "m-1")
    assert _may(kind, Grant("administrator"), ("m-1",), within)
    assert _may(kind, Grant("administrator"), ("m-2",), within) == (kind in SAYING)
    # nor further than the person
    assert not _may("release", Grant("reader"), within=Grant("administrator"))


def test_a_refusal_says_what_it_takes_and_what_there_is() -> None:
    with pytest.raises(ForbiddenError, match=r"nobody called 'ana' is known here \(ask an administrator to enrol you\)"):
        require("comment", Caller("ana", "web"), None)
    with pytest.raises(ForbiddenError, match=r"ana has no role here \(ask an administrator for one\)"):
        require("comment", Caller("ana", "web"), _person())
    person = _person(Grant("reviewer", "m-1"), Grant("curator"))
    words = r"ana may not accept: that takes the role reviewer in everything \(has curator in all, reviewer in m-1\)"
    with pytest.raises(ForbiddenError, match=words):
        require("accept", Caller("ana", "web"), person)
    with pytest.raises(ForbiddenError, match=r"reviewer in 'm-2' \("):
        require("accept", Caller("ana", "web"), person, ["m-1", "m-2"])
    with pytest.raises(ForbiddenError, match=r"may not accept: .*\(has no role\)"):
        require("accept", Caller("ana", "web"), _person())
    with pytest.raises(ForbiddenError, match=r"reaches to curator in m-1, and to accept takes reviewer in m-1 \(use a token"):
        require("accept", Caller("ana", "web", Grant("curator", "m-1")), person, ["m-1"])
    with pytest.raises(ForbiddenError, match="this token of ana may only read"):
        require("comment", Caller("ana", "web", Grant("reader")), person)


def test_an_interest_blocks_until_it_ends() -> None:
    soon = NOW + timedelta(days=1)
    person = Person("ana", "Ana", interests=(Interest("paper", "my own", NOW), Interest("bo", "married", NOW, soon)))
    refuse_interested(person, ["another paper", "m-1"], NOW)
    with pytest.raises(ForbiddenError, match=r"interest about paper: my own \(somebody else has to decide\)"):
        refuse_interested(person, ["m-1", "paper"], soon + timedelta(days=9999))
    with pytest.raises(ForbiddenError, match="about bo: married"):
        refuse_interested(person, ["bo"], soon - timedelta(microseconds=1))
    refuse_interested(person, ["bo"], soon)


@pytest.mark.parametrize(
    ("roles", "alone"),
    [
        ((), False),
        (("administrator",), True),
        (("administrator", "curator", "reader"), True),
        (("administrator", "reviewer"), False),
        (("reviewer",), True),
    ],
)
def test_alone_is_who_has_no_second_reviewer(roles: tuple[Role, ...], alone: bool) -> None:
    assert is_alone(Person(str(n), "", frozenset({Grant(role)})) for n, role in enumerate(roles)) is alone
    scoped = [Person("a", "", frozenset({Grant("administrator")})), Person("b", "", frozenset({Grant("reviewer", "m-9")}))]
    assert not is_alone(scoped)
