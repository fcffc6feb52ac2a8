"""Pages of curation: the queue, the review of a change set, and what can be done upon one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, get_args
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.about_space import AT_FIRST, PATIENCE
from mechkg.api.pages import framed
from mechkg.api.posted import By, Form, Sent, acted, signed_in
from mechkg.curation.change_set import subject_of
from mechkg.errors import BadInputError, MechkgError, NotFoundError
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.acting import change_set_of
from mechkg.service.assign import assign
from mechkg.service.change_set_sheet import change_set_sheet
from mechkg.service.choosing import chosen
from mechkg.service.comment import comment
from mechkg.service.impact_sheet import ImpactSheet, before_accepted, impact_sheet
from mechkg.service.keep_answers import NotYetError, answers_of
from mechkg.service.merge_sheet import merge_sheet
from mechkg.service.people import everybody
from mechkg.service.permitted import permitted, who_may_review
from mechkg.service.pinned import Pinned
from mechkg.service.queue import change_sets
from mechkg.service.rebase import rebase
from mechkg.service.reject import reject
from mechkg.service.request_changes import request_changes
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.reverse import reverse
from mechkg.service.review_queue import Ask, review_queue
from mechkg.service.revise_by_draft import draft_of, drafts_of_set, revise_by_draft
from mechkg.service.sign_off import sign_off
from mechkg.service.withdraw import withdraw
from mechkg.service.workspace import Workspace
from mechkg.web.change_set_page import ChangeSetPage, change_set_page, path_of_set
from mechkg.web.frame import Frame
from mechkg.web.impact_page import ImpactPage, impact_page
from mechkg.web.queue_page import PATH, QueuePage, queue_page
from mechkg.web.rebase_page import RebasePage, rebase_page
from mechkg.web.working_page import WorkingPage, working_page
from mechkg.web.wrong import Wrong

SECTION: Final = "curate"

_DECISIONS: Final[Mapping[str, Callable[..., ChangeSet]]] = {
    "reject": reject,
    "request-changes": request_changes,
    "withdraw": withdraw,
}
"""Acts that are owed a reason and nothing else."""


def add_curation(app: FastAPI, workspace: Workspace) -> None:
    """Add the queue and the pages about change sets."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads

    # --- the queue

    @router.get(PATH)
    def queue(request: Request, by: By) -> Response:
        """Show the queue of change sets."""
        return framed(request, SECTION, lambda frame: queue_page(_queue(workspace, _ask(request.query_params), by), frame))

    @router.post(f"{PATH}/assign")
    def give(request: Request, by: By, form: Form) -> Response:
        """Assign the chosen change sets."""

        def act() -> str:
            names = form.all("set")
            if not names:
                raise BadInputError("no change set was chosen", hint="tick those that are meant")
            for name in names:
                assign(workspace, signed_in(by), Subject("set", name), form.one("to") or None)
            return _back(form)

        def again(frame: Frame, wrong: Wrong) -> str:
            back = _back(form)
            asked = dict(pair.partition("=")[::2] for pair in urlsplit(back).query.split("&") if pair)
            return queue_page(replace(_queue(workspace, _ask(asked), by), wrong=wrong), replace(frame, here=back))

        return acted(request, SECTION, act, again)

    # --- one change set

    @router.get(f"{PATH}/changes/{{name}}")
    def one(request: Request, name: str, by: By) -> Response:
        """Show a change set to be reviewed."""
        return framed(request, SECTION, lambda frame: change_set_page(_page(workspace, name, by), frame))

    @router.get(f"{PATH}/changes/{{name}}/impact")
    def impact(request: Request, name: str) -> Response:
        """Show what a change set would change, or changed."""
        working = False

        def make(frame: Frame) -> str:
            nonlocal working
            found = change_set_of(workspace, name)
            try:
                sheet = _impact(workspace, found, PATIENCE if request.query_params.get("wait") else AT_FIRST)
            except NotYetError:
                working = True
                words = "Every hypothesis space that it can reach is held against what would count."
                return working_page(WorkingPage(words, f"{path_of_set(name)}/impact?wait=yes"), frame)
            return impact_page(ImpactPage(found, sheet), frame)

        answer = framed(request, SECTION, make)
        if working:
            answer.status_code = 202
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def upon(
        request: Request, name: str, by: Caller | None, form: Sent, act: Callable[[Caller], object], place: str = ""
    ) -> Response:
        """Do something upon a change set; lead back to its page, or show it again with what was typed."""

        def done() -> str:
            act(signed_in(by))
            return path_of_set(name) + place

        def again(frame: Frame, wrong: Wrong) -> str:
            page = replace(_page(workspace, name, by), wrong=wrong, typed=dict(form.pairs))
            return change_set_page(page, replace(frame, here=path_of_set(name)))

        return acted(request, SECTION, done, again, ("reason",) if not form.one("reason") else ())

    @router.post(f"{PATH}/changes/{{name}}/accept")
    def accepted(request: Request, name: str, by: By, form: Form) -> Response:
        """Accept it."""
        despite = {code: why for code, why in form.under("despite.").items() if why}
        return upon(request, name, by, form, lambda who: accept(
            workspace, who, name, revision=form.number("revision"), reason=form.one("reason") or None, despite=despite or None,
            alone=form.one("alone") or None,
        ), "#impact")  # fmt: skip

    @router.post(f"{PATH}/changes/{{name}}/comment")
    def said(request: Request, name: str, by: By, form: Form) -> Response:
        """Say something upon it."""
        subject, words = subject_of(name), form.one("reason")
        return upon(request, name, by, form, lambda who: comment(workspace, who, subject, words), "#timeline")

    @router.post(f"{PATH}/changes/{{name}}/assign")
    def assigned(request: Request, name: str, by: By, form: Form) -> Response:
        """Assign it."""
        return upon(request, name, by, form, lambda who: assign(workspace, who, subject_of(name), form.one("to") or None))

    @router.post(f"{PATH}/changes/{{name}}/sign-off")
    def signed(request: Request, name: str, by: By, form: Form) -> Response:
        """Stand by what it brought."""
        assertion = Subject("assertion", form.one("assertion"))
        return upon(request, name, by, form, lambda who: sign_off(workspace, who, assertion), "#edits")

    @router.post(f"{PATH}/changes/{{name}}/retract")
    def retracted(request: Request, name: str, by: By, form: Form) -> Response:
        """Retract what it brought."""

        def act(who: Caller) -> Act:
            codes: tuple[RetractionCode, ...] = get_args(RetractionCode)
            code = chosen("code of why something goes", form.one("code"), codes)
            return retract(workspace, who, form.one("assertion"), code=code, reason=form.one("reason"))

        return upon(request, name, by, form, act, "#edits")

    @router.post(f"{PATH}/changes/{{name}}/restore")
    def restored(request: Request, name: str, by: By, form: Form) -> Response:
        """Let what it removed count again."""
        assertion, reason = form.one("assertion"), form.one("reason")
        return upon(request, name, by, form, lambda who: restore(workspace, who, assertion, reason=reason), "#edits")

    @router.post(f"{PATH}/changes/{{name}}/undo")
    def undone(request: Request, name: str, by: By) -> Response:
        """Propose to put back what stood before."""

        def again(frame: Frame, wrong: Wrong) -> str:
            return change_set_page(replace(_page(workspace, name, by), wrong=wrong), replace(frame, here=path_of_set(name)))

        return acted(request, SECTION, lambda: path_of_set(reverse(workspace, signed_in(by), name).id), again)

    # --- revising

    @router.post(f"{PATH}/changes/{{name}}/draft")
    def drafted(request: Request, name: str, by: By, form: Form) -> Response:
        """Write on it in forms, as a draft of one's own."""

        def again(frame: Frame, wrong: Wrong) -> str:
            return change_set_page(replace(_page(workspace, name, by), wrong=wrong), replace(frame, here=path_of_set(name)))

        return acted(request, SECTION, lambda: f"{PATH}/drafts/{draft_of(workspace, signed_in(by), name).id}", again)

    @router.post(f"{PATH}/changes/{{name}}/revise")
    def revised(request: Request, name: str, by: By, form: Form) -> Response:
        """Put a draft in place of its edits."""
        return upon(request, name, by, form, lambda who: revise_by_draft(
            workspace, who, name, form.one("draft"), revision=form.number("revision"), reason=form.one("reason") or None
        ))  # fmt: skip

    # --- rebasing

    @router.get(f"{PATH}/changes/{{name}}/rebase")
    def rebasing(request: Request, name: str, by: By) -> Response:
        """Show what rebasing comes to."""
        return framed(request, SECTION, lambda frame: rebase_page(_rebase(workspace, name, by), frame))

    @router.post(f"{PATH}/changes/{{name}}/rebase")
    def rebased(request: Request, name: str, by: By, form: Form) -> Response:
        """Rebase it by the sides that were chosen."""
        sides = form.under("side.")

        def act() -> str:
            choices: dict[str, dict[str, Any]] = {}
            for where, side in sides.items():
                item, _, place = where.partition(":")
                choices.setdefault(item, {})[place] = chosen("side", side, ("ours", "theirs"))
            revision, reason = form.number("revision"), form.one("reason") or None
            rebase(workspace, signed_in(by), name, revision=revision, choices=choices, reason=reason)
            return path_of_set(name)

        def again(frame: Frame, wrong: Wrong) -> str:
            choices = {f"side.{where}": side for where, side in sides.items()}
            page = replace(_rebase(workspace, name, by), choices=choices, reason=form.one("reason"), wrong=wrong)
            return rebase_page(page, replace(frame, here=f"{path_of_set(name)}/rebase"))

        return acted(request, SECTION, act, again)

    def decision(kind: str) -> Callable[..., Response]:
        def decided(request: Request, name: str, by: By, form: Form) -> Response:
            return upon(request, name, by, form, lambda who: _DECISIONS[kind](
                workspace, who, name, revision=form.number("revision"), reason=form.one("reason")
            ), "#timeline")  # fmt: skip

        return decided

    for kind in _DECISIONS:
        router.add_api_route(f"{PATH}/changes/{{name}}/{kind}", decision(kind), methods=["POST"], response_model=None)
    app.include_router(router)


# --- the queue --------------------------------------------------------------------------------------------------------


def _ask(given: Mapping[str, str]) -> Ask:
    names = ("kind", "paper", "author", "assignee", "whose", "machine", "stale", "after")
    values = {name: given.get(name, "").strip() for name in names}
    usual = Ask()
    status, order = given.get("status") or usual.status, given.get("order") or usual.order
    return Ask(status=status, order=order, text=given.get("q", "").strip(), **values)


def _queue(workspace: Workspace, ask: Ask, by: Caller | None) -> QueuePage:
    found = review_queue(Pinned(workspace), ask, by)
    person = everybody(workspace.ledger).get(by.person) if by is not None else None
    scopes = {grant.scope for grant in person.grants} if person is not None else set()
    takes = person is not None and any(person.may("curator", scope) for scope in scopes)
    assigns = person is not None and any(person.may("reviewer", scope) for scope in scopes)
    return QueuePage(found, ask, assigns, takes)


def _back(form: Sent) -> str:
    """Return the page to go back to: one of the queue."""
    back = form.one("back")
    return back if back == PATH or back.startswith(f"{PATH}?") else PATH


# --- one change set ---------------------------------------------------------------------------------------------------


def _page(workspace: Workspace, name: str, by: Caller | None) -> ChangeSetPage:
    _known(workspace, name)
    sheet = change_set_sheet(Pinned(workspace), name)
    found = sheet.found
    people = everybody(workspace.ledger)
    person = people.get(by.person) if by is not None else None
    reach = sorted(found.materials) or ["all"]
    try:
        impact = _impact(workspace, found, 0.0) if found.open or found.status == "accepted" else None
    except (NotYetError, MechkgError):  # it is asked for again beside the page, and what is wrong is told there
        impact = None
    return ChangeSetPage(
        sheet,
        permitted(workspace, by, found),
        {each.id: each.name for each in people.values()},
        tuple(who_may_review(workspace, found)) if found.open else (),
        impact,
        may_propose=person is not None and all(person.may("curator", scope) for scope in reach),
        reviews_after=person is not None and all(person.may("reviewer", scope) for scope in reach),
        drafts=tuple(each.id for each in (drafts_of_set(workspace, by, name) if by is not None else ())),
    )


def _known(workspace: Workspace, name: str) -> None:
    """Raise NotFoundError, with the nearest name, for a change set that there is not."""
    known = change_sets(workspace.ledger)
    if name not in known:
        raise NotFoundError.of("change set", name, known)


def _impact(workspace: Workspace, found: ChangeSet, patience: float) -> ImpactSheet:
    """Return what a change set would change, or changed when it was accepted; it is worked out once, beside the request.

    Raise NotYetError when it is not there after so many seconds, NotFoundError for one that is decided otherwise.
    """
    if found.open:
        version, at = workspace.version, None
    elif found.status == "accepted":
        at = before_accepted(workspace, found)
        version = workspace.ledger.settled(at)
    else:
        raise NotFoundError(f"{found.id} is {found.status}: it changes nothing", hint="what waits or was accepted has an impact")
    acts = workspace.ledger.acts_of_kinds(["decide", "sign-off"])
    other = sum(at is None or act.position <= at for act in acts)  # what the answer tells besides what counts
    key = (version, "impact", found.id, found.revision, other)
    return answers_of(workspace).ask(key, lambda: impact_sheet(workspace.view(at), found.id), patience)


def _rebase(workspace: Workspace, name: str, by: Caller | None) -> RebasePage:
    _known(workspace, name)
    found = change_set_of(workspace, name)
    moved = merge_sheet(Pinned(workspace), name) if found.open else ()
    return RebasePage(found, moved, permitted(workspace, by, found).why_not("rebase"))
