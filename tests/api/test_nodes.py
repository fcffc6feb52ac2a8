"""Global ids: whatever an operation answers with an id is what node() answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.nodes import MOST_NODES
from mechkg.curation.release import release
from mechkg.service.comment import comment
from mechkg.service.draft import save_draft
from mechkg.service.identifiers import IdentifierKind, iri_of
from mechkg.service.watches import Hypothesis, watch
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened, signed_in
from tests.api.test_app import ask, data
from tests.curation.staff import ADA, proposed, put

LISTED = (
    """assertions(first: 100) { nodes { ...it assertionIri ... on Procedure { stages { ...it } }
      ... on HypothesisSpace { candidates { ...it postulates { ...it } } postulates { ...it } } } }""",
    'observations { nodes { stages { ...it } than { ...it } verdicts(space: "small") { ...it } } }',
    'check(space: "small", without: ["only"], ignoring: ["no-c"], steps: ["turn"]) { candidates { ...it candidate { ...it } } }',
    "people { nodes { ...it } }",
    "releases { nodes { ...it } }",
    "changeSets(filter: {waiting: null}) { nodes { ...it history { ...it } } }",
    "disagreements(first: 10) { nodes { ...it } }",
    "acts { nodes { ...it } }",
    'versions(item: "no-c") { ...it acts { ...it } }',
    "drafts { ...it }",
    'draftHistory(id: "draft-1") { ...it }',
    "watches { ...it }",
)
FRAGMENT = """
fragment it on Node {
  __typename id
  ... on Item { label itemKind assertionId says: content note acceptedBy source { flag locator } }
  ... on Stage { localName action sample }
  ... on Candidate { title origin }
  ... on Postulate { statement }
  ... on CandidateVerdict { localName verdict title steps { label } conflicts { sentence } orders }
  ... on Person { localName name grants { role scope } }
  ... on Release { name position digest }
  ... on ChangeSet { localName title stands: status revision edits { op item } }
  ... on Disagreement { localName title state sides { reading belief } }
  ... on Act { sentence kind position item }
  ... on Version { number status says: content proposedBy }
  ... on Draft { localName version draft: content }
  ... on Watch { localName title ended }
}"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("nodes")
    with opened(folder) as workspace:
        release(workspace.ledger, ADA, "one")
        load(workspace.ledger, SEEN_C, folder)
        one = proposed(workspace.ledger, put("a-1"))
        comment(workspace, ADA, _subject(one.id), "why?")
        save_draft(workspace, ADA, {"title": "T"})
        save_draft(workspace, ADA, {"title": "U"}, draft="draft-1", version=1)
        watch(workspace, ADA, Hypothesis("small"))
        yield workspace


def _subject(name: str) -> Any:
    from mechkg.curation.change_set import subject_of

    return subject_of(name)


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace), headers=signed_in(workspace, ADA, "administrator")) as client:
        yield client


def with_ids(found: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in an answer that has an id, without objects below it that have one."""
    if isinstance(found, list):
        for each in found:
            yield from with_ids(each)
    elif isinstance(found, dict):
        if "id" in found and "__typename" in found:
            yield found
        for each in found.values():
            yield from with_ids(each)


def fields(found: dict[str, Any]) -> dict[str, Any]:
    """Return what the fragment asks of an object, without what was asked besides."""
    besides = {"stages", "candidates", "assertionIri", "postulates", "candidate", "than", "verdicts", "history", "acts"}
    return {key: value for key, value in found.items() if key not in besides}


def test_every_id_is_answered_with_the_same(client: TestClient) -> None:
    found = [data(client, f"{{ {each} }} {FRAGMENT}") for each in LISTED]
    objects = {each["id"]: each for each in with_ids(found)}
    types = {each["__typename"] for each in objects.values()}
    assert types >= {"Document", "Chemical", "Step", "Procedure", "Observation", "Assumption", "HypothesisSpace"}
    assert types >= {"Stage", "Candidate", "Postulate", "CandidateVerdict"}
    assert types >= {"Person", "Release", "ChangeSet", "Act", "Version", "Draft", "Watch"}
    ids = list(objects)
    for start in range(0, len(ids), MOST_NODES // 10):
        some = ids[start : start + MOST_NODES // 10]
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...it }} }} {FRAGMENT}"
        for name, node in zip(some, data(client, query, ids=some)["nodes"], strict=True):
            assert node is not None, name
            assert node == fields(objects[name])


def test_an_id_is_the_iri_of_the_graph(client: TestClient, workspace: Workspace) -> None:
    [step] = data(client, "{ steps(first: 1) { nodes { id localName } } }")["steps"]["nodes"]
    assert step["id"] == iri_of("item", step["localName"])
    assert workspace.store.says(f"ASK {{ GRAPH ?g {{ <{step['id']}> ?p ?o }} }}")
    stage = data(client, '{ item(name: "run") { ... on Procedure { stages { id } } } }')["item"]["stages"][0]["id"]
    assert workspace.store.says(f"ASK {{ GRAPH ?g {{ <{stage}> ?p ?o }} }}")


def test_an_iri_is_taken_where_a_name_is(client: TestClient) -> None:
    space, turn, only = iri_of("item", "small"), iri_of("item", "turn"), iri_of("item", "only")
    query = "query ($s: String!, $c: [String!], $w: [String!]) { check(space: $s, candidates: $c, without: $w) { %s } }"
    shown = "space withdrawn { localName } candidates { localName verdict }"
    by_name = data(client, query % shown, s="small", c=["turns"], w=["only"])
    candidates = [iri_of("part", "small/candidates/turns")], [iri_of("verdict", "small/turns")]
    for candidate in candidates:
        assert data(client, query % shown, s=space, c=candidate, w=[only]) == by_name
    assert data(client, "query ($n: String!) { item(name: $n) { localName } }", n=turn)["item"] == {"localName": "turn"}
    upon = "query ($o: String!) { history(of: $o) { position } }"
    assert data(client, upon, o=turn) == data(client, upon, o="item:turn")
    [error] = ask(client, upon, o=iri_of("term", "Step"))["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input"


NOTHING: list[tuple[IdentifierKind, str]] = [
    ("item", "nothing"),
    ("part", "run/nothing"),
    ("part", "small/candidates/nothing"),
    ("person", "nobody"),
    ("release", "none"),
    ("act", "100000"),
    ("set", "set-1"),
    ("verdict", "small/nothing"),
    ("disagreement", "x"),
    ("assertion", "RA" + 43 * "x"),
]


def test_what_nothing_has_is_null_and_what_is_no_iri_an_error(client: TestClient) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } }"
    for kind, name in NOTHING:
        assert data(client, query, id=iri_of(kind, name)) == {"node": None}
    [error] = ask(client, query, id="turn")["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input" and "IRIs are written" in error["extensions"]["hint"]
    [error] = ask(client, query, id="https://w3id.org/mechkg/itm/turn")["errors"]
    assert "https://w3id.org/mechkg/id/" in error["extensions"]["hint"]
    [error] = ask(client, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * (MOST_NODES + 1))["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input"


def test_what_is_known_to_its_owner_alone(client: TestClient, workspace: Workspace) -> None:
    query = "query ($id: ID!) { node(id: $id) { __typename } }"
    [draft] = data(client, "{ drafts { id } }")["drafts"]
    [error] = TestClient(create_app(workspace)).post("/graphql", json={"query": query, "variables": draft}).json()["errors"]
    assert error["extensions"]["code"] == "mechkg.unauthenticated"


def test_a_node_of_the_past(client: TestClient) -> None:
    query = 'query ($id: ID!) { then: node(id: $id, asOf: "one") { ...of } now: node(id: $id) { ...of } } '
    found = data(client, query + "fragment of on Node { ... on Observation { kind } }", id=iri_of("item", "no-c"))
    assert found == {"then": {"kind": "ABSENT"}, "now": {"kind": "PRESENT"}}
