"""What a reader chose is kept in the account, one choice of each."""

from __future__ import annotations

from casesys.people.preferences import Preferences, keep_preferences, kept_preferences
from casesys.system import System
from tests.offices import OFFICER, SUPERVISOR, person


def test_the_last_choice_is_kept_and_is_one_persons_own(office: System) -> None:
    officer = person(office, OFFICER)
    assert kept_preferences(office, officer) is None
    for chosen in (Preferences("en", True, False), Preferences("zh", False, True)):
        keep_preferences(office, officer, chosen)
        assert kept_preferences(office, officer) == chosen
    assert kept_preferences(office, person(office, SUPERVISOR)) is None
