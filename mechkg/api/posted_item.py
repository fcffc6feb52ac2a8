"""The form of one item: filled in from a sentence, and what its buttons do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from mechkg.api.authoring import NO_STORE, SECTION, led, paper_titles, with_status
from mechkg.api.pages import framed
from mechkg.api.posted import Sent
from mechkg.api.problems import status_of
from mechkg.errors import BadInputError, MechkgError, NotFoundError, StaleError
from mechkg.literature.quotes import QuotableText
from mechkg.literature.selectors import Anchor
from mechkg.model.corpus import ItemKind
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service import readings
from mechkg.service.draft import history_of_draft, load_draft, propose_draft, restore_draft, save_draft
from mechkg.service.examine import examine
from mechkg.service.gathered import Gathered, Part, name_for, read_at, title_for
from mechkg.service.item_form import blanks, body_of, boxes_of, model_of, raised, without
from mechkg.service.keep_answers import answers_of
from mechkg.service.reading_view import Chosen, SectionView, chosen, view_of
from mechkg.service.suggest_names import suggest_names
from mechkg.service.usage import often_used
from mechkg.service.workspace import Workspace
from mechkg.web.form_page import FormPage, form_page
from mechkg.web.frame import Frame


def sections_of(workspace: Workspace, reading: readings.Reading, found: Any) -> tuple[SectionView, ...]:
    """Return a text as sections of sentences, kept for as long as the same things count and wait."""
    key = ("view", workspace.ledger.position(), reading.digest, reading.paper.text_sha256, reading.document, repr(reading.about))
    return answers_of(workspace).ask(key, lambda: view_of(found), 60.0)


def from_text(
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
        for section in sections_of(workspace, reading, found):
            for paragraph in section.paragraphs:
                for each in paragraph.sentences:
                    if each.start <= begin < each.end and until <= each.end:
                        within = (each.start, each.end)
    return chosen(found, begin, until, within)


def filled(workspace: Workspace, page: FormPage, part: Part, more: dict[str, int] | None = None) -> FormPage:
    """Return the page with the boxes of an item, and what names in it are called."""
    boxes = boxes_of(part.kind, part.body, more)
    entries = workspace.catalog.entries
    labels: dict[str, str] = {}
    papers = paper_titles(workspace)
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


class Posted:
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

        return with_status(framed(self.request, SECTION, make), status)

    def _form(self, **more: Any) -> FormPage:
        page = FormPage(
            self.kind, (), self.gathered, self.slot, self.item, self.draft, self.version,
            reading=self.reading, anchor=self.sent.one("anchor"), **more,
        )  # fmt: skip
        return filled(self.workspace, page, self.part, self.more)

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
        return led(self._here(found))

    def _here(self, found: Draft) -> str:
        return f"/curate/drafts/{found.id}" + (f"?item={self.slot}" if self.slot else "")

    def autosave(self) -> Response:
        """Save what is typed, and say when."""
        if not self.gathered.parts:
            return JSONResponse({"saved": None}, headers=NO_STORE)
        try:
            found = self._kept()
        except StaleError as error:
            now = error.now if isinstance(error.now, Draft) else None
            what = "put away" if now and now.discarded else "saved"
            when = f", {now.at:%H:%M} UTC" if now else ""
            why = f"version {now.version if now else ''} of this draft was {what} elsewhere{when}."
            return JSONResponse({"conflict": why}, 409, headers=NO_STORE)
        except MechkgError as error:
            return JSONResponse({"error": str(error)}, status_of(error), headers=NO_STORE)
        slot = "" if self.slot is None else self.slot
        content = {"draft": found.id, "version": found.version, "slot": slot, "path": self._here(found)}
        return JSONResponse({**content, "saved": f"{datetime.now(UTC):%H:%M} UTC"}, headers=NO_STORE)

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
        return led(f"/curate/changes/{proposed.id}")

    def another(self) -> Response:
        """Save, and go on with another item of the same change set."""
        kind = self.sent.one("another")
        model_of(kind)
        if not self.gathered.parts:
            return led(f"/curate/new/{kind}")
        try:
            found = self._kept()
        except StaleError as error:
            return self._stale(error)
        return led(f"/curate/new/{kind}?draft={found.id}")

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
        return led(f"/curate/drafts/{found.id}")
