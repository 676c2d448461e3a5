"""The product never lacks a word, in either language."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeGuard

import pytest

from casesys import fields, translations, words
from casesys.words import MissingWords, say
from domain import vocabulary

CATALOGUES = Path(translations.__file__).parent


def test_both_languages_know_the_same_codes() -> None:
    assert words.codes("zh") == words.codes("en")
    assert words.codes("zh")


def test_both_languages_ask_for_the_same_values() -> None:
    differing = {
        code
        for code in words.codes("zh")
        if words.placeholders(code, "zh") != words.placeholders(code, "en")
    }
    assert not differing


def test_every_area_has_a_file_in_both_languages() -> None:
    areas = [{file.name for file in (CATALOGUES / lang).glob("*.po")} for lang in words.LANGUAGES]
    assert areas[0] == areas[1]


def test_no_code_is_written_twice_in_a_language() -> None:
    for language in words.LANGUAGES:
        text = "".join(f.read_text("utf-8") for f in (CATALOGUES / language).glob("*.po"))
        counted = Counter(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
        assert [code for code, times in counted.items() if times > 1] == []


def test_every_sentence_can_be_read_and_none_is_empty() -> None:
    for language in words.LANGUAGES:
        text = "".join(f.read_text("utf-8") for f in (CATALOGUES / language).glob("*.po"))
        written = set(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
        assert written == words.codes(language)


def test_no_english_sentence_was_left_in_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    written_in_han = {code for code in words.codes("en") if han.search(words._sentence(code, "en"))}
    assert written_in_han == {"switch.to_zh"}


def test_every_word_of_every_closed_list_is_known() -> None:
    lists = [kind for kind in vars(vocabulary).values() if _is_list(kind)]
    assert len(lists) > 20
    for language in words.LANGUAGES:
        for choices in lists:
            offered = words.options(choices, language)
            assert [value for value, _ in offered] == [choice.value for choice in choices]
            assert len({sentence for _, sentence in offered}) == len(offered)


def _is_list(kind: object) -> TypeGuard[type[StrEnum]]:
    return isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum


def test_a_choice_is_said_by_its_list_and_value() -> None:
    assert words.choice_words(vocabulary.ContactResult.NO_ANSWER) == "无人接听"
    assert words.choice_words(vocabulary.RowDecision.ACCEPT, "en") == "Accept"


def test_every_code_that_a_field_refuses_with_has_words() -> None:
    asked = set(re.findall(r'"(field\.[a-z_]+)"', Path(fields.__file__).read_text("utf-8")))
    assert len(asked) > 8
    assert asked <= words.codes("zh")


def test_every_code_that_a_template_asks_for_has_words() -> None:
    templates = sorted((Path(__file__).parents[2] / "web" / "templates").rglob("*.html"))
    asked = {
        code
        for template in templates
        for code in re.findall(r"""\bt\(['"]([a-z0-9_.]+)['"][,)]""", template.read_text("utf-8"))
    }
    assert len(asked) > 50
    assert asked - words.codes("zh") == set()


def test_a_missing_code_is_an_error() -> None:
    with pytest.raises(MissingWords, match=r"page\.nowhere has no words in en"):
        say("page.nowhere", "en")
    assert not words.known("page.nowhere")
    assert words.known("clock.remaining")


def test_a_language_nobody_speaks_is_an_error() -> None:
    with pytest.raises(MissingWords, match="fr is not spoken here"):
        say("clock.remaining", "fr", days=1)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(MissingWords, match=r"no value for \{days\}"):
        say("clock.remaining", "zh")


def test_a_sentence_does_not_reach_into_its_values() -> None:
    sentence = words._Sentence("zh")
    with pytest.raises(MissingWords):
        sentence.vformat("{person.password}", (), {"person": object()})


def test_english_counts_one_and_many() -> None:
    assert say("clock.remaining", "en", days=1) == "1 working day left"
    assert say("clock.remaining", "en", days=3) == "3 working days left"
    assert say("clock.remaining", "zh", days=3) == "剩3个工作日"


def test_days_are_written_as_each_language_writes_them() -> None:
    assert words.day_words("2021-10-31", "zh") == "2021年10月31日"
    assert words.day_words(date(2021, 10, 31), "en") == "31 October 2021"
    assert words.day_with_weekday("2021-07-22", "zh") == "2021-07-22 周四"
    assert words.day_with_weekday("2021-07-22", "en") == "Thu 22 July 2021"


def test_an_instant_is_shown_by_the_office_s_own_clock() -> None:
    assert words.instant_words("2021-03-08T01:02:59.000000Z") == "2021-03-08 09:02"
    assert words.instant_words("2021-03-08T16:00:00.000000Z") == "2021-03-09 00:00"
    assert words.instant_words(datetime(2021, 3, 8, 1, 2, tzinfo=UTC), "en") == "2021-03-08 09:02"
    assert words.clock_words("2021-03-08T01:02:59.000000Z") == "09:02"


def test_amounts_are_fen_and_read_as_yuan() -> None:
    assert words.yuan(4_000_000) == "40,000.00"
    assert words.money(4_000_001, "zh") == "40,000.01元"
    assert words.money(-5, "en") == "CNY -0.05"
    assert words.large_money(411_700_000, "zh") == "411.70万元"
    assert words.large_money(411_700_000, "en") == "CNY 4.12 million"


def test_a_sentence_renders_days_instants_and_amounts() -> None:
    assert say("format.day", "en", day="2021-10-31") == "31 October 2021"
    assert say("format.weekday", "zh", day=date(2021, 7, 22)) == "2021-07-22 周四"
    assert say("format.instant", "zh", at="2021-03-08T01:02:59.000000Z") == "2021-03-08 09:02"
    assert say("format.clock", "zh", at="2021-03-08T01:02:59.000000Z") == "09:02"
    assert say("format.yuan", "zh", fen=100) == "1.00"
    assert say("format.money", "zh", fen=100) == "1.00元"
    assert say("format.large", "zh", fen=100_000_000) == "100.00万元"


def test_one_less_is_one_as_one_more_is() -> None:
    for points, told in ((-2, "-2 points"), (-1, "-1 point"), (1, "+1 point"), (0, "+0 points")):
        assert say("figures.change", "en", points=points, on="10-31") == f"{told} since 10-31"
