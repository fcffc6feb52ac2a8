"""Acts wait for one another, and nobody who reads waits for them."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2

from mechkg.api.app import create_app
from tests.api.changing import opened, signed_in
from tests.api.serving import serving
from tests.curation.staff import CLEO

MANY = min(32, (os.cpu_count() or 1) + 4) + 4
"""More acts than asyncio has threads of its own."""


def test_who_reads_does_not_wait_for_those_who_act(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace, serving(create_app(workspace)) as url:
        who = signed_in(workspace, CLEO, "curator")

        def ask(query: str, headers: dict[str, str]) -> dict[str, Any]:
            found: dict[str, Any] = httpx2.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=30).json()
            return found["data"]

        comment = 'mutation { comment(upon: "item:turn", text: "hm") { ... on Act { position } ... on NotDone { message } } }'
        assert ask(comment, who)["comment"]["position"]
        with ThreadPoolExecutor(MANY) as people:
            with workspace.ledger._turn:  # somebody writes for long
                acts = [people.submit(ask, comment, who) for _ in range(MANY)]
                time.sleep(0.5)
                begun = time.monotonic()
                assert ask('{ changeSets(first: 1) { totalCount } history(of: "item:turn") { kind } }', {})["history"]
                took = time.monotonic() - begun
                assert not any(act.done() for act in acts)
            positions = [act.result()["comment"]["position"] for act in acts]
        assert took < 5
        assert len(set(positions)) == MANY and threading.active_count() < 100
