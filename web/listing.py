"""What the address of a list asks: conditions read with patience, chips, tabs and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from casesys import CLOSED_LISTS, ListAnswer, Lists, Wanted, known, typed
from web.reading import Asked, system, t, word

LONGEST = 60
MOST_DIGITS = 18
FURTHEST_PAGE = 10**9
FIRST_YEAR, LAST_YEAR = 1949, 2200


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a query form: a text, a choice, or two days from and to."""

    name: str
    kind: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    until: str = ""

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What is in force, as (parameter, words)."""
        if self.kind == "days":
            ends = (("_from", self.value, "list.since"), ("_to", self.until, "list.until"))
            return [
                (self.name + end, t("list.chip", label=self.label, words=t(code, day=day)))
                for end, day, code in ends
                if day
            ]
        if not self.value:
            return []
        words = dict(self.options).get(self.value, self.value)
        return [(self.name, t("list.chip", label=self.label, words=words))]


class ListQuery:
    """The query of one list page; what cannot be read is named in ``problems`` and left out."""

    def __init__(
        self,
        when: Asked,
        sorts: Sequence[str],
        views: Sequence[str],
        view: str,
        args: MultiDict[str, str] | None = None,
    ) -> None:
        self.args: MultiDict[str, str] = request.args if args is None else args
        self.when = when
        self.problems: list[str] = []
        self.sorts = sorts
        self.view = self._one("view", views, view)
        self.page = self._page()

    def sort(self, first: str) -> str:
        both = [*self.sorts, *("-" + name for name in self.sorts)]
        return self._one("sort", both, first)

    def text(self, name: str = "q") -> str:
        return self.args.get(name, "").strip()[:200]

    def named(self, name: str) -> str:
        """A name that stands in the books; any other finds nothing, and that is the answer."""
        return "".join(c for c in self.args.get(name, "") if c.isprintable()).strip()[:LONGEST]

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        return self._one(name, ("", *allowed), "")

    def days(self, name: str) -> tuple[str, str]:
        first, last = self._day(f"{name}_from"), self._day(f"{name}_to")
        if first and last and last < first:
            self.problems.append(t("list.days_reversed", first=first, last=last))
            return last, first
        return first, last

    def _one(self, name: str, allowed: Sequence[str], otherwise: str) -> str:
        value = self.args.get(name, "").strip()
        if not value:
            return otherwise
        if value in allowed:
            return value
        self.problems.append(t("list.unknown_value", name=name, value=value[:LONGEST]))
        return otherwise

    def _day(self, name: str) -> str:
        value = self.args.get(name, "").strip()
        if not value:
            return ""
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.problems.append(t("list.no_day", value=value[:LONGEST]))
            return ""
        return day.isoformat()

    def _page(self) -> int:
        value = self.args.get("page", "").strip()
        if not value:
            return 1
        if not (value.isascii() and value.removeprefix("-").isdecimal()):
            self.problems.append(t("list.no_page", value=value[:LONGEST]))
            return 1
        return 1 if value.startswith("-") else int(value) if len(value) < 10 else FURTHEST_PAGE

    def number(self, name: str) -> int | None:
        """A whole number of the address; one too long is as far as it goes."""
        value = self.args.get(name, "").strip()
        if not value:
            return None
        if not (value.isascii() and value.isdecimal()):
            self.problems.append(t("list.no_page", value=value[:LONGEST]))
            return None
        return int(value) if len(value) < MOST_DIGITS else 10**MOST_DIGITS

    def conditions(self, answer: ListAnswer, names: Sequence[str]) -> list[Condition]:
        """The fields of the query form, in this order, with the values that are in force."""
        return [self._condition(name, answer) for name in names]

    def _condition(self, name: str, answer: ListAnswer) -> Condition:
        label = t(f"list.field.{name}")
        if name == "q":
            return Condition(name, "text", label, self.text())
        if name in ("due", "listed"):
            first, last = self.quiet().days(name)
            return Condition(name, "days", label, first, until=last)
        if name in ("unit", "town", "campaign"):
            value = self.named(name)
            found = [v for v in answer.values.get(name, ()) if v]
            if value and value not in found:
                found = [value, *found]
            return Condition(name, "choice", label, value, [(v, v) for v in found])
        options = choices(name)
        value = self.quiet().choice(name, [option for option, _ in options])
        return Condition(name, "choice", label, value, options)

    def quiet(self) -> ListQuery:
        """The same query, asked again without repeating its complaints."""
        again = object.__new__(ListQuery)
        again.__dict__.update(self.__dict__, problems=[])
        return again

    def wanted(self, names: Sequence[str]) -> Wanted:
        """The conditions as the lists take them."""
        given: dict[str, Any] = {}
        for name in names:
            if name in ("due", "listed"):
                given[f"{name}_from"], given[f"{name}_to"] = self.days(name)
            elif name in ("unit", "town", "campaign"):
                given[name] = self.named(name)
            elif name == "stage":
                stage = self.choice(name, CLOSED_LISTS["Stage"])
                given["stages"] = (stage,) if stage else ()
            elif name != "q":
                given[name] = self.choice(name, [option for option, _ in choices(name)])
        return typed(self.text()).and_also(Wanted(**given))

    def tabs(self, answer: ListAnswer, tones: Mapping[str, str], kept: Sequence[str] = ()) -> Any:
        """The saved views; a view is a fresh list, only the day looked at stays."""
        return [
            {
                "words": t(f"view.{name}"),
                "href": self.address({"view": name}, kept),
                "current": name == self.view,
                "tally": tally,
                "tone": tones.get(name),
            }
            for name, tally in answer.tallies.items()
        ]

    def chips(self, conditions: Sequence[Condition]) -> list[dict[str, str]]:
        return [
            {"words": words, "href": self.without(parameter)}
            for condition in conditions
            for parameter, words in condition.chips
        ]

    def without(self, *names: str) -> str:
        # Another query is another list: what was chosen of this one is not chosen there.
        gone = {*names, "page", "pick", "saved"}
        kept = [(n, v) for n, v in self.args.items(multi=True) if n not in gone and v]
        return _address(kept)

    def address(self, values: Mapping[str, str], kept: Sequence[str] = ()) -> str:
        """This list with these values only, and what the reader looked at."""
        stay = {name: self.args[name] for name in kept if self.args.get(name)}
        return _address([*self.when.query.items(), *stay.items(), *values.items()])

    def kept(self) -> str:
        """The query as a view keeps it: what is asked, not which day or page is looked at."""
        left_out = {"as_of", "known_at", "page", "pick", "saved"}
        pairs = [(n, v) for n, v in self.args.items(multi=True) if n not in left_out and v]
        return urlencode(pairs)

    def hidden(self) -> list[tuple[str, str]]:
        """What a query keeps besides its conditions."""
        names = ("view", "sort", "as_of", "known_at")
        return [(name, self.args[name]) for name in names if self.args.get(name)]


def lists() -> Lists:
    """The lists of this process; they keep the past days that were last looked at."""
    kept = current_app.extensions
    if "lists" not in kept:
        kept["lists"] = Lists(system())
    return cast(Lists, kept["lists"])


def choices(name: str) -> list[tuple[str, str]]:
    """The closed list of a condition, in the reader's words."""
    kind = "ContactClass" if name == "contact" else name.capitalize()
    return [(value, word(kind, value)) for value in CLOSED_LISTS[kind]]


def step_words(step: str | None) -> str:
    if step is None:
        return t("list.no_step")
    return t(f"command.{step}") if known(f"command.{step}") else step


def _address(pairs: Sequence[tuple[str, str]]) -> str:
    return "?" + urlencode(pairs)
