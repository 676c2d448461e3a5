"""The tables that are no read model: the log, the vault and the working tables."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from casesys.log import log_table
from casesys.proofs.checkpoints import checkpoint_tables
from casesys.proofs.tree_of_log import tree_tables
from casesys.vault import vault_table

STORE = MetaData()
LOG = log_table(STORE)
VAULT = vault_table(STORE)
TREE_LEAF, TREE_NODE = tree_tables(STORE)
CHECKPOINT, COSIGNER = checkpoint_tables(STORE)

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
    # Given by somebody else: its owner chooses another before anything else.
    Column("of_another", Integer, nullable=False, default=0),
    # The secret of the one-time codes, wrapped by the master key; null until it is confirmed.
    Column("code_secret", Text),
    # The last time step whose code was taken: a code lets in once.
    Column("code_step", BigInteger, nullable=False, default=0),
)

SESSION = Table(
    "session",
    STORE,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    # When the person last proved who they are; acts of weight ask for it anew.
    Column("proved_at", Text, nullable=False),
    # Whether the one-time code was given, where the account has one.
    Column("with_code", Integer, nullable=False, default=0),
    Index("session_account", "account"),
)

DRAFT = Table(
    "draft",
    STORE,
    Column("account", Text, primary_key=True),
    # The path of the form; a person has one draft of each.
    Column("place", Text, primary_key=True),
    # What was typed, as JSON, wrapped by the master key: it may hold personal data.
    Column("typed", Text, nullable=False),
    Column("saved_at", Text, nullable=False),
)
"""Forms that were begun and not given; no part of the log, gone with their command."""

SAVED_VIEW = Table(
    "saved_view",
    STORE,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The query of the worklist's address.
    Column("query", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    UniqueConstraint("account", "name", name="saved_view_name"),
)

BULK = Table(
    "bulk",
    STORE,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("command", Text, nullable=False),
    # The chosen cases, what was typed and what was foreseen, as JSON, wrapped by the master key.
    Column("held", Text, nullable=False),
    # What became of each case so far, as JSON; wrapped too, since rules name cases and people.
    Column("answers", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    # From here on what was typed stands.
    Column("started_at", Text),
)
"""One act on many cases: each is a command of its own, and this is only the list of them."""

PREFERENCE = Table(
    "preference",
    STORE,
    Column("account", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("large", Integer, nullable=False),
    Column("contrast", Integer, nullable=False),
)

ATTEMPT = Table(
    "attempt",
    STORE,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    # The account, or what was typed where no account is.
    Column("who", Text, nullable=False),
    # A command's name, or how somebody came in.
    Column("act", Text, nullable=False),
    # The stream it was about, where there is one.
    Column("stream_id", Text),
    # The code of the broken rule; null where it succeeded.
    Column("refusal", Text),
    Index("attempt_at", "at"),
    Index("attempt_who", "who", "at"),
)
"""Who came in, who did not, and what was refused: no facts of the office, so not in the log."""

BUILT = Table(
    "read_model",
    STORE,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    # The names of its tables: another release drops what it does not know.
    Column("tables", Text, nullable=False),
    # How far it is; null while it is built. What serves is always as far as the log.
    Column("position", BigInteger().with_variant(Integer, "sqlite")),
    # Of one that is built: up to which position, and where to go on.
    Column("until", BigInteger().with_variant(Integer, "sqlite")),
    Column("mark", Text),
)
"""The versions of read models that stand in the database, of this release and of others."""

SERVING = Table(
    "serving",
    STORE,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # The version of each read model by its name, as JSON.
    Column("models", Text, nullable=False),
    Column("since", Text, nullable=False),
)
"""The one set of read models that the writers feed and the readers see."""

WORKS_WITH = Table("works_with", STORE, Column("revision", Text, primary_key=True))
"""Older shapes of these tables whose releases work on the present one as well."""

COMPARISON = Table(
    "comparison",
    STORE,
    # Of what was found: a signature is bound to it.
    Column("digest", Text, primary_key=True),
    Column("made_at", Text, nullable=False),
    # Both sets of read models stood there.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    # The versions of the read models of both, as ``serving`` names them.
    Column("old_set", Text, nullable=False),
    Column("new_set", Text, nullable=False),
    # What was found, as JSON.
    Column("facts", Text, nullable=False),
)
"""What the next release would change, as it found when it was asked beside the one that serves."""

PROVEN = Table(
    "proven",
    STORE,
    Column("at", Text, primary_key=True),
    # A signed note: what was compared, and that nothing differed or what did.
    Column("note", Text, nullable=False),
)
"""What `casesys doctor` found, each time that it was asked."""

FOLLOWER = Table(
    "follower",
    STORE,
    Column("name", Text, primary_key=True),
    # Which database this row was written in: a copy of it is another place.
    Column("place", Text, nullable=False),
    # Everything up to here was taken, and nothing behind it.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("taken_at", Text, nullable=False),
    # The entry that could not be taken, why (a code; its values as JSON), since when.
    Column("stopped_at", BigInteger().with_variant(Integer, "sqlite")),
    Column("stopped_code", Text),
    Column("stopped_detail", Text),
    Column("stopped_since", Text),
)
"""How far each follower of the log is; written with what it took, in one transaction."""

OUTBOX = Table(
    "outbox",
    STORE,
    Column("follower", Text, primary_key=True),
    # Of the effect: made again it is the same, so whoever receives it can tell.
    Column("key", Text, primary_key=True),
    # The entry that it is owed for.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("kind", Text, nullable=False),
    # What is done, as JSON.
    Column("payload", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    # Moved on before each try: who is killed in it leaves it to the next.
    Column("next_try_at", Text, nullable=False),
    Column("done_at", Text),
    # Why the last try failed: a code and its values, as JSON.
    Column("last_error", Text),
    Index("outbox_due", "done_at", "next_try_at"),
)
"""What is owed to the world outside; only followers write here, and never a replay."""
