"""Which letters the office writes, and what it is asked for before one is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from casesys.command import FieldsRefused
from casesys.fields import Choice, Day, RecordOf, Spec, Text, When, problems_of
from domain.vocabulary import InterviewKind


class LetterKind(StrEnum):
    """The name in addresses, and of the file of its template."""

    INTERVIEW_NOTICE = "interview_notice"
    COMMITMENT = "commitment"
    REPAIR_CHECKLIST = "repair_checklist"


@dataclass(frozen=True)
class Letter:
    """One kind of paper; ``title`` is its name in Chinese, ``act`` what is recorded after it."""

    kind: LetterKind
    title: str
    act: str
    fields: Mapping[str, Spec]

    @cached_property
    def schema(self) -> Schema:
        asked = {name: spec.field() for name, spec in self.fields.items()}
        schema = Schema.from_dict(asked, name=f"{self.kind}_letter")
        return schema(unknown=EXCLUDE)

    def read(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed; all of it may be left out, and is then written by hand.

        :raises FieldsRefused: something typed is not what it should be
        """
        try:
            values: dict[str, Any] = self.schema.load(raw)
        except ValidationError as error:
            raise FieldsRefused(problems_of(error)) from error
        return values


def _contact() -> Spec:
    return Text(
        120,
        zh="本办联系方式",
        en="How to reach this office",
        hint_zh="科室、座机，会印在文书上；不要写个人手机号",
        hint_en="Section and office telephone, printed on the letter; no private mobile number",
        required=False,
    )


def _letter(kind: LetterKind, title: str, act: str, fields: Mapping[str, Spec]) -> Letter:
    return Letter(kind, title, act, {name: spec.named(name) for name, spec in fields.items()})


_ALL = (
    _letter(
        LetterKind.INTERVIEW_NOTICE,
        "约谈通知书",
        "serve_interview_notice",
        {
            "notice_number": Text(80, zh="通知书编号", en="Number of the notice", required=False),
            "kind": Choice(InterviewKind, zh="约谈种类", en="Kind of interview", required=False),
            "held_at": When(zh="约谈时间", en="Time of the interview", required=False),
            "place": Text(
                120,
                zh="约谈地点",
                en="Place of the interview",
                hint_zh="线上约谈填“线上”和平台名称",
                hint_en="For an interview online, say so and name the platform",
                required=False,
            ),
            "contact": _contact(),
            "basis": Text(
                200,
                zh="工作依据",
                en="Basis",
                hint_zh="本次专项治理通知的名称和文号",
                hint_en="Title and number of the paper that ordered this campaign",
                required=False,
            ),
        },
    ),
    _letter(
        LetterKind.COMMITMENT,
        "信用承诺书",
        "sign_commitment",
        {
            "record": RecordOf(
                zh="为哪一宗的修复承诺",
                en="For the repair of which record",
                hint_zh="选一宗，印信用修复承诺书，一宗一份；不选，印治理用的信用承诺书",
                hint_en="With a record: a commitment for its repair, one a record; without: for "
                "the governance as a whole",
                required=False,
            ),
            "perform_by": Day(
                zh="承诺履行的期限", en="Day by which it promises to perform", required=False
            ),
        },
    ),
    _letter(
        LetterKind.REPAIR_CHECKLIST, "信用修复材料清单", "apply_repair", {"contact": _contact()}
    ),
)

LETTERS: Mapping[str, Letter] = {str(letter.kind): letter for letter in _ALL}
