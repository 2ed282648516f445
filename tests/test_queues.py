"""Queues by hand: how large a serial is, which of them is the head, and how its waits are written down."""

from __future__ import annotations

import pytest

from posture.model.outcome import Outcome
from posture.model.queues import Queue, Serial

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"


def sizes(outcome: Outcome, queue: int = 0) -> list[int]:
    """Return the persons of each serial of a queue, by number."""
    record = outcome.queues[queue]
    return [each.size for each in sorted(record.gone + record.waiting, key=lambda each: each.number)]


def queue_of(outcome: Outcome) -> Queue:
    """Return an empty queue."""
    return Queue(index=0, plan=outcome.plan.queues[0], gate=None, size=None, capacity=None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [60, 60, 60]),
        ({"lift.trucks.seats": 50}, [50, 50, 50, 30]),
        ({"lift.trucks.seats": 180}, [180]),
        ({"lift.trucks.seats": 181}, [180]),
        ({"lift.trucks.seats": 1, "contingents.alpha.personnel": 3}, [1, 1, 1]),
        ({"lift.trucks.seats": None}, [180]),
        ({f"{HOME}.to": {"home": {"by": None}}}, [180]),
        ({f"{HOME}.to": {"home": {"by": None}}, f"{HOME}.serial_persons": 100}, [100, 80]),
        ({f"{HOME}.serial_persons": 10}, [60, 60, 60]),
    ],
)
def test_a_serial_is_as_large_as_its_lift_or_as_stated(outcome, settings, expected):
    """The seats of the lift; without lift `serial_persons`, or all in one; 180 of 180 are one serial."""
    assert sizes(outcome(settings)) == expected


def test_a_serial_fits_the_smallest_of_the_lifts_in_by(outcome):
    """Seats 60, 45 and none stated: 45, whichever of them it takes."""
    lift = {"slots": 1, "cycle_days": 0, "transit_days": 0, "judgement": "invented"}
    settings = {
        "lift.planes": {**lift, "seats": 45},
        "lift.ships": lift,
        f"{HOME}.to.home.by": ["ships", "trucks", "planes"],
    }

    assert sizes(outcome(settings)) == [45, 45, 45, 45]


def test_uncertain_seats_are_drawn_once_a_replication(outcome):
    """20 to 90 seats: within a replication all serials but the last are alike, between replications they differ."""
    played = [sizes(outcome({"lift.trucks.seats": {"uniform": [20, 90]}}, replication=n)) for n in range(10)]

    assert all(len({*each[:-1]}) <= 1 for each in played)
    assert len({each[0] for each in played}) > 5


def test_an_outside_place_takes_everybody(outcome):
    """Home lies outside and has no capacity: 180 go there."""
    assert len(outcome().queues[0].gone) == 3


def test_an_outside_place_has_no_limit_whatever_it_states(outcome):
    """Capacity 100 at home, which lies outside: 180 go there all the same."""
    assert len(outcome({"locations.home": {"outside": True, "capacity": 100}}).queues[0].gone) == 3


def test_serials_stand_in_the_order_of_instant_and_number():
    """By planned instant first, then by number."""
    late, second, first = Serial(9, 0, 60), Serial(5, 2, 60), Serial(5, 1, 60)

    assert sorted([late, second, first]) == [first, second, late]


def test_the_last_word_of_a_minute_counts(outcome):
    """Room, then lift at minute 5: lift from 5 on; nothing at 9; lift again at 9: as if nothing had been said."""
    queue = queue_of(outcome())
    for minute, cause in [(5, "room"), (5, "lift"), (9, None), (9, "lift"), (12, None)]:
        queue.note(minute, cause)

    assert queue.causes == [(5, "lift"), (12, None)]


def test_numbers_are_never_used_twice(outcome):
    """0, 1, 2: whatever became of the serials."""
    queue = queue_of(outcome())

    assert [queue.next_number() for _ in range(3)] == [0, 1, 2]


def test_numbers_run_on_through_steps_and_recounts(outcome):
    """Two steps of 60 and 120 persons and 30 latecomers on day 20: numbers 0 to 3 of one queue."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 120, "2030-01-19": 0},
        "events.more": {
            "on": "2030-01-21",
            "effects": {"a": {"move": {"of": "alpha", "from": "home", "to": "northport", "persons": 30}}},
            "judgement": "invented",
        },
    }
    played = outcome(settings)

    assert [(each.number, each.size, each.planned_at / DAY) for each in played.queues[0].gone] == [
        (0, 60, 4.5),
        (1, 60, 11.5),
        (2, 60, 16.5),
        (3, 30, 20),
    ]
