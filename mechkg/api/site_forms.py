"""Pages to write an item on, and the names that are offered meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from mechkg.api.authoring import page_for, writer
from mechkg.api.posted import By, Form
from mechkg.api.posted_item import Posted, filled, from_text
from mechkg.model.corpus import ItemKind
from mechkg.model.person import Caller
from mechkg.service.draft import load_draft
from mechkg.service.gathered import Gathered, Part
from mechkg.service.item_form import model_of
from mechkg.service.suggest_names import suggest_names
from mechkg.service.workspace import Workspace
from mechkg.web.form_page import FormPage, form_page
from mechkg.web.frame import Frame
from mechkg.web.new_page import NewPage, new_page

_WRITE: Final = ("New item", "An item is typed field by field, held against what counts, and proposed for another one to accept.")


def add_forms(router: APIRouter, workspace: Workspace) -> None:
    """Add the pages with forms of items."""

    @router.get("/curate/new")
    def choose(request: Request, by: By) -> HTMLResponse:
        """Offer the kinds of items."""
        return page_for(workspace, request, by, _WRITE, lambda frame, _: new_page(NewPage(), frame))

    @router.get("/curate/new/{kind}")
    def new(
        request: Request,
        by: By,
        kind: str,
        document: str = "",
        draft: str = "",
        reading: str = "",
        begin: Annotated[int | None, Query(alias="from")] = None,
        until: Annotated[int | None, Query(alias="to")] = None,
        start: int | None = None,
        end: int | None = None,
        suggestion: int | None = None,
    ) -> HTMLResponse:
        """Show the form of a new item, filled in from a sentence where one was chosen."""

        def make(frame: Frame, who: Caller) -> str:
            model_of(kind)
            of = cast("ItemKind", kind)
            page = FormPage(of, (), Gathered(document=document))
            if draft:
                found = load_draft(workspace, who, draft)
                gathered = Gathered.read(workspace.catalog, found.content)
                page = replace(page, gathered=gathered, draft=found.id, version=found.version, saved=found.at)
            body: dict[str, Any] = {}
            if reading:
                within = (start, end) if start is not None and end is not None else None
                page, body = from_text(workspace, who, page, reading, begin, until, within, suggestion)
            return form_page(filled(workspace, page, Part(of, body)), frame)

        return page_for(workspace, request, by, _WRITE, make)

    @router.get("/curate/edit/{item}")
    def edit(request: Request, by: By, item: str) -> HTMLResponse:
        """Show the form of an item that counts."""

        def make(frame: Frame, _: Caller) -> str:
            entry = workspace.catalog.find(item)
            gathered = Gathered()
            page = FormPage(entry.kind, (), gathered, item=entry.id)
            return form_page(filled(workspace, page, Part(entry.kind, entry.record.body, entry.id)), frame)

        return page_for(workspace, request, by, ("Change an item", _WRITE[1]), make)

    @router.post("/curate/form")
    def post(request: Request, by: By, sent: Form) -> Response:
        """Do what a button of the form says, or save it as it is typed."""
        who = writer(workspace, by)
        return Posted(workspace, request, who, sent).answer()

    @router.get("/suggest")
    def suggest(q: str = "", kind: Annotated[list[str] | None, Query()] = None) -> JSONResponse:
        """Offer names that fit what is typed."""
        found = suggest_names(workspace.catalog, q, kind or ())
        names = [{"id": n.id, "label": n.label, "kind": n.kind, "document": n.document} for n in found.names]
        return JSONResponse({"names": names, "total": found.total}, headers={"Cache-Control": "no-cache"})
