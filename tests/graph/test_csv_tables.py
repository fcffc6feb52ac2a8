"""Tables: what each column means, and that every item comes back from its rows as it was."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from mechkg.errors import BadInputError
from mechkg.graph.csv_tables import KEYS, QUANTITY, Cells, accepted_of, rows_of, tables
from mechkg.graph.ontology import definition_of
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import Act, AssertionRecord, Subject, content_id
from mechkg.model.source import Document
from mechkg.service.workspace import Workspace
from tests.graph.items import ANY_ITEM, values

TABLES = {table.name: table for table in tables(definition_of)}


def act_on(record: AssertionRecord) -> Act:
    when, change_set = datetime(2026, 5, 4, 12, 30, 1, 5, UTC), Subject("set", "s-1")
    return Act(3, "restore", record.id, "A. Curator", when, "checked", None, "d" * 64, change_set, "web", {"looked-at": [1, "x"]})


def record_of(kind: ItemKind, /, **content: Any) -> AssertionRecord:
    item = ITEM_TYPES[kind].model_validate({"id": "x-1", **content})
    return AssertionRecord.of(kind, item, item.id, "paper")


def rows(record: AssertionRecord) -> list[tuple[str, Cells]]:
    return list(rows_of(record, act_on(record), "the-name"))


def through_text(written: list[tuple[str, Cells]]) -> list[tuple[str, Cells]]:
    """Rows as they come back from CSV, with a cell for each column of their table."""
    back = []
    for table, cells in written:
        columns = list(TABLES[table].columns)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerow(cells)
        back += [(table, row) for row in csv.DictReader(io.StringIO(text.getvalue(), newline=""))]
    return back


# --- columns ----------------------------------------------------------------------------------------------------------


def test_there_is_a_table_per_kind_of_item_and_no_column_stands_for_two_things() -> None:
    assert [name for name in TABLES if "." not in name] == ["document", *ITEM_TYPES]
    for table in TABLES.values():
        fields = [column for column in table.columns if column not in KEYS]
        assert "id" in fields or "." in table.name
    for kind, model in ITEM_TYPES.items():
        names = {info.alias or name for name, info in model.model_fields.items()}
        assert not names & set(KEYS), kind


def test_columns_are_explained() -> None:
    bare = [f"{table.name}: {name}" for table in TABLES.values() for name, meaning in table.columns.items() if not meaning]
    assert bare == []


def test_a_quantity_has_columns_of_its_own() -> None:
    record = record_of("observation", kind="absent", at="p/s", limit="~ 0.1 to 0.5 h")
    [(table, cells)] = rows(record)
    assert table == "observation"
    assert {part: cells.get(f"limit.{part}") for part in QUANTITY} == {
        "value": "0.1", "unit": "h", "high": "0.5", "uncertainty": None, "relation": "~",
    }  # fmt: skip


def test_words_stand_in_place_of_a_number() -> None:
    record = record_of("procedure", title="T", stages=[{"id": "a", "action": "mix", "temperature": "room temperature"}])
    [_, (table, cells)] = rows(record)
    assert (table, cells["temperature.words"], "temperature.value" in cells) == ("procedure.stages", "room temperature", False)


def test_a_list_of_texts_is_one_cell_that_can_be_told_apart() -> None:
    record = record_of("species", kind="PC", material="m", names=['a; "b"', "c, d"])
    [(_, cells)] = rows(record)
    assert cells["names"] == '["a; \\"b\\"", "c, d"]'


def test_parts_have_rows_of_their_own() -> None:
    stages = [{"id": "a", "action": "mix", "charge": [{"of": "x", "amount": "1 mmol"}, "y"], "parameters": {"gas": "N2"}}]
    found = rows(record_of("procedure", title="T", stages=[*stages, {"id": "b", "action": "heat", "charge": "z"}]))
    charged = [(cells["row"], cells["of"], cells.get("amount.value")) for table, cells in found if table.endswith("charge")]
    assert charged == [("1.1", "x", "1"), ("1.2", "y", None), ("2.1", "z", None)]
    [(_, setting)] = [(table, cells) for table, cells in found if table == "procedure.stages.parameters"]
    assert (setting["row"], setting["key"], setting["entry"]) == ("1.1", "gas", "N2")


# --- there and back ---------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANY_ITEM)
def test_any_item_comes_back(case: tuple[ItemKind, Any]) -> None:
    kind, item = case
    record = AssertionRecord.of(kind, item, item.id, "paper")
    assert accepted_of(reversed(through_text(rows(record)))) == [(record, act_on(record))]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(values(Document))
def test_any_document_comes_back(document: Document) -> None:
    record = AssertionRecord.of("document", document, document.id, document.id)
    assert accepted_of(through_text(rows(record))) == [(record, act_on(record))]


def test_no_item_of_the_corpus_needs_its_json(shipped: Workspace) -> None:
    accepted = shipped.ledger.accepted_with_acts()
    written = [row for record, act in accepted for row in rows_of(record, act, "")]
    assert [cells["assertion"] for _, cells in written if cells.get("content")] == []
    assert accepted_of(written) == accepted


def test_what_cells_cannot_tell_goes_along_as_json() -> None:
    body = {"id": "x-1", "formula": "F", "of_an_older_version": 1}
    record = AssertionRecord(
        content_id({"kind": "material", "document": "paper", "body": body}), "material", "x-1", "paper", body
    )
    [(_, cells)] = rows(record)
    assert '"of_an_older_version":1' in cells["content"]
    assert accepted_of(through_text(rows(record))) == [(record, act_on(record))]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"formula": "G"}, "something in them was changed"),
        ({"document": "other"}, "something in them was changed"),
        ({"band_gap.value": "x"}, "cannot be read as a material"),
        ({"act.at": "yesterday"}, "cannot be read as a material"),
        ({"act.position": ""}, "cannot be read as a material"),
    ],
)
def test_a_changed_cell_is_refused(changes: Cells, why: str) -> None:
    record = record_of("material", formula="F", band_gap="2 eV")
    [(table, cells)] = rows(record)
    with pytest.raises(BadInputError, match=why):
        accepted_of([(table, cells | changes)])


def test_a_part_without_its_item_and_an_item_without_its_part_are_refused() -> None:
    record = record_of("procedure", title="T", stages=[{"id": "a", "action": "mix"}])
    item, part = rows(record)
    with pytest.raises(BadInputError, match="no row for that assertion itself"):
        accepted_of([part])
    with pytest.raises(BadInputError, match="something in them was changed"):
        accepted_of([item])
