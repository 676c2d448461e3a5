"""One district is one schema of a PostgreSQL database; its name travels in the database's URL."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import URL, Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casesys.stopping import SettingsRefused, Stopped
from projections.driver import rows, write

_NAME = re.compile(r"(?!pg_|information_schema$)[a-z][a-z0-9_]{0,62}")
_OPTION = re.compile(r"-c\s*search_path=(\S+)")


class SchemaIsRefused(Stopped):
    """The schema is not there, and this user of the database may not make it."""


class SchemaIsUnreadable(Stopped):
    """The schema is not there, or this user of the database may not read it."""


def in_schema(url: str, name: str) -> str:
    """The URL of this database that works in one schema of it.

    :raises SettingsRefused: it is no name of a schema, or the database has none
    """
    if not _NAME.fullmatch(name):
        raise SettingsRefused("setting_schema", value=name)
    try:
        found = make_url(url)
    except ArgumentError as wrong:
        raise SettingsRefused("setting_database_url") from wrong
    if found.get_backend_name() != "postgresql":
        raise SettingsRefused("setting_schema_without_postgresql", value=name)
    options = _OPTION.sub("", options_of(found)).strip()
    placed = found.update_query_dict({"options": f"{options} -csearch_path={name}".strip()})
    return placed.render_as_string(hide_password=False)


def options_of(url: URL) -> str:
    """What the URL asks the server to set for each session."""
    given = url.query.get("options", "")
    return given if isinstance(given, str) else " ".join(given)


def schema_of(url: URL) -> str:
    """The schema that a URL works in; empty where it names none."""
    found = _OPTION.search(options_of(url))
    return found.group(1) if found else ""


def make_schema(c: Connection, name: str) -> None:
    """Have the schema, in the caller's transaction; of several who make it at once, one does.

    :raises SchemaIsRefused: it is not there, and whoever asks may not make it
    """
    # The log's own lock is named after the schema in use, and as yet there is none.
    rows(c, "SELECT pg_advisory_xact_lock(hashtext(? || '.casesys.schema'))", [name])
    if rows(c, "SELECT 1 FROM pg_namespace WHERE nspname = ?", [name]):
        return
    if not rows(c, "SELECT has_database_privilege(current_database(), 'CREATE')")[0][0]:
        raise SchemaIsRefused("schema_refused", schema=name)
    write(c, f'CREATE SCHEMA "{name}"', [()])


def require_readable(c: Connection, name: str) -> None:
    """:raises SchemaIsUnreadable: it is not there, or not for this user of the database"""
    asked = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = ?"
    if rows(c, asked, [name]) != [(True,)]:
        raise SchemaIsUnreadable("schema_unreadable", schema=name)


def schemas_with_offices(c: Connection) -> Sequence[str]:
    """The schemas of this database in which an office was installed, whoever may read them."""
    found = rows(
        c,
        "SELECT nspname FROM pg_namespace n WHERE (SELECT COUNT(*) FROM pg_class "
        "WHERE relnamespace = n.oid AND relkind = 'r' "
        "AND relname IN ('alembic_version', 'log', 'read_model')) = 3 ORDER BY nspname",
    )
    return [str(name) for (name,) in found]
