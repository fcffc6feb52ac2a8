"""Pages over HTTP: with their policy, and the style sheet they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse

from mechkg.api.problems import OPEN
from mechkg.web.pages import POLICY, style_path, style_sheet

HTML: Final = "text/html"

HEADERS: Final = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", **OPEN}
"""Headers of every page."""


def html(content: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(content, status, {**HEADERS, **(headers or {})})


def add_styles(app: FastAPI) -> None:
    """Add the style sheet, under a path that changes with its content."""
    router = APIRouter(include_in_schema=False)

    @router.get(style_path())
    def styles() -> Response:
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(style_sheet(), media_type="text/css; charset=utf-8", headers=headers)

    app.include_router(router)
