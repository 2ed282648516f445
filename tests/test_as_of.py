"""As of a day: the run begins there, with who had been counted, under the plan known by then."""

from __future__ import annotations

from datetime import date

import pytest

import posture
from posture.errors import ScenarioError
from posture.model.compiling import compile_plan
from posture.model.milestones import answer_all
from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.estimates import daily_strength, estimate_band
from posture.study.runs import run_scenario

DRAWDOWN = "phases.exit.drawdowns.alpha-home"


def as_of(day: str, **strength: object) -> dict[str, object]:
    """Return the section: persons counted at each location."""
    return {"as_of": {"day": day, "strength": {each: {"at": each, "persons": strength[each]} for each in strength}}}


def departures(outcome) -> list[tuple[int, float]]:
    """Return size and day of every departure."""
    return [(each.size, each.departed_at / MINUTES_PER_DAY) for each in outcome.queues[0].gone]


def cells(outcome) -> dict[tuple[str, str], int]:
    """Return who stood in each cell when the run began, of replications in which nobody moves in that minute."""
    plan = outcome.plan
    return {plan.cell_names(cell): change for minute, cell, _, change in outcome.changes if minute == plan.begins}


def standing(outcome) -> dict[str, int]:
    """Return where alpha stood when the run began."""
    return {place: count for (who, place), count in cells(outcome).items() if who == "alpha"}


def test_a_step_begins_on_the_day_with_who_had_been_counted(outcome):
    """90 of 180 on 4 January, to 0 by the end of the 9th: six days, so 60 after 1.5 days, 30 after 4.5."""
    done = outcome(as_of("2030-01-04", northport=90))

    assert departures(done) == [(60, 4.5), (30, 7.5)]
    assert standing(done)["northport"] == 90


def test_whoever_is_above_a_level_whose_date_has_passed_is_planned_at_once(outcome):
    """To 0 by the 9th, 90 counted on the 15th: both serials at 00:00 of the 15th, day 14."""
    done = outcome(as_of("2030-01-15", northport=90) | {"milestones.all-out.by": "2030-02-01"})

    assert departures(done) == [(60, 14), (30, 14)]


def test_who_was_not_counted_stands_on_the_line_of_the_plan(outcome):
    """180 to 0 over nine days: at the end of three a third has gone, so 120 stand; the first 60 leave a day later."""
    done = outcome(as_of("2030-01-04"))

    assert standing(done) == {"northport": 120, "home": 60}
    assert departures(done) == [(60, 4.5), (60, 7.5)]


def test_before_any_schedule_who_was_not_counted_stands_as_stated(outcome):
    """The phase starts on the 6th: on the 4th all 180 are there."""
    done = outcome(as_of("2030-01-04") | {"phases.exit.starts": "2030-01-06"})

    assert standing(done) == {"northport": 180}


TWO_PLACES = {
    "locations.hilltop": {"country": "Northland"},
    "contingents.alpha.at": {"northport": 2, "hilltop": 1},
    f"{DRAWDOWN}.at": "Northland",
}


def test_a_count_is_shared_out_by_the_weights_of_at(outcome):
    """90 in all of Northland, two to one."""
    section = {"as_of": {"day": "2030-01-04", "strength": {"whole": {"at": "Northland", "persons": 90}}}}
    done = outcome(TWO_PLACES | section)

    assert {place: standing(done)[place] for place in ("northport", "hilltop")} == {"northport": 60, "hilltop": 30}


def test_of_counts_that_overlap_the_narrower_is_set_first_and_the_wider_gives_the_rest(outcome):
    """90 in Northland, 50 of them at hilltop: northport has 40, though weights would give it 60."""
    counts = {"whole": {"at": "Northland", "persons": 90}, "hill": {"at": "hilltop", "persons": 50}}
    done = outcome(TWO_PLACES | {"as_of": {"day": "2030-01-04", "strength": counts}})

    assert {place: standing(done)[place] for place in ("northport", "hilltop")} == {"northport": 40, "hilltop": 50}


def test_a_wider_count_below_the_narrower_leaves_nobody_for_the_rest(outcome):
    """50 at hilltop, 45 in all of Northland by an older count: nobody at northport, never fewer."""
    counts = {"whole": {"at": "Northland", "persons": 45}, "hill": {"at": "hilltop", "persons": 50}}
    done = outcome(TWO_PLACES | {"as_of": {"day": "2030-01-04", "strength": counts}})

    assert standing(done).get("northport", 0) == 0


def test_a_place_of_many_nations_is_narrower_than_a_nation_in_many_places(outcome):
    """Alpha has 60 at each of three places, beta and gamma 10 each at hilltop: its 80 of all nations are set first.

    Of the five at hilltop alpha has 60/80, 3.75 and so four, beta 0.625; of alpha's 100 in Northland 96 are left.
    """
    small = {"nation": "Betaland", "personnel": 10, "at": "hilltop", "judgement": "invented"}
    done = outcome(
        {
            "locations.hilltop": {"country": "Northland"},
            "locations.lakeside": {"country": "Northland"},
            "contingents.alpha.at": {"northport": 1, "hilltop": 1, "lakeside": 1},
            "contingents.beta": small,
            "contingents.gamma": small,
            "phases.exit.starts": "2030-01-06",
            "as_of": {
                "day": "2030-01-04",
                "strength": {
                    "alphas": {"of": "alpha", "at": "Northland", "persons": 100},
                    "hill": {"at": "hilltop", "persons": 5},
                },
            },
        }
    )

    assert cells(done) == {
        ("alpha", "northport"): 48,
        ("alpha", "hilltop"): 4,
        ("alpha", "lakeside"): 48,
        ("beta", "hilltop"): 1,
    }


def test_of_two_counts_of_the_same_the_newer_holds(outcome):
    """90 counted on the 2nd and 70 on the 3rd, both at northport."""
    counts = {
        "a": {"at": "northport", "persons": 90, "counted_on": "2030-01-02"},
        "b": {"at": "northport", "persons": 70, "counted_on": "2030-01-03"},
    }

    assert standing(outcome({"as_of": {"day": "2030-01-04", "strength": counts}}))["northport"] == 70


def test_the_start_stays_the_base_of_percents(outcome):
    """Half of 180 is 90, whoever was counted since: of 100 on the 4th ten leave, and the milestone asks for 90."""
    done = outcome(
        as_of("2030-01-04", northport=100)
        | {f"{DRAWDOWN}.schedule": {"2030-01-09": "50%"}, "milestones.all-out.strength.at_most": "50%"}
    )
    (answer,) = answer_all(done)

    assert departures(done) == [(10, 6)]
    assert answer.met


def test_a_milestone_due_before_the_day_is_left_out_with_what_joins_it(scenario):
    """Due on the 9th, as of the 15th: neither it nor the joint of it and another is asked; the other is."""
    later = {
        "milestones.later": {
            "by": "2030-02-01",
            "strength": {"at": "northport", "at_most": 0},
            "judgement": "invented",
        },
        "milestones.both": {"all": ["all-out", "later"], "judgement": "invented"},
    }
    ids = [each.id for each in compile_plan(scenario(later | as_of("2030-01-15", northport=90))).milestones]

    assert ids == ["later"]


def test_throughout_is_asked_from_the_day_on(outcome):
    """At least 60 from the 1st to the 5th: 60 stand on the 4th and 5th, whatever was before."""
    done = outcome(
        as_of("2030-01-04", northport=60)
        | {
            "milestones.all-out": {
                "by": None,
                "throughout": ["2030-01-01", "2030-01-05"],
                "strength": {"at": "northport", "at_least": 60, "at_most": None},
            }
        }
    )

    assert answer_all(done)[0].met


def test_what_is_achieved_when_the_run_begins_is_achieved_on_that_day(outcome):
    """Nobody left on the 4th: achieved on the 4th, day 3, five days early."""
    (answer,) = answer_all(outcome(as_of("2030-01-04", northport=0)))

    assert (answer.met, answer.achieved_day, answer.days_late) == (True, 3, -5)


def test_reviews_keep_their_calendar(outcome):
    """Every five days from the 2nd: as of the 4th the first in the run is on the 7th, day 6."""
    gate = {"review_every_days": 5, "passes": 1, "first_review": "2030-01-02"}
    done = outcome(as_of("2030-01-04", northport=90) | {"phases.exit.gate": gate})

    assert [minute / MINUTES_PER_DAY for minute, _ in done.reviews[0]] == [6]


def test_a_review_on_the_day_itself_takes_place(outcome):
    """Every two days from the 2nd: as of the 4th there is one on the 4th, day 3."""
    gate = {"review_every_days": 2, "passes": 1, "first_review": "2030-01-02"}
    done = outcome(as_of("2030-01-04", northport=90) | {"phases.exit.gate": gate})

    assert [minute / MINUTES_PER_DAY for minute, _ in done.reviews[0]] == [3]


def test_tours_keep_their_dates(outcome):
    """Three units, an end every 90 days from 10 February, day 40: as of 1 March, day 59, the first is on day 130."""
    tours = {"days": 270, "units": 3, "first_ends": "2030-02-10"}
    done = outcome(
        as_of("2030-03-01", northport=300)
        | {
            "contingents.alpha.personnel": 300,
            "contingents.alpha.tours": tours,
            f"{DRAWDOWN}.pace": "at-tour-end",
            f"{DRAWDOWN}.to": "home",
            f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-06-30": 200},
            "milestones.all-out.by": "2030-06-30",
        }
    )

    assert departures(done) == [(100, 130)]


def test_nothing_befalls_before_the_day(outcome):
    """An event on the 2nd, and one a day at a rate: as of the 4th only what comes from day 3 on happens."""
    done = outcome(
        as_of("2030-01-04", northport=90)
        | {
            "events.dated": {"on": "2030-01-02", "effects": {"stop": {"hold": "exit", "for_days": 30}}},
            "events.steady": {"per_day": 5, "effects": {"stop": {"hold": "exit", "for_days": 0}}},
        }
    )
    minutes = [each.minute for each in done.happenings]

    assert min(minutes) >= 3 * MINUTES_PER_DAY
    assert {each.event for each in done.happenings} == {1}


def test_nobody_waited_before_the_run_began(outcome):
    """The gate passes on the 6th, two days into the run: each serial due then waited from when it was planned on."""
    gate = {"review_every_days": 5, "passes": 1, "first_review": "2030-01-06"}
    done = outcome(as_of("2030-01-04", northport=90) | {"phases.exit.gate": gate})

    assert [done.waits(0, each) for each in done.queues[0].gone] == [{"gate": MINUTES_PER_DAY // 2}, {}]
    assert departures(done) == [(60, 5), (30, 7.5)]


def test_days_of_a_fan_count_from_the_day(scenario):
    """As of the 4th, day 3 of 365: 362 days, the first with all 90."""
    run = run_scenario(scenario(as_of("2030-01-04", northport=90)), replications=3)
    band = estimate_band(run)

    assert daily_strength(run).shape == (3, 362)
    assert daily_strength(run)[0, 0] == 90
    assert (band.start, band.origin, band.days) == (date(2030, 1, 1), date(2030, 1, 4), 362)


def test_a_count_with_low_and_high_is_drawn_between_them(scenario):
    """Triangular from 80 over 90 to 120: replications differ, all of them inside."""
    run = run_scenario(scenario(as_of("2030-01-04", northport={"triangular": [80, 90, 120]})), replications=40)
    first = daily_strength(run)[:, 0]

    assert 80 <= first.min() < first.max() <= 120


def test_a_scenario_as_of_a_day_takes_the_latest_count_and_the_plan_known_by_then():
    """Iraq on 1 October 2009: 124,000 of 30 September; 120,000 by the end of October known, the hold of 2010 not."""
    known = posture.load("iraq-2009-2011").as_of(date(2009, 10, 1))

    (count,) = known.document.content["as_of"]["strength"].values()
    assert (count["persons"], count["counted_on"]) == (124000, "2009-09-30")
    assert "at-120000" in known.parts.milestones
    assert "kept-through-election" not in known.parts.milestones
    assert known.title.endswith("as of 2009-10-01")


def test_one_day_after_another_is_the_same_as_the_later_at_once():
    """Revisions are laid over once each: as of October and then of March 2010 states what March 2010 states."""
    plain = posture.load("iraq-2009-2011")
    steps = plain.as_of(date(2009, 10, 1)).as_of(date(2010, 3, 1))

    assert steps.hash == plain.as_of(date(2010, 3, 1)).hash


def test_a_count_that_was_never_made_is_told(scenario):
    """Nobody counted alpha: the run begins with what the plan has, and says so."""
    told = [each.message for each in scenario(as_of("2030-01-04")).warnings]

    assert any("nobody had counted alpha at northport by 2030-01-04" in each for each in told)


def test_a_day_outside_the_run_is_refused(scenario):
    """The run ends on 31 December 2030."""
    with pytest.raises(ScenarioError, match="found 2031-01-01, wanted a day from 2030-01-01 to 2030-12-31"):
        scenario().as_of(date(2031, 1, 1))


def test_a_count_later_than_the_day_is_refused(scenario):
    """Counted on the 5th, as of the 4th: nobody can have known."""
    count = {"at": "northport", "persons": 90, "counted_on": "2030-01-05"}
    with pytest.raises(ScenarioError, match="wanted a day up to 2030-01-04"):
        scenario({"as_of": {"day": "2030-01-04", "strength": {"n": count}}})


def test_a_run_as_of_a_day_is_read_back_as_it_was(tmp_path):
    """The manifest holds the section: same plan, same hash, same rows."""
    scenario = posture.load("iraq-2009-2011").as_of(date(2010, 3, 1))
    run = posture.run(scenario, replications=5)
    posture.write_run(run, tmp_path / "run", command=["test"])
    back = posture.read_run(tmp_path / "run")

    assert (back.scenario.hash, back.plan, back.digest) == (scenario.hash, run.plan, run.digest)
