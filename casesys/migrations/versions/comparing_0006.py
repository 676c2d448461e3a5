"""What the next release found that it would change, kept for the pages of the one that serves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparison",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("old_set", sa.Text, nullable=False),
        sa.Column("new_set", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
    )
    # It only adds: the release before works on these tables as well.
    op.execute("INSERT INTO works_with (revision) VALUES ('0005')")
