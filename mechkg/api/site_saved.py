"""Settings of the workbench that people save: each is a watch, which GraphQL and the shell see too."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from mechkg.api.pages import framed
from mechkg.api.posted import By, Form, signed_in
from mechkg.service.pinned import Pinned
from mechkg.service.saved import save, saved_as
from mechkg.service.watches import unwatch
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.saved_page import SavedPage, saved_page
from mechkg.web.space_links import SpaceLinks


def add_saved(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages about saved settings."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads, as reasoning takes time

    @router.get("/saved")
    def every() -> Response:
        """Lead to the list."""
        return RedirectResponse("/spaces#saved", 303)

    @router.post("/saved")
    def keep(form: Form, by: By) -> Response:
        """Save a setting, and show it."""
        setting = Setting(form.all("without"), form.all("ignoring"), form.all("step"), form.all("postulate"))
        candidate = form.one("candidate") or None
        found = save(workspace, signed_in(by), form.one("space"), setting, form.one("title"), candidate)
        return RedirectResponse(f"/saved/{found.id}", 303)

    @router.get("/saved/{name}")
    def one(request: Request, name: str, by: By) -> Response:
        """Show a saved setting and what became of it."""

        def make(frame: Frame) -> str:
            view = Pinned(workspace)
            found = saved_as(view, signed_in(by).person, name)
            links = SpaceLinks(found.hypothesis.space, found.setting, "", view.catalog.entries, found.candidates)
            return saved_page(SavedPage(found, links), frame)

        return framed(request, "hypotheses", make)

    @router.post("/saved/{name}/end")
    def end(name: str, by: By) -> Response:
        """Give a saved setting up, and show that."""
        unwatch(workspace.ledger, signed_in(by), name)
        return RedirectResponse(f"/saved/{name}", 303)

    app.include_router(router)
