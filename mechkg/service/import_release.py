"""Read a release from a folder and let it count here, as a whole or not at all."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from mechkg.curation.import_release import ReleaseReport
from mechkg.curation.import_release import import_release as write
from mechkg.errors import BadInputError
from mechkg.graph.check_nanopublication import check_file
from mechkg.graph.export_release import MANIFEST
from mechkg.graph.import_release import FILES, Form, Release, read_release, verify_release
from mechkg.model.finding import errors
from mechkg.model.person import Caller
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace


def import_release(
    workspace: Workspace, by: Caller, folder: Path, *, form: Form = "trig", signed_by: str | None = None
) -> ReleaseReport:
    """Import the release in ``folder`` from one of its forms; what it says was accepted there is accepted here.

    ``signed_by``: the public key, in base64, that all of it must be signed with. Raise BadInputError, saying what is wrong, for
    files that are missing, changed or not signed as they should be; RefusedActError when somebody decided otherwise here.
    """
    found = read_checked(folder, form, signed_by)
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    report = write(workspace.ledger, by, found.manifest.release, found.accepted, digest=digest)
    workspace.refresh()
    after_settling(workspace)
    return report


def read_checked(folder: Path, form: Form = "trig", signed_by: str | None = None) -> Release:
    """Read a release once all its files are found to be what they should be; raise BadInputError when they are not."""
    manifest = verify_release(folder)
    if signed_by is not None and manifest.key != signed_by:
        raise BadInputError(
            f"the release in {folder} is not signed with that key",
            hint="it is not signed" if manifest.key is None else f"it says it is signed with {manifest.key}",
        )
    if manifest.key is not None:
        _check_signatures(folder, form, manifest.key)
    found = read_release(folder, form)
    if manifest.key is not None and form == "csv" and found.accepted != read_release(folder, "trig").accepted:
        raise BadInputError(f"the tables in {folder} do not say what its signed nanopublications say")
    return found


def _check_signatures(folder: Path, form: Form, key: str) -> None:
    """Raise BadInputError unless every nanopublication is well signed, with this key."""
    path = folder / FILES["trig" if form == "csv" else form]  # tables carry no signatures: what they are of does
    found = check_file(path)
    if wrong := errors(list(found.findings)):
        raise BadInputError(f"{path} does not hold what was signed: {wrong[0]}")
    if unsigned := [name for name in found.names if name not in found.signed]:
        raise BadInputError(f"<{unsigned[0]}> in {path} is not signed, and {MANIFEST} says that all of it is")
    if others := sorted(found.keys - {key}):
        raise BadInputError(f"{path} is signed with another key than {MANIFEST} says: {others[0]}")
