"""Read a release back: from any of its forms, every assertion as it was, with the act that accepted it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from mechkg.errors import BadInputError, GraphError, nearest
from mechkg.graph.csv_tables import Cells, accepted_of, tables
from mechkg.graph.export_release import (
    COLUMNS,
    FORMAT,
    JSON_LD,
    MANIFEST,
    N_QUADS,
    RETRACTIONS,
    TABLES,
    TRIG,
    Manifest,
    ReleasedFile,
)
from mechkg.graph.publish import Accepted, accepted_in, retracted_in
from mechkg.graph.store import Syntax, read
from mechkg.graph.terms import Quad
from mechkg.literature.spreadsheets import unguarded
from mechkg.model.ledger_record import Act

Form = Literal["trig", "n-quads", "json-ld", "csv"]
"""A form of a release that it can be read back from."""

FILES: Final[dict[Form, str]] = {"trig": TRIG, "n-quads": N_QUADS, "json-ld": JSON_LD, "csv": TABLES}
"""Form -> file, or folder of files."""

_SYNTAX_OF: Final[dict[str, Syntax]] = {".trig": "trig", ".nq": "n-quads", ".jsonld": "json-ld"}


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it was read: what it says it is, its assertions with their acts, oldest act first, and the acts by which
    what earlier releases held was taken back.
    """

    manifest: Manifest
    accepted: tuple[Accepted, ...]
    retracted: tuple[Act, ...] = ()


def read_release(folder: Path, form: Form = "trig") -> Release:
    """Read a release from one of its forms.

    Raises BadInputError when the files that are read are not those that its manifest names, or do not hold what they should.
    """
    manifest = read_manifest(folder)
    wanted = FILES[form]
    takes_back = any(file.name == RETRACTIONS for file in manifest.files)
    for file in manifest.files:
        if file.name in (wanted, RETRACTIONS) or file.name.startswith(f"{wanted}/"):
            _verify(folder, file)
    accepted = tuple(read_accepted(folder / wanted))
    if len(accepted) != manifest.assertions:
        raise BadInputError(f"{folder / wanted} holds {len(accepted)} assertions; {MANIFEST} says {manifest.assertions}")
    retracted = retracted_in(_quads_in(folder / RETRACTIONS)) if takes_back else []
    return Release(manifest, accepted, tuple(retracted))


def read_manifest(folder: Path) -> Manifest:
    """Read what a release says it is. Raises BadInputError."""
    where = folder / MANIFEST
    try:
        said = json.loads(where.read_text(encoding="utf-8"))
        files = tuple(ReleasedFile(**file) for file in said.pop("files"))
        manifest = Manifest(**said, files=files)
    except OSError as error:
        raise BadInputError(f"{where} cannot be read: {error.strerror}", hint="a release is a folder with this file") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInputError(f"{where} is not the manifest of a release: {error}") from error
    if manifest.format != FORMAT:
        raise BadInputError(f"{where} has the format {manifest.format}; this mechkg reads {FORMAT}", hint="use a newer mechkg")
    return manifest


def verify_release(folder: Path) -> Manifest:
    """Check that every file of a release is there and unchanged; return its manifest. Raises BadInputError."""
    manifest = read_manifest(folder)
    for file in manifest.files:
        _verify(folder, file)
    return manifest


def read_accepted(where: Path) -> list[Accepted]:
    """Read assertions, each with its act, from a file of nanopublications or a folder of tables, oldest act first.

    Raises BadInputError for one that cannot be read, or in which something was changed.
    """
    if where.is_dir():
        return accepted_of(_rows_in(where))
    if where.suffix not in _SYNTAX_OF:
        raise BadInputError(f"{where.name}: expected a folder of tables, or a file that ends in {', '.join(_SYNTAX_OF)}")
    return accepted_in(_quads_in(where))


def _quads_in(where: Path) -> Iterator[Quad]:
    try:
        with where.open("rb") as content:
            yield from read(content, _SYNTAX_OF[where.suffix])
    except OSError as error:
        raise BadInputError(f"{where} cannot be read: {error.strerror}") from error
    except GraphError as error:
        raise BadInputError(f"{where.name}: {error.message}") from error


def _verify(folder: Path, file: ReleasedFile) -> None:
    try:
        with (folder / file.name).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(f"{folder / file.name} cannot be read: {error.strerror}") from error
    if digest != file.sha256:
        raise BadInputError(f"{folder / file.name} is not the file that {MANIFEST} names: its SHA-256 is another one")


def _rows_in(folder: Path) -> Iterator[tuple[str, Cells]]:
    """Yield table and row of every table in a folder."""
    known = {table.name: table for table in tables()}
    for path in sorted(folder.glob("*.csv")):
        if path.name == Path(COLUMNS).name:
            continue
        if path.stem not in known:
            close = nearest(path.stem, known)
            raise BadInputError(f"there is no table called '{path.stem}'", hint=f"did you mean '{close}'?" if close else None)
        columns = known[path.stem].columns
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.DictReader(lines, strict=True)
                found = reader.fieldnames or []
                if unknown := [column for column in found if column not in columns]:
                    close = nearest(unknown[0], columns)
                    hint = f"did you mean '{close}'?" if close else None
                    raise BadInputError(f"{path.name} has a column '{unknown[0]}', which this table does not have", hint=hint)
                if missing := [column for column in columns if column not in found]:
                    raise BadInputError(f"{path.name} lacks the column '{missing[0]}'")
                for row in reader:
                    if None in row or None in row.values():
                        raise BadInputError(f"{path.name}:{reader.line_num}: expected {len(found)} cells")
                    yield path.stem, {column: unguarded(cell) for column, cell in row.items()}
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadInputError(f"{path.name} cannot be read as CSV in UTF-8: {error}") from error
