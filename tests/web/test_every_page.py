"""Every page in a real browser: sound, light, in the reader's language, worked by keyboard."""

from __future__ import annotations

import pytest

from tests.web.house import PAGES, House, faults
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Windows

LOOKED_AT_LARGE = (
    *("/", "/cases", "/cases/<name>", "/cases/<name>/do/<command>", "/figures", "/approvals"),
    *("/approvals/<name>/<path:key>", "/audit", "/audit/powers", "/accounts", "/uploads", "/help"),
)


@pytest.mark.parametrize("rule", PAGES)
def test_every_page_is_sound_and_worked_with_the_keyboard_alone(
    windows: Windows, house: House, rule: str
) -> None:
    role, path = house.places[rule]
    with windows.visiting(house.app, house.base, house.person(role), WIDE_CHINESE) as seen:
        seen.open(path)
        assert seen.faults(WIDE_CHINESE) == []
        assert seen.faults_of_keyboard() == []


@pytest.mark.parametrize("rule", PAGES)
def test_every_page_is_sound_in_english_on_a_phone(
    windows: Windows, house: House, rule: str
) -> None:
    assert faults(windows, house, *house.places[rule], NARROW_ENGLISH) == []


# Large print alone has the shapes of the two together and the colours of every page above, which
# must do for smaller letters there.
@pytest.mark.parametrize("more", ["contrast", "large.contrast"])
def test_large_print_and_high_contrast_are_sound(windows: Windows, house: House, more: str) -> None:
    look = Look("zh", 1440, more=more)
    for rule in LOOKED_AT_LARGE:
        assert faults(windows, house, *house.places[rule], look) == [], rule
