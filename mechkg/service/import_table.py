"""Import items from a table: held against all that counts first, then proposed as one change set, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mechkg.curation.edits import Put
from mechkg.errors import BadInputError, nearest
from mechkg.literature.item_cells import CONTENT, BadCell, body_from, cells_of, field_of, fields_of
from mechkg.literature.spreadsheets import SheetRead, SheetRow, from_csv, from_xlsx
from mechkg.model.change_set import ChangeSet
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.finding import Finding, Severity, errors
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.person import Caller
from mechkg.model.source import Document
from mechkg.service.acting import PutItem
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.check_edits import check_edits
from mechkg.service.export_table import DOCUMENT
from mechkg.service.fit import doubts
from mechkg.service.propose import propose
from mechkg.service.supposed import supposed_catalog
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing a table would do: items added, changed and left as they are, and what is wrong, row by row."""

    name: str
    kind: ItemKind
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    findings: tuple[Finding, ...]
    asked: tuple[PutItem, ...]
    sheet: SheetRead

    @property
    def acceptable(self) -> bool:
        """Whether nothing stands against it."""
        return not errors(list(self.findings))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content."""
        return {
            "file": self.name,
            "kind": self.kind,
            "added": list(self.added),
            "changed": list(self.changed),
            "unchanged": list(self.unchanged),
            "findings": [
                {"severity": f.severity, "code": f.code, "row": f.line, "message": f.message, "hint": f.hint}
                for f in self.findings
            ],
        }


def preview_table(
    workspace: Workspace, content: bytes, name: str, *, kind: str | None = None, document: str | None = None
) -> Preview:
    """Hold a table, CSV or XLSX, against what counts. Nothing is changed.

    ``kind`` is that of its items, by default what the table calls itself; ``document`` is for rows that name none. A column that
    is not there leaves its field as it is, an empty cell empties it. Raises as :func:`from_csv` and :func:`from_xlsx` do, and
    BadInputError when the kind cannot be told.
    """
    is_xlsx = content[:2] == b"PK" or Path(name).suffix.lower() == ".xlsx"  # by its name too: a damaged one is told as such
    read = from_xlsx(content, name, kind) if is_xlsx else from_csv(content, name)
    chosen = _kind(read, name, kind)
    return _Import(workspace, read, name, chosen, document).preview()


def import_table(
    workspace: Workspace, by: Caller, found: Preview, *, title: str | None = None, reason: str | None = None
) -> ChangeSet:
    """Propose what a preview showed, as one change set.

    Raises BadInputError, naming the first error, when anything stands against it or nothing would change; and as
    :func:`mechkg.service.propose.propose` does.
    """
    if wrong := errors(list(found.findings)):
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise BadInputError(f"'{found.name}' is not imported: {wrong[0]}{more}", hint="nothing was changed; mend the table")
    if not found.asked:
        raise BadInputError(f"'{found.name}' changes nothing", hint=f"its {len(found.unchanged)} items read like this already")
    return propose(workspace, by, found.asked, title=title or f"Imported from {found.name}"[:200], reason=reason)


def _kind(read: SheetRead, name: str, kind: str | None) -> ItemKind:
    valid: tuple[ItemKind, ...] = ("document", *ITEM_TYPES)
    said = kind or read.name or ""
    for known in valid:
        if said == known:
            return known
    close = nearest(said, valid)
    if kind is None:
        raise BadInputError(f"'{name}' does not say of which kind its items are", hint=f"say it: one of {', '.join(valid)}")
    raise BadInputError(f"there is no kind of item called '{kind}'", hint=f"did you mean '{close}'?" if close else None)


def column_of(finding: Finding) -> str | None:
    """Return the column that a finding about a table is of; None for one that is of a row, or of all.

    >>> column_of(Finding("error", "table.bad-value", "column 'kind': not known"))
    'kind'
    """
    match = re.match(r"column '([^']+)'", finding.message) or re.match(r"there is no column '([^']+)'", finding.message)
    return match[1] if match else None


class _Import:
    """One table under import."""

    def __init__(self, workspace: Workspace, read: SheetRead, name: str, kind: ItemKind, document: str | None) -> None:
        self.workspace, self.catalog = workspace, workspace.catalog
        self.read, self.name, self.kind, self.document = read, name, kind, document
        self.findings: list[Finding] = []
        self.row_of: dict[str, int] = {}
        self._of_no_document: dict[str, list[int]] = {}

    def preview(self) -> Preview:
        columns = self._columns()
        puts: list[tuple[PutItem, Put]] = []
        added, changed, unchanged = [], [], []
        for row in self.read.rows:
            made = self._row(row, columns)
            if made is None:
                continue
            asked, record, now = made
            if now is None:
                added.append(record.item)
            elif now.record == record:
                unchanged.append(record.item)
                continue
            else:
                changed.append(record.item)
            puts.append((asked, Put(record, now.record.id if now else None)))
        self._tell_documents()
        if not errors(self.findings) and puts:
            self._held_against_all([put for _, put in puts])
        ordered = sorted(self.findings, key=lambda f: f.line or 0)
        asked_for = tuple(asked for asked, _ in puts)
        return Preview(self.name, self.kind, tuple(added), tuple(changed), tuple(unchanged), tuple(ordered), asked_for, self.read)

    # --- columns

    def _columns(self) -> frozenset[str]:
        if "id" not in self.read.columns:
            close = nearest("id", self.read.columns)
            hint = f"is '{close}' meant?" if close else "it names each item"
            self._find(1, "table.no-id", "there is no column 'id'", hint)
        known = []
        for column in self.read.columns:
            if column in (DOCUMENT, CONTENT):
                known.append(column)
                continue
            try:
                field_of(self.kind, column)
                known.append(column)
            except BadCell as error:
                names = [field.name for field in fields_of(self.kind)] + [DOCUMENT]
                close = nearest(column, names)
                self._find(
                    1, "table.unknown-column", error.message, error.hint or (f"did you mean '{close}'?" if close else None)
                )
        return frozenset(known)

    # --- rows

    def _row(self, row: SheetRow, columns: frozenset[str]) -> tuple[PutItem, AssertionRecord, Entry | None] | None:
        before = len(self.findings)
        for column, what in row.odd.items():
            self._find(row.number, "table.odd-cell", f"column '{column}' holds {what}")
        cells = {column: text for column, text in row.cells.items() if column in columns}
        ident = cells.get("id", "").strip()
        if not ident:
            self._find(row.number, "table.no-id", "column 'id' is empty", "it names the item")
            return None
        if ident in self.row_of:
            self._find(row.number, "table.twice", f"'{ident}' stands in row {self.row_of[ident]} already", "join the two rows")
            return None
        self.row_of[ident] = row.number
        now = self.catalog.entries.get(ident)
        document = self._document(row, cells, now)
        if now is not None and (now.kind != self.kind or document not in (None, now.record.document)):
            is_ = f"a {now.kind} of '{now.record.document}'"
            self._find(row.number, "table.taken", f"'{ident}' is {is_}", "give the new item an id of its own")
            return None
        record = None
        if document is not None:
            record = self._record(row, {c: t for c, t in cells.items() if c != DOCUMENT}, document, now)
        if document is None or record is None or len(self.findings) > before:
            return None
        return PutItem(self.kind, document, record.body), record, now

    def _document(self, row: SheetRow, cells: Mapping[str, str], now: Entry | None) -> str | None:
        if self.kind == "document":
            return cells["id"].strip()
        said = cells.get(DOCUMENT, "").strip() or self.document or (now.record.document if now else "")
        known = [e.id for e in self.catalog.by_kind.get("document", ())]
        # an item goes on counting when its document does not
        if said in known or (now is not None and said == now.record.document):
            return said
        self._of_no_document.setdefault(said, []).append(row.number)
        return None

    def _tell_documents(self) -> None:
        """Say once of each document that is not there how many rows name it."""
        known = [e.id for e in self.catalog.by_kind.get("document", ())]
        for said, rows in self._of_no_document.items():
            close = nearest(said, known)
            hint = f"did you mean '{close}'?" if close else f"known: {', '.join(known)}"
            message = f"column '{DOCUMENT}': there is no document '{said}'" if said else f"column '{DOCUMENT}' is empty"
            if said and any(act.kind == "retract" for act in self.workspace.ledger.history(said)):
                message = f"column '{DOCUMENT}': '{said}' was retracted, so nothing new can be taken from it"
                hint = "restore it first, or name another document"
            if len(rows) > 1:
                message += f" (in {len(rows)} rows, of which this is the first)"
            self._find(rows[0], "table.no-document", message, hint)

    def _record(self, row: SheetRow, cells: dict[str, str], document: str, now: Entry | None) -> AssertionRecord | None:
        if now is not None and not cells.get(CONTENT, "").strip():
            there = cells_of(self.kind, now.record.body)
            if CONTENT in there and CONTENT not in cells:
                message = f"'{now.id}' cannot be told in cells, and column '{CONTENT}' is not there"
                self._find(row.number, "table.no-content", message, "export it anew, and leave that column in")
                return None
            kept = {column: text for column, text in there.items() if not self._covered(column) and column != CONTENT}
            cells = {**kept, **cells}
        model = Document if self.kind == "document" else ITEM_TYPES[self.kind]
        try:
            body = body_from(self.kind, cells)
            if body.get("id") != cells["id"].strip():
                raise BadCell(CONTENT, f"the item is called '{body.get('id')}' here, and '{cells['id'].strip()}' in column 'id'")
            item = model.model_validate(body)
        except BadCell as error:
            self._find(row.number, "table.bad-cell", f"column '{error.column}': {error.message}", error.hint)
            return None
        except ValidationError as error:
            for each in error.errors():
                self._find(row.number, "table.bad-value", *self._told(each))
            return None
        return AssertionRecord.of(self.kind, item, item.id, document)

    def _covered(self, column: str) -> bool:
        """Say whether the table has the column, or others of the list that it belongs to."""
        first = column.partition(".")[0]
        is_list = any(field.name == first and field.shape == "parts" for field in fields_of(self.kind))
        return column in self.read.columns or (is_list and any(c.partition(".")[0] == first for c in self.read.columns))

    def _told(self, detail: Any) -> tuple[str, str | None]:
        place = [part for part in detail["loc"] if not (isinstance(part, str) and part.startswith(("function-", "tagged-")))]
        column = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        try:
            expected = field_of(self.kind, re.sub(r"\.\d+$", "", column)).expected
        except BadCell:
            expected = None
        given = detail.get("input")
        hint = f"expected {expected}" if expected else None
        if isinstance(given, str) and detail["type"] == "literal_error":
            words = re.findall(r"'([^']+)'", detail["msg"])
            close = nearest(given, words)
            hint = f"did you mean '{close}'?" if close else hint
        shown = f", found '{given}'" if isinstance(given, str) else ""
        return f"column '{column}': {detail['msg']}{shown}", hint

    # --- all of it together

    def _held_against_all(self, puts: list[Put]) -> None:
        edits = [put.edit for put in puts]
        records = {put.record.id: put.record for put in puts}
        then: Catalog = supposed_catalog(self.catalog, edits, records)
        for finding in check_edits(self.catalog, then, edits):
            self._add(finding.severity, finding.code, self._row_named(finding.message), finding.message, finding.hint)
        for doubt in doubts(self.catalog, then, edits):
            self._add("warning", doubt.finding.code, self.row_of.get(doubt.item), doubt.sentence, doubt.finding.hint)

    def _row_named(self, message: str) -> int | None:
        return next(self._rows_in(message), None)

    def _rows_in(self, message: str) -> Iterator[int]:
        for name in re.findall(r"'([^']+)'", message):
            if name in self.row_of:
                yield self.row_of[name]

    def _find(self, row: int, code: str, message: str, hint: str | None = None) -> None:
        self._add("error", code, row, message, hint)

    def _add(self, severity: Severity, code: str, row: int | None, message: str, hint: str | None) -> None:
        self.findings.append(Finding(severity, code, message, self.name, row, hint))
