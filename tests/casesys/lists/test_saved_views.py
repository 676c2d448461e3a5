"""A person's own views: kept under a name, seen by nobody else, and not without end."""

from __future__ import annotations

import pytest

from casesys.lists.saved_views import (
    LONGEST_NAME,
    MOST_VIEWS,
    TooManyViews,
    ViewHasNoName,
    ViewNameIsTaken,
    drop_view,
    rename_view,
    save_view,
    views_of,
)
from casesys.system import System
from tests.offices import OFFICER, SUPERVISOR, person


def test_a_view_is_found_again_by_whoever_made_it(office: System) -> None:
    officer = person(office, OFFICER)
    made = save_view(office, officer, " 石门\n街道 ", "town=x&sort=-due")
    assert made.name == "石门街道"
    assert views_of(office, officer) == [made]
    assert views_of(office, person(office, SUPERVISOR)) == []


def test_two_views_of_a_person_differ_in_name_and_of_two_persons_need_not(office: System) -> None:
    officer = person(office, OFFICER)
    first = save_view(office, officer, "判决", "category=judgment")
    second = save_view(office, officer, "处罚", "category=penalty")
    save_view(office, person(office, SUPERVISOR), "判决", "category=judgment")
    with pytest.raises(ViewNameIsTaken):
        save_view(office, officer, "判决", "town=x")
    with pytest.raises(ViewNameIsTaken):
        rename_view(office, officer, second.id, "判决")
    rename_view(office, officer, second.id, "行政处罚")
    assert {view.name for view in views_of(office, officer)} == {first.name, "行政处罚"}


def test_nobody_changes_anothers_view(office: System) -> None:
    officer, other = person(office, OFFICER), person(office, SUPERVISOR)
    made = save_view(office, officer, "判决", "category=judgment")
    rename_view(office, other, made.id, "别的")
    drop_view(office, other, made.id)
    assert views_of(office, officer) == [made]
    drop_view(office, officer, made.id)
    assert views_of(office, officer) == []


def test_a_view_has_a_name_that_fits_a_tab(office: System) -> None:
    officer = person(office, OFFICER)
    with pytest.raises(ViewHasNoName):
        save_view(office, officer, " \u200b\n", "")
    assert len(save_view(office, officer, "长" * 99, "").name) == LONGEST_NAME


def test_there_are_only_so_many_tabs(office: System) -> None:
    officer = person(office, OFFICER)
    for n in range(MOST_VIEWS):
        save_view(office, officer, f"视图 {n}", "")
    with pytest.raises(TooManyViews):
        save_view(office, officer, "再来一个", "")
