"""How long it takes to refuse what is made to hurt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace
from tests.api.hostile import HOSTILE
from tests.benchmarks.timing import Row, goal, seconds, summary

ROUNDS = 5
MOST = 0.1
"""Seconds."""


def bench_hostile(folder: Path) -> Iterator[Row]:
    """Each hostile request, refused: the slowest of them, and all."""
    with Workspace.open(folder) as workspace:
        load_corpus(workspace)
        with TestClient(create_app(workspace)) as client:
            found: dict[str, list[float]] = {}
            for hostile in HOSTILE:

                def ask(body: bytes = hostile.body) -> None:
                    answer = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
                    assert "data" not in answer.json()

                found[hostile.name] = [seconds(ask) for _ in range(ROUNDS)]
    medians = {name: summary(rounds)["median"] for name, rounds in found.items()}
    slowest = max(medians, key=lambda name: medians[name])
    yield {
        "requests": len(found),
        "slowest": slowest,
        "seconds": summary(found[slowest]),
        **goal("each refused in under 100 ms", met=medians[slowest] < MOST),
    }
