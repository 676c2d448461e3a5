"""Commands that erase personal data for good, and the one that shows the name of an account."""

from __future__ import annotations

from casesys.command import Command
from casesys.fields import Choice, Text
from casesys.permits import Permit
from domain import account, office
from domain.account import Account
from domain.case import GovernanceCase
from domain.decisions import erasing
from domain.office import ListUpload
from domain.vocabulary import ErasureGround

FIELDS = {
    "ground": Choice(
        ErasureGround,
        zh="清除依据",
        en="Ground",
        hint_zh="清除后谁也无法恢复。选“保存期满”的，系统核对期限",
        hint_en="Nobody can take it back. That the period is over is checked by the system",
    ),
    "explanation": Text(
        400,
        zh="清除理由",
        en="Reason",
        hint_zh="写进凭证，长期保存。不要写姓名和电话",
        hint_en="Stands in the certificate for good. Write no name and no telephone number",
    ),
}

ERASE_PERSONAL_DATA = Command(
    "erase_personal_data",
    Permit.ERASE,
    erasing.erase_personal_data,
    FIELDS,
    on=GovernanceCase,
)

ERASE_NAME = Command("erase_name", Permit.ACCOUNTS, account.erase_name, FIELDS, on=Account)

ERASE_REMARKS = Command("erase_remarks", Permit.INTAKE, office.erase_remarks, FIELDS, on=ListUpload)

REVEAL_NAME = Command(
    "reveal_name",
    Permit.AUDIT,
    account.reveal_name,
    {
        "explanation": Text(
            400,
            zh="查看理由",
            en="Reason",
            hint_zh="谁在何时为何查看，会记入日志",
            hint_en="Who looked, when and why becomes part of the log",
        )
    },
    on=Account,
)

COMMANDS = (ERASE_PERSONAL_DATA, ERASE_NAME, ERASE_REMARKS, REVEAL_NAME)
