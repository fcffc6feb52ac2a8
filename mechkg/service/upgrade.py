"""Bring the tables of the ledger to those of this mechkg, or back to those of an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mechkg.curation.glance import SCHEMA_VERSION
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError
from mechkg.service.home import default_home, ledger_place


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """The versions of the tables before and after; how many acts the ledger holds, where this mechkg can read it."""

    before: int
    after: int
    acts: int | None = None


def upgrade(home: Path | str | None = None, *, to: int = SCHEMA_VERSION) -> UpgradeReport:
    """Change the tables of the ledger, all at once or not at all; no act is changed.

    Raise LedgerError for a version that there is no way to, and when the chain of acts does not hold.
    """
    folder = Path(home) if home is not None else default_home()
    place = ledger_place(folder)
    before = Ledger.upgrade(place, to)
    if to != SCHEMA_VERSION:  # those of another version this mechkg does not open
        return UpgradeReport(before, to)
    with Ledger.open(place, create=False) as ledger:
        broken = ledger.verify_chain()
        if broken is not None:
            raise LedgerError(f"the ledger is not what was written: {broken}", hint="restore it from a backup")
        return UpgradeReport(before, to, ledger.position())
