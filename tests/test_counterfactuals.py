"""Plans with a cause taken away: nobody waits for it any more, and all other draws are what they were."""

from __future__ import annotations

import pytest

from posture.model.compiling import compile_plan
from posture.model.counterfactuals import EVERYTHING, REMOVABLE, without
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.model.outcome import Outcome
from posture.model.plan import Plan
from posture.study.workers import Chunk, run_chunk

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
MISSED = "milestones.all-out"
ASK = {"judgement": "invented"}
TOURS = {"days": 300, "units": 1, "first_ends": "2030-01-16", "overlap_days": 10}
TO_HILLTOP = {"locations.hilltop": {}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}
ALL_THERE = {"strength": {"at": "hilltop", "at_most": None, "at_least": 180}}


def event(day: str, **effect: object) -> dict[str, object]:
    """Return an event of a day with one effect."""
    return {"on": day, "effects": {"act": effect}, **ASK}


MISSES: dict[str, dict[str, object]] = {
    "gate": {f"{HOME}.gate": {"review_every_days": 5, "passes": 1, "first_review": "2030-02-01", **ASK}},
    "hold": {"events.stop": event("2030-01-02", hold="exit", for_days=30)},
    "closure": {"events.stop": event("2030-01-02", close="northport", for_days=30)},
    "room": {**TO_HILLTOP, "locations.hilltop": {"capacity": 150}},
    "station": {
        "stations.wash": {"slots": 1, "service_days": 10, **ASK},
        f"{HOME}.to": {"home": {"through": "wash", "by": "trucks"}},
    },
    "lift": {"lift.trucks": {"slots": 1, "cycle_days": 20}},
    "travel": {**TO_HILLTOP, "lift.trucks.transit_days": 10, MISSED: ALL_THERE},
    "handover": {
        "phases.exit.handovers": {"northport": {"takes_days": 10, **ASK}},
        MISSED: {"strength": None, "handover": "northport"},
    },
    "tour": {
        "contingents.alpha.tours": TOURS,
        "phases.exit.starts": "2030-03-01",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-12-20": 0},
        MISSED: {"by": "2030-01-09", "strength": {"at_most": 180}},
    },
    "reschedule": {"events.order": event("2030-01-02", reschedule="exit", by_days=30)},
    "move": {
        "events.come": event(
            "2030-01-05", move={"of": "alpha", "from": "home", "to": "northport", "persons": 9}, for_days=20
        )
    },
    "hurry": {"events.stop": event("2030-01-02", hurry="trucks", times=0, for_days=30)},
}
"""For each cause that can be taken away, what makes it, and nothing else, miss the milestone."""


def play(plan: Plan, *, seed: int = 1) -> Outcome:
    """Return the first replication of a plan."""
    return simulate(plan, draw(plan, seed=seed, replications=1), replication=0)


def test_each_cause_that_can_be_taken_away_is_tried_below():
    """Twelve causes, in the order of the rules."""
    assert set(MISSES) == set(REMOVABLE)


@pytest.mark.parametrize("cause", MISSES)
def test_a_milestone_missed_for_one_cause_is_met_without_it(scenario, cause):
    """Missed with it; with it alone taken away met, and with all taken away as well."""
    plan = compile_plan(scenario(MISSES[cause]))
    alone, everything = without(plan, cause), without(plan, EVERYTHING)

    assert [answer_all(play(each))[0].met for each in (plan, alone, everything)] == [False, True, True]


@pytest.mark.parametrize("cause", ["gate", "hold", "closure", "room", "station", "lift"])
def test_nobody_waits_for_a_cause_that_is_taken_away(scenario, cause):
    """Some serial waits for it in the plan, none without it."""
    plan = compile_plan(scenario(MISSES[cause]))

    def waited_for(outcome: Outcome) -> set[str]:
        queues = enumerate(outcome.queues)
        return {
            each for i, queue in queues for serial in queue.gone + queue.waiting for each in outcome.waits(i, serial)
        }

    assert cause in waited_for(play(plan))
    assert cause not in waited_for(play(without(plan, cause)))


@pytest.mark.parametrize("cause", [each for each in REMOVABLE if each not in ("lift", "travel")])
def test_a_cause_that_a_plan_does_not_have_leaves_the_plan_itself(scenario, cause):
    """The smallest scenario has lift and nothing else that could be taken away."""
    plan = compile_plan(scenario())

    assert without(plan, cause) is plan


@pytest.mark.parametrize("cause", ["lift", "travel"])
def test_lift_that_is_never_short_may_be_without_limit_and_nothing_changes(scenario, cause):
    """Nine slots free at once and no time on the road, of an uncertain gate: every row is the same, bit for bit."""
    settings = {"phases.exit.gate": {"review_every_days": {"exponential": 5}, "passes": 0.3, **ASK}}
    plan = compile_plan(scenario(settings))
    altered = without(plan, cause)
    as_it_was, without_it = (run_chunk(Chunk(each, 1, 0, 40))[0] for each in (plan, altered))

    assert altered is not plan
    assert as_it_was.outcomes.equals(without_it.outcomes)
    assert as_it_was.changes.equals(without_it.changes)
    assert as_it_was.waits.equals(without_it.waits)


def test_what_is_not_taken_away_keeps_its_draws(scenario):
    """Without the gate: the same transit for each serial, attacks on the same minutes."""
    settings = {
        "lift.trucks.transit_days": {"triangular": [1, 2, 9]},
        **MISSES["gate"],
        "events.attack": {"per_day": 0.05, "effects": {"shut": {"close": "northport", "for_days": 1}}, **ASK},
    }
    plan = compile_plan(scenario(settings))
    outcomes = [play(each) for each in (plan, without(plan, "gate"))]

    def on_the_road(outcome: Outcome) -> list[int]:
        return [serial.arrives_at - serial.departed_at for serial in outcome.queues[0].gone]

    assert outcomes[0].queues[0].gone[0].departed_at != outcomes[1].queues[0].gone[0].departed_at
    assert on_the_road(outcomes[0]) == on_the_road(outcomes[1])
    assert [each.minute for each in outcomes[0].happenings] == [each.minute for each in outcomes[1].happenings]


def test_serials_keep_their_size_without_stations(scenario):
    """A station takes 30 at a time of the 60 a truck has seats for: six serials, with it and without."""
    settings = {
        "stations.wash": {"slots": 1, "seats": 30, "service_days": 10, **ASK},
        f"{HOME}.to": {"home": {"through": "wash", "by": "trucks"}},
    }
    plan = compile_plan(scenario(settings))
    outcomes = [play(each) for each in (plan, without(plan, "station"))]

    assert [[serial.size for serial in each.queues[0].gone] for each in outcomes] == [[30] * 6] * 2


@pytest.mark.parametrize(("times", "stays"), [(2, True), (1, True), (0.5, False), ({"uniform": [0.5, 3]}, False)])
def test_a_hurry_stays_where_it_can_only_speed_lift_up(scenario, times, stays):
    """Doubled or as before: it is no cause of lateness. Halved, or perhaps: taken away."""
    plan = compile_plan(scenario({"events.rush": event("2030-01-02", hurry="trucks", times=times)}))

    assert (without(plan, "hurry") is plan) == stays


def test_lift_that_is_never_short_is_not_stopped_either(scenario):
    """A hurry of 0 from day 1 to 31 makes serials wait for `lift`: without that cause nobody does."""
    plan = compile_plan(scenario(MISSES["hurry"]))

    assert [answer_all(play(each))[0].bound_by for each in (plan, without(plan, "lift"))] == ["lift", None]


def test_a_hand_over_without_work_is_done_when_the_site_is_empty(scenario):
    """The last leave on day 7.5; the work of 10 days is done on 17.5, none at once."""
    plan = compile_plan(scenario(MISSES["handover"]))

    assert [play(each).sites[0].done_at / DAY for each in (plan, without(plan, "handover"))] == [17.5, 7.5]


def test_without_a_tour_overlap_nobody_is_there_twice(scenario):
    """180 stand there and their relief of 180 from 6 to 16 January; without overlap 180 at every minute."""
    plan = compile_plan(scenario(MISSES["tour"]))
    northport = [plan.cell(0, next(i for i, each in enumerate(plan.locations) if each.id == "northport"))]

    assert [max(play(each).strength(northport)[1]) for each in (plan, without(plan, "tour"))] == [360, 180]


def test_what_cannot_be_taken_away_is_named(scenario):
    """`plan` is what all the others act on."""
    with pytest.raises(ValueError, match=r"found cause 'plan', wanted one of gate, hold, .*, everything"):
        without(compile_plan(scenario()), "plan")
