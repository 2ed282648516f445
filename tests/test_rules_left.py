"""Rules of the model that no other module pins: effects, moves, events, tours, sites and streams, each by hand."""

from __future__ import annotations

from math import floor, log1p

import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.ledger import KINDS
from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome
from posture.model.restrictions import Restriction
from posture.model.streams import uniforms

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
ASK = {"judgement": "invented"}
AT_ONCE = {f"{HOME}.margin_days": 9}
"""The planned deadline falls on the step's begin: everybody is planned at minute 0."""
STAY = {f"{HOME}.schedule": {"2030-01-09": "100%"}}
"""Nobody is to leave."""
HILLTOP = {"locations.hilltop": {}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}
BRAVO = {
    "contingents.bravo": {"personnel": 180, "at": "northport", **ASK},
    "phases.exit.drawdowns.bravo-home": {
        "of": "bravo",
        "at": "northport",
        "schedule": {"2030-01-09": 0},
        "to": {"home": {"by": "trucks"}},
    },
}
STORES = {
    "contingents.stores": {"loads": 100, "at": "northport", **ASK},
    "lift.trucks.loads": 30,
    "phases.exit.drawdowns.stores-home": {
        "of": "stores",
        "at": "northport",
        "schedule": {"2030-01-21": 0},
        "margin_days": 0,
        "to": {"home": {"by": "trucks"}},
    },
}


def event(on: str, **effect: object) -> dict:
    """Return an event on a date with one effect."""
    return {"on": on, "effects": {"one": effect}, **ASK}


def moving(persons: object, origin: object, to: object, **more: object) -> dict:
    """Return the effect that moves alpha's people."""
    return {"move": {"of": "alpha", "from": origin, "to": to, "persons": persons}, **more}


def standing(outcome: Outcome, location: str, day: float, *, who: str | None = None) -> int:
    """Return how many stand at a location at 00:00 of a day, of all contingents or of one."""
    return sum(
        change
        for minute, cell, _, change in outcome.changes
        if minute <= day * DAY
        and outcome.plan.cell_names(cell)[1] == location
        and who in (None, outcome.plan.cell_names(cell)[0])
    )


def departures(outcome: Outcome, queue: int = 0) -> list[float]:
    """Return the days on which the serials of a queue departed."""
    return [each.departed_at / DAY for each in outcome.queues[queue].gone]


def queue_of(outcome: Outcome, drawdown: str) -> int:
    """Return the only queue of a drawdown."""
    return next(i for i, each in enumerate(outcome.plan.queues) if each.name.startswith(drawdown + "/"))


def answer(outcome: Outcome, name: str) -> Answer:
    """Return the answer of one milestone."""
    return answer_all(outcome)[[each.id for each in outcome.plan.milestones].index(name)]


def play_with_budgets(scenario, settings: dict, budgets: list[int]) -> Outcome:
    """Return a replication in which the budgets of the only event at a rate are these, and then endless."""
    plan = compile_plan(scenario(settings))
    draws = draw(plan, seed=1, replications=1)
    draws.columns[plan.events[0].gap] = [budgets + [10**17] * 60]
    return simulate(plan, draws, replication=0)


def test_percent_leaves_out_those_in_serials_of_another_drawdown(outcome):
    """Of 180, 120 are in exit's serials when later's first count is made: half of the other 60 stays, 30 leave."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 60},
        "phases.later": {
            "starts": "2030-01-01",
            "drawdowns": {"rest": {"of": "alpha", "at": "northport", "schedule": {"2030-01-19": "50%"}, "to": "home"}},
            **ASK,
        },
    }
    played = outcome(settings)

    assert [each.size for each in played.queues[queue_of(played, "later.rest")].gone] == [30]


@pytest.mark.parametrize(("station", "sizes"), [(None, [30, 30, 30, 10]), (25, [25, 25, 25, 25])])
def test_loads_travel_in_serials_of_the_smallest_loads_stated(outcome, station, sizes):
    """100 loads by trucks of 30 loads (and 60 seats, which do not matter); through a wash of 25 loads: 25 each."""
    through = {} if station is None else {"phases.exit.drawdowns.stores-home.to.home.through": "wash"}
    wash = {"stations.wash": {"slots": 9, "loads": station or 99, "service_days": 0, **ASK}}
    played = outcome({**STORES, **wash, **through})

    assert [each.size for each in played.queues[queue_of(played, "exit.stores-home")].gone] == sizes


def test_a_phase_that_starts_under_a_hold_with_keep_lets_go_all_but_those(outcome):
    """Held from day 1 for good with keep 100, the phase starts on day 3: 80 of 180 leave, and no more."""
    played = outcome({"phases.exit.starts": "2030-01-04", "events.stop": event("2030-01-02", hold="exit", keep=100)})

    assert (played.phases[0].started_at, standing(played, "northport", 300)) == (3 * DAY, 100)


def test_a_keep_on_a_phase_is_for_each_drawdown_alone(outcome):
    """180 each, held from day 1 with keep 100: 80 of alpha and 80 of bravo leave, not 260 of both."""
    played = outcome({**BRAVO, "events.stop": event("2030-01-02", hold="exit", keep=100)})

    assert [standing(played, "northport", 300, who=each) for each in ("alpha", "bravo")] == [100, 100]


def test_who_is_on_the_road_arrives_at_a_closed_place(outcome):
    """60 depart on 1.5 for hilltop, three days on the road; closed [2, 22): they arrive on 4.5."""
    settings = {
        **HILLTOP,
        "lift.trucks.transit_days": 3,
        "events.blast": event("2030-01-03", close="hilltop", for_days=20),
    }
    played = outcome(settings)

    assert [standing(played, "hilltop", day) for day in (4.49, 4.5)] == [0, 60]
    assert departures(played) == [1.5, 22, 22]


def test_a_move_fills_a_place_beyond_its_capacity(outcome):
    """30 move to hilltop, which has room for 10: capacity stops serials only."""
    settings = {**STAY, "locations.hilltop": {"capacity": 10}}
    played = outcome({**settings, "events.order": event("2030-01-02", **moving(30, "northport", "hilltop"))})

    assert standing(played, "hilltop", 1) == 30


def test_nobody_departs_for_a_place_handed_over(outcome):
    """Hilltop, empty from the first, is handed over on day 1: those planned from 1.5 on wait for `closure` for good."""
    settings = {**HILLTOP, "phases.exit.handovers": {"hilltop": {"takes_days": 1, **ASK}}}
    played = outcome(settings)

    assert played.sites[0].done_at == DAY
    assert played.waits(0, played.queues[0].waiting[0]) == {"closure": 365 * DAY - 3 * DAY // 2}


def test_tour_ends_divide_the_length_by_units(outcome):
    """Seven units in 14,400 minutes from day 10 on, relief a day before: + 14,400 m // 7, which 7 x 2,057 misses."""
    tours = {"days": 10, "units": 7, "first_ends": "2030-01-11", "overlap_days": 1}
    played = outcome({**STAY, "contingents.alpha.tours": tours})

    came = [minute for minute, _, kind, change in played.changes if KINDS[kind] == "relief" and change > 0]

    assert came[:8] == [12960 + each for each in (0, 2057, 4114, 6171, 8228, 10285, 12342, 14400)]


@pytest.mark.parametrize(
    "effect",
    [{"hold": "all"}, {"close": "northport"}, {"hurry": "trucks", "times": 0}, {"reschedule": "all", "by_days": 50}],
)
def test_tour_ends_keep_their_dates_whatever_comes(outcome, effect):
    """One unit of 180 ends on day 40, overlap 10; held, closed, without lift or put off from day 1 on: 30 and 40."""
    tours = {"days": 400, "units": 1, "first_ends": "2030-02-10", "overlap_days": 10}
    played = outcome({**STAY, "contingents.alpha.tours": tours, "events.order": event("2030-01-02", **effect)})

    rows = [(minute / DAY, change) for minute, _, kind, change in played.changes if KINDS[kind] == "relief"]

    assert rows == [(30, 180), (40, -180)]


def test_a_tour_end_whose_relief_was_due_before_the_run_is_skipped(outcome):
    """Ends on days 5 and 305, overlap 10: the first successor would come on day -5; the first bump is on 295."""
    tours = {"days": 300, "units": 1, "first_ends": "2030-01-06", "overlap_days": 10}
    played = outcome({**STAY, "contingents.alpha.tours": tours})

    rows = [(minute / DAY, change) for minute, _, kind, change in played.changes if KINDS[kind] == "relief"]

    assert rows == [(295, 180), (305, -180)]


def test_those_who_leave_with_their_unit_ask_their_gate_when_the_successor_comes(outcome):
    """Ends on days 40, 130, 220, overlap 10, to 150: planned for 130 and 220; the gate is first reviewed on 120."""
    tours = {"days": 270, "units": 3, "first_ends": "2030-02-10", "overlap_days": 10}
    settings = {
        "contingents.alpha": {"personnel": 300, "tours": tours},
        f"{HOME}.schedule": {"2030-01-09": None, "2030-08-18": 150},
        f"{HOME}.pace": "at-tour-end",
        f"{HOME}.gate": {"review_every_days": 300, "passes": 0, **ASK},
    }
    played = outcome(settings)

    assert played.reviews[0] == ((120 * DAY, False),)


def test_a_step_shorter_than_a_day_without_tour_ends_leaves_at_its_begin(outcome):
    """A step [0, 0.5) at tour end, no end in it: its last day would begin before it does, so all are planned at 0."""
    tours = {"days": 270, "units": 3, "first_ends": "2030-02-10"}
    settings = {"contingents.alpha.tours": tours, f"{HOME}.pace": "at-tour-end", f"{HOME}.margin_days": 8.5}

    assert departures(outcome(settings)) == [0, 0, 0]


def test_a_review_takes_the_draw_of_its_number_whatever_came_before(outcome):
    """Reviews daily, draws yes, no, yes; the first is forbidden by war: the second takes `no`, that of day 2 passes."""
    seed = next(
        seed
        for seed in range(1000)
        if [u < 0.5 for u in uniforms(seed, f"{HOME}.gate.review", first=0, replications=1, width=3)[0]]
        == [True, False, True]
    )
    states = {"war": {"lasts_days": 1, "then": "calm", **ASK}, "calm": ASK}
    gate = {"review_every_days": 1, "passes": 0.5, "unless": {"fighting": {"regime": "war"}}, **ASK}
    settings = {**AT_ONCE, "regimes": {"initial": "war", "states": states}, f"{HOME}.gate": gate}
    played = outcome(settings, seed=seed)

    assert played.reviews[0] == ((0, False), (DAY, False), (2 * DAY, True))


@pytest.mark.parametrize("unless", [{"phase": "sooner"}, {"handover": "hilltop"}])
def test_what_is_done_keeps_a_review_from_passing(outcome, unless):
    """The phase and the hand-over are done on day 5: a review of that day fails, one of day 4 passes."""
    sooner = {"starts": "2030-01-06", "handovers": {"hilltop": {"takes_days": 0, **ASK}}, **ASK}
    gate = {"review_every_days": 400, "passes": 1, "unless": {"over": unless}, **ASK}
    common = {"locations.hilltop": {}, "phases.sooner": sooner}

    found = [
        outcome({**common, "phases.exit.gate": {**gate, "first_review": day}}).reviews[0][0][1]
        for day in ("2030-01-05", "2030-01-06")
    ]

    assert found == [True, False]


def test_a_regime_entered_from_itself_begins_a_new_stay(outcome):
    """Calm lasts 10 days; an event of day 5 enters it anew: war comes on day 15, and nothing on day 10."""
    states = {"calm": {"lasts_days": 10, "then": "war", **ASK}, "war": ASK}
    settings = {
        "regimes": {"initial": "calm", "states": states},
        "events.truce": event("2030-01-06", regime="calm"),
    }
    played = outcome(settings)

    names = [(minute / DAY, played.plan.regimes[regime].id) for minute, regime in played.regimes]

    assert names == [(0, "calm"), (5, "calm"), (15, "war")]


def test_a_stay_is_drawn_by_the_number_of_the_visit(outcome):
    """Calm for uniform [1, 3], war for 2 days, in turn: the k-th calm is index k of its stream."""
    states = {
        "calm": {"lasts_days": {"uniform": [1, 3]}, "then": "war", **ASK},
        "war": {"lasts_days": 2, "then": "calm", **ASK},
    }
    played = outcome({"regimes": {"initial": "calm", "states": states}}, seed=3)
    drawn = uniforms(3, "regimes.states.calm.lasts_days", first=0, replications=1, width=2)[0]
    first, second = (floor((1 + 2 * each) * DAY + 0.5) for each in drawn)

    minutes = [minute for minute, _ in played.regimes][:4]

    assert minutes == [0, first, first + 2 * DAY, first + 2 * DAY + second]


@pytest.mark.parametrize("rate", [{"per_day": 0.02}, {"per_year": 7.305}])
def test_budgets_of_hazard_are_used_up_one_after_another(scenario, rate):
    """Budgets of 1 and 2 times 10^12 at 0.02 a day (7.305 / 365.25): days 50 and 150."""
    played = play_with_budgets(scenario, {"events.attack": {**rate, **ASK}}, [10**12, 2 * 10**12])

    assert [round(each.minute / DAY, 2) for each in played.happenings] == [50, 150]


def test_a_budget_of_hazard_is_exponential_in_millionths_of_a_millionth(scenario):
    """The n-th is max(1, round(-ln(1 - u) 10^12)), u of index n of events.attack.gap."""
    plan = compile_plan(scenario({"events.attack": {"per_day": 0.1, **ASK}}))
    drawn = uniforms(9, "events.attack.gap", first=0, replications=1, width=3)[0]

    budgets = [draw(plan, seed=9, replications=1).of(0).use(plan.events[0].gap, n) for n in range(3)]

    assert budgets == [max(1, floor(-log1p(-u) * 10**12 + 0.5)) for u in drawn]


@pytest.mark.parametrize(
    ("between", "days"), [(["2030-01-11", "2030-12-31"], [60]), (["2030-01-11", "2030-02-28"], [])]
)
def test_the_clock_of_an_event_stands_still_outside_its_time(scenario, between, days):
    """A budget of 10^12 at 0.02 a day from day 10 on: day 60; where the time ends with day 58: never."""
    attack = {"per_day": 0.02, "between": between, **ASK}
    played = play_with_budgets(scenario, {"events.attack": attack}, [10**12])

    assert [round(each.minute / DAY, 2) for each in played.happenings] == days


def test_an_event_with_a_probability_falls_at_the_point_of_its_time(outcome):
    """Certain, between 11 and 20 January: day 10 and floor(u 2^32) 14,400 // 2^32 minutes, u of events.once.when."""
    once = {"probability": 1, "between": ["2030-01-11", "2030-01-20"], **ASK}
    played = outcome({"events.once": once}, seed=4)
    u = uniforms(4, "events.once.when", first=0, replications=1)[0][0]

    minutes = [each.minute for each in played.happenings]

    assert minutes == [10 * DAY + floor(u * 2**32) * 10 * DAY // 2**32]


def test_an_event_falls_where_somebody_stands_or_nowhere(outcome):
    """Nobody ever stands at hilltop: day 1 hits northport. On day 30 nobody is there: it counts, and closes nothing."""
    blast = {"at": {"northport": 1, "hilltop": 1}, "effects": {"shut": {"close": "here", "for_days": 1}}, **ASK}
    settings = {
        "locations.hilltop": {},
        "events.first": {"on": "2030-01-02", **blast},
        "events.later": {"on": "2030-01-31", **blast},
    }
    found = [outcome(settings, seed=seed) for seed in range(10)]

    places = {
        tuple(None if h.location is None else o.plan.locations[h.location].id for h in o.happenings) for o in found
    }

    assert places == {("northport", None)}
    assert {departures(each)[0] for each in found} == {2}


@pytest.mark.parametrize(("ids", "left"), [(("a", "b"), 25), (("b", "a"), 50)])
def test_effects_act_in_the_order_of_their_ids(outcome, ids, left):
    """50 go to hilltop and half of those there go on to beach: 25 stay if the first acts first, else all 50."""
    first, second = ids
    effects = {
        first: moving(50, "northport", "hilltop"),
        second: {"move": {"of": "alpha", "from": "hilltop", "to": "beach", "share": 0.5}},
    }
    settings = {
        "locations.hilltop": {},
        "locations.beach": {},
        "events.order": {"on": "2030-01-02", "effects": effects},
    }
    played = outcome({**STAY, **settings, "events.order.judgement": "invented"})

    assert standing(played, "hilltop", 1) == left


def test_an_effect_with_a_probability_acts_if_its_own_draw_is_below(outcome):
    """One half: it acts where the uniform of events.order.effects.one.happens is below 0.5, in both ways here."""
    settings = {**STAY, "locations.hilltop": {}}
    settings["events.order"] = event("2030-01-02", **moving(50, "northport", "hilltop", probability=0.5))
    acted = [standing(outcome(settings, seed=seed), "hilltop", 1) == 50 for seed in range(12)]

    drawn = [
        bool(uniforms(seed, "events.order.effects.one.happens", first=0, replications=1)[0][0] < 0.5)
        for seed in range(12)
    ]

    assert acted == drawn
    assert set(drawn) == {True, False}


def test_effects_are_drawn_by_the_number_of_their_event(scenario):
    """Uniform 10 to 50 move for 10 days on days 50 and 150: round(10 + 40 u), u of index 0 and 1 of their stream."""
    order = moving({"uniform": [10, 50]}, "northport", "hilltop", for_days=10)
    attack = {"per_day": 0.02, "effects": {"one": order}, **ASK}
    settings = {**STAY, "locations.hilltop": {}, "events.attack": attack}
    played = play_with_budgets(scenario, settings, [10**12, 2 * 10**12])
    drawn = uniforms(1, "events.attack.effects.one.persons", first=0, replications=1, width=2)[0]

    found = [standing(played, "hilltop", day) for day in (51, 151)]

    assert found == [floor(10 + 40 * u + 0.5) for u in drawn]


def test_what_strikes_again_takes_the_later_end_and_the_larger_number():
    """To 10 with 50, again at 5 to 8 with 80: to 10 with 80. Over by 20: to 25 with 10, and no more of the 80."""
    restriction = Restriction()
    restriction.strike(0, 10, 50)
    restriction.strike(5, 8, 80)
    both = restriction.until, restriction.number
    restriction.strike(20, 25, 10)

    assert both == (10, 80)
    assert (restriction.until, restriction.number) == (25, 10)


@pytest.mark.parametrize(
    ("times", "days"),
    [
        ([1.5], [0, 1, 10, 11, 20]),
        ([1.5, 3], [0, 1, 1, 10, 11]),
        ([3, 0], [0, 101, 101, 101, 111]),
    ],
)
def test_of_several_hurries_the_largest_counts_but_none_outranks_it(outcome, times, days):
    """One slot for ten days each; from day 1 to 101 times 1.5 is 2 slots; beside 3 it is 3; 0 stops it whatever else.

    With [3, 0] the 0 lasts to day 101 and the 3 beyond: three go at once then, and the fifth when a slot is free.
    """
    hurries = {
        f"events.hurry-{i}": event("2030-01-02", hurry="trucks", times=each, for_days=100 if each != 3 else 200)
        for i, each in enumerate(times)
    }
    settings = {**AT_ONCE, "contingents.alpha.personnel": 300, "lift.trucks": {"slots": 1, "cycle_days": 10}}
    played = outcome({**settings, **hurries})

    assert departures(played) == days


def test_who_is_due_stays_due_and_no_gate_moves_with_a_reschedule(outcome):
    """Planned 1.5, 4.5, 7.5, the gate's review on day 5; by 10 days on day 3: 1.5 stays, 14.5, 17.5; review on 5."""
    settings = {
        f"{HOME}.gate": {"review_every_days": 30, "passes": 1, "first_review": "2030-01-06", **ASK},
        "events.order": event("2030-01-04", reschedule="exit", by_days=10),
    }
    played = outcome(settings)

    assert [each.planned_at / DAY for each in played.queues[0].gone] == [1.5, 14.5, 17.5]
    assert departures(played) == [5, 14.5, 17.5]
    assert played.reviews[0] == ((5 * DAY, True),)


def test_a_drawdown_that_two_phases_name_is_told_apart_by_its_phase(outcome):
    """Both phases have an alpha-home, exit's to 60 and later's to 0: exit's alone is held, for good."""
    later = {"of": "alpha", "at": "northport", "schedule": {"2030-01-19": 0}, "to": {"home": {"by": "trucks"}}}
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 60},
        "phases.later": {"starts": "2030-01-01", "drawdowns": {"alpha-home": later}, **ASK},
        "events.stop": event("2030-01-01", hold="exit.alpha-home"),
    }
    played = outcome(settings)

    gone = [sum(each.size for each in queue.gone) for queue in played.queues]

    assert gone == [0, 60]


@pytest.mark.parametrize(("origin", "moved"), [("northport", [90, 180]), ("home", [250, 500])])
def test_no_more_move_than_stand_there_unless_they_come_from_outside(outcome, origin, moved):
    """500 of 180 within two days are 90 and 90; from home, where the file says nobody stands, 250 and 250 come."""
    settings = {
        **STAY,
        "locations.hilltop": {},
        "events.order": event("2030-01-02", **moving(500, origin, "hilltop", within_days=2)),
    }
    played = outcome(settings)

    assert [standing(played, "hilltop", day) for day in (1, 2)] == moved


def test_a_move_to_several_places_is_shared_evenly(outcome):
    """31 to beach and hilltop: 16 and 15, the odd one to the earlier."""
    settings = {**STAY, "locations.hilltop": {}, "locations.beach": {}}
    settings["events.order"] = event("2030-01-02", **moving(31, "northport", ["hilltop", "beach"]))
    played = outcome(settings)

    assert [standing(played, place, 1) for place in ("beach", "hilltop")] == [16, 15]


def test_movers_are_apportioned_by_who_stands_there(outcome):
    """40 of alpha's 180 and bravo's 60: 30 and 10."""
    settings = {
        **STAY,
        "locations.hilltop": {},
        "contingents.bravo": {"personnel": 60, "at": "northport", **ASK},
        "events.order": event(
            "2030-01-02", move={"of": ["alpha", "bravo"], "from": "northport", "to": "hilltop", "persons": 40}
        ),
    }
    played = outcome(settings)

    assert [standing(played, "hilltop", 1, who=each) for each in ("alpha", "bravo")] == [30, 10]


def test_each_part_of_a_move_goes_back_its_own_time_after_it_went(outcome):
    """30 within 3 days from day 10 for 5 days: 10 more on 10, 11, 12 and 10 fewer on 15, 16, 17."""
    order = moving(30, "northport", "hilltop", within_days=3, for_days=5)
    played = outcome({**STAY, "locations.hilltop": {}, "events.order": event("2030-01-11", **order)})

    found = [standing(played, "hilltop", day) for day in (10, 11, 12, 14, 15, 16, 17)]

    assert found == [10, 20, 30, 30, 20, 10, 0]


def test_nobody_moves_to_a_place_handed_over(outcome):
    """Hilltop is handed over on day 1: the 30 who were to move there on day 2 stay where they are."""
    settings = {
        **STAY,
        "locations.hilltop": {},
        "phases.exit.handovers": {"hilltop": {"takes_days": 1, **ASK}},
        "events.order": event("2030-01-03", **moving(30, "northport", "hilltop")),
    }
    played = outcome(settings)

    assert (standing(played, "hilltop", 300), standing(played, "northport", 300)) == (0, 180)


@pytest.mark.parametrize(
    ("lasting", "kinds", "late"), [({"for_days": 30}, {"reinforcement"}, []), ({}, {"troops"}, [50])]
)
def test_people_from_outside_are_reinforcements_only_for_a_time(outcome, lasting, kinds, late):
    """All leave on day 19 and take the three slots to day 21; 50 come on day 20: for 30 days they are in no serial.

    For good they are latecomers, and leave with the first free slot, on day 21.
    """
    settings = {
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-20": 0},
        f"{HOME}.margin_days": 1,
        "phases.exit.starts": "2030-01-20",
        "lift.trucks": {"slots": 3, "cycle_days": 2},
        "events.order": event("2030-01-21", **moving(50, "home", "northport", **lasting)),
    }
    played = outcome(settings)

    came = {KINDS[kind] for minute, _, kind, change in played.changes if minute == 20 * DAY and change > 0}

    assert came == kinds
    assert [each.size for each in played.queues[0].gone if each.departed_at == 21 * DAY] == late


def test_what_has_gone_on_does_not_go_back(outcome):
    """30 move to hilltop from day 10 to 30; on day 15 20 of them are moved on to beach: 10 go back."""
    settings = {
        **STAY,
        "locations.hilltop": {},
        "locations.beach": {},
        "events.order": event("2030-01-11", **moving(30, "northport", "hilltop", for_days=20)),
        "events.other": event("2030-01-16", **moving(20, "hilltop", "beach")),
    }
    played = outcome(settings)

    assert [standing(played, place, 30) for place in ("northport", "hilltop", "beach")] == [160, 0, 20]


def test_of_two_phases_that_started_together_the_later_in_plan_order_takes_latecomers(outcome):
    """Exit and other both start on day 0; 20 come on day 20, and leave in other's drawdown."""
    drawdown = {"of": "alpha", "at": "northport", "schedule": {"2030-01-19": 0}, "to": {"home": {"by": "trucks"}}}
    settings = {
        "phases.other": {"starts": "2030-01-01", "drawdowns": {"rest": drawdown}, **ASK},
        "events.order": event("2030-01-21", **moving(20, "home", "northport")),
    }
    played = outcome(settings)

    assert [each.size for each in played.queues[queue_of(played, "other.rest")].gone] == [20]


def test_observations_change_no_plan(scenario):
    """A milestone known to have been met on 1 February: the plan is the same, so is every draw and outcome."""
    seen = {"observed.milestones.all-out": {"met_on": "2030-02-01", **ASK}}

    assert compile_plan(scenario(seen)) == compile_plan(scenario())


def test_a_hold_does_not_stop_a_handover(outcome):
    """Held [7, 20) with nobody to keep: the last leave on 7.5, and the hand-over of a day begins then."""
    settings = {
        "phases.exit.handovers": {"northport": {"takes_days": 1, **ASK}},
        "events.stop": event("2030-01-08", hold="exit", keep=0, for_days=13),
    }
    played = outcome(settings)

    assert departures(played) == [1.5, 4.5, 7.5]
    assert (played.sites[0].begun_at, played.sites[0].done_at) == (15 * DAY // 2, 17 * DAY // 2)


def test_who_comes_during_a_handover_does_not_stop_it_and_may_leave_again(outcome):
    """Empty on 7.5, takes 11 days: done on 18.5, though 20 come on day 9 and are there until day 30."""
    settings = {
        "phases.exit.handovers": {"northport": {"takes_days": 11, **ASK}},
        "events.order": event("2030-01-10", **moving(20, "home", "northport", for_days=21)),
    }
    played = outcome(settings)

    assert played.sites[0].done_at == 18.5 * DAY
    assert [standing(played, "northport", day) for day in (9, 29, 30)] == [20, 20, 0]


@pytest.mark.parametrize(("after", "day"), [(["personnel"], 7.5), (["personnel", "loads"], 18.375)])
def test_a_handover_waits_for_loads_where_it_says_so_and_never_for_the_uncounted(outcome, after, day):
    """Alpha is gone on 7.5, the last of four serials of loads on 21 x 7/8 = 18.375; cooks, not counted, stay."""
    settings = {
        **STORES,
        "contingents.cooks": {"personnel": 9, "counted": False, "at": "northport", **ASK},
        "phases.exit.handovers": {"northport": {"after": after, "takes_days": 1, **ASK}},
    }
    played = outcome(settings)

    assert played.sites[0].begun_at == day * DAY


def test_every_use_is_drawn_from_the_stream_of_its_name(scenario):
    """The names of the table of streams, as a plan has them."""
    settings = {
        "stations.wash": {"slots": 1, "service_days": 1, **ASK},
        f"{HOME}.to.home.through": "wash",
        f"{HOME}.gate": {"review_every_days": 1, "passes": 0.5, **ASK},
        "phases.exit.handovers": {"northport": {"takes_days": 1, **ASK}},
        "regimes": {
            "initial": "calm",
            "states": {
                "calm": {"lasts_days": 9, "then": "war", **ASK},
                "war": {"lasts_days": 9, "then": "calm", **ASK},
            },
        },
        "events.attack": {
            "per_day": 0.1,
            "at": "northport",
            "effects": {"stop": {"hold": "exit", "keep": 9, "for_days": 1, "probability": 0.5}},
            **ASK,
        },
        "events.once": {"probability": 0.5, "between": ["2030-01-11", "2030-01-20"], **ASK},
    }
    plan = compile_plan(scenario(settings))
    queue = "exit.alpha-home/alpha/northport/home"

    names = {name for each in plan.uses for name in (each.stream, each.chance) if name}

    assert names >= {
        f"lift.trucks.transit_days/{queue}",
        f"lift.trucks.cycle_days/{queue}",
        f"stations.wash.service_days/{queue}",
        f"{HOME}.gate.passes",
        f"{HOME}.gate.review",
        "phases.exit.handovers.northport.takes_days",
        "events.attack.gap",
        "events.attack.place",
        "events.once.happens",
        "events.once.when",
        "events.attack.effects.stop.for_days",
        "events.attack.effects.stop.keep",
        "events.attack.effects.stop.probability",
        "regimes.states.calm.lasts_days",
        "regimes.states.calm.then",
    }


def test_loads_are_asked_of_as_strength_is(outcome):
    """100 loads leave by 30 on 2.625, 7.875, 13.125 and 10 on 18.375: at most 20 by day 10 is 20 over, 3 days late."""
    ask = {"by": "2030-01-11", "loads": {"of": "stores", "at_most": 20}, **ASK}
    played = outcome({**STORES, "milestones.few-loads": ask})

    assert answer(played, "few-loads") == Answer(False, 13, 3, 20, "plan")


def test_a_joint_is_due_with_its_latest_and_bound_by_the_part_that_decided(outcome):
    """One slot, ten days: 1.5, 11.5, 21.5. By 1 January at most 120 (plan, 1 late); by the 9th none (lift, 13 late)."""
    settings = {
        "lift.trucks": {"slots": 1, "cycle_days": 10},
        "milestones.first-out": {"by": "2030-01-01", "strength": {"at_most": 120}, **ASK},
        "milestones.both": {"all": ["all-out", "first-out"], **ASK},
        "milestones.either": {"any": ["all-out", "first-out"], **ASK},
    }
    played = outcome(settings)
    due = {each.id: str(each.due) for each in played.plan.milestones}

    assert [answer(played, each).bound_by for each in ("first-out", "all-out")] == ["plan", "lift"]
    assert [answer(played, each).bound_by for each in ("both", "either")] == ["lift", "plan"]
    assert (due["both"], due["either"]) == ("2030-01-09", "2030-01-09")
