"""Pages to read: the overview, search over everything, and a list of each kind of item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse

from mechkg.api.caller import caller_of
from mechkg.api.pages import framed
from mechkg.errors import BadInputError
from mechkg.model.corpus import ItemKind
from mechkg.model.person import Caller
from mechkg.service.browse import PATHS, Wish, browse, parameters, short_title
from mechkg.service.find_everywhere import find_everywhere
from mechkg.service.overview import overview
from mechkg.service.pinned import Pinned
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.list_page import ListPage, list_page
from mechkg.web.overview_page import OverviewPage, Space, counted, overview_page
from mechkg.web.search_page import SearchPage, search_page

_SECTIONS = {"species": "species", "document": "papers"}


def add_reading(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages to read."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads

    @router.get("/")
    def home(request: Request, by: Annotated[Caller | None, Depends(caller_of)]) -> HTMLResponse:
        """Show what is in the graph at a glance."""
        return framed(request, "overview", lambda frame: overview_page(_overview(workspace, by), frame))

    @router.get("/search")
    def search(
        request: Request, q: str = "", kind: str | None = None, paper: str | None = None, after: str | None = None
    ) -> HTMLResponse:
        """Search over everything."""
        text = q.strip()

        def make(frame: Frame) -> str:
            if not text:
                return search_page(SearchPage("", None), frame)
            try:
                found = find_everywhere(Pinned(workspace), text, kind=kind or None, paper=paper or None, after=after or None)
            except BadInputError as error:
                hint = f": {error.hint}" if error.hint else ""
                return search_page(SearchPage(text, None, error=f"{error.message}{hint}."), frame)
            return search_page(SearchPage(text, found, kind or None, paper or None), frame)

        return framed(request, "", make, query=text)

    def list_of(kind: ItemKind) -> Callable[..., HTMLResponse]:
        def page(
            request: Request,
            q: str = "",
            sort: str = "name",
            disputed: str = "",
            after: Annotated[str | None, Query()] = None,
            before: Annotated[str | None, Query()] = None,
        ) -> HTMLResponse:
            values = {name: tuple(dict.fromkeys(request.query_params.getlist(name))) for name in parameters(kind)}
            wish = Wish(values, q.strip(), disputed == "yes", sort, after or None, before or None)
            section = _SECTIONS.get(kind, "")
            return framed(request, section, lambda frame: list_page(ListPage(browse(Pinned(workspace), kind, wish), wish), frame))

        return page

    for kind, path in PATHS.items():
        if kind not in ("space", "zone"):  # these have pages of their own
            router.add_api_route(f"/{path}", list_of(kind), methods=["GET"], response_model=None)
    app.include_router(router)


def _overview(workspace: Workspace, by: Caller | None) -> OverviewPage:
    found = overview(workspace, by)
    view, board = Pinned(workspace), found.board
    catalog = view.catalog
    spaces = []
    for entry in catalog.by_kind.get("space", ()):
        body, check = entry.record.body, board.checks.get(entry.id)
        verdicts = None if check is None else counted(check)
        spaces.append(Space(entry.id, body["title"], body["question"], verdicts, board.failed.get(entry.id, "")))
    titles = {entry.id: short_title(view, entry) for entry in catalog.by_kind.get("document", ())}
    titles |= {space.id: space.title for space in spaces}
    titles |= {change.space: change.space for change in board.changes if change.space not in titles}
    return OverviewPage(found, tuple(spaces), titles)
