"""The shape of our own template of the work report; its words stand beside it in each language."""

from __future__ import annotations

from functools import cache

from casesys.letters.paper import Look, Paper
from casesys.reports import house_en, house_zh
from casesys.reports.wording import RATE_PLACES, Wording, fraction, number, percent

NAME = "work_report"
TABLE = Look(numbers_from=1, whole=True)
LONG_TABLE = Look(numbers_from=1)
FINE_TABLE = Look(fine=True)
WORDINGS: dict[str, Wording] = {"zh": house_zh.WORDING, "en": house_en.WORDING}


def template_name(language: str) -> str:
    """The name of the office's own file, without its ending."""
    return f"{NAME}.{language}"


@cache
def house_template(language: str) -> bytes:
    """The Word file that is filled where the office has none of its own."""
    words = WORDINGS[language]
    paper = Paper(words.face)
    paper.on_each_page(words.above)
    paper.title(words.title)
    for line in words.under_title:
        paper.middle(line)
    _overall(paper, words)
    _held(paper, words)
    _groups(paper, words)
    _enterprises(paper, words)
    _deadlines(paper, words)
    _national(paper, words)
    paper.heading(words.limits)
    paper.logic("for one in unsaid")
    paper.text("{{ one }}")
    paper.logic("endfor")
    for text in words.limit_texts:
        paper.text(text)
    paper.right("{{ issuer }}", "{{ today }}")
    _receipt(paper, words)
    return paper.written()


def _overall(paper: Paper, words: Wording) -> None:
    paper.heading(words.overall)
    for text in words.overall_texts:
        paper.text(text)


def _held(paper: Paper, words: Wording) -> None:
    paper.heading(words.held)
    paper.text(words.held_text, before_table=True)
    paper.logic("if held")
    each = ("penalty", "judgment", "all")
    paper.grid(
        (18, 10, 12, 10),
        words.held_head,
        (
            "for one in held",
            ["{{ one.words }}", *(number(f"one.{name}") for name in each)],
            "endfor",
            [words.every, *(number(f"{name}.unrepaired") for name in each)],
        ),
        TABLE,
    )
    paper.logic("endif")


def _groups(paper: Paper, words: Wording) -> None:
    paper.heading(words.groups)
    paper.small(words.lists_caption, before_table=True)
    shares = (words.name_share, *(18 for _ in RATE_PLACES))

    def cells(name: str, its: str) -> list[str]:
        return [name, *(fraction(f"{its}.{place}") for place in RATE_PLACES)]

    paper.grid(
        shares,
        (words.list_name, *words.rate_heads),
        (
            cells("{{ penalty.category }}", "penalty"),
            cells("{{ judgment.category }}", "judgment"),
            cells(words.every, "all"),
        ),
        TABLE,
    )
    paper.logic("if towns")
    paper.small(words.towns_caption, before_table=True)
    paper.grid(
        shares,
        (words.town_name, *words.rate_heads),
        ("for one in towns", cells("{{ one.words }}", "one"), "endfor"),
        LONG_TABLE,
    )
    paper.logic("endif")


def _enterprises(paper: Paper, words: Wording) -> None:
    paper.heading(words.enterprises)
    for name in ("judgment", "penalty"):
        paper.logic(f"if {name}.enterprise_rows")
        paper.small(words.enterprise_captions[name], before_table=True)
        paper.grid(
            (30, 9, 9),
            words.enterprise_head,
            (
                f"for one in {name}.enterprise_rows",
                ["{{ one.words }}", number("one.records"), number("one.repaired")],
                "endfor",
                [
                    words.every,
                    number(f"{name}.repair", "of"),
                    number(f"{name}.repair"),
                ],
            ),
            TABLE,
        )
        paper.logic("endif")


def _deadlines(paper: Paper, words: Wording) -> None:
    paper.heading(words.deadlines)
    paper.text(words.deadlines_text, before_table=True)
    paper.grid(
        (12, 9, 9, 9, 9, 9, 9),
        words.deadline_head,
        (
            "for one in deadlines",
            [
                "{{ one.words }}",
                number("one.rate", "of"),
                number("one.rate"),
                percent("one.rate"),
                number("one.late"),
                number("one.overdue"),
                number("one.running"),
            ],
            "endfor",
        ),
        TABLE,
    )


def _national(paper: Paper, words: Wording) -> None:
    paper.heading(words.national)
    for text in words.national_texts:
        paper.text(text, before_table=True)
    each = ("judgment", "penalty", "all")

    def cells(label: str, place: str, part: str = "n", unit: str = words.case) -> list[str]:
        return [label, *(number(f"{name}.{place}", part) + unit for name in each)]

    rows = words.national_rows
    paper.grid(
        (24, 10, 10, 10),
        words.national_head,
        (
            cells(rows["listed"], "listed"),
            cells(rows["excluded"], "excluded"),
            "for one in reasons",
            [rows["reason"], *(number(f"one.{name}") + words.case for name in each)],
            "endfor",
            cells(rows["governed"], "exit", "of"),
            cells(rows["not_reached"], "not_reached"),
            cells(rows["reached_not_operating"], "reached_not_operating"),
            cells(rows["reached_operating"], "reached_operating"),
            cells(rows["exited"], "exit"),
            [rows["exit_rate"], *(percent(f"{name}.exit") for name in each)],
            cells(rows["enterprises"], "enterprises", unit=words.enterprise),
        ),
        TABLE,
    )


def _receipt(paper: Paper, words: Wording) -> None:
    paper.logic("if receipt")
    paper.title(words.receipt, new_page=True)
    for text in words.receipt_texts:
        paper.small(text)
    paper.small(words.rules_caption, before_table=True)
    paper.grid(
        (17, 30),
        words.rules_head,
        ("for one in receipt.rules", ["{{ one.name }}", "{{ one.sentence }}"], "endfor"),
        FINE_TABLE,
    )
    paper.small(words.lines_caption, before_table=True)
    paper.grid(
        (5, 20, 12, 11, 12),
        words.lines_head,
        (
            "for one in receipt.lines",
            [
                "{{ one.mark }}",
                "{{ one.figure }}",
                "{{ one.part }}",
                "{{ one.value }} {{ one.unit }}",
                "{{ one.digest }}",
            ],
            "endfor",
        ),
        FINE_TABLE,
    )
    paper.logic("endif")
