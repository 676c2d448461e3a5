"""The tables of read models, each named after its question and its version.

Two releases may work beside each other on one database: each reads and feeds only tables of its
own versions, so no statement writes such a name; it asks the table for it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, MetaData, Table
from sqlalchemy.sql.elements import quoted_name


def model_table(
    question: str,
    version: int,
    metadata: MetaData,
    *parts: Any,
    sums: int = 0,
    **options: Any,
) -> Table:
    """A table of a read model; its indexes carry the version too.

    Whoever changes what stands in the rows, or how a fold comes to it, adds one to the version.
    So many of the last columns are ``sums``: what several batches give for a key is added up.
    """
    for part in parts:
        if isinstance(part, Index):
            part.name = quoted_name(f"{part.name}_{version}", quote=None)
    info = {"question": question, "version": version, "sums": sums}
    return Table(f"{question}_{version}", metadata, *parts, info=info, **options)
