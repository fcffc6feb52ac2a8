"""What pages to write have in common: who may write is let in, the others are told before they type anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from mechkg.api.pages import framed
from mechkg.api.posted import signed_in
from mechkg.errors import ForbiddenError
from mechkg.model.person import Caller
from mechkg.service.browse import short_title
from mechkg.service.may_write import why_not_write
from mechkg.service.workspace import Workspace
from mechkg.web.form_page import GatePage, gate_page
from mechkg.web.frame import Frame

SECTION: Final = "curate"
NO_STORE: Final = {"Cache-Control": "no-store"}

Make = Callable[[Frame, Caller], str]


def page_for(workspace: Workspace, request: Request, by: Caller | None, what: tuple[str, str], make: Make) -> HTMLResponse:
    """Answer with a page for who may write; others are told before they type anything."""

    def either(frame: Frame) -> str:
        why = why_not_write(workspace.ledger, by)
        if why is not None or by is None:
            return gate_page(GatePage(*what, why or ""), frame)
        return make(frame, by)

    return framed(request, SECTION, either)


def writer(workspace: Workspace, by: Caller | None) -> Caller:
    """Return who writes; raise UnauthenticatedError or ForbiddenError for who may not."""
    found = signed_in(by)
    if (why := why_not_write(workspace.ledger, found)) is not None:
        raise ForbiddenError(why.removesuffix("."))
    return found


def with_status(answer: Response, status: int) -> Response:
    """Return a page with the status of what went wrong, unless it went wrong otherwise."""
    if answer.status_code == 200:
        answer.status_code = status
    answer.headers.update(NO_STORE)
    return answer


def led(path: str) -> Response:
    """Lead a browser on, after what it sent was done."""
    return RedirectResponse(path, 303, headers=NO_STORE)


def paper_titles(workspace: Workspace) -> dict[str, str]:
    """Return what papers are called in short, by id."""
    return {entry.id: short_title(workspace, entry) for entry in workspace.catalog.by_kind.get("document", ())}
