"""Belief over GraphQL says what the service says."""

from __future__ import annotations

from starlette.testclient import TestClient

from mechkg.api.enums import graphql_name
from mechkg.service.belief import belief
from mechkg.service.workspace import Workspace
from tests.api.test_app import ask, data


def test_belief_gives_its_sum_term_by_term(client: TestClient, shipped: Workspace) -> None:
    query = """query ($name: String!) { belief(name: $name) { item { localName } belief supported refuted
      worksWithoutAuthors inWords
      supports { ...term } refutes { ...term } } }
      fragment term on BeliefTerm { laboratory method strength why works items { localName } }"""
    found = data(client, query, name="eq-2")["belief"]
    expected = belief(shipped, "eq-2").belief.as_json()
    assert found["item"]["localName"] == "eq-2"
    assert [round(found[key], 6) for key in ("belief", "supported", "refuted")] == [
        expected[key] for key in ("belief", "supported", "refuted")
    ]
    for side in ("supports", "refutes"):
        terms = [{**term, "items": [item["localName"] for item in term["items"]]} for term in found[side]]
        assert [{**term, "strength": round(term["strength"], 6)} for term in terms] == expected[side]
    assert found["inWords"] == expected["in_words"] and found["worksWithoutAuthors"] == ["perspective-si"]
    [error] = ask(client, query, name="eq-22")["errors"]
    assert error["extensions"]["code"] == "mechkg.not_found"


def test_belief_can_be_asked_of_the_past(client: TestClient) -> None:
    [error] = ask(client, 'query { belief(name: "eq-2", asOf: "0") { belief } }')["errors"]
    assert error["extensions"]["code"] == "mechkg.not_found"


def test_a_claim_says_what_it_rests_on(client: TestClient, shipped: Workspace) -> None:
    found = data(client, 'query { item(name: "c-z-10") { localName ... on Claim { evidence directness method } } }')["item"]
    value = shipped.catalog.entries["c-z-10"].record.body
    assert found == {"localName": "c-z-10", "evidence": graphql_name(value["evidence"]), "directness": None, "method": None}
