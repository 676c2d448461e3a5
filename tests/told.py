"""What tests counted, told at the end of the run: `record_property("told", "… compared")`."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        f"{value}  ({report.nodeid.rpartition('::')[2]})"
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, value in getattr(report, "user_properties", ())
        if name == "told"
    ]
    if lines:
        terminalreporter.section("what was compared")
        for line in sorted(lines):
            terminalreporter.write_line(line)
