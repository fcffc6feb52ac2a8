"""Progress of a long check: phase by phase, and in the end what the queries answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation.release import release
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened
from tests.api.test_app import data
from tests.api.test_subscriptions import listening, refused
from tests.curation.staff import ADA

SETS = "candidate verdict complete sets { lines } repairs { sentence }"
PROGRESS = f"""subscription ($space: String!, $without: [String!], $asOf: String) {{
  progress(space: $space, without: $without, budget: 5, asOf: $asOf) {{
    phase done of found sentence check {{ graphVersion candidates {{ id verdict }} }} wholeSpace {{ candidates survivors }}
    conflictSets {{ {SETS} }} }} }}"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace)) as client:
        yield client


def steps(client: TestClient, **variables: Any) -> list[Any]:
    """Return all that is told until it comes to its end."""
    found = []
    with listening(client, PROGRESS, **variables) as socket:
        while (message := socket.receive_json())["type"] == "next":
            found.append(message["payload"]["data"]["progress"])
    assert message["type"] == "complete", message
    return found


def test_it_comes_to_its_end_with_what_the_queries_answer(client: TestClient) -> None:
    told = steps(client, space="small")
    phases = [step["phase"] for step in told]
    assert phases[:3] == ["READING", "VERDICTS", "WHOLE_SPACE"] and phases[-1] == "DONE"
    assert set(phases[3:-1]) == {"CONFLICT_SETS"}
    assert all(0 <= step["done"] <= step["of"] for step in told) and told[-1]["done"] == told[-1]["of"] == len(phases) - 4
    assert [step["check"] is None for step in told] == [phase in ("READING", "VERDICTS") for phase in phases]
    counts = [step["found"] for step in told]
    assert counts == sorted(counts) and counts[-1] == sum(len(sets["sets"]) for sets in told[-1]["conflictSets"]) > 0
    query = """{ check(space: "small") { graphVersion candidates { id verdict } }
      wholeSpace(space: "small") { candidates survivors } }"""
    assert data(client, query) == {"check": told[-1]["check"], "wholeSpace": told[-1]["wholeSpace"]}
    one = f'{{ conflictSets(space: "small", candidate: "strays", budget: 5) {{ {SETS} }} }}'
    assert data(client, one)["conflictSets"] in told[-1]["conflictSets"]


def test_of_the_past_and_without_premises(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    release(workspace.ledger, ADA, "one")
    load(workspace.ledger, SEEN_C, tmp_path)
    then, now = steps(client, space="small", asOf="one")[-1], steps(client, space="small")[-1]
    assert (
        then["check"]["graphVersion"] < now["check"]["graphVersion"] and then["check"]["candidates"] != now["check"]["candidates"]
    )
    free = steps(client, space="small", asOf="one", without=["prompt"])[-1]
    assert free["found"] < then["found"]
    assert all("?without=prompt" in candidate["id"] for candidate in free["check"]["candidates"])


WRONG = [({"space": "smal"}, "mechkg.not_found"), ({"space": "small", "asOf": "never"}, "mechkg.bad_input")]


@pytest.mark.parametrize(("variables", "code"), WRONG)
def test_what_cannot_be_checked(client: TestClient, variables: dict[str, Any], code: str) -> None:
    with listening(client, PROGRESS, **variables) as socket:
        message = socket.receive_json()
        if message["type"] == "next" and not message["payload"].get("errors"):  # that it begins is told first
            error = refused(socket)
        else:
            error = (message["payload"] if message["type"] == "error" else message["payload"]["errors"])[0]
    assert error["extensions"]["code"] == code
