"""Subscriptions over server-sent events (graphql-sse, distinct connections)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mechkg.api.app import create_app
from mechkg.api.event_stream import event_stream
from mechkg.curation.comment import comment
from mechkg.model.ledger_record import Subject
from mechkg.service.workspace import Workspace
from tests.api.changing import opened, signed_in
from tests.api.serving import serving
from tests.curation.staff import CLEO

ACTS = "subscription ($after: Int) { acts(after: $after) { sentence position } }"
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    with serving(create_app(workspace)) as address:
        yield f"{address}/graphql"


def events(response: httpx2.Response) -> Iterator[tuple[str, Any]]:
    """Yield the events of a stream as they come: name and content."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            text = line.removeprefix("data:").strip()
            yield name, json.loads(text) if text else None


def test_what_happens_is_told_as_it_happens(address: str, workspace: Workspace) -> None:
    last = workspace.ledger.position()
    asked = {"query": ACTS, "variables": {"after": last - 1}}
    with httpx2.stream("POST", address, json=asked, headers={**EVENTS, **signed_in(workspace, CLEO)}, timeout=20) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        told = events(response)
        name, answer = next(told)
        assert (name, answer["data"]["acts"]["position"]) == ("next", last)
        assert answer["extensions"]["cost"]["requested"] > 0
        threading.Timer(0.2, comment, (workspace.ledger, CLEO, Subject("item", "b-seen"), "is it so?")).start()
        name, answer = next(told)
        assert (name, answer["data"]["acts"]["sentence"]) == ("next", "cleo commented on item b-seen")


def test_a_browser_listens_by_get(address: str, workspace: Workspace) -> None:
    asked = {"query": ACTS, "variables": json.dumps({"after": workspace.ledger.position() - 1})}
    with httpx2.stream("GET", address, params=asked, headers=EVENTS, timeout=20) as response:
        assert next(events(response))[0] == "next"


def test_a_query_is_one_event_and_the_end(address: str, workspace: Workspace) -> None:
    with httpx2.stream("POST", address, json={"query": "{ graphVersion }"}, headers=EVENTS, timeout=20) as response:
        [(name, answer), end] = events(response)
    assert (name, answer["data"], end) == ("next", {"graphVersion": workspace.version}, ("complete", None))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"query": "{"}, "graphql.syntax"),
        ({"query": "subscription { nothing }"}, "graphql.validation"),
        ({"query": ACTS, "variables": {"after": "yesterday"}}, "graphql.variables"),
        ({"query": ACTS, "variables": {"after": 10**6}}, "mechkg.bad_input"),
    ],
)
def test_an_error_is_told_in_the_stream(address: str, asked: dict[str, Any], code: str) -> None:
    with httpx2.stream("POST", address, json=asked, headers=EVENTS, timeout=20) as response:
        assert response.status_code == 200
        [(name, answer), end] = events(response)
    assert (name, end) == ("next", ("complete", None))
    assert answer["errors"][0]["extensions"]["code"] == code


def test_what_is_no_graphql_request_is_refused(address: str) -> None:
    answer = httpx2.post(address, content="{", headers={**EVENTS, "Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json; charset=utf-8")


def test_a_subscription_is_not_answered_at_once(address: str) -> None:
    answer = httpx2.post(address, json={"query": ACTS}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "graphql.not-acceptable")


def test_silence_is_broken_and_who_left_is_forgotten() -> None:
    ended = []

    async def slowly() -> AsyncIterator[bytes]:
        try:
            await asyncio.sleep(0.1)
            yield b"1"
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    async def listen() -> list[bytes]:
        found = []
        body: Any = event_stream(slowly(), silence=0.03).body_iterator
        async for part in body:
            found.append(part)
            if part.startswith(b"event"):
                break
        await body.aclose()
        return found

    found = asyncio.run(listen())
    assert found[-1] == b"event: next\ndata: 1\n\n"
    assert set(found[:-1]) == {b":\n\n"}
    assert len(found) > 3
    assert ended == [True]


def test_who_left_makes_room(address: str, workspace: Workspace) -> None:
    """A listener that goes away is noticed, though nothing happens that could be told."""
    import time

    from mechkg.api import subscriptions

    def listeners() -> int:
        return sum(pulse.listeners for pulses in subscriptions._PULSES.values() for pulse in pulses.values())

    end = time.monotonic() + 10
    while listeners():  # those of other tests, who have left too
        assert time.monotonic() < end
        time.sleep(0.02)
    with httpx2.stream(
        "POST", address, json={"query": ACTS, "variables": {"after": workspace.ledger.position() - 1}}, headers=EVENTS
    ) as response:
        assert next(events(response))
        end = time.monotonic() + 10
        while not listeners():  # it listens for more once it has told this
            assert time.monotonic() < end
            time.sleep(0.02)
        assert listeners() == 1
    end = time.monotonic() + 10
    while listeners():
        assert time.monotonic() < end
        time.sleep(0.02)
