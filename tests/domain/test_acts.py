"""The acts that the months count are those that the measures of each case add up."""

from __future__ import annotations

from hypothesis import given

from domain.acts import ACTS
from domain.entries import Entry, as_seen
from domain.formulas_timeline import NOTHING, Standing, timeline
from tests.figure_entries import books


@given(entries=books())
def test_every_act_is_counted_as_often_as_the_measure_of_its_name_says(
    entries: list[Entry],
) -> None:
    for stream in {entry.stream_id for entry in entries}:
        facts = as_seen([entry for entry in entries if entry.stream_id == stream])
        steps = timeline(facts)
        last = steps[-1].standing if steps else NOTHING
        assert {act: sum(map(counts, facts)) for act, counts in ACTS.items()} == {
            act: getattr(last, act) for act in ACTS
        }


def test_every_act_has_a_measure() -> None:
    assert set(ACTS) < set(Standing._fields)
