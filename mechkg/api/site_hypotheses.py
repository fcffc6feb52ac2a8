"""Pages about hypothesis spaces: their list, the workbench, the kill matrix, proofs, parts of the report and all of it.

What takes long is worked out beside the request and kept: until it is there a page says so, and gives way to the answer.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import QueryParams

from mechkg.api.about_space import PATIENCE, Asked, about_space, asked_of, one_of
from mechkg.api.caller import base_url
from mechkg.api.pages import framed
from mechkg.errors import BusyError, MissingExtraError, NotFoundError
from mechkg.reasoning.drawing import as_svg, can_draw
from mechkg.service.browse import short_title
from mechkg.service.check import AD_HOC
from mechkg.service.conflicts import conflicts, first_conflict
from mechkg.service.conflicts_page import all_of, first_of
from mechkg.service.keep_answers import NotYetError
from mechkg.service.matrix import classes, matrix
from mechkg.service.next_experiment import next_experiment
from mechkg.service.next_experiment_page import experiments
from mechkg.service.page import More, Part, as_markdown
from mechkg.service.people import everybody
from mechkg.service.proof_tree import Proved, explanation, proved
from mechkg.service.recorded import Recorded
from mechkg.service.report import SpaceReport, report
from mechkg.service.report import as_json as report_as_json
from mechkg.service.report_page import flips, page, tied
from mechkg.service.report_page import whole_space as tell_whole
from mechkg.service.saved import saved_by
from mechkg.service.verdict_board import verdict_board
from mechkg.service.what_if import what_if
from mechkg.service.whole_space import whole_space
from mechkg.service.words import LEGEND, number
from mechkg.service.workbench import Workbench, table, workbench
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.matrix_page import GROUPS, SHOWN, SORTS, MatrixPage, matrix_page
from mechkg.web.part_page import PartPage, part_file, part_page
from mechkg.web.proof_page import ProofPage, proof_page
from mechkg.web.spaces_page import SpaceRow, SpacesPage, spaces_page
from mechkg.web.workbench_page import PARTS, WorkbenchPage, workbench_page

MOST_EXPERIMENTS: Final = 5


def add_hypotheses(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages about hypothesis spaces."""
    router = APIRouter(include_in_schema=False)

    def shown(request: Request, space: str, what: str, make: Callable[[Asked, Frame], str]) -> Response:
        return about_space(workspace, request, space, what, make)

    # sync functions: they run in threads, as reasoning takes time

    @router.get("/spaces")
    def spaces(request: Request) -> Response:
        """List the hypothesis spaces, and what who is signed in has saved."""
        as_of = request.query_params.get("asOf", "")

        def make(frame: Frame) -> str:
            page = _spaces(workspace, as_of)
            saved = tuple(saved_by(workspace, frame.person)) if frame.person and not as_of else None
            return spaces_page(replace(page, saved=saved), frame)

        return framed(request, "hypotheses", make)

    @router.get("/spaces/{space}")
    def bench(request: Request, space: str) -> Response:
        """Show a space to work with."""

        def make(asked: Asked, frame: Frame) -> str:
            found = asked.kept("workbench", lambda: _workbench(asked))
            entry = asked.view.catalog.find(asked.space, "space")
            source = asked.view.catalog.entries.get(entry.record.document)
            title = short_title(asked.view, source) if source else entry.record.document
            return workbench_page(
                WorkbenchPage(
                    found,
                    asked.links,
                    (entry.record.document, title),
                    tuple(saved_by(workspace, frame.person, asked.space)) if frame.person else (),
                    no_role=bool(frame.person) and not everybody(workspace.ledger)[frame.person].grants,
                ),
                frame,
            )

        return shown(request, space, "The candidates are held against every observation.", make)

    @router.get("/spaces/{space}/matrix")
    def kill_matrix(request: Request, space: str) -> Response:
        """Show which part each observation plays for each candidate."""

        def make(asked: Asked, frame: Frame) -> str:
            found = asked.kept("matrix", lambda: table(asked.view, asked.checked()), own=False)
            given = request.query_params
            sorts = {*SORTS, *(candidate.id for candidate in found.check.candidates)}
            return matrix_page(
                MatrixPage(
                    found,
                    asked.links,
                    one_of(given, "sort", sorts, "telling"),
                    one_of(given, "group", GROUPS, "none"),
                    one_of(given, "show", SHOWN, "differ"),
                ),
                frame,
            )

        return shown(request, space, "The candidates are held against every observation.", make)

    @router.get("/spaces/{space}/parts/{part}")
    def one_part(request: Request, space: str, part: str) -> Response:
        """Show one part of the report."""

        def make(asked: Asked, frame: Frame) -> str:
            titles = dict(PARTS)
            if part not in titles:
                raise NotFoundError.of("part of the report", part, titles)
            every = part == "experiments" and request.query_params.get("most") == "all"
            work = _next_all if every else _PARTS[part]
            parts = asked.kept(f"part {part}{' in full' if every else ''}", lambda: work(asked), own=False)
            back = (asked.links.at(), asked.title)
            return part_page(PartPage(titles[part], back, parts, (), asked.links, asked.view.version), frame)

        return shown(request, space, "What all candidates come to is worked out.", make)

    @router.get("/spaces/{space}/report")
    def whole(request: Request, space: str) -> Response:
        """Show the whole report, fit to be printed."""

        def make(asked: Asked, frame: Frame) -> str:
            return part_page(_report_page(asked, request), frame)

        return shown(request, space, "The whole report is worked out: conflict sets and experiments take longest.", make)

    @router.get("/spaces/{space}/report.{form}")
    def report_file(request: Request, space: str, form: str) -> Response:
        """Send the report as a file of its own; who asks waits for it."""

        def make(_: Frame) -> str:
            if form not in _FILES:
                raise NotFoundError.of("form of a report", form, _FILES)
            asked = replace(asked_of(workspace, request, space), patience=PATIENCE * 4)
            try:
                found = _report(asked)
            except NotYetError:
                raise BusyError("the report is still being worked out", hint="ask again in a few seconds") from None
            if form == "html":
                return part_file(_report_page(asked, request))
            return as_markdown(page(found)) if form == "md" else orjson.dumps(report_as_json(found), option=_PRETTY).decode()

        answer = framed(request, "hypotheses", make)
        if answer.status_code == 200:
            answer.headers["Content-Type"] = _FILES[form]
            # as a file HTML brings its style along, which pages of this server may not
            how = "attachment" if form == "html" else "inline"
            answer.headers["Content-Disposition"] = f'{how}; filename="report-{quote(space)}.{form}"'
        return answer

    @router.get("/spaces/{space}/candidates/{candidate}")
    def proof(request: Request, space: str, candidate: str) -> Response:
        """Prove the verdict on a candidate."""

        def make(asked: Asked, frame: Frame) -> str:
            full = request.query_params.get("full") == "yes"
            found = _proved(asked, candidate, request.query_params, full=full)
            return proof_page(ProofPage(found, asked.links, full, _no_drawing()), frame)

        return shown(request, space, "The verdict is proved, down to the words of the papers.", make)

    @router.get("/spaces/{space}/candidates/{candidate}/drawing.svg")
    def drawing(request: Request, space: str, candidate: str) -> Response:
        """Draw a proof."""

        def make(asked: Asked, _: Frame) -> str:
            full = request.query_params.get("full") == "yes"
            found = _proved(asked, candidate, request.query_params, full=full)
            if not found.nodes:
                raise NotFoundError(f"'{candidate}' has no proof to draw")
            about = request.query_params.get("observation", "")
            return asked.kept(
                "drawing", lambda: as_svg(found.nodes[0], full=full), more=(candidate, about, str(full)), own=candidate == AD_HOC
            )

        answer = shown(request, space, "The proof is drawn.", make)
        if answer.status_code == 200:
            answer.headers["Content-Type"] = "image/svg+xml"
        return answer

    @router.get("/spaces/{space}/candidates/{candidate}/conflicts")
    def conflict_sets(request: Request, space: str, candidate: str) -> Response:
        """Show what cannot hold together in a candidate, and what would have to go for it to return."""

        def make(asked: Asked, frame: Frame) -> str:
            own = candidate == AD_HOC
            parts = asked.kept("conflicts", lambda: _conflicts(asked, candidate), own=own, more=(candidate,))
            title = "What cannot hold together, and what would have to go"
            back = (asked.links.proof(candidate), candidate)
            return part_page(PartPage(title, back, parts, (), asked.links, asked.view.version), frame)

        return shown(request, space, "All minimal conflict sets and repairs are looked for.", make)

    @router.get("/spaces/{space}/{candidate}")
    def short(request: Request, space: str, candidate: str) -> Response:
        """Lead from the short address of a candidate, which none has that is called as a page about the space, to its proof."""
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/spaces/{quote(space, safe='')}/candidates/{quote(candidate, safe='')}{asked}", 308)

    app.include_router(router)


_FILES: Final = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "json": "application/json"}
_FORMS: Final = (("HTML, to print or send on", "html"), ("Markdown", "md"), ("JSON", "json"))
_PRETTY: Final = orjson.OPT_INDENT_2


# --- what is found ----------------------------------------------------------------------------------------------------


def _spaces(workspace: Workspace, as_of: str) -> SpacesPage:
    view = workspace.view(as_of or None)
    board = None if as_of else verdict_board(workspace)
    papers: dict[str, list[SpaceRow]] = {}
    for entry in view.catalog.by_kind.get("space", ()):
        body = entry.record.body
        found = board.checks.get(entry.id) if board else None
        verdicts = Counter[str](one.verdict for one in found.candidates) if found else None
        why_not = board.failed.get(entry.id, "") if board else ""
        row = SpaceRow(entry.id, body["title"], body["question"], len(body["candidates"]), verdicts, why_not)
        papers.setdefault(entry.record.document, []).append(row)
    titles = {name: _paper(view, name) for name in papers}
    rows = tuple((name, titles[name], tuple(some)) for name, some in papers.items())
    return SpacesPage(rows, len(board.waiting) if board else 0, as_of)


def _paper(view: Recorded, name: str) -> str:
    entry = view.catalog.entries.get(name)
    return str(entry.record.body.get("title") or short_title(view, entry)) if entry else name


def _workbench(asked: Asked) -> Workbench:
    return workbench(asked.view, asked.space, asked.setting, asked.plain())


def _proved(asked: Asked, candidate: str, given: QueryParams, *, full: bool) -> Proved:
    known = asked.view.catalog.space(asked.space).candidates
    if candidate != AD_HOC and candidate not in {each.id for each in known}:
        raise NotFoundError.of(f"candidate of '{asked.space}'", candidate, [each.id for each in known])
    own = candidate == AD_HOC
    observation = given.get("observation") or None
    explained = asked.kept(
        "why", lambda: explanation(asked.view, asked.space, candidate, asked.setting), own=own, more=(candidate,)
    )
    return asked.kept(
        "proof",
        lambda: proved(asked.view, explained, asked.setting, observation=observation, full=full),
        own=own,
        more=(candidate, observation or "", str(full)),
    )


def _report(asked: Asked) -> SpaceReport:
    setting = asked.setting
    return asked.kept(
        "report", lambda: report(asked.view, asked.space, without=setting.without, ignoring=setting.ignoring), own=False
    )


def _report_page(asked: Asked, request: Request) -> PartPage:
    found, links = _report(asked), asked.links
    told = asked.kept("report in words", lambda: page(found), own=False)
    forms = tuple((words, links.at(f"report.{form}")) for words, form in _FORMS)
    back = (links.at(), asked.title)
    sections, base = told.sections, base_url(request)
    return PartPage(told.title, back, _without_legend(told.intro), sections, links, asked.view.version, forms, base)


def _without_legend(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Leave out what brackets mean: on a page a name is a link."""
    return tuple(part for part in parts if part != LEGEND)


def _no_drawing() -> str:
    """Say why proofs cannot be drawn here; empty where they can."""
    try:
        can_draw()
    except MissingExtraError as error:
        return str(error)
    return ""


# --- parts of the report ----------------------------------------------------------------------------------------------


def _survivors(asked: Asked) -> tuple[Part, ...]:
    return tuple(
        tell_whole(*whole_space(asked.view, asked.space, without=asked.setting.without, ignoring=asked.setting.ignoring))
    )


def _ties(asked: Asked) -> tuple[Part, ...]:
    found, words = matrix(asked.view, asked.space, without=asked.setting.without, ignoring=asked.setting.ignoring)
    return tuple(tied(found.candidates, classes(found), words))


def _what_if(asked: Asked) -> tuple[Part, ...]:
    found, words = what_if(asked.view, asked.space, without=asked.setting.without, ignoring=asked.setting.ignoring)
    return tuple(flips(found, words.telling()))


def _next(asked: Asked, most: int = MOST_EXPERIMENTS) -> tuple[Part, ...]:
    plan, words = next_experiment(asked.view, asked.space, without=asked.setting.without, ignoring=asked.setting.ignoring)
    split = len(plan.experiments)
    parts = tuple(experiments(plan, words, most))
    if split <= most:
        return parts
    return (*parts, More(f"All {number(split)} experiments", "experiments", f"mechkg next {asked.space} --most {split}"))


def _next_all(asked: Asked) -> tuple[Part, ...]:
    return _next(asked, sys.maxsize)


_PARTS: Final[dict[str, Callable[[Asked], tuple[Part, ...]]]] = {
    "survivors": _survivors,
    "ties": _ties,
    "what-if": _what_if,
    "experiments": _next,
}


def _conflicts(asked: Asked, candidate: str) -> tuple[Part, ...]:
    setting, own = asked.setting, candidate == AD_HOC
    named = None if own else candidate
    steps, postulates = (setting.steps, setting.postulates) if own else (None, ())
    premises = {"without": setting.without, "ignoring": setting.ignoring, "postulates": postulates}
    first = first_conflict(asked.view, asked.space, named, steps=steps, **premises)
    if first.first is None:
        return tuple(first_of(first))
    every = conflicts(
        asked.view,
        asked.space,
        named,
        without=setting.without,
        ignoring=setting.ignoring,
        steps=steps,
        postulates=postulates,
    )
    return (*first_of(first), *all_of(every, first.words))
