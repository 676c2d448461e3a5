"""The command line, one module for each group of its commands."""

from __future__ import annotations

from casesys.cli.accounts import account
from casesys.cli.audit import audit
from casesys.cli.audit_bundle import COMMANDS as OF_BUNDLES
from casesys.cli.cases import case, deadlines, identify, rates
from casesys.cli.copying import copy
from casesys.cli.doctor import doctor
from casesys.cli.exports import export
from casesys.cli.figure_why import why
from casesys.cli.figures import figure
from casesys.cli.findings import COMMANDS as OF_FINDINGS
from casesys.cli.follow import follow
from casesys.cli.office import demo, init, serve
from casesys.cli.personal import personal
from casesys.cli.province import province
from casesys.cli.receipts import COMMANDS as OF_RECEIPTS
from casesys.cli.register import import_
from casesys.cli.replay import replay
from casesys.cli.report import report
from casesys.cli.rules import rules
from casesys.cli.shell import group
from casesys.cli.upkeep import backup, backup_key, projections, restore

main = group
for command in (
    init,
    serve,
    demo,
    import_,
    identify,
    case,
    rates,
    province,
    deadlines,
    rules,
    figure,
    report,
    replay,
    audit,
    doctor,
    export,
    personal,
    projections,
    follow,
    backup,
    backup_key,
    restore,
    copy,
    account,
):
    main.add_command(command)
for command in (why, *OF_RECEIPTS):
    figure.add_command(command)
for command in (*OF_BUNDLES, *OF_FINDINGS):
    audit.add_command(command)

__all__ = ["main"]
