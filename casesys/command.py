"""What a command is: its name, who may give it, what it asks, and the decision behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eventsourcing.domain import Aggregate
from marshmallow import RAISE, Schema, ValidationError

from casesys.fields import Spec, problems_of
from casesys.permits import Permit
from domain.case import GovernanceCase


class FieldsRefused(Exception):
    """What was typed cannot be taken: the code of what is wrong, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class Command:
    """One act of the office, described once for every door.

    ``on`` is the kind of stream it acts on; its decision takes the aggregate, the desk and the
    fields. A command with no ``on`` may begin streams; its decision takes the ``Work`` instead.
    """

    name: str
    permit: Permit
    decision: Callable[..., Any]
    fields: Mapping[str, Spec]
    on: type[Aggregate] | None = None

    def __post_init__(self) -> None:
        named = {name: spec.named(name) for name, spec in self.fields.items()}
        object.__setattr__(self, "fields", named)
        schema = Schema.from_dict(
            {name: spec.field() for name, spec in named.items()}, name=self.name
        )
        object.__setattr__(self, "_schema", schema(unknown=RAISE))

    @property
    def on_case(self) -> bool:
        return self.on is GovernanceCase

    @property
    def schema(self) -> Schema:
        schema: Schema = self.__dict__["_schema"]
        return schema

    def read(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as the decision takes them.

        :raises FieldsRefused: a field is missing, unknown or not what it should be
        """
        try:
            values: dict[str, Any] = self.schema.load(raw)
        except ValidationError as error:
            raise FieldsRefused(problems_of(error)) from error
        return values
