"""Pages to write: read a paper, make items of its sentences, gather them as drafts, import tables."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from mechkg.api.site_drafts import add_drafts
from mechkg.api.site_forms import add_forms
from mechkg.api.site_imports import add_imports
from mechkg.api.site_texts import add_texts
from mechkg.service.workspace import Workspace


def add_authoring(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages by which people write."""
    router = APIRouter(include_in_schema=False)
    add_texts(router, workspace)
    add_forms(router, workspace)
    add_drafts(router, workspace)
    add_imports(router, workspace)
    app.include_router(router)
