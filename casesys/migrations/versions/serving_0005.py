"""Read models that stand beside each other in several versions, and which of them serve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITHOUT_VERSION = (
    *("account", "acted", "calendar", "case_file", "enterprise", "erasure", "evidence_use"),
    *("finding", "held_row", "judging", "kept_personal", "ledger", "member_unit", "opening"),
    *("published_figures", "rates_case", "rates_group", "rates_late", "rates_ledger"),
    *("rates_span", "rates_word", "record_index", "trail_mark", "upload"),
)
"""What earlier releases called the tables of their read models; the log makes them again."""


def upgrade() -> None:
    for name in WITHOUT_VERSION:
        op.execute(f"DROP TABLE IF EXISTS {name}")
    op.drop_table("read_model")
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "read_model",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("tables", sa.Text, nullable=False),
        sa.Column("position", number),
        sa.Column("until", number),
        sa.Column("mark", sa.Text),
    )
    op.create_table(
        "serving",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
    )
    op.create_table("works_with", sa.Column("revision", sa.Text, primary_key=True))
