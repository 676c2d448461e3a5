"""What a case is told by besides its story: the working days, and what its enterprise is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.workdays import Workdays


class Named(NamedTuple):
    """What an enterprise is called and was called, and its industry."""

    name: str | None
    former_names: str | None
    pinyin: str | None
    initials: str | None
    industry: str | None


NAMELESS = Named(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it, for the cases of some enterprises."""

    workdays: Workdays
    enterprises: Mapping[str, Named] = field(default_factory=dict)

    def named(self, enterprise: str) -> Named:
        return self.enterprises.get(enterprise, NAMELESS)
