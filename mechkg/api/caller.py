"""Who asks: a request turned into a caller, by a token in its header or by the session of a browser.

Browsers send cookies along with what other pages make them ask for, so a session counts in requests that may change something
only when they come from a page of ours: the browser says so itself (``Sec-Fetch-Site``, ``Origin``), or there is a header that
another site's page cannot set. Nobody has to say who he is in order to read.
"""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import urlsplit

from fastapi.requests import HTTPConnection
from fastapi.responses import Response

from mechkg.api.rate_limit import Attempts
from mechkg.api.visit import asked_by
from mechkg.curation import tokens
from mechkg.curation.ledger import Ledger
from mechkg.errors import ForbiddenError, LedgerError, UnauthenticatedError, UncertainError
from mechkg.model.person import Caller
from mechkg.model.token import Token, TokenText

_LOG: Final = logging.getLogger(__name__)

OWN_HEADER = "x-mechkg"
"""A request with this header, whatever it says, comes from a page of ours or from no page at all."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def caller_of(request: HTTPConnection) -> Caller | None:
    """Return who asks, None for somebody who does not say; fit for ``Depends``.

    Raise UnauthenticatedError for a token that does not hold, TooManyTriesError after too many of these, ForbiddenError when a
    page of another site asks by a session.
    """
    ledger: Ledger = request.app.state.ledger
    given = request.headers.get("authorization")
    if given is not None:
        return authorised(request, given)
    session = session_of(request)
    if session is None:
        return None
    if (request.scope["type"] == "websocket" or request.scope["method"] not in _SAFE) and not is_own_page(request):
        raise ForbiddenError(
            "this comes from a page of another site, or it cannot be told from which",
            hint=f"send the header {OWN_HEADER}: 1, or a token",
        )
    _note_use(ledger, session)
    return Caller(session.person, "web", session.within, session.id)


def authorised(request: HTTPConnection, given: str) -> Caller:
    """Return who asks by what a header ``Authorization`` says, or what is said in its place; raise as :func:`caller_of` does."""
    ledger: Ledger = request.app.state.ledger
    attempts: Attempts = request.app.state.attempts
    scheme, _, text = given.partition(" ")
    with attempts.attempt(request, text):
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("there is one way to authorise here: Bearer", hint="Authorization: Bearer mkg_...")
        token = tokens.find(ledger, text, ("api",))
    _note_use(ledger, token)
    asked_by(token.person)
    return Caller(token.person, "graphql", token.within, token.id)


def _note_use(ledger: Ledger, token: Token) -> None:
    """Write down that a token was used; where nothing can be written, who may read still may."""
    try:
        tokens.used(ledger, token)
    except (LedgerError, UncertainError) as error:
        _LOG.warning("that a token was used is not written down: %s", error)


def session_of(request: HTTPConnection) -> Token | None:
    """Return the session of the browser that asks; None when it has none that holds."""
    text = request.cookies.get(cookie_name(request, "session"))
    if text is None:
        return None
    try:
        session = tokens.find(request.app.state.ledger, text, ("session",))
    except UnauthenticatedError:
        # It ended; what can be read can be read without. It is not counted as an attempt: browsers go on sending it unasked.
        return None
    asked_by(session.person)
    return session


def is_own_page(request: HTTPConnection) -> bool:
    """Say whether the request comes from a page of ours, as far as the browser tells."""
    if OWN_HEADER in request.headers:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return bool(origin) and origin in (request.headers.get("host"), urlsplit(base_url(request)).netloc)


def base_url(request: HTTPConnection) -> str:
    """Return the address of this installation as browsers know it, with a slash at its end."""
    public: str | None = request.app.state.public_url
    return f"{public.rstrip('/')}/" if public else str(request.base_url)


# --- cookies ----------------------------------------------------------------------------------------------------------


def cookie_name(request: HTTPConnection, use: str) -> str:
    """Return the name of a cookie: with the port, which browsers do not keep cookies apart by, and bound to the host by TLS."""
    base = urlsplit(base_url(request))
    port = f"_{base.port}" if base.port else ""
    return f"{'__Host-' if base.scheme in ('https', 'wss') else ''}mechkg_{use}{port}"


def set_cookie(request: HTTPConnection, response: Response, use: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that no script reads, and that no page of another site sends along with a form."""
    response.set_cookie(
        cookie_name(request, use),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=urlsplit(base_url(request)).scheme == "https",
    )


def set_session(request: HTTPConnection, response: Response, text: TokenText, token: Token) -> None:
    """Give the browser a session, in place of the one it had, which ends."""
    if (old := session_of(request)) is not None:
        tokens.sign_out(request.app.state.ledger, old)
    set_cookie(request, response, "session", text.reveal(), int((token.until - token.issued).total_seconds()))


def forget(request: HTTPConnection, response: Response, use: str) -> None:
    """Take a cookie from the browser."""
    set_cookie(request, response, use, "", 0)
