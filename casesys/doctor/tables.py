"""What must hold beside the log: receipts of commands, rows of accounts, secrets, the disk."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from casesys.doctor.checking import Check, going_on
from casesys.doctor.entries import PUBLISHED, Seen
from casesys.personal.known_erasures import known_in
from casesys.system import System
from casesys.vault import SealBroken
from projections.driver import rows

OF_ACCOUNTS = ("credential", "session", "saved_view", "draft", "bulk", "preference")
"""The working tables whose rows belong to somebody."""

RECEIPTS = (
    "SELECT r.command_id, r.position FROM receipt r LEFT JOIN log l ON l.position = r.position "
    "WHERE l.position IS NULL OR COALESCE(l.command_id, '') <> r.command_id "
    "OR l.stream_id <> r.stream_id OR l.version <> r.version"
)
COMMANDS = (
    "SELECT MIN(l.position), l.command_id FROM log l WHERE l.command_id IS NOT NULL "
    f"AND l.topic <> '{PUBLISHED}' AND NOT EXISTS "
    "(SELECT 1 FROM receipt r WHERE r.command_id = l.command_id) GROUP BY l.command_id"
)
"""Publications are known again by their entry; every other command by its receipt."""
INDEXES = (
    "SELECT c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid"
)

AMCHECK = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'amcheck'"
"""Where it was installed, which is seldom the schema of a district."""


def tables(system: System, c: Connection, seen: Seen) -> Iterator[Check]:
    """One check after another, each by itself."""
    with going_on(Check("commands")) as check:
        check.counted = int(rows(c, "SELECT COUNT(*) FROM receipt")[0][0])
        for command, position in rows(c, RECEIPTS):
            check.differs("receipt_astray", command=command, position=position)
        for position, command in rows(c, COMMANDS):
            check.differs("command_without_receipt", command=command, position=position)
    yield check
    with going_on(Check("accounts")) as check:
        for table in OF_ACCOUNTS:
            counted = rows(c, f"SELECT account, COUNT(*) FROM {table} GROUP BY account")
            check.counted += sum(n for _, n in counted)
            for account in sorted(name for name, _ in counted if name not in seen.accounts):
                check.differs("account_missing", table=table, account=account)
    yield check
    with going_on(Check("secrets")) as check:
        yield _secrets(system, c, check)
    with going_on(Check("erasure_list")) as check:
        known = {(one.subject, one.version) for one in known_in(system.settings.home)}
        check.counted = len(seen.erased)
        for stream, version in seen.erased:
            if (stream, version) not in known:
                check.differs("erasure_not_written", about=seen.named(stream), version=version)
    yield check


def _secrets(system: System, c: Connection, check: Check) -> Check:
    """The key of the evidence, and the secrets of one-time codes."""
    check.counted = 1
    try:
        if system.vault.evidence_key(c) is None:
            check.differs("evidence_key_missing")
    except (SealBroken, ValueError):
        check.differs("evidence_key_broken")
    question = "SELECT account, code_secret FROM credential WHERE code_secret IS NOT NULL"
    for account, secret in rows(c, question):
        check.counted += 1
        try:
            system.vault.unwrap(f"code|{account}", secret)
        except (SealBroken, ValueError):
            check.differs("code_secret_broken", account=account)
    return check


def storage(system: System, *, thorough: bool) -> Check:
    """What the database itself says of its pages; in a transaction of its own, which may break."""
    with going_on(Check("storage")) as check, system.database.read() as c:
        if c.dialect.name == "sqlite":
            check.counted = int(rows(c, "PRAGMA page_count")[0][0])
            asked = "integrity_check" if thorough else "quick_check"
            for (told,) in rows(c, f"PRAGMA {asked}"):
                if told != "ok":
                    check.differs("storage_damaged", told=str(told)[:200])
        elif found := rows(c, AMCHECK):
            ((schema,),) = found
            for (oid,) in rows(c, INDEXES):
                check.counted += 1
                rows(c, f"SELECT {schema}.bt_index_check(?::oid::regclass, true)", [oid])
        else:
            check.remark("no_amcheck")
    return check
