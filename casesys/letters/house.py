"""The wording of our own templates; an office that wants another puts a file of its own first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from casesys.letters.kinds import LetterKind
from casesys.letters.paper import Paper

RECORDS = "record in records"
RECORD_SHARES = (3, 12, 11, 7, 7, 5)
RECORD_HEAD = ("序号", "文书号", "认定单位", "决定日期", "金额", "修复")
RECORD_ROW = (
    "record.no record.number record.authority record.decided_on record.amount record.repair"
)
PLACE_DAY = "______年____月____日"


def interview_notice() -> bytes:
    paper = Paper()
    paper.title("{{ title }}")
    paper.right("编号：{{ notice_number }}")
    paper.flush("{{ enterprise }}（统一社会信用代码：{{ uscc }}）：")
    paper.text(
        "你单位已列入“屡禁不止、屡罚不改”专项治理名单（批次：{{ campaign }}；名单：{{ category }}；"
        "列入日期：{{ listed_on }}；案件编号：{{ case_number }}）。"
        "所涉文书共{{ record_count }}宗，金额合计{{ amount_total }}："
    )
    paper.table(RECORD_SHARES, RECORD_HEAD, RECORDS, RECORD_ROW)
    paper.text("依据{{ basis }}，现对你单位进行{{ interview_kind }}，请按下列安排到场。")
    paper.heading("一、时间和地点")
    paper.text("时间：{{ held_at }}")
    paper.text("地点：{{ place }}")
    paper.text("责任单位：{{ unit }}。约谈人员不少于{{ interviewers }}名，到场时出示工作证件。")
    paper.text("联系方式：{{ contact }}（经办人工号：{{ officer }}）")
    paper.heading("二、到场人员和材料")
    paper.text(
        "请法定代表人（负责人）到场；不能到场的，可以委托代理人到场，并提交授权委托书。"
        "请携带营业执照复印件、到场人员的身份证明、上列各宗的履行和整改材料，"
        "以及签署约谈记录和信用承诺书所需的单位印章。"
    )
    paper.heading("三、约谈内容")
    paper.text(
        "告知名单所涉的事实和可能产生的影响；听取你单位的说明；"
        "提出履行、整改的要求和期限；说明信用承诺和信用修复怎样办理。"
    )
    paper.heading("四、说明")
    paper.text(
        "对名单所列信息有异议的，可以在约谈之前或者约谈时向本办提出，并附证据；"
        "本办登记后转认定单位核查。本通知书用于专项治理，不是行政处罚决定，不增加新的处罚或者惩戒。"
    )
    paper.text(
        "个人信息告知：依照《中华人民共和国个人信息保护法》第十七条、第三十五条告知，"
        "本办为办理和记录本次约谈，处理到场人员的姓名、身份和签名，并拍照留证。姓名加密保存，"
        "照片不作人脸识别，都只供本案办理和依法监督使用；本人可以向本办要求查阅、更正。"
    )
    paper.right("{{ issuer }}", "（印章）", "{{ today }}")
    paper.title("送达回证", new_page=True)
    paper.blanks(
        (
            ("受送达单位", "{{ enterprise }}（{{ uscc }}）"),
            ("送达文书", "{{ title }}（编号：{{ notice_number }}）"),
            ("送达方式", "□上门　□信函　□短信等电子方式　□其他："),
            ("送达地点", ""),
            ("送达时间", f"{PLACE_DAY}____时____分"),
            ("受送达人签名、盖章", ""),
            ("受送达人的身份", ""),
            ("送达人签名、工号", ""),
            ("备注（拒收等情况和见证人）", ""),
        )
    )
    return paper.written()


def commitment() -> bytes:
    paper = Paper()
    paper.title("{{ title }}")
    paper.blanks(
        (
            ("承诺单位", "{{ enterprise }}"),
            ("统一社会信用代码", "{{ uscc }}"),
            ("专项治理", "批次{{ campaign }}，{{ category }}，案件编号{{ case_number }}"),
        )
    )
    paper.text("本单位就下列{{ record_count }}宗文书，向{{ issuer }}、认定单位郑重承诺：")
    paper.table(RECORD_SHARES, RECORD_HEAD, RECORDS, RECORD_ROW)
    for promise in (
        "（一）已经知悉上列文书的内容和应当履行的义务。",
        "（二）停止并纠正所涉行为，在{{ perform_by }}前全部履行上列文书确定的义务；"
        "已经履行的，所报情况真实。",
        "（三）向{{ issuer }}、认定单位提供的材料、所作的说明真实、准确、完整。",
        "（四）依法经营，不再发生同类行为。",
        "（五）接受责任单位（{{ unit }}）的监督检查，如实报告履行进展。",
        "（六）同意将本承诺和履行承诺的情况记入信用记录；违反承诺或者提供虚假材料的，依法承担后果。",
    ):
        paper.text(promise)
    paper.logic("if for_repair")
    paper.text("本承诺书用于上列一宗的信用修复申请，一宗一份。")
    paper.logic("endif")
    paper.blanks(
        (
            ("法定代表人或者授权代理人签名", ""),
            ("签名人的身份", "□法定代表人　□授权代理人（附授权委托书）"),
            ("承诺单位盖章", ""),
            ("签署日期", PLACE_DAY),
        )
    )
    paper.text("签名、盖章后交{{ issuer }}登记（经办人工号：{{ officer }}）。打印日期：{{ today }}")
    return paper.written()


def repair_checklist() -> bytes:
    paper = Paper()
    paper.title("{{ title }}")
    paper.flush("{{ enterprise }}（统一社会信用代码：{{ uscc }}）：")
    paper.text(
        "你单位在“屡禁不止、屡罚不改”专项治理（批次：{{ campaign }}；名单：{{ category }}；"
        "案件编号：{{ case_number }}）中共有{{ record_count }}宗，金额合计{{ amount_total }}。"
        "是否修复由认定单位决定，本办负责指导、转送和登记。"
        "下面按{{ today }}的登记情况列出（规则：{{ rules }}），供准备材料；"
        "与认定单位的答复不一致的，以认定单位的答复为准。"
    )
    paper.text("“☑”为已经登记的材料，“□”为缺少的或者需要自行核对的材料，备齐一项勾一项。")
    paper.logic(f"for {RECORDS}")
    paper.heading("第{{ record.no }}宗　{{ record.number }}")
    paper.text(
        "认定单位：{{ record.authority }}；决定日期：{{ record.decided_on }}；"
        "金额：{{ record.amount }}；失信信息类别：{{ record.grade }}"
    )
    paper.text("最早可以申请的日期：{{ record.opens }}")
    paper.logic("if record.documents")
    paper.table(
        (2, 10, 4),
        ("备齐", "材料", "现状"),
        "paper in record.documents",
        "paper.box paper.words paper.remark",
    )
    paper.logic("endif")
    paper.text("提交去处：{{ record.handed }}")
    paper.logic("endfor")
    paper.heading("说明")
    paper.text("信用修复不收费，请勿相信收费“代办修复”“删除记录”。")
    paper.text("联系方式：{{ contact }}（经办人工号：{{ officer }}）")
    paper.right("{{ issuer }}", "（印章）", "{{ today }}")
    return paper.written()


HOUSE: Mapping[LetterKind, Callable[[], bytes]] = {
    LetterKind.INTERVIEW_NOTICE: interview_notice,
    LetterKind.COMMITMENT: commitment,
    LetterKind.REPAIR_CHECKLIST: repair_checklist,
}


@cache
def house_template(kind: LetterKind) -> bytes:
    """The Word file that is filled where the office has none of its own."""
    return HOUSE[kind]()
