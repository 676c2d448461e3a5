"""The made register behind the demonstration: invented names, plausible days, as CSV files."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from casesys.history.register import ACTIONS, CASES, ENTERPRISES, RECORDS
from domain.instants import previous_day
from domain.workdays import Workdays

CITY, DISTRICT, DIVISION = "澜溪市", "栖云区", "449955"
TOWNS = ("南桥街道", "听涛街道", "石湾镇", "松坪镇", "柳溪镇", "云岭镇", "双塔镇", "古渡镇")
HEADS = "启明恒越昌瑞晟朗景和泽润博远弘毅嘉木"
TAILS = "川原禾光林舟野山海澄"
TRADES = ("木业", "建材", "食品", "物流", "五金", "印刷", "服饰", "环保科技", "餐饮", "机械")
PENALISERS = (
    ("区市场监督管理局", "澜栖市监罚字"),
    ("区生态环境局", "澜栖环罚字"),
    ("区应急管理局", "澜栖应急罚"),
    ("区城市管理局", "栖城管罚决字"),
)
COURT = "区人民法院"
CATEGORY = {True: "judgment", False: "penalty"}
FIELDS = {
    "units": ("unit_no", "unit"),
    "enterprises": ENTERPRISES,
    "cases": CASES,
    "records": RECORDS,
    "actions": ACTIONS,
}


@dataclass
class MadeRegister:
    """Makes one register; everything it knows of chance and time is given to it."""

    chance: random.Random
    today: str
    workdays: Workdays
    units: Sequence[str]
    tables: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in FIELDS}
    )
    _names: set[str] = field(default_factory=set)
    _numbers: int = 0
    _clock: int = 0

    def make(self, cases: int) -> None:
        """Cases of four lists of the last seven months, the older the further along."""
        needed = [unit for unit, _ in PENALISERS] + [COURT]
        self.units = [*self.units, *(unit for unit in needed if unit not in self.units)]
        for number, unit in enumerate(self.units, 1):
            self.tables["units"].append({"unit_no": number, "unit": unit})
        listings = [self._back(140), self._back(90), self._back(45), self._back(6)]
        for index in range(cases):
            self._case(index, listings[index * len(listings) // cases])
        self.tables["actions"].sort(key=lambda a: (a["recorded_at"], a["action_id"]))

    def write(self, folder: Path) -> None:
        for name, columns in FIELDS.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                out = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
                out.writeheader()
                out.writerows(self.tables[name])

    def _back(self, days: int) -> str:
        """The working day that lies this many working days back."""
        day = self.today
        while days:
            day = previous_day(day)
            days -= self.workdays.is_working(day)
        return day

    def _case(self, index: int, listed: str) -> None:
        judgment = index % 7 == 3
        enterprise = self._enterprise(index)
        unit, prefix = (COURT, "") if judgment else self.chance.choice(PENALISERS)
        case = {
            "case_id": f"D{index + 1:05d}",
            "enterprise_id": enterprise["enterprise_id"],
            "uscc": enterprise["uscc"],
            "category": CATEGORY[judgment],
            "batch_id": f"Z{listed[:4]}-{listed[5:7]}",
            "listed_date": listed,
            "lead_unit": unit,
            "town": enterprise["town"],
        }
        self.tables["cases"].append(case)
        records = [
            self._record(case, prefix, judgment) for _ in range(self.chance.choice((1, 1, 2, 3)))
        ]
        self._story(case, records, judgment)

    def _enterprise(self, index: int) -> dict[str, Any]:
        while True:
            brand = "".join(self.chance.sample(HEADS, 2)) + self.chance.choice(TAILS)
            trade = self.chance.choice(TRADES)
            name = f"{CITY[:2]}{brand}{trade}有限公司"
            if name not in self._names:
                self._names.add(name)
                break
        body = f"91{DIVISION}MA{index:06d}K"
        row = {
            "enterprise_id": f"DE{index + 1:05d}",
            "uscc": body + uscc.calc_check_digit(body),
            "name": name,
            "former_name": "",
            "kind": "企业",
            "industry": trade,
            "town": self.chance.choice(TOWNS),
            "established": f"{self.chance.randint(2001, 2020)}-0{self.chance.randint(1, 9)}-15",
            "registration_status": "存续",
        }
        self.tables["enterprises"].append(row)
        return row

    def _record(self, case: dict[str, Any], prefix: str, judgment: bool) -> dict[str, Any]:
        self._numbers += 1
        year = int(case["listed_date"][:4]) - 1
        number = (
            f"（{year}）粤9955执{self._numbers}号"
            if judgment
            else f"{prefix}〔{year}〕{self._numbers}号"
        )
        row = {
            "record_id": f"DR{self._numbers:06d}",
            "case_id": case["case_id"],
            "enterprise_id": case["enterprise_id"],
            "category": case["category"],
            "document_no": number,
            "authority": f"{DISTRICT}人民法院" if judgment else DISTRICT + case["lead_unit"][1:],
            "decided_date": f"{year}-{self._two(1, 12)}-{self._two(1, 28)}",
            "amount_yuan": f"{self.chance.choice((2000, 5000, 12000, 30000, 86000))}.00",
        }
        self.tables["records"].append(row)
        return row

    def _story(self, case: dict[str, Any], records: list[dict[str, Any]], judgment: bool) -> None:
        """What happened to the case, as far as the days since its listing reach."""
        day = case["listed_date"]
        self._act(case, "case_listed", day)
        for record in records:
            self._act(case, "record_added", day, record=record["record_id"])
        self._act(case, "assigned", day, detail=case["lead_unit"])
        lost = judgment and self.chance.random() < 0.5
        for _ in range(self.chance.choice((0, 0, 1)) + 3 * lost):
            day = self._later(day, 1, 4)
            self._act(case, "contact_attempted", day, result="no_answer")
        if lost:
            self._act(case, "impediment_found", self._later(day, 1, 3), detail="lost_contact")
            return
        day = self._later(day, 1, 6)
        self._act(case, "contact_attempted", day, result="reached_operating")
        if judgment:
            self._act(case, "impediment_found", self._later(day, 1, 5), detail="unable_to_pay")
        day = self._later(day, 3, 18)
        self._act(case, "interview_held", day)
        self._act(case, "photo_added", day, detail=self._fingerprint())
        if self.chance.random() < 0.08:
            return
        day = self._later(day, 0, 9)
        self._act(case, "commitment_signed", day, detail=self._fingerprint())
        day = self._later(day, 1, 12)
        if self.chance.random() < 0.7:
            self._act(case, "key_supervision_started", day)
        for record in records:
            if self.chance.random() < (0.2 if judgment else 0.6):
                applied = self._later(day, 4, 30)
                self._act(case, "repair_applied", applied, record=record["record_id"])
                done = self._later(applied, 3, 10)
                self._act(case, "record_repaired", done, record=record["record_id"])

    def _two(self, least: int, most: int) -> str:
        return f"{self.chance.randint(least, most):02d}"

    def _later(self, day: str, least: int, most: int) -> str:
        return self.workdays.add(day, self.chance.randint(least, most)).day

    def _fingerprint(self) -> str:
        return "sha256:" + sha256(self.chance.randbytes(16)).hexdigest()

    def _act(
        self,
        case: dict[str, Any],
        kind: str,
        day: str,
        *,
        record: str = "",
        result: str = "",
        detail: str = "",
    ) -> None:
        late = self.chance.random() < 0.1
        known = self._later(day, 2, 12) if late else day
        if known >= self.today or day >= self.today:
            return
        self._clock += 1
        minute = 9 * 60 + self._clock % 420
        stamp = f"T{minute // 60:02d}:{minute % 60:02d}:00+08:00"
        action = f"DA{self._clock:07d}"
        self.tables["actions"].append(
            {
                "action_id": action,
                "request_id": f"demo-{action}",
                "case_id": case["case_id"],
                "record_id": record,
                "type": kind,
                "occurred_at": day + stamp,
                "recorded_at": known + stamp.replace(":00+", ":30+"),
                "unit": case["lead_unit"],
                "officer": f"U{self.units.index(case['lead_unit']) + 1:02d}-1",
                "result": result,
                "detail": detail,
                "target_action_id": "",
            }
        )
