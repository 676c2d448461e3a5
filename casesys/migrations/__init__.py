"""The steps from one shape of the store's tables to the next; read models are never migrated."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from casesys.stopping import Stopped
from projections.driver import rows


class SchemaIsUnknown(Stopped):
    """The store has a shape that this release does not know, or not yet the one it needs."""


def configuration(c: Connection) -> Config:
    """What Alembic asks for, without a file: where the steps are, and the connection to use."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = c
    return config


def upgrade(c: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, in the caller's transaction and under the caller's lock.

    :raises SchemaIsUnknown: a later release has been here
    """
    standing = current(c)
    if standing is not None and standing not in revisions():
        if _works_with_ours(c):
            return
        raise SchemaIsUnknown("later_schema", standing=standing)
    command.upgrade(configuration(c), revision)


def current(c: Connection) -> str | None:
    """The revision that stands in the database; None where nothing was made yet."""
    return MigrationContext.configure(c).get_current_revision()


def head() -> str:
    """The revision that this release works with."""
    found = _scripts().get_current_head()
    assert found is not None
    return found


def revisions() -> set[str]:
    """Every revision that this release can start from."""
    return {script.revision for script in _scripts().walk_revisions()}


def check(c: Connection) -> None:
    """:raises SchemaIsUnknown: this release cannot work on the tables as they stand"""
    standing = current(c)
    if standing is None:
        raise SchemaIsUnknown("not_installed")
    if standing not in revisions():
        if _works_with_ours(c):
            return
        raise SchemaIsUnknown("later_schema", standing=standing)
    if standing != head():
        raise SchemaIsUnknown("older_schema", standing=standing, needed=head())


def _works_with_ours(c: Connection) -> bool:
    """Whether a later release left word that this one's shape still does.

    A step that only adds writes the revision before its own into ``works_with``; one that takes
    away or means something else empties that table.
    """
    return bool(rows(c, "SELECT 1 FROM works_with WHERE revision = ?", [head()]))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(Path(__file__).parent)
