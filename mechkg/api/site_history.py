"""Pages of what became of things: the history of an item, and the hypotheses that somebody watches."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query, Request, Response

from mechkg.api.pages import framed
from mechkg.api.posted import By, acted, signed_in
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.person import Caller
from mechkg.service.item_history import item_history
from mechkg.service.people import everybody
from mechkg.service.pinned import Pinned
from mechkg.service.watches import unwatch, watches_of
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.history_page import HistoryPage, history_page
from mechkg.web.watches_page import WatchesPage, watches_page
from mechkg.web.wrong import Wrong

WATCHES: Final = "/curate/watches"


def add_history(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages about histories and watches."""
    router = APIRouter(include_in_schema=False)

    # sync functions: they run in threads

    @router.get("/history/{item}")
    def history(
        request: Request, item: str, one: Annotated[str, Query(alias="from")] = "", other: Annotated[str, Query(alias="to")] = ""
    ) -> Response:
        """Show the history of an item, two of its versions compared."""

        def make(frame: Frame) -> str:
            found = item_history(Pinned(workspace), item, one.strip(), other.strip())
            names = {each.id: each.name for each in everybody(workspace.ledger).values()}
            return history_page(HistoryPage(found, names), frame)

        return framed(request, "curate", make)

    @router.get(WATCHES)
    def watches(request: Request, by: By) -> Response:
        """Show what who is signed in watches."""
        return framed(request, "curate", lambda frame: watches_page(_watches(workspace, by), frame))

    @router.post(f"{WATCHES}/{{name}}/end")
    def end(request: Request, name: str, by: By) -> Response:
        """No longer watch something."""

        def act() -> str:
            unwatch(workspace.ledger, signed_in(by), name)
            return WATCHES

        def again(frame: Frame, wrong: Wrong) -> str:
            return watches_page(replace(_watches(workspace, by), wrong=wrong), replace(frame, here=WATCHES))

        return acted(request, "curate", act, again)

    app.include_router(router)


def _watches(workspace: Workspace, by: Caller | None) -> WatchesPage:
    if by is None:
        return WatchesPage(None, {}, {}, {})
    found = tuple(reversed(watches_of(workspace.ledger, by.person)))
    catalog = workspace.catalog
    spaces: dict[str, str] = {}
    candidates: dict[tuple[str, str], str] = {}
    for name in {one.hypothesis["space"] for one in found} & catalog.entries.keys():
        value = catalog.entries[name].value
        if isinstance(value, HypothesisSpace):
            spaces[name] = value.title
            candidates |= {(name, each.id): each.title for each in value.candidates}
    positions = {flip.cause for one in found for flip in one.flips}
    causes = {act.position: act for position in positions for act in workspace.ledger.acts(position - 1, position)}
    return WatchesPage(found, spaces, candidates, causes)
