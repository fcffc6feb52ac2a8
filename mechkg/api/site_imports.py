"""Pages to import tables by."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from mechkg.api.authoring import SECTION, led, page_for, paper_titles, with_status, writer
from mechkg.api.pages import framed
from mechkg.api.posted import By, Form
from mechkg.api.problems import status_of
from mechkg.api.uploads import SLACK, Uploaded, uploaded
from mechkg.errors import BadInputError, MechkgError
from mechkg.model.corpus import ItemKind
from mechkg.model.person import Caller
from mechkg.service.export_table import items_table, template_table
from mechkg.service.export_table import written as table_file
from mechkg.service.import_table import import_table
from mechkg.service.imports import LARGEST as LARGEST_TABLE
from mechkg.service.imports import findings_table, keep_table, preview_kept
from mechkg.service.item_form import KINDS, model_of
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.import_page import ImportPage, import_page
from mechkg.web.wrong import Wrong

_IMPORT: Final = ("Import a table", "A spreadsheet is held against what counts, row by row, and proposed as a whole.")


def add_imports(router: APIRouter, workspace: Workspace) -> None:
    """Add the pages about tables."""

    @router.get("/curate/import")
    def ask(request: Request, by: By, kind: str = "", document: str = "") -> HTMLResponse:
        """Ask for a table."""
        page = ImportPage(kind if kind in KINDS else "", document, paper_titles(workspace))
        return page_for(workspace, request, by, _IMPORT, lambda frame, _: import_page(page, frame))

    @router.post("/curate/import")
    def give(request: Request, by: By, given: Annotated[Uploaded, Depends(uploaded(LARGEST_TABLE + SLACK))]) -> Response:
        """Keep a table, and lead to its preview."""
        who = writer(workspace, by)
        kind, document = given.fields.one("kind"), given.fields.one("document")
        page = ImportPage(kind if kind in KINDS else "", document, paper_titles(workspace))
        fields: tuple[str, ...] = ("file",)
        try:
            if given.file is None:
                raise BadInputError("no table was given", hint="choose a file")
            if document:
                fields = ("document",)
                document = workspace.catalog.find(document, "document").id
            fields = ("file",)
            name, content = given.file
            if name.lower().endswith((".ods", ".xls", ".numbers")):
                raise BadInputError(f"files like '{name}' are not read", hint="save it as XLSX, or as CSV in UTF-8")
            digest = keep_table(workspace, who, content, name)
            page = replace(page, document=document)
            preview_kept(workspace, who, digest, kind, document)  # what cannot be read at all is told here, beside the file
        except MechkgError as error:
            field = ("kind",) if "kind" in error.message and fields == ("file",) else fields
            wrong = replace(page, wrong=Wrong.of(error, field))
            return with_status(framed(request, SECTION, lambda frame: import_page(wrong, frame)), status_of(error))
        return led(f"/curate/import/{digest}" + (f"?{page.query}" if page.query else ""))

    @router.get("/curate/import/template")
    def template(kind: str, form: str = "csv", filled: str = "") -> Response:
        """Send a table to fill in, or with what counts."""
        model_of(kind)
        of = cast("ItemKind", kind)
        sheet = items_table(workspace, of) if filled == "yes" else template_table(of)
        media = "text/csv; charset=utf-8" if form == "csv" else (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )  # fmt: skip
        headers = {"Content-Disposition": f'attachment; filename="{kind}{"" if filled else "-template"}.{form}"'}
        return Response(table_file([sheet], form), media_type=media, headers={**headers, "X-Content-Type-Options": "nosniff"})

    @router.get("/curate/import/{digest}")
    def preview(request: Request, by: By, digest: str, kind: str = "", document: str = "") -> HTMLResponse:
        """Show what a table would add and change, and what is wrong with it."""

        def make(frame: Frame, who: Caller) -> str:
            found = preview_kept(workspace, who, digest, kind, document)
            return import_page(ImportPage(kind, document, paper_titles(workspace), digest, found), frame)

        return page_for(workspace, request, by, _IMPORT, make)

    @router.get("/curate/import/{digest}/errors.csv")
    def errors(by: By, digest: str, kind: str = "", document: str = "") -> Response:
        """Send what is wrong with a table."""
        found = preview_kept(workspace, writer(workspace, by), digest, kind, document)
        headers = {"Content-Disposition": 'attachment; filename="errors.csv"', "Cache-Control": "no-store"}
        return Response(findings_table(found), media_type="text/csv; charset=utf-8", headers=headers)

    @router.post("/curate/import/{digest}")
    def propose(request: Request, by: By, digest: str, sent: Form, kind: str = "", document: str = "") -> Response:
        """Propose a table, all of it or nothing."""
        who = writer(workspace, by)
        found = preview_kept(workspace, who, digest, kind, document)
        title, reason = sent.one("title"), sent.one("reason")
        try:
            proposed = import_table(workspace, who, found, title=title or None, reason=reason or None)
        except MechkgError as error:
            page = ImportPage(kind, document, paper_titles(workspace), digest, found, Wrong.of(error), title, reason)
            return with_status(framed(request, SECTION, lambda frame: import_page(page, frame)), status_of(error))
        return led(f"/curate/changes/{proposed.id}")
