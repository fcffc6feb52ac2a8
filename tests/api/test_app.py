"""The application: health, the explorer's page, GraphQL answers and errors."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.service.workspace import Workspace

SPACE = "cdtese-msc399"


def ask(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/graphql", json={"query": query, "variables": variables}).json()
    return answer


def data(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = ask(client, query, **variables)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]
    return found


def test_health(client: TestClient, shipped: Workspace) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    told = client.get("/readyz").json()
    assert (told["status"], told["graph_version"]) == ("ready", shipped.version)
    assert {name: part["ready"] for name, part in told["parts"].items()} == dict.fromkeys(
        ("ledger", "graph", "warm", "server"), True
    )


def test_the_explorer_is_served_under_a_strict_policy(client: TestClient) -> None:
    page = client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "mechkg explorer" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_check_gives_the_verdicts_of_the_service(client: TestClient) -> None:
    found = data(client, f'{{ check(space: "{SPACE}") {{ graphVersion candidates {{ localName verdict }} }} }}')["check"]
    verdicts = {c["localName"]: c["verdict"] for c in found["candidates"]}
    assert verdicts["eq1"] == "SURVIVES"
    assert verdicts["eq2"] == "RULED_OUT"


def test_a_candidate_and_assumptions_of_ones_own(client: TestClient) -> None:
    query = """query ($steps: [String!], $without: [String!]) {
      check(space: "cdtese-msc399", steps: $steps, without: $without) {
        withdrawn { localName } candidates { localName steps { localName } verdict } }
    }"""
    found = data(client, query, steps=["step-1", "step-2"], without=["amine-converts-cdse-pc"])["check"]
    assert [a["localName"] for a in found["withdrawn"]] == ["amine-converts-cdse-pc"]
    [mine] = [c for c in found["candidates"] if c["localName"] == "ad-hoc"]
    assert {s["localName"] for s in mine["steps"]} == {"step-1", "step-2"}


def test_a_proof_ends_in_sentences_of_the_paper(client: TestClient) -> None:
    query = """{ why(space: "cdtese-msc399", candidate: "eq2") { proofs {
      sentence standing rule tree text markdown
      premises { sentence standing sources { locator quotes item { localName itemKind } } } } } }"""
    first = data(client, query)["why"]["proofs"][0]
    quotes = [quote for premise in first["premises"] for source in premise["sources"] for quote in source["quotes"]]
    assert first["rule"] == "present-but-impossible"
    assert first["tree"]["sentence"] == first["sentence"]
    assert any("MSC-371" in quote for quote in quotes) or "MSC-371" in first["text"]


def test_pages_follow_on_without_gap_or_overlap(client: TestClient) -> None:
    query = """query ($after: String) { observations(first: 40, after: $after) {
      totalCount nodes { localName } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = data(client, query, after=after)["observations"]
        seen += [node["localName"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == page["totalCount"] > 190
    assert seen == sorted(seen)


def test_filters(client: TestClient) -> None:
    found = data(
        client,
        '{ allSpecies(filter: {kind: PC, text: "371"}) { nodes { localName silent source { quotes document { doi } } } } }',
    )
    ids = {node["localName"] for node in found["allSpecies"]["nodes"]}
    assert "cdte-pc-371" in ids
    assert all(node["silent"] for node in found["allSpecies"]["nodes"] if node["localName"] == "cdte-pc-371")


def test_assertions_of_any_kind_with_source_and_quote(client: TestClient) -> None:
    query = """query ($kind: [ItemKind!]) { assertions(filter: {kind: $kind}, first: 30) { totalCount nodes {
      localName itemKind assertionId content source { locator quotes flag document { localName } } } } }"""
    zones = data(client, query, kind="ZONE")["assertions"]
    assert zones["totalCount"] == len(zones["nodes"]) == 18
    assert all(node["content"]["outcome"] and node["source"]["quotes"] for node in zones["nodes"])
    assert data(client, query)["assertions"]["totalCount"] > 1000
    [error] = ask(client, query, kind="ZONES")["errors"]
    assert error["extensions"]["code"] == "graphql.variables" and "'ZONE'" in error["message"]


def test_no_query_per_item(client: TestClient, shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of species with their steps and observations asks the ledger a fixed number of times, and the store never."""
    calls: list[str] = []
    for owner, name in ((shipped.store, "select"), (shipped.ledger, "each_accepted_with_act"), (shipped.ledger, "assertion")):
        real = getattr(type(owner), name)

        def counted(self: object, *arguments: Any, _real: Any = real, _name: str = name, **named: Any) -> Any:
            calls.append(_name)
            return _real(self, *arguments, **named)

        monkeypatch.setattr(type(owner), name, counted)
    steps = "steps { nodes { localName reactants { item { localName } } } }"
    seen = "observations { nodes { localName subject { localName } } }"
    query = f"{{ allSpecies(first: 80) {{ nodes {{ localName {steps} {seen} }} }} }}"
    assert len(data(client, query)["allSpecies"]["nodes"]) > 50
    assert len(calls) <= 1


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ('{ check(space: "cdtese-msc39") { space } }', "mechkg.not_found", "no space called 'cdtese-msc39'"),
        ('{ check(space: "cdtese-msc399", candidates: ["eq"]) { space } }', "mechkg.not_found", "called 'eq'"),
        ('{ ask(name: "no-such-question") { total } }', "mechkg.not_found", "question"),
        ('{ species(name: "CdTe PC-37") { localName } }', "mechkg.not_found", "CdTe PC-37"),
    ],
)
def test_errors_have_a_stable_code_and_a_hint(client: TestClient, query: str, code: str, words: str) -> None:
    [error] = ask(client, query)["errors"]
    assert error["extensions"]["code"] == code
    assert words in error["message"]


def test_a_hostile_operation_is_refused(client: TestClient) -> None:
    aliases = " ".join(f"a{n}: graphVersion" for n in range(100))
    assert "errors" in ask(client, f"{{ {aliases} }}")
    deep = '{ why(space: "cdtese-msc399", candidate: "eq2") { proofs ' + "{ premises " * 60 + "{ sentence }" + " }" * 60 + " } }"
    assert "errors" in ask(client, deep)


def test_internal_failures_are_masked(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("mechkg.api.schema.ask", fail)
    [error] = ask(client, '{ ask(name: "claims-of-paper") { total } }')["errors"]
    assert error["message"] == "internal error"
    assert error["extensions"] == {"code": "mechkg.internal"}
