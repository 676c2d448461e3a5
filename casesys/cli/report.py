"""The work report as a Word file that leaves the office, with its receipt."""

from __future__ import annotations

from pathlib import Path

import click

from casesys.cli.cases import DAY, known_option
from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.figures.cases_of_day import Question
from casesys.reports.work_report import issue_report, issued_report
from casesys.whole_file import whole_file
from casesys.words import say


@click.command()
@click.option("--as-of", type=DAY, required=True, help="At the end of this day.")
@known_option
@click.option("-o", "file", required=True, metavar="FILE.docx", help="Where to.")
@json_option
@click.pass_obj
@refusing
def report(shell: Shell, as_of: str, known_at: str | None, file: str, as_json: bool) -> None:
    """Write the work report of a day as a Word file, every number under one receipt."""
    system, person, language = shell.system, shell.person, shell.language
    with whole_file(Path(file)) as out:
        receipt = issue_report(system, person, Question(as_of, known_at), language)
        paper = issued_report(system, person, receipt.number, language, for_page=False)
        out.write(paper.content)
    done = {
        "file": str(Path(file).resolve()),
        "receipt": receipt.number,
        "as_of": receipt.as_of,
        "known_at": receipt.known_at,
        "position": receipt.position,
        "figures": len(receipt.lines),
    }
    answer(done, as_json, lambda: iter([say("cli.report.done", language, **done)]))
