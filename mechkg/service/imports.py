"""Tables that somebody is about to import: kept for them alone between the preview and the proposal."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Final

from mechkg.errors import BadInputError
from mechkg.literature.spreadsheets import LARGEST as LARGEST
from mechkg.literature.spreadsheets import guarded
from mechkg.model.person import Caller
from mechkg.service.import_table import Preview, column_of, preview_table
from mechkg.service.keep_answers import answers_of
from mechkg.service.private_files import PrivateFiles
from mechkg.service.workspace import Workspace

DAYS: Final = 7
"""So many days after it was last looked at a table is deleted."""

MOST: Final = 20
"""Tables that one person may keep."""


def tables_of(workspace: Workspace, by: Caller) -> PrivateFiles:
    """Return the tables of one person."""
    if workspace.home is None:
        raise BadInputError("tables are kept in a home folder, and this workspace has none")
    return PrivateFiles(workspace.home / "uploads", by.person, days=DAYS, most=MOST)


def keep_table(workspace: Workspace, by: Caller, content: bytes, name: str) -> str:
    """Keep a table for one person, and return the hash that it goes by; the oldest gives way where there are too many."""
    store = tables_of(workspace, by)
    store.sweep()
    for old in store.list()[MOST - 1 :]:
        store.delete(old.digest)
    digest = hashlib.sha256(content).hexdigest()
    store.keep(digest, content, {"name": Path(name).name[:200] or "table.csv"})
    return digest


def preview_kept(workspace: Workspace, by: Caller, digest: str, kind: str | None, document: str | None) -> Preview:
    """Hold a table that the caller keeps against what counts, as :func:`preview_table` does; raise NotFoundError for no such."""
    store = tables_of(workspace, by)
    content = store.content(digest)
    name = str(store.about(digest).about["name"])
    key = ("table", workspace.version, digest, name, kind, document)
    return answers_of(workspace).ask(
        key, lambda: preview_table(workspace, content, name, kind=kind or None, document=document or None), 120.0
    )


def findings_table(found: Preview) -> bytes:
    """Return what was found in a table as CSV, a row for each finding, that spreadsheet programs open."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "column", "severity", "what", "hint"])
    for each in found.findings:
        row = str(each.line or "")
        writer.writerow([row, *map(guarded, (column_of(each) or "", each.severity, each.message, each.hint or ""))])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
