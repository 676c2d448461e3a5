"""`casesys doctor`: everything checked, here and in the newest backup, and signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from casesys.backup import read_backup_key
from casesys.cli.shell import Shell, answer, json_option, progress, refuse, refusing
from casesys.words import say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--backup", "file", type=FILE, help="Instead of the newest one that was made here.")
@click.option("--backup-key", "key_file", type=FILE, help="Else CASESYS_BACKUP_KEY.")
@click.option("--without-backup", is_flag=True, help="Restore none; the answer says so.")
@json_option
@click.pass_obj
@refusing
def doctor(
    shell: Shell, file: Path | None, key_file: Path | None, without_backup: bool, as_json: bool
) -> None:
    """Check the log, every read model, receipt, file and key, and the newest backup; sign it.

    Exits 0 only where nothing differs.
    """
    from casesys.doctor import doctor as examine
    from casesys.doctor import told

    if without_backup and file is not None:
        raise click.UsageError(say("doctor.backup_or_none", shell.language))
    key = None if key_file is None else read_backup_key(key_file)
    with progress(say("cli.verify.title", shell.language)) as advance:
        found = examine(
            shell.installed,
            shell.person,
            backup=file,
            backup_key=key,
            without_backup=without_backup,
            progress=advance,
        )
    document = told(found)
    language = shell.language

    def lines() -> Iterator[str]:
        code = "doctor.found" if found.differences else "doctor.proven"
        yield say(code, language, at=found.at, entries=found.entries, differences=found.differences)
        for one in found.checks:
            where = say(f"doctor.where.{one.where}", language)
            result = say("doctor.differ" if one.found else "doctor.fits", language, n=one.found)
            title = say(one.title, language)
            yield say(
                "doctor.line", language, where=where, check=title, n=one.counted, result=result
            )
            yield from (f"  {remark.said(language)}" for remark in one.remarks)
        yield from (one.said(language) for one in found.warnings)
        yield say("doctor.took", language, seconds=found.seconds, cpu=found.cpu)

    answer(document, as_json, lines)
    if found.differences:
        words = []
        for one in (check for check in found.checks if check.found):
            where = say(f"doctor.where.{one.where}", language)
            words += [f"{where} · {say(one.title, language)}"]
            words += [f"  {difference.said(language)}" for difference in one.differences]
            if one.found > len(one.differences):
                more = one.found - len(one.differences)
                words.append("  " + say("doctor.more", language, n=more))
            words.append("  " + say(one.next, language))
        refuse("\n".join(words))
