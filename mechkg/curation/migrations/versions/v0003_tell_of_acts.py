"""Let PostgreSQL tell whoever listens that acts were committed. SQLite has nothing of the kind, and is asked instead."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a trigger that tells."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION ledger_tells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_notify('mechkg_ledger', TG_TABLE_SCHEMA); RETURN NULL; END $$"
        )
        op.execute("CREATE TRIGGER act_tells AFTER INSERT ON act FOR EACH STATEMENT EXECUTE FUNCTION ledger_tells()")


def downgrade() -> None:
    """Remove the trigger."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER act_tells ON act")
        op.execute("DROP FUNCTION ledger_tells()")
