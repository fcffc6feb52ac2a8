"""The files of a release, written once and kept, for those who fetch them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.export_release import MANIFEST, ReleasedFile
from mechkg.graph.import_release import read_manifest
from mechkg.service.export_release import export_release
from mechkg.service.release import Release, find_release
from mechkg.service.workspace import Workspace

FOLDER = "releases"
"""Where they are, in the home folder; it may be deleted at any time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a release: its name, where it is kept, and its SHA-256, None for the manifest."""

    name: str
    path: Path
    sha256: str | None


def released_files(workspace: Workspace, name: str) -> tuple[ReleasedFile, ...]:
    """Return what files a release has, and write them when nobody did before; raise NotFoundError with the nearest name."""
    return read_manifest(_folder(workspace, find_release(workspace.ledger, name))).files


def released_file(workspace: Workspace, name: str, file: str) -> Kept:
    """Return one file of a release; raise NotFoundError with the nearest name for an unknown release or file."""
    folder = _folder(workspace, find_release(workspace.ledger, name))
    if file == MANIFEST:
        return Kept(file, folder / file, None)
    known = {one.name: one for one in read_manifest(folder).files}
    if file not in known:
        raise NotFoundError.of(f"file of release {name}", file, [MANIFEST, *known])
    return Kept(file, folder / file, known[file].sha256)


def _folder(workspace: Workspace, found: Release) -> Path:
    """Return the folder of a release, named by the ledger up to there too: another ledger has other releases."""
    if workspace.home is None:
        raise BadInputError("a workspace without a home keeps no files", hint="export the release into a folder")
    folder = workspace.home / FOLDER / f"{found.name}-{found.digest[:16]}"
    if not folder.exists():
        try:
            export_release(workspace.ledger, found.name, folder)
        except (BadInputError, OSError):
            if not folder.exists():  # else somebody was faster
                raise
    return folder
