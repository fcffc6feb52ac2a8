"""Values as sources state them: every composition with its band, words of a row as its own values, nothing that nobody states."""

from __future__ import annotations

from math import isnan

import pytest

from mechkg.service.comparison_tables import table_kind
from mechkg.service.stated_values import COMPOSITION, Stated, number_of, stated_values
from mechkg.service.workspace import Workspace


@pytest.fixture(scope="module")
def values(shipped: Workspace) -> list[Stated]:
    return stated_values(shipped.catalog, table_kind("cdse-clusters").parts)


def test_every_listed_composition_is_there_once(shipped: Workspace, values: list[Stated]) -> None:
    listed = sorted(
        (entry.id, each["formula"], each.get("absorption", ""), each.get("species", ""))
        for entry in shipped.catalog.by_kind["claim"]
        for each in entry.record.body.get("entries", ())
    )
    found = [v for v in values if v.property_id == COMPOSITION and v.of_compositions]
    assert sorted((v.item, v.text, v.printed, "".join(v.subjects)) for v in found) == listed
    assert all(v.placed == bool(v.printed) and (not v.placed or v.position == float(v.printed.split()[0])) for v in found)


def test_each_part_of_a_statement_is_a_value_of_one_property(shipped: Workspace, values: list[Stated]) -> None:
    for entry in shipped.catalog.by_kind["claim"]:
        if entry.record.body.get("entries"):
            parts = {part.strip() for part in entry.record.body["statement"].split(";")}
            mine = {
                (v.text, v.property_id) for v in values if v.item == entry.id and v.property_id in ("shape", "method", "remark")
            }
            assert {text for text, _ in mine} == parts and len(mine) == len(parts)


def test_table_s1_says_which_shape_and_method(values: list[Stated]) -> None:
    said = {(v.item, v.property_id): v.text for v in values if v.property_id in ("shape", "method")}
    assert said["a-ts1-1", "shape"] == "Koch-pyramid tetrahedral shaped"
    assert said["a-ts1-2", "method"] == "MS, first-principle calculation" and said["a-ts1-2", "shape"] == "core-cage structure"
    assert said["a-ts1-6", "method"] == "pair distribution function (PDF)"
    assert ("a-ts1-7", "method") not in said and ("a-ts1-9", "method") not in said


def test_what_is_not_printed_for_a_run_is_no_value(shipped: Workspace, values: list[Stated]) -> None:
    inferred = {e.id: e.record.body.get("inferred", ()) for e in shipped.catalog.by_kind["zone"]}
    of_zones = [v for v in values if v.kind == "zone"]
    assert of_zones
    for value in of_zones:
        field = "amounts" if value.property_id.startswith("amount of ") else value.property_id
        assert field not in inferred[value.item] and "gave" not in inferred[value.item]


def test_whose_a_value_is_may_be_open(values: list[Stated]) -> None:
    half_lives = [v for v in values if v.property_id == "half-life"]
    assert half_lives and all(len(v.subjects) == 2 for v in half_lives if v.item == "d-halflives")


@pytest.mark.parametrize(
    ("text", "unit", "number"), [("~ 2 h", "min", 120.0), ("0.05 um", "nm", 50.0), ("350 nm", "", 350.0), ("> 5", "", 5.0)]
)
def test_numbers_to_sort_by(text: str, unit: str, number: float) -> None:
    assert number_of(text, unit) == pytest.approx(number)
    assert isnan(number_of("disc")) and isnan(number_of("3 nm", "K"))
