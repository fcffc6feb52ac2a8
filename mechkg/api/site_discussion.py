"""Pages of discussion: disputes of what counts, and disagreements between sources with what is decided about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast, get_args

from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.pages import framed
from mechkg.api.posted import By, Form, Sent, acted, signed_in
from mechkg.curation.decide import Decision
from mechkg.curation.disagreements import shipped_rules
from mechkg.curation.settle import Outcome
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of
from mechkg.service.belief import beliefs_of_sides
from mechkg.service.browse import short_title
from mechkg.service.choosing import chosen
from mechkg.service.comment import comment
from mechkg.service.decide import decide
from mechkg.service.describe_item import title_of
from mechkg.service.disagreements import disagreements_in_words
from mechkg.service.dispute import dispute
from mechkg.service.edit_sheet import field_changes, quotes_of
from mechkg.service.history import happened
from mechkg.service.people import everybody
from mechkg.service.pinned import Pinned
from mechkg.service.settle import settle
from mechkg.service.thread import disputable, refused, related, thread_of, why_not
from mechkg.service.workspace import Workspace
from mechkg.web.disagreement_page import HOLDS, DisagreementPage, disagreement_page
from mechkg.web.disagreements_page import PATH, DisagreementsPage, disagreements_page, path_of_disagreement
from mechkg.web.dispute_page import DisputePage, dispute_page, path_of_dispute
from mechkg.web.frame import Frame
from mechkg.web.wrong import Wrong

SECTION: Final = "curate"
MOST_RELATED: Final = 40
"""So many items are offered that may speak against something."""


def add_discussion(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages of disputes and disagreements."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads

    @router.get("/curate/dispute/{name:path}")
    def disputing(request: Request, name: str, by: By) -> Response:
        """Show what may be disputed, and what was said upon it."""
        return framed(request, SECTION, lambda frame: dispute_page(_dispute(workspace, name, by), frame))

    @router.post("/curate/dispute/{name:path}")
    def disputed(request: Request, name: str, by: By, form: Form) -> Response:
        """Dispute it, say something upon it, or settle a dispute upon it."""

        def again(frame: Frame, wrong: Wrong) -> str:
            page = replace(
                _dispute(workspace, name, by), typed=dict(form.pairs), rests_on=form.all("rests_on"), wrong=wrong
            )  # fmt: skip
            return dispute_page(page, replace(frame, here=path_of_dispute(name)))

        fields = ("reason",) if not form.one("reason") else ("rests_on",) if form.all("rests_on") else ()
        return acted(request, SECTION, lambda: _say(workspace, name, signed_in(by), form), again, fields)

    @router.get(PATH)
    def every(request: Request, state: str = "open", property: str = "", q: str = "", after: str = "") -> Response:
        """List the disagreements."""

        def make(frame: Frame) -> str:
            titles = {rule.id: rule.title for rule in shipped_rules().properties}
            chosen("state", state, ("open", "explained", "superseded", "resolved", "all"))
            found = disagreements_in_words(Pinned(workspace))
            return disagreements_page(DisagreementsPage.of(found, state, property, q.strip(), after, titles), frame)

        return framed(request, SECTION, make)

    @router.get(f"{PATH}/{{name:path}}")
    def one(request: Request, name: str, by: By) -> Response:
        """Show a disagreement, and the form to decide about it."""
        return framed(request, SECTION, lambda frame: disagreement_page(_disagreement(workspace, name, by), frame))

    @router.post(f"{PATH}/{{name:path}}")
    def decided(request: Request, name: str, by: By, form: Form) -> Response:
        """Decide about it, or say something upon it."""

        def again(frame: Frame, wrong: Wrong) -> str:
            page = replace(_disagreement(workspace, name, by), typed=dict(form.pairs), wrong=wrong)
            return disagreement_page(page, replace(frame, here=path_of_disagreement(name)))

        fields = ("reason",) if form.one("decision") and not form.one("reason") else ()
        return acted(request, SECTION, lambda: _decide(workspace, name, signed_in(by), form), again, fields)

    app.include_router(router)


# --- disputes ---------------------------------------------------------------------------------------------------------


def _dispute(workspace: Workspace, name: str, by: Caller | None) -> DisputePage:
    view = Pinned(workspace)
    upon, entry = disputable(view, name)
    body = entry.record.body
    subject = upon if upon.kind == "verdict" else Subject("item", entry.id)
    thread = thread_of(view, subject)
    paper = view.catalog.entries.get(entry.record.document)
    verdict = upon.kind == "verdict"
    titles = {
        each: title_of(view, view.catalog.entries[each])
        for one in thread.disputes
        for each in one.dispute.rests_on
        if each in view.catalog.entries
    }
    title = title_of(view, entry)
    if verdict:
        candidates = {each.id: each.title for each in view.catalog.space(entry.id).candidates}
        title = f"{candidates[name.partition('/')[2]]} ({title})"
    comments = refused(view, by, "comment", ())
    return DisputePage(
        name,
        title,
        body.get("formula") == entry.label and not verdict,
        entry.kind,
        (entry.record.document, entry.record.document if paper is None else short_title(view, paper)),
        str(body.get("locator", "")),
        upon,
        () if verdict else field_changes(view, entry.kind, None, body),
        quotes_of(None, body, entry.anchors) if not verdict else (),
        thread,
        {each.id: each.name for each in everybody(view.ledger).values()},
        titles,
        tuple((each.id, title_of(view, each)) for each in related(view, entry, MOST_RELATED)),
        why_not(view, by, "dispute", upon),
        {
            one.dispute.position: why_not(view, by, "settle", one.upon, not_by=one.dispute.by)
            for one in thread.disputes
            if one.open and one.counts
        },
        "" if comments is None else str(comments),
    )


def _say(workspace: Workspace, name: str, by: Caller, form: Sent) -> str:
    """Do what was sent; return the path that shows it."""
    upon, _ = disputable(workspace, name)
    kind = chosen("act", form.one("act"), ("dispute", "comment", "upheld", "dismissed"))
    if kind in ("upheld", "dismissed"):
        done = settle(
            workspace, by, Subject.parse(form.one("upon")), form.one("answer"),
            outcome=cast("Outcome", kind), of=form.number("of"),
        )  # fmt: skip
        return f"{path_of_dispute(name)}#act-{done.content['of'] if done.content else ''}"
    reason = form.one("reason")
    if not reason:
        raise BadInputError("it is not said what speaks against it", hint="a reason is owed")
    if kind == "comment":
        return f"{path_of_dispute(name)}#act-{comment(workspace, by, upon, reason).position}"
    if words := form.one("words"):
        reason = f"{reason} “{' '.join(words.split())}”"
    done = dispute(workspace, by, upon, reason, rests_on=form.all("rests_on"))
    return f"{path_of_dispute(name)}#act-{done.position}"


# --- disagreements ----------------------------------------------------------------------------------------------------


def _disagreement(workspace: Workspace, name: str, by: Caller | None) -> DisagreementPage:
    view = Pinned(workspace)
    every = {each.id: each for each in disagreements_in_words(view)}
    if name not in every:
        raise NotFoundError.of("disagreement", name, every)
    found = every[name]
    rules = {rule.id: rule.title for rule in shipped_rules().properties}
    values = [value for side in found.sides for value in side.values]
    entries = view.catalog.entries
    sources = {each: short_title(view, entries[each]) for v in values for each in (v.document, *v.by) if each in entries}
    entry = entries.get(found.subject)
    materials = materials_of(view.catalog, view.ledger.assertions(found.assertions).values())
    error = refused(view, by, "decide", materials, {value.document for value in values})
    comments = refused(view, by, "comment", ())
    return DisagreementPage(
        found,
        beliefs_of_sides(view.catalog, found),
        rules.get(found.property_id, found.property_id),
        (found.subject, None) if entry is None else (entry.label, f"/id/{entry.id}"),
        sources,
        {each.id: each.name for each in everybody(view.ledger).values()},
        tuple(reversed(happened(view.ledger, view.ledger.acts_on(Subject("disagreement", name))))),
        "" if error is None else str(error),
        "" if comments is None else str(comments),
    )


def _decide(workspace: Workspace, name: str, by: Caller, form: Sent) -> str:
    """Do what was sent; return the path that shows it."""
    if form.one("act") == "comment":
        done = comment(workspace, by, Subject("disagreement", name), form.one("reason"))
        return f"{path_of_disagreement(name)}#act-{done.position}"
    given = form.one("decision")
    if not given:
        raise BadInputError("it is not said what holds", hint="choose a side, or what explains the difference")
    if given.startswith(HOLDS):
        done = decide(workspace, by, name, "resolved", form.one("reason"), holds=given.removeprefix(HOLDS))
    else:
        valid: tuple[Decision, ...] = get_args(Decision)
        done = decide(workspace, by, name, chosen("decision", given, valid), form.one("reason"))
    return f"{path_of_disagreement(name)}#act-{done.position}"
