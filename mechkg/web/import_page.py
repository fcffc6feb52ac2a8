"""Import of a table: templates, a preview with what is wrong by row and column, and the proposal of all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from mechkg.literature.spreadsheets import SheetRow
from mechkg.model.finding import Finding
from mechkg.service.import_table import Preview, column_of
from mechkg.service.imports import LARGEST
from mechkg.web.form_page import CALLED
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.wrong import Wrong

MOST_ROWS = 200
"""Rows that are shown besides those with something wrong."""
MOST_COLUMNS = 40
LONGEST_CELL = 160


@dataclass(frozen=True, slots=True)
class ImportPage:
    """What the page shows: what was chosen, what is wrong with that, and the preview of a table that was given."""

    kind: str = ""
    document: str = ""
    papers: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    preview: Preview | None = None
    wrong: Wrong | None = None
    title: str = ""
    reason: str = ""

    @property
    def kinds(self) -> Mapping[str, str]:
        """Kinds of items in words."""
        return CALLED

    @property
    def megabytes(self) -> int:
        """How large a table may be."""
        return LARGEST // 1024 // 1024

    @property
    def query(self) -> str:
        """What was chosen, as an address tells it."""
        return urlencode([(name, value) for name, value in (("kind", self.kind), ("document", self.document)) if value])

    @property
    def errors(self) -> list[Finding]:
        """What stands against it."""
        return [f for f in self._findings if f.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What a reviewer will see."""
        return [f for f in self._findings if f.severity != "error"]

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return self.preview.findings if self.preview else ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are shown: those with something in them."""
        if self.preview is None:
            return ()
        sheet = self.preview.sheet
        wrong = {column_of(f) for f in self._findings}
        used = [c for c in sheet.columns if c in wrong or c == "id" or any(row.cells.get(c, "").strip() for row in sheet.rows)]
        return tuple(used[:MOST_COLUMNS])

    @property
    def columns_cut(self) -> int:
        """How many columns are not shown."""
        return 0 if self.preview is None else len(self.preview.sheet.columns) - len(self.columns)

    @property
    def rows(self) -> list[SheetRow]:
        """Rows that are shown: those with something wrong, and as many others as there is room for."""
        if self.preview is None:
            return []
        told = {f.line for f in self._findings}
        others = 0
        found = []
        for row in self.preview.sheet.rows:
            if row.number in told:
                found.append(row)
            elif others < MOST_ROWS:
                others += 1
                found.append(row)
        return found[: 3 * MOST_ROWS]

    @property
    def rows_cut(self) -> int:
        """How many rows are not shown."""
        return 0 if self.preview is None else len(self.preview.sheet.rows) - len(self.rows)

    def becomes(self, row: SheetRow) -> str:
        """Say what would become of a row."""
        assert self.preview is not None
        name = row.cells.get("id", "").strip()
        if any(f.line == row.number and f.severity == "error" for f in self._findings):
            return "to be put right"
        found = (("added", "new"), ("changed", "changed"), ("unchanged", "reads so already"))
        return next((words for of, words in found if name in getattr(self.preview, of)), "to be put right")

    def at(self, row: SheetRow, column: str) -> list[Finding]:
        """Return what is wrong with a cell."""
        return [f for f in self._findings if f.line == row.number and column_of(f) == column]

    def of_row(self, row: SheetRow) -> list[Finding]:
        """Return what is wrong with a row that belongs to none of the columns shown."""
        return [f for f in self._findings if f.line == row.number and column_of(f) not in self.columns]

    @property
    def of_all(self) -> list[Finding]:
        """Return what is wrong with the table itself."""
        numbers = {row.number for row in self.preview.sheet.rows} if self.preview else set()
        return [f for f in self._findings if f.line not in numbers]

    @staticmethod
    def told(finding: Finding) -> str:
        """Return what is wrong, in words for a cell: its column need not be named again."""
        message = re.sub(r"^column '[^']+': ", "", finding.message)
        return f"{message[:1].upper()}{message[1:]}."

    @staticmethod
    def cut(text: str) -> str:
        """Return a cell as it is shown."""
        return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]} …"


def import_page(page: ImportPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("import_page.html", page, frame)
