"""Making a database ready: its tables, the calendars, the member units."""

from __future__ import annotations

from sqlalchemy import MetaData

from casesys.calendars import published_years
from casesys.log import Meta
from casesys.system import System
from casesys.tables import BUILT, STORE
from domain.events import stream_id
from domain.office import Calendar, MemberUnit, begin
from projections.driver import rows, upsert
from projections.reading import feed


def create_tables(system: System) -> None:
    with system.database.write() as c:
        STORE.create_all(c)
        for model in system.models.all:
            for table in model.tables:
                table.create(c, checkfirst=True)
            upsert(c, BUILT, [(model.name, model.version)])
