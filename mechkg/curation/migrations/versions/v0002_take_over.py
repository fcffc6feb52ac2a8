"""Take over a ledger that was made before there were migrations.

Such ledgers have schema version 2, whatever they lack of it: the index of first acts and the table of tokens came later, without
a version of their own. Nothing else is touched.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, inspect

revision = "0002"
down_revision = None

_TOKEN = (
    ("kind", False, None),
    ("hash", False, "SHA-256 of its secret"),
    ("person", False, None),
    ("name", False, None),
    ("role", False, "reaches no further than this role"),
    ("scope", False, "and this scope"),
    ("issued", False, None),
    ("issued_by", False, None),
    ("expires", False, "moves on when a session is used"),
    ("until", False, "up to here"),
    ("origin", True, None),
    ("last_used", True, None),
    ("revoked", True, None),
    ("revoked_by", True, None),
)


def upgrade() -> None:
    """Add what is missing."""
    if not inspect(op.get_bind()).has_table("token"):
        op.create_table(
            "token",
            Column("id", Text, primary_key=True, comment="its first part, by which it is found"),
            *(Column(name, Text, nullable=nullable, comment=comment) for name, nullable, comment in _TOKEN),
        )
    op.create_index("token_person", "token", ["person"], if_not_exists=True)
    op.create_index("assertion_first_seen", "assertion", ["first_seen"], if_not_exists=True)
    settling = "assertion IS NOT NULL AND kind IN ('accept', 'supersede', 'retract', 'restore')"
    op.execute(f"CREATE INDEX IF NOT EXISTS act_settling ON act (position) WHERE {settling}")


def downgrade() -> None:
    """Leave all as it is: the mechkg of that time works with what was added, and made it itself later on."""
