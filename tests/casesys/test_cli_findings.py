"""The command line on findings: every kind with its rule and count, and each of one."""

from __future__ import annotations

from casesys.audit.findings import FINDING_KINDS
from tests.casesys.test_cli import Casesys, answer
from tests.casesys.test_cli import casesys as casesys
from tests.casesys.test_cli import district as district


def test_every_kind_is_told_with_its_rule(district: Casesys) -> None:
    told = answer(district("audit", "findings", "--json"))
    assert [one["kind"] for one in told] == list(FINDING_KINDS)
    counted = {one["kind"]: one["findings"] for one in told}
    assert counted["repairs"] == 152 and counted["exits"] == 23 and counted["persons"] == 9
    assert counted["evidence"] == counted["numbers"] == 0
    lines = district("audit", "findings").stdout.splitlines()
    assert len(lines) == len(FINDING_KINDS) and lines[0].split()[0] == str(counted["late"])


def test_each_finding_of_a_kind_names_its_entry(district: Casesys) -> None:
    found = answer(district("audit", "findings", "--kind", "persons", "--json"))
    assert found["findings"] == found["shown"] == len(found["entries"]) == 9
    one = found["entries"][0]
    assert (one["code"], one["topic"]) == ("no_proposal", "case.record_removed_by_court")
    assert str(one["position"]) in district("audit", "findings", "--kind", "persons").stdout
    of_case = answer(
        district("audit", "findings", "--kind", "persons", "--case", one["case"], "--json")
    )
    assert 0 < of_case["findings"] <= 9
    assert district("audit", "findings", "--kind", "nothing").exit_code == 2


def test_a_case_that_nobody_knows_is_refused_and_not_called_clean(district: Casesys) -> None:
    for arguments in ((), ("--kind", "late"), ("--json",)):
        refused = district("audit", "findings", "--case", "B2021-01-9999", *arguments)
        assert refused.exit_code == 1 and not refused.stdout
        assert refused.stderr.startswith("There is no such case")
