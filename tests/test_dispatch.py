"""Departures by hand: who goes first, by which lift, into which room, and what the others wait for."""

from __future__ import annotations

import pytest

from posture.model.outcome import Outcome

DAY = 1440
EXIT = "phases.exit.drawdowns"
HOME = f"{EXIT}.alpha-home"
AT_ONCE = {f"{HOME}.margin_days": 9}
BRAVO = {
    "contingents.bravo": {"nation": "Bravoland", "personnel": 60, "at": "northport", "judgement": "invented"},
}


BRAVO_TOO = {
    **BRAVO,
    f"{HOME}.of": "alpha",
    f"{EXIT}.bravo-home": {
        "of": "bravo",
        "at": "northport",
        "schedule": {"2030-01-09": 0},
        "to": {"home": {"by": "trucks"}},
    },
}
"""Bravo leaves northport beside alpha, by the same trucks."""


def journeys(outcome: Outcome, queue: int = 0) -> list[tuple[float | None, str | None]]:
    """Return the day and the lift of each serial of a queue, by number."""
    record = outcome.queues[queue]
    found = sorted(record.gone + record.waiting, key=lambda each: each.number)
    lifts = outcome.plan.lifts
    return [
        (
            None if each.departed_at is None else each.departed_at / DAY,
            None if each.lift is None else lifts[each.lift].id,
        )
        for each in found
    ]


def departed(outcome: Outcome, queue: int = 0) -> list[float | None]:
    """Return the days on which the serials of a queue departed, by number."""
    return [day for day, _ in journeys(outcome, queue)]


def waits(outcome: Outcome, queue: int = 0) -> list[dict[str, float]]:
    """Return the days each serial of a queue waited, by cause."""
    record = outcome.queues[queue]
    found = sorted(record.gone + record.waiting, key=lambda each: each.number)
    return [{cause: m / DAY for cause, m in outcome.waits(queue, each).items()} for each in found]


def queue(outcome: Outcome, part: str) -> int:
    """Return the queue with a part in its name."""
    return next(i for i, each in enumerate(outcome.plan.queues) if part in each.name)


def test_the_first_lift_named_with_a_free_slot_is_taken(outcome):
    """Three at once by [trucks, airlift], one slot each, cycles of 4 and 3: trucks, airlift, airlift again on day 3."""
    settings = {
        **AT_ONCE,
        "lift.trucks": {"slots": 1, "cycle_days": 4},
        "lift.airlift": {"slots": 1, "cycle_days": 3, "transit_days": 0, "judgement": "invented"},
        f"{HOME}.to.home.by": ["trucks", "airlift"],
    }

    assert journeys(outcome(settings)) == [(0, "trucks"), (0, "airlift"), (3, "airlift")]


def test_of_two_free_lifts_the_preferred_one_is_taken_whatever_its_id(outcome):
    """Airlift sorts before trucks; with `by: [trucks, airlift]` and both free on day 4, trucks go."""
    settings = {
        **AT_ONCE,
        "lift.trucks": {"slots": 1, "cycle_days": 4},
        "lift.airlift": {"slots": 1, "cycle_days": 4, "transit_days": 0, "judgement": "invented"},
        f"{HOME}.to.home.by": ["trucks", "airlift"],
    }

    assert journeys(outcome(settings))[2] == (4, "trucks")


def test_a_full_serial_fits_every_lift_named(outcome):
    """180 by trucks of 60 and airlift of 50 seats: full is 50, so 50, 50, 50, 30."""
    settings = {
        "lift.airlift": {"slots": 1, "seats": 50, "cycle_days": 3, "transit_days": 0, "judgement": "invented"},
        f"{HOME}.to.home.by": ["trucks", "airlift"],
    }

    assert [each.size for each in outcome(settings).queues[0].gone] == [50, 50, 50, 30]


@pytest.mark.parametrize(("stated", "sizes"), [(None, [180]), (70, [70, 70, 40])])
def test_without_lift_serials_are_as_large_as_stated_or_all_in_one(outcome, stated, sizes):
    """180 without lift: in one, or in serials of 70, the rest last; they arrive at once."""
    settings = {f"{HOME}.to": {"home": {"by": None}}}
    if stated is not None:
        settings[f"{HOME}.serial_persons"] = stated
    gone = outcome(settings).queues[0].gone

    assert [each.size for each in gone] == sizes
    assert all(each.arrives_at == each.departed_at for each in gone)


def test_a_lift_without_slots_moves_nobody(outcome):
    """Slots 0: planned on 1.5, 4.5, 7.5 of a year of 365 days, they wait for lift to its end."""
    played = outcome({"lift.trucks.slots": 0})

    assert departed(played) == [None] * 3
    assert waits(played) == [{"lift": 363.5}, {"lift": 360.5}, {"lift": 357.5}]


def test_room_counts_those_there_those_on_the_way_and_the_serial(outcome):
    """Capacity 150, 30 there; 2 days on the road: 60 + 60 fit on day 0, the third waits for room until 10 are moved.

    An event takes 30 away from hilltop on day 5: 120 + 60 are still 180; on day 6 30 more: 90 + 60 = 150.
    """
    away = {"from": "hilltop", "to": "home", "persons": 30}
    settings = {
        **AT_ONCE,
        "locations.hilltop": {"capacity": 150},
        "contingents.bravo": {"personnel": 30, "at": "hilltop", "judgement": "invented"},
        f"{HOME}.of": "alpha",
        f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}},
        "lift.trucks.transit_days": 2,
        "events.one": {"on": "2030-01-06", "effects": {"a": {"move": away}}, "judgement": "invented"},
        "events.two": {"on": "2030-01-07", "effects": {"a": {"move": away}}, "judgement": "invented"},
    }
    played = outcome(settings)

    assert departed(played) == [0, 0, 6]
    assert waits(played)[2] == {"room": 6}


def test_a_serial_larger_than_the_room_never_goes(outcome):
    """Capacity 59, serials of 60: they wait for room to the end of the year."""
    settings = {"locations.hilltop": {"capacity": 59}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}

    assert waits(outcome(settings))[0] == {"room": 363.5}


def test_a_slot_goes_to_whoever_was_planned_first(outcome):
    """Alpha on 1.5, 4.5, 7.5 and bravo on 4.5, one slot for 4 days: 1.5; alpha 5.5 before bravo 9.5; then 13.5."""
    settings = {
        **BRAVO_TOO,
        "lift.trucks": {"slots": 1, "cycle_days": 4},
    }
    played = outcome(settings)

    assert departed(played, 0) == [1.5, 5.5, 13.5]
    assert departed(played, 1) == [9.5]


def test_the_serial_blocked_lets_other_queues_pass(outcome):
    """Alpha's drawdown held for good: bravo, planned later, takes the only slot."""
    settings = {
        **BRAVO_TOO,
        **AT_ONCE,
        "lift.trucks.slots": 1,
        "events.stop": {"on": "2030-01-01", "effects": {"a": {"hold": "alpha-home"}}, "judgement": "invented"},
    }
    played = outcome(settings)

    assert departed(played, 0) == [None] * 3
    assert departed(played, 1) == [4.5]


def two_phases(first: str, second: str) -> dict:
    """Return settings of one slot and two phases that start on these days, each with one serial for day 10.5."""
    return {
        **BRAVO,
        "contingents.alpha.personnel": 60,
        "lift.trucks": {"slots": 1, "cycle_days": 5},
        "phases.exit.starts": first,
        f"{HOME}.of": "alpha",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-10": "100%", "2030-01-11": 0},
        f"{HOME}.margin_days": 0,
        "phases.other": {
            "starts": second,
            "judgement": "invented",
            "drawdowns": {
                "bravo-home": {
                    "of": "bravo",
                    "at": "northport",
                    "schedule": {"2030-01-10": "100%", "2030-01-11": 0},
                    "to": {"home": {"by": "trucks"}},
                }
            },
        },
    }


def test_of_two_planned_at_one_minute_the_first_in_plan_order_goes(outcome):
    """Both planned on day 10.5, one slot for 5 days: exit.alpha-home sorts before other.bravo-home."""
    played = outcome(two_phases("2030-01-01", "2030-01-01"))

    assert departed(played, 0) == [10.5]
    assert departed(played, 1) == [15.5]


def test_plan_order_decides_whoever_was_counted_first(outcome):
    """Both planned on day 10.5; other.bravo-home is counted on day 0 (a lone step to day 21), exit.alpha-home on 10."""
    settings = two_phases("2030-01-11", "2030-01-01")
    settings[f"{HOME}.schedule"] = {"2030-01-09": None, "2030-01-11": 0}
    settings["phases.other"]["drawdowns"]["bravo-home"]["schedule"] = {"2030-01-21": 0}
    played = outcome(settings)

    assert [played.queues[i].gone[0].planned_at / DAY for i in (0, 1)] == [10.5, 10.5]
    assert departed(played, 0) == [10.5]
    assert departed(played, 1) == [15.5]


def chain() -> dict:
    """Return settings in which 60 go from northport over hilltop home, all without lift and at once."""
    return {
        "contingents.alpha.personnel": 60,
        "locations.hilltop": {},
        f"{HOME}.to": {"home": None, "hilltop": {}},
        "phases.onward": {
            "starts": "2030-01-01",
            "judgement": "invented",
            "drawdowns": {"go-on": {"of": "alpha", "at": "hilltop", "schedule": {"2030-01-01": 0}, "to": "home"}},
        },
    }


def test_who_comes_and_goes_at_one_minute_is_not_in_the_record(outcome):
    """60 come to hilltop on day 4.5 and go on at that minute: net change 0 there, one row at each end."""
    played = outcome(chain())
    rows = [(m / DAY, played.plan.cell_names(cell)[1], change) for m, cell, _, change in played.changes if m]

    assert sorted(rows) == [(4.5, "home", 60), (4.5, "northport", -60)]


def test_room_made_at_a_minute_is_taken_at_that_minute(outcome):
    """Serials of 60 at once into room for 60, who go on at once: all three pass through hilltop at minute 0."""
    settings = {
        **chain(),
        **AT_ONCE,
        "contingents.alpha.personnel": 180,
        "locations.hilltop": {"capacity": 60},
        f"{HOME}.serial_persons": 60,
    }
    played = outcome(settings)

    assert departed(played, queue(played, "/northport/hilltop")) == [0, 0, 0]
    assert departed(played, queue(played, "/hilltop/home")) == [0, 0, 0]


def test_who_is_counted_on_the_road_waits_for_people(outcome):
    """60 depart for hilltop on day 4.5, ten days on the road; counted on day 5, planned on 7, they leave on 14.5."""
    settings = {
        "contingents.alpha.personnel": 60,
        "locations.hilltop": {},
        f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}},
        "lift.trucks.transit_days": 10,
        "phases.onward": {
            "starts": "2030-01-06",
            "judgement": "invented",
            "drawdowns": {"go-on": {"of": "alpha", "at": "hilltop", "schedule": {"2030-01-09": 0}, "to": "home"}},
        },
    }
    played = outcome(settings)
    onward = queue(played, "/hilltop/home")

    assert departed(played, onward) == [14.5]
    assert waits(played, onward) == [{"people": 7.5}]


def test_stations_are_passed_in_the_order_named_by_several_of_a_queue(outcome):
    """Customs 1 day then wash 3 days, a slot each: A 0-1, 1-4; B 1-2, 4-7; C 2-3, 7-10. They depart on 4, 7, 10."""
    station = {"slots": 1, "judgement": "invented"}
    settings = {
        **AT_ONCE,
        "stations": {"wash": {**station, "service_days": 3}, "customs": {**station, "service_days": 1}},
        f"{HOME}.to.home.through": ["customs", "wash"],
    }
    played = outcome(settings)

    assert departed(played) == [4, 7, 10]
    assert waits(played) == [{"station": 4}, {"station": 7}, {"station": 10}]


def test_a_service_begun_ends_in_spite_of_a_hold(outcome):
    """Wash [0, 4), held [1, 3) and [5, 7): A is served by day 4 and goes; B enters at 4, is served at 8 and goes."""
    hold = {"hold": "all", "for_days": 2}
    settings = {
        **AT_ONCE,
        "contingents.alpha.personnel": 120,
        "stations.wash": {"slots": 1, "service_days": 4, "judgement": "invented"},
        f"{HOME}.to.home.through": "wash",
        "events.one": {"on": "2030-01-02", "effects": {"a": hold}, "judgement": "invented"},
        "events.two": {"on": "2030-01-06", "effects": {"a": hold}, "judgement": "invented"},
    }
    played = outcome(settings)

    assert departed(played) == [4, 8]
    assert waits(played) == [{"hold": 2, "station": 2}, {"station": 4, "hold": 4}]


def test_no_service_begins_while_the_origin_is_closed(outcome):
    """Closed [0, 3): the wash of 2 days begins on day 3; departs on 5: closure 3, station 2."""
    settings = {
        **AT_ONCE,
        "contingents.alpha.personnel": 60,
        "stations.wash": {"slots": 1, "service_days": 2, "judgement": "invented"},
        f"{HOME}.to.home.through": "wash",
        "events.blast": {
            "on": "2030-01-01",
            "effects": {"a": {"close": "northport", "for_days": 3}},
            "judgement": "invented",
        },
    }
    played = outcome(settings)

    assert departed(played) == [5]
    assert waits(played) == [{"closure": 3, "station": 2}]


def test_the_keep_of_a_hold_counts_those_who_stand_there_now(outcome):
    """180, keep 100, held for good: 60 go on 1.5, of the second serial 20 on 4.5; 100 are still there at the end."""
    settings = {"events.stop": {"on": "2030-01-02", "effects": {"a": {"hold": "all", "keep": 100}}, "judgement": "x"}}
    played = outcome(settings)

    assert [(each.departed_at / DAY, each.size) for each in played.queues[0].gone] == [(1.5, 60), (4.5, 20)]
    assert sum(each.size for each in played.queues[0].waiting) == 100


@pytest.mark.parametrize(("keeps", "left"), [((100, 130), 130), ((130, 100), 130), ((100, 0), 100)])
def test_of_several_holds_the_largest_keep_counts(outcome, keeps, left):
    """Two events hold with a keep each, for good: the larger keep stands at the end."""
    settings = {
        f"events.stop-{i}": {"on": "2030-01-02", "effects": {"a": {"hold": "all", "keep": keep}}, "judgement": "x"}
        for i, keep in enumerate(keeps)
    }
    played = outcome(settings)

    assert sum(each.size for each in played.queues[0].waiting) == left
