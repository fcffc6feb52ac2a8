"""The page about who asks, and what can be done on it: tokens are made and revoked, browsers signed out."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from mechkg.api.caller import forget
from mechkg.api.pages import framed
from mechkg.api.posted import By, Form, signed_in
from mechkg.api.problems import status_of
from mechkg.api.sign_in import PageOf
from mechkg.curation import tokens
from mechkg.errors import ForbiddenError, MechkgError
from mechkg.model.person import Caller
from mechkg.service.my_things import days_of, my_things, reach_of, sign_out_everywhere
from mechkg.service.workspace import Workspace
from mechkg.web.me_page import MePage, me_page
from mechkg.web.wrong import Wrong

_NO_STORE = {"Cache-Control": "no-store"}


def about_me(workspace: Workspace) -> PageOf:
    """Return what makes the page about who asks."""

    def page(request: Request, by: Caller) -> Response:
        return framed(request, "", lambda frame: me_page(MePage(my_things(workspace, by)), frame))

    return page


def add_me(app: FastAPI, workspace: Workspace) -> None:
    """Add what can be done on the page about who asks."""
    router = APIRouter(include_in_schema=False)

    @router.post("/me/tokens")
    def make(request: Request, form: Form, by: By) -> Response:
        """Make a token, and show it once: its text is in no address, and nothing keeps the page."""
        caller = signed_in(by)
        typed = {name: form.one(name) for name in ("name", "role", "scope", "days")}
        made, wrong, status, field = None, None, 201, "days"
        try:
            lasts = days_of(typed["days"])
            field = "role"
            within = reach_of(workspace, typed["role"], typed["scope"])
            field = "name"
            made = tokens.issue(workspace.ledger, caller, typed["name"], within, lasts=lasts)
        except MechkgError as error:
            field = "role" if isinstance(error, ForbiddenError) else field
            wrong, status = Wrong.of(error, [field]), status_of(error)
        page = MePage(my_things(workspace, caller), made, {} if made else typed, wrong)
        answer = framed(request, "", lambda frame: me_page(page, frame))
        answer.status_code = status
        answer.headers.update(_NO_STORE)
        return answer

    @router.post("/me/tokens/{name}/revoke")
    def revoke(name: str, by: By) -> Response:
        """Make a token hold no more."""
        tokens.revoke(workspace.ledger, signed_in(by), name)
        return RedirectResponse("/me#tokens", 303, headers=_NO_STORE)

    @router.post("/me/sign-out-everywhere")
    def everywhere(request: Request, by: By) -> Response:
        """End the sessions of who asks."""
        sign_out_everywhere(workspace, signed_in(by))
        answer = RedirectResponse("/sign-in", 303, headers=_NO_STORE)
        forget(request, answer, "session")
        return answer

    app.include_router(router)
