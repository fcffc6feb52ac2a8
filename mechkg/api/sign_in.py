"""The pages by which people sign in and out, and what a program learns of itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from mechkg.api.caller import base_url, caller_of, cookie_name, forget, is_own_page, session_of, set_cookie, set_session
from mechkg.api.failures import failed
from mechkg.api.frame import frame_of
from mechkg.api.negotiation import best
from mechkg.api.pages import HTML
from mechkg.api.posted import Form
from mechkg.api.problems import headers_of, status_of
from mechkg.api.rate_limit import Attempts
from mechkg.curation import tokens
from mechkg.errors import ForbiddenError, MechkgError
from mechkg.model.person import Caller
from mechkg.service.people import everybody
from mechkg.service.sign_in import HOME, Attempt, SignIn, local_path
from mechkg.web.frame import Frame
from mechkg.web.invitation_page import InvitationPage, invitation_page
from mechkg.web.pages import POLICY
from mechkg.web.sign_in_page import SignInPage, sign_in_page
from mechkg.web.wrong import Wrong

_ATTEMPT = "attempt"
_ATTEMPT_SECONDS = 600

PageOf = Callable[[Request, Caller], Response]
"""Makes a page about who asks."""


def add_sign_in(
    app: FastAPI,
    sign_in: SignIn,
    *,
    public_url: str | None = None,
    attempts: Attempts | None = None,
    me: PageOf | None = None,
) -> None:
    """Give an application its sign-in pages, and what :func:`caller_of` needs.

    ``public_url`` is its address as browsers know it, where that is another than they ask for, as behind a proxy. ``attempts``
    says how often it may be tried to sign in, and fail. ``me`` makes the page that a browser is shown at ``/me``.
    """
    app.state.attempts = attempts or Attempts()
    app.state.ledger = sign_in.ledger
    app.state.public_url = public_url
    app.include_router(_routes(sign_in, me), include_in_schema=False)


def _routes(sign_in: SignIn, page_of: PageOf | None) -> APIRouter:
    router = APIRouter(dependencies=[Depends(_kept_private)])

    def attempt(request: Request, text: str | None = None) -> AbstractContextManager[None]:
        attempts: Attempts = request.app.state.attempts
        return attempts.attempt(request, text)

    def ways(after: str, invitation: str | None = None) -> list[tuple[str, str]]:
        more = f"next={quote(after, safe='')}" + (f"&invitation={quote(invitation)}" if invitation else "")
        return [(provider.title, f"/sign-in/with/{name}?{more}") for name, provider in sign_in.providers.items()]

    def offered(request: Request, after: str, wrong: Wrong | None = None, status: int = 200) -> HTMLResponse:
        return _page(request, after, lambda frame: sign_in_page(SignInPage(ways(after), after, wrong), frame), status)

    @router.get("/sign-in")
    def page(request: Request, next: str = HOME) -> HTMLResponse:
        """Offer the ways in, or, to who is in, the way out."""
        return offered(request, local_path(next))

    @router.post("/sign-in")
    def by_form(request: Request, form: Form, next: str = HOME) -> Response:
        """Sign in by a link that was typed or pasted, and go on where this began."""
        _refuse_other_sites(request)
        link, after = form.one("link").rstrip("/").rpartition("/")[2], local_path(next)
        try:
            with attempt(request, link):
                text, token = sign_in.by_link(link)
        except MechkgError as error:
            answer = offered(request, after, Wrong.of(error, ("link",)), status_of(error))
            answer.headers.update(headers_of(error))
            return answer
        return _signed_in(request, text, token, after)

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
        made = InvitationPage(person.name, ways(HOME, invitation))
        return _page(request, HOME, lambda frame: invitation_page(made, frame))

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
    def me(request: Request, caller: Annotated[Caller | None, Depends(caller_of)]) -> Response:
        """Say who asks, and what they may do."""
        if page_of is not None and best(request.headers.get("accept"), ("application/json", HTML)) == HTML:
            answer = RedirectResponse("/sign-in?next=%2Fme", 303) if caller is None else page_of(request, caller)
        else:
            answer = JSONResponse(_who(sign_in, caller))
        answer.headers.update({**_PRIVATE, "Vary": "Accept, Authorization, Cookie"})
        return answer

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


def _page(request: Request, after: str, written: Callable[[Frame], str], status: int = 200) -> HTMLResponse:
    # who signs in from here is to come back to where this began
    frame = replace(frame_of(request), here=after)
    return HTMLResponse(written(frame), status, headers={**_PRIVATE, "Content-Security-Policy": POLICY})


def _who(sign_in: SignIn, caller: Caller | None) -> dict[str, Any]:
    if caller is None:
        return {"person": None, "grants": [], "within": None}
    person = everybody(sign_in.ledger)[caller.person]
    grants = [{"role": grant.role, "scope": grant.scope} for grant in sorted(person.grants, key=lambda g: (g.scope, g.role))]
    within = {"role": caller.within.role, "scope": caller.within.scope}
    return {"person": person.id, "name": person.name, "grants": grants, "within": within}
