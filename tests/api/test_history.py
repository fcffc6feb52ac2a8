"""The record over GraphQL: acts, versions, differences, releases, watches."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.graph.store import Store
from mechkg.service.import_release import read_checked
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened, signed_in
from tests.api.test_app import ask, data
from tests.curation.staff import ADA, BEN, CLEO, employ


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace)) as client:
        yield client


def done(client: TestClient, headers: dict[str, str], query: str) -> dict[str, object]:
    """Do one act; return its answer."""
    answer = client.post("/graphql", json={"query": query}, headers=headers).json()
    assert "errors" not in answer, answer
    [found] = answer["data"].values()
    assert isinstance(found, dict)
    return found


def test_releases_and_what_differs(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    admin = signed_in(workspace, ADA, "administrator")
    make = """mutation { makeRelease(name: "%s", note: "mine") {
      ... on Release { name position by } ... on NotDone { code message } } }"""
    first = done(client, admin, make % "one")
    assert (first["name"], first["by"]) == ("one", "ada")
    assert done(client, admin, make % "one")["code"] == "mechkg.refused_act"
    assert done(client, signed_in(workspace, BEN), make % "two")["code"] == "mechkg.forbidden"
    assert done(client, {}, make % "two")["code"] == "mechkg.unauthenticated"
    load(workspace.ledger, SEEN_C, tmp_path)
    done(client, admin, make % "two")
    assert [r["name"] for r in data(client, "{ releases { nodes { name digest at note } } }")["releases"]["nodes"]] == [
        "one",
        "two",
    ]
    assert data(client, '{ release(name: "one") { position } }')["release"]["position"] == first["position"]
    found = data(
        client,
        """{ diff(before: "one", after: "two") { before after added { localName } removed { localName }
          verdicts { space candidate before after }
          changed { before { localName itemKind } after { assertion } fields { field how before after } } } }""",
    )["diff"]
    assert found["before"] < found["after"]
    assert (found["added"], found["removed"]) == ([], [])
    [change] = found["changed"]
    assert change["before"] == {"localName": "no-c", "itemKind": "OBSERVATION"}
    assert change["fields"] == [{"field": "kind", "how": "CHANGED", "before": "absent", "after": "present"}]
    assert {"space": "small", "candidate": "both", "before": "RULED_OUT", "after": "SURVIVES"} in found["verdicts"]
    versions = data(client, '{ versions(item: "no-c") { number status proposedBy acceptedBy content acts { kind } } }')[
        "versions"
    ]
    assert [(v["number"], v["status"]) for v in versions] == [(1, "SUPERSEDED"), (2, "ACCEPTED")]
    fields = data(client, '{ compareVersions(item: "no-c", before: "1", after: "2") { field before after } }')["compareVersions"]
    assert fields == [{"field": "kind", "before": "absent", "after": "present"}]
    [error] = ask(client, '{ versions(item: "no-cc") { number } }')["errors"]
    assert error["extensions"]["code"] == "mechkg.not_found"


def test_acts_page_by_page(client: TestClient, workspace: Workspace) -> None:
    query = """query ($after: String) { acts(first: 10, after: $after, filter: {document: "case-small"}) {
      totalCount nodes { sentence item itemKind document position actor door at } pageInfo { hasNextPage endCursor } } }"""
    positions: list[int] = []
    after, more = None, True
    while more:
        page = data(client, query, after=after)["acts"]
        positions += [node["position"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert positions == sorted(positions, reverse=True)
    assert len(positions) == page["totalCount"] == sum(act.assertion is not None for act in workspace.ledger.acts())


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_acts_from_either_end(client: TestClient, direction: str) -> None:
    query = """query ($direction: SortDirection!, $first: Int, $after: String, $last: Int, $before: String) {
      acts(direction: $direction, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { position } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

    def page(**given: Any) -> tuple[list[int], Any, list[str]]:
        found = data(client, query, direction=direction, **given)["acts"]
        edges = found["edges"]
        return [e["node"]["position"] for e in edges], found["pageInfo"], [e["cursor"] for e in edges]

    every, info, cursors = page(first=500)
    assert (info["hasPreviousPage"], info["hasNextPage"]) == (False, False)
    assert every == sorted(every, reverse=direction == "DESC") and len(every) > 20
    first, info, _ = page(first=5, after=cursors[3])
    assert (first, info["hasPreviousPage"], info["hasNextPage"]) == (every[4:9], True, True)
    last, info, _ = page(last=5, before=cursors[10])
    assert (last, info["hasPreviousPage"], info["hasNextPage"]) == (every[5:10], True, True)
    end, info, _ = page(last=3)
    assert (end, info["hasNextPage"]) == (every[-3:], False)
    [error] = ask(client, query, direction={"ASC": "DESC", "DESC": "ASC"}[direction], after=cursors[0])["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input" and "in the order" in error["message"]


def test_a_watch_from_its_beginning_to_its_end(client: TestClient, workspace: Workspace) -> None:
    cleo, ben = signed_in(workspace, CLEO, "curator"), signed_in(workspace, BEN, "reviewer")
    watch = """mutation { watchHypothesis(space: "small", candidate: "both", title: "Mine") {
      ... on Watch { localName title hypothesis checked verdicts { candidate verdict } ended }
      ... on NotDone { code message hint } } }"""
    found = done(client, cleo, watch)
    assert found["verdicts"] == [{"candidate": "both", "verdict": "RULED_OUT"}]
    assert (found["title"], found["ended"]) == ("Mine", False)
    assert done(client, {}, watch)["code"] == "mechkg.unauthenticated"
    wrong = done(client, cleo, watch.replace('"both"', '"bot"'))
    assert wrong["hint"] == "did you mean 'both'?"
    mine = "{ watches { localName flips { candidate before after cause } } }"
    assert client.post("/graphql", json={"query": mine}, headers=ben).json()["data"]["watches"] == []
    [error] = ask(client, mine)["errors"]
    assert error["extensions"]["code"] == "mechkg.unauthenticated"
    end = f'mutation {{ endWatch(id: "{found["localName"]}") {{ ... on Watch {{ ended }} ... on NotDone {{ code }} }} }}'
    assert done(client, ben, end)["code"] == "mechkg.not_found"  # that somebody watches it is nobody else's business
    assert done(client, cleo, end) == {"ended": True}
    assert done(client, cleo, end)["code"] == "mechkg.refused_act"
    assert client.post("/graphql", json={"query": mine}, headers=cleo).json()["data"]["watches"] == []
    every = "{ watches(ended: true) { localName ended } }"
    assert len(client.post("/graphql", json={"query": every}, headers=cleo).json()["data"]["watches"]) == 1


def test_the_files_of_a_release(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    release(workspace.ledger, ADA, "one")
    load(workspace.ledger, SEEN_C, tmp_path)
    files = data(client, '{ release(name: "one") { files { name path bytes sha256 } } }')["release"]["files"]
    folder = tmp_path / "fetched"
    folder.mkdir()
    (folder / "csv").mkdir()
    for file in [*files, {"name": "manifest.json", "path": "/releases/one/manifest.json"}]:
        answer = client.get(file["path"])
        assert answer.status_code == 200
        (folder / file["name"]).write_bytes(answer.content)
        if "sha256" in file:
            assert sha256(answer.content).hexdigest() == file["sha256"]
            assert len(answer.content) == int(file["bytes"])
            again = client.get(file["path"], headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
    found = read_checked(folder)
    assert {record.id for record, _ in found.accepted} == {e.record.id for e in workspace.at("one").catalog.entries.values()}
    trig = client.get("/releases/one/nanopublications.trig")
    assert trig.headers["content-type"] == "application/trig"
    assert "immutable" in trig.headers["cache-control"]
    for path in ("two/manifest.json", "one/nanopublication.trig", "one/../../ledger.db", "one/%2e%2e/%2e%2e/ledger.db"):
        assert client.get(f"/releases/{path}").status_code == 404
    assert "did you mean 'nanopublications.trig'?" in client.get("/releases/one/nanopublication.trig").text


def test_a_release_is_imported(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    """From one service into another, by what the first gives out and the second takes."""
    release(workspace.ledger, ADA, "one")
    fetched = [{"name": name, "content": client.get(f"/releases/one/{name}").text} for name in RELEASE_FILES]
    (tmp_path / "elsewhere").mkdir()
    with (
        Workspace(Ledger.open(tmp_path / "elsewhere" / "ledger.db"), Store.open(None), None) as elsewhere,
        TestClient(create_app(elsewhere)) as there,
    ):
        employ(elsewhere.ledger)
        admin = signed_in(elsewhere, ADA, "administrator")

        def taken(headers: dict[str, str], files: list[dict[str, str]], **more: str) -> dict[str, object]:
            asked = {"query": IMPORT, "variables": {"files": files, **more}}
            answer = there.post("/graphql", json=asked, headers=headers).json()
            assert "errors" not in answer, answer
            return dict(answer["data"]["importRelease"])

        position = elsewhere.ledger.position()
        assert taken({}, fetched)["code"] == "mechkg.unauthenticated"
        assert taken(signed_in(elsewhere, BEN, "reviewer"), fetched)["code"] == "mechkg.forbidden"
        assert taken(admin, fetched[:2])["code"] == "mechkg.bad_input"
        assert taken(admin, fetched, signedBy="somebody")["hint"] == "it is not signed"
        lost = taken(admin, [*fetched[:2], {**fetched[2], "name": "nanopublication.trig"}])
        assert (lost["code"], lost["hint"]) == ("mechkg.not_found", "did you mean 'nanopublications.trig'?")
        changed = taken(admin, [*fetched[:2], {**fetched[2], "content": fetched[2]["content"] + " "}])
        assert (changed["__typename"], changed["code"]) == ("BadInput", "mechkg.bad_input")
        assert {act.kind for act in elsewhere.ledger.acts(position)} == {"issue"}  # tokens, and nothing else
        found = taken(admin, fetched)
        batch = elsewhere.ledger.batches()[-1]
        everything = workspace.at("one").catalog.entries
        assert found == {
            "__typename": "ImportedRelease", "name": "one", "batch": batch.id, "accepted": len(everything),
            "superseded": 0, "retracted": 0, "unchanged": 0,
        }  # fmt: skip
        assert {act.door for act in elsewhere.ledger.acts() if act.batch == batch.id} == {"graphql"}
        assert elsewhere.ledger.accepted() == workspace.ledger.accepted(workspace.at("one").version)
        again = taken(admin, fetched)
        assert (again["batch"], again["unchanged"]) == (None, len(everything))


RELEASE_FILES = ("manifest.json", "retractions.trig", "nanopublications.trig")
IMPORT = """mutation ($files: [ReleaseFileInput!]!, $signedBy: String) { importRelease(files: $files, signedBy: $signedBy) {
  __typename ... on ImportedRelease { name batch accepted superseded retracted unchanged }
  ... on NotDone { code message hint } } }"""
