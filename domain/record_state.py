"""Where one 宗, a penalty decision or a court judgment, stands."""

from __future__ import annotations

from dataclasses import dataclass

from domain.vocabulary import COUNTS_AS_REPAIR, RemovalGround


@dataclass(slots=True)
class RecordState:
    """One 宗 of the case."""

    record: str
    number: str = ""
    number_key: str = ""
    authority: str = ""
    decided_on: str = ""
    amount_fen: int = 0
    publicity_class: str | None = None
    debtor_ground: str | None = None
    published_on: str | None = None
    attached_at: str = ""
    version: int = 0
    repair: str = "none"  # none, applied, returned, granted, denied, revoked, removed
    repaired_at: str | None = None
    removal_ground: str | None = None
    performance: str | None = None
    has_commitment: bool = False

    @property
    def repaired(self) -> bool:
        """Repaired as the 宗 rate counts it: a removal without its ground counts (design D11)."""
        if self.repair == "granted":
            return True
        return self.repair == "removed" and (
            self.removal_ground is None or self.removal_ground in COUNTS_AS_REPAIR
        )

    @property
    def settled(self) -> bool:
        return self.repair in ("granted", "removed")

    @property
    def wrongly_listed(self) -> bool:
        return self.removal_ground == RemovalGround.WRONGLY_LISTED and self.repair == "removed"
