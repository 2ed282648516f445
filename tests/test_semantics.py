"""Every worked example and table of the rules of the model, to the minute, section by section."""

from __future__ import annotations

import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.ledger import KINDS
from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome
from posture.model.queues import Serial
from posture.model.rules import apportion, minutes_left
from posture.model.streams import uniforms

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
AT_ONCE = {f"{HOME}.margin_days": 9}
"""The planned deadline falls on the step's begin: a step of no length plans everybody at day 0."""


def days(minutes: list[int]) -> list[float]:
    """Turn minutes into days."""
    return [minute / DAY for minute in minutes]


def serials(outcome: Outcome, queue: int = 0) -> list[Serial]:
    """Return the serials of a queue, gone or waiting, by number."""
    record = outcome.queues[queue]
    return sorted(record.gone + record.waiting, key=lambda each: each.number)


def planned(outcome: Outcome, queue: int = 0) -> list[int]:
    """Return the planned minutes of a queue's serials."""
    return [each.planned_at for each in serials(outcome, queue)]


def departed(outcome: Outcome, queue: int = 0) -> list[float]:
    """Return the days on which a queue's serials departed."""
    return days([each.departed_at for each in serials(outcome, queue)])


def waits(outcome: Outcome, queue: int = 0) -> list[dict[str, float]]:
    """Return the days a queue's serials waited, by cause."""
    return [
        {cause: minutes / DAY for cause, minutes in outcome.waits(queue, each).items()}
        for each in serials(outcome, queue)
    ]


def strength_on(outcome: Outcome, location: str, day: float) -> int:
    """Return the strength of a location at 00:00 of a day."""
    cells = range(len(outcome.plan.contingents) * len(outcome.plan.locations))
    inside = {cell for cell in cells if outcome.plan.cell_names(cell)[1] == location}
    return sum(change for minute, cell, _, change in outcome.changes if cell in inside and minute <= day * DAY)


def answers(outcome: Outcome) -> dict[str, Answer]:
    """Return the answers of all milestones by id."""
    return dict(zip((each.id for each in outcome.plan.milestones), answer_all(outcome), strict=True))


def event(on: str, **effect) -> dict:
    """Return an event on a date with one effect."""
    return {"on": on, "effects": {"one": effect}, "judgement": "invented"}


# ----- 1. Time, numbers, order


def test_apportions_by_largest_remainder_with_ties_to_the_earlier():
    """7 persons over weights 1:1:1 are 3, 2, 2."""
    parts = apportion(7, [1, 1, 1])

    assert parts == [3, 2, 2]


def test_moving_the_lines_of_a_file_about_changes_nothing(scenario):
    """Plan order is the order of ids: locations and contingents stated the other way round run the same."""
    first = {"locations.abbey": {}, "contingents.bravo": {"personnel": 7, "at": "abbey", "judgement": "invented"}}
    plans = [compile_plan(scenario(dict(order))) for order in (first.items(), reversed(first.items()))]

    changes = [simulate(plan, draw(plan, seed=1, replications=1), replication=0).changes for plan in plans]

    assert changes[0] == changes[1]


def test_what_ends_at_a_minute_counts_for_departures_of_that_minute(outcome):
    """One slot, cycles of 10 days: the slot comes free at day 10 sharp, and the next departs at that minute."""
    played = outcome({**AT_ONCE, "lift.trucks.slots": 1, "lift.trucks.cycle_days": 10})

    assert departed(played) == [0, 10, 20]


def test_nothing_happens_at_the_horizon(outcome):
    """Planned on days 7/6, 3.5, 35/6; the only slot comes free at H = 7 sharp: the second waits 3.5 days in vain."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-07": 0},
        f"{HOME}.margin_days": 0,
        "end": "2030-01-07",
        "milestones.all-out.by": "2030-01-07",
        "lift.trucks": {"slots": 1, "cycle_days": 7 - 7 / 6},
    }
    played = outcome(settings)

    assert [each.departed_at for each in serials(played)] == [7 * DAY // 6, None, None]
    assert waits(played)[1] == {"lift": 3.5}


# ----- 2. Who stands where


def test_a_location_loses_at_departure_and_gains_at_arrival(outcome):
    """60 depart on day 1.5 with 2 days on the road: 120 stand at the origin then, 60 elsewhere from day 3.5."""
    settings = {
        "locations.hilltop": {},
        f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}},
        "lift.trucks.transit_days": 2,
    }
    played = outcome(settings)

    found = [(strength_on(played, "northport", day), strength_on(played, "hilltop", day)) for day in (1.4, 1.5, 3.5)]

    assert found == [(180, 0), (120, 0), (120, 60)]


# ----- 3. From a schedule to serials


@pytest.mark.parametrize(
    ("pace", "minutes"),
    [
        ("early", [25, 683, 3164, 8682]),
        ("even", [1620, 4860, 8100, 11340]),
        (2, [4582, 7936, 10245, 12122]),
        ("late", [6480, 9345, 11080, 12395]),
    ],
)
def test_four_serials_follow_the_line_of_their_pace(outcome, pace, minutes):
    """The table of paces: 9 days, n = 4 (200 persons, 60 seats), to the minute."""
    played = outcome({"contingents.alpha.personnel": 200, f"{HOME}.pace": pace})

    assert planned(played) == minutes
    assert [each.size for each in serials(played)] == [60, 60, 60, 20]


@pytest.mark.parametrize(("pace", "share"), [("early", 1 / 8), ("even", 0.5), (2, 0.71), ("late", 0.79)])
def test_a_lone_serial_leaves_when_half_has_gone(outcome, pace, share):
    """Half has gone after (1/2) ** (1/pace) of the time: 1/8, 1/2, 71 % and 79 %."""
    (minute,) = planned(outcome({"contingents.alpha.personnel": 60, f"{HOME}.pace": pace}))

    assert minute / (9 * DAY) == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 11, 100, 999, 1001])
def test_even_is_exact_for_every_number_of_serials(outcome, count):
    """Even: a + D (2j - 1) // (2n) exactly, also where 500 (2j - 1) / n falls between points of the table."""
    played = outcome({"contingents.alpha.personnel": count, "lift.trucks.seats": 1})

    assert planned(played) == [9 * DAY * (2 * j - 1) // (2 * count) for j in range(1, count + 1)]


def test_the_second_of_two_steps_moves_everybody(outcome):
    """200 persons, {01-11: 100%, 01-20: 0}: from 12 January 00:00 to 21 January 00:00, serials 60, 60, 60, 20."""
    settings = {
        "contingents.alpha.personnel": 200,
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-11": "100%", "2030-01-20": 0},
        f"{HOME}.pace": "late",
    }
    played = outcome(settings)

    assert planned(played) == [11 * DAY + minute for minute in (6480, 9345, 11080, 12395)]
    assert [each.size for each in serials(played)] == [60, 60, 60, 20]


def test_serials_of_two_locations_take_turns_in_one_row(outcome):
    """120 at A, 60 at B, level 60, seats 30: 80 leave A, 40 B; A1, B1, A2, B2, A3 on days 1, 3, 5, 7, 9."""
    settings = {
        "locations": {"a": {}, "b": {}, "northport": None},
        "contingents.alpha.at": {"a": 2, "b": 1},
        f"{HOME}.at": ["a", "b"],
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-10": 60},
        "lift.trucks.seats": 30,
        "milestones.all-out.strength.at": "a",
    }
    played = outcome(settings)

    assert days(planned(played, 0)) == [1, 5, 9]
    assert days(planned(played, 1)) == [3, 7]
    assert [each.size for each in serials(played, 0)] == [30, 30, 20]
    assert [each.size for each in serials(played, 1)] == [30, 10]


def latecomers() -> dict:
    """Return settings in which five persons come to northport one by one and are to go on from there."""
    return {
        "locations": {"hilltop": {}, "erbil": {"outside": True}},
        "contingents.alpha": {"personnel": 5, "at": "hilltop"},
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-01": 0},
        f"{HOME}.to": {"home": {"share": 0.6, "by": None}, "erbil": {"share": 0.4}},
        "phases.feed": {
            "starts": "2030-02-01",
            "judgement": "invented",
            "drawdowns": {
                "one-by-one": {
                    "at": "hilltop",
                    "schedule": {"2030-02-10": 0},
                    "serial_persons": 1,
                    "to": "northport",
                }
            },
        },
    }


def test_latecomers_go_to_what_each_destination_lacks(outcome):
    """Five latecomers one by one over `erbil: 0.4, home: 0.6` go home, Erbil, home, Erbil, home."""
    played = outcome(latecomers())
    names = [each.name.rsplit("/", 1)[1] for each in played.plan.queues]
    gone = sorted((each.departed_at, names[q]) for q in range(len(names)) for each in serials(played, q))

    ways = [name for _, name in gone if name != "northport"]

    assert ways == ["home", "erbil", "home", "erbil", "home"]


def test_latecomers_are_planned_at_the_minute_they_come(outcome):
    """Five over ten days from day 31 come at days 32, 34, 36, 38, 40 and leave at those minutes."""
    played = outcome(latecomers())
    onward = [q for q, each in enumerate(played.plan.queues) if not each.name.endswith("/northport")]

    minutes = sorted(minute for q in onward for minute in planned(played, q))

    assert days(minutes) == [32, 34, 36, 38, 40]
    assert all(wait == {} for q in onward for wait in waits(played, q))


def test_a_margin_does_not_put_the_deadline_before_the_begin(outcome):
    """A margin of 20 days before a deadline of day 9: everybody is planned at the step's begin."""
    assert planned(outcome({f"{HOME}.margin_days": 20})) == [0, 0, 0]


def test_percent_is_of_those_found_at_the_first_count(outcome):
    """180 found: 50 % leaves 90 on day 9; 25 % of the 180 leaves 45 on day 19, not a quarter of the 90."""
    schedule = {"2030-01-09": "50%", "2030-01-19": "25%"}
    played = outcome({f"{HOME}.schedule": schedule})

    assert [strength_on(played, "northport", day) for day in (9, 19)] == [90, 45]


def test_with_an_order_the_first_location_gives_all_first(outcome):
    """90 at each, level 60: 120 leave; the first in the order gives 90, the other 30, after it in the row."""
    settings = {
        "locations.hilltop": {},
        "contingents.alpha.at": {"hilltop": 1, "northport": 1},
        f"{HOME}.at": ["hilltop", "northport"],
        f"{HOME}.order": ["northport", "hilltop"],
        f"{HOME}.schedule": {"2030-01-09": 60},
    }
    played = outcome(settings)

    assert [each.size for each in serials(played, 1)] == [60, 30]
    assert [each.size for each in serials(played, 0)] == [30]
    assert max(planned(played, 1)) < min(planned(played, 0))


# ----- 4. When a serial departs


def test_table_one_slot_serves_one_after_another(outcome):
    """All planned 0, cycle 10, transit 10: depart 0, 10, 20; arrive 10, 20, 30; wait 0, 10, 20 for lift."""
    cycles = {"lift.trucks.slots": 1, "lift.trucks.cycle_days": 10, "lift.trucks.transit_days": 10}
    played = outcome({**AT_ONCE, **cycles})

    assert departed(played) == [0, 10, 20]
    assert days([each.arrives_at for each in serials(played)]) == [10, 20, 30]
    assert waits(played) == [{}, {"lift": 10}, {"lift": 20}]


def test_table_a_closure_in_a_wait_becomes_the_first_cause(outcome):
    """Cycle 4, origin closed [3, 6): B departs on day 6, lift 3, closure 3: the slot of day 4 is no use."""
    settings = {
        **AT_ONCE,
        "contingents.alpha.personnel": 120,
        "lift.trucks": {"slots": 1, "cycle_days": 4},
        "events.blast": event("2030-01-04", close="northport", for_days=3),
    }
    played = outcome(settings)

    assert departed(played) == [0, 6]
    assert waits(played) == [{}, {"lift": 3, "closure": 3}]


def test_table_a_hold_stops_those_behind_too(outcome):
    """Planned 1, 3, 5, held [2, 9), cycle 3 (the table a day later): 9: hold 6; 12: hold 4, lift 3."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-06": 0},
        "lift.trucks": {"slots": 1, "cycle_days": 3},
        "events.stop": event("2030-01-03", hold="all", for_days=7),
    }
    played = outcome(settings)

    assert days(planned(played)) == [1, 3, 5]
    assert departed(played) == [1, 9, 12]
    assert waits(played) == [{}, {"hold": 6}, {"hold": 4, "lift": 3}]


def seed_of(stream: str, wanted: list[bool], chance: float) -> int:
    """Return the first seed of which the first draws of a stream are below `chance` as wanted."""
    for seed in range(10_000):
        drawn = uniforms(seed, stream, first=0, replications=1, width=len(wanted))[0]
        if [bool(each < chance) for each in drawn] == wanted:
            return seed
    raise AssertionError("no such seed")


GATE = {"review_every_days": 30, "passes": 0.5, "judgement": "invented"}


@pytest.mark.parametrize("place", ["phases.exit", HOME])
def test_table_a_gate_is_reviewed_until_it_passes(outcome, place):
    """Planned 10; every 30 days; draws no, no, yes: departs 70: gate 60 (reviews on 10, 40, 70)."""
    path = place + ".gate"
    settings = {
        "phases.exit.starts": "2030-01-11",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-11": 0},
        f"{HOME}.margin_days": 1,
        path: GATE,
    }
    played = outcome(settings, seed=seed_of(f"{path}.review", [False, False, True], 0.5))

    assert [(minute / DAY, passed) for minute, passed in played.reviews[0]] == [(10, False), (40, False), (70, True)]
    assert departed(played) == [70, 70, 70]
    assert waits(played) == [{"gate": 60}] * 3


def test_table_a_station_serves_one_after_another(outcome):
    """One slot, 2 days; cycle 3: A departs 2: station 2; B 5: station 4, lift 1; C 8: station 5, lift 3."""
    settings = {
        **AT_ONCE,
        "lift.trucks": {"slots": 1, "cycle_days": 3},
        "stations.wash": {"slots": 1, "service_days": 2, "judgement": "invented"},
        f"{HOME}.to.home.through": "wash",
    }
    played = outcome(settings)

    assert departed(played) == [2, 5, 8]
    assert waits(played) == [{"station": 2}, {"station": 4, "lift": 1}, {"station": 5, "lift": 3}]


def test_table_a_hold_with_keep_lets_go_as_many_as_may(outcome):
    """60, 60, 60, 20 even; held [1, 21), keep 100: 60 on 1.125, 40 on 3.375, 20 more on 21: hold 17.625; then C."""
    settings = {
        "contingents.alpha.personnel": 200,
        "events.stop": event("2030-01-02", hold="all", keep=100, for_days=20),
    }
    played = outcome(settings)

    a, b, c, d, rest = serials(played)
    assert [each.size for each in (a, b, rest, c, d)] == [60, 40, 20, 60, 20]
    assert days([each.departed_at for each in (a, b, rest, c, d)]) == [1.125, 3.375, 21, 21, 21]
    assert rest.planned_at == b.planned_at
    assert waits(played) == [{}, {}, {"hold": 15.375}, {"hold": 13.125}, {"hold": 17.625}]


def test_without_keep_nobody_goes(outcome):
    """Held on [1, 21): the serials of 1.5, 4.5 and 7.5 all depart on day 21."""
    played = outcome({"events.stop": event("2030-01-02", hold="alpha-home", for_days=20)})

    assert departed(played) == [21, 21, 21]


def test_closed_means_neither_from_nor_to(outcome):
    """The destination closed on [1, 3): the serial of day 1.5 waits 1.5 days for the closure."""
    settings = {
        "locations.hilltop": {},
        f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}},
        "events.blast": event("2030-01-02", close="hilltop", for_days=2),
    }

    assert waits(outcome(settings)) == [{"closure": 1.5}, {}, {}]


def test_fewer_slots_than_busy_call_nobody_back(outcome):
    """Three slots busy for 10 days, halved twice over by a hurry of 0 from day 5: nobody is back, none new goes."""
    settings = {
        **AT_ONCE,
        "contingents.alpha.personnel": 240,
        "lift.trucks": {"slots": 3, "cycle_days": 10, "transit_days": 8},
        "events.stop": event("2030-01-06", hurry="trucks", times=0, for_days=10),
    }
    played = outcome(settings)

    assert departed(played) == [0, 0, 0, 15]
    assert days([each.arrives_at for each in serials(played)]) == [8, 8, 8, 23]


# ----- 5. Tours


TOURS = {
    "contingents.alpha": {
        "personnel": 300,
        "tours": {"days": 270, "units": 3, "first_ends": "2030-02-10", "overlap_days": 10},
    },
    f"{HOME}.schedule": {"2030-01-09": None, "2030-08-18": 150},
    f"{HOME}.pace": "at-tour-end",
}
"""Ends on days 40, 130, 220; a step from day 0 to day 230."""


def test_units_not_replaced_leave_at_the_end_of_their_tour(outcome):
    """The last end gives 100, the one before 50. Day 30: 400; 40: 300; 120: 350; 130: 250; 210: 250; 220: 150."""
    played = outcome(TOURS)

    found = {day: strength_on(played, "northport", day) for day in (30, 40, 120, 130, 210, 220)}

    assert found == {30: 400, 40: 300, 120: 350, 130: 250, 210: 250, 220: 150}
    assert {each.planned_at // DAY: each.size for each in serials(played)} == {130: 50, 220: 100}
    assert waits(played) == [{}, {}]


def test_those_held_are_relieved_like_the_rest_and_wait(outcome):
    """Held on [115, 140): day 120: 400; 130: 300, a serial of 50 waits 10 days for the hold; 140: 250; 220: 150."""
    played = outcome({**TOURS, "events.stop": event("2030-04-26", hold="all", for_days=25)})

    found = {day: strength_on(played, "northport", day) for day in (120, 130, 140, 210, 220)}
    late = [each for each in serials(played) if each.departed_at == 140 * DAY]

    assert found == {120: 400, 130: 300, 140: 250, 210: 250, 220: 150}
    assert [each.size for each in late] == [50]
    assert played.waits(0, late[0]) == {"hold": 10 * DAY}


def test_a_rotation_is_a_bump_of_relief_for_the_overlap(outcome):
    """Of 300, the unit of 100 is relieved on day 30 by 100 of kind relief, who become troops on day 40."""
    played = outcome({**TOURS, f"{HOME}.schedule": {"2030-01-09": None, "2030-08-18": 300}})

    rows = [(minute // DAY, KINDS[kind], change) for minute, _, kind, change in played.changes if 0 < minute < 60 * DAY]

    assert rows == [(30, "relief", 100), (40, "relief", -100)]


# ----- 7. Regimes, events, effects


def test_hazard_of_the_example_is_used_up_to_the_minute():
    """E = 10^12 at 0.02 a day: day 50. Turned 0.6 on day 20: 599,999,996,800 left, 1,440 minutes: day 21."""
    slow, fast = round(0.02 * 10**12 / DAY), round(0.6 * 10**12 / DAY)
    left = 10**12 - slow * 20 * DAY

    assert minutes_left(10**12, slow) == 50 * DAY
    assert (left, fast) == (599_999_996_800, 416_666_667)
    assert minutes_left(left, fast) == 1440


@pytest.mark.parametrize(("stay", "day"), [(60, 50), (20, 21)])
def test_a_change_of_rate_goes_on_with_the_hazard_left(scenario, stay, day):
    """A budget of 10^12 at 0.02 a day falls on day 50; where war at 0.6 a day comes on day 20, on day 21."""
    regimes = {
        "initial": "calm",
        "states": {
            "calm": {"lasts_days": stay, "then": "war", "judgement": "invented"},
            "war": {"judgement": "invented"},
        },
    }
    attack = {"per_day": {"calm": 0.02, "war": 0.6}, "judgement": "invented"}
    plan = compile_plan(scenario({"regimes": regimes, "events.attack": attack}))
    draws = draw(plan, seed=1, replications=1)
    draws.columns[plan.events[0].gap] = [[10**12] + [10**15] * 63]

    played = simulate(plan, draws, replication=0)

    assert [each.minute for each in played.happenings] == [day * DAY]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ({"by_days": 10}, [1.125, 13.375, 15.625, 17.875]),
        ({"by_days": -4}, [1.125, 3, 3, 3.875]),
        ({"within_days": 2}, [1.125, 3.125, 3.875, 4.625]),
        ({"within_days": 6}, [1.125, 3.375, 5.625, 7.875]),
    ],
)
def test_a_reschedule_moves_what_is_ahead(outcome, effect, expected):
    """Serials of 1.125, 3.375, 5.625, 7.875, deadline day 9, on day 3 by 10, by -4, within 2; within 6 >= 9 - 3: no."""
    settings = {
        "contingents.alpha.personnel": 200,
        "events.order": event("2030-01-04", reschedule="all", **effect),
    }
    played = outcome(settings)

    assert days(planned(played)) == expected
    assert departed(played) == expected


@pytest.mark.parametrize(
    ("effect", "begins", "ends"), [({"by_days": 10}, 19, 29), ({"by_days": -4}, 5, 15), ({"within_days": 2}, 3.75, 5)]
)
def test_a_reschedule_moves_deadlines_and_begins_of_steps(outcome, effect, begins, ends):
    """Steps [0, 9) and [9, 19), on day 3: [.., 19), [19, 29); by -4: 5, 15; within 2 of 16: 3 + 6/8 and 3 + 16/8.

    One serial of 60 leaves in the second step, in its middle.
    """
    schedule = {"2030-01-09": 120, "2030-01-19": 60}
    played = outcome({f"{HOME}.schedule": schedule, "events.order": event("2030-01-04", reschedule="exit", **effect)})

    assert planned(played)[1] / DAY == pytest.approx((begins + ends) / 2, abs=1 / DAY)


def test_a_reschedule_moves_the_start_of_a_phase_to_come(outcome):
    """The phase of day 9 starts on day 19 where an event of day 3 puts it off by ten days."""
    settings = {
        "phases.exit.starts": "2030-01-10",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-18": 0},
        "events.order": event("2030-01-04", reschedule="exit", by_days=10),
    }
    played = outcome(settings)

    assert played.phases[0].started_at == 19 * DAY
    assert days(planned(played)) == [20.5, 23.5, 26.5]


def test_a_move_in_daily_parts_takes_those_in_no_serial_first(outcome):
    """100 of 180 move within 2.5 days: 34, 33, 33, a day apart; level 80 needs the 80 in no serial, then serials."""
    settings = {
        "locations.hilltop": {},
        "events.order": event(
            "2030-01-01", move={"from": "northport", "to": "hilltop", "persons": 100}, within_days=2.5
        ),
    }
    played = outcome(settings)

    assert [strength_on(played, "hilltop", day) for day in (0, 1, 2, 3)] == [34, 67, 100, 100]


def test_people_moved_out_of_serials_dissolve_the_last_first(outcome):
    """70 of 180 in serials of 60 on days 1.5, 4.5, 7.5 move away on day 1: the last is dissolved, the second has 50."""
    settings = {
        "locations.hilltop": {},
        "events.order": event("2030-01-02", move={"from": "northport", "to": "hilltop", "persons": 70}),
    }
    played = outcome(settings)

    assert [(each.departed_at / DAY, each.size) for each in serials(played)] == [(1.5, 60), (4.5, 50)]


def test_a_part_of_a_move_goes_back_after_its_time(outcome):
    """30 go on day 20 for 5 days: hilltop has 30 on [20, 25)."""
    settings = {
        "locations.hilltop": {},
        f"{HOME}.schedule": {"2030-01-09": 60},
        "events.order": event("2030-01-21", move={"from": "northport", "to": "hilltop", "persons": 30}, for_days=5),
    }
    played = outcome(settings)

    assert [strength_on(played, "hilltop", day) for day in (19, 20, 24, 25)] == [0, 30, 30, 0]
    assert [strength_on(played, "northport", day) for day in (19, 20, 24, 25)] == [60, 30, 30, 60]


def test_a_closure_that_strikes_again_lasts_to_the_later_end(outcome):
    """Closed on day 1 for 10 days and on day 2 for 3: until = max(11, 5), all depart on day 11."""
    settings = {
        "events.first": event("2030-01-02", close="northport", for_days=10),
        "events.second": event("2030-01-03", close="northport", for_days=3),
    }

    assert departed(outcome(settings)) == [11, 11, 11]


# ----- 8. Sites


def test_closures_pause_a_handover(outcome):
    """Empty day 20, takes 11, closed [25, 28): done day 34."""
    settings = {
        "phases.exit.starts": "2030-01-21",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-21": 0},
        f"{HOME}.margin_days": 1,
        "phases.exit.handovers": {"northport": {"takes_days": 11, "judgement": "invented"}},
        "events.blast": event("2030-01-26", close="northport", for_days=3),
    }
    played = outcome(settings)

    site = played.sites[0]
    assert days([site.begun_at, site.paused_minutes, site.done_at]) == [20, 3, 34]
    assert played.phases[0].done_at == 34 * DAY


# ----- 9. Draws


def test_the_index_counts_uses_of_a_stream(outcome):
    """The cycle of serial k (from 0) of a queue is that of index k of lift.trucks.cycle_days/QUEUE, uniform [2, 4]."""
    settings = {**AT_ONCE, "lift.trucks": {"slots": 1, "cycle_days": {"uniform": [2, 4]}}}
    played = outcome(settings, seed=5)

    name = "lift.trucks.cycle_days/exit.alpha-home/alpha/northport/home"
    drawn = uniforms(5, name, first=0, replications=1, width=2)[0]
    first, second = (int((2 + 2 * each) * DAY + 0.5) for each in drawn)
    assert [each.departed_at for each in serials(played)] == [0, first, first + second]


# ----- 10. Milestones


LONE = {"contingents.alpha.personnel": 60, f"{HOME}.schedule": {"2030-01-09": None, "2030-01-22": 0}}
"""One serial over 22 days: it leaves at 00:00 of 12 January; with two minutes of margin at 23:59 of the 11th."""


@pytest.mark.parametrize(("margin", "met", "late"), [(2, True, 0), (0, False, 1)])
def test_a_day_ends_at_midnight(outcome, margin, met, late):
    """Last departure 11 January 23:59, by 11 January: met, 0. On 12 January 00:00: 1 day late."""
    settings = {**LONE, f"{HOME}.margin_days": margin / DAY, "milestones.all-out.by": "2030-01-11"}
    played = outcome(settings)

    answer = answers(played)["all-out"]

    assert planned(played) == [11 * DAY - margin // 2]
    assert (answer.met, answer.days_late) == (met, late)


def test_a_spell_that_ended_before_the_date_does_not_count(outcome):
    """Empty on the 5th, 20 persons back on the 9th, gone on the 15th, by the 11th: not met, 4 days late."""
    settings = {
        "phases.exit.starts": "2030-01-05",
        f"{HOME}.margin_days": 9,
        "events.return": event(
            "2030-01-09", move={"of": "alpha", "from": "home", "to": "northport", "persons": 20}, for_days=6
        ),
        "milestones.all-out.by": "2030-01-11",
    }
    played = outcome(settings)

    assert answers(played)["all-out"] == Answer(False, 14, 4, 20, "reinforcement")


def test_never_achieved_is_not_a_number(outcome):
    """Nobody is planned below 60: days_late is None, 60 persons over, and the plan bound it."""
    played = outcome({f"{HOME}.schedule": {"2030-01-09": 60}})

    assert answers(played)["all-out"] == Answer(False, None, None, 60, "plan")


def test_a_percent_is_rounded_down_for_at_most_and_up_for_at_least(outcome):
    """33.3 % of 181 are 60.273: at most 60, at least 61; with 121 present 61 over, with 1 present 60 short."""
    settings = {
        "contingents.alpha.personnel": 181,
        "milestones": {
            "most": {"by": "2030-01-02", "strength": {"at_most": "33.3%"}, "judgement": "invented"},
            "least": {"by": "2030-01-09", "strength": {"at_least": "33.3%"}, "judgement": "invented"},
        },
    }
    played = outcome(settings)

    found = answers(played)

    assert strength_on(played, "northport", 2) == 121
    assert (found["most"].persons_over, found["least"].persons_over) == (61, -61)


def test_joined_milestones_take_the_largest_or_smallest(outcome):
    """Serials of 60 on 1.5, 4.5, 7.5. By day 4 (the 5th) under 60: day 7, 3 late; under 120: met on day 4, 0."""
    ask = {"by": "2030-01-05", "judgement": "invented"}
    settings = {
        "milestones": {
            "none-left": {**ask, "strength": {"at_most": 0}},
            "few-left": {**ask, "strength": {"at_most": 60}},
            "both": {"all": ["few-left", "none-left"], "judgement": "invented"},
            "either": {"any": ["few-left", "none-left"], "judgement": "invented"},
        }
    }
    found = answers(outcome(settings))

    assert (found["both"].met, found["both"].achieved_day, found["both"].days_late) == (False, 7, 3)
    assert (found["either"].met, found["either"].achieved_day, found["either"].days_late) == (True, 4, 0)
