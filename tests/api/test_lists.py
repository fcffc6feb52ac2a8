"""Lists: pages from either end, filters, orders and counts, over the shipped corpus; and what is given wrong."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.enums import SpeciesKind, graphql_name
from mechkg.service.identifiers import iri_of
from mechkg.service.workspace import Workspace
from tests.api.test_app import ask, data

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $order: [ItemOrder!], $filter: ItemFilter) {
  assertions(first: $first, after: $after, last: $last, before: $before, orderBy: $order, filter: $filter) {
    totalCount nodes { localName } edges { cursor node { localName } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def page(client: TestClient, **given: Any) -> tuple[list[str], dict[str, Any]]:
    """Return the names on a page, and where it ends."""
    found = data(client, PAGE, **given)["assertions"]
    names = [node["localName"] for node in found["nodes"]]
    assert [edge["node"]["localName"] for edge in found["edges"]] == names
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert [found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]] == (
        [cursors[0], cursors[-1]] if names else [None] * 2
    )
    return names, {**found["pageInfo"], "total": found["totalCount"]}


@pytest.mark.parametrize("order", [None, [{"field": "YEAR", "direction": "DESC"}, {"field": "LABEL"}]])
def test_pages_from_either_end(client: TestClient, order: Any) -> None:
    given = {"order": order, "filter": {"kind": ["SPECIES", "STEP"]}}
    every, info = page(client, first=500, **given)
    assert len(every) == info["total"] > 150 and not info["hasNextPage"] and not info["hasPreviousPage"]
    forward: list[str] = []
    after = None
    while True:
        names, info = page(client, first=40, after=after, **given)
        forward += names
        assert info["hasPreviousPage"] == (after is not None)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert forward == every
    backward: list[str] = []
    before = None
    while True:
        names, info = page(client, last=40, before=before, **given)
        backward = names + backward
        before = info["startCursor"]
        if not info["hasPreviousPage"]:
            break
    assert backward == every


def test_a_page_is_as_long_as_is_asked_for_and_says_that_it_is_cut(client: TestClient) -> None:
    names, info = page(client)
    assert (len(names), info["hasNextPage"]) == (50, True)
    names, info = page(client, first=100_000)
    assert (len(names), info["hasNextPage"]) == (500, True) and info["total"] > 1000
    names, info = page(client, first=0)
    assert (names, info["hasNextPage"]) == ([], True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"after": "nonsense"}, "no cursor"),
        ({"first": -1}, "'first' is -1"),
        ({"filter": {"absorption": {"from": 500, "to": 400}}}, "lies between"),
        ({"filter": {"absorption": {"from": 1, "unit": "kg"}}}, "'kg' is no unit"),
        ({"filter": {"stage": {"mass": {"from": 1}, "volume": {"from": 1}}}}, "at once"),
        ({"filter": {"id": [iri_of("person", "ada")]}}, "names a person"),
    ],
)
def test_what_cannot_be_listed(client: TestClient, given: dict[str, Any], words: str) -> None:
    [error] = ask(client, PAGE, **given)["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input" and words in error["message"]


def test_a_cursor_of_another_order(client: TestClient) -> None:
    _, info = page(client, first=3)
    [error] = ask(client, PAGE, after=info["endCursor"], order=[{"field": "LABEL"}])["errors"]
    assert "is of a list in the order 'id'" in error["message"]
    [error] = ask(client, PAGE, filter={"material": ["cdtee"]})["errors"]
    assert error["extensions"] == {"code": "mechkg.not_found", "hint": "did you mean 'cdtese'?"}


def test_conditions_hold_together_and_can_be_joined(client: TestClient, shipped: Workspace) -> None:
    def names(given: str) -> set[str]:
        found = data(client, f"{{ allSpecies(filter: {given}, first: 500) {{ nodes {{ localName }} }} }}")["allSpecies"]["nodes"]
        return {node["localName"] for node in found}

    def those(keep: Any) -> set[str]:
        return {entry.id for entry in shipped.catalog.by_kind["species"] if keep(entry.record.body)}

    msc = those(lambda body: body["kind"] == "MSC")
    cdte = those(lambda body: body["material"] == "cdte")
    assert names("{kind: MSC}") == msc and names('{material: "cdte"}') == cdte
    assert names('{kind: MSC, material: "cdte"}') == msc & cdte
    assert names('{or: [{kind: MSC}, {material: "cdte"}]}') == msc | cdte
    assert names('{material: "cdte", not: {kind: MSC}}') == cdte - msc
    assert names("{and: [{kind: [MSC, PC]}, {kind: MSC}]}") == msc
    assert names(f'{{material: "{iri_of("item", "cdte")}"}}') == cdte
    assert names("{kind: []}") == set() and names("{kind: null}") == those(lambda _: True)
    near = names('{absorption: {from: 0.39, to: 0.4, unit: "um"}}')
    assert set() < near == names("{absorption: {from: 390, to: 400}}") < names("{absorption: {from: 380, to: 405}}")


def test_facets_leave_out_what_the_filter_says_of_them(client: TestClient, shipped: Workspace) -> None:
    query = """{ allSpecies(filter: {kind: MSC, material: "cdte"}, first: 1) { totalCount
      facets(by: [TYPE, MATERIAL, YEAR], most: 2) { field values { value label count } others without } } }"""
    found = data(client, query)["allSpecies"]
    kinds, materials, years = found["facets"]
    bodies = [entry.record.body for entry in shipped.catalog.by_kind["species"]]
    assert {each["value"]: each["count"] for each in kinds["values"]}.items() <= {
        kind: sum(body["kind"] == kind and body["material"] == "cdte" for body in bodies) for kind in SpeciesKind
    }.items()
    assert {each["value"]: each["count"] for each in materials["values"]}.items() <= {
        body["material"]: sum(other["kind"] == "MSC" and other["material"] == body["material"] for other in bodies)
        for body in bodies
    }.items()
    assert len(materials["values"]) == 2 and materials["others"] > 0
    assert sum(each["count"] for each in years["values"]) + years["without"] == found["totalCount"]


def test_neighbours_are_lists_too(client: TestClient) -> None:
    query = """query ($after: String) { species(name: "cdte-msc-371") { observations(first: 4, after: $after) {
      totalCount nodes { localName subject { localName } } pageInfo { hasNextPage endCursor } facets(by: [TYPE]) {
        values { count } } } } }"""
    seen: list[str] = []
    after = None
    while True:
        found = data(client, query, after=after)["species"]["observations"]
        assert all("cdte-msc-371" in [s["localName"] for s in node["subject"]] for node in found["nodes"])
        seen += [node["localName"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(set(seen)) and len(seen) == found["totalCount"] > 8
    assert sum(value["count"] for value in found["facets"][0]["values"]) == len(seen)


def test_search_finds_the_name_first_and_says_where(client: TestClient) -> None:
    query = """query ($text: String!, $within: [TextField!], $filter: ItemFilter) {
      search(text: $text, within: $within, filter: $filter) {
        totalCount hits { field text rank marks { start end } item { localName itemKind } } } }"""
    found = data(client, query, text="CdTe MSC-371")["search"]
    assert found["hits"][0]["item"] == {"localName": "cdte-msc-371", "itemKind": "SPECIES"} and found["hits"][0]["rank"] < 1
    quotes = data(client, query, text='"primary amine"', within=["QUOTE"], filter={"kind": ["OBSERVATION", "CLAIM"]})["search"]
    assert quotes["totalCount"] > 0
    for hit in quotes["hits"]:
        assert hit["field"] == "QUOTE" and hit["item"]["itemKind"] in ("OBSERVATION", "CLAIM")
        assert any(hit["text"][m["start"] : m["end"]].casefold() == "primary amine" for m in hit["marks"])


def test_names_of_values_are_names() -> None:
    assert [graphql_name(value) for value in ("M/F", "magic-size species", "<=", "dMSC")] == [
        "M_F", "MAGIC_SIZE_SPECIES", "AT_MOST", "DMSC",
    ]  # fmt: skip
