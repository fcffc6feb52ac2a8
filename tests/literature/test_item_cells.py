"""Items as cells and back: every item of the shipped corpus, and what cells cannot tell."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.assets import corpus_dir
from mechkg.errors import BadInputError
from mechkg.graph.ontology import class_names
from mechkg.literature.corpus import read_corpus
from mechkg.literature.item_cells import CONTENT, BadCell, body_from, cells_of, field_of, fields_of
from mechkg.model.corpus import ITEM_TYPES, ItemKind


def bodies() -> list[tuple[ItemKind, dict[str, Any]]]:
    reading = read_corpus(sorted(corpus_dir().glob("*.yaml")), class_names())
    return [
        (kind, item.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        for _, corpus in reading.files
        for kind, item in corpus.items()
    ]


def test_every_item_of_the_corpus_comes_back_exactly_and_few_need_json() -> None:
    those = bodies()
    assert len(those) > 1000
    written = [cells_of(kind, body) for kind, body in those]
    for (kind, body), cells in zip(those, written, strict=True):
        assert body_from(kind, cells) == body
        assert ITEM_TYPES[kind].model_validate(body_from(kind, cells)) == ITEM_TYPES[kind].model_validate(body)
    assert sum(CONTENT in cells for cells in written) < 0.02 * len(written)


@pytest.mark.parametrize("note", ["two\rlines", "a\x0bb", "ends so\x1f", "\ud800"])
def test_what_a_table_may_lose_stands_as_json(note: str) -> None:
    body = {"id": "a", "kind": "model", "note": note}
    cells = cells_of("claim", body)
    assert set(cells) == {"id", CONTENT} and cells[CONTENT].isascii()
    assert body_from("claim", cells) == body


def test_a_text_with_lines_in_a_list_of_texts_stands_as_json() -> None:
    assert CONTENT in cells_of("claim", {"id": "a", "kind": "model", "quote": ["one\ntwo"]})


def test_parts_lists_and_tables_have_columns() -> None:
    body = {
        "id": "z",
        "procedure": "p",
        "varied": "x",
        "outcome": "o",
        "amounts": {"cd.1": "2 mmol"},
        "peaks": [{"at": ["3 min"]}],
    }
    cells = cells_of("zone", body)
    assert cells["amounts.cd.1"] == "2 mmol" and cells["peaks.1.at"] == "3 min"
    assert body_from("zone", cells) == body


@pytest.mark.parametrize(
    ("column", "message", "hint"),
    [
        ("sujbect", "there is no column 'sujbect'", "did you mean 'subject'?"),
        ("measured.1.quanity", "there is no column", "did you mean 'measured.1.quantity'?"),
        ("measured.quantity", "says not which of the list", "write it as in measured.1.what; at most 200 are read"),
        ("measured.999.what", "says not which of the list", "write it as in measured.1.what; at most 200 are read"),
        ("window", "has parts", "write it as in window.start"),
        ("kind.more", "there is no column", "did you mean 'kind'?"),
        ("orders", "says not whose", "write it as in orders.name"),
        ("zzz", "there is no column", None),
    ],
)
def test_an_unknown_column_is_answered_with_the_nearest(column: str, message: str, hint: str | None) -> None:
    with pytest.raises(BadCell, match=message) as found:
        field_of("observation", column)
    assert (found.value.column, found.value.hint) == (column, hint)


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"prompt": "maybe"}, "prompt", "expected yes or no, found 'maybe'"),
        ({"orders.x": "two"}, "orders.x", "expected a number, found 'two'"),
        ({CONTENT: "{"}, CONTENT, "this is no JSON"),
        ({CONTENT: "[]"}, CONTENT, "a JSON object"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cells: dict[str, str], column: str, message: str) -> None:
    with pytest.raises(BadCell, match=message) as found:
        body_from("observation", cells)
    assert found.value.column == column


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInputError, match="did you mean 'claim'"):
        fields_of("claims")  # type: ignore[arg-type]
