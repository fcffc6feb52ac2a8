"""``mechkg people``, ``mechkg token`` and ``mechkg sign-in-link``: who is known here, what they may do, and how they come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.markup import escape
from rich.table import Table

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_json
from mechkg.errors import BadInputError, NotFoundError

if TYPE_CHECKING:  # loaded by the commands of this file alone, for the others are to answer at once
    from mechkg.model.person import Grant, Person
    from mechkg.model.token import Token, TokenText

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(help="People: who is known here, and what they may do.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens, by which programs act for people.", no_args_is_help=True)

As = Annotated[Optional[str], typer.Option("--as", envvar="MECHKG_PERSON", metavar="PERSON", help="Who acts.")]
Who = Annotated[str, typer.Argument(metavar="PERSON", help="Short name of a person.")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="reader, curator, reviewer or administrator.")]
Scope = Annotated[Optional[str], typer.Option("--for", metavar="MATERIAL", help="Id of a material.", show_default="everything")]
Why = Annotated[Optional[str], typer.Option("--reason", "-r", help="Why, in a sentence.")]
Issuer = Annotated[
    str, typer.Option("--issuer", help="Address of who vouches for the account, such as https://orcid.org.", show_default=False)
]
AccountName = Annotated[str, typer.Option("--subject", help="The account, as its issuer knows it.", show_default=False)]
Url = Annotated[str, typer.Option("--url", envvar="MECHKG_URL", metavar="URL", help="Address at which browsers reach mechkg.")]
Days = Annotated[Optional[float], typer.Option("--days", min=0.0, help="For how long.", show_default=False)]

LOCAL = "http://127.0.0.1:8000"
"""Where ``mechkg start`` serves when nothing else is said."""


# --- people -----------------------------------------------------------------------------------------------------------


@app.command("list", epilog="Example: mechkg people list --json")
def list_people(as_json: AsJson = False, as_of: AsOf = None, home: Home = None) -> None:
    """List who is known here, with roles and accounts elsewhere."""
    from mechkg.service.people import everybody, opened_record

    with opened_record(home, as_of) as record:
        people = list(everybody(record).values())
    if as_json:
        print_json([_person_json(person) for person in people])
        return
    if not people:
        console.print("Nobody is enrolled yet: mechkg people enrol NAME", markup=False)
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in ("person", "name", "may", "accounts elsewhere"):
        table.add_column(column)
    for person in people:
        accounts = [*([f"ORCID iD {person.orcid}"] if person.orcid else []), *(f"{s} at {i}" for i, s in person.identities)]
        table.add_row(*map(escape, (person.id, person.name, "\n".join(map(_grant_text, _sorted(person))), "\n".join(accounts))))
    console.print(table)


@app.command(epilog="Example: mechkg people enrol jane --name 'Jane Doe' --role curator")
def enrol(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A short name: lower-case letters, digits, dots, hyphens.")],
    name: Annotated[Optional[str], typer.Option("--name", help="The name in full.", show_default="the short name")] = None,
    orcid: Annotated[Optional[str], typer.Option("--orcid", help="The ORCID iD.")] = None,
    role: Annotated[Optional[str], typer.Option("--role", help="A role to begin with.", show_default="none")] = None,
    scope: Scope = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a person known. The first one becomes administrator."""
    from mechkg.curation.enrol import enrol as enrol_person
    from mechkg.curation.enrol import grant as grant_role
    from mechkg.model.person import Caller
    from mechkg.service.people import acting, everybody, known_scope, opened_ledger

    given = None if role is None else _grant(role, scope)
    with opened_ledger(home) as ledger:
        if given is not None:
            known_scope(ledger, given.scope)
        by = acting(ledger, as_) if everybody(ledger) else Caller(person, "shell")
        found = enrol_person(ledger, by, person, name=name or person, orcid=orcid)
        if given is not None and given not in found.grants:
            found = grant_role(ledger, by, person, given)
    _show(found, as_json)


@app.command(epilog="Example: mechkg people grant jane reviewer --for cdte")
def grant(
    person: Who, role: RoleName, scope: Scope = None, reason: Why = None, as_: As = None, as_json: AsJson = False,
    home: Home = None,
) -> None:  # fmt: skip
    """Give a person a role, in everything or for one material."""
    from mechkg.curation.enrol import grant as grant_role
    from mechkg.service.people import acting, known_scope, opened_ledger

    given = _grant(role, scope)
    with opened_ledger(home) as ledger:
        known_scope(ledger, given.scope)
        found = grant_role(ledger, acting(ledger, as_), person, given, reason=reason)
    _show(found, as_json)


@app.command(epilog="Example: mechkg people revoke jane reviewer --for cdte --reason 'left the group'")
def revoke(
    person: Who,
    role: RoleName,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why, in a sentence.", show_default=False)],
    scope: Scope = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Take a role from a person."""
    from mechkg.curation.enrol import revoke as revoke_role
    from mechkg.service.people import acting, opened_ledger

    taken = _grant(role, scope)
    with opened_ledger(home) as ledger:
        found = revoke_role(ledger, acting(ledger, as_), person, taken, reason=reason)
    _show(found, as_json)


@app.command(epilog="Example: mechkg people link jane --issuer https://orcid.org --subject 0000-0002-1825-0097")
def link(
    person: Who,
    issuer: Issuer,
    subject: AccountName,
    gone: Annotated[bool, typer.Option("--gone", help="The account is the person's no more: end its sessions too.")] = False,
    reason: Why = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Let an account elsewhere be a person: whoever signs in with it is that person."""
    from mechkg.curation.enrol import link as link_account
    from mechkg.curation.enrol import unlink
    from mechkg.service.people import acting, opened_ledger

    if gone and reason is None:
        raise BadInputError("an account is taken from a person for a reason", hint="say it with --reason")
    with opened_ledger(home) as ledger:
        by = acting(ledger, as_)
        if gone:
            found = unlink(ledger, by, person, issuer=issuer, subject=subject, reason=reason or "")
        else:
            found = link_account(ledger, by, person, issuer=issuer, subject=subject)
    _show(found, as_json)


@app.command(epilog="Example: mechkg people invite jane")
def invite(person: Who, url: Url = LOCAL, days: Days = None, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """Print a link by which a person says, once, with which account elsewhere they will sign in."""
    from mechkg.curation.tokens import invite as invite_person
    from mechkg.service.people import acting, opened_ledger

    with opened_ledger(home) as ledger:
        text, token = invite_person(ledger, acting(ledger, as_), person, lasts=_span(days))
    _show_link(f"{url.rstrip('/')}/invitation/{text.reveal()}", token, f"Invitation of {person}", as_json)


# --- tokens -----------------------------------------------------------------------------------------------------------


@token_app.command("new", epilog="Example: mechkg token new notebook --role curator --days 30")
def new_token(
    name: Annotated[str, typer.Argument(help="Where it will be used.")],
    role: Annotated[str, typer.Option("--role", help="It reaches no further than this role.")] = "reader",
    scope: Scope = None,
    days: Days = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print a new token, by which a program may act for you. It cannot be shown again."""
    from mechkg.curation.tokens import issue
    from mechkg.service.people import acting, opened_ledger

    within = _grant(role, scope)
    with opened_ledger(home) as ledger:
        text, token = issue(ledger, acting(ledger, as_), name, within, lasts=_span(days))
    if as_json:
        print_json({**_token_json(token), "token": text.reveal()})
        return
    console.print(text.reveal(), soft_wrap=True, markup=False)
    console.print(
        f"It acts for {token.person}, as {_grant_text(token.within)}, until {_day(token.until)} UTC, and is not shown again. "
        "Send it in the header Authorization: Bearer ...",
        markup=False,
    )


@token_app.command("list", epilog="Example: mechkg token list --all")
def list_tokens(
    everyone: Annotated[
        bool, typer.Option("--all", "-a", help="Ended ones too; for administrators, those of everybody.")
    ] = False,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """List your tokens and sessions that hold."""
    from mechkg.curation.tokens import listed
    from mechkg.service.people import acting, everybody, opened_ledger

    now = datetime.now(UTC)
    with opened_ledger(home) as ledger:
        by = acting(ledger, as_)
        whose = None if everyone and everybody(ledger)[by.person].may("administrator") else by.person
        found = [t for t in listed(ledger, whose) if everyone or t.state(now) == "valid"]
    if as_json:
        print_json([_token_json(token, now) for token in found])
        return
    if not found:
        console.print(f"{by.person} has no token that holds.", markup=False)
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in ("id", "kind", "person", "name", "reaches to", "until", "last used", "state"):
        table.add_column(column, no_wrap=column == "id")
    for t in found:
        last = _day(t.last_used) if t.last_used else "never"
        table.add_row(*map(escape, (t.id, t.kind, t.person, t.name, _grant_text(t.within), _day(t.expires), last, t.state(now))))
    console.print(table)


@token_app.command("revoke", epilog="Example: mechkg token revoke k3v7q2abcd --reason 'left in a train'")
def revoke_token(
    token: Annotated[Optional[str], typer.Argument(metavar="ID", help="Its id, from 'mechkg token list'.")] = None,
    every: Annotated[Optional[str], typer.Option("--all-of", metavar="PERSON", help="All of a person, sessions too.")] = None,
    reason: Why = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a token hold no more, or all of a person."""
    from mechkg.curation import tokens
    from mechkg.service.people import acting, opened_ledger

    if (token is None) == (every is None):
        raise BadInputError("it is not clear which token is meant", hint="give an id, or --all-of PERSON")
    with opened_ledger(home) as ledger:
        by = acting(ledger, as_)
        if every is not None:
            ended = tokens.revoke_all(ledger, by, every, reason=reason)
        else:
            ended = [tokens.revoke(ledger, by, token or "", reason=reason)]
    if as_json:
        print_json({"revoked": [t.id for t in ended]})
    else:
        console.print(f"Revoked: {', '.join(f'{t.id} ({t.name})' for t in ended) or 'none, for none held'}", markup=False)


def sign_in_link(
    person: Annotated[Optional[str], typer.Argument(metavar="PERSON", help="Whom it signs in.", show_default="who acts")] = None,
    url: Url = LOCAL,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print a link that signs a browser in, once, within ten minutes."""
    from mechkg.curation.tokens import sign_in_link as make_link
    from mechkg.service.people import acting, opened_ledger

    with opened_ledger(home) as ledger:
        text, token = make_link(ledger, acting(ledger, as_), person)
    _show_link(link_address(url, text), token, f"Signs {token.person} in", as_json)


def link_address(url: str, text: TokenText) -> str:
    """Return the address that signs a browser in."""
    return f"{url.rstrip('/')}/sign-in/once/{text.reveal()}"


# --- what is printed --------------------------------------------------------------------------------------------------


def _grant(role: str, scope: str | None) -> Grant:
    from mechkg.model.person import EVERYTHING, ROLES, Grant

    for known in ROLES:
        if role == known:
            return Grant(known, scope or EVERYTHING)
    raise NotFoundError.of("role", role, ROLES)


def _span(days: float | None) -> timedelta | None:
    try:
        return None if days is None else timedelta(days=days)
    except (OverflowError, ValueError):
        raise BadInputError(f"{days:g} days are more than can be counted") from None


def _grant_text(grant: Grant) -> str:
    from mechkg.model.person import EVERYTHING

    return grant.role if grant.scope == EVERYTHING else f"{grant.role} for {grant.scope}"


def _sorted(person: Person) -> list[Grant]:
    from mechkg.model.person import ROLES

    return sorted(person.grants, key=lambda grant: (-ROLES.index(grant.role), grant.scope))


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _show(person: Person, as_json: bool) -> None:
    if as_json:
        print_json(_person_json(person))
    else:
        may = ", ".join(map(_grant_text, _sorted(person))) or "no role yet: mechkg people grant"
        accounts = "".join(f"; {subject} at {issuer}" for issuer, subject in person.identities)
        console.print(f"{person.id} ({person.name}): {may}{accounts}", markup=False)


def _show_link(address: str, token: Token, what: str, as_json: bool) -> None:
    if as_json:
        print_json({**_token_json(token), "url": address})
    else:
        console.print(f"{what}, once, until {_day(token.until)} UTC:", markup=False)
        console.print(address, soft_wrap=True, markup=False)


def _person_json(person: Person) -> dict[str, Any]:
    return {
        "person": person.id,
        "name": person.name,
        "orcid": person.orcid,
        "grants": [{"role": grant.role, "scope": grant.scope} for grant in _sorted(person)],
        "identities": [{"issuer": issuer, "subject": subject} for issuer, subject in person.identities],
    }


def _token_json(token: Token, now: datetime | None = None) -> dict[str, Any]:
    return {
        "id": token.id,
        "kind": token.kind,
        "person": token.person,
        "name": token.name,
        "within": {"role": token.within.role, "scope": token.within.scope},
        "issued": token.issued.isoformat(),
        "expires": token.expires.isoformat(),
        "last_used": token.last_used.isoformat() if token.last_used else None,
        "state": token.state(now or datetime.now(UTC)),
    }
