"""Tables as CSV and XLSX files, safely: text stays text, nothing is a formula, and what is too large is refused unread.

Spreadsheet programs take a cell that begins with =, +, - or @ for a formula. In CSV such a cell gets an apostrophe before it,
which is taken off again when read; in XLSX it is stored as a text. This is the only file that imports openpyxl, which comes with
the extra ``spreadsheets``.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from mechkg.errors import BadInputError, MissingExtraError, TooLargeError

LARGEST = 20 * 1024 * 1024
"""Bytes of a file, at most."""
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes that an XLSX file may unpack to, at most."""
MOST_FILES = 1000
"""Files in an XLSX file, at most."""
MOST_ROWS = 20_000
MOST_COLUMNS = 1000
LONGEST_CELL = 32_767
"""Characters that a cell of XLSX may hold."""

_FORMULA = "=+-@\t\r\n＝＋－＠"
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_DELIMITERS = (",", ";", "\t")
NOTE = "#"
"""A row whose first cell begins so tells what the columns mean, and is passed over when read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns with what each means, and rows of texts by column."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that was read: its number in the file, counted from 1, and its cells. ``odd`` says what is wrong with a cell."""

    number: int
    cells: Mapping[str, str]
    odd: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A table that was read. ``name`` is that of the sheet, of CSV what its row of notes begins with, if it has one."""

    name: str | None
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]


# --- safe cells -------------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula; a plain number may stay.

    >>> guarded("=1+1"), guarded("-3.2"), guarded("-1e-05"), guarded("-3.2 kJ"), guarded("'=x")
    ("'=1+1", '-3.2', '-1e-05', "'-3.2 kJ", "''=x")
    """
    begins = text[:1] == "'" and text[1:2] and text[1] in f"'{_FORMULA}"
    return f"'{text}" if begins or (text[:1] and text[0] in _FORMULA and not _NUMBER.fullmatch(text)) else text


def unguarded(text: str) -> str:
    """Return what :func:`guarded` was given."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in f"'{_FORMULA}" else text


# --- CSV --------------------------------------------------------------------------------------------------------------


def to_csv(sheet: Sheet, *, notes: bool = True) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, by which spreadsheet programs know it; ``notes``: with what the
    columns mean, in the second row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = list(sheet.columns)
    writer.writerow(map(guarded, columns))
    if notes:
        meanings = [sheet.columns[name] for name in columns]
        writer.writerow([f"{NOTE} {sheet.name}: {meanings[0]}", *map(guarded, meanings[1:])])
    for row in sheet.rows:
        writer.writerow([guarded(row.get(name, "")) for name in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def from_csv(content: bytes, name: str) -> SheetRead:
    """Read a table from CSV, its columns parted by commas, semicolons or tabs. ``name`` is for messages.

    Raises BadInputError for what is no such table, TooLargeError for what is more than can be taken.
    """
    _check_size(content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"'{name}' is no text in UTF-8 (byte {error.start})", hint="save it as 'CSV UTF-8', or as XLSX"
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(LARGEST)
    try:
        return _table(_csv_rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)), name)
    except csv.Error as error:
        raise BadInputError(f"'{name}' is no CSV: {error}", hint="a quotation mark may be open somewhere") from error


def _csv_rows(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    """Yield rows with their numbers, each cell with what is odd about it."""
    for number, row in enumerate(rows, start=1):
        yield number, [(unguarded(cell), None) for cell in row]


# --- XLSX -------------------------------------------------------------------------------------------------------------


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as one XLSX file: a sheet for each, and one that tells what the columns mean.

    Raises MissingExtraError without openpyxl, TooLargeError for a cell that is longer than XLSX allows.
    """
    openpyxl = _openpyxl()
    told = Sheet(
        "columns",
        {"table": "", "column": "", "meaning": ""},
        [{"table": s.name, "column": c, "meaning": m} for s in sheets for c, m in s.columns.items()],
    )
    for sheet in (*sheets, told):
        _check_cells(sheet)  # before the book is opened, which does not like to be left half written
    book = openpyxl.Workbook(write_only=True)
    for sheet in (*sheets, told):
        page = book.create_sheet(sheet.name[:31])
        page.freeze_panes = "B2"
        columns = list(sheet.columns)
        for row in (dict(zip(columns, columns, strict=True)), *sheet.rows):
            page.append([_text_cell(page, row.get(column, "")) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check_cells(sheet: Sheet) -> None:
    for row in sheet.rows:
        for column, text in row.items():
            where = f"'{column}' of '{row.get('id', sheet.name)}'"
            if len(text) > LONGEST_CELL:
                raise TooLargeError(f"{where} has {len(text)} characters; a cell of XLSX holds {LONGEST_CELL}", hint="take CSV")
            if _CONTROL.search(text):
                raise BadInputError(f"{where} holds control characters, which XLSX cannot", hint="take CSV")


def _text_cell(page: Any, text: str) -> Any:
    """Return a cell that is a text, whatever it looks like, and stays one when it is edited."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, None)
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        if text[0] in _FORMULA:
            cell.quotePrefix = True
    return cell


def from_xlsx(content: bytes, name: str, sheet: str | None = None) -> SheetRead:
    """Read a table from XLSX: the sheet of that name where there is one, else the first.

    Raises BadInputError for what is no XLSX, or holds no sheet; TooLargeError for what is more than can be taken, before it
    is unpacked; MissingExtraError without openpyxl.
    """
    _check_size(content, name)
    _check_archive(content, name)
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        names = [page.title for page in book.worksheets]
        if not names:
            raise BadInputError(f"'{name}' has no sheet")
        page = book[sheet if sheet in names else names[0]]
        page.reset_dimensions()
        rows = page.iter_rows(max_row=MOST_ROWS + 3, max_col=MOST_COLUMNS + 1)
        return _table(_xlsx_rows(rows), name, page.title)
    except (BadInputError, TooLargeError):
        raise
    except Exception as error:  # what a damaged file does to the library that reads it has many names
        raise BadInputError(f"'{name}' is damaged, or no XLSX", hint="open and save it anew, or give CSV") from error


def _xlsx_rows(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    for number, row in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> tuple[str, str | None]:
    """Return what a cell says as text, and what is odd about it."""
    value = cell.value
    if value is None:
        return "", None
    if getattr(cell, "data_type", "") == "f":
        return "", "a formula, where its value was expected"
    if getattr(cell, "data_type", "") == "e":
        return "", f"the error {value}, where a value was expected"
    if isinstance(value, bool):
        return ("yes" if value else "no"), None
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)), None
    if isinstance(value, datetime | date | time):
        return "", f"the date or time {value}, where a text was expected: format the column as text"
    return str(value), None


def _check_archive(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadInputError(
            f"'{name}' is damaged, or no XLSX", hint="save it as 'Excel Workbook (.xlsx)', or give CSV"
        ) from error
    if len(inside) > MOST_FILES:
        raise TooLargeError(f"'{name}' holds {len(inside)} files; at most {MOST_FILES} are opened")
    size = sum(each.file_size for each in inside)
    if size > LARGEST_UNPACKED:
        raise TooLargeError(f"'{name}' would unpack to {size} bytes; at most {LARGEST_UNPACKED} are taken", hint="split it")
    places = [each.header_offset for each in inside]
    if len(set(places)) != len(places):
        raise BadInputError(f"'{name}' holds files that overlap", hint="open and save it anew")


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        hint = "pip install 'mechkg[spreadsheets]', or take CSV"
        raise MissingExtraError("XLSX files need openpyxl", hint=hint) from error
    return openpyxl


# --- both -------------------------------------------------------------------------------------------------------------


def _check_size(content: bytes, name: str) -> None:
    if len(content) > LARGEST:
        raise TooLargeError(f"'{name}' has {len(content)} bytes; at most {LARGEST} are read", hint="split it")


def _table(rows: Iterator[tuple[int, list[tuple[str, str | None]]]], name: str, title: str | None = None) -> SheetRead:
    header: list[str] = []
    found: list[SheetRow] = []
    for number, row in rows:
        if len(row) > MOST_COLUMNS and any(text or odd for text, odd in row[MOST_COLUMNS:]):
            raise TooLargeError(f"'{name}' has more than {MOST_COLUMNS} columns", hint="split it")
        if not any(text.strip() or odd for text, odd in row):
            continue
        if not header:
            header = [text.strip() for text, _ in row]
            _check_header(header, name)
            continue
        first = row[0][0].lstrip()
        if first.startswith(NOTE):
            title = title or (first[len(NOTE) :].partition(":")[0].strip() or None)
            continue
        if len(found) == MOST_ROWS:
            raise TooLargeError(f"'{name}' has more than {MOST_ROWS} rows", hint="split it")
        cells = {column: text for column, (text, _) in zip(header, row, strict=False) if column}
        odd = {column: what for column, (_, what) in zip(header, row, strict=False) if column and what}
        extra = [text for text, _ in row[len(header) :] if text.strip()]
        if extra:
            odd["(no column)"] = f"'{extra[0]}' beyond the last column"
        found.append(SheetRow(number, cells, odd))
    if not header:
        raise BadInputError(f"'{name}' is empty", hint="the first row names the columns")
    return SheetRead(title, tuple(column for column in header if column), tuple(found))


def _check_header(header: Sequence[str], name: str) -> None:
    named = [column for column in header if column]
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise BadInputError(f"'{name}' has two columns '{twice[0]}'", hint="the first row names the columns, each once")
