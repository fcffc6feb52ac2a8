"""Restore a backup into a new place, whole or as of an earlier moment, from whichever database into whichever.

The ledger is append-only, so what it was at a moment is its first acts. Nothing is written over, and nothing is half restored:
an SQLite file gets its name when it is complete and was checked, and into a server all goes in one transaction, which is checked
before it ends.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mechkg.curation.ledger import Ledger
from mechkg.curation.moment import AsOf
from mechkg.curation.snapshot import Transaction, filling, settle_file, snapshot
from mechkg.curation.transfer import (
    assertions_and_tokens,
    head_at,
    holds_anything,
    time_at,
    transfer,
    transfer_drafts,
    transfer_tokens,
)
from mechkg.curation.verify import Head, verify
from mechkg.durable import sync
from mechkg.errors import BadInputError, LedgerError
from mechkg.model.masked import masked
from mechkg.service.as_of import position_of, together
from mechkg.service.backup_folder import LEDGER, NEW, PAPERS, Manifest, Progress, check, copy_papers, read_manifest
from mechkg.service.kept import forget


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored: the last act, when it was done, how many acts there are; how many tokens and papers were taken along."""

    head: Head
    at: str | None
    tokens: int
    papers: int


def restore_backup(
    source: Path | str,
    to: Path | str,
    *,
    at: AsOf | None = None,
    tokens: bool = False,
    progress: Progress | None = None,
) -> RestoreReport:
    """Restore the backup in the folder ``source`` to the home folder ``to``, or to the database that ``to`` is the URL of.

    ``at`` leaves out what was done after a position, time or release. ``tokens`` takes sessions and tokens along as they were
    then, those among them that were revoked since; without, everybody signs in anew.

    Raise BadInputError when something is at ``to`` already, when the moment cannot be meant or falls within what was done at
    once, LedgerError when the backup is not what was written.
    """
    if tokens and at is not None:
        raise BadInputError(
            "tokens are those of when the backup was made, not of an earlier moment", hint="leave one of both out"
        )
    folder = Path(source)
    manifest = read_manifest(folder)
    url = to if isinstance(to, str) and "://" in to else None
    home = Path(to) if url is None else None
    if home is not None:
        _refuse_taken(home)
    if not (folder / LEDGER).is_file():
        raise LedgerError(f"the backup in {folder} has no ledger: it was not made to its end", hint="use another backup")
    with _explained(to), tempfile.TemporaryDirectory(prefix="mechkg-restore-", dir=_scratch(home)) as scratch:
        copied = Path(scratch) / LEDGER
        shutil.copyfile(folder / LEDGER, copied)
        copied.chmod(0o600)
        broken = check(copied, manifest, progress).broken
        if broken is not None:
            raise LedgerError(f"the backup in {folder} is not what was written: {broken}", hint="use another backup")
        head = _head(copied, manifest, at)
        made = _in_file(copied, head, at is None, tokens, progress) if home is not None else None
        if made is not None and home is not None:
            report = _report(made, head)
            forget(home)
            papers = copy_papers(folder / PAPERS, home / PAPERS)
            _name(made, home / LEDGER)
        else:
            assert url is not None
            report = _on_server(copied, url, head, at is None, tokens, progress)
            papers = 0
    return replace(report, papers=papers)


def _head(copied: Path, manifest: Manifest, at: AsOf | None) -> Head:
    """Return the last act that is to be restored."""
    with Ledger.open(copied, create=False) as ledger:  # brings older tables up
        position = manifest.position if at is None else position_of(ledger, at)
        if position:
            _refuse_midst(ledger, position)
    settle_file(copied)
    with snapshot(copied) as connection:
        return head_at(connection, position)


def _refuse_midst(ledger: Ledger, position: int) -> None:
    """Raise BadInputError for a position in the middle of what was done at once, which was never all that there was."""
    acts = ledger.acts(position - 1)
    done = together(next(acts))
    end = position
    for act in acts:
        if together(act) != done:
            break
        end = act.position
    if end != position:
        said = f"position {position} is in the middle of what was done at once"
        raise BadInputError(said, hint=f"that ends at position {end}")


# --- into a file ------------------------------------------------------------------------------------------------------


def _in_file(copied: Path, head: Head, whole: bool, tokens: bool, progress: Progress | None) -> Path:
    """Return a file with the ledger up to ``head``, made beside the copied one, and checked."""
    made = copied.with_name(f"{LEDGER}{NEW}")
    with Ledger.open(made):  # makes the tables
        pass
    with filling(made) as target:
        _fill(copied, target, head, whole, tokens, progress)
    settle_file(made)
    made.chmod(0o600)
    with snapshot(made) as connection:
        _verify(connection, head, progress)
    return made


def _name(made: Path, path: Path) -> None:
    """Give a complete file its name, unless somebody was faster."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        if path.exists():
            raise _taken(path) from error
        made.rename(path)  # a file system without links
    sync(path.parent)


def _refuse_taken(home: Path) -> None:
    """Raise BadInputError when a ledger is in a home folder, or what is left of one."""
    for name in (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm"):
        if (home / name).exists():
            raise _taken(home / name)
    if home.exists() and not home.is_dir():
        raise BadInputError(f"{home} is a file", hint="give a folder")


def _taken(path: Path) -> BadInputError:
    return BadInputError(f"{path} is there already, and nothing is written over", hint="restore into another folder")


def _scratch(home: Path | None) -> Path | None:
    """Return the folder to work in: for a home, that itself, so that the file can be given its name there."""
    if home is not None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


# --- into a server ----------------------------------------------------------------------------------------------------


def _on_server(copied: Path, url: str, head: Head, whole: bool, tokens: bool, progress: Progress | None) -> RestoreReport:
    with Ledger.open(url):  # makes the tables
        pass
    with filling(url) as target:
        if holds_anything(target):
            raise BadInputError(f"{masked(url)} holds acts already, and nothing is written over", hint="give an empty database")
        _fill(copied, target, head, whole, tokens, progress)
        _verify(target, head, progress)
    with snapshot(url) as connection:
        return _described(connection, head)


# --- both -------------------------------------------------------------------------------------------------------------


def _fill(copied: Path, target: Transaction, head: Head, whole: bool, tokens: bool, progress: Progress | None) -> None:
    told = None if progress is None else lambda done, of: progress("restoring", done, of)
    with snapshot(copied) as source:
        transfer(source, target, 0, head.position, told)
        transfer_drafts(source, target, None if whole else time_at(source, head.position) or "")
        if tokens:
            transfer_tokens(source, target)


def _verify(connection: Transaction, head: Head, progress: Progress | None) -> None:
    """Raise LedgerError when what was restored is not what it was to be."""
    told = None if progress is None else lambda done, of: progress("checking", done, of)
    found = verify(connection, among=(head,), progress=told)
    if found.broken is not None or found.head != head:
        raise LedgerError(f"what was restored is not what was in the backup: {found.broken or found.head}")


def _report(made: Path, head: Head) -> RestoreReport:
    with snapshot(made) as connection:
        return _described(connection, head)


def _described(connection: Transaction, head: Head) -> RestoreReport:
    return RestoreReport(head, time_at(connection, head.position), assertions_and_tokens(connection)[1], 0)


@contextmanager
def _explained(to: Path | str) -> Iterator[None]:
    """Turn failures to write files into LedgerError."""
    try:
        yield
    except OSError as error:
        raise LedgerError(f"{masked(str(to))} cannot be written: {error.strerror}", hint="nothing was restored") from error
