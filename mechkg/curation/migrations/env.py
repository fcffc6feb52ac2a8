"""What Alembic runs: the migrations that were asked for, on the connection that it is given."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from mechkg.curation import tables

OURS = [tables.metadata, tables.beside]
"""What the database is compared with."""


def is_compared(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leave out an index that ``tables.py`` makes by hand, and what others keep in the same database."""
    if kind == "table" and reflected:
        return any(name in metadata.tables for metadata in OURS)
    return (kind, name) != ("index", "act_settling")


def note_version(connection: Connection, heads: Collection[Any]) -> None:
    """Write into ``meta``, where a glance finds it, which version the tables have come to."""
    if heads:
        version = str(int(max(heads)))
        connection.execute(text("UPDATE meta SET value = :version WHERE name = 'schema'"), {"version": version})


def run(connection: Connection) -> None:
    """Carry out what was asked for, in the transaction of the caller, who ends it."""
    context.configure(
        connection=connection,
        target_metadata=OURS,
        include_object=is_compared,
        on_version_apply=lambda ctx, step, heads, run_args: note_version(connection, heads),
        version_table=tables.version.name,
    )
    context.run_migrations()


# Alembic runs this file for what it does; whoever merely imports it finds no configuration.
if (config := getattr(context, "config", None)) is not None:
    run(config.attributes["connection"])
