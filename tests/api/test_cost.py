"""The cost of an operation: told before, from the document and its variables."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_introspection_query, get_named_type, parse
from starlette.testclient import TestClient

from mechkg.api.cost import CHANGE, LENGTHS, REASONING, USUAL, WEIGHTS, Costs
from mechkg.api.limits import Limits
from mechkg.api.lists import LARGEST_PAGE, USUAL_PAGE
from mechkg.api.schema import create_schema
from mechkg.web.graphiql import Example, examples

SCHEMA = create_schema()._schema
COSTS = Costs(SCHEMA)


def cost(text: str, **variables: Any) -> int:
    document = parse(text)
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return COSTS.of(document, operation, variables)


@pytest.mark.parametrize("name", [*WEIGHTS, *LENGTHS])
def test_what_has_a_cost_of_its_own_is_there(name: str) -> None:
    owner, field = name.split(".")
    type_ = SCHEMA.type_map[owner]
    assert isinstance(type_, GraphQLObjectType)
    assert field in type_.fields


def test_what_asks_the_reasoner_of_a_space_is_dear() -> None:
    """A field of the query that names a space reasons about it, but for those that only make the report or read it."""
    assert SCHEMA.query_type is not None
    reasoning = {f"Query.{name}" for name, field in SCHEMA.query_type.fields.items() if "space" in field.args}
    assert reasoning - {"Query.report"} <= {name for name, own in WEIGHTS.items() if own == REASONING}
    report = SCHEMA.type_map["Report"]
    assert isinstance(report, GraphQLObjectType)
    parts = {
        f"Report.{name}" for name, field in report.fields.items() if isinstance(get_named_type(field.type), GraphQLObjectType)
    }
    assert parts <= set(WEIGHTS)


def test_a_field_is_one_and_a_list_as_often_as_it_is_long() -> None:
    assert cost("{ graphVersion __typename }") == 2
    assert cost("{ questions { name text } }") == 1 + LENGTHS["Query.questions"] * 2
    assert cost('{ versions(item: "x") { number } }') == 1 + USUAL
    assert cost('{ item(name: "x") { localName source { locator } } }') == 4


def test_a_page_counts_as_many_as_are_asked_for() -> None:
    page = "allSpecies%s { totalCount nodes { localName } pageInfo { endCursor } }"
    rest = 5  # the field, totalCount, nodes, pageInfo, endCursor
    assert cost("{ %s }" % (page % "")) == rest + USUAL_PAGE
    assert cost("{ %s }" % (page % "(first: 7)")) == rest + 7
    assert cost("query ($n: Int!) { %s }" % (page % "(first: $n)"), n=9) == rest + 9
    assert cost("query ($n: Int! = 11) { %s }" % (page % "(first: $n)")) == rest + 11
    assert cost("{ %s }" % (page % "(first: 100000)")) == rest + LARGEST_PAGE
    assert cost("{ %s }" % (page % "(first: -5)")) == rest
    assert cost("query ($n: Int!) { %s }" % (page % "(first: $n)"), n="many") == rest + LARGEST_PAGE


def test_of_several_types_the_dearest_counts() -> None:
    one = cost('{ item(name: "x") { ... on Species { steps { localName } } } }')
    other = cost('{ item(name: "x") { ... on Step { kind } } }')
    both = cost('{ item(name: "x") { localName ... on Species { steps { localName } } ... on Step { kind } } }')
    assert one > other
    assert both == one + 1


def test_fragments_count_where_they_are_spread() -> None:
    plain = cost('{ a: item(name: "x") { localName } b: item(name: "y") { localName } }')
    assert cost('{ a: item(name: "x") { ...f } b: item(name: "y") { ...f } } fragment f on Item { localName }') == plain


def test_reasoning_and_changes() -> None:
    assert cost('{ check(space: "s") { space } }') == REASONING + 1
    assert cost("mutation { __typename }") == 1
    text = 'mutation { comment(upon: "item:x", text: "y") { __typename } }'
    assert cost(text) == CHANGE + 1


def test_the_schema_as_tools_ask_for_it_is_within_the_limit(client: TestClient) -> None:
    query = get_introspection_query(descriptions=True, input_value_deprecation=True, specified_by_url=True)
    assert cost(query) < Limits().cost
    assert client.post("/graphql", json={"query": query}).json()["data"]["__schema"]["types"]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_costs_a_tenth_of_the_limit_at_most(example: Example) -> None:
    assert 0 < cost(example.query) <= Limits().cost / 10
