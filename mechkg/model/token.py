"""Tokens: what stands for a person at a door until it expires, is used up or is revoked."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from mechkg.errors import BadInputError
from mechkg.model.person import Grant

TokenKind = Literal["api", "session", "link", "invitation"]
"""For programs; of a browser; signs in once; lets an account elsewhere be a person, once."""

TokenState = Literal["valid", "used", "expired", "revoked"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_ID, _SECRET = 10, 52
_FORM = re.compile(rf"mkg_([{_LETTERS}]{{{_ID}}})_([{_LETTERS}]{{{_SECRET}}})")


class Lifetime(NamedTuple):
    """How long tokens of a kind are valid: usually, at most, and, where use prolongs it, for how long it may rest unused."""

    usual: timedelta
    longest: timedelta
    idle: timedelta | None = None


LIFETIMES: dict[TokenKind, Lifetime] = {
    "api": Lifetime(timedelta(days=90), timedelta(days=365)),
    "session": Lifetime(timedelta(days=7), timedelta(days=7), idle=timedelta(hours=12)),
    "link": Lifetime(timedelta(minutes=10), timedelta(minutes=10)),
    "invitation": Lifetime(timedelta(days=7), timedelta(days=30)),
}

ONCE: frozenset[TokenKind] = frozenset({"link", "invitation"})
"""Kinds that serve once."""


@dataclass(frozen=True, slots=True)
class TokenText:
    """A token as its holder has it, ``mkg_`` and two parts: a name, by which it is found and listed, and a secret.

    The secret has 260 random bits. A guess is hopeless however fast it can be tried, so that SHA-256 is enough to keep it by;
    slow hashes are for what people think up.

    >>> text = TokenText.new()
    >>> TokenText.parse(f"  {text.reveal()}") == text, repr(text) == f"TokenText(id='{text.id}')"
    (True, True)
    """

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> TokenText:
        """Make a token nobody can guess."""
        return cls(*("".join(secrets.choice(_LETTERS) for _ in range(length)) for length in (_ID, _SECRET)))

    @classmethod
    def parse(cls, text: str) -> TokenText:
        """Read a token; raise BadInputError, which does not repeat it, when it is none."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise BadInputError(
                "this is no token of mechkg", hint=f"one is mkg_, {_ID} letters, _, {_SECRET} letters: was all of it copied?"
            )
        return cls(found[1], found[2])

    def reveal(self) -> str:
        """Return it as its holder writes it."""
        return f"mkg_{self.id}_{self.secret}"

    @property
    def hash(self) -> str:
        """SHA-256 of the secret, in hexadecimal: all that is kept of it."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def fits(self, known: str) -> bool:
        """Say whether the secret is that of the ``known`` hash, in a time that tells nothing about it."""
        return hmac.compare_digest(self.hash, known)


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; not its secret.

    ``within`` bounds what can be done by it, whatever the person may do. It ends at ``expires``; using a session moves that time
    on, up to ``until``. ``origin`` says how a session began: by the link or invitation of that name, or at that issuer.
    """

    id: str
    kind: TokenKind
    person: str
    name: str
    within: Grant
    issued: datetime
    issued_by: str
    expires: datetime
    until: datetime
    origin: str | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None
    revoked_by: str | None = None

    def state(self, at: datetime) -> TokenState:
        """Say whether it is valid at that time, and if not, why."""
        if self.revoked is not None:
            return "revoked"
        if self.kind in ONCE and self.last_used is not None:
            return "used"
        return "expired" if at >= self.expires else "valid"
