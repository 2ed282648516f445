"""Partings by hand: the nearest that met, what a milestone hung on, where two parted."""

from __future__ import annotations

import numpy as np
import pytest
from small_stories import DAY, GATE, HELD_OR_NOT, HOME, MAYBE, NAME, TWO_PHASES, event, told

from posture.model.compiling import compile_plan
from posture.scenario.scenario import load
from posture.study.partings import Link, bearing, chain, nearest_met, parting
from posture.study.runs import run_scenario
from posture.study.stories import Story, tell


def test_a_chain_leads_from_the_milestone_back_to_the_plan(scenario):
    """All-out: the last serial, the first, the start of the phase; a phase done: the drawdown last to be done."""
    story = told(scenario, {"milestones.done": {"by": "2030-01-09", "phase": "exit", "judgement": "invented"}})
    start = [("first departure", NAME), ("phase started", "exit"), ("phase ready", "exit")]

    assert chain(story, milestone="all-out") == (("milestone", "all-out"), ("last departure", NAME), *start)
    assert chain(story, milestone="done") == (
        ("milestone", "done"),
        ("phase done", "exit"),
        ("drawdown done", NAME),
        *start,
    )


def test_a_level_reached_on_the_way_hangs_on_the_first_departures_alone(scenario):
    """At most 120 are left with the first serial: the last one has no say."""
    half = {"by": "2030-01-09", "strength": {"at": "northport", "at_most": 120}, "judgement": "invented"}
    story = told(scenario, {"milestones.half": half})

    assert chain(story, milestone="half")[1] == ("first departure", NAME)


def test_a_level_never_reached_hangs_on_the_phase_that_never_started(scenario):
    """180 less 60 by the first phase; the gate of the second, for the rest, never passes: no serial of it waits."""
    rest = {"of": "alpha", "at": "northport", "schedule": {"2030-02-01": 0}, "to": {"home": {"by": "trucks"}}}
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 120},
        "phases.last": {
            "starts": "2030-01-10",
            "after": ["exit"],
            "gate": {**GATE, "passes": 0},
            "drawdowns": {"rest": rest},
            "judgement": "invented",
        },
    }
    keys = chain(told(scenario, settings), milestone="all-out")

    assert keys[1:6] == (
        ("last departure", "last.rest"),
        ("first departure", "last.rest"),
        ("phase started", "last"),
        ("gate passed", "last"),
        ("phase ready", "last"),
    )


def test_the_chain_of_several_milestones_is_that_of_the_last(scenario):
    """Both are met, all-out on day 7.5, last-done on 10.5, the middle of its step: that phase, and the one before."""
    story = told(scenario, TWO_PHASES)
    keys = chain(story, milestone="both")

    assert keys[:3] == (("milestone", "both"), ("milestone", "last-done"), ("phase done", "last"))
    assert keys[3:] == (
        ("drawdown done", "last.bravo-home"),
        ("first departure", "last.bravo-home"),
        ("phase started", "last"),
        ("phase ready", "last"),
        ("phase done", "exit"),
        ("drawdown done", NAME),
        ("first departure", NAME),
        ("phase started", "exit"),
        ("phase ready", "exit"),
    )


def test_a_hand_over_hangs_on_the_drawdown_that_empties_the_place(scenario):
    """Handed over, begun, the last serial of alpha."""
    works = {"northport": {"after": "personnel", "takes_days": 2, "judgement": "invented"}}
    asked = {"by": "2030-01-09", "handover": "northport", "judgement": "invented"}
    story = told(scenario, {"phases.exit.handovers": works, "milestones.given": asked})

    assert chain(story, milestone="given")[1:4] == (
        ("handover done", "northport"),
        ("handover begun", "northport"),
        ("last departure", NAME),
    )


def test_what_bears_on_a_milestone_is_its_chain_and_what_held_that_up(scenario):
    """Held on day 3, with somebody waiting, and on day 5 with `bravo`, who has no part in it; a quake does nothing."""
    settings = {
        **TWO_PHASES,
        "events.stop": event("2030-01-04", hold="all", for_days=4),
        "events.other": event("2030-01-08", hold="bravo-home", for_days=30),
        "events.quake": {"on": "2030-01-05", "judgement": "invented"},
    }
    facts = bearing(told(scenario, settings), milestone="all-out")

    assert [(each.kind, each.subject) for each in facts] == [
        ("phase ready", "exit"),
        ("phase started", "exit"),
        ("first departure", NAME),
        ("event", "stop"),
        ("last departure", NAME),
        ("drawdown done", NAME),
        ("milestone", "all-out"),
    ]


def test_the_nearest_that_met_is_the_lowest_with_the_same_assumptions(scenario):
    """Replication n is missed with thirty days; who met has one day, all as far: the lowest number of them."""
    run = run_scenario(scenario(HELD_OR_NOT), replications=12)
    met = list(run.table("outcomes")["met"].to_pylist())
    missed, first_met = met.index(False), met.index(True)

    assert nearest_met(run, missed, milestone="all-out") == first_met


def test_a_replication_is_never_its_own_nearest(scenario):
    """All meet it, with nothing drawn: of the others the lowest number."""
    run = run_scenario(scenario(), replications=3)

    assert [nearest_met(run, each, milestone="all-out") for each in range(3)] == [1, 0, 0]


def test_the_nearest_is_found_by_the_ranks_of_what_was_drawn(scenario):
    """Two assumptions in 40 replications: the same as by hand from their mid-ranks, for every one that was missed."""
    wide = {"value": {"lognormal": {"median": 5, "p90": 90}}, "unit": "days", "judgement": "invented"}
    people = {"value": {"uniform": [100, 200]}, "unit": "persons", "judgement": "invented"}
    settings = {
        "assumptions.length": wide,
        "assumptions.people": people,
        "contingents.alpha.personnel": "people",
        "events.stop": event("2030-01-04", hold="all", for_days="length"),
    }
    run = run_scenario(scenario(settings), replications=40)
    stories = [tell(run.plan, seed=run.seed, replication=each) for each in range(40)]
    drawn = np.array([[each.value for each in story.assumptions] for story in stories])
    ranks = np.array([[np.mean(column < value) for value in column] for column in drawn.T])
    met = np.array([story.answers[0].met for story in stories])
    distances = np.sum(np.square(ranks[:, :, None] - ranks[:, None, :]), axis=0)
    expected = [int(np.argmin(np.where(met, row, np.inf))) for row in distances[~met]]

    assert 5 < np.sum(~met) < 35
    assert [nearest_met(run, int(each), milestone="all-out") for each in np.flatnonzero(~met)] == expected


def test_what_is_stated_outright_sets_nobody_apart(scenario):
    """A length drawn from two and a size that is always 180: the nearest is the same as without the size."""
    sure = {"value": 180, "unit": "persons", "judgement": "invented"}
    stated = {"assumptions.sure": sure, "contingents.alpha.personnel": "sure"}
    runs = [run_scenario(scenario(each), replications=12) for each in (HELD_OR_NOT, {**HELD_OR_NOT, **stated})]
    found = [[nearest_met(run, each, milestone="all-out") for each in range(12)] for run in runs]

    assert found[0] == found[1]


def test_there_is_no_nearest_where_nobody_met_it(scenario):
    """No slot: nobody ever leaves."""
    run = run_scenario(scenario({"lift.trucks.slots": 0}), replications=3)

    assert nearest_met(run, 0, milestone="all-out") is None


def test_an_unknown_replication_or_milestone_is_refused_by_name(scenario):
    """Three replications, and a milestone called all-out."""
    run = run_scenario(scenario(), replications=3)

    with pytest.raises(ValueError, match="found replication 3, wanted 0 to 2"):
        nearest_met(run, 3, milestone="all-out")
    with pytest.raises(ValueError, match=r"found no milestone 'all-uot'.*'all-out'"):
        nearest_met(run, 0, milestone="all-uot")


def both(scenario, settings, *, milestone: str = "all-out", replications: int = 12) -> tuple[Story, Story]:
    """Return the stories of the first that missed a milestone and of the first that met it."""
    plan = compile_plan(scenario(settings))
    index = [each.id for each in plan.milestones].index(milestone)
    stories = [tell(plan, seed=1, replication=each) for each in range(replications)]
    met = [each.answers[index].met for each in stories]
    return stories[met.index(False)], stories[met.index(True)]


def test_two_that_were_held_for_another_time_part_at_the_last_serial(scenario):
    """Held for one day nobody waits; for thirty, to day 33, two of three do: they left together on 1.5."""
    here, there = both(scenario, HELD_OR_NOT)
    parted = parting(here, there, milestone="all-out")

    assert parted.links == (
        Link("first departure", NAME, 1.5 * DAY, 1.5 * DAY),
        Link("last departure", NAME, 33 * DAY, 7.5 * DAY),
        Link("milestone", "all-out", 33 * DAY, 7 * DAY),
    )
    assert parted.at == parted.links[1]
    assert [each.subject for each in parted.befallen] == ["stop"]


def test_two_part_at_the_gate_that_passed_so_much_later(scenario):
    """Reviewed every 20 days, each time half pass: who passes on day 0 is in time, who does not is 11 days late.

    All dates move by a day, of which no gate takes notice.
    """
    settings = {
        "phases.exit.gate": {**GATE, "review_every_days": 20, "passes": 0.5},
        "events.order": event("2030-01-02", reschedule="all", by_days=1),
    }
    here, there = both(scenario, settings)
    parted = parting(here, there, milestone="all-out")

    assert (parted.at.kind, parted.at.subject, parted.at.there) == ("gate passed", "exit", 0)
    assert parted.at.here is not None
    assert parted.at.here >= 20 * DAY
    assert parted.links[0] == Link("phase ready", "exit", 0, 0)
    assert parted.befallen == ()


def test_what_never_came_here_parted_them(scenario):
    """Held for good, or for a day: the last serial left on day 7.5 there, and never here."""
    settings = {"assumptions.length": {**MAYBE, "value": {"choice": {1: 1, 999: 1}}}}
    here, there = both(scenario, {**HELD_OR_NOT, **settings})
    parted = parting(here, there, milestone="all-out")

    assert parted.at == Link("last departure", NAME, None, 7.5 * DAY)


def test_a_postponement_holds_up_what_comes_later_even_if_the_first_had_gone(scenario):
    """On day 3 moved by a day or by thirty: serials of days 4.5 and 7.5 leave on days 34.5 and 37.5."""
    settings = {"assumptions.length": MAYBE, "events.order": event("2030-01-04", reschedule="all", by_days="length")}
    here, there = both(scenario, settings)
    parted = parting(here, there, milestone="all-out")

    assert parted.at == Link("last departure", NAME, 37.5 * DAY, 8.5 * DAY)
    assert [each.subject for each in parted.befallen] == ["order"]


def test_a_lateness_of_few_days_along_the_chain_leaves_the_milestone_itself(scenario):
    """At most 120 by 2 January: the first serial goes on day 1.5 at an even pace, on day 9 x sqrt(1/6) = 3.7 at pace 2.

    That is 2.2 days, too few to part at; the milestone was achieved on 2 January there and on 4 January here.
    """
    asked = {"by": "2030-01-02", "strength": {"at": "northport", "at_most": 120}, "judgement": "invented"}
    settings = {
        "assumptions.pace": {"value": {"choice": {1: 1, 2: 1}}, "unit": "exponent", "judgement": "invented"},
        "phases.exit.pace": "pace",
        "milestones.all-out": asked,
        "events.stop": event("2030-01-02", hold="all", for_days=0.5),
    }
    here, there = both(scenario, settings)
    parted = parting(here, there, milestone="all-out")

    assert parted.at == Link("milestone", "all-out", 3 * DAY, DAY)
    assert parted.links[0].kind == "first departure"
    assert parted.befallen == ()


def test_every_missed_milestone_of_the_agreement_parts_from_one_that_met_it():
    """Six replications among 100: the chain ends in the milestone, later here, and the parting lies on it."""
    run = run_scenario(load("agreement-2024"), replications=100)
    for replication in range(6):
        here = tell(run.plan, seed=run.seed, replication=replication)
        for index, milestone in enumerate(run.plan.milestones):
            nearest = nearest_met(run, replication, milestone=milestone.id)
            if here.answers[index].met or nearest is None:
                continue
            there = tell(run.plan, seed=run.seed, replication=nearest)
            parted = parting(here, there, milestone=milestone.id)

            assert there.answers[index].met
            assert parted.at in parted.links
            assert parted.links[-1].subject == milestone.id
            assert parted.at.there is not None
            assert parted.at.here is None or parted.at.here > parted.at.there
