"""The record of a replication: strengths as change points, waits cut to the minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from posture.model.conditions import CAUSES
from posture.model.outcome import waits_between

DAY = 1440
LIFT = {"lift.trucks": {"slots": 1, "cycle_days": 4}}
CAUSE = [(10, "lift"), (20, "room"), (25, None), (40, "lift")]


def test_the_causes_stand_in_the_order_of_the_table():
    """Phase, gate, hold, people, closure, room, station, lift."""
    assert CAUSES == ("phase", "gate", "hold", "people", "closure", "room", "station", "lift")


def test_waits_are_cut_to_the_time_asked():
    """From 15 to 43: 5 lift, 5 room, nothing for 15, 3 lift."""
    assert waits_between(CAUSE, 15, 43) == {"lift": 8, "room": 5}


def test_before_the_first_cause_nothing_was_waited_for():
    """From 0 to 10: nothing; from 0 to 11: a minute."""
    assert waits_between(CAUSE, 0, 10) == {}
    assert waits_between(CAUSE, 0, 11) == {"lift": 1}


def test_no_time_is_no_wait():
    """From 12 to 12, and of a queue without causes."""
    assert waits_between(CAUSE, 12, 12) == {}
    assert waits_between([], 5, 90) == {}


@given(gaps=st.lists(st.integers(1, 9), min_size=1, max_size=8), start=st.integers(0, 50), length=st.integers(0, 50))
def test_waits_are_counted_minute_by_minute(gaps, start, length):
    """The same as asking every minute what the last word before it was."""
    minutes = [sum(gaps[: i + 1]) for i in range(len(gaps))]
    causes = [(minute, (None, "lift", "gate")[i % 3]) for i, minute in enumerate(minutes)]
    expected: dict[str, int] = {}
    for minute in range(start, start + length):
        cause = next((cause for since, cause in reversed(causes) if since <= minute), None)
        if cause is not None:
            expected[cause] = expected.get(cause, 0) + 1

    assert waits_between(causes, start, start + length) == expected


def test_strength_is_given_as_change_points(outcome):
    """180 at northport, 120 from 1.5, 60 from 4.5, 0 from 7.5."""
    played = outcome()
    northport = {cell for cell in range(2) if played.plan.cell_names(cell)[1] == "northport"}
    minutes, counts = played.strength(northport)

    assert ([each / DAY for each in minutes], counts) == ([0, 1.5, 4.5, 7.5], [180, 120, 60, 0])


def test_strength_of_nobody_is_nothing_from_the_start(outcome):
    """Home at the start, and no cell at all: one change point, 0 at minute 0."""
    played = outcome({"phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": 180}})

    assert played.strength([0]) == ([0], [0])
    assert played.strength([]) == ([0], [0])


def test_those_on_the_road_count_nowhere(outcome):
    """Transit of 2 days: 60 are in neither place on [1.5, 3.5)."""
    played = outcome({"lift.trucks.transit_days": 2})
    minutes, counts = played.strength([0, 1])

    assert ([each / DAY for each in minutes[:4]], counts[:4]) == ([0, 1.5, 3.5, 4.5], [180, 120, 180, 120])


def test_waits_of_a_serial_still_to_go_run_to_the_horizon_or_to_a_minute(outcome):
    """No slot: planned 1.5, the horizon is day 365; until day 9: 7.5 days; before it was planned: none."""
    played = outcome({"lift.trucks.slots": 0})
    serial = played.queues[0].waiting[0]

    assert played.waits(0, serial) == {"lift": 363.5 * DAY}
    assert played.waits(0, serial, until=9 * DAY) == {"lift": 7.5 * DAY}
    assert played.waits(0, serial, until=DAY) == {}


def test_those_behind_wait_for_the_cause_of_the_first(outcome):
    """Slot of 4 days: departures 1.5, 5.5, 9.5; the second waits 1 day, the third 2."""
    played = outcome(LIFT)

    assert [each.departed_at / DAY for each in played.queues[0].gone] == [1.5, 5.5, 9.5]
    assert [played.waits(0, each) for each in played.queues[0].gone] == [{}, {"lift": DAY}, {"lift": 2 * DAY}]


def test_the_longest_wait_is_that_of_most_minutes_and_none_without_waits(outcome):
    """The first did not wait; the second waited for lift; within its first zero minutes for nothing."""
    played = outcome(LIFT)
    first, second, _ = played.queues[0].gone

    assert played.longest_wait(0, first) is None
    assert played.longest_wait(0, second) == "lift"
    assert played.longest_wait(0, second, until=second.planned_at) is None
