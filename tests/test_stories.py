"""Stories by hand: every fact of small scenarios, and whom a hold kept."""

from __future__ import annotations

import pytest
from small_stories import DAY, GATE, HELD_OR_NOT, HOME, NAME, TWO_PHASES, event, told

from posture.model.compiling import compile_plan
from posture.scenario.scenario import load
from posture.study.stories import KINDS, Befallen, Review, Rotation, Story, Wait, tell


def days(story: Story) -> list[tuple[str, str, float]]:
    """Return the facts of a story as kind, subject and day."""
    return [(each.kind, each.subject, each.minute / DAY) for each in story.facts]


def test_the_plan_without_a_hitch_is_told_from_its_start_to_its_milestone(scenario):
    """Serials on days 1.5, 4.5 and 7.5; all-out is due at the end of 9 January, in the last minute of day 8."""
    assert days(told(scenario)) == [
        ("phase ready", "exit", 0),
        ("phase started", "exit", 0),
        ("first departure", NAME, 1.5),
        ("last departure", NAME, 7.5),
        ("drawdown done", NAME, 7.5),
        ("phase done", "exit", 7.5),
        ("milestone", "all-out", 9 - 1 / DAY),
    ]


def test_a_drawdown_at_its_end_says_who_left(scenario):
    """180 persons in three serials, none to go; with no slot none left, and three are to go on day 365."""
    done = next(each for each in told(scenario).facts if each.kind == "drawdown done")
    stuck = next(each for each in told(scenario, {"lift.trucks.slots": 0}).facts if each.kind == "drawdown unfinished")

    assert (done.gone, done.serials, done.to_go, done.first_at, done.last_at) == (180, 3, 0, 1.5 * DAY, 7.5 * DAY)
    assert (stuck.gone, stuck.serials, stuck.to_go, stuck.first_at, stuck.last_at) == (0, 0, 3, None, None)
    assert stuck.minute == 365 * DAY


def test_what_never_comes_is_no_fact_and_has_no_minute(scenario):
    """No slot: nobody departs, nothing is done; the milestone stands on its day, achieved never."""
    story = told(scenario, {"lift.trucks.slots": 0})

    assert [kind for kind, *_ in days(story)] == [
        "phase ready",
        "phase started",
        "milestone",
        "drawdown unfinished",
        "phase unfinished",
    ]
    assert story.minute(("phase done", "exit")) is None
    assert story.minute(("milestone", "all-out")) is None


def test_the_last_day_of_the_run_stands_for_its_end(scenario):
    """The horizon is 00:00 of 1 January 2031; who reads of it wants 31 December."""
    story = told(scenario)

    assert str(story.day(365 * DAY)) == "2030-12-31"


def test_a_milestone_has_the_day_it_was_achieved(scenario):
    """The last serial leaves on day 7.5: achieved on 8 January, seven days after the first."""
    assert told(scenario).minute(("milestone", "all-out")) == 7 * DAY


def test_reviews_that_would_have_passed_name_what_forbade_them(scenario):
    """Shut for ten days after a quake on day 0: reviews of days 0, 4 and 8 fail though each is drawn to pass; 12."""
    shut = {"quake": {"event": "quake", "at_least": 1, "in_days": 10}}
    quake = {"on": "2030-01-01", "judgement": "invented"}
    story = told(scenario, {"events.quake": quake, "phases.exit.gate": {**GATE, "unless": shut}})
    reviews = [each for each in story.facts if isinstance(each, Review)]

    assert [(each.kind, each.minute / DAY, each.number) for each in reviews] == [
        ("review", 0, 1),
        ("review", 4, 2),
        ("review", 8, 3),
        ("gate passed", 12, 4),
    ]
    assert [each.by for each in reviews] == [("quake",)] * 3 + [()]
    assert [each.forbidden for each in reviews] == [True] * 3 + [False]


def test_a_review_that_was_not_to_pass_was_forbidden_by_nothing(scenario):
    """A gate that never passes: 365 days, a review every 100, none of them forbidden."""
    story = told(scenario, {"phases.exit.gate": {**GATE, "passes": 0, "review_every_days": 100}})
    reviews = [each for each in story.facts if isinstance(each, Review)]

    assert [(each.minute / DAY, each.forbidden, each.by) for each in reviews] == [
        (day, False, ()) for day in (0, 100, 200, 300)
    ]


def test_a_gate_names_the_regime_and_the_phase_that_shut_it(scenario):
    """War for good: the first reviews fail for it; exit is done on day 7.5: its own gate fails for that from then."""
    regimes = {"initial": "war", "states": {"war": {"judgement": "invented"}}}
    shut = {"war": {"regime": "war"}, "over": {"phase": "exit"}}
    gates = {"regimes": regimes, f"{HOME}.gate": {**GATE, "unless": {"war": {"regime": "war"}}}}
    story = told(scenario, gates)
    last = told(scenario, {**TWO_PHASES, "regimes": regimes, "phases.last.gate": {**GATE, "unless": shut}})

    assert {each.by for each in story.facts if isinstance(each, Review)} == {("war",)}
    assert {each.by for each in last.facts if isinstance(each, Review)} == {("exit", "war")}


def test_a_hold_says_who_waited_for_it_and_how_long(scenario):
    """Held from day 3 to day 7: the serial of day 4.5 waits 2.5 days; that of day 7.5 does not."""
    story = told(scenario, {"events.stop": event("2030-01-04", hold="all", for_days=4)})
    (effect,) = next(each for each in story.facts if isinstance(each, Befallen)).effects

    assert (effect.drawn, effect.waited) == ({"lasts": 4 * DAY}, {NAME: 2.5 * DAY})
    assert story.waits == (Wait(NAME, "hold", 3600, 6480, 1),)


def test_a_hold_in_which_nobody_is_due_made_nobody_wait(scenario):
    """Held from day 2 to day 4: serials are due on days 1.5 and 4.5."""
    story = told(scenario, {"events.stop": event("2030-01-03", hold="all", for_days=2)})
    (effect,) = next(each for each in story.facts if isinstance(each, Befallen)).effects

    assert effect.waited == {}
    assert story.waits == ()


def test_a_closure_here_has_the_place_of_its_event(scenario):
    """The only place is northport; closed from day 1 to day 3, the serial of day 1.5 waits 1.5 days."""
    blast = {**event("2030-01-02", close="here", for_days=2), "at": "northport"}
    story = told(scenario, {"events.blast": blast})
    fact = next(each for each in story.facts if isinstance(each, Befallen))
    (effect,) = fact.effects

    assert story.plan.locations[effect.plan.location].id == "northport"
    assert (fact.location, effect.waited) == (effect.plan.location, {NAME: 1.5 * DAY})


def test_a_closure_without_a_place_did_nothing(scenario):
    """All left on day 7.5: on day 20 nobody stands at northport, and the event has no place."""
    blast = {**event("2030-01-21", close="here", for_days=2), "at": "northport"}
    fact = next(each for each in told(scenario, {"events.blast": blast}).facts if isinstance(each, Befallen))

    assert (fact.location, fact.effects) == (None, ())


def test_an_effect_whose_chance_failed_did_not_act(scenario):
    """A hold with probability 0 on day 3."""
    stop = event("2030-01-04", hold="all", for_days=4, probability=0)
    fact = next(each for each in told(scenario, {"events.stop": stop}).facts if isinstance(each, Befallen))

    assert fact.effects == ()


@pytest.mark.parametrize(("day", "is_idle"), [("2030-01-04", False), ("2030-01-10", True)])
def test_a_reschedule_is_idle_once_all_it_names_is_done(scenario, day, is_idle):
    """The drawdown is done on day 7.5: nothing is left to move on day 9, two serials are on day 3."""
    story = told(scenario, {"events.order": event(day, reschedule="all", by_days=5)})
    (effect,) = next(each for each in story.facts if isinstance(each, Befallen)).effects

    assert (effect.drawn, effect.is_idle) == ({"by": 5 * DAY}, is_idle)


def test_waits_are_the_longest_by_drawdown_and_cause(scenario):
    """One slot for four days: departures on 1.5, 5.5 and 9.5 instead of 1.5, 4.5 and 7.5: waits of one and two days."""
    story = told(scenario, {"lift.trucks": {"slots": 1, "cycle_days": 4}})

    assert story.waits == (Wait(NAME, "lift", 2 * DAY, 7.5 * DAY, 2),)


def test_rotations_are_summed_up(scenario):
    """300 in three units, tours of 270 days from day 40, overlap 10: relief of 100 on days 30, 120, 210 and 300."""
    tours = {"days": 270, "units": 3, "first_ends": "2030-02-10", "overlap_days": 10}
    settings = {
        "contingents.alpha.personnel": 300,
        "contingents.alpha.tours": tours,
        f"{HOME}.schedule": {"2030-01-09": 300},
    }

    assert told(scenario, settings).rotations == (Rotation("alpha", 4, 100),)
    assert told(scenario).rotations == ()


def test_what_ends_one_phase_comes_before_the_next_that_starts_with_it(scenario):
    """Exit is done on day 7.5, when `last` is ready and starts: done before ready, though of one minute."""
    story = told(scenario, TWO_PHASES)
    of_the_minute = [kind for kind, _, day in days(story) if day == 7.5]

    assert of_the_minute == ["last departure", "drawdown done", "phase done", "phase ready", "phase started"]


def test_a_hand_over_begins_when_its_location_is_empty(scenario):
    """Empty on day 7.5, two days of work: done on day 9.5, and the phase with it."""
    works = {"northport": {"after": "personnel", "takes_days": 2, "judgement": "invented"}}
    story = told(scenario, {"phases.exit.handovers": works})

    assert story.minute(("handover begun", "northport")) == 7.5 * DAY
    assert story.minute(("handover done", "northport")) == story.minute(("phase done", "exit")) == 9.5 * DAY


def test_assumptions_stand_beside_their_median_with_their_percentile(scenario):
    """Uniform from 0 to 10: the median is 5, and a value x its 10 x-th percentile, within 4 standard errors: 0.063."""
    unsure = {"value": {"uniform": [0, 10]}, "unit": "persons", "judgement": "invented"}
    settings = {"assumptions.unsure": unsure, "contingents.alpha.personnel": "unsure"}
    (drawn,) = told(scenario, settings).assumptions

    assert drawn.median == 5
    assert drawn.percentile == pytest.approx(drawn.value / 10, abs=0.063)


def test_of_equal_values_the_percentile_is_the_middle(scenario):
    """One day or thirty, each as likely: the first at about 0.25, the other at 0.75, within 0.032 (2 x 0.5 x 0.032)."""
    found = {
        each.value: each.percentile for n in range(8) for each in told(scenario, HELD_OR_NOT, replication=n).assumptions
    }

    assert found == {1: pytest.approx(0.25, abs=0.032), 30: pytest.approx(0.75, abs=0.032)}


def test_a_value_stated_outright_is_its_own_median(scenario):
    """Always seven: equal to all others, it stands in the middle."""
    sure = {"value": 7, "unit": "persons", "judgement": "invented"}
    (drawn,) = told(scenario, {"assumptions.sure": sure, "contingents.alpha.personnel": "sure"}).assumptions

    assert (drawn.name, drawn.value, drawn.median, drawn.percentile) == ("sure", 7, 7, 0.5)


def test_every_replication_of_the_agreement_is_told_in_order_with_every_milestone():
    """50 replications: facts by minute, each milestone once, every wait positive, every percentile between 0 and 1."""
    plan = compile_plan(load("agreement-2024"))
    names = sorted(each.id for each in plan.milestones)
    for replication in range(50):
        story = tell(plan, seed=1, replication=replication)
        minutes = [each.minute for each in story.facts]

        assert minutes == sorted(minutes)
        assert sorted(each.subject for each in story.facts if each.kind == "milestone") == names
        assert {each.kind for each in story.facts} <= set(KINDS)
        assert all(each.minutes > 0 for each in story.waits)
        assert all(0 < each.percentile < 1 for each in story.assumptions)
