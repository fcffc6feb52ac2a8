"""Pages about the drafts of who asks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from mechkg.api.authoring import led, page_for, paper_titles, writer
from mechkg.api.posted import By, Form
from mechkg.api.posted_item import filled
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service.draft import discard_draft, drafts, history_of_draft, load_draft, restore_draft
from mechkg.service.examine import examine
from mechkg.service.gathered import Gathered, Part, title_for
from mechkg.service.workspace import Workspace
from mechkg.web.drafts_page import DraftRow, DraftsPage, StrangePage, drafts_page, strange_page
from mechkg.web.form_page import FormPage, form_page
from mechkg.web.frame import Frame

_DRAFTS: Final = ("My drafts", "What is being written, seen by its writer alone.")


def add_drafts(router: APIRouter, workspace: Workspace) -> None:
    """Add the pages about drafts."""

    @router.get("/curate/drafts")
    def mine(request: Request, by: By, all: str = "", deleted: str = "") -> HTMLResponse:
        """List the drafts of who asks."""

        def make(frame: Frame, who: Caller) -> str:
            every = drafts(workspace, who, discarded=all == "yes")
            rows = tuple(_row(workspace, who, each) for each in every)
            away = None
            if deleted:
                found = load_draft(workspace, who, deleted)
                away = _row(workspace, who, found) if found.discarded else None
            return drafts_page(DraftsPage(rows, all == "yes", away, paper_titles(workspace)), frame)

        return page_for(workspace, request, by, _DRAFTS, make)

    @router.get("/curate/drafts/{draft}")
    def one(request: Request, by: By, draft: str, item: int = 0, check: str = "") -> HTMLResponse:
        """Go on with a draft."""

        def make(frame: Frame, who: Caller) -> str:
            found = load_draft(workspace, who, draft)
            if found.discarded:
                raise NotFoundError(f"{draft} was put away", hint="bring it back among your drafts")
            try:
                gathered = Gathered.read(workspace.catalog, found.content).ordered()[0]
            except BadInputError as error:
                content = json.dumps(found.content, ensure_ascii=False, indent=2)
                return strange_page(StrangePage(found.id, found.version, str(error), content), frame)
            page = _of_draft(workspace, found, gathered, item)
            if check == "yes":
                page = replace(page, findings=examine(workspace, gathered).findings)
            return form_page(page, frame)

        return page_for(workspace, request, by, _DRAFTS, make)

    @router.post("/curate/drafts/{draft}/away")
    def away(by: By, draft: str, sent: Form) -> Response:
        """Put a draft away."""
        who = writer(workspace, by)
        discard_draft(workspace, who, draft, version=sent.number("version"))
        return led(f"/curate/drafts?deleted={draft}")

    @router.post("/curate/drafts/{draft}/back")
    def back(by: By, draft: str, sent: Form) -> Response:
        """Bring a draft back."""
        who = writer(workspace, by)
        restore_draft(workspace, who, draft, old=sent.number("old"), version=sent.number("version"))
        return led("/curate/drafts")


def _of_draft(workspace: Workspace, found: Draft, gathered: Gathered, item: int) -> FormPage:
    machine = gathered.machine or {}
    if not gathered.parts:
        page = FormPage("claim", (), gathered, None, None, found.id, found.version, found.at)
        return filled(workspace, page, Part("claim", {}))
    slot = item if 0 <= item < len(gathered.parts) else 0
    part = gathered.parts[slot]
    whys = machine.get("why")
    why = str(whys.get(part.id, "")) if isinstance(whys, dict) else ""
    missing = tuple(str(name) for name in machine.get("missing", ()) if not part.body.get(str(name)))
    page = FormPage(part.kind, (), gathered, slot, part.item, found.id, found.version, found.at, why=why, missing=missing)
    return filled(workspace, page, part)


def _row(workspace: Workspace, by: Caller, draft: Draft) -> DraftRow:
    """Return a draft as it stands in the list; one that was put away reads as in its last version with content."""
    content, last = draft.content, draft.version
    if draft.discarded:
        before = [each for each in history_of_draft(workspace, by, draft.id) if not each.discarded]
        content, last = before[-1].content, before[-1].version
    row = DraftRow(draft.id, draft.version, "", draft.at, away=draft.discarded, last=last)
    try:
        found = Gathered.read(workspace.catalog, content)
    except BadInputError as error:
        return replace(row, title=str(content.get("title") or "") if isinstance(content, dict) else "", unreadable=error.message)
    machine = found.machine
    items: tuple[tuple[str, str], ...] = tuple((part.kind, part.title or "without a name") for part in found.parts)
    items += tuple(("goes", str(each.get("item"))) for each in found.removes)
    said = f"{machine.get('reader', 'a program')} {machine.get('version', '')}".strip() if machine is not None else ""
    missing = tuple(str(each) for each in machine.get("missing", ())) if machine is not None else ()
    title = found.title or (title_for(found) if found.parts or found.removes else "")
    return replace(row, title=title, items=items, document=found.document, machine=said, missing=missing)
