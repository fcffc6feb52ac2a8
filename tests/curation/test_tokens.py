"""Tokens hold for whom, for how long and as far as was said; what serves once serves once, whoever comes at the same time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from mechkg.curation import tokens
from mechkg.curation.accept_invitation import accept_invitation
from mechkg.curation.enrol import enrol, grant, link, revoke, unlink
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import ACTS, fold
from mechkg.curation.tables import token as table
from mechkg.errors import BadInputError, ForbiddenError, MechkgError, NotFoundError, UnauthenticatedError
from mechkg.model.person import Caller, Grant
from mechkg.model.token import LIFETIMES, TokenText
from tests.curation.staff import ADA, BEN, CLEO, DAN

ISSUER = "https://id.example.org"


def now() -> datetime:
    return datetime.now(UTC)


def traces(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    """Kind, actor, person and token of every act that says something of a token."""
    acts = ledger.acts_of_kinds(("issue", "revoke-token"))
    return [(a.kind, a.actor, a.subject.name, (a.content or {})["token"]) for a in acts if a.subject]


# --- tokens for programs ----------------------------------------------------------------------------------------------


def test_a_token_is_found_by_its_text_and_only_its_hash_is_kept(staffed: Ledger) -> None:
    text, token = tokens.issue(staffed, CLEO, "notebook", Grant("curator"))
    assert tokens.find(staffed, text.reveal(), ("api",)) == token
    assert (token.person, token.within, token.state(now())) == ("cleo", Grant("curator"), "valid")
    assert token.until - token.issued == LIFETIMES["api"].usual
    with staffed.reading() as connection:
        [row] = connection.execute(table.select()).all()
    assert row.hash == text.hash
    assert text.secret not in repr(row)
    everything = " ".join(map(str, staffed.acts()))
    assert text.secret not in everything and text.hash not in everything
    assert traces(staffed) == [("issue", "cleo", "cleo", token.id)]
    assert staffed.verify_chain() is None


@pytest.mark.parametrize("kind", ["secret", "id", "kind"])
def test_another_text_is_not_known(staffed: Ledger, kind: str) -> None:
    text, _ = tokens.issue(staffed, CLEO, "notebook", Grant("reader"))
    other = TokenText.new()
    wrong = {"secret": TokenText(text.id, other.secret), "id": TokenText(other.id, text.secret), "kind": text}[kind]
    with pytest.raises(UnauthenticatedError, match="not known") as caught:
        tokens.find(staffed, wrong.reveal(), ("session",) if kind == "kind" else ("api",))
    assert text.secret not in str(caught.value)


def test_a_token_ends_when_it_was_to_end(staffed: Ledger) -> None:
    text, token = tokens.issue(staffed, CLEO, "a run", Grant("reader"), lasts=timedelta(hours=1))
    assert tokens.find(staffed, text.reveal(), ("api",), at=token.issued + timedelta(minutes=59)) == token
    with pytest.raises(UnauthenticatedError, match=r"expired on \d{4}-"):
        tokens.find(staffed, text.reveal(), ("api",), at=token.issued + timedelta(hours=1))
    # use moves the end of a session, and of nothing else
    tokens.used(staffed, token, at=token.issued + timedelta(minutes=30))
    [after] = tokens.listed(staffed, "cleo")
    assert (after.expires, after.last_used) == (token.expires, token.issued + timedelta(minutes=30))


@pytest.mark.parametrize("lasts", [timedelta(days=366), timedelta(0), timedelta(days=-1)])
def test_a_token_cannot_last_longer_than_a_year_or_not_at_all(staffed: Ledger, lasts: timedelta) -> None:
    with pytest.raises(BadInputError, match="365 days at most"):
        tokens.issue(staffed, CLEO, "for ever", Grant("reader"), lasts=lasts)
    assert tokens.listed(staffed) == [] and traces(staffed) == []


@pytest.mark.parametrize(
    ("by", "within"),
    [
        (CLEO, Grant("reviewer")),  # more than the person may
        (DAN, Grant("curator")),  # dan may so in one material only
        (Caller("cleo", "graphql", Grant("curator", "m-1")), Grant("curator")),  # more than the token that asks
        (Caller("cleo", "graphql", Grant("reader")), Grant("reader")),  # a token that may only read makes none
        (Caller("eve", "graphql"), Grant("reader")),
    ],
)
def test_a_token_reaches_no_further_than_who_asks_for_it(staffed: Ledger, by: Caller, within: Grant) -> None:
    with pytest.raises(ForbiddenError):
        tokens.issue(staffed, by, "mine", within)
    assert tokens.listed(staffed) == []


def test_names_of_tokens_are_told_apart(staffed: Ledger) -> None:
    _, first = tokens.issue(staffed, CLEO, "notebook", Grant("reader"))
    with pytest.raises(BadInputError, match="called 'notebook' already"):
        tokens.issue(staffed, CLEO, "notebook", Grant("reader"))
    tokens.issue(staffed, BEN, "notebook", Grant("reader"))
    tokens.revoke(staffed, CLEO, first.id)
    tokens.issue(staffed, CLEO, "notebook", Grant("reader"))
    for name in ("", "x" * 81, "a\nb"):
        with pytest.raises(BadInputError, match="needs a name"):
            tokens.issue(staffed, CLEO, name, Grant("reader"))


def test_what_is_revoked_holds_no_more(staffed: Ledger) -> None:
    text, token = tokens.issue(staffed, CLEO, "lost", Grant("curator"))
    gone = tokens.revoke(staffed, CLEO, text.reveal(), reason="left in a train")  # the whole text names it too
    assert (gone.state(now()), gone.revoked_by) == ("revoked", "cleo")
    with pytest.raises(UnauthenticatedError, match="was revoked on"):
        tokens.find(staffed, text.reveal(), ("api",))
    with pytest.raises(BadInputError, match="revoked already"):
        tokens.revoke(staffed, CLEO, token.id)
    assert traces(staffed)[-1] == ("revoke-token", "cleo", "cleo", token.id)
    assert list(staffed.acts())[-1].reason == "left in a train"


def test_only_administrators_revoke_the_tokens_of_others(staffed: Ledger) -> None:
    _, hers = tokens.issue(staffed, CLEO, "notebook", Grant("curator"))
    tokens.issue(staffed, BEN, "robot", Grant("reader"))
    with pytest.raises(NotFoundError, match="no token called"):
        tokens.revoke(staffed, BEN, hers.id)
    with pytest.raises(ForbiddenError):
        tokens.revoke(staffed, Caller("ada", "graphql", Grant("curator")), hers.id)
    assert tokens.revoke(staffed, ADA, hers.id).revoked_by == "ada"
    assert len(tokens.revoke_all(staffed, ADA, "ben", reason="left")) == 1
    assert {t.state(now()) for t in tokens.listed(staffed)} == {"revoked"}
    with pytest.raises(ForbiddenError):
        tokens.revoke_all(staffed, BEN, "cleo")


def test_an_unknown_token_is_answered_with_the_nearest_of_ones_own(staffed: Ledger) -> None:
    _, token = tokens.issue(staffed, CLEO, "notebook", Grant("curator"))
    wrong = ("a" if token.id[0] != "a" else "b") + token.id[1:]
    with pytest.raises(NotFoundError, match=f"did you mean '{token.id}'"):
        tokens.revoke(staffed, CLEO, wrong)


def test_the_last_use_is_written_once_a_minute(staffed: Ledger) -> None:
    _, token = tokens.issue(staffed, CLEO, "notebook", Grant("curator"))
    for seconds in (10, 30, 69, 71, 90):
        [token] = tokens.listed(staffed, "cleo")
        tokens.used(staffed, token, at=token.issued + timedelta(seconds=seconds))
    assert tokens.listed(staffed, "cleo")[0].last_used == token.issued + timedelta(seconds=71)


# --- sessions and links -----------------------------------------------------------------------------------------------


def test_a_link_begins_one_session(staffed: Ledger) -> None:
    link_text, made = tokens.sign_in_link(staffed, CLEO)
    assert made.until - made.issued == timedelta(minutes=10)
    session_text, session = tokens.redeem(staffed, link_text.reveal())
    assert (session.kind, session.person, session.origin) == ("session", "cleo", made.id)
    assert tokens.find(staffed, session_text.reveal(), ("session",)) == session
    with pytest.raises(UnauthenticatedError, match="used before"):
        tokens.redeem(staffed, link_text.reveal())
    assert traces(staffed) == []  # who sat down when is not kept for ever


def test_a_link_for_somebody_else_leaves_a_trace_and_takes_an_administrator(staffed: Ledger) -> None:
    with pytest.raises(ForbiddenError):
        tokens.sign_in_link(staffed, CLEO, "ada")
    with pytest.raises(NotFoundError, match="did you mean 'cleo'"):
        tokens.sign_in_link(staffed, ADA, "cleon")
    _, made = tokens.sign_in_link(staffed, ADA, "cleo")
    assert traces(staffed) == [("issue", "ada", "cleo", made.id)]


def test_a_bounded_token_cannot_become_a_session(staffed: Ledger) -> None:
    with pytest.raises(ForbiddenError, match="bounded"):
        tokens.sign_in_link(staffed, Caller("ada", "graphql", Grant("reviewer")))
    with pytest.raises(ForbiddenError):
        tokens.invite(staffed, Caller("ada", "graphql", Grant("reviewer")), "cleo")


def test_one_of_many_that_redeem_a_link_at_once_succeeds(staffed: Ledger) -> None:
    link_text, _ = tokens.sign_in_link(staffed, ADA)
    begun, refused, start = [], [], threading.Barrier(8)

    def redeem() -> None:
        start.wait()
        try:
            begun.append(tokens.redeem(staffed, link_text.reveal()))
        except UnauthenticatedError as error:
            refused.append(error)

    threads = [threading.Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(begun), len(refused)) == (1, 7)
    assert len(tokens.listed(staffed, kinds=("session",))) == 1


def test_one_of_two_programs_that_redeem_a_link_at_once_succeeds(staffed: Ledger, place: str) -> None:
    """Two ledgers on one database have no lock in common but that of the database."""
    link_text, _ = tokens.sign_in_link(staffed, ADA)
    with Ledger.open(place) as other:
        found, start = [], threading.Barrier(2)

        def redeem(ledger: Ledger) -> None:
            start.wait()
            try:
                found.append(tokens.redeem(ledger, link_text.reveal())[1].kind)
            except UnauthenticatedError:
                found.append("link")

        threads = [threading.Thread(target=redeem, args=(ledger,)) for ledger in (staffed, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == ["link", "session"]


def test_use_prolongs_a_session_up_to_its_bound(staffed: Ledger) -> None:
    text, session = tokens.begin_session(staffed, "cleo", ISSUER)
    life = LIFETIMES["session"]
    assert life.idle is not None
    at = session.issued
    with pytest.raises(UnauthenticatedError, match="session expired"):
        tokens.find(staffed, text.reveal(), ("session",), at=at + life.idle)
    while at < session.until:
        seen = tokens.find(staffed, text.reveal(), ("session",), at=at)
        tokens.used(staffed, seen, at=at)
        at += life.idle - timedelta(minutes=5)
    with pytest.raises(UnauthenticatedError, match="session expired"):
        tokens.find(staffed, text.reveal(), ("session",), at=at)
    assert tokens.listed(staffed, "cleo")[0].expires == session.until == session.issued + life.longest


def test_signing_out_ends_the_session_and_use_does_not_bring_it_back(staffed: Ledger) -> None:
    text, session = tokens.begin_session(staffed, "cleo", ISSUER)
    tokens.sign_out(staffed, session)
    tokens.used(staffed, session)
    with pytest.raises(UnauthenticatedError, match="was revoked"):
        tokens.find(staffed, text.reveal(), ("session",))


def test_sessions_are_forgotten_long_after_their_end_and_tokens_are_not(staffed: Ledger) -> None:
    tokens.begin_session(staffed, "cleo", ISSUER)
    _, kept = tokens.issue(staffed, CLEO, "notebook", Grant("reader"))
    with staffed._engine.begin() as connection:
        connection.execute(sql("UPDATE token SET until = '2020-01-01T00:00:00.000000Z'"))
    _, new = tokens.begin_session(staffed, "ben", ISSUER)
    assert {t.id for t in tokens.listed(staffed)} == {kept.id, new.id}


# --- invitations and accounts elsewhere -------------------------------------------------------------------------------


def identities(ledger: Ledger, person: str) -> tuple[tuple[str, str], ...]:
    return fold(ledger.acts_of_kinds(ACTS))[person].identities


def test_an_invitation_links_an_account_once(staffed: Ledger) -> None:
    text, invitation = tokens.invite(staffed, ADA, "cleo")
    _, session = accept_invitation(staffed, text.reveal(), account=(ISSUER, "s-1"))
    assert (session.person, session.origin) == ("cleo", ISSUER)
    assert identities(staffed, "cleo") == ((ISSUER, "s-1"),)
    act = list(staffed.acts())[-1]
    assert (act.kind, act.actor, act.door) == ("link", "cleo", "web")
    assert (act.content or {})["invitation"] == invitation.id
    with pytest.raises(UnauthenticatedError, match="used before"):
        accept_invitation(staffed, text.reveal(), account=(ISSUER, "s-2"))


def test_an_invitation_falls_with_the_administrator_who_gave_it(staffed: Ledger) -> None:
    grant(staffed, ADA, "ben", Grant("administrator"))
    text, _ = tokens.invite(staffed, BEN, "cleo")
    revoke(staffed, ADA, "ben", Grant("administrator"), reason="left")
    with pytest.raises(ForbiddenError, match="ben, who invited you, is no administrator"):
        accept_invitation(staffed, text.reveal(), account=(ISSUER, "s-1"))
    assert identities(staffed, "cleo") == () and tokens.listed(staffed, kinds=("session",)) == []


def test_an_account_is_one_persons_and_a_refused_invitation_still_serves(staffed: Ledger) -> None:
    link(staffed, ADA, "ben", issuer=ISSUER, subject="s-1")
    text, _ = tokens.invite(staffed, ADA, "cleo")
    with pytest.raises(ForbiddenError, match="somebody else's already"):
        accept_invitation(staffed, text.reveal(), account=(ISSUER, "s-1"))
    accept_invitation(staffed, text.reveal(), account=(ISSUER, "s-2"))
    assert identities(staffed, "cleo") == ((ISSUER, "s-2"),)


def test_an_invitation_of_a_known_orcid_is_for_that_orcid(staffed: Ledger) -> None:
    enrol(staffed, ADA, "fay", name="Fay", orcid="0000-0002-1825-0097")
    text, _ = tokens.invite(staffed, ADA, "fay")
    with pytest.raises(ForbiddenError, match="is for the ORCID iD 0000-0002-1825-0097"):
        accept_invitation(staffed, text.reveal(), account=(ISSUER, "x"), orcid="0000-0001-5109-3700")
    accept_invitation(staffed, text.reveal(), account=(ISSUER, "x"), orcid="0000-0002-1825-0097")


@pytest.mark.parametrize("kind", ["link", "api", "invitation"])
def test_each_kind_serves_its_own_purpose(staffed: Ledger, kind: str) -> None:
    made = {
        "link": lambda: tokens.sign_in_link(staffed, ADA),
        "api": lambda: tokens.issue(staffed, ADA, "x", Grant("administrator")),
        "invitation": lambda: tokens.invite(staffed, ADA, "cleo"),
    }
    text = made[kind]()[0].reveal()
    doors = {
        "link": lambda: tokens.redeem(staffed, text),
        "api": lambda: tokens.find(staffed, text, ("api",)),
        "invitation": lambda: accept_invitation(staffed, text, account=None),
    }
    for name, door in doors.items():
        if name == kind:
            continue
        with pytest.raises(UnauthenticatedError, match="not known"):
            door()
    doors[kind]()


def test_unlinking_an_account_ends_what_began_there(staffed: Ledger) -> None:
    link(staffed, ADA, "cleo", issuer=ISSUER, subject="s-1")
    there, _ = tokens.begin_session(staffed, "cleo", ISSUER)
    elsewhere, _ = tokens.begin_session(staffed, "cleo", "https://other.example.org")
    with pytest.raises(NotFoundError):
        unlink(staffed, ADA, "cleo", issuer=ISSUER, subject="s-2", reason="a slip")
    unlink(staffed, ADA, "cleo", issuer=ISSUER, subject="s-1", reason="taken over")
    assert identities(staffed, "cleo") == ()
    with pytest.raises(UnauthenticatedError):
        tokens.find(staffed, there.reveal(), ("session",))
    assert tokens.find(staffed, elsewhere.reveal(), ("session",)).person == "cleo"


def test_a_refused_issue_leaves_nothing(staffed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row and the act that tells of it come together or not at all."""
    before = staffed.position()
    monkeypatch.setattr("mechkg.curation.desk.Desk.act", lambda *a, **n: (_ for _ in ()).throw(MechkgError("no")))
    with pytest.raises(MechkgError, match="no"):
        tokens.issue(staffed, CLEO, "notebook", Grant("curator"))
    assert tokens.listed(staffed) == [] and staffed.position() == before


def test_a_ledger_from_before_there_were_tokens_gets_the_table(place: str) -> None:
    with Ledger.open(place) as ledger:
        enrol(ledger, ADA, "ada", name="Ada")
        ledger.migrate(2)
        with ledger._engine.begin() as connection:
            table.drop(connection)
            connection.exec_driver_sql("DROP TABLE ledger_version")
    with Ledger.open(place, upgrade=True) as ledger:
        assert tokens.listed(ledger) == []
        assert [a.kind for a in ledger.acts()] == ["enrol", "grant"]
