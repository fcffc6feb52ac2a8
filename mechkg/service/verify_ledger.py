"""Verify a ledger: its chain of acts from the first one on, all that acts speak of, and that it goes on from an earlier head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mechkg.curation.snapshot import snapshot
from mechkg.curation.verify import Head, Progress, Verified, verify
from mechkg.errors import BadInputError
from mechkg.service.backup_folder import LEDGER, MANIFEST, check, read_manifest
from mechkg.service.home import default_home, ledger_place

_HEAD: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def verify_ledger(where: Path | str | None = None, *, against: Sequence[str] = (), progress: Progress | None = None) -> Verified:
    """Verify the ledger in a home folder, a file, a backup, or at a URL; by default that of the user.

    ``against`` are heads that it had: each a folder with a backup, or a position and digest as ``4711:9f86d0...``. Raise
    LedgerError when there is no ledger to read, BadInputError for a head that cannot be read.
    """
    among = tuple(head_of(one) for one in against)
    place = default_home() if where is None else where
    if isinstance(place, str) and "://" in place:
        found: Path | str = place
    else:
        folder = Path(place)
        if (folder / MANIFEST).is_file():
            told = None if progress is None else lambda _, done, of: progress(done, of)
            checked = check(folder / LEDGER, read_manifest(folder), told)
            if checked.broken is not None or not among:
                return checked
            found = folder / LEDGER
        elif where is None:
            found = ledger_place(folder)
        else:
            found = folder / LEDGER if folder.is_dir() else folder
    with snapshot(found) as connection:
        return verify(connection, among=among, progress=progress)


def head_of(text: str) -> Head:
    """Return the head that is told by a backup, or by a position and a digest; raise BadInputError for what is neither."""
    if match := _HEAD.fullmatch(text.strip()):
        return Head(int(match[1]), match[2])
    if (Path(text) / MANIFEST).is_file():
        return read_manifest(Path(text)).head
    raise BadInputError(
        f"'{text}' is no earlier head of a ledger", hint="give the folder of a backup, or POSITION:DIGEST as mechkg verify prints"
    )
