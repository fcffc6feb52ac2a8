"""Accept an invitation: an account elsewhere becomes that of the person who was invited."""

from __future__ import annotations

from mechkg.curation.desk import Desk
from mechkg.curation.ledger import Ledger
from mechkg.curation.people import subject_of
from mechkg.curation.tokens import begin, use_up
from mechkg.errors import ForbiddenError
from mechkg.model.person import Caller, Person
from mechkg.model.token import Token, TokenText


def accept_invitation(
    ledger: Ledger, invitation: str, *, account: tuple[str, str] | None, orcid: str | None = None
) -> tuple[TokenText, Token]:
    """Use an invitation up, link ``account`` (issuer and subject, if any) to who was invited, and begin a session of theirs.

    ``orcid`` is the ORCID iD that the sign-in proved. Raise UnauthenticatedError when the invitation does not hold,
    ForbiddenError when who invited is no administrator any more or the account is somebody else's; it then is as it was.
    """
    with ledger.writing(None, "web") as batch:
        token = use_up(batch.rows.connection, invitation, ("invitation",), batch.at)
        desk = Desk(ledger, batch, Caller(token.person, "web"))
        host = desk.everybody.get(token.issued_by)
        if host is None or not host.may("administrator"):
            raise ForbiddenError(
                f"{token.issued_by}, who invited you, is no administrator any more", hint="ask one to invite you"
            )
        if account is not None:
            _link(desk, desk.everybody[token.person], account, orcid, token)
        return begin(batch.rows.connection, token.person, account[0] if account else token.id, batch.at)


def _link(desk: Desk, person: Person, account: tuple[str, str], orcid: str | None, invitation: Token) -> None:
    if any(account in other.identities for other in desk.everybody.values() if other.id != person.id):
        raise ForbiddenError("this account is somebody else's already", hint="sign in with another, or ask an administrator")
    if orcid is not None and person.orcid is not None and orcid != person.orcid:
        raise ForbiddenError(f"the invitation is for the ORCID iD {person.orcid}, and you signed in as {orcid}")
    if account not in person.identities:
        content = {"issuer": account[0], "subject": account[1], "invitation": invitation.id}
        desk.act("link", subject_of(person.id), None, content)
