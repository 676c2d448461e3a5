"""From which day the repair of a penalty may be asked for, as one rule set follows another."""

from __future__ import annotations

from typing import NamedTuple

from domain.instants import FOREVER
from domain.rulesets import RULE_SETS, RuleSet, repair_opens
from domain.vocabulary import PublicityClass
from domain.workdays import Workdays


class Lawful(NamedTuple):
    """A day on which repair becomes lawful, and under which rule set."""

    rules: RuleSet
    day: str
    provisional: bool


def lawful_days(decided_on: str, class_: PublicityClass | str, workdays: Workdays) -> list[Lawful]:
    """Each day on which the repair of such a penalty begins to be lawful.

    What its rule set had opened may be shut by the next and open again under it; what the next one
    opens sooner opens on its first day. A day that a calendar not yet published may move is given
    under every rule set.
    """
    found = []
    is_open = False
    for rules in RULE_SETS:
        opens = repair_opens(decided_on, class_, rules, workdays)
        if opens is None:
            is_open = False
            continue
        first = "" if rules is RULE_SETS[0] else rules.first_day
        begins = max(opens.day, first)
        holds = begins <= (rules.last_day or FOREVER)
        if opens.provisional:
            found.append(Lawful(rules, opens.day, True))
        elif holds and not (is_open and opens.day <= first):
            found.append(Lawful(rules, begins, False))
        is_open = holds
    return found
