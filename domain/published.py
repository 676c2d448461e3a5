"""Figures that left the office: one event a publication, holding what was said and its proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.desk import Desk
from domain.events import DeskEvent, stream_id
from domain.office import begin


class PublishedFigures(Aggregate):
    """What the office published at one time, under the number of its receipt."""

    TOPIC = "figures"

    class Event(DeskEvent):
        TOPIC = "figures.event"

    class Created(Event, AggregateCreated):
        TOPIC = "figures.created"

    class FiguresPublished(Created):
        """Figures left the office; whom they counted stands in the document of this digest."""

        TOPIC = "figures.published"
        number: str
        as_of: str
        known_at: str | None
        log_position: int
        reach: str
        purpose: str
        lines: list[dict[str, Any]]
        sha256: str

    number: str

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, PublishedFigures.FiguresPublished):
            self.number = event.number


def published_id(number: str) -> UUID:
    return stream_id("figures", number)


def publish_figures(desk: Desk, *, number: str, **facts: Any) -> PublishedFigures:
    """What these figures are is computed from the log; nobody says it."""
    return begin(
        PublishedFigures,
        PublishedFigures.FiguresPublished,
        published_id(number),
        desk,
        number=number,
        **facts,
    )
