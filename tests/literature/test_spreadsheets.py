"""Tables as files: exact both ways, no formula, nothing too large."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.errors import BadInputError, TooLargeError
from mechkg.literature import spreadsheets
from mechkg.literature.spreadsheets import Sheet, from_csv, from_xlsx, guarded, to_csv, to_xlsx, unguarded

COLUMNS = {"id": "Name.", "words": "=what it says", "more": ""}
HOSTILE = [
    "=1+1", "+1 nm", "-3.2 kJ", "@SUM(A1)", "'=x", "''", "'tis", "\tcell", "＝1", "a,b;c\td", 'say "so"', "two\nlines",
    "0012", "1e5", "10-3", "> 10", "(CdS)₃₄", "−3.2", "_x0041_", "TRUE", "2020-01-01",
]  # fmt: skip


def table(*words: str) -> Sheet:
    return Sheet("claim", COLUMNS, [{"id": f"row-{n}", "words": text} for n, text in enumerate(words)])


def rows(read: spreadsheets.SheetRead) -> list[str]:
    assert all(not row.odd for row in read.rows)
    return [row.cells["words"] for row in read.rows]


def test_what_programs_would_take_for_something_else_comes_back_as_it_was() -> None:
    assert rows(from_csv(to_csv(table(*HOSTILE)), "a.csv")) == HOSTILE
    assert rows(from_xlsx(to_xlsx([table(*HOSTILE)]), "a.xlsx")) == HOSTILE


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n\t'=+-@")), max_size=5)
)
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    assert rows(from_csv(to_csv(table(*texts)), "a.csv")) == texts


@given(st.text())
def test_a_guarded_cell_begins_like_no_formula_and_is_unguarded_exactly(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    assert not safe or (safe[0] not in "=@\t\r" and (safe[0] not in "+-" or float(safe) is not None))


def test_in_xlsx_every_cell_is_a_text() -> None:
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx([table(*HOSTILE)])))["claim"]
    cells = [cell for row in page.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and {cell.number_format for cell in cells} == {"@"}


def test_columns_are_explained_in_a_row_or_a_sheet_of_their_own() -> None:
    text = to_csv(table("x")).decode("utf-8-sig").splitlines()
    assert text[:2] == ["id,words,more", "# claim: Name.,'=what it says,"]
    assert from_csv(to_csv(table("x")), "a.csv").name == "claim"
    assert from_csv(to_csv(table("x"), notes=False), "a.csv").name is None
    told = from_xlsx(to_xlsx([table("x")]), "a.xlsx", "columns")
    assert [row.cells for row in told.rows][1] == {"table": "claim", "column": "words", "meaning": "=what it says"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_other_programs_part_columns_otherwise(delimiter: str) -> None:
    read = from_csv(f"id{delimiter}words\r\na{delimiter}b\r\n".encode("utf-8-sig"), "a.csv")
    assert [row.cells for row in read.rows] == [{"id": "a", "words": "b"}] and read.rows[0].number == 2


def book(*cells: Any) -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(["id", "words"])
    for cell in cells:
        page.append(["a", cell])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_what_is_no_text_is_told_or_read_as_printed() -> None:
    from datetime import datetime

    read = from_xlsx(book(3, 2.5, 7.0, True, "=1+1", datetime(2020, 1, 2)), "a.xlsx")
    assert [row.cells["words"] for row in read.rows] == ["3", "2.5", "7", "yes", "", ""]
    assert [row.odd.get("words") for row in read.rows][4:] == [
        "a formula, where its value was expected",
        "the date or time 2020-01-02 00:00:00, where a text was expected: format the column as text",
    ]


# --- refused ----------------------------------------------------------------------------------------------------------


def bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as file:
        for _ in range(size // 1_000_000):
            file.write(b" " * 1_000_000)
    return out.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    content = bomb(spreadsheets.LARGEST_UNPACKED + 2_000_000)
    assert len(content) < 1_000_000
    with pytest.raises(TooLargeError, match="would unpack to"):
        from_xlsx(content, "bomb.xlsx")


def test_an_archive_of_very_many_files_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(spreadsheets.MOST_FILES + 1):
            archive.writestr(f"{number}", "")
    with pytest.raises(TooLargeError, match="holds 1001 files"):
        from_xlsx(out.getvalue(), "many.xlsx")


def test_entities_in_a_sheet_are_refused() -> None:
    content = book("x")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for each in archive.infolist():
            text = archive.read(each.filename)
            if each.filename == "xl/workbook.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>' + text.removeprefix(b'<?xml version="1.0"?>')
            made.writestr(each.filename, text)
    with pytest.raises(BadInputError, match="is damaged, or no XLSX"):
        from_xlsx(out.getvalue(), "entities.xlsx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfei\x00d\x00", "no text in UTF-8"),
        (b'id,words\na,"open', "is no CSV"),
        (b"id,words,words\n", "two columns 'words'"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        from_csv(content, "a.csv")


@pytest.mark.parametrize("content", [b"PK nothing", b"PK\x03\x04" + b"x" * 50, b""])
def test_what_is_no_xlsx_is_refused(content: bytes) -> None:
    with pytest.raises(BadInputError, match="is damaged, or no XLSX"):
        from_xlsx(content, "a.xlsx")


def test_limits_on_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    content = to_csv(table("a", "b", "c"))
    with pytest.raises(TooLargeError, match="more than 2 rows"):
        from_csv(content, "a.csv")
    with pytest.raises(TooLargeError, match="more than 2 rows"):
        from_xlsx(to_xlsx([table("a", "b", "c")]), "a.xlsx")
    monkeypatch.setattr(spreadsheets, "MOST_COLUMNS", 2)
    with pytest.raises(TooLargeError, match="more than 2 columns"):
        from_csv(b"id,words,more\na,b,c\n", "a.csv")
    monkeypatch.setattr(spreadsheets, "LARGEST", 10)
    with pytest.raises(TooLargeError, match="at most 10 are read"):
        from_csv(content, "a.csv")
    with pytest.raises(TooLargeError, match="a cell of XLSX holds"):
        to_xlsx([table("x" * 40_000)])


def test_a_cell_beyond_the_last_column_is_told() -> None:
    (row,) = from_csv(b"id,words\na,b,c\n", "a.csv").rows
    assert row.odd == {"(no column)": "'c' beyond the last column"}
