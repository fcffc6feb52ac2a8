"""From the tables of one version of mechkg to those of another, and back, by the files of ``migrations/versions``.

Alembic carries them out, within the transaction that it is given: a process that dies on the way leaves the tables as they were.
No migration changes or removes an act. Alembic is loaded when there is something to migrate.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from mechkg.curation.glance import SCHEMA_VERSION
from mechkg.curation.tables import revision
from mechkg.errors import LedgerError

OLDEST: Final = 2
"""The first version whose ledgers can be taken over: the chain of acts has been what it is since then."""

FOLDER: Final = Path(__file__).parent / "migrations"


def migrate(connection: Connection, before: int, to: int = SCHEMA_VERSION) -> None:
    """Change the tables from one version to another, in the open transaction of ``connection``.

    Raise LedgerError for a version that there is no way to.
    """
    if not OLDEST <= to <= SCHEMA_VERSION:
        raise LedgerError(f"there are no tables of version {to}", hint=f"versions are {OLDEST} to {SCHEMA_VERSION}")
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    move = command.upgrade if to > before else command.downgrade
    # Version 2 is also what ledgers have that were never taken over: there is nothing to undo for who goes back to it.
    move(config, revision(to))
