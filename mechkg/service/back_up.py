"""Back the ledger up into a folder, while acts are written.

An SQLite ledger is copied by SQLite's own backup; one on a server row by row, in a transaction that sees one state of it. Unlike
a dump of its tables, such a copy is read, checked and restored into either database, by this mechkg or a later one, without the
programs of the server. What is derived (graph, verdicts, releases) is not in it, nor are settings and secrets; tokens are, as the
hashes by which they are known.

A folder that holds an earlier backup of the ledger is continued by what came since, for nothing before has changed: that is
checked by the digest of the last act there, which chains to all before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mechkg.curation.ledger import Ledger
from mechkg.curation.snapshot import Transaction, copy_sqlite, filling, settle_file, snapshot
from mechkg.curation.transfer import head_at, transfer, transfer_drafts, transfer_tokens
from mechkg.curation.verify import Head
from mechkg.durable import sync
from mechkg.errors import BadInputError, LedgerError
from mechkg.service.backup_folder import (
    LEDGER,
    MANIFEST,
    NEW,
    PAPERS,
    Manifest,
    Progress,
    check,
    copy_papers,
    describe,
    make_private,
    read_manifest,
    write_manifest,
)
from mechkg.service.home import default_home, ledger_place


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was made: what it holds, and how many of its acts and papers are new there."""

    manifest: Manifest
    new_acts: int
    new_papers: int


def back_up(target: Path | str, home: Path | str | None = None, *, progress: Progress | None = None) -> BackupReport:
    """Back up into the folder ``target``: anew, or, where it holds an earlier backup of this ledger, what came since.

    What others do after it began is not in it. Raise BadInputError when something else is in the folder, LedgerError when the
    ledger cannot be read, is not what was written, or does not go on from that earlier backup.
    """
    folder = Path(home) if home is not None else default_home()
    into = Path(target)
    before = _earlier(into)
    with _explained(into):
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        with snapshot(ledger_place(folder)) as source:
            if (into / LEDGER).exists():
                _continue(source, into, progress)
            else:
                _begin(source, into, progress)
            database = source.dialect.name
        papers = copy_papers(folder / PAPERS, into / PAPERS)
        manifest = describe(into, into / LEDGER, database)
        broken = check(into / LEDGER, manifest, progress).broken
        if broken is not None:
            raise LedgerError(f"what was copied is not what was once written: {broken}", hint="look at both: mechkg verify")
        write_manifest(into, manifest)
    return BackupReport(manifest, manifest.position - (before.position if before is not None else 0), papers)


def _earlier(into: Path) -> Manifest | None:
    """Return what is said of the backup in the folder, None where there is nothing; raise BadInputError for something else."""
    if (into / MANIFEST).exists():
        return read_manifest(into)
    if into.exists() and not into.is_dir():
        raise BadInputError(f"{into} is a file", hint="give a folder")
    there = sorted(path.name for path in into.glob("*") if NEW not in path.name and path.name != "lost+found")
    if there:
        raise BadInputError(
            f"{into} holds {', '.join(there[:3])}{' and more' if len(there) > 3 else ''}, and no backup",
            hint="give an empty folder, a new one, or one that holds an earlier backup of this ledger",
        )
    return None


def _begin(source: Transaction, into: Path, progress: Progress | None) -> None:
    """Copy the whole ledger, into a file that gets its name when it is complete."""
    told = None if progress is None else lambda done, of: progress("copying", done, of)
    fresh = into / f"{LEDGER}{NEW}"
    make_private(fresh)
    if source.dialect.name == "sqlite":
        copy_sqlite(source, fresh, told)
    with Ledger.open(fresh):  # makes the tables, or brings older ones up
        pass
    if source.dialect.name != "sqlite":
        with filling(fresh) as target:
            transfer(source, target, 0, head_at(source).position, told)
            transfer_drafts(source, target)
            transfer_tokens(source, target)
    settle_file(fresh)
    # Before the ledger has its name: a folder with a ledger and no manifest would be taken for somebody's home.
    write_manifest(into, describe(into, fresh, source.dialect.name))
    fresh.replace(into / LEDGER)
    sync(into)


def _continue(source: Transaction, into: Path, progress: Progress | None) -> None:
    """Write what came since into the ledger that is there, in one transaction."""
    told = None if progress is None else lambda done, of: progress("copying", done, of)
    with snapshot(into / LEDGER) as there:
        held, now = head_at(there), head_at(source)
    if not _goes_on(source, held):
        raise LedgerError(
            f"the backup in {into} goes to act {held.position}, and the ledger does not go on from there: it is another one, "
            "or acts were cut off or changed since",
            hint=f"mechkg verify --against {into} tells which; back up into another folder",
        )
    with Ledger.open(into / LEDGER, create=False):  # brings older tables up
        pass
    with filling(into / LEDGER) as target:
        transfer(source, target, held.position, now.position, told)
        transfer_drafts(source, target)
        transfer_tokens(source, target)
    settle_file(into / LEDGER)


def _goes_on(source: Transaction, held: Head) -> bool:
    """Say whether a ledger goes on from there."""
    try:
        return head_at(source, held.position) == held
    except LedgerError:
        return False


@contextmanager
def _explained(into: Path) -> Iterator[None]:
    """Turn failures to write files into LedgerError."""
    try:
        yield
    except OSError as error:
        said = f"the backup in {into} cannot be written: {error.strerror}"
        raise LedgerError(said, hint="a backup that was there before is as it was") from error
