"""The log, the vault and the working tables, as the first release has them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _log()
    op.create_table(
        "vault",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("wrapped_key", sa.Text),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("dropped_at", sa.Text),
    )
    op.create_table(
        "receipt",
        sa.Column("command_id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("stream_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "credential",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.Text),
        sa.Column("changed_at", sa.Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("begun_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
    )
    op.create_index("session_account", "session", ["account"])
    op.create_table(
        "read_model",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _log() -> None:
    op.create_table(
        "log",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("stream_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("entered_at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("command_id", sa.Text),
        sa.Column("caused_by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("findings", sa.Text),
        sa.UniqueConstraint("stream_id", "version", name="log_stream_version"),
    )
    op.create_index("log_command", "log", ["command_id"])
    op.create_index("log_recorded", "log", ["recorded_at"])
