"""Tokens: issued, found by their text, used, revoked.

That a token was issued or revoked is an act of the ledger upon its person, where it can be read for ever. Two things leave their
trace in the table of tokens alone, which is cleared after ``KEPT``: sessions, and links by which people sign themselves in. When
somebody sat down at a screen is nothing that a record without end should hold.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from mechkg.curation import tables
from mechkg.curation.chain import time_text
from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import subject_of
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, UnauthenticatedError
from mechkg.model.person import Caller, Grant
from mechkg.model.token import LIFETIMES, Token, TokenKind, TokenText

KEPT = timedelta(days=90)
"""For so long a session or link is still listed after its end."""

_SELDOM = timedelta(minutes=1)  # when a token was last used is written so often at most: reading should not always write

_ALL_OF_IT = Grant("administrator")


def issue(ledger: Ledger, by: Caller, name: str, within: Grant, *, lasts: timedelta | None = None) -> tuple[TokenText, Token]:
    """Give the caller a token for programs, which reaches no further than ``within``.

    Raise ForbiddenError when it would reach further than the caller does, BadInputError for a name or a time that cannot be.
    """
    with at_desk(ledger, by) as desk:
        person = desk.require("issue")
        if not person.may(within.role, within.scope):
            raise ForbiddenError(f"a token for {within.role} in {within.scope} reaches further than {person.id} does")
        if not by.within.covers(within.role, within.scope):
            raise ForbiddenError(f"a token for {within.role} in {within.scope} reaches further than the one that asks for it")
        if any(t.name == name and t.state(desk.batch.at) == "valid" for t in _listed(_rows(desk), person.id, ("api",))):
            raise BadInputError(f"{person.id} has a token called '{name}' already", hint="revoke it, or choose another name")
        return _issue(desk, "api", person.id, name, within, lasts)


def sign_in_link(ledger: Ledger, by: Caller, person: str | None = None) -> tuple[TokenText, Token]:
    """Make what signs a person in, once, within minutes: the caller, or, for an administrator, anybody.

    Raise ForbiddenError when the caller holds a token that reaches less far than the person, NotFoundError for somebody unknown.
    """
    with at_desk(ledger, by) as desk:
        who = _known(desk, person or by.person)
        own = who == by.person
        desk.require("issue" if own else "link")
        if by.within != _ALL_OF_IT:
            raise ForbiddenError("a token that is bounded cannot be made into a session, which is not")
        return _issue(desk, "link", who, "sign-in link", _ALL_OF_IT, None, traced=not own)


def invite(ledger: Ledger, by: Caller, person: str, *, lasts: timedelta | None = None) -> tuple[TokenText, Token]:
    """Make what lets an account elsewhere become this person's, once, within days. Administrators may."""
    with at_desk(ledger, by) as desk:
        desk.require("link")
        return _issue(desk, "invitation", _known(desk, person), "invitation", _ALL_OF_IT, lasts)


def redeem(ledger: Ledger, text: str) -> tuple[TokenText, Token]:
    """Begin a session by a sign-in link, which is then used up.

    Raise UnauthenticatedError when it does not hold, or somebody was faster.
    """
    with ledger.writing(None, "web") as batch:
        token = use_up(batch.rows.connection, text, ("link",), batch.at)
        return begin(batch.rows.connection, token.person, token.id, batch.at)


def begin_session(ledger: Ledger, person: str, origin: str) -> tuple[TokenText, Token]:
    """Begin a session of a person who has proved at ``origin`` who they are."""
    with ledger.writing(None, "web") as batch:
        return begin(batch.rows.connection, person, origin, batch.at)


def use_up(connection: Connection, text: str, kinds: tuple[TokenKind, ...], at: datetime) -> Token:
    """Mark a token that serves once as used, within a write transaction, and return it.

    Raise UnauthenticatedError when it does not hold.
    """
    token = _held(connection, text, kinds, at)
    t = tables.token.c
    # The condition repeats what was just read: were two ever to get here at once, one of them changes nothing.
    done = connection.execute(update(tables.token).where(t.id == token.id, t.last_used.is_(None)).values(last_used=time_text(at)))
    if done.rowcount != 1:
        raise UnauthenticatedError("this link was used before", hint="it serves once; get a new one")
    return token


def find(ledger: Ledger, text: str, kinds: tuple[TokenKind, ...], *, at: datetime | None = None) -> Token:
    """Return the token of this text, as long as it holds; raise UnauthenticatedError when it does not."""
    with ledger.reading() as connection:
        return _held(connection, text, kinds, at or datetime.now(UTC))


def still(ledger: Ledger, name: str, *, at: datetime | None = None) -> Token:
    """Return the token of this name, as long as it holds; raise UnauthenticatedError when it does not.

    The name is no secret: this is for asking again after somebody who has shown the token before.
    """
    with ledger.reading() as connection:
        found = connection.execute(select(tables.token).where(tables.token.c.id == name)).first()
        return _holding(found, at or datetime.now(UTC))


def used(ledger: Ledger, token: Token, *, at: datetime | None = None) -> None:
    """Write down that a token was used, if that was not done a moment ago, and let a session go on for as long as it may."""
    now = at or datetime.now(UTC)
    if token.last_used is not None and now - token.last_used < _SELDOM:
        return
    idle = LIFETIMES[token.kind].idle
    expires = token.expires if idle is None else min(now + idle, token.until)
    t = tables.token.c
    with ledger.writing(None, "system") as batch:
        batch.rows.connection.execute(
            update(tables.token)
            .where(t.id == token.id, t.revoked.is_(None))
            .values(last_used=time_text(now), expires=time_text(max(expires, token.expires)))
        )


def listed(
    ledger: Ledger, person: str | None = None, kinds: tuple[TokenKind, ...] = ("api", "session", "link", "invitation")
) -> list[Token]:
    """Return the tokens of a person, or of all, of these kinds, oldest first; those that no longer hold among them."""
    with ledger.reading() as connection:
        return _listed(connection, person, kinds)


def revoke(ledger: Ledger, by: Caller, token: str, *, reason: str | None = None) -> Token:
    """Make a token, named by the first of its parts, hold no more. Administrators may revoke those of others.

    Raise NotFoundError, with the nearest name, for one that is not there, BadInputError for one that does not hold anyway.
    """
    with at_desk(ledger, by) as desk:
        seen = {t.id: t for t in _listed(_rows(desk), None, tuple(LIFETIMES))}
        name = token.strip().removeprefix("mkg_").partition("_")[0]
        if name not in seen or (seen[name].person != by.person and not (desk.person and desk.person.may("administrator"))):
            own = [t.id for t in seen.values() if t.person == by.person]
            raise NotFoundError.of("token", name, own)
        found = seen[name]
        desk.require("revoke-token" if found.person == by.person else "revoke")
        if (state := found.state(desk.batch.at)) != "valid":
            raise BadInputError(f"the token {name} is {state} already")
        _revoke(desk, found, reason)
        return _listed(_rows(desk), found.person, (found.kind,), found.id)[0]


def sign_out(ledger: Ledger, token: Token) -> None:
    """End a session, as its holder asks."""
    t = tables.token.c
    with ledger.writing(None, "web") as batch:
        ended = {"revoked": time_text(batch.at), "revoked_by": token.person}
        batch.rows.connection.execute(update(tables.token).where(t.id == token.id, t.revoked.is_(None)).values(ended))


def revoke_all(ledger: Ledger, by: Caller, person: str, *, reason: str | None = None) -> list[Token]:
    """Make everything hold no more that stands for a person: the caller or, for administrators, anybody; return what held."""
    with at_desk(ledger, by) as desk:
        desk.require("revoke-token" if person == by.person else "revoke")
        return revoke_those(desk, _known(desk, person), None, reason)


# --- within a transaction ---------------------------------------------------------------------------------------------


def _issue(
    desk: Desk, kind: TokenKind, person: str, name: str, within: Grant, lasts: timedelta | None, *, traced: bool = True
) -> tuple[TokenText, Token]:
    life = LIFETIMES[kind]
    name = name.strip()
    if not 0 < len(name) <= 80 or not name.isprintable():
        raise BadInputError("a token needs a name, of at most 80 characters", hint="say where it is used")
    span = life.usual if lasts is None else lasts
    if not timedelta(0) < span <= life.longest:
        raise BadInputError(f"a token cannot last {_days(span)}", hint=f"this kind lasts {_days(life.longest)} at most")
    text, token = _insert(_rows(desk), kind, person, name, within, span, desk.by.person, None, desk.batch.at)
    if traced:
        content = {"token": token.id, "kind": kind, "name": name, "role": within.role, "scope": within.scope}
        desk.act("issue", subject_of(person), None, {**content, "until": time_text(token.until)})
    return text, token


def begin(connection: Connection, person: str, origin: str, at: datetime) -> tuple[TokenText, Token]:
    """Begin a session, and clear away what ended long ago."""
    t = tables.token.c
    old = time_text(at - KEPT)
    connection.execute(delete(tables.token).where(t.kind.in_(("session", "link")), t.until < old))
    span = LIFETIMES["session"].usual
    return _insert(connection, "session", person, "browser", _ALL_OF_IT, span, person, origin, at)


def _insert(
    connection: Connection, kind: TokenKind, person: str, name: str, within: Grant, span: timedelta,
    by: str, origin: str | None, at: datetime,
) -> tuple[TokenText, Token]:  # fmt: skip
    text = TokenText.new()
    idle = LIFETIMES[kind].idle
    token = Token(text.id, kind, person, name, within, at, by, at + min(span, idle or span), at + span, origin)
    row = {
        "id": token.id, "kind": kind, "hash": text.hash, "person": person, "name": name, "role": within.role,
        "scope": within.scope, "issued": time_text(at), "issued_by": by, "expires": time_text(token.expires),
        "until": time_text(token.until), "origin": origin,
    }  # fmt: skip
    connection.execute(tables.token.insert(), row)
    return text, token


def _held(connection: Connection, text: str, kinds: tuple[TokenKind, ...], at: datetime) -> Token:
    """Return the token of this text; what its state is, is told only to those who know the secret."""
    try:
        given = TokenText.parse(text)
    except BadInputError as error:
        raise UnauthenticatedError(error.message, hint=error.hint) from None
    row = connection.execute(select(tables.token).where(tables.token.c.id == given.id)).first()
    if not given.fits(row.hash if row else "") or row is None or row.kind not in kinds:
        row = None
    return _holding(row, at)


def _holding(row: Row[Any] | None, at: datetime) -> Token:
    if row is None:
        raise UnauthenticatedError("this token is not known here", hint="get a new one")
    token = _token(row)
    state = token.state(at)
    if state == "used":
        raise UnauthenticatedError("this link was used before", hint="it serves once; get a new one")
    if state != "valid":
        when = token.expires if state == "expired" else token.revoked
        raise UnauthenticatedError(
            f"this {_CALLED[token.kind]} {_ENDED[state]} on {when:%Y-%m-%d at %H:%M} UTC", hint="get a new one"
        )
    return token


def revoke_those(desk: Desk, person: str, origin: str | None, reason: str | None) -> list[Token]:
    """Make the tokens of a person hold no more: all of them, or the sessions of one ``origin``; return those that held."""
    valid = [t for t in _listed(_rows(desk), person, tuple(LIFETIMES)) if t.state(desk.batch.at) == "valid"]
    those = [t for t in valid if origin is None or t.origin == origin]
    for token in those:
        _revoke(desk, token, reason)
    return those


def _revoke(desk: Desk, token: Token, reason: str | None) -> None:
    ended = {"revoked": time_text(desk.batch.at), "revoked_by": desk.by.person}
    _rows(desk).execute(update(tables.token).where(tables.token.c.id == token.id).values(ended))
    desk.act("revoke-token", subject_of(token.person), reason, {"token": token.id, "kind": token.kind, "name": token.name})


def _listed(connection: Connection, person: str | None, kinds: tuple[TokenKind, ...], token: str | None = None) -> list[Token]:
    t = tables.token.c
    query = select(tables.token).where(t.kind.in_(kinds)).order_by(t.issued, t.id)
    if person is not None:
        query = query.where(t.person == person)
    if token is not None:
        query = query.where(t.id == token)
    return [_token(row) for row in connection.execute(query)]


def _token(row: Row[Any]) -> Token:
    def time(text: str | None) -> Any:
        return datetime.fromisoformat(text) if text else None

    return Token(
        row.id, row.kind, row.person, row.name, Grant(row.role, row.scope), time(row.issued), row.issued_by, time(row.expires),
        time(row.until), row.origin, time(row.last_used), time(row.revoked), row.revoked_by,
    )  # fmt: skip


def _rows(desk: Desk) -> Connection:
    connection: Connection = desk.batch.rows.connection
    return connection


def _known(desk: Desk, person: str) -> str:
    if person not in desk.everybody:
        raise NotFoundError.of("person", person, desk.everybody)
    return person


def _days(span: timedelta) -> str:
    return f"{span.days} days" if span >= timedelta(days=1) or span <= timedelta(0) else f"{span.seconds // 60} minutes"


_CALLED: dict[TokenKind, str] = {"api": "token", "session": "session", "link": "link", "invitation": "invitation"}
_ENDED = {"expired": "expired", "revoked": "was revoked"}
