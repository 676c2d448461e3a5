"""The Merkle tree over the log, what was signed of it, and what was proven of the installation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tree of a log that is there already is grown afterwards, from its entries."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "tree_leaf",
        sa.Column("position", number, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "tree_node",
        sa.Column("level", sa.Integer, primary_key=True),
        sa.Column("position", number, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", number, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
    )
    op.create_table(
        "cosigner",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("known_since", sa.Text, nullable=False),
    )
    op.create_table(
        "proven",
        sa.Column("at", sa.Text, primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
    )
