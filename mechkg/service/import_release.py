"""Read a release from a folder, or from the texts of its files, and let it count here, as a whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from mechkg.curation.desk import at_desk
from mechkg.curation.import_release import ReleaseReport
from mechkg.curation.import_release import import_release as write
from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.graph.check_nanopublication import check_file
from mechkg.graph.csv_tables import tables
from mechkg.graph.export_release import COLUMNS, MANIFEST, RETRACTIONS, TABLES
from mechkg.graph.import_release import FILES, Form, Release, read_manifest, read_release, verify_release
from mechkg.model.finding import errors
from mechkg.model.person import Caller
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace

LARGEST: Final = 50 * 1024 * 1024
"""Bytes of files that are taken as texts, at most: the shipped corpus has 3 MB as TriG, 15 MB as N-Quads."""
_FORM_OF: Final[dict[str, Form]] = {name: form for form, name in FILES.items() if form != "csv"}


def import_release(
    workspace: Workspace, by: Caller, folder: Path, *, form: Form = "trig", signed_by: str | None = None
) -> ReleaseReport:
    """Import the release in ``folder`` from one of its forms; what it says was accepted there is accepted here.

    ``signed_by``: the public key, in base64, that all of it must be signed with. Raise BadInputError, saying what is wrong, for
    files that are missing, changed or not signed as they should be; RefusedActError when somebody decided otherwise here.
    """
    verify_release(folder)
    return _import(workspace, by, folder, form, signed_by)


def import_files(workspace: Workspace, by: Caller, files: Mapping[str, str], *, signed_by: str | None = None) -> ReleaseReport:
    """Import a release from the texts of its files, by name: the manifest, the retractions, and at least one form in full.

    Raise as :func:`import_release` does, TooLargeError for more than :data:`LARGEST` in all; ForbiddenError at once for who may
    not import.
    """
    with at_desk(workspace.ledger, by) as desk:
        desk.require("release")
    if (size := sum(len(content.encode()) for content in files.values())) > LARGEST:
        raise TooLargeError(
            f"the files have {size} bytes; at most {LARGEST} are taken", hint="import it from a folder: mechkg release import"
        )
    known = {MANIFEST, RETRACTIONS, COLUMNS, *_FORM_OF, *(f"{TABLES}/{table.name}.csv" for table in tables())}
    for name in files:
        if name not in known:
            raise NotFoundError.of("file of a release that is imported", name, known)
    with tempfile.TemporaryDirectory(prefix="mechkg-import-") as temporary:
        folder = Path(temporary)
        (folder / TABLES).mkdir()
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="")
        return _import(workspace, by, folder, _form_given(files), signed_by)


def _form_given(files: Mapping[str, str]) -> Form:
    """Return the form to read from, among the files that are given."""
    given = (form for name, form in _FORM_OF.items() if name in files)
    if (form := next(given, None)) is not None:
        return form
    if any(name.startswith(f"{TABLES}/") for name in files):
        return "csv"
    raise BadInputError(
        "there is no form of the release among the files", hint=f"give one of {', '.join(_FORM_OF)}, or all tables"
    )


def _import(workspace: Workspace, by: Caller, folder: Path, form: Form, signed_by: str | None) -> ReleaseReport:
    found = _read_checked(folder, form, signed_by)
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    report = write(workspace.ledger, by, found.manifest.release, found.accepted, found.retracted, digest=digest)
    workspace.refresh()
    after_settling(workspace)
    return report


def read_checked(folder: Path, form: Form = "trig", signed_by: str | None = None) -> Release:
    """Read a release once all its files are found to be what they should be; raise BadInputError when they are not."""
    verify_release(folder)
    return _read_checked(folder, form, signed_by)


def _read_checked(folder: Path, form: Form, signed_by: str | None) -> Release:
    """Read a release from one of its forms, whose files alone need be there."""
    manifest = read_manifest(folder)
    if signed_by is not None and manifest.key != signed_by:
        raise BadInputError(
            f"the release in {folder} is not signed with that key",
            hint="it is not signed" if manifest.key is None else f"it says it is signed with {manifest.key}",
        )
    found = read_release(folder, form)
    if manifest.key is not None:
        _check_signatures(folder / FILES["trig" if form == "csv" else form], manifest.key)  # tables carry none
        if found.retracted:
            _check_signatures(folder / RETRACTIONS, manifest.key)
    if manifest.key is not None and form == "csv" and found.accepted != read_release(folder, "trig").accepted:
        raise BadInputError(f"the tables in {folder} do not say what its signed nanopublications say")
    return found


def _check_signatures(path: Path, key: str) -> None:
    """Raise BadInputError unless every nanopublication in a file is well signed, with this key."""
    found = check_file(path)
    if wrong := errors(list(found.findings)):
        raise BadInputError(f"{path} does not hold what was signed: {wrong[0]}")
    if unsigned := [name for name in found.names if name not in found.signed]:
        raise BadInputError(f"<{unsigned[0]}> in {path} is not signed, and {MANIFEST} says that all of it is")
    if others := sorted(found.keys - {key}):
        raise BadInputError(f"{path} is signed with another key than {MANIFEST} says: {others[0]}")
