"""Which enterprise is behind a code, a name, a former name or the initials of its pinyin?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from string import ascii_uppercase
from typing import Any

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.simpleseg import seg
from sqlalchemy import Column, Connection, MetaData, Text, select

from domain.entries import Entry
from projections.beside import Named
from projections.driver import rows_in
from projections.office import FlatRows
from projections.tables import model_table

TABLES = MetaData()

ENTERPRISE = model_table(
    "enterprise",
    3,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("uscc", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("former_names", Text, nullable=False),
    Column("initials", Text, nullable=False),
    Column("pinyin", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("kind", Text),
    Column("industry", Text),
    Column("established_on", Text),
    Column("status", Text),
    Column("reference", Text),
)


@lru_cache(maxsize=4096)
def romanised(name: str) -> tuple[str, str]:
    """The initials and the whole of a name in pinyin, as people type them: lower case, no tones."""
    whole = [part for word in seg(name) for part in _word(word)]
    return "".join(part[:1] for part in whole).lower(), "".join(whole).lower()


@lru_cache(maxsize=16384)
def _word(word: str) -> tuple[str, ...]:
    """One word as the segmentation cut it: the names of enterprises are made of few words."""
    return tuple(lazy_pinyin([word], style=Style.NORMAL))


class Enterprises(FlatRows):
    """One row an enterprise, its pinyin made once and again only when it is renamed."""

    name, prefix = "enterprises", "enterprise."
    table, tables = ENTERPRISE, (ENTERPRISE,)

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        data = entry.data
        if entry.topic == "enterprise.registered":
            row["stream_id"] = entry.stream_id
            for fact in ("uscc", "town", "kind", "industry", "established_on", "status"):
                row[fact] = data[fact]
            row["reference"] = data["reference"]
            row["former_names"] = data["former_name"] or ""
            _named(row, data["name"])
        elif entry.topic == "enterprise.renamed":
            former = [name for name in (row["former_names"], row["name"]) if name]
            row["former_names"] = "\n".join(former)
            _named(row, data["name"])
        elif entry.topic == "enterprise.moved":
            row["town"] = data["town"]
        elif entry.topic == "enterprise.registration_changed":
            row["status"] = data["status"]

    def name_of(self, c: Connection, uscc: str) -> str | None:
        return c.scalar(select(ENTERPRISE.c.name).where(ENTERPRISE.c.uscc == uscc))

    def of(self, c: Connection, uscc: str) -> Any:
        """The row of one enterprise, or None."""
        return c.execute(select(ENTERPRISE).where(ENTERPRISE.c.uscc == uscc)).one_or_none()

    def names(self, c: Connection, usccs: Iterable[str]) -> dict[str, str]:
        question = f"SELECT uscc, name FROM {ENTERPRISE} WHERE uscc IN ({{keys}})"
        return {row[0]: row[1] for row in rows_in(c, question, usccs)}

    def industries(self, c: Connection, usccs: Iterable[str]) -> dict[str, str]:
        question = f"SELECT uscc, industry FROM {ENTERPRISE} WHERE uscc IN ({{keys}})"
        return {row[0]: row[1] or "" for row in rows_in(c, question, usccs)}

    def named(self, c: Connection, usccs: Iterable[str]) -> dict[str, Named]:
        question = (
            f"SELECT uscc, {', '.join(Named._fields)} FROM {ENTERPRISE} WHERE uscc IN ({{keys}})"
        )
        return {uscc: Named(*names) for uscc, *names in rows_in(c, question, usccs)}


def low(text: str) -> str:
    """Lower case, but only of the letters that every database folds alike."""
    return text.translate(LOWER)


LOWER = {ord(letter): letter.lower() for letter in ascii_uppercase}


def _named(row: dict[str, Any], name: str) -> None:
    row["name"] = name
    row["initials"], row["pinyin"] = romanised(name)
