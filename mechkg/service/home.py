"""The folder in which the data of a user live, and the settings that say where else they are."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from platformdirs import user_data_path

from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from mechkg.curation.ledger import Ledger

UPGRADE: Final = "MECHKG_UPGRADE"
"""``on-start`` lets a ledger on a server be brought to the tables of this mechkg when it is opened."""


def default_home() -> Path:
    """Folder of a user's data: ``MECHKG_HOME`` when set, else ``.mechkg`` here when there is one, else the platform's."""
    if named := os.environ.get("MECHKG_HOME"):
        return Path(named)
    here = Path(".mechkg")
    return here if here.is_dir() else user_data_path("mechkg", appauthor=False)


def may_write(folder: Path) -> bool:
    """Say whether files can be written to a folder: its disk is neither full nor read-only, and its owner lets us."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(65_536))
            file.flush()
    except OSError:
        return False
    return True


def ledger_place(folder: Path, ledger: str | None = None) -> str | Path:
    """Where the ledger is: a path or URL that is given, else what ``MECHKG_LEDGER`` says, else a file in the ``folder``."""
    return ledger or os.environ.get("MECHKG_LEDGER") or folder / "ledger.db"


def graph_address(graph: str | None = None) -> str | None:
    """Address of the SPARQL server of the graph, as given or by ``MECHKG_GRAPH``; None for a graph in the home folder."""
    return graph or os.environ.get("MECHKG_GRAPH") or None


def open_ledger(folder: Path, ledger: str | None = None, *, upgrade: bool | None = None) -> Ledger:
    """Open the ledger, see :func:`ledger_place`; an older one on a server is changed if ``upgrade`` or ``MECHKG_UPGRADE`` says.

    Raise BadInputError when the variable says what it cannot, LedgerError as :meth:`Ledger.open` does.
    """
    from mechkg.curation.ledger import Ledger

    said = os.environ.get(UPGRADE, "")
    if said not in ("", "on-start"):
        raise BadInputError(f"{UPGRADE} is '{said}'", hint="leave it out, or set it to on-start")
    return Ledger.open(ledger_place(folder, ledger), upgrade=True if said else upgrade)
