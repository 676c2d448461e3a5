"""How far each follower of the log is, and what is still to be done outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: who follows the log enters its place with its first look."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "follower",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("position", number, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("stopped_at", number),
        sa.Column("stopped_code", sa.Text),
        sa.Column("stopped_detail", sa.Text),
        sa.Column("stopped_since", sa.Text),
    )
    op.create_table(
        "outbox",
        sa.Column("follower", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("position", number, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.Text, nullable=False),
        sa.Column("done_at", sa.Text),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("outbox_due", "outbox", ["done_at", "next_try_at"])
