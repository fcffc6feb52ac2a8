"""Pages to write: read a paper, make items of its sentences, gather them as drafts, import tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from mechkg.api.pages import framed
from mechkg.api.posted import By, Form, Sent, signed_in
from mechkg.api.problems import status_of
from mechkg.api.uploads import Uploaded, uploaded
from mechkg.errors import BadInputError, ForbiddenError, MechkgError, NotFoundError, StaleError
from mechkg.literature.crossref import allowed_endpoint
from mechkg.literature.quotes import QuotableText
from mechkg.literature.selectors import Anchor
from mechkg.model.corpus import ItemKind
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service import readings
from mechkg.service.browse import short_title
from mechkg.service.draft import discard_draft, drafts, history_of_draft, load_draft, propose_draft, restore_draft, save_draft
from mechkg.service.export_table import items_table, template_table
from mechkg.service.export_table import written as table_file
from mechkg.service.fetch_reference import fetch_reference
from mechkg.service.gathered import Gathered, Part, examine, name_for, read_at, title_for
from mechkg.service.import_table import import_table
from mechkg.service.imports import LARGEST as LARGEST_TABLE
from mechkg.service.imports import findings_table, keep_table, preview_kept
from mechkg.service.item_form import KINDS, blanks, body_of, boxes_of, model_of, raised, without
from mechkg.service.keep_answers import answers_of
from mechkg.service.may_write import why_not_write
from mechkg.service.propose_read import propose_read
from mechkg.service.reading_view import Chosen, SectionView, chosen, view_of
from mechkg.service.suggest_names import suggest_names
from mechkg.service.usage import often_used
from mechkg.service.workspace import Workspace
from mechkg.web.drafts_page import DraftRow, DraftsPage, StrangePage, drafts_page, strange_page
from mechkg.web.form_page import FormPage, GatePage, form_page, gate_page
from mechkg.web.frame import Frame
from mechkg.web.import_page import ImportPage, import_page
from mechkg.web.new_page import NewPage, new_page
from mechkg.web.read_page import ReadPage, read_page
from mechkg.web.reading_page import ReadingPage, reading_page
from mechkg.web.wrong import Wrong

SECTION: Final = "curate"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_SLACK: Final = 100_000
"""Bytes of a form besides its file."""

Make = Callable[[Frame, Caller], str]


def add_authoring(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages by which people write."""
    router = APIRouter(include_in_schema=False)
    _add_readings(router, workspace)
    _add_forms(router, workspace)
    _add_drafts(router, workspace)
    _add_imports(router, workspace)
    app.include_router(router)


def _page(workspace: Workspace, request: Request, by: Caller | None, what: tuple[str, str], make: Make) -> HTMLResponse:
    """Answer with a page for who may write; others are told before they type anything."""

    def either(frame: Frame) -> str:
        why = why_not_write(workspace.ledger, by)
        if why is not None or by is None:
            return gate_page(GatePage(*what, why or ""), frame)
        return make(frame, by)

    return framed(request, SECTION, either)


def _writer(workspace: Workspace, by: Caller | None) -> Caller:
    """Return who writes; raise UnauthenticatedError or ForbiddenError for who may not."""
    found = signed_in(by)
    if (why := why_not_write(workspace.ledger, found)) is not None:
        raise ForbiddenError(why.removesuffix("."))
    return found


def _with(answer: Response, status: int) -> Response:
    """Return a page with the status of what went wrong, unless it went wrong otherwise."""
    if answer.status_code == 200:
        answer.status_code = status
    answer.headers.update(_NO_STORE)
    return answer


def _led(path: str) -> Response:
    return RedirectResponse(path, 303, headers=_NO_STORE)


def _papers(workspace: Workspace) -> dict[str, str]:
    return {entry.id: short_title(workspace, entry) for entry in workspace.catalog.by_kind.get("document", ())}


# --- reading a paper --------------------------------------------------------------------------------------------------

_READ: Final = ("Read a paper", "Its text is marked and read beside what its sentences suggest; a sentence becomes a claim.")


def _add_readings(router: APIRouter, workspace: Workspace) -> None:
    def start(frame: Frame, by: Caller, given: ReadPage | None = None) -> str:
        kept = tuple(readings.kept_texts(workspace, by))
        return read_page(replace(given or ReadPage(()), kept=kept, papers=_papers(workspace)), frame)

    @router.get("/curate/read")
    def begin(request: Request, by: By, deleted: str = "") -> HTMLResponse:
        """Ask for a text, and list those that are kept."""
        return _page(workspace, request, by, _READ, lambda frame, who: start(frame, who, ReadPage((), deleted=deleted[:200])))

    @router.post("/curate/read")
    def give(request: Request, by: By, given: Annotated[Uploaded, Depends(uploaded(2 * readings.LARGEST + _SLACK))]) -> Response:
        """Keep a text, and lead to it."""
        who = _writer(workspace, by)
        text, document = given.fields.one("text"), given.fields.one("document")
        fields = ("file",) if given.file else ("text",)
        try:
            if given.file is None and not text:
                raise BadInputError("nothing was given to read", hint="choose a file, or paste a text")
            if document:
                fields, document = ("document",), workspace.catalog.find(document, "document").id
                fields = ("file",) if given.file else ("text",)
            name, content = given.file or (_pasted(text), text.encode())
            digest = readings.keep_text(workspace, who, content, name, document or None)
        except MechkgError as error:
            page = ReadPage((), text=text, document=document, wrong=Wrong.of(error, fields))
            again = framed(request, SECTION, lambda frame: start(frame, who, page))
            return _with(again, status_of(error))
        return _led(f"/curate/read/{digest}")

    def shown(request: Request, by: By, digest: str, given: dict[str, Any] | None = None, status: int = 200) -> Response:
        def make(frame: Frame, who: Caller) -> str:
            reading = readings.reading(workspace, who, digest)
            found = readings.looked_through(workspace, reading)
            sections = _sections(workspace, reading, found)
            paper = _papers(workspace).get(reading.document or "", "")
            doi = "" if reading.document else readings.doi_in(reading.paper) or ""
            network = allowed_endpoint() is not None
            page = ReadingPage(reading, found, sections, paper, doi, network=network, **(given or {}))
            return reading_page(page, frame)

        return _with(_page(workspace, request, by, _READ, make), status) if status != 200 else _page(
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
        who = _writer(workspace, by)
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
        return _led(f"/curate/read/{digest}")

    @router.post("/curate/read/{digest}/enter")
    def enter(request: Request, by: By, digest: str, sent: Form) -> Response:
        """Enter suggestions: what is complete into the queue, the rest as drafts."""
        who = _writer(workspace, by)
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
        return _led(f"/curate/read/{digest}?proposed={len(entered.proposed)}&saved={len(entered.drafts)}")

    @router.post("/curate/read/{digest}/delete")
    def delete(by: By, digest: str) -> Response:
        """Delete a text."""
        from urllib.parse import quote

        name = readings.forget_text(workspace, _writer(workspace, by), digest)
        return _led(f"/curate/read?deleted={quote(name)}")


def _sections(workspace: Workspace, reading: readings.Reading, found: Any) -> tuple[SectionView, ...]:
    key = ("view", workspace.ledger.position(), reading.digest, reading.paper.text_sha256, reading.document, repr(reading.about))
    return answers_of(workspace).ask(key, lambda: view_of(found), 60.0)


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


# --- forms ------------------------------------------------------------------------------------------------------------

_WRITE: Final = ("New item", "An item is typed field by field, held against what counts, and proposed for another one to accept.")


def _add_forms(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/curate/new")
    def choose(request: Request, by: By) -> HTMLResponse:
        """Offer the kinds of items."""
        return _page(workspace, request, by, _WRITE, lambda frame, _: new_page(NewPage(), frame))

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
                page, body = _from_text(workspace, who, page, reading, begin, until, within, suggestion)
            return form_page(_filled(workspace, page, Part(of, body)), frame)

        return _page(workspace, request, by, _WRITE, make)

    @router.get("/curate/edit/{item}")
    def edit(request: Request, by: By, item: str) -> HTMLResponse:
        """Show the form of an item that counts."""

        def make(frame: Frame, _: Caller) -> str:
            entry = workspace.catalog.find(item)
            gathered = Gathered()
            page = FormPage(entry.kind, (), gathered, item=entry.id)
            return form_page(_filled(workspace, page, Part(entry.kind, entry.record.body, entry.id)), frame)

        return _page(workspace, request, by, ("Change an item", _WRITE[1]), make)

    @router.post("/curate/form")
    def post(request: Request, by: By, sent: Form) -> Response:
        """Do what a button of the form says, or save it as it is typed."""
        who = _writer(workspace, by)
        return _Posted(workspace, request, who, sent).answer()

    @router.get("/suggest")
    def suggest(q: str = "", kind: Annotated[list[str] | None, Query()] = None) -> JSONResponse:
        """Offer names that fit what is typed."""
        found = suggest_names(workspace.catalog, q, kind or ())
        names = [{"id": n.id, "label": n.label, "kind": n.kind, "document": n.document} for n in found.names]
        return JSONResponse({"names": names, "total": found.total}, headers={"Cache-Control": "no-cache"})


def _from_text(
    workspace: Workspace,
    by: Caller,
    page: FormPage,
    digest: str,
    begin: int | None,
    until: int | None,
    within: tuple[int, int] | None,
    suggestion: int | None,
) -> tuple[FormPage, dict[str, Any]]:
    """Return the form with what a sentence, or a suggestion, fills in."""
    reading = readings.reading(workspace, by, digest)
    found = readings.looked_through(workspace, reading)
    body: dict[str, Any]
    if suggestion is not None:
        offered = next((each for each in found.offered if each.number == suggestion), None)
        if offered is None:
            raise NotFoundError(f"there is no suggestion {suggestion}", hint=f"they are numbered 1 to {len(found.offered)}")
        taken = _taken(workspace, reading, found, offered.anchor.start, offered.anchor.end, None)
        body = dict(offered.body)
        body.setdefault("locator", taken.locator)
        place, why, missing = offered.anchor, offered.suggestion.why, offered.missing
    else:
        if begin is None or until is None:
            raise BadInputError("it is not said which words are meant", hint="choose a sentence in the text")
        taken = _taken(workspace, reading, found, begin, until, within)
        body = {"quote": [taken.quote], "locator": taken.locator}
        place, why, missing = taken.anchor, "", ()
    gathered = page.gathered
    if reading.document and not gathered.document:
        gathered = replace(gathered, document=reading.document)
    if reading.about and reading.document not in workspace.catalog.entries:
        known = any(part.kind == "document" and part.id == reading.document for part in gathered.parts)
        if not known:
            gathered, _ = gathered.put(None, Part("document", dict(reading.about)))
    page = replace(
        page, gathered=gathered, chosen=taken, reading=digest, anchor=json.dumps(place.to_json()), why=why, missing=tuple(missing)
    )
    return page, body


def _taken(
    workspace: Workspace, reading: readings.Reading, found: Any, begin: int, until: int, within: tuple[int, int] | None
) -> Chosen:
    if within is None:
        for section in _sections(workspace, reading, found):
            for paragraph in section.paragraphs:
                for each in paragraph.sentences:
                    if each.start <= begin < each.end and until <= each.end:
                        within = (each.start, each.end)
    return chosen(found, begin, until, within)


def _filled(workspace: Workspace, page: FormPage, part: Part, more: dict[str, int] | None = None) -> FormPage:
    """Return the page with the boxes of an item, and what names in it are called."""
    boxes = boxes_of(part.kind, part.body, more)
    entries = workspace.catalog.entries
    labels: dict[str, str] = {}
    papers = _papers(workspace)
    for box in (each for one in boxes for each in one.all()):
        if box.field.shape == "name" and box.value in entries:
            found = suggest_names(workspace.catalog, box.value, most=1).names
            labels[box.value] = found[0].label if found and found[0].id == box.value else ""
    if page.gathered.document:
        new = next((p.title for p in page.gathered.parts if p.kind == "document" and p.id == page.gathered.document), "")
        labels[page.gathered.document] = papers.get(page.gathered.document, f"{new} (new)" if new else "")
    with_this, _ = page.gathered.put(page.slot, part)
    taken = {each.id for each in page.gathered.parts}
    return replace(
        page,
        boxes=boxes,
        labels=labels,
        papers=papers,
        often=often_used(workspace.reading, part.kind),
        name="" if part.item else name_for(workspace.catalog, part.kind, part.body, page.gathered.document, taken),
        title=title_for(with_this) if not page.gathered.title else "",
    )


class _Posted:
    """A form that was sent: what it holds, and what is to be done."""

    def __init__(self, workspace: Workspace, request: Request, by: Caller, sent: Sent) -> None:
        self.workspace, self.request, self.by, self.sent = workspace, request, by, sent
        self.catalog = workspace.catalog
        self.act, _, self.what = sent.one("do").partition(":")
        kind = sent.one("kind")
        model_of(kind)
        self.kind = cast("ItemKind", kind)
        self.item = sent.one("item") or None
        self.draft = sent.one("draft")
        self.version = sent.number("version") if sent.one("version") else 0
        self.reading = sent.one("reading")
        self.pairs = [(name.removeprefix("body."), text) for name, text in sent.pairs if name.startswith("body.")]
        slot = sent.one("slot")
        self.slot: int | None = int(slot) if slot.isdecimal() else None
        if self.act == "remove":
            self.pairs = without(self.pairs, self.what)
        elif self.act == "up":
            self.pairs = raised(self.pairs, self.what)
        self.more = blanks(self.kind, self.pairs, self.what if self.act == "add" else "")
        self.part = Part(self.kind, body_of(self.kind, self.pairs), self.item)
        if self.item is not None:
            self.part = replace(self.part, body={**self.part.body, "id": self.item})
        self.gathered = self._gathered()

    def _gathered(self) -> Gathered:
        """Return the draft with this item as it is typed."""
        found = Gathered()
        if self.draft:
            before = load_draft(self.workspace, self.by, self.draft, version=self.version or None)
            found = Gathered.read(self.catalog, before.content) if before.content is not None else Gathered()
        document = self.sent.one("document")
        found = replace(found, title=self.sent.one("title"), reason=self.sent.one("reason"))
        if self.item is None:
            found = replace(found, document=self._paper(document))
        found = self._with_new_paper(found)
        anchor = self._anchor()
        if anchor is not None and not self.part.id:
            taken = {part.id for part in found.parts}
            name = name_for(self.catalog, self.kind, self.part.body, found.document, taken)
            self.part = replace(self.part, body={"id": name, **self.part.body})
        if self._blank and self.slot is None:
            return found
        found, self.slot = found.put(self.slot, self.part)
        if anchor is not None:
            found = read_at(found, self.part.id, anchor)
        return found

    def _paper(self, text: str) -> str:
        """Return the id of a paper that is given by any of its names."""
        try:
            return self.catalog.find(text, "document").id if text else ""
        except NotFoundError:
            return text

    def _with_new_paper(self, found: Gathered) -> Gathered:
        """Add the paper that is read, where it is new here, to what is proposed of it."""
        if not self.reading or not found.document or found.document in self.catalog.entries:
            return found
        if any(part.kind == "document" and part.id == found.document for part in found.parts):
            return found
        try:
            about = readings.reading(self.workspace, self.by, self.reading).about
        except NotFoundError:
            return found
        if about and about.get("id") == found.document:
            found, slot = found.put(None, Part("document", dict(about)))
            if self.slot is not None and slot <= self.slot:
                self.slot += 1
        return found

    def _anchor(self) -> Anchor | None:
        text = self.sent.one("anchor")
        if not text:
            return None
        try:
            return Anchor.from_json(json.loads(text))
        except ValueError as error:
            raise BadInputError("this is not the place of a quote", hint="choose the sentence again") from error

    @property
    def _blank(self) -> bool:
        return not any(text.strip() for name, text in self.pairs if not name.endswith((".none", "flag")))

    # --- answers

    def answer(self) -> Response:
        """Do what is asked."""
        acts: dict[str, Callable[[], Response]] = {
            "autosave": self.autosave,
            "save": self.save,
            "save-new": lambda: self.save(new=True),
            "overwrite": lambda: self.save(over=True),
            "add": self.again,
            "remove": self.again,
            "up": self.again,
            "check": self.check,
            "propose": self.propose,
            "another": self.another,
            "drop": self.drop,
        }
        act = acts.get(self.act)
        if act is None:
            raise NotFoundError.of("button of the form", self.act, acts)
        return act()

    def again(self, status: int = 200, **more: Any) -> Response:
        """Show the form as it is typed."""

        def make(frame: Frame) -> str:
            return form_page(self._form(**more), frame)

        return _with(framed(self.request, SECTION, make), status)

    def _form(self, **more: Any) -> FormPage:
        page = FormPage(
            self.kind, (), self.gathered, self.slot, self.item, self.draft, self.version,
            reading=self.reading, anchor=self.sent.one("anchor"), **more,
        )  # fmt: skip
        return _filled(self.workspace, page, self.part, self.more)

    def _kept(self, *, new: bool = False, over: bool = False) -> Draft:
        """Save the draft; raise StaleError where another window saved it."""
        content = self.gathered.content(self.catalog)
        if new or not self.draft:
            found = save_draft(self.workspace, self.by, content)
        else:
            version = self.version
            if over:
                now = load_draft(self.workspace, self.by, self.draft)
                if now.discarded:  # it is brought back first: nothing is overwritten
                    versions = history_of_draft(self.workspace, self.by, self.draft)
                    old = next(each.version for each in reversed(versions) if not each.discarded)
                    now = restore_draft(self.workspace, self.by, self.draft, old=old, version=now.version)
                version = now.version
            found = save_draft(self.workspace, self.by, content, draft=self.draft, version=version)
        self.draft, self.version = found.id, found.version
        return found

    def _stale(self, error: StaleError) -> Response:
        now = error.now if isinstance(error.now, Draft) else None
        return self.again(409, conflict=now or load_draft(self.workspace, self.by, self.draft))

    def save(self, *, new: bool = False, over: bool = False) -> Response:
        """Save, and lead to the draft."""
        if not self.gathered.parts and not self.draft:
            return self.again(422, trouble="Nothing is typed yet, so there is nothing to save.")
        try:
            found = self._kept(new=new, over=over)
        except StaleError as error:
            return self._stale(error)
        except MechkgError as error:
            return self.again(status_of(error), trouble=str(error))
        return _led(self._here(found))

    def _here(self, found: Draft) -> str:
        return f"/curate/drafts/{found.id}" + (f"?item={self.slot}" if self.slot else "")

    def autosave(self) -> Response:
        """Save what is typed, and say when."""
        if not self.gathered.parts:
            return JSONResponse({"saved": None}, headers=_NO_STORE)
        try:
            found = self._kept()
        except StaleError as error:
            now = error.now if isinstance(error.now, Draft) else None
            what = "put away" if now and now.discarded else "saved"
            when = f", {now.at:%H:%M} UTC" if now else ""
            why = f"version {now.version if now else ''} of this draft was {what} elsewhere{when}."
            return JSONResponse({"conflict": why}, 409, headers=_NO_STORE)
        except MechkgError as error:
            return JSONResponse({"error": str(error)}, status_of(error), headers=_NO_STORE)
        slot = "" if self.slot is None else self.slot
        content = {"draft": found.id, "version": found.version, "slot": slot, "path": self._here(found)}
        return JSONResponse({**content, "saved": f"{datetime.now(UTC):%H:%M} UTC"}, headers=_NO_STORE)

    def _text(self) -> QuotableText | None:
        """Return the text that quotes are from, where the one who writes still keeps it."""
        if not self.reading:
            return None
        try:
            return QuotableText(readings.reading(self.workspace, self.by, self.reading).paper.text)
        except NotFoundError:
            return None

    def check(self) -> Response:
        """Show the form with all that stands against what is gathered."""
        found = examine(self.workspace, self.gathered, self._text())
        return self.again(findings=found.findings)

    def propose(self) -> Response:
        """Propose all that is gathered, and lead to the change set; with errors the form is shown with them."""
        found = examine(self.workspace, self.gathered, self._text())
        if not found.acceptable:
            return self.again(422, findings=found.findings)
        self.gathered = replace(found.found, title=found.found.title or title_for(found.found))
        try:
            kept = self._kept()
            proposed = propose_draft(self.workspace, self.by, kept.id, version=kept.version)
        except StaleError as error:
            if isinstance(error.now, Draft):
                return self._stale(error)
            return self.again(409, trouble=str(error))
        except MechkgError as error:
            return self.again(status_of(error), trouble=str(error))
        return _led(f"/curate/changes/{proposed.id}")

    def another(self) -> Response:
        """Save, and go on with another item of the same change set."""
        kind = self.sent.one("another")
        model_of(kind)
        if not self.gathered.parts:
            return _led(f"/curate/new/{kind}")
        try:
            found = self._kept()
        except StaleError as error:
            return self._stale(error)
        return _led(f"/curate/new/{kind}?draft={found.id}")

    def drop(self) -> Response:
        """Take an item out of what is gathered, and save that."""
        number = int(self.what) if self.what.isdecimal() else -1
        if not 0 <= number < len(self.gathered.parts):
            raise NotFoundError(f"there is no item {self.what} in this draft")
        self.gathered = self.gathered.without(number)
        self.slot = None
        try:
            found = self._kept()
        except StaleError as error:
            return self._stale(error)
        return _led(f"/curate/drafts/{found.id}")


# --- drafts -----------------------------------------------------------------------------------------------------------

_DRAFTS: Final = ("My drafts", "What is being written, seen by its writer alone.")


def _add_drafts(router: APIRouter, workspace: Workspace) -> None:
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
            return drafts_page(DraftsPage(rows, all == "yes", away, _papers(workspace)), frame)

        return _page(workspace, request, by, _DRAFTS, make)

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

        return _page(workspace, request, by, _DRAFTS, make)

    @router.post("/curate/drafts/{draft}/away")
    def away(by: By, draft: str, sent: Form) -> Response:
        """Put a draft away."""
        who = _writer(workspace, by)
        discard_draft(workspace, who, draft, version=sent.number("version"))
        return _led(f"/curate/drafts?deleted={draft}")

    @router.post("/curate/drafts/{draft}/back")
    def back(by: By, draft: str, sent: Form) -> Response:
        """Bring a draft back."""
        who = _writer(workspace, by)
        restore_draft(workspace, who, draft, old=sent.number("old"), version=sent.number("version"))
        return _led("/curate/drafts")


def _of_draft(workspace: Workspace, found: Draft, gathered: Gathered, item: int) -> FormPage:
    machine = gathered.machine or {}
    if not gathered.parts:
        page = FormPage("claim", (), gathered, None, None, found.id, found.version, found.at)
        return _filled(workspace, page, Part("claim", {}))
    slot = item if 0 <= item < len(gathered.parts) else 0
    part = gathered.parts[slot]
    whys = machine.get("why")
    why = str(whys.get(part.id, "")) if isinstance(whys, dict) else ""
    missing = tuple(str(name) for name in machine.get("missing", ()) if not part.body.get(str(name)))
    page = FormPage(part.kind, (), gathered, slot, part.item, found.id, found.version, found.at, why=why, missing=missing)
    return _filled(workspace, page, part)


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


# --- tables -----------------------------------------------------------------------------------------------------------

_IMPORT: Final = ("Import a table", "A spreadsheet is held against what counts, row by row, and proposed as a whole.")


def _add_imports(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/curate/import")
    def ask(request: Request, by: By, kind: str = "", document: str = "") -> HTMLResponse:
        """Ask for a table."""
        page = ImportPage(kind if kind in KINDS else "", document, _papers(workspace))
        return _page(workspace, request, by, _IMPORT, lambda frame, _: import_page(page, frame))

    @router.post("/curate/import")
    def give(request: Request, by: By, given: Annotated[Uploaded, Depends(uploaded(LARGEST_TABLE + _SLACK))]) -> Response:
        """Keep a table, and lead to its preview."""
        who = _writer(workspace, by)
        kind, document = given.fields.one("kind"), given.fields.one("document")
        page = ImportPage(kind if kind in KINDS else "", document, _papers(workspace))
        fields: tuple[str, ...] = ("file",)
        try:
            if given.file is None:
                raise BadInputError("no table was given", hint="choose a file")
            if document:
                fields, document = ("document",), workspace.catalog.find(document, "document").id
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
            return _with(framed(request, SECTION, lambda frame: import_page(wrong, frame)), status_of(error))
        return _led(f"/curate/import/{digest}" + (f"?{page.query}" if page.query else ""))

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
            return import_page(ImportPage(kind, document, _papers(workspace), digest, found), frame)

        return _page(workspace, request, by, _IMPORT, make)

    @router.get("/curate/import/{digest}/errors.csv")
    def errors(by: By, digest: str, kind: str = "", document: str = "") -> Response:
        """Send what is wrong with a table."""
        found = preview_kept(workspace, _writer(workspace, by), digest, kind, document)
        headers = {"Content-Disposition": 'attachment; filename="errors.csv"', "Cache-Control": "no-store"}
        return Response(findings_table(found), media_type="text/csv; charset=utf-8", headers=headers)

    @router.post("/curate/import/{digest}")
    def propose(request: Request, by: By, digest: str, sent: Form, kind: str = "", document: str = "") -> Response:
        """Propose a table, all of it or nothing."""
        who = _writer(workspace, by)
        found = preview_kept(workspace, who, digest, kind, document)
        title, reason = sent.one("title"), sent.one("reason")
        try:
            proposed = import_table(workspace, who, found, title=title or None, reason=reason or None)
        except MechkgError as error:
            page = ImportPage(kind, document, _papers(workspace), digest, found, Wrong.of(error), title, reason)
            return _with(framed(request, SECTION, lambda frame: import_page(page, frame)), status_of(error))
        return _led(f"/curate/changes/{proposed.id}")
