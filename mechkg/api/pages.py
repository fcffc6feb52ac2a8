"""Pages over HTTP: with their policy, in their frame, and the style sheet and scripts they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from mechkg.api.frame import frame_of
from mechkg.api.problems import OPEN, headers_of, status_of, title_of
from mechkg.errors import MechkgError
from mechkg.web.frame import Frame
from mechkg.web.pages import POLICY, scripts, scripts_folder, style_path, style_sheet
from mechkg.web.problem_page import ProblemPage, problem_page

HTML: Final = "text/html"

HEADERS: Final = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", **OPEN}
"""Headers of every page. Our own pages are told where a form comes from: without TLS, a browser says it by this alone."""


def html(content: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(content, status, {**HEADERS, **(headers or {})})


def private(frame: Frame) -> dict[str, str]:
    """Return the headers by which a page that names who is signed in is kept by nobody else."""
    return {"Vary": "Cookie", "Cache-Control": "private, no-cache" if frame.person else "no-cache"}


def framed(request: Request, section: str, make: Callable[[Frame], str], query: str = "") -> HTMLResponse:
    """Return a page made for its frame; one that says what is wrong, and what to do, where it cannot be made."""
    frame = frame_of(request, section, query)
    try:
        return html(make(frame), headers=private(frame))
    except MechkgError as error:
        status = status_of(error)
        page = ProblemPage(title_of(status), error.message, error.code, error.hint)
        return html(problem_page(page, frame), status, {**private(frame), **headers_of(error)})


def add_styles(app: FastAPI) -> None:
    """Add the style sheet and the modules of script, under paths that change with their content."""
    router = APIRouter(include_in_schema=False)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}

    @router.get(style_path())
    def styles() -> Response:
        return Response(style_sheet(), media_type="text/css; charset=utf-8", headers=headers)

    @router.get(f"{scripts_folder()}/{{name}}.js")
    def module(name: str) -> Response:
        content = scripts().get(name)
        if content is None:
            return Response(status_code=404)
        return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)

    app.include_router(router)
