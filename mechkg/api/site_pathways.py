"""The pathway explorer: the list of networks, one network candidate by candidate and stage by stage, and its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.about_space import PATIENCE, Asked, about_space, one_of
from mechkg.api.pages import framed
from mechkg.errors import BusyError, NotFoundError
from mechkg.service.browse import short_title
from mechkg.service.check import AD_HOC, whole
from mechkg.service.course import Course, course, procedures_of
from mechkg.service.keep_answers import NotYetError
from mechkg.service.network_files import as_graphml, as_json
from mechkg.service.pathways import Network, contradictions, network, on_in, standing
from mechkg.service.pinned import Pinned
from mechkg.service.verdict_board import verdict_board
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.network_drawing import Shown, drawing
from mechkg.web.network_svg import network_svg
from mechkg.web.pathways_list_page import NetworkRow, PathwaysListPage, pathways_list_page
from mechkg.web.pathways_page import SHOWN, Choice, PathwaysPage, pathways_page

_WORKING: Final = "The candidates are held against every observation."

_FILES: Final[dict[str, tuple[str, Callable[[PathwaysPage], str]]]] = {
    "drawing.svg": ("image/svg+xml", lambda page: network_svg(page.drawn, page.network.space.title)),
    "network.graphml": ("application/graphml+xml", lambda page: as_graphml(page.network, page.stands)),
    "network.json": ("application/json", lambda page: as_json(page.network, page.stands, page.course)),
}


def add_pathways(app: FastAPI, workspace: Workspace) -> None:
    """Add the pathway explorer."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads, as reasoning takes time

    @router.get("/pathways")
    def networks(request: Request) -> Response:
        """List the spaces with a small drawing of each network."""
        as_of = request.query_params.get("asOf", "")
        return framed(request, "hypotheses", lambda frame: pathways_list_page(_list(workspace, as_of), frame))

    @router.get("/pathways/{space}")
    def explorer(request: Request, space: str) -> Response:
        """Show a network to explore."""

        def make(asked: Asked, frame: Frame) -> str:
            return pathways_page(_page(asked, request), frame)

        return about_space(workspace, request, space, _WORKING, make)

    @router.get("/pathways/{space}/{file}")
    def network_file(request: Request, space: str, file: str) -> Response:
        """Send the drawing or the network; who asks waits for it."""

        def make(asked: Asked, _: Frame) -> str:
            if file not in _FILES:
                raise NotFoundError.of("file of a network", file, _FILES)
            try:
                return _FILES[file][1](_page(replace(asked, patience=PATIENCE * 4), request))
            except NotYetError:
                raise BusyError("the network is still being worked out", hint="ask again in a few seconds") from None

        answer = about_space(workspace, request, space, _WORKING, make)
        if answer.status_code == 200:
            answer.headers["Content-Type"] = _FILES[file][0]
        return answer

    app.include_router(router)


def _page(asked: Asked, request: Request) -> PathwaysPage:
    found = asked.kept("network", lambda: network(asked.view, asked.space), own=False)
    choice = _choice(asked, found, request)
    check = asked.kept("verdicts", asked.checked, own=False)
    setting = asked.setting
    all_of = asked.kept(
        "whole", lambda: whole(asked.view, asked.space, without=setting.without, ignoring=setting.ignoring), own=False
    )
    against = asked.kept("contradictions", lambda: contradictions(asked.view, asked.space, setting), own=False)
    return PathwaysPage(
        found,
        asked.links,
        choice,
        check,
        standing(found, all_of) if all_of is not None else {},
        all_of.survivors if all_of is not None else None,
        on_in(found, check),
        against,
        _course(asked, choice.candidate) if choice.candidate else None,
        asked.kept("procedures", lambda: procedures_of(asked.view, asked.space), own=False),
    )


def _choice(asked: Asked, found: Network, request: Request) -> Choice:
    """Read what was chosen; raise NotFoundError with the nearest name for anything that there is not."""
    given = request.query_params
    named = [candidate.id for candidate in found.space.candidates]
    candidate = one_of(given, "candidate", {"", *named, *([AD_HOC] if asked.setting.own else [])}, "")
    if asked.setting.own and not candidate:
        candidate = AD_HOC
    procedures = asked.kept("procedures", lambda: procedures_of(asked.view, asked.space), own=False)
    procedure = one_of(given, "procedure", {"", *(each.id for each in procedures)}, "")
    stages = next((each.stages for each in procedures if each.id == procedure), ())
    stage = given.get("stage", "")
    if stage and stage not in stages and stage not in {name for each in procedures for name in each.stages}:
        raise NotFoundError.of("stage", stage, stages)
    kinds = tuple(dict.fromkeys(kind for kind in given.getlist("hide") if kind))
    for kind in kinds:
        if kind not in found.kinds:
            raise NotFoundError.of("kind of species in this network", kind, found.kinds)
    # a stage of another procedure was looked at before: one begins at the first
    return Choice(candidate, procedure, stage if stage in stages else "", one_of(given, "show", SHOWN, "all"), kinds)


def _course(asked: Asked, candidate: str) -> Course:
    own = candidate == AD_HOC
    return asked.kept("course", lambda: course(asked.view, asked.space, candidate, asked.setting), own=own, more=(candidate,))


def _list(workspace: Workspace, as_of: str) -> PathwaysListPage:
    view = Pinned(workspace.view(as_of or None))
    board = None if as_of else verdict_board(workspace)
    rows: dict[str, list[NetworkRow]] = {}
    for entry in view.catalog.by_kind.get("space", ()):
        found = network(view, entry.id)
        check = board.checks.get(entry.id) if board else None
        verdicts = None if check is None else Counter[str](one.verdict for one in check.candidates)
        small = drawing(found, Shown({step.id: "established" for step in found.steps if step.established}))
        rows.setdefault(entry.record.document, []).append(NetworkRow(found, small, verdicts))
    entries = view.catalog.entries
    titles = {name: short_title(view, entries[name]) if name in entries else name for name in rows}
    return PathwaysListPage(tuple((name, titles[name], tuple(some)) for name, some in rows.items()), as_of)
