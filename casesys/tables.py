"""The tables that are no read model: the log, the vault and the working tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from casesys.log import log_table
from casesys.vault import vault_table

STORE = MetaData()
LOG = log_table(STORE)
VAULT = vault_table(STORE)

RECEIPT = Table(
    "receipt",
    STORE,
    Column("command_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""What was answered to each command, so that the same one given again acts once."""

CREDENTIAL = Table(
    "credential",
    STORE,
    Column("account", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Text),
    Column("changed_at", Text, nullable=False),
)

SESSION = Table(
    "session",
    STORE,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Index("session_account", "account"),
)

BUILT = Table(
    "read_model",
    STORE,
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""Which version of each read model stands in the database."""
