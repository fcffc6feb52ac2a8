"""The pages by which people sign in and out, and what a program learns of itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from mechkg.api.caller import base_url, caller_of, cookie_name, forget, is_own_page, session_of, set_cookie, set_session
from mechkg.api.failures import failed
from mechkg.api.rate_limit import Attempts
from mechkg.curation import tokens
from mechkg.errors import ForbiddenError, MechkgError
from mechkg.model.person import Caller
from mechkg.service.people import everybody
from mechkg.service.sign_in import HOME, Attempt, SignIn, local_path
from mechkg.web.sign_in_page import content_security_policy, invitation_page, sign_in_page

_ATTEMPT = "attempt"
_ATTEMPT_SECONDS = 600


def add_sign_in(app: FastAPI, sign_in: SignIn, *, public_url: str | None = None, attempts: Attempts | None = None) -> None:
    """Give an application its sign-in pages, and what :func:`caller_of` needs.

    ``public_url`` is its address as browsers know it, where that is another than they ask for, as behind a proxy. ``attempts``
    says how often it may be tried to sign in, and fail.
    """
    app.state.attempts = attempts or Attempts()
    app.state.ledger = sign_in.ledger
    app.state.public_url = public_url
    app.include_router(_routes(sign_in), include_in_schema=False)


def _routes(sign_in: SignIn) -> APIRouter:
    router = APIRouter(dependencies=[Depends(_kept_private)])

    def attempt(request: Request, text: str | None = None) -> AbstractContextManager[None]:
        attempts: Attempts = request.app.state.attempts
        return attempts.attempt(request, text)

    def ways(after: str, invitation: str | None = None) -> list[tuple[str, str]]:
        more = f"next={quote(after, safe='')}" + (f"&invitation={quote(invitation)}" if invitation else "")
        return [(provider.title, f"/sign-in/with/{name}?{more}") for name, provider in sign_in.providers.items()]

    @router.get("/sign-in")
    def page(request: Request, next: str = HOME) -> HTMLResponse:
        """Offer the ways in, or, to who is in, the way out."""
        session = session_of(request)
        name = everybody(sign_in.ledger)[session.person].name if session else None
        return _page(200, lambda nonce: sign_in_page(ways(local_path(next)), name, nonce))

    @router.get("/sign-in/once/{link}")
    def by_link(request: Request, link: str) -> Response:
        """Sign in by a link."""
        with attempt(request, link):
            text, token = sign_in.by_link(link)
        return _signed_in(request, text, token, HOME)

    @router.get("/sign-in/with/{provider}")
    def begin(request: Request, provider: str, next: str = HOME, invitation: str | None = None) -> Response:
        """Send the browser to a provider."""
        with attempt(request, invitation):
            url, begun = sign_in.begin(provider, _back(request, provider), after=next, invitation=invitation)
        response = RedirectResponse(url, 303)
        set_cookie(request, response, _ATTEMPT, begun.written(), _ATTEMPT_SECONDS)
        return response

    @router.get("/sign-in/with/{provider}/back")
    async def finish(request: Request, provider: str) -> Response:
        """Receive the browser back from a provider; whatever comes of it, this attempt is over."""
        try:
            response = await run_in_threadpool(finished, request, provider)
        except MechkgError as error:
            response = await failed(request, error)
        forget(request, response, _ATTEMPT)
        return response

    def finished(request: Request, provider: str) -> Response:
        with attempt(request):
            begun = Attempt.read(request.cookies.get(cookie_name(request, _ATTEMPT)))
            text, token = sign_in.finish(begun, provider, _back(request, provider), dict(request.query_params))
        return _signed_in(request, text, token, begun.next)

    @router.get("/invitation/{invitation}")
    def invited(request: Request, invitation: str) -> HTMLResponse:
        """Say who is invited. Looking does not use it up: programs look at links in letters before people do."""
        with attempt(request, invitation):
            person = sign_in.invited(invitation)
        return _page(200, lambda nonce: invitation_page(person.name, ways(HOME, invitation), nonce))

    @router.post("/invitation/{invitation}")
    def accept(request: Request, invitation: str) -> Response:
        """Accept an invitation where no provider could vouch for anybody."""
        _refuse_other_sites(request)
        with attempt(request, invitation):
            text, token = sign_in.by_invitation(invitation)
        return _signed_in(request, text, token, HOME)

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        """End the session."""
        _refuse_other_sites(request)
        if (session := session_of(request)) is not None:
            tokens.sign_out(sign_in.ledger, session)
        response = RedirectResponse(HOME, 303)
        forget(request, response, "session")
        return response

    @router.get("/me")
    def me(caller: Annotated[Caller | None, Depends(caller_of)]) -> dict[str, Any]:
        """Say who asks, and what they may do."""
        if caller is None:
            return {"person": None, "grants": [], "within": None}
        person = everybody(sign_in.ledger)[caller.person]
        grants = [{"role": grant.role, "scope": grant.scope} for grant in sorted(person.grants, key=lambda g: (g.scope, g.role))]
        within = {"role": caller.within.role, "scope": caller.within.scope}
        return {"person": person.id, "name": person.name, "grants": grants, "within": within}

    return router


def _kept_private(response: Response) -> None:
    """Keep what is answered out of all caches, and its address, which may hold a token, from all other sites."""
    response.headers.update(_PRIVATE)


_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


def _signed_in(request: Request, text: Any, token: Any, after: str) -> Response:
    response = RedirectResponse(after, 303, headers=_PRIVATE)
    set_session(request, response, text, token)
    return response


def _back(request: Request, provider: str) -> str:
    return f"{base_url(request)}sign-in/with/{quote(provider)}/back"


def _refuse_other_sites(request: Request) -> None:
    if not is_own_page(request):
        raise ForbiddenError("this comes from a page of another site, or it cannot be told from which")


def _page(status: int, written: Callable[[str], str]) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    return HTMLResponse(written(nonce), status, headers={**_PRIVATE, "Content-Security-Policy": content_security_policy(nonce)})
