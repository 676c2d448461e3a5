"""What the desks need: drafts, saved views, one-time codes, preferences, and who tried what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("of_another", sa.Integer, nullable=False, server_default="0"),
        sa.Column("code_secret", sa.Text),
        sa.Column("code_step", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("credential", column)
    # Whoever is signed in signs in again: their sessions never proved what is now asked.
    op.execute("DELETE FROM session")
    op.add_column("session", sa.Column("proved_at", sa.Text, nullable=False, server_default=""))
    with_code = sa.Column("with_code", sa.Integer, nullable=False, server_default="0")
    op.add_column("session", with_code)
    op.create_table(
        "draft",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("typed", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Text, nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.UniqueConstraint("account", "name", name="saved_view_name"),
    )
    op.create_table(
        "bulk",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("held", sa.Text, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("begun_at", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text),
    )
    op.create_table(
        "preference",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("large", sa.Integer, nullable=False),
        sa.Column("contrast", sa.Integer, nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("stream_id", sa.Text),
        sa.Column("refusal", sa.Text),
    )
    op.create_index("attempt_at", "attempt", ["at"])
    op.create_index("attempt_who", "attempt", ["who", "at"])
