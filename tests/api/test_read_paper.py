"""What was read in a paper, seen and completed over GraphQL: proposals and drafts, both marked as made by a machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.model.person import Grant
from mechkg.service.accept import accept
from mechkg.service.propose_read import propose_read
from mechkg.service.read_paper import read
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA
from tests.service.reading import BEN, TEXT, opened

Ask = Callable[..., Any]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path / "home") as found:
        yield found


@pytest.fixture
def ask(workspace: Workspace) -> Iterator[Ask]:
    text, _ = tokens.issue(workspace.ledger, BEN, "a test", Grant("curator"))
    headers = {"Authorization": f"Bearer {text.reveal()}"}
    with TestClient(create_app(workspace)) as client:

        def asked(query: str, **variables: Any) -> Any:
            answer = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
            assert "errors" not in answer, answer
            return answer["data"]

        yield asked


def test_a_draft_that_a_machine_made_is_completed_and_waits_as_machine_made(workspace: Workspace, ask: Ask) -> None:
    entered = propose_read(workspace, BEN, read(workspace, TEXT, "known.txt"))
    waiting = "{ changeSets(filter: {machine: true}) { nodes { localName machine } } }"
    (first,) = ask(waiting)["changeSets"]["nodes"]
    assert (first["localName"], first["machine"]["reader"]) == (entered.proposed[0].id, "mechkg sentence patterns")
    found = ask("{ drafts { localName version machine content } }")["drafts"]
    assert {draft["localName"] for draft in found} == {draft.id for draft in entered.drafts}
    assert all(draft["machine"]["missing"] == ["at"] for draft in found)
    content = json.loads(json.dumps(found[0]["content"]))
    content["observations"][0]["at"] = ["p/s"]
    save = "mutation ($d: ID!, $c: JSON!) { saveDraft(draft: $d, version: 1, content: $c) { ... on Draft { version machine } } }"
    saved = ask(save, d=found[0]["localName"], c=content)["saveDraft"]
    assert saved["version"] == 2 and saved["machine"]["reader"] == "mechkg sentence patterns"
    propose = "mutation ($d: ID!) { proposeDraft(draft: $d, version: 2) { ... on ChangeSet { localName status machine } } }"
    made = ask(propose, d=found[0]["localName"])["proposeDraft"]
    assert made["status"] == "OPEN" and made["machine"]["quotes"].keys() == {content["observations"][0]["id"]}
    assert {each["localName"] for each in ask(waiting)["changeSets"]["nodes"]} == {first["localName"], made["localName"]}


def test_a_draft_by_hand_is_not_marked(ask: Ask) -> None:
    saved = ask('mutation { saveDraft(content: {title: "T"}) { ... on Draft { machine } } }')["saveDraft"]
    assert saved == {"machine": None}


def test_an_item_tells_where_its_quote_stands_in_the_text(workspace: Workspace, ask: Ask) -> None:
    found = read(workspace, TEXT, "known.txt")
    (made, *_) = propose_read(workspace, BEN, found).proposed
    accept(workspace, ADA, made.id, revision=1)
    name = made.edits[0].item
    query = """query ($name: String!) { item(name: $name) { source { quotes anchors {
      exact prefix suffix start end page documentDigest textDigest } } } }"""
    source = ask(query, name=name)["item"]["source"]
    (anchor,) = source["anchors"]
    (place,) = [offer.anchor for offer in found.offered if offer.anchor.to_json() == made.machine["quotes"][name]]
    assert (anchor["documentDigest"], anchor["textDigest"]) == (found.paper.sha256, place.text_sha256)
    assert (anchor["exact"], anchor["prefix"], anchor["suffix"]) == (place.exact, place.prefix, place.suffix)
    assert found.paper.text[anchor["start"] : anchor["end"]] == anchor["exact"] and anchor["page"] == place.page
    others = "{ assertions(first: 50) { nodes { localName source { anchors { page } } } } }"
    without = [node for node in ask(others)["assertions"]["nodes"] if node["localName"] != name]
    assert without and all(node["source"]["anchors"] == [] for node in without)
