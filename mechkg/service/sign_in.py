"""Sign in: by a link that was printed or sent, or with an account elsewhere that is known to be somebody's here."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mechkg.curation import tokens
from mechkg.curation.accept_invitation import accept_invitation
from mechkg.curation.ledger import Ledger
from mechkg.errors import MissingExtraError, NotFoundError, UnauthenticatedError
from mechkg.model.person import Person
from mechkg.model.token import Token, TokenText
from mechkg.service.people import everybody
from mechkg.service.providers import Provider

if TYPE_CHECKING:
    from mechkg.service.openid import Client, Identity

HOME = "/"
"""Where to go after a sign-in that began nowhere in particular."""


class UnknownIdentityError(UnauthenticatedError):
    """The account elsewhere is proved, and nobody's here."""

    code = "mechkg.unknown_identity"

    def __init__(self, identity: Identity, title: str) -> None:
        super().__init__(
            f"{title} confirms who you are, and nobody here has that account: subject '{identity.subject}' at {identity.issuer}",
            hint="give these two to an administrator, who can link the account to you, or ask for an invitation",
        )
        self.identity = identity


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in with an account elsewhere that has begun, as the browser keeps it until it comes back."""

    provider: str
    next: str = HOME
    invitation: str | None = field(default=None, repr=False)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def written(self) -> str:
        """Return it as the value of a cookie."""
        content = json.dumps([self.provider, self.next, self.invitation, self.secret])
        return base64.urlsafe_b64encode(content.encode()).decode()

    @classmethod
    def read(cls, cookie: str | None) -> Attempt:
        """Read it from a cookie; raise UnauthenticatedError when there is none, or none of ours."""
        lost = UnauthenticatedError("this sign-in is over, or began in another browser", hint="begin it again")
        try:
            provider, after, invitation, secret = json.loads(base64.urlsafe_b64decode((cookie or "").encode()))
        except (binascii.Error, ValueError, TypeError):
            raise lost from None
        if not all(isinstance(text, str) for text in (provider, after, secret)) or len(secret) < 40:
            raise lost
        if not isinstance(invitation, str | None):
            raise lost
        return cls(provider, local_path(after), invitation, secret)


class SignIn:
    """The ways in of one installation."""

    def __init__(self, ledger: Ledger, providers: Mapping[str, Provider]) -> None:
        self.ledger = ledger
        self.providers = dict(providers)
        self._clients: dict[str, Client] = {}

    def by_link(self, link: str) -> tuple[TokenText, Token]:
        """Begin a session by a link that serves once."""
        return tokens.redeem(self.ledger, link)

    def invited(self, invitation: str) -> Person:
        """Return who is invited, without using the invitation up; raise UnauthenticatedError when it does not hold."""
        return everybody(self.ledger)[tokens.find(self.ledger, invitation, ("invitation",)).person]

    def by_invitation(self, invitation: str) -> tuple[TokenText, Token]:
        """Begin a session by an invitation alone, where no provider could vouch for who holds it."""
        if self.providers:
            raise UnauthenticatedError("an invitation is accepted with an account elsewhere", hint="choose one of those offered")
        return accept_invitation(self.ledger, invitation, account=None)

    def begin(self, provider: str, back: str, *, after: str = HOME, invitation: str | None = None) -> tuple[str, Attempt]:
        """Return where to send the browser to be vouched for, and what it is to keep.

        Raise NotFoundError for a provider that there is not, UnauthenticatedError for an invitation that does not hold.
        """
        client = self._client(provider)
        if invitation is not None:
            self.invited(invitation)
        attempt = Attempt(provider, local_path(after), invitation)
        return client.url(attempt.secret, back), attempt

    def finish(self, attempt: Attempt, provider: str, back: str, answer: Mapping[str, str]) -> tuple[TokenText, Token]:
        """Begin a session of whom the provider vouches for.

        Raise UnknownIdentityError when that is nobody here, UnauthenticatedError when the answer does not hold.
        """
        if attempt.provider != provider:
            raise UnauthenticatedError("this sign-in began with another provider", hint="begin it again")
        identity = self._client(provider).identity(attempt.secret, back, answer)
        account = (identity.issuer, identity.subject)
        if attempt.invitation is not None:
            return accept_invitation(self.ledger, attempt.invitation, account=account, orcid=identity.orcid)
        for person in everybody(self.ledger).values():
            if account in person.identities:
                return tokens.begin_session(self.ledger, person.id, identity.issuer)
        raise UnknownIdentityError(identity, self.providers[provider].title)

    def _client(self, provider: str) -> Client:
        if provider not in self.providers:
            raise NotFoundError.of("way to sign in", provider, self.providers)
        if provider not in self._clients:
            try:
                from mechkg.service.openid import Client
            except ModuleNotFoundError as error:
                raise MissingExtraError(
                    "signing in with an account elsewhere needs the extra 'openid'", hint="pip install 'mechkg[openid]'"
                ) from error
            self._clients[provider] = Client(self.providers[provider])
        return self._clients[provider]


def local_path(text: str) -> str:
    r"""Return ``text`` when it is a path on this host, else the front page: a sign-in leads nowhere else.

    >>> local_path("/graphql?a=1"), local_path("//evil.example"), local_path("/\\evil.example"), local_path("https://evil.example")
    ('/graphql?a=1', '/', '/', '/')
    """
    # browsers drop tabs and line ends, and take a backslash for a slash
    fine = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isascii() and text.isprintable()
    return text if fine and " " not in text and len(text) <= 2000 else HOME
