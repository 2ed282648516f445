"""Explanations by hand: every sentence of small scenarios; of the agreement that all is named, dated and in order."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from posture.model.compiling import compile_plan
from posture.scenario.scenario import load
from posture.study.runs import run_scenario
from posture.study.stories import tell
from posture.view.explanation import WIDTH, comparison, explain, explanation

HOME = "phases.exit.drawdowns.alpha-home"
GATE = {"review_every_days": 4, "passes": 1, "judgement": "invented"}
HEAD = "Replication 0 under seed 1: Two hundred leave northport\n"
HILLTOP = {"locations.hilltop": {"country": "Northland"}}
DATED = re.compile(r"\d{4}-\d{2}-\d{2}  \S")


def event(day: str, **effect: object) -> dict[str, object]:
    """Return an event on a day with one effect."""
    return {"on": day, "effects": {"it": effect}, "judgement": "invented"}


def explained(scenario, settings=None, *, milestone: str | None = None) -> str:
    """Return the story of the first replication of the smallest scenario, changed by path."""
    return explanation(tell(compile_plan(scenario(settings)), seed=1, replication=0), milestone=milestone)


def unwrapped(text: str) -> list[str]:
    """Return the sentences and rows of an explanation, each on one line."""
    return re.sub(r"\n(?: {12}| {2}(?!the |all-out ))(?=\S)", " ", text).rstrip("\n").split("\n")


def dated(text: str) -> list[str]:
    """Return the dated sentences of an explanation."""
    return [line for line in unwrapped(text) if DATED.match(line)]


def of_event(scenario, settings) -> str:
    """Return the sentence about the event `it` in a scenario."""
    return next(line for line in dated(explained(scenario, settings)) if " it" in line[:14])


def test_a_plan_without_a_hitch_is_told_in_three_sentences(scenario):
    """Serials on days 1.5, 4.5 and 7.5: 2 to 8 January; nobody waits."""
    assert explained(scenario) == (
        f"{HEAD}"
        "Met: all-out.\n"
        "\n"
        "2030-01-01  exit started (as planned).\n"
        "2030-01-08  alpha-home was done: 180 persons in 3 serials since 2030-01-02; exit was done.\n"
        "2030-01-09  Due and met: all-out.\n"
        "\n"
        "The longest waits of a serial, by what it waited for: none of a day.\n"
    )


def test_a_missed_milestone_is_told_from_the_plan_to_what_bound_it(scenario):
    """Ten days after a quake on day 0 the gate is shut: day 12, the fourth review; the serial of day 1.5 waits 10.5."""
    shut = {"quake": {"event": "quake", "at_least": 1, "in_days": 10}}
    settings = {
        "events.quake": {"on": "2030-01-01", "judgement": "invented"},
        "phases.exit.gate": {**GATE, "unless": shut},
    }

    assert unwrapped(explained(scenario, settings, milestone="all-out")) == [
        HEAD.rstrip(),
        "all-out was missed.",
        "",
        "2030-01-01  exit was ready (as planned) and waited for its gate.",
        "2030-01-09  Due and missed: all-out (180 persons over); achieved on 2030-01-13, 4 days late; "
        "bound by its gate.",
        "2030-01-13  The gate of exit passed at its 4th review, 12 days after the first, 3 of them failing only for "
        "quake: exit started.",
        "2030-01-13  alpha-home was done: 180 persons in 3 serials on 2030-01-13; longest wait 11 days, for its gate.",
        "",
        "What bound it: its gate. Of alpha-home 3 serials waited for it, the longest 11 days, planned for 2030-01-02.",
    ]


def test_what_was_never_achieved_is_told_as_of_the_end(scenario):
    """No slot: 180 are over the limit of 0, three serials wait to 31 December, 363.5 days for the first."""
    text = explained(scenario, {"lift.trucks.slots": 0})

    assert dated(text)[1:] == [
        "2030-01-09  Due and missed: all-out (180 persons over); not achieved within the run; bound by lift.",
        "2030-12-31  alpha-home was not done: nobody left, 3 serials still to go; longest wait 364 days, for lift.",
        "2030-12-31  At the end of the run exit was not done.",
    ]


def test_a_gate_that_never_passes_is_told_with_its_reviews(scenario):
    """Every 100 days of 365, on days 0, 100, 200 and 300: four failed; no serial was ever counted."""
    text = explained(scenario, {"phases.exit.gate": {**GATE, "passes": 0, "review_every_days": 100}})

    assert dated(text)[-1] == "2030-12-31  At the end of the run exit had not started (its gate had failed 4 reviews)."


def test_a_gate_that_passes_at_once_is_told_with_its_phase(scenario):
    """Needed on day 0, passed on day 0."""
    text = explained(scenario, {"phases.exit.gate": GATE})

    assert dated(text)[0] == "2030-01-01  exit started (as planned; its gate passed at once)."


def test_a_gate_with_a_date_of_its_own_is_told_when_it_passes(scenario):
    """First reviewed on day 2, exit ready on day 0; of a drawdown alike."""
    own = {**GATE, "first_review": "2030-01-03"}

    assert dated(explained(scenario, {"phases.exit.gate": own}))[1] == (
        "2030-01-03  The gate of exit passed at its first review: exit started."
    )
    assert dated(explained(scenario, {f"{HOME}.gate": own}))[1] == (
        "2030-01-03  The gate of alpha-home passed at its first review."
    )


def test_a_rescheduled_start_is_told_with_both_dates(scenario):
    """From 5 January, moved on the 2nd by ten days."""
    settings = {"phases.exit.starts": "2030-01-05", "events.it": event("2030-01-02", reschedule="all", by_days=10)}

    assert dated(explained(scenario, settings))[2] == (
        "2030-01-15  exit started (planned for 2030-01-05, rescheduled to 2030-01-15)."
    )


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        (
            {"hold": "all", "for_days": 4},
            "held all departures for 4 days, to 2030-01-08 (waited for it: alpha-home 3 days)",
        ),
        (
            {"hold": "alpha-home", "keep": 50},
            "held alpha-home down to 50 for good (waited for it: alpha-home 358 days)",
        ),
        ({"hold": "exit", "for_days": 1}, "held all departures for 1 day, to 2030-01-05 (nobody waited for it)"),
        (
            {"hold": "all", "for_days": 900},
            "held all departures for 900 days, past the end of the run (waited for it: alpha-home 361 days)",
        ),
        (
            {"close": "northport", "for_days": 2},
            "closed northport for 2 days (waited for it: alpha-home 1 day)",
        ),
        ({"hurry": "trucks", "times": 0, "for_days": 1}, "stopped trucks for 1 day"),
        ({"hurry": "all", "times": 2}, "gave trucks 2 times its slots for good"),
        ({"reschedule": "alpha-home", "by_days": 5}, "moved the dates still to come of alpha-home 5 days later"),
        ({"reschedule": "all", "by_days": -1}, "moved the dates still to come of everything 1 day earlier"),
        ({"reschedule": "all", "by_days": 0.1}, "no effect"),
        ({"reschedule": "all", "within_days": 3}, "pressed the dates still to come of everything into 3 days"),
        (
            {"move": {"of": "alpha", "from": "northport", "to": "hilltop", "persons": 7}},
            "moved 7 of alpha from northport to hilltop",
        ),
        (
            {
                "move": {"of": "alpha", "from": "northport", "to": "hilltop", "share": 0.1},
                "within_days": 2,
                "for_days": 9,
            },
            "moved 10% of alpha from northport to hilltop within 2 days for 9 days",
        ),
    ],
)
def test_each_effect_is_told_in_its_own_words(scenario, effect, sentence):
    """On day 3, with serials of days 4.5 and 7.5 still to go: held to day 7, that of 4.5 waits 2.5 days, and so on."""
    settings = {**HILLTOP, "events.it": event("2030-01-04", **effect)}

    assert of_event(scenario, settings) == f"2030-01-04  it: {sentence}."


def test_a_reschedule_with_nothing_left_to_move_says_so(scenario):
    """The phase was done on day 7.5."""
    settings = {"events.it": event("2030-01-21", reschedule="all", by_days=30)}

    assert of_event(scenario, settings) == "2030-01-21  it: came when no date of everything was left to move."


def test_a_regime_is_told_with_what_made_it(scenario):
    """Calm for good, until an event on day 3 makes it war, for good."""
    states = {"calm": {"judgement": "invented"}, "war": {"judgement": "invented"}}
    settings = {
        "regimes": {"initial": "calm", "states": states},
        "events.it": event("2030-01-04", regime="war"),
    }
    text = explained(scenario, settings)

    assert dated(text)[0] == "2030-01-01  The regime was calm; then war from 2030-01-04."
    assert of_event(scenario, settings) == "2030-01-04  it: the regime became war."


def test_an_event_that_happens_often_is_told_once(scenario):
    """About one a day to the end, each closing northport for an hour: one sentence that counts them."""
    blast = {
        "per_day": 1,
        "at": "northport",
        "effects": {"shut": {"close": "here", "for_days": 0.04}},
        "judgement": "invented",
    }
    story = tell(compile_plan(scenario({"events.blast": blast})), seed=1, replication=0)
    happened = [each for each in story.facts if each.kind == "event"]
    closed = sum(len(each.effects) for each in happened)
    told = [line for line in dated(explanation(story)) if "blast" in line]

    assert closed > 3
    assert len(told) == 1
    assert f"blast happened {len(happened)} times until {story.day(happened[-1].minute)}" in told[0]
    assert f": closed northport {closed} times" in told[0]


def test_milestones_of_one_fate_share_a_sentence(scenario):
    """No slot: both ask for an empty northport by 9 January, one of 180, the other of the phase."""
    settings = {
        "lift.trucks.slots": 0,
        "milestones.done": {"by": "2030-01-09", "phase": "exit", "judgement": "invented"},
    }

    assert dated(explained(scenario, settings))[1] == (
        "2030-01-09  Due and missed: all-out (180 persons over), done; not achieved within the run; bound by lift."
    )


def test_a_strength_that_was_to_last_and_did_not_is_told_as_short(scenario):
    """At least 100 from 1 to 9 January: 60 are left on day 4.5, none on 7.5: short by 100, by the plan itself."""
    lasting = {
        "throughout": ["2030-01-01", "2030-01-09"],
        "strength": {"at": "northport", "at_least": 100},
        "judgement": "invented",
    }
    told = dated(explained(scenario, {"milestones.lasting": lasting}))

    assert told[-1] == (
        "2030-01-09  Due and missed: lasting (100 persons short); asked throughout from 2030-01-01; bound by the plan "
        "itself."
    )


def test_a_hand_over_is_told_with_its_phase(scenario):
    """Empty on day 7.5, two days of work, of which one closed from day 8: done on day 10.5."""
    works = {"northport": {"after": "personnel", "takes_days": 2, "judgement": "invented"}}
    settings = {"phases.exit.handovers": works, "events.it": event("2030-01-09", close="northport", for_days=1)}

    assert dated(explained(scenario, settings))[-1] == (
        "2030-01-11  northport was handed over, 3 days after the work began, 1 day of it closed; exit was done."
    )


def test_a_hand_over_that_was_never_done_is_told_at_the_end(scenario):
    """Begun on day 7.5, 999 days of work; and never begun where nobody leaves."""
    works = {"northport": {"after": "personnel", "takes_days": 999, "judgement": "invented"}}
    begun = explained(scenario, {"phases.exit.handovers": works})
    never = explained(scenario, {"phases.exit.handovers": works, "lift.trucks.slots": 0})

    assert "2030-12-31  northport was not handed over; the work had begun on 2030-01-08." in dated(begun)
    assert "2030-12-31  northport was not handed over." in dated(never)


def test_rotations_and_waits_close_the_story(scenario):
    """Relief of 100 four times a year, three units of 300; one slot of four days for 200 who leave: waits by lift."""
    tours = {"days": 270, "units": 3, "first_ends": "2030-02-10", "overlap_days": 10}
    settings = {
        "contingents.alpha.personnel": 300,
        "contingents.alpha.tours": tours,
        f"{HOME}.schedule": {"2030-01-09": 300},
    }
    waits = explained(scenario, {"lift.trucks": {"slots": 1, "cycle_days": 4}})

    assert "\nRotations: alpha 4 times, at most 100 successors at once.\n" in explained(scenario, settings)
    assert waits.endswith("The longest waits of a serial, by what it waited for: lift 2 days (alpha-home).\n")


def test_assumptions_far_from_their_median_are_named(scenario):
    """A choice of 1 in 99 chances and of 9 in 1: replications with 9 have it at the 99th or 100th percentile."""
    rare = {"value": {"choice": {1: 99, 9: 1}}, "unit": "days", "judgement": "invented"}
    plan = compile_plan(
        scenario({"assumptions.rare": rare, "events.it": event("2030-02-01", hold="all", for_days="rare")})
    )
    stories = (tell(plan, seed=1, replication=each) for each in range(500))
    usual = next(each for each in stories if each.assumptions[0].value == 1)
    unusual = next(each for each in stories if each.assumptions[0].value == 9)

    assert "\nNo assumption was drawn below its 10th or above its 90th percentile.\n" in explanation(usual)
    assert "\nDrawn far from the median: rare 9 (median 1, 99th percentile).\n" in explanation(unusual)


HELD_OR_NOT = {
    "assumptions.length": {"value": {"choice": {1: 1, 30: 1}}, "unit": "days", "judgement": "invented"},
    "events.stop": event("2030-01-04", hold="all", for_days="length"),
}
"""Held from day 3, for one day or for thirty: with one nobody is late, with thirty all-out is missed."""


def test_the_comparison_says_where_the_two_parted_and_what_held_it_up_here(scenario):
    """Held to day 33, or to day 4: the first serial left on 2 January in both, the last on 3 February or 8 January."""
    plan = compile_plan(scenario(HELD_OR_NOT))
    stories = [tell(plan, seed=1, replication=each) for each in range(12)]
    here = next(each for each in stories if not each.answers[0].met)
    there = next(each for each in stories if each.answers[0].met)
    number = there.outcome.replication

    assert unwrapped(comparison(here, there, milestone="all-out")) == [
        f"all-out was met in replication {number}, the nearest in what was drawn. The two parted after the first "
        f"serial of alpha-home left: the last serial of alpha-home left on 2030-01-08 in replication {number}, on "
        "2030-02-03 here.",
        "What held it up here:",
        "2030-01-04  stop: held all departures for 30 days, to 2030-02-03 (waited for it: alpha-home 29 days).",
        f"                                       here        in {number}",
        "  the first serial of alpha-home left  2030-01-02  2030-01-02",
        "  the last serial of alpha-home left   2030-02-03  2030-01-08",
        "  all-out was achieved                 2030-02-03  2030-01-08",
        "Of what was drawn they differ most in length (30 here, 1 there).",
    ]


def test_a_run_explains_a_replication_that_missed_with_one_that_met(scenario):
    """The story, an empty line, and the comparison with the first that met; of one that met the story alone."""
    run = run_scenario(scenario(HELD_OR_NOT), replications=12)
    met = run.table("outcomes")["met"].to_pylist()
    missed, first = met.index(False), met.index(True)
    story = tell(run.plan, seed=run.seed, replication=missed)
    there = tell(run.plan, seed=run.seed, replication=first)

    assert explain(run, missed) == f"{explanation(story)}\n{comparison(story, there, milestone='all-out')}"
    assert explain(run, first) == explanation(there)


def test_a_run_in_which_nobody_met_says_so(scenario):
    """No slot, three replications."""
    run = run_scenario(scenario({"lift.trucks.slots": 0}), replications=3)

    assert explain(run, 0).endswith("\nOf 3 replications none met any milestone it missed.\n")
    assert explain(run, 0, milestone="all-out").endswith("\nOf 3 replications none met it.\n")


def test_an_unknown_replication_or_milestone_is_refused(scenario):
    """Three replications, and a milestone called all-out."""
    run = run_scenario(scenario(), replications=3)

    with pytest.raises(ValueError, match="found replication 3, wanted 0 to 2"):
        explain(run, 3)
    with pytest.raises(ValueError, match="found no milestone 'everybody-out'"):
        explain(run, 0, milestone="everybody-out")


def test_text_from_a_file_cannot_steer_a_terminal(scenario):
    """A name with an escape sequence is shown without it."""
    plan = replace(compile_plan(scenario()), name="Two \x1b[31mhundred")

    assert "\x1b" not in explanation(tell(plan, seed=1, replication=0))


def test_every_replication_of_the_agreement_can_be_read():
    """50 of 60 replications: every milestone named, dates in order, no absent value, lines that fit, not too many."""
    run = run_scenario(load("agreement-2024"), replications=60)
    lengths = []
    for replication in range(50):
        text = explain(run, replication)
        story, _, _ = text.partition("\nThe longest waits")
        dates = [line[:10] for line in dated(story)]
        lengths.append(story.count("\n"))

        assert dates == sorted(dates)
        assert all(each.id in story for each in run.plan.milestones)
        assert not re.search(r"None|nan|\{|\}|;\.|  \.", text)
        assert all(len(line) <= WIDTH for line in text.split("\n"))

    assert sorted(lengths)[25] <= 45
    assert max(lengths) <= 70


def test_every_milestone_of_the_agreement_can_be_asked_for():
    """Three replications: the story of one milestone is shorter than the whole."""
    run = run_scenario(load("agreement-2024"), replications=20)
    for replication in range(3):
        whole = explanation(tell(run.plan, seed=run.seed, replication=replication))
        for milestone in run.plan.milestones:
            text = explain(run, replication, milestone=milestone.id)
            story = tell(run.plan, seed=run.seed, replication=replication)

            assert len(explanation(story, milestone=milestone.id)) < len(whole)
            assert f"{milestone.id} was " in text
            assert "None" not in text
