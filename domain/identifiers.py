"""The three numbers of the office, read, put in normal form and compared: codes, 案号 and 文号."""

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from stdnum.cn import uscc as gb32100
from stdnum.exceptions import InvalidChecksum, ValidationError

Kind = Literal["uscc", "court_case_number", "penalty_document_number", "unknown"]
Verdict = Literal["valid", "ask", "invalid"]
Form = Literal["new_2016", "old_zi_di"]


@dataclass(frozen=True, slots=True)
class Identified:
    """What a text turned out to be; `key` compares two writings of one number, always given."""

    input: str
    kind: Kind
    verdict: Verdict
    normal: str | None
    key: str
    problems: tuple[str, ...] = ()
    suggestion: str | None = None
    several: tuple[str, ...] = ()
    year: int | None = None
    court_code: str | None = None
    type_code: str | None = None
    number: str | None = None
    sub_number: str | None = None
    suffix: str | None = None
    form: Form | None = None


# Only what a keyboard, a spreadsheet or a copied page adds is cleaned. NFKC would also turn
# ² and ① into digits, and so one number into another.
_WIDE = "".join(chr(0xFEE0 + ord(c)) for c in "0123456789-") + "".join(
    chr(c) for c in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
)
_DASHES = "‐‑‒–—―−﹣"
_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_NARROW: dict[int, str | None] = {
    **{ord(wide): chr(ord(wide) - 0xFEE0) for wide in _WIDE},
    **{ord(dash): "-" for dash in _DASHES},
    **dict.fromkeys(_INVISIBLE),
}
_OPENING = "([{（［｛〔【〖「『〈《﹝"
_CLOSING = ")]}）］｝〕】〗」』〉》﹞"
_TO_COURT = str.maketrans(_OPENING + _CLOSING, "（" * len(_OPENING) + "）" * len(_CLOSING))
_TO_PENALTY = str.maketrans(_OPENING + _CLOSING, "〔" * len(_OPENING) + "〕" * len(_CLOSING))


def _clean(text: str) -> str:
    """Half-width letters and digits, nothing blank or invisible, no text-cell apostrophe."""
    narrow = "".join(text.translate(_NARROW).split())
    return narrow[1:] if narrow[:1] in ("'", "＇", "‘", "’") else narrow


def _is_formula(cleaned: str) -> bool:
    return cleaned[:1] in ("=", "＝", "+", "＋", "@", "＠")


# --- 统一社会信用代码 -----------------------------------------------------------------------

_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_DEPARTMENTS = frozenset("ANY")  # registering departments that have a letter
_MISREAD = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "UYW"}
_MOST_MISREAD = 4  # with more, a fix is a guess, and the readings grow without bound


def uscc(text: str) -> Identified:
    """A credit code: a wrong shape is invalid, a wrong check digit is held for a person."""
    code = _clean(text).replace("-", "")
    code = code.upper() if code.isascii() else code  # "ı" or "ß" would become other letters

    def answer(verdict: Verdict, *problems: str, suggestion: str | None = None) -> Identified:
        normal = None if verdict == "invalid" else code
        named = tuple(f"uscc.{problem}" for problem in problems)
        return Identified(text, "uscc", verdict, normal, code, named, suggestion)

    if not code:
        return answer("invalid", "empty")
    if _is_formula(code):
        return answer("invalid", "formula")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?E\+?[0-9]+|[0-9]+\.0*", code):
        return answer("invalid", "number_cell")  # digits are lost: there is nothing to guess from
    if not (code.isascii() and code.isalnum()):
        return answer("invalid", "characters")
    if len(code) != 18:
        return answer("invalid", "length")
    if not set(code) <= _ALPHABET:
        return answer("invalid", "characters", suggestion=_reread(code))
    try:
        gb32100.validate(code)
    except InvalidChecksum:
        # A spreadsheet keeps fifteen digits and fills up with noughts: then no digit is sure.
        rounded = code.isdigit() and code.endswith("000")
        right = None if rounded else code[:17] + gb32100.calc_check_digit(code[:17])
        return answer("ask", "check_digit", suggestion=right)
    except ValidationError:
        # The standard knows departments with a letter (N: rural collectives), the library none.
        known = code[0] in _DEPARTMENTS and code[1:8].isdigit()
        if known and code[17] == gb32100.calc_check_digit(code[:17]):
            return answer("ask", "department")
        return answer("invalid", "shape")
    return answer("valid")


def _reread(code: str) -> str | None:
    """The one valid code that the letters missing from the standard can have been read from."""
    if sum(c in _MISREAD for c in code) > _MOST_MISREAD:
        return None
    readings = ("".join(c) for c in product(*(_MISREAD.get(c, c) for c in code)))
    valid = [reading for reading in readings if gb32100.is_valid(reading)]
    return valid[0] if len(valid) == 1 else None


# --- 法院案号 --------------------------------------------------------------------------------

EARLIEST_YEAR = 1949
YEAR_OF_COURT_CODES = 2016
_PROVINCES = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵军"
# Characters that case types are made of; another one is asked about, not refused.
_TYPE_CHARACTERS = frozenset(
    "民刑行执破赔辖初终监申抗再撤特催督知保恢异复协他财强清算认台港澳外仲先引调诉前"
    "委法提司惩救助核更备没医止审请示商裁禁令移送区际国立预人护身安全"
)
_COURT_WORDS = frozenset("民刑行执破商知赔辖保调立审初终再申监经海")
_SUFFIX = "[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_TAIL = (
    r"(?P<number>[0-9]{1,8})(?:-(?P<sub>[0-9]{1,3}))?"
    rf"(?:(?P<hao>号)(?:之(?P<suffix>{_SUFFIX}))?)?"
)
_YEAR = r"(?P<open>（)?(?P<year>[0-9]{4})(?P<close>）)?"
_NEW = re.compile(
    rf"{_YEAR}(?P<court>最高法知?|[{_PROVINCES}](?:[0-9]{{4}}|[0-9]{{2}})?)"
    rf"(?P<type>[\u4e00-\u9fff]{{1,6}}?)(?P<zi>字?第)?{_TAIL}"
)
_OLD = re.compile(rf"{_YEAR}(?P<body>[\u4e00-\u9fff（）]{{2,14}}?)(?P<zi>字第){_TAIL}")
_LABEL = re.compile(r"^(?:(?:执行|案件|法院|裁判)?(?:案号|案件编号|编号|文号))[:：]?")
_DOCUMENT = re.compile(
    r"(?:民事|刑事|行政|执行|国家赔偿)?(?:判决|裁定|决定|调解|通知|裁决)书$|(?:支付|执行|限制消费)令$"
)
_SEPARATOR = re.compile(r"[、，,；;和及/]")


def court_case_number(text: str, *, this_year: int | None = None) -> Identified:
    """A court case number; `this_year` bounds its year, since this room has no clock."""
    cleaned = _clean(text)
    key = cleaned.translate(_TO_COURT)
    refused = Identified(text, "court_case_number", "invalid", None, key)
    if not key:
        return replace(refused, problems=("court_case_number.empty",))
    if _is_formula(key):
        return replace(refused, problems=("court_case_number.formula",))
    bare = _DOCUMENT.sub("", _LABEL.sub("", key))
    return (
        _single(refused, bare, this_year)
        or _several(refused, bare, this_year)
        or _embedded(refused, bare, this_year)
        or replace(refused, problems=(f"court_case_number.{_why_not(bare)}",))
    )


def _single(blank: Identified, bare: str, this_year: int | None) -> Identified | None:
    new, old = _NEW.fullmatch(bare), _OLD.fullmatch(bare)
    if old and int(old["year"]) < YEAR_OF_COURT_CODES:
        new = None  # 浙甬商外终字第: 浙甬 is the court, in words
    found = new or old
    if found is None or not int(found["number"]):
        return None
    body = found["type"] if new else found["body"]
    doubts = _doubts(found, body, new is not None)
    if doubts is None:
        return None
    year, sub, suffix = int(found["year"]), found["sub"], found["suffix"]
    head = f"{found['court']}{body}" if new else f"{body}字第"
    tail = (f"-{sub}" if sub else "") + "号" + (f"之{suffix}" if suffix else "")
    normal = f"（{year}）{head}{found['number']}{tail}"
    # 00873 and 873 are one case: the zeros stay on the page and out of the comparison.
    key = f"（{year}）{head}{int(found['number'])}{tail}"
    parts = replace(
        blank,
        year=year,
        court_code=found["court"] if new else None,
        type_code=body if new else None,
        number=found["number"],
        sub_number=sub,
        suffix=suffix,
        form="new_2016" if new else "old_zi_di",
    )
    if year < EARLIEST_YEAR or (this_year is not None and year > this_year):
        return replace(parts, problems=("court_case_number.year",))
    problems = tuple(f"court_case_number.{doubt}" for doubt in doubts)
    if "stage" in doubts:  # the number is not whole, so there is none to store
        return replace(parts, verdict="ask", problems=problems)
    verdict: Verdict = "ask" if problems else "valid"
    return replace(parts, verdict=verdict, normal=normal, key=key, problems=problems)


def _doubts(found: re.Match[str], body: str, is_new: bool) -> list[str] | None:
    """What a person must look at in a number that was read; None: it is no court's number."""
    doubts = []
    if is_new:
        half = len(body) // 2
        if body[0] in _PROVINCES or (len(body) % 2 == 0 and body[:half] == body[half:]):
            return None  # 粤粤, 民初民初: typed twice, and nobody knows which half is right
        if body[-1] in "民刑行":
            doubts.append("stage")
        if not set(body) <= _TYPE_CHARACTERS:
            doubts.append("type_code")
        if found["zi"]:
            doubts.append("old_wording")
    else:
        if "罚" in body or not set(body) & _COURT_WORDS or body.count("（") != body.count("）"):
            return None
        if int(found["year"]) >= YEAR_OF_COURT_CODES:
            doubts.append("old_form")
    if not (found["open"] and found["close"]):
        doubts.append("brackets")
    if not found["hao"]:
        doubts.append("hao")
    return doubts


def _several(blank: Identified, bare: str, this_year: int | None) -> Identified | None:
    """A list in one cell, of which only the first carries year and court."""
    first, *rest = _SEPARATOR.split(bare)
    if not rest:
        return None
    lead = _single(blank, first, this_year)
    if lead is None or lead.number is None:
        return None
    head = first[: first.rindex(lead.number)]
    found = [lead]
    for item in rest:
        short = re.fullmatch(r"第?([0-9]{1,8}(?:-[0-9]{1,3})?号?)", item)
        one = _single(blank, head + short[1] if short else item, this_year)
        if one is None:
            return None
        found.append(one)
    if any(one.verdict == "invalid" for one in found):
        return None
    several = tuple(_whole(one) for one in found)
    return replace(blank, verdict="ask", problems=("court_case_number.several",), several=several)


def _whole(one: Identified) -> str:
    return one.normal or one.key


def _embedded(blank: Identified, bare: str, this_year: int | None) -> Identified | None:
    """The one whole number in a sentence; what could belong to the number makes it none."""
    spans = [
        found
        for pattern in (_NEW, _OLD)
        for found in pattern.finditer(bare)
        if found["hao"] and found["open"] and found["close"]
    ]
    if len(spans) != 1:
        return None
    numeral = "一二三四五六七八九十" if spans[0]["suffix"] else ""  # 号之二一 is not 号之二
    if bare[spans[0].end() :].startswith(tuple("之-号、，,0123456789" + numeral)):
        return None
    one = _single(blank, spans[0][0], this_year)
    if one is None or one.normal is None:
        return None
    problems = (*one.problems, "court_case_number.other_text")
    return replace(one, verdict="ask", problems=problems)


def _why_not(bare: str) -> str:
    head = re.match(rf"{_YEAR}(?P<rest>.*)", bare)
    if head is None:
        return "year" if re.match(r"（", bare) else "shape"
    court = re.match(rf"最高法|[{_PROVINCES}](?:[0-9]{{4}}|[0-9]{{2}})?(?![0-9])", head["rest"])
    if court is None:
        return "court_code"
    return "suffix" if "号之" in bare else "shape"


# --- 行政处罚决定书文号 ----------------------------------------------------------------------

_YEAR_IN_BRACKETS = re.compile(
    rf"[{re.escape(_OPENING)}]((?:19|20)[0-9]{{2}})[{re.escape(_CLOSING)}]"
)
_LONGEST = 100


def penalty_document_number(text: str) -> Identified:
    """A penalty decision's number: there is no national format, so no shape is refused."""
    cleaned = _clean(text)
    # Only the year's brackets are put right for the reader; those in a prefix are its own.
    normal = _YEAR_IN_BRACKETS.sub(r"〔\1〕", cleaned)
    key = normal.translate(_TO_PENALTY).upper()
    blank = Identified(text, "penalty_document_number", "invalid", None, key)
    if not cleaned:
        return replace(blank, problems=("penalty_document_number.empty",))
    if _is_formula(cleaned):
        return replace(blank, problems=("penalty_document_number.formula",))
    year = re.search(r"〔((?:19|20)[0-9]{2})〕", normal) or re.search(
        r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])", normal
    )
    before, after = (normal[: year.start()], normal[year.end() :]) if year else (normal, normal)
    doubts = []
    if not re.search(r"[\u4e00-\u9fff]", before):
        doubts.append("prefix")
    if not re.search(r"[0-9]", after):
        doubts.append("number")
    if len(cleaned) > _LONGEST:
        doubts.append("length")
    return replace(
        blank,
        verdict="ask" if doubts else "valid",
        normal=normal,
        problems=tuple(f"penalty_document_number.{doubt}" for doubt in doubts),
        year=int(year[1]) if year else None,
    )


# --- any of them -----------------------------------------------------------------------------


def identify(text: str, *, this_year: int | None = None) -> Identified:
    """Which of the three a text is; none of them is unknown, with the nearest reason why."""
    cleaned = _clean(text)
    if not cleaned:
        return Identified(text, "unknown", "invalid", None, "", ("unknown.empty",))
    if _is_formula(cleaned):
        return Identified(text, "unknown", "invalid", None, cleaned, ("unknown.formula",))
    if cleaned.isascii() and re.fullmatch(r"[0-9A-Za-z.+-]+", cleaned):
        return uscc(text)  # the only one of the three that is written without Chinese characters
    court = court_case_number(text, this_year=this_year)
    if court.verdict != "invalid":
        return court
    penalty = penalty_document_number(text)
    court_like = re.match(rf"{_YEAR}.*[{''.join(sorted(_COURT_WORDS))}]", court.key)
    if penalty.year is not None and "号" in cleaned and not court_like:
        return penalty
    problems = court.problems if court_like else ("unknown.shape",)
    return Identified(text, "unknown", "invalid", None, court.key, problems)
