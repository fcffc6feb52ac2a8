"""Pages that compare: tables across papers, maps of tested conditions, and both as files."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.about_space import PATIENCE
from mechkg.api.pages import framed
from mechkg.api.problems import OPEN, problem
from mechkg.errors import BusyError, MechkgError, NotFoundError
from mechkg.service.browse import short_title
from mechkg.service.comparison import Comparison, chosen_names, compare
from mechkg.service.comparison_tables import Choice, TableKind, table_kind, table_kinds
from mechkg.service.describe_item import title_of
from mechkg.service.keep_answers import NotYetError, answers_of
from mechkg.service.pinned import Pinned
from mechkg.service.read_zones import RESERVED, ZoneMap, maps, zone_map
from mechkg.service.workspace import Workspace
from mechkg.service.zone_map import TIME, conditions, literature_at
from mechkg.web.compare_files import FORMS, CompareFile
from mechkg.web.compare_page import CompareIndexPage, ComparePage, compare_index_page, compare_page
from mechkg.web.frame import Frame
from mechkg.web.zone_map_page import ZoneMapPage, ZonesPage, as_json, zone_map_page, zones_page

SECTION = "compare"


def add_compare(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages that compare."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads

    @router.get("/compare")
    def index(request: Request) -> Response:
        """List the tables and the maps."""
        return framed(request, SECTION, lambda frame: compare_index_page(_index(workspace), frame))

    @router.get("/compare/{name}.{end}")
    def file(request: Request, name: str, end: str) -> Response:
        """Give a table as a file."""
        try:
            if end not in FORMS:
                raise NotFoundError.of("form of a table", end, FORMS)
            view, as_of = _view(workspace, request)
            found = compare(view, *_asked(request, name), whole=True, record=workspace.ledger)
            _, media, write = FORMS[end]
            content = write(CompareFile(found, view.catalog, _address(request, found, as_of), datetime.now(UTC)))
        except MechkgError as error:
            return problem(request, error)
        saved = {"Content-Disposition": f'attachment; filename="{found.kind.id}.{end}"', "Cache-Control": "no-cache"}
        return Response(content, media_type=media, headers={**OPEN, **saved})

    @router.get("/compare/{name}")
    def table(request: Request, name: str) -> Response:
        """Show a table."""

        def make(frame: Frame) -> str:
            view, as_of = _view(workspace, request)
            found = _compared(workspace, view, *_asked(request, name))
            return compare_page(ComparePage(found, datetime.now(UTC), as_of), frame)

        return framed(request, SECTION, make)

    @router.get("/zones")
    def zones(request: Request) -> Response:
        """List the maps."""

        def make(frame: Frame) -> str:
            view, _ = _view(workspace, request)
            return zones_page(ZonesPage([(_map_path(found), found, _paper(view, found)) for found in maps(view)]), frame)

        return framed(request, SECTION, make)

    @router.get("/zones/{name}.json")
    def zones_json(request: Request, name: str) -> Response:
        """Give a map as JSON, with what the literature says where conditions are asked for."""
        try:
            view, _ = _view(workspace, request)
            found = zone_map(view, name)
            asked = conditions(found.zones, _typed(request))
            said = literature_at(found.zones, asked) if asked else None
            content: dict[str, Any] = as_json(found, said, view.ledger.position())
        except MechkgError as error:
            return problem(request, error)
        return Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), media_type="application/json", headers=OPEN)

    @router.get("/zones/{name}")
    def one_map(request: Request, name: str) -> Response:
        """Show a map, and what the literature says where conditions are asked for."""

        def make(frame: Frame) -> str:
            view, as_of = _view(workspace, request)
            return zone_map_page(_zone_map_page(view, request, name, as_of), frame)

        return framed(request, SECTION, make)

    app.include_router(router)


def _view(workspace: Workspace, request: Request) -> tuple[Pinned, str]:
    as_of = request.query_params.get("asOf", "")
    return Pinned(workspace.view(as_of or None)), as_of


def _asked(request: Request, name: str) -> tuple[TableKind, Choice]:
    kind = table_kind(name)
    given = {key: request.query_params.getlist(key) for key in request.query_params if key != "asOf"}
    return kind, chosen_names(kind, given)


def _address(request: Request, table: Comparison, as_of: str) -> str:
    """Return where the table is found again as it was: at the site's own address, if it was given one."""
    page = ComparePage(table, datetime.now(UTC), as_of)
    return f"{site_address(request)}{page.permanent}"


def site_address(request: Request) -> str:
    """Return the address of the site: the public one, else the one that was asked."""
    public = getattr(request.app.state, "public_url", None)
    return (public or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def _index(workspace: Workspace) -> CompareIndexPage:
    view = Pinned(workspace)
    found = []
    for kind in table_kinds():
        with suppress(NotFoundError):  # a table about a material that is not here has nothing to compare
            found.append((kind, _compared(workspace, view, kind)))
    return CompareIndexPage(
        tuple((kind, table.found, len(table.conflicts), _open(table)) for kind, table in found),
        tuple((_map_path(each), each.zones.title, each.zones.question) for each in maps(view)),
    )


def _compared(workspace: Workspace, view: Pinned, kind: TableKind, choice: Choice | None = None) -> Comparison:
    """Return a table as a page shows it, kept until something is done: one of many thousand values takes a second."""
    key = (view.version, "table", view.ledger.position(), workspace.ledger.position(), kind.id, repr(choice))
    try:
        return answers_of(workspace).ask(key, lambda: compare(view, kind, choice, record=workspace.ledger), PATIENCE)
    except NotYetError:
        raise BusyError("the table is still being made", hint="ask again in a few seconds") from None


def _open(table: Comparison) -> int:
    return sum(each.state == "open" for each in table.conflicts)


# --- maps -------------------------------------------------------------------------------------------------------------


def _typed(request: Request) -> dict[str, str]:
    """Return the conditions that were typed."""
    return {name: text for name, text in request.query_params.items() if name not in RESERVED}


def _zone_map_page(view: Pinned, request: Request, name: str, as_of: str) -> ZoneMapPage:
    found = zone_map(view, name)
    typed = _typed(request)
    asked: dict[str, float | str] = {}
    wrong: dict[str, str] = {}
    for axis, text in typed.items():
        try:
            asked |= conditions(found.zones, {axis: text})
        except MechkgError as error:
            if axis not in found.zones.axes:
                raise
            wrong[axis] = f"{error.message}: {error.hint}." if error.hint else f"{error.message}."
    said = literature_at(found.zones, asked) if asked and not wrong else None
    numbers = [axis.id for axis in found.zones.axes.values() if axis.is_number and len(axis.tested) > 1]
    x = _axis(request, "x", numbers, TIME if TIME in numbers else next(iter(numbers), ""))
    y = _axis(request, "y", numbers, next((axis for axis in numbers if axis != x), ""))
    names = {name for run in found.runs for name in run.entry.record.body.get("observations", ())}
    entries = view.catalog.entries
    titles = {name: title_of(view, entries[name]) for name in names if name in entries}
    return ZoneMapPage(found, _paper(view, found), view.ledger.position(), said, typed, wrong, x, y, as_of, titles)


def _axis(request: Request, parameter: str, axes: list[str], usual: str) -> str:
    given = request.query_params.get(parameter) or usual
    if given and given not in axes:
        raise NotFoundError.of("condition that goes by numbers", given, axes)
    return given


def _map_path(found: ZoneMap) -> str:
    return f"/zones/{quote(found.zones.id, safe='')}"


def _paper(view: Pinned, found: ZoneMap) -> str:
    document = view.catalog.entries.get(found.document)
    return found.document if document is None else short_title(view, document)
