"""A graph on a server, asked by tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import mechkg
from mechkg.client.async_graph import AsyncGraph
from mechkg.client.graph import Graph
from mechkg.errors import NotFoundError
from mechkg.model.filter import Is
from mechkg.model.person import Caller
from mechkg.model.wish import Change
from tests.client.conftest import AFTER, BEFORE
from tests.curation.staff import ADA, CLEO

SPACE = "cdtese-msc399"


def run(address: str, script: Callable[[AsyncGraph], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    async def go() -> Any:
        async with mechkg.connect_async(address, **options) as graph:
            return await script(graph)

    return asyncio.run(go())


def test_tasks_get_the_same_values(here: Graph, address: str) -> None:
    async def script(graph: AsyncGraph) -> list[Any]:
        return [
            await graph.version,
            *await asyncio.gather(
                graph.species("CdTe PC-371"),
                graph.check(SPACE),
                graph.why(SPACE, "eq2"),
                graph.matrix(SPACE),
                graph.belief("cdte-msc-371"),
                graph.search("octylamine"),
                graph.history("cdte-msc-371"),
                graph.diff(BEFORE, AFTER),
                graph.query("{ graphVersion }"),
            ),
            await graph.observations(Is("about", ("cdte-msc-371",))).all(),
            [one.id async for one in graph.spaces()],
            await graph.changes_since(BEFORE).all(),
            await graph.changes_since(BEFORE).total(),
            await graph.disagreements().first(3),
            await graph.at(BEFORE).assertions(kind="remark").total(),
        ]

    assert run(address, script) == [
        here.version,
        here.species("CdTe PC-371"),
        here.check(SPACE),
        here.why(SPACE, "eq2"),
        here.matrix(SPACE),
        here.belief("cdte-msc-371"),
        here.search("octylamine"),
        here.history("cdte-msc-371"),
        here.diff(BEFORE, AFTER),
        here.query("{ graphVersion }"),
        here.observations(Is("about", ("cdte-msc-371",))).all(),
        [one.id for one in here.spaces()],
        here.changes_since(BEFORE).all(),
        here.changes_since(BEFORE).total,
        here.disagreements().first(3),
        here.at(BEFORE).assertions(kind="remark").total,
    ]


def test_tasks_fetch_a_release(address: str, tmp_path: Path) -> None:
    folder = run(address, lambda graph: graph.snapshot(AFTER, tmp_path / "release"))
    mechkg.open_snapshot(folder).close()


def test_tasks_are_told_what_is_wrong(address: str) -> None:
    with pytest.raises(NotFoundError, match="did you mean"):
        run(address, lambda graph: graph.item("cdte-msc-37l"))


def test_tasks_act(address: str, token: Callable[[Caller], str], workspace: Any) -> None:
    remark = workspace.catalog.by_kind["remark"][9]

    async def propose(graph: AsyncGraph) -> Any:
        return await graph.propose("A note", Change(remark.id, {"note": "by a task"}))

    found = run(address, propose, token=token(CLEO))
    assert run(address, lambda graph: graph.accept(found.id, revision=1), token=token(ADA)).status == "accepted"
    assert run(address, lambda graph: graph.comment(remark.id, "hello"), token=token(CLEO)).actor == "cleo"
