"""What a backup is: a folder with the ledger as an SQLite file, papers, and a manifest to hold them against.

``manifest.json`` tells up to where the ledger goes, and the digest of its last act, which chains to all before; beside it,
digests of what stands in no act. ``papers/`` is as in a home folder.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from mechkg.curation.chain import BrokenLink, time_text
from mechkg.curation.snapshot import snapshot
from mechkg.curation.transfer import (
    assertions_and_tokens,
    digest_of_batches,
    digest_of_drafts,
    head_at,
    last_saved,
    schema_of,
    time_at,
)
from mechkg.curation.verify import Head, Verified, verify
from mechkg.durable import sync
from mechkg.errors import BadInputError, nearest

KIND: Final = "mechkg backup"
FORM: Final = 1
LEDGER: Final = "ledger.db"
MANIFEST: Final = "manifest.json"
PAPERS: Final = "papers"
NEW: Final = ".new"
"""What the names of files end in that are being written."""

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the acts: how many rows there are, and a digest of them (SHA-256 in hexadecimal)."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. Times are UTC, ISO 8601 with microseconds."""

    made: str
    mechkg: str
    schema: int
    """Version of the tables."""
    database: str
    """Which one the ledger was in: sqlite or postgresql."""
    position: int
    digest: str
    """Digest of the act at ``position``; all zeros where there are no acts."""
    at: str | None
    """When that act was done."""
    assertions: int
    tokens: int
    papers: int
    batches: Beside
    drafts: Beside
    drafts_until: str | None
    """When a draft was saved last."""

    @property
    def head(self) -> Head:
        """Position and digest of the last act."""
        return Head(self.position, self.digest)


def describe(into: Path, ledger: Path, database: str) -> Manifest:
    """Return what is to be said of the backup in a folder, whose ledger is in the file ``ledger``."""
    with snapshot(ledger) as connection:
        head = head_at(connection)
        saved = last_saved(connection)
        assertions, tokens = assertions_and_tokens(connection)
        return Manifest(
            made=time_text(datetime.now(UTC)),
            mechkg=version("mechkg"),
            schema=schema_of(connection),
            database=database,
            position=head.position,
            digest=head.digest,
            at=time_at(connection, head.position),
            assertions=assertions,
            tokens=tokens,
            papers=sum(1 for _ in _papers(into / PAPERS)),
            batches=Beside(*digest_of_batches(connection, head.position)),
            drafts=Beside(*digest_of_drafts(connection, saved)),
            drafts_until=saved,
        )


def write_manifest(into: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one that is there: whenever the machine stops, it is the old one or the new one."""
    content = json.dumps({"kind": KIND, "form": FORM, **asdict(manifest)}, indent=1)
    fresh = into / f"{MANIFEST}{NEW}"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"{content}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(into / MANIFEST)
    sync(into)


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself; raise BadInputError when the folder holds none, or one that is not understood."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BadInputError(f"there is no backup in {folder}", hint=_near(folder)) from None
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder / MANIFEST} cannot be read: {error}") from error
    if not isinstance(found, dict) or found.pop("kind", None) != KIND:
        raise BadInputError(f"{folder / MANIFEST} is not that of a backup of mechkg")
    if (form := found.pop("form", None)) != FORM:
        raise BadInputError(f"{folder} holds a backup of form {form}; this mechkg reads form {FORM}", hint="use a newer mechkg")
    try:
        return Manifest(**{**found, "batches": Beside(**found["batches"]), "drafts": Beside(**found["drafts"])})
    except (TypeError, KeyError) as error:
        raise BadInputError(f"{folder / MANIFEST} is not complete: {error}") from error


def check(ledger: Path, manifest: Manifest, progress: Progress | None = None) -> Verified:
    """Read the ledger of a backup from its first act to its last, and hold it against the manifest."""
    told = None if progress is None else lambda done, of: progress("checking", done, of)
    with snapshot(ledger) as connection:
        found = verify(connection, among=(manifest.head,), progress=told)
        if found.broken is not None:
            return found
        for what, held, now in (
            ("batches", manifest.batches, digest_of_batches(connection, manifest.position)),
            ("drafts", manifest.drafts, digest_of_drafts(connection, manifest.drafts_until)),
        ):
            if Beside(*now) != held:
                reason = f"all acts are there, but the {what} beside them are not those that the manifest tells of"
                link = BrokenLink(found.acts + 1, reason, f"{held.count}, {held.digest}", f"{now[0]}, {now[1]}")
                return replace(found, broken=link)
    return found


def copy_papers(source: Path, target: Path) -> int:
    """Copy the papers that are not there yet, each whole or not at all; return how many."""
    copied = 0
    for paper in _papers(source):
        there = target / paper.parent.name / paper.name
        if there.exists():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".new-", dir=there.parent))
        try:
            shutil.copytree(paper, making, dirs_exist_ok=True)
            with suppress(FileExistsError):  # somebody was faster
                making.rename(there)
                copied += 1
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return copied


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone may read."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _papers(folder: Path) -> Iterator[Path]:
    """Yield the folder of each paper, which is named by its hash."""
    return (path for path in folder.glob("??/*") if len(path.name) == 64)


def _near(folder: Path) -> str | None:
    """Return what may have been meant by a folder that holds no backup."""
    if not folder.parent.is_dir():
        return None
    close = nearest(folder.name, (path.name for path in folder.parent.iterdir() if (path / MANIFEST).is_file()))
    return f"did you mean '{folder.parent / close}'?" if close else None
