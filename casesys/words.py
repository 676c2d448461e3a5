"""What the product says: a sentence for every code, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from babel.dates import format_date
from babel.messages.pofile import read_po

from domain.instants import SHANGHAI, moment

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"


class MissingWords(LookupError):
    """There is no sentence for this code, or no value for a place in it."""


def say(code: str, language: str = DEFAULT_LANGUAGE, **values: object) -> str:
    """The sentence of a code, its places filled; a missing word is an error, never a silence."""
    sentence = _sentence(code, language)
    # Most are plain words: a page says hundreds of them.
    return _Sentence(language).vformat(sentence, (), values) if "{" in sentence else sentence


def known(code: str) -> bool:
    return code in _catalogue(DEFAULT_LANGUAGE)


def codes(language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
    return frozenset(_catalogue(language))


def placeholders(code: str, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
    """The names of the values that a sentence asks for."""
    parts = Formatter().parse(_sentence(code, language))
    return frozenset(name for _, name, _, _ in parts if name is not None)


def choice_words(choice: StrEnum, language: str = DEFAULT_LANGUAGE) -> str:
    """A closed word of the office: the code of ``Branch.OPERATING`` is choice.Branch.operating."""
    return say(f"choice.{type(choice).__name__}.{choice.value}", language)


def options(choices: type[StrEnum], language: str = DEFAULT_LANGUAGE) -> list[tuple[str, str]]:
    """What a form offers for a closed list, in its own order."""
    return [(choice.value, choice_words(choice, language)) for choice in choices]


def day_words(day: date | str, language: str = DEFAULT_LANGUAGE) -> str:
    """A day as a sentence writes it: 2021年10月31日, 31 October 2021."""
    pattern = "y年M月d日" if language == "zh" else "d MMMM y"
    return format_date(_day(day), pattern, locale=language)


def day_with_weekday(day: date | str, language: str = DEFAULT_LANGUAGE) -> str:
    """A day as the clock strip writes it: 2021-07-22 周四, Thu 22 July 2021."""
    pattern = "y-MM-dd EEE" if language == "zh" else "EEE d MMMM y"
    return format_date(_day(day), pattern, locale=language)


def instant_words(at: datetime | str, language: str = DEFAULT_LANGUAGE) -> str:
    """An instant of the log as the office's own clock showed it: 2021-07-22 14:20."""
    return _local(at).strftime("%Y-%m-%d %H:%M")


def clock_words(at: datetime | str, language: str = DEFAULT_LANGUAGE) -> str:
    """Only the minute of the day, where the day stands beside it."""
    return _local(at).strftime("%H:%M")


def yuan(fen: int) -> str:
    """An amount for a table whose head names the unit: 40,000.00."""
    return f"{Decimal(fen) / 100:,.2f}"


def money(fen: int, language: str = DEFAULT_LANGUAGE) -> str:
    return f"{yuan(fen)}元" if language == "zh" else f"CNY {yuan(fen)}"


def large_money(fen: int, language: str = DEFAULT_LANGUAGE) -> str:
    """An amount for a report, in 万元; English counts in millions."""
    unit = 1_000_000 if language == "zh" else 100_000_000
    amount = (Decimal(fen) / unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{amount:,}万元" if language == "zh" else f"CNY {amount:,} million"


class _Sentence(Formatter):
    """Fills a sentence; knows how the office writes days, instants and amounts."""

    def __init__(self, language: str) -> None:
        self._language = language

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        # A plain name only: a sentence never reaches into the values it is given.
        if field_name not in kwargs:
            raise MissingWords(f"no value for {{{field_name}}}")
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.startswith("plural "):
            one, many = format_spec.removeprefix("plural ").split("|")
            return one if abs(value) == 1 else many
        if format_spec.startswith("word "):
            # One code of a closed list, or several: {missing:word missing}.
            area = format_spec.removeprefix("word ")
            return self._listed([say(f"{area}.{one}", self._language) for one in _each(value)])
        if format_spec == "list":
            return self._listed([str(one) for one in _each(value)])
        if format_spec == "yuan":
            return yuan(value)
        render = _RENDERINGS.get(format_spec)
        return render(value, self._language) if render else str(format(value, format_spec))

    def _listed(self, parts: Sequence[str]) -> str:
        return ("、" if self._language == "zh" else ", ").join(parts)


_RENDERINGS: Mapping[str, Callable[[Any, str], str]] = {
    "prose": day_words,
    "weekday": day_with_weekday,
    "instant": instant_words,
    "clock": clock_words,
    "money": money,
    "large": large_money,
}


def _each(value: Any) -> Sequence[Any]:
    return [value] if isinstance(value, str) else list(value)


def _sentence(code: str, language: str) -> str:
    sentence = _catalogue(language).get(code)
    if sentence is None:
        raise MissingWords(f"{code} has no words in {language}")
    return sentence


@cache
def _catalogue(language: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise MissingWords(f"{language} is not spoken here")
    sentences: dict[str, str] = {}
    folder = files("casesys.translations") / language
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".po"):
            continue
        for message in read_po(file.read_text("utf-8").splitlines(), abort_invalid=True):
            code, words = message.id, message.string
            if not (isinstance(code, str) and isinstance(words, str)):
                raise ValueError(
                    f"{file.name}: {code} has plural forms; write them in one sentence"
                )
            if code in sentences:
                raise ValueError(f"{file.name}: {code} already stands in another file")
            if code and words:
                sentences[code] = words
    return sentences


def _day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def _local(at: datetime | str) -> datetime:
    return (at if isinstance(at, datetime) else moment(at)).astimezone(SHANGHAI)
