"""One replication as a whole: a pure function of plan, seed and number, with budgets against models without end."""

from __future__ import annotations

import pytest

from posture.errors import SimulationError
from posture.model import dispatch
from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
UNCERTAIN = {
    "contingents.alpha.personnel": {"uniform": [150, 240]},
    "lift.trucks": {"slots": 1, "cycle_days": {"uniform": [1, 5]}, "transit_days": {"exponential": 2}},
    "phases.exit.gate": {"review_every_days": 3, "passes": 0.4, "judgement": "invented"},
}


def test_a_replication_is_the_same_however_it_is_reached(scenario):
    """Replication 4711 alone, in a chunk, and again after another one: equal in every row."""
    plan = compile_plan(scenario(UNCERTAIN))
    alone, chunk = draw(plan, seed=9, replications=1, first=4711), draw(plan, seed=9, replications=5, first=4709)
    simulate(plan, chunk, replication=4713)

    assert simulate(plan, alone, replication=4711) == simulate(plan, chunk, replication=4711)
    assert simulate(plan, chunk, replication=4711) == simulate(plan, chunk, replication=4711)


def test_replications_and_seeds_differ(scenario):
    """Ten replications under two seeds: twenty different records."""
    plan = compile_plan(scenario(UNCERTAIN))
    records = {
        simulate(plan, draw(plan, seed=seed, replications=10), replication=n).changes
        for seed in (0, 1)
        for n in range(10)
    }

    assert len(records) == 20


def test_without_a_seed_every_replication_is_the_median(scenario):
    """195 persons, cycles of 3 days, transits of 2 ln 2 days, a gate of 0.4 that 0.5 never passes."""
    plan = compile_plan(scenario({**UNCERTAIN, "phases.exit.gate": None}))
    outcomes = [simulate(plan, draw(plan, seed=None, replications=2), replication=n) for n in range(2)]

    serials = outcomes[0].queues[0].gone
    assert outcomes[0].changes == outcomes[1].changes
    assert [each.size for each in serials] == [60, 60, 60, 15]
    assert {each.arrives_at - each.departed_at for each in serials} == {1996}


def test_strengths_at_the_start_are_apportioned_by_weight(outcome):
    """181 over 1 : 1 : 2 are 45.25, 45.25, 90.5: the odd person stands where the remainder is largest."""
    settings = {
        "contingents.alpha": {"personnel": 181, "at": {"northport": 1, "hilltop": 1, "southport": 2}},
        "locations": {"hilltop": {}, "southport": {}},
    }
    played = outcome(settings)
    start = {played.plan.cell_names(cell)[1]: count for minute, cell, _, count in played.changes if minute == 0}

    assert start == {"hilltop": 45, "northport": 45, "southport": 91}


def test_nobody_at_all_is_a_plan_too(outcome):
    """0 persons: nobody to go, done at once, and the milestone is met from the first minute."""
    played = outcome({"contingents.alpha.personnel": 0})

    assert (played.changes, played.phases[0].done_at, played.queues[0].gone) == ((), 0, ())


def test_people_may_come_from_outside(outcome):
    """180 at home go to northport, which has room for 130: two serials do, the third waits for room."""
    settings = {
        "contingents.alpha.at": "home",
        "locations.northport.capacity": 130,
        f"{HOME}.at": "home",
        f"{HOME}.to": {"home": None, "northport": {"by": "trucks"}},
        "milestones.all-out.strength": {"at": "northport", "at_most": None, "at_least": 120},
    }
    played = outcome(settings)

    assert [each.departed_at / DAY for each in played.queues[0].gone] == [1.5, 4.5]
    assert played.waits(0, played.queues[0].waiting[0]) == {"room": 357.5 * DAY}
    assert answer_all(played)[0].met


def two_ways() -> dict:
    """Return settings in which one person is sent from northport to hilltop and back, without lift, for ever."""
    back = {"of": "alpha", "at": "hilltop", "schedule": {"2030-01-01": 0}, "to": "northport"}
    return {
        "contingents.alpha.personnel": 1,
        "locations.hilltop": {},
        f"{HOME}.to": {"home": None, "hilltop": {}},
        "phases.back": {"starts": "2030-01-01", "judgement": "invented", "drawdowns": {"go-back": back}},
    }


def test_people_sent_round_in_no_time_are_stopped(outcome, monkeypatch):
    """Each arrival is a latecomer for the other drawdown, at the same minute: an error after the budget of serials."""
    monkeypatch.setattr(dispatch, "MOST_SERIALS", 1000)

    with pytest.raises(SimulationError, match="more than 1000 serials"):
        outcome(two_ways())


def test_people_sent_round_by_a_slow_lift_go_on_to_the_horizon(outcome):
    """Ten days each way from day 4.5 on: 37 departures by day 365, the 37th on 364.5."""
    lift = {"by": "trucks"}
    settings = {**two_ways(), "lift.trucks.transit_days": 10, f"{HOME}.to": {"home": None, "hilltop": lift}}
    settings["phases.back"]["drawdowns"]["go-back"]["to"] = {"northport": lift}
    played = outcome(settings)

    gone = sorted(each.departed_at / DAY for queue in played.queues for each in queue.gone)

    assert gone == [4.5 + 10 * n for n in range(37)]


def test_too_many_serials_are_refused(outcome):
    """200,001 persons on lift of one seat."""
    settings = {"contingents.alpha.personnel": 200_001, "lift.trucks.seats": 1}

    with pytest.raises(SimulationError, match="more than 200000 serials"):
        outcome(settings)


def test_done_and_the_next_start_fall_on_one_minute(outcome):
    """The last of exit leaves on 7.5: exit is done, onward starts, counts, and its serial leaves, all on 7.5."""
    settings = {
        "contingents.bravo": {"personnel": 30, "at": "northport", "judgement": "invented"},
        f"{HOME}.of": "alpha",
        "phases.onward": {
            "starts": "2030-01-01",
            "after": "exit",
            "judgement": "invented",
            "drawdowns": {"b": {"of": "bravo", "at": "northport", "schedule": {"2030-01-01": 0}, "to": "home"}},
        },
    }
    played = outcome(settings)
    exits, onward = played.phases
    (bravo,) = played.queues[1].gone

    assert (exits.done_at, onward.ready_at, onward.started_at, onward.done_at) == (10800, 10800, 10800, 10800)
    assert (bravo.planned_at, bravo.departed_at, played.waits(1, bravo)) == (720, 10800, {"phase": 10080})


def back_again(later: str) -> dict:
    """Return settings in which 60 leave northport at once, and 20 come back on day 20; two drawdowns are there then.

    Exit starts on day 0, other on the day `later`; both hold northport to nobody.
    """
    return {
        "contingents.alpha.personnel": 60,
        f"{HOME}.margin_days": 9,
        "phases.other": {
            "starts": later,
            "judgement": "invented",
            "drawdowns": {"b": {"of": "alpha", "at": "northport", "schedule": {later: 0}, "to": "home"}},
        },
        "events.more": {
            "on": "2030-01-21",
            "effects": {"a": {"move": {"of": "alpha", "from": "home", "to": "northport", "persons": 20}}},
            "judgement": "invented",
        },
    }


@pytest.mark.parametrize(("later", "taker"), [("2030-01-05", "other.b"), ("2030-02-05", "exit.alpha-home")])
def test_latecomers_fall_to_the_drawdown_whose_phase_started_last(outcome, later, taker):
    """20 come on day 20: other takes them if it has started by then, else exit does."""
    played = outcome(back_again(later))
    gone = {
        played.plan.queues[index].name.split("/")[0]
        for index, queue in enumerate(played.queues)
        for each in queue.gone
        if each.size == 20
    }

    assert gone == {taker}


def test_a_level_above_those_present_moves_nobody(outcome):
    """Uncertain numbers may turn out so: 100 stand there, the level is 120, then 80: 0 and 20 leave."""
    settings = {
        "contingents.alpha.personnel": {"choice": {100: 1}},
        f"{HOME}.schedule": {"2030-01-09": {"choice": {120: 1}}, "2030-01-19": 80},
    }
    played = outcome(settings)

    assert [(each.size, each.planned_at / DAY) for each in played.queues[0].gone] == [(20, 14)]


def test_a_latecomer_above_the_level_alone_leaves(outcome):
    """100 of 180 stay; 30 come on day 20: these 30 are the excess, planned at that minute."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 100},
        "events.more": {
            "on": "2030-01-21",
            "effects": {"a": {"move": {"of": "alpha", "from": "home", "to": "northport", "persons": 30}}},
            "judgement": "invented",
        },
    }
    played = outcome(settings)

    assert [(each.size, each.planned_at / DAY) for each in played.queues[0].gone] == [(60, 2.25), (20, 6.75), (30, 20)]
