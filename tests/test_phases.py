"""Phases by hand: when they start, what their steps count, when they are done, and their gates."""

from __future__ import annotations

import pytest

from posture.model.outcome import Outcome

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
STEPS = {f"{HOME}.schedule": {"2030-01-09": 120, "2030-01-19": 0}}
"""60 leave on [0, 9), 120 on [9, 19): planned on 4.5, then 11.5 and 16.5."""
SURE = {"review_every_days": 7, "passes": 1, "judgement": "invented"}


def plans(outcome: Outcome, queue: int = 0) -> list[tuple[float, float | None]]:
    """Return the days on which each serial of a queue was planned and departed, by number."""
    record = outcome.queues[queue]
    found = sorted(record.gone + record.waiting, key=lambda each: each.number)
    return [(each.planned_at / DAY, None if each.departed_at is None else each.departed_at / DAY) for each in found]


def waits(outcome: Outcome, queue: int = 0) -> list[dict[str, float]]:
    """Return the days each serial of a queue waited, by cause."""
    record = outcome.queues[queue]
    found = sorted(record.gone + record.waiting, key=lambda each: each.number)
    return [{cause: m / DAY for cause, m in outcome.waits(queue, each).items()} for each in found]


def reviews(outcome: Outcome, gate: int = 0) -> list[float]:
    """Return the days on which a gate was reviewed."""
    return [minute / DAY for minute, _ in outcome.reviews[gate]]


def gate(first_review: str) -> dict:
    """Return a gate that passes at its first review."""
    return {**SURE, "first_review": first_review}


def test_a_step_follows_the_step_before(outcome):
    """Levels 120 by day 9 and 0 by day 19: one serial in the middle of [0, 9), two in [9, 19)."""
    assert plans(outcome(STEPS)) == [(4.5, 4.5), (11.5, 11.5), (16.5, 16.5)]


def test_a_late_phase_counts_the_steps_that_have_begun_at_its_start(outcome):
    """A gate first reviewed on day 12: both steps are counted then, planned as ever; two serials are late at once."""
    played = outcome({**STEPS, "phases.exit.gate": gate("2030-01-13")})

    assert plans(played) == [(4.5, 12), (11.5, 12), (16.5, 16.5)]
    assert waits(played) == [{"gate": 7.5}, {"gate": 0.5}, {}]


def test_a_step_nobody_needs_to_leave_in_makes_no_serial(outcome):
    """Level 180 of 180, twice, then 120: only the last step moves 60, in the middle of [12, 19)."""
    schedule = {"2030-01-09": "100%", "2030-01-12": 180, "2030-01-19": 120}

    assert plans(outcome({f"{HOME}.schedule": schedule})) == [(15.5, 15.5)]


def test_a_last_step_without_leavers_ends_the_drawdown_when_it_is_counted(outcome):
    """Level 60 by day 9 and again by day 19: gone on 2.25 and 6.75, done on day 9, when the last step is counted."""
    played = outcome({f"{HOME}.schedule": {"2030-01-09": 60, "2030-01-19": 60}})

    assert plans(played) == [(2.25, 2.25), (6.75, 6.75)]
    assert played.phases[0].done_at == 9 * DAY


def test_a_margin_moves_every_deadline_but_not_the_start(outcome):
    """Margin 2: steps [0, 7) and [7, 17): 3.5; 9.5 and 14.5."""
    assert [each for each, _ in plans(outcome({**STEPS, f"{HOME}.margin_days": 2}))] == [3.5, 9.5, 14.5]


def test_the_margin_of_a_phase_holds_where_a_drawdown_states_none(outcome):
    """Margin 2 of the phase, 0 of the drawdown: the drawdown's own counts."""
    both = {**STEPS, "phases.exit.margin_days": 2}

    assert [each for each, _ in plans(outcome(both))] == [3.5, 9.5, 14.5]
    assert [each for each, _ in plans(outcome({**both, f"{HOME}.margin_days": 0}))] == [4.5, 11.5, 16.5]


def test_a_step_of_no_length_plans_everybody_at_its_begin(outcome):
    """Two deadlines on days 9 and 10 and a margin of 1.5 (the first 7.5, the second 8.5), then one of no length.

    With margin 20 both planned deadlines fall on day 0.
    """
    played = outcome({**STEPS, f"{HOME}.margin_days": 20})

    assert plans(played) == [(0, 0)] * 3


def two(after: str | None = "exit", **more: object) -> dict:
    """Return settings of a second phase that takes bravo home from day 3 on, planned for day 6."""
    phase = {
        "starts": "2030-01-04",
        "judgement": "invented",
        "drawdowns": {
            "bravo-home": {"of": "bravo", "at": "northport", "schedule": {"2030-01-09": 0}, "to": {"home": {}}}
        },
        **more,
    }
    if after:
        phase["after"] = after
    return {
        "contingents.bravo": {"personnel": 60, "at": "northport", "judgement": "invented"},
        f"{HOME}.of": "alpha",
        "phases.second": phase,
    }


def test_a_phase_waits_for_those_before_it(outcome):
    """Exit is done when its last serial departs, on day 7.5: bravo, planned for 6, waits 1.5 days for the phase."""
    played = outcome(two())

    assert [each.done_at for each in played.phases] == [7.5 * DAY, 7.5 * DAY]
    assert plans(played, 1) == [(6, 7.5)]
    assert waits(played, 1) == [{"phase": 1.5}]


def test_a_phase_is_done_at_departures_not_at_arrivals(outcome):
    """Thirty days on the road: exit is done on day 7.5 all the same."""
    assert outcome({"lift.trucks.transit_days": 30}).phases[0].done_at == 7.5 * DAY


def test_a_wait_for_the_phase_and_then_its_gate_is_split(outcome):
    """Before it until 7.5, its gate first on day 10: phase 1.5, gate 2.5."""
    played = outcome(two(gate=gate("2030-01-11")))

    assert waits(played, 1) == [{"phase": 1.5, "gate": 2.5}]


def test_a_gate_is_first_reviewed_when_all_else_is_fulfilled(outcome):
    """Not on day 3, its start, but on day 7.5, when exit is done."""
    assert reviews(outcome(two(gate=SURE))) == [7.5]


def test_a_first_review_on_a_date_may_come_before_it_is_needed(outcome):
    """Passed on day 2 stays passed: the second phase starts the minute exit is done."""
    played = outcome(two(gate=gate("2030-01-03")))

    assert reviews(played) == [2]
    assert played.phases[1].started_at == 7.5 * DAY


def test_the_gate_of_a_drawdown_is_reviewed_when_a_serial_is_due(outcome):
    """First due on day 1.5: reviewed then, and passed."""
    played = outcome({f"{HOME}.gate": SURE})

    assert reviews(played) == [1.5]
    assert plans(played)[0] == (1.5, 1.5)


def test_a_gate_that_never_passes_is_reviewed_to_the_end(outcome):
    """Every 100 days from day 1.5: 1.5, 101.5, 201.5, 301.5; nobody departs, all wait for the gate."""
    played = outcome({f"{HOME}.gate": {**SURE, "review_every_days": 100, "passes": 0}})

    assert reviews(played) == [1.5, 101.5, 201.5, 301.5]
    assert waits(played) == [{"gate": 363.5}, {"gate": 360.5}, {"gate": 357.5}]


def test_a_phase_without_drawdowns_is_done_when_it_starts(outcome):
    """A decision alone: its gate on day 5 lets the phase after it start at that minute."""
    decision = {"starts": "2030-01-01", "gate": gate("2030-01-06"), "judgement": "invented"}
    played = outcome({"phases.decision": decision, "phases.exit.after": "decision"})

    assert [each.done_at for each in played.phases] == [5 * DAY, 7.5 * DAY]
    assert plans(played) == [(1.5, 5), (4.5, 5), (7.5, 7.5)]
    assert waits(played) == [{"phase": 3.5}, {"phase": 0.5}, {}]


def test_three_phases_start_at_one_minute(outcome):
    """Two phases without anything to do and exit after them: all start and end where they may, at minute 0."""
    empty = {"starts": "2030-01-01", "judgement": "invented"}
    played = outcome(
        {"phases.one": {**empty, "after": "two"}, "phases.two": empty, "phases.exit.after": ["one", "two"]}
    )

    assert [each.started_at for each in played.phases] == [0, 0, 0]


def test_a_hold_stops_neither_the_start_of_a_phase_nor_the_review_of_its_gate(outcome):
    """Held [2, 5): the phase of day 3 starts on day 3, its gate is reviewed then; departures alone stop."""
    hold = {"on": "2030-01-03", "effects": {"a": {"hold": "second", "for_days": 3}}, "judgement": "invented"}
    plain = outcome({**two(after=None), "events.stop": hold})
    gated = outcome({**two(after=None, gate=SURE), "events.stop": hold})

    assert plain.phases[1].started_at == 3 * DAY
    assert (reviews(gated), gated.phases[1].started_at) == ([3], 3 * DAY)


@pytest.mark.parametrize("days", [1, 3, 4])
def test_no_review_passes_while_an_event_came_too_often(outcome, days):
    """An event on day 9, reviews daily from day 9: it lies in (t - w, t] up to t = 8 + w, so that of 9 + w passes."""
    unless = {"often": {"event": "shelling", "at_least": 1, "in_days": days}}
    review = {**gate("2030-01-10"), "review_every_days": 1, "unless": unless}
    shelling = {"on": "2030-01-10", "judgement": "invented"}
    played = outcome({"events.shelling": shelling, "phases.exit.gate": review})

    assert reviews(played) == list(range(9, 9 + days + 1))


def test_any_unless_keeps_a_review_from_passing(outcome):
    """Events on days 9 and 11, each forbids for 4 days: daily reviews from day 11 fail until day 15."""
    unless = {name: {"event": name, "at_least": 1, "in_days": 4} for name in ("first", "second")}
    review = {**gate("2030-01-12"), "review_every_days": 1, "unless": unless}
    events = {
        "events.first": {"on": "2030-01-10", "judgement": "invented"},
        "events.second": {"on": "2030-01-12", "judgement": "invented"},
    }
    played = outcome({**events, "phases.exit.gate": review})

    assert reviews(played) == [11, 12, 13, 14, 15]


def test_no_review_passes_in_a_regime_that_forbids_it(outcome):
    """War for 10 days from day 0, then calm: reviews on 0, 7 fail, that of 14 passes."""
    states = {
        "war": {"lasts_days": 10, "then": "calm", "judgement": "invented"},
        "calm": {"judgement": "invented"},
    }
    review = {**SURE, "unless": {"fighting": {"regime": "war"}}}
    played = outcome({"regimes": {"initial": "war", "states": states}, "phases.exit.gate": review})

    assert [(minute / DAY, passed) for minute, passed in played.reviews[0]] == [(0, False), (7, False), (14, True)]


@pytest.mark.parametrize(
    ("unless", "days"),
    [
        ({"strength": {"at_least": 121}}, [2, 9]),
        ({"strength": {"at_least": "67%"}}, [2, 9]),
        ({"strength": {"at_least": 181}}, [2]),
        ({"strength": {"at_most": 120}}, [2]),
    ],
)
def test_no_review_passes_at_a_strength_that_forbids_it(outcome, unless, days):
    """240 stand there, 180 of alpha leave on 1.5, 4.5, 7.5: 180 on day 2, 60 on day 9; 67 % of 240 is 161 (up)."""
    played = outcome(two(after=None, gate={**gate("2030-01-03"), "unless": {"strong": unless}}))

    assert reviews(played) == days


def test_a_drawdown_is_done_once_for_good(outcome):
    """Done on day 7.5; 20 who are moved in on day 30 leave at once, and the phase's end stays where it was."""
    back = {"move": {"of": "alpha", "from": "home", "to": "northport", "persons": 20}}
    played = outcome({"events.back": {"on": "2030-01-31", "effects": {"a": back}, "judgement": "invented"}})

    assert plans(played)[3] == (30, 30)
    assert played.phases[0].done_at == 7.5 * DAY
    assert played.drawdowns_done_at == (7.5 * DAY,)


def test_who_is_planned_before_the_phase_starts_waits_for_the_phase(outcome):
    """The phase starts on day 5; its drawdown, put forward by 10 days on day 1, is planned for day 1: phase 4."""
    order = {"reschedule": "alpha-home", "by_days": -10}
    settings = {
        "phases.exit.starts": "2030-01-06",
        "events.order": {"on": "2030-01-02", "effects": {"a": order}, "judgement": "invented"},
    }
    played = outcome(settings)

    assert plans(played) == [(1, 5)] * 3
    assert waits(played) == [{"phase": 4}] * 3
