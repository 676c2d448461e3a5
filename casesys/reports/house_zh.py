"""The words of our own template of the work report in Chinese, as districts write it."""

from __future__ import annotations

from casesys.letters.paper import CHINESE
from casesys.reports.wording import Wording, number, percent

WORDING = Wording(
    face=CHINESE,
    title="关于“屡禁不止、屡罚不改”\n专项治理情况的报告",
    above="{% if receipt %}凭证号 {{ receipt.number }}{% endif %}",
    under_title=(
        "截至{{ as_of }}，按{{ known }}前的登记计算",
        "{% if unit %}只含{{ unit }}负责的案件{% else %}全区{% endif %}　"
        "{% if receipt %}凭证号 {{ receipt.number }}，方括号内为凭证行号{% else %}"
        "预览，没有凭证，不作报送{% endif %}",
    ),
    overall="一、总体情况",
    overall_texts=(
        "截至{{ as_of }}，{% if unit %}{{ unit }}负责的案件中，{% endif %}"
        "列入“屡禁不止、屡罚不改”专项治理企业共" + number("all.enterprises") + "家，"
        "其中行政处罚" + number("penalty.enterprises") + "家、"
        "失信被执行人" + number("judgment.enterprises") + "家"
        "（两类名单都在的" + number("both") + "家）。",
        "{% if penalty.all_three.empty %}行政处罚名单没有企业。"
        "{% elif penalty.all_three.whole %}"
        "行政处罚"
        + number("penalty.all_three", "of")
        + "家企业已"
        + percent("penalty.all_three")
        + "全部签署信用承诺书、约谈和拍照留证"
        "{% else %}"
        "行政处罚" + number("penalty.all_three", "of") + "家企业中，"
        "签署信用承诺书、约谈和拍照留证三项齐全的" + number("penalty.all_three") + "家，"
        "占"
        + percent("penalty.all_three")
        + "（签署信用承诺书"
        + number("penalty.commitment")
        + "家、约谈"
        + number("penalty.interview")
        + "家、"
        "拍照留证" + number("penalty.photo") + "家）"
        "{% endif %}{% if not penalty.all_three.empty %}；"
        "共" + number("penalty.repair", "of") + "宗行政处罚决定，"
        "已修复"
        + number("penalty.repair")
        + "宗，修复率达"
        + percent("penalty.repair")
        + "。{% endif %}",
        "{% if judgment.enterprises.counts %}"
        "失信被执行人" + number("judgment.enterprises") + "家企业，"
        "共" + number("judgment.repair", "of") + "宗法院判决，"
        "已修复"
        + number("judgment.repair")
        + "宗，修复率达"
        + percent("judgment.repair")
        + "{% if judgment.held %}；未修复的"
        + number("judgment.unrepaired")
        + "宗中："
        "{% for one in judgment.held %}{{ one.words }}" + number("one") + "宗"
        "{% if not loop.last %}、{% endif %}{% endfor %}{% endif %}。"
        "{% else %}失信被执行人名单没有企业。{% endif %}",
    ),
    held="二、没有修复的原因",
    held_text=(
        "两类名单没有修复的共" + number("all.unrepaired") + "宗。每宗只计一个原因，"
        "按固定次序取第一个成立的；法院因非履行原因移出名单的不算修复，也列在内。"
    ),
    held_head=("原因", "行政处罚（宗）", "失信被执行人（宗）", "合计（宗）"),
    every="合计",
    groups="三、分名单、分镇街情况",
    lists_caption="分名单（每格为分子/分母和比率；同在两类名单的企业，合计只算一家）",
    towns_caption=(
        "分镇街（按修复率排列；不足{{ smallest }}宗的排在后面，只列数，不作比较；"
        "在几个镇街都有案件的企业各计一次）"
    ),
    list_name="名单",
    town_name="镇街",
    name_share=19,
    rate_heads=(
        "修复（宗）",
        "全部修复（家）",
        "修复一宗以上（家）",
        "约谈（家）",
        "拍照留证（家）",
        "信用承诺（家）",
        "三项齐全（家）",
    ),
    enterprises="四、各企业宗数",
    enterprise_captions={
        "judgment": "失信被执行人（宗数多的在前）",
        "penalty": "行政处罚（宗数多的在前）",
    },
    enterprise_head=("企业", "宗数（宗）", "已修复（宗）"),
    deadlines="五、办理期限",
    deadlines_text="期限按工作日计算。应办为已办和逾期未办之和，期限未到的另列。",
    deadline_head=(
        "期限",
        "应办（件）",
        "按期（件）",
        "按期率",
        "逾期办结（件）",
        "逾期未办（件）",
        "期限内（件）",
    ),
    national="六、国家专项治理台账",
    national_texts=(
        "失信被执行人名单"
        + number("judgment.listed")
        + "件，剔除"
        + number("judgment.excluded")
        + "件，实际纳入治理"
        + number("judgment.exit", "of")
        + "件，退出台账"
        + number("judgment.exit")
        + "件，退出率"
        + percent("judgment.exit")
        + "；行政处罚名单"
        + number("penalty.listed")
        + "件，剔除"
        + number("penalty.excluded")
        + "件，实际纳入治理"
        + number("penalty.exit", "of")
        + "件，退出台账"
        + number("penalty.exit")
        + "件，退出率"
        + percent("penalty.exit")
        + "。一家企业在一批次的一类名单中为一件。退出台账是治理闭环，不等于修复，两者互不推导。",
    ),
    national_head=("项目", "失信被执行人", "行政处罚", "合计"),
    national_rows={
        "listed": "列入名单",
        "excluded": "剔除",
        "reason": "　其中：{{ one.words }}",
        "governed": "实际纳入治理",
        "not_reached": "　企业无法联系（含尚未联系）",
        "reached_not_operating": "　可联系但不再经营",
        "reached_operating": "　可联系且尚在经营",
        "exited": "退出台账",
        "exit_rate": "退出率",
        "enterprises": "实际纳入治理的企业",
    },
    case="件",
    enterprise="家",
    limits="七、需要说明的情况",
    limit_texts=(
        "宗、件、家分别计数，不相加减。比率四舍五入到整数百分比，分母为零的记“—”，不作100％。",
        "登记晚于{{ known }}的事项不在其内；事项补录、作废以后，同一天的数字会变，以凭证为准。",
        "本报告只说专项治理。“双公示”、信用贷款等工作的数字没有在本系统登记，不能由本系统给出。",
    ),
    receipt="凭证清单",
    receipt_texts=(
        "凭证号：{{ receipt.number }}。行号与正文方括号内的数字相同，"
        "第1行即{{ receipt.number }}/1。",
        "截至{{ as_of }}；按{{ known }}前的登记；日志位置第{{ receipt.position }}条；"
        "{{ receipt.published_at }}由{{ receipt.by }}出具。",
        "核对：在系统中运行 {{ receipt.verify }}，从日志重新计算，"
        "逐行回答相符，或者列出哪些对象不符。",
        "企业宗数、剔除原因和两类名单都在的家数，由所标各行的对象分列得出。",
    ),
    rules_caption="计算口径",
    rules_head=("名称和版本", "口径"),
    lines_caption="各行（摘要为 SHA-256 的前12位）",
    lines_head=("行号", "名称和版本", "范围", "数字", "摘要"),
)
