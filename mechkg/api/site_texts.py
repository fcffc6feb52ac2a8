"""Pages to read a paper on: its text is given, marked, and entered from."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from mechkg.api.authoring import SECTION, led, page_for, paper_titles, with_status, writer
from mechkg.api.pages import framed
from mechkg.api.posted import By, Form
from mechkg.api.posted_item import sections_of
from mechkg.api.problems import status_of
from mechkg.api.uploads import SLACK, Uploaded, uploaded
from mechkg.errors import BadInputError, MechkgError
from mechkg.literature.crossref import allowed_endpoint
from mechkg.model.person import Caller
from mechkg.service import readings
from mechkg.service.fetch_reference import fetch_reference
from mechkg.service.gathered import name_for
from mechkg.service.item_form import body_of, model_of
from mechkg.service.propose_read import propose_read
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.read_page import ReadPage, read_page
from mechkg.web.reading_page import ReadingPage, reading_page
from mechkg.web.wrong import Wrong

_READ: Final = ("Read a paper", "Its text is marked and read beside what its sentences suggest; a sentence becomes a claim.")


def add_texts(router: APIRouter, workspace: Workspace) -> None:
    """Add the pages about texts that are read."""

    def start(frame: Frame, by: Caller, given: ReadPage | None = None) -> str:
        kept = tuple(readings.kept_texts(workspace, by))
        return read_page(replace(given or ReadPage(()), kept=kept, papers=paper_titles(workspace)), frame)

    @router.get("/curate/read")
    def begin(request: Request, by: By, deleted: str = "") -> HTMLResponse:
        """Ask for a text, and list those that are kept."""
        return page_for(workspace, request, by, _READ, lambda frame, who: start(frame, who, ReadPage((), deleted=deleted[:200])))

    @router.post("/curate/read")
    def give(request: Request, by: By, given: Annotated[Uploaded, Depends(uploaded(2 * readings.LARGEST + SLACK))]) -> Response:
        """Keep a text, and lead to it."""
        who = writer(workspace, by)
        text, document = given.fields.one("text"), given.fields.one("document")
        fields = ("file",) if given.file else ("text",)
        try:
            if given.file is None and not text:
                raise BadInputError("nothing was given to read", hint="choose a file, or paste a text")
            if document:
                fields = ("document",)
                document = workspace.catalog.find(document, "document").id
                fields = ("file",) if given.file else ("text",)
            name, content = given.file or (_pasted(text), text.encode())
            digest = readings.keep_text(workspace, who, content, name, document or None)
        except MechkgError as error:
            page = ReadPage((), text=text, document=document, wrong=Wrong.of(error, fields))
            again = framed(request, SECTION, lambda frame: start(frame, who, page))
            return with_status(again, status_of(error))
        return led(f"/curate/read/{digest}")

    def shown(request: Request, by: By, digest: str, given: dict[str, Any] | None = None, status: int = 200) -> Response:
        def make(frame: Frame, who: Caller) -> str:
            reading = readings.reading(workspace, who, digest)
            found = readings.looked_through(workspace, reading)
            sections = sections_of(workspace, reading, found)
            paper = paper_titles(workspace).get(reading.document or "", "")
            doi = "" if reading.document else readings.doi_in(reading.paper) or ""
            network = allowed_endpoint() is not None
            page = ReadingPage(reading, found, sections, paper, doi, network=network, **(given or {}))
            return reading_page(page, frame)

        return with_status(page_for(workspace, request, by, _READ, make), status) if status != 200 else page_for(
            workspace, request, by, _READ, make
        )  # fmt: skip

    @router.get("/curate/read/{digest}")
    def read(request: Request, by: By, digest: str, proposed: int = 0, saved: int = 0) -> Response:
        """Show a text, marked."""
        said = _entered(proposed, saved)
        return shown(request, by, digest, {"entered": said})

    @router.post("/curate/read/{digest}/document")
    def say_which(request: Request, by: By, digest: str, sent: Form) -> Response:
        """Say which paper a text is."""
        who = writer(workspace, by)
        new = sent.under("new.")
        try:
            if sent.one("do") == "known":
                readings.read_as(workspace, who, digest, sent.one("document"))
            elif sent.one("do") == "fetch":
                work = fetch_reference(workspace, sent.one("doi"))
                here = next((entry.id for entry in work.known if entry.kind == "document"), None)
                if here is not None:
                    readings.read_as(workspace, who, digest, here)
                else:
                    fields = {key: _typed(value) for key, value in work.work.fields().items()}
                    return shown(request, by, digest, {"fetched": fields})
            else:
                body = body_of("document", _document_pairs(new))
                body["id"] = body.get("id") or name_for(workspace.catalog, "document", body, "")
                model_of("document").model_validate(body)
                readings.read_as(workspace, who, digest, str(body["id"]), body)
        except ValueError as error:  # what pydantic raises
            wrong = Wrong("The paper is not told well: " + _first_line(error), "", "paper")
            return shown(request, by, digest, {"fetched": new, "wrong": wrong}, 422)
        except MechkgError as error:
            wrong = Wrong.of(error, ("paper",))
            return shown(request, by, digest, {"fetched": new, "wrong": wrong}, status_of(error))
        return led(f"/curate/read/{digest}")

    @router.post("/curate/read/{digest}/enter")
    def enter(request: Request, by: By, digest: str, sent: Form) -> Response:
        """Enter suggestions: what is complete into the queue, the rest as drafts."""
        who = writer(workspace, by)
        try:
            numbers = [int(each) for each in sent.all("number") if each.isdecimal()]
            if not numbers:
                raise BadInputError("no suggestion was taken", hint="tick those that you take, beside the text")
            reading = readings.reading(workspace, who, digest)
            if reading.document is None:
                raise BadInputError("it is not said which paper this is", hint="say it above the text")
            entered = propose_read(workspace, who, readings.looked_through(workspace, reading), numbers)
        except MechkgError as error:
            return shown(request, by, digest, {"wrong": Wrong.of(error)}, status_of(error))
        return led(f"/curate/read/{digest}?proposed={len(entered.proposed)}&saved={len(entered.drafts)}")

    @router.post("/curate/read/{digest}/delete")
    def delete(by: By, digest: str) -> Response:
        """Delete a text."""
        name = readings.forget_text(workspace, writer(workspace, by), digest)
        return led(f"/curate/read?deleted={quote(name)}")


def _entered(proposed: int, saved: int) -> str:
    parts = []
    if proposed:
        parts.append(f"{proposed} proposed, to be seen in the queue")
    if saved:
        parts.append(f"{saved} saved among your drafts, to be completed")
    return f"Entered: {' and '.join(parts)}." if parts else ""


def _pasted(text: str) -> str:
    words = " ".join(text.split()[:6])
    return f"pasted: {words}"[:80]


def _typed(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _document_pairs(new: dict[str, str]) -> list[tuple[str, str]]:
    pairs = [(key, text) for key, text in new.items() if key != "authors"]
    authors = [line for line in new.get("authors", "").split("\n") if line.strip()]
    return pairs + [(f"authors.{n}", line) for n, line in enumerate(authors, start=1)]


def _first_line(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if callable(details):
        first = details()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
    return str(error)
