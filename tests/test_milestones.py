"""Milestones by hand: met or not, when, by how much, and what bound them."""

from __future__ import annotations

import pytest

from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
ASK = {"judgement": "invented"}
"""Serials of 60 leave 180 on days 1.5, 4.5, 7.5: 2, 5 and 8 January."""


def answer(outcome: Outcome, name: str = "all-out") -> Answer:
    """Return the answer of one milestone."""
    ids = [each.id for each in outcome.plan.milestones]
    return answer_all(outcome)[ids.index(name)]


def asking(**milestone: object) -> dict:
    """Return settings with one more milestone, `asked`."""
    return {"milestones.asked": {**ASK, **milestone}}


def event(on: str, **effect: object) -> dict:
    """Return an event on a date with one effect."""
    return {"on": on, "effects": {"one": effect}, **ASK}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("2030-01-07", Answer(False, 7, 1, 60, "plan")),
        ("2030-01-08", Answer(True, 7, 0, 0, None)),
        ("2030-01-20", Answer(True, 7, -12, 0, None)),
    ],
)
def test_days_late_counts_calendar_days(outcome, by, expected):
    """Empty on 8 January at noon: by the 7th 60 over, a day late; by the 8th met, 0; by the 20th met, 12 days early."""
    assert answer(outcome(asking(by=by, strength={"at_most": 0})), "asked") == expected


def test_at_least_is_short_by_a_negative_number(outcome):
    """At least 121 on 2 January, when 120 are left: 1 short; it was so before, never again: none."""
    assert answer(outcome(asking(by="2030-01-02", strength={"at_least": 121})), "asked") == Answer(
        False, None, None, -1, "plan"
    )


def test_a_percent_is_of_the_selection_at_the_start(outcome):
    """50 % of 180 is 90: on 5 January 60 are left, achieved that day."""
    found = answer(outcome(asking(by="2030-01-31", strength={"at": "northport", "at_most": "50%"})), "asked")

    assert found == Answer(True, 4, -26, 0, None)


def test_those_who_leave_at_the_first_minute_were_there_at_the_start(outcome):
    """A step without length: 120 of 180 leave at 0. Half of 180 is 90, and 60 are left: met from the first minute."""
    early = {f"{HOME}.schedule": {"2030-01-09": 60}, f"{HOME}.margin_days": 9}
    found = answer(outcome(early | asking(by="2030-01-31", strength={"at": "northport", "at_most": "50%"})), "asked")

    assert found == Answer(True, 0, -30, 0, None)


def test_throughout_holds_at_every_minute(outcome):
    """At least 60 on 1 to 7 January holds, on 1 to 8 not: at noon of the 8th nobody is left, 60 short."""
    week = outcome(asking(throughout=["2030-01-01", "2030-01-07"], strength={"at_least": 60}))
    longer = outcome(asking(throughout=["2030-01-01", "2030-01-08"], strength={"at_least": 60}))

    assert answer(week, "asked") == Answer(True, 6, None, 0, None)
    assert answer(longer, "asked") == Answer(False, None, None, -60, "plan")


def test_throughout_reports_the_worst_minute(outcome):
    """At most 100 from 1 to 9 January: 180 at first, 80 over, though only 20 over from day 1.5 and met from 4.5."""
    found = answer(outcome(asking(throughout=["2030-01-01", "2030-01-09"], strength={"at_most": 100})), "asked")

    assert (found.met, found.persons_over, found.days_late, found.achieved_day) == (False, 80, None, None)


def test_throughout_sees_a_dip_of_a_minute(outcome):
    """All 180 are moved away on day 20 and are back a minute later: at least 1 fails at that minute, 1 short."""
    away = {"of": "alpha", "from": "northport", "to": "home", "persons": 180}
    settings = {
        f"{HOME}.schedule": {"2030-01-09": "100%"},
        "events.away": event("2030-01-21", move=away, for_days=1 / DAY),
        **asking(throughout=["2030-01-01", "2030-01-30"], strength={"at_least": 1}),
    }

    assert answer(outcome(settings), "asked") == Answer(False, None, None, -1, "move")


@pytest.mark.parametrize(("sustained", "met"), [(6, True), (6 + 1 / DAY, False)])
def test_a_spell_shorter_than_asked_does_not_count(outcome, sustained, met):
    """Empty on [7.5, 13.5), 20 are back on [13.5, 20): six days count where 6 are asked, not for a minute more."""
    back = {"of": "alpha", "from": "home", "to": "northport", "persons": 20}
    settings = {
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-16": 0},
        f"{HOME}.margin_days": 0,
        "contingents.alpha.personnel": 60,
        "events.back": event("2030-01-15", move=back, for_days=7),
        **asking(by="2030-01-10", strength={"at_most": 0}, sustained_days=sustained),
    }
    played = outcome(settings)

    assert played.queues[0].gone[0].departed_at == 8 * DAY
    assert answer(played, "asked").met is met


def test_a_spell_that_the_end_of_the_run_cuts_counts(outcome):
    """Empty from 8 January noon, run ends on the 12th: 100 days are asked, the spell is cut, and counts."""
    settings = {"end": "2030-01-12", **asking(by="2030-01-10", strength={"at_most": 0}, sustained_days=100)}

    assert answer(outcome(settings), "asked").met


def test_a_phase_is_met_on_the_day_it_is_done(outcome):
    """Done on 8 January: by the 7th a day late, nothing counted; by the 8th met."""
    late, met = (answer(outcome(asking(by=f"2030-01-0{d}", phase="exit")), "asked") for d in (7, 8))

    assert late == Answer(False, 7, 1, None, "plan")
    assert met == Answer(True, 7, 0, None, None)


def test_all_with_a_missed_throughout_is_empty(outcome):
    """A missed `throughout` in `all`: achieved and days_late are both empty; `any` takes the other's."""
    parts = {
        "milestones.never-full": {**ASK, "throughout": ["2030-01-01", "2030-01-09"], "strength": {"at_most": 100}},
        "milestones.both": {**ASK, "all": ["all-out", "never-full"]},
        "milestones.either": {**ASK, "any": ["all-out", "never-full"]},
    }
    played = outcome(parts)

    both, either = answer(played, "both"), answer(played, "either")
    assert (both.met, both.achieved_day, both.days_late) == (False, None, None)
    assert (either.met, either.achieved_day, either.days_late) == (True, 7, -1)


def test_never_is_above_every_number_in_a_joint(outcome):
    """One part 3 days late, one never: `all` never, `any` 3 days late."""
    parts = {
        f"{HOME}.schedule": {"2030-01-09": 60},
        "milestones.few": {**ASK, "by": "2030-01-04", "strength": {"at_most": 60}},
        "milestones.both": {**ASK, "all": ["all-out", "few"]},
        "milestones.either": {**ASK, "any": ["all-out", "few"]},
    }
    played = outcome(parts)

    assert answer(played, "few").days_late == 3
    assert (answer(played, "both").days_late, answer(played, "either").days_late) == (None, 3)


SHORT = {"lift.trucks": {"slots": 1, "cycle_days": 10}}
GATE = {"review_every_days": 30, "passes": 1, "first_review": "2030-02-01", "judgement": "invented"}
DECISION = {"starts": "2030-01-01", "gate": GATE, "judgement": "invented"}
HILLTOP = {"locations.hilltop": {}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}
TOURS = {"days": 300, "units": 1, "first_ends": "2030-01-12", "overlap_days": 10}
FEED = {
    "phases.exit.starts": "2030-01-03",
    "contingents.alpha.personnel": 60,
    "contingents.alpha.at": {"northport": 1, "hilltop": 1},
    "locations.hilltop": {},
    "phases.feed": {
        "starts": "2030-01-01",
        "judgement": "invented",
        "drawdowns": {"go": {"at": "hilltop", "schedule": {"2030-01-01": 0}, "to": {"northport": {"by": "ship"}}}},
    },
    "lift.ship": {"slots": 1, "seats": 90, "cycle_days": 1, "transit_days": 20, "judgement": "invented"},
}
"""30 stand there and 30 are on the road when they are counted: one serial of 60 waits for those who come."""


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({f"{HOME}.schedule": {"2030-01-09": 60}}, "plan"),
        (SHORT, "lift"),
        ({"phases.exit.gate": GATE}, "gate"),
        ({f"{HOME}.gate": GATE}, "gate"),
        ({"phases.decision": DECISION, "phases.exit.after": "decision"}, "gate"),
        ({"events.stop": event("2030-01-02", hold="all", for_days=20)}, "hold"),
        ({"events.stop": event("2030-01-02", close="northport", for_days=20)}, "closure"),
        ({**HILLTOP, "locations.hilltop": {"capacity": 100}, "milestones.all-out.strength.at": "northport"}, "room"),
        (
            {
                "stations.wash": {"slots": 1, "service_days": 9, "judgement": "invented"},
                f"{HOME}.to.home.through": "wash",
            },
            "station",
        ),
        ({"events.order": event("2030-01-02", reschedule="all", by_days=20)}, "reschedule"),
        (
            {
                "events.call": event(
                    "2030-01-04", move={"of": "alpha", "from": "home", "to": "northport", "persons": 9}, for_days=30
                )
            },
            "reinforcement",
        ),
        ({"contingents.alpha.tours": TOURS, "milestones.all-out.by": "2030-01-01"}, "plan"),
        (FEED, "people"),
    ],
)
def test_bound_by_names_what_the_deciding_serial_waited_for_longest(outcome, settings, cause):
    """Nobody is to be left by 9 January; each case is late for one reason."""
    found = answer(outcome(settings))

    assert (found.met, found.bound_by) == (False, cause)


def test_relief_of_a_tour_binds_where_it_alone_is_over(outcome):
    """One unit of 60, relieved by 60 on [1, 11): at most 60 by 5 January is 60 over, achieved on the 12th."""
    settings = {
        "contingents.alpha": {"personnel": 60, "tours": TOURS},
        f"{HOME}.schedule": {"2030-01-09": "100%"},
        **asking(by="2030-01-05", strength={"at_most": 60}),
    }

    assert answer(outcome(settings), "asked") == Answer(False, 11, 7, 60, "tour")


def test_a_shortfall_on_the_road_is_travel(outcome):
    """At least 180 in hilltop by 9 January, 20 days on the road: 180 short, there on 28 January, travel."""
    settings = {
        **HILLTOP,
        "lift.trucks.transit_days": 20,
        **asking(by="2030-01-09", strength={"at": "hilltop", "at_least": 180}),
    }

    assert answer(outcome(settings), "asked") == Answer(False, 27, 19, -180, "travel")


def test_a_shortfall_by_a_move_is_move(outcome):
    """60 planned to stay, 10 moved home on day 20: by 31 January at least 60 is 10 short."""
    settings = {
        f"{HOME}.schedule": {"2030-01-09": 60},
        "events.away": event("2030-01-21", move={"from": "northport", "to": "home", "persons": 10}),
        **asking(by="2030-01-31", strength={"at_least": 60}),
    }

    assert answer(outcome(settings), "asked") == Answer(False, None, None, -10, "move")


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({}, "handover"),
        ({"events.blast": event("2030-01-10", close="northport", for_days=30)}, "closure"),
        (SHORT, "lift"),
    ],
)
def test_a_handover_is_bound_by_its_work_its_pauses_or_the_last_serial(outcome, settings, cause):
    """By 15 January; begun on the 8th it takes 20 days; closed for 30 it pauses longer; begun on the 22nd: lift."""
    settings = {
        "phases.exit.handovers": {"northport": {"takes_days": 20, "judgement": "invented"}},
        **asking(by="2030-01-15", handover="northport"),
        **settings,
    }

    assert answer(outcome(settings), "asked").bound_by == cause
