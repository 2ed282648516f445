"""Runs as of a day against runs from the start, against the rules written down a second time, and at the edges."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import astuple
from datetime import date, timedelta

import pytest
from generated import DAYS, contents, day, scenario_of
from hypothesis import strategies as st
from oracle import DAY, Oracle, goes_round
from verification.befallen import Played, befallen, for_all, inside, people, play
from verification.test_oracle import expected, record

import posture
from posture.model.chains import split_lateness
from posture.model.compiling import compile_plan
from posture.model.draws import draw, strengths_at_start
from posture.model.milestones import answer_all
from posture.model.outcome import Outcome
from posture.model.standing import planned_strengths
from posture.study.conditioning import estimate_weighted, weigh, weighted_band
from posture.study.runs import run_scenario

anything = befallen()

comparable = contents().filter(lambda content: not goes_round(content))

days = st.integers(0, DAYS - 1)


def counted(content: dict, number: int, standing: dict[tuple[str, str], int]) -> dict:
    """Return a content as of the day so many days after the start, with a count of every cell given."""
    counts = {f"{who}-{where}": {"of": who, "at": where, "persons": n} for (who, where), n in standing.items()}
    return {**content, "as_of": {"day": day(number), "strength": counts}}


@st.composite
def any_counts(draw: st.DrawFn, content: dict) -> dict[tuple[str, str], int]:
    """Draw a count for every contingent of people at every place inside."""
    cells = [(who, where) for who in people(content) for where in inside(content)]
    return {cell: draw(st.integers(0, 90)) for cell in cells}


@st.composite
def as_of_contents(draw: st.DrawFn, contents: st.SearchStrategy[dict] = anything) -> dict:
    """Draw a content as of any day of its run, with who was counted or without."""
    content = draw(contents)
    counts = draw(st.one_of(st.just({}), any_counts(content)))
    return counted(content, draw(days), counts)


def seen(played: Played) -> tuple[object, ...]:
    """Return everything a replication shows, by index and without any name, and what became of the milestones."""
    outcome = played.outcome
    return (
        outcome.changes,
        outcome.phases,
        outcome.drawdowns_done_at,
        outcome.reviews,
        [([astuple(each) for each in (*queue.gone, *queue.waiting)], queue.causes) for queue in outcome.queues],
        outcome.sites,
        outcome.regimes,
        outcome.happenings,
        answer_all(outcome),
    )


@for_all(8, content=anything, seed=st.one_of(st.none(), st.integers(0, 99)))
def test_as_of_the_start_with_all_counted_as_stated_is_the_plain_run(content, seed):
    """Whole numbers of personnel and weights: counts that are what is drawn change nothing, bit for bit."""
    plan = compile_plan(scenario_of(content))
    drawn = draw(plan, seed=seed, replications=1).of(0)
    standing = {plan.cell_names(cell): n for cell, n in strengths_at_start(drawn) if not plan.is_loads(cell)}

    assert seen(play(counted(content, 0, standing), seed)) == seen(play(content, seed))


@for_all(8, content=anything, seed=st.integers(0, 99))
def test_as_of_the_start_with_nobody_counted_is_the_plain_run(content, seed):
    """At the start the line of every schedule is where it begins: everybody stands as stated."""
    assert seen(play(counted(content, 0, {}), seed)) == seen(play(content, seed))


def instants(played: Played) -> list[int]:
    """Return every minute that a record names."""
    outcome = played.outcome
    found = [each[0] for each in outcome.changes]
    found += [minute for each in outcome.phases for minute in astuple(each)]
    found += [minute for each in outcome.reviews for minute, _ in each]
    found += [minute for each in outcome.sites for minute in (each.begun_at, each.done_at)]
    found += [minute for minute, _ in outcome.regimes] + [each.minute for each in outcome.happenings]
    found += [minute for queue in outcome.queues for minute, _ in queue.causes]
    for _, each in played.serials():
        found += [each.planned_at, each.departed_at, each.arrives_at]
    return [each for each in (*found, *outcome.drawdowns_done_at) if each is not None]


@for_all(10, content=as_of_contents(), seed=st.integers(0, 99))
def test_nothing_is_on_record_before_the_run_begins(content, seed):
    """No change, plan, departure, review, happening or wait; waits add up to departed - planned."""
    played = play(content, seed)

    assert min(instants(played)) >= played.plan.begins
    for index, each in played.serials():
        if each.departed_at is not None:
            assert sum(played.outcome.waits(index, each).values()) == each.departed_at - each.planned_at


@for_all(10, content=as_of_contents(), seed=st.integers(0, 99))
def test_every_milestone_is_answered_from_the_day_on_and_its_lateness_adds_up(content, seed):
    """Achieved on the day or later; the causes of a lateness are its minutes, and none of them below 0."""
    number = (date.fromisoformat(content["as_of"]["day"]) - date.fromisoformat(content["start"])).days
    content["milestones"] |= questions(content)
    played = play(content, seed)
    answers = answer_all(played.outcome)

    assert all(each.due >= played.plan.first_day for each in played.plan.milestones)
    assert all(each.achieved_day is None or each.achieved_day >= number for each in answers)
    for milestone in played.plan.milestones:
        assert all(minutes > 0 for minutes in (split_lateness(played.outcome, milestone.id) or {}).values())


def questions(content: dict) -> dict:
    """Return milestones of every kind, due early and late."""
    plain = {"judgement": "generated"}
    asked = {}
    for due in (3, 20, 45):
        for name in content["phases"]:
            asked[f"{name}-{due}"] = {"by": day(due), "phase": name, **plain}
        for place in inside(content):
            for limit in ({"at_most": 0}, {"at_most": "50%"}, {"at_least": 20}):
                ((kind, value),) = limit.items()
                name = f"{place}-{kind.replace('_', '-')}-{str(value).rstrip('%')}-{due}"
                asked[name] = {"by": day(due), "strength": {"at": place, **limit}, **plain}
                asked[f"{name}-kept"] = {**asked[name], "sustained_days": 9}
                asked[f"{name}-all"] = {
                    "throughout": [day(due - 3), day(due + 3)],
                    "strength": {"at": place, **limit},
                    **plain,
                }
        for phase in content["phases"].values():
            for place in phase.get("handovers", {}):
                asked[f"{place}-over-{due}"] = {"by": day(due), "handover": place, **plain}
    asked["every"] = {"all": [each for each in asked if each.endswith("-45")], **plain}
    asked["some"] = {"any": [each for each in asked if each.endswith("-20")], **plain}
    return asked


@for_all(20, content=as_of_contents(comparable), seed=st.integers(0, 99))
def test_whoever_stands_there_when_the_run_begins_is_somewhere_to_the_end(content, seed):
    """Without tours and moves: those in place and those on the road are always as many as at the begin."""
    played = play(content, seed)
    plan = played.plan
    on_the_road = played.flows()
    totals = {plan.begins: 0}
    for minute, _, _, change in played.outcome.changes:
        totals[minute] = totals.get(minute, 0) + change
    for minute, flows in on_the_road.items():
        totals[minute] = totals.get(minute, 0) + sum(flows.values())

    assert {minute: change for minute, change in totals.items() if change and minute > plan.begins} == {}


def shifted(node: object, by: timedelta) -> object:
    """Return a content with every date moved."""
    if isinstance(node, dict):
        return {shifted(key, by): shifted(value, by) for key, value in node.items()}
    if isinstance(node, list):
        return [shifted(each, by) for each in node]
    try:
        return (date.fromisoformat(node) + by).isoformat() if isinstance(node, str) else node
    except ValueError:
        return node


@for_all(12, content=as_of_contents(), seed=st.integers(0, 99), by=st.integers(-900, 900))
def test_a_shift_of_all_dates_changes_nothing_of_a_run_as_of_a_day(content, seed, by):
    """Start, end, the day and what is dated, all moved: the same minutes from the start."""
    assert seen(play(shifted(content, timedelta(days=by)), seed)) == seen(play(content, seed))


@for_all(12, content=as_of_contents())
def test_counts_by_other_ids_are_the_same_counts(content):
    """Ids of counts name their draws and nothing else; these are whole numbers."""
    there = deepcopy(content)
    strength = there["as_of"]["strength"]
    there["as_of"]["strength"] = {f"new-{each}": strength[each] for each in reversed(strength)}

    assert seen(play(there, 1)) == seen(play(content, 1))


def renamed(node: object, ids: set[str]) -> object:
    """Return a content in which every id has another name that sorts alike."""
    if isinstance(node, dict):
        return {renamed(key, ids): renamed(value, ids) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(each, ids) for each in node]
    if not isinstance(node, str) or node.partition(".")[0] not in ids:
        return node
    return f"new-{node}"


@for_all(12, content=as_of_contents())
def test_other_names_change_nothing_of_a_run_as_of_a_day(content):
    """Places, contingents and phases with other names that sort alike, uncertain values at their median: the same."""
    ids = {*content["locations"], *content["contingents"], *content["phases"]}

    assert seen(play(renamed(content, ids), None)) == seen(play(content, None))


@for_all(10, content=as_of_contents(), seed=st.integers(0, 99))
def test_two_counts_of_parts_and_one_of_the_whole_agree(content, seed):
    """Every cell counted, and all of them together: the wide count has nothing left to say, whatever it is."""
    there = deepcopy(content)
    if content["as_of"]["strength"]:
        there["as_of"]["strength"]["whole"] = {"persons": 1000}

    assert seen(play(there, seed)) == seen(play(content, seed))


@st.composite
def stepped(draw: st.DrawFn) -> tuple[dict, int]:
    """Make a plan whose steps all begin on one day, and that day: no gates, lift, limits, events or tours.

    One destination each, since what a destination was given before the day is not known as of it; and nobody shifts
    before it, since whoever came late above a level that has passed would leave at once.
    """
    where = ("delta", "echo", "foxtrot")[: draw(st.integers(1, 3))]
    number, margin = draw(st.integers(2, 20)), draw(st.integers(0, 2))
    phases = {}
    for name, starts in (("p1", draw(st.integers(0, 1))), ("p2", number)):
        drawdowns = {}
        for index, place in enumerate(where):
            unit = draw(st.sampled_from(["", "%"]))
            levels = sorted((draw(st.integers(0, 20 if not unit else 100)) for _ in range(2)), reverse=True)
            dates = [day(number - 1 + margin), day(number + margin + draw(st.integers(4, 30)))]
            schedule = {each: f"{level}{unit}" if unit else level for each, level in zip(dates, levels, strict=True)}
            drawdowns[f"d{index}"] = {
                "of": ["alpha", "bravo"],
                "at": [place],
                "schedule": schedule if name == "p1" else {dates[1]: schedule[dates[1]]},
                "to": {draw(st.sampled_from([*(where[index + 1 :] if name == "p2" else ()), "home"])): {}},
                "pace": draw(st.sampled_from(["early", "even", "late", 2])),
                "margin_days": margin,
                "serial_persons": draw(st.integers(3, 40)),
            }
        phases[name] = {"starts": day(starts), "drawdowns": drawdowns}
    if draw(st.booleans()):
        phases["p2"]["after"] = ["p1"]
    weights = st.fixed_dictionaries({each: st.integers(1, 3) for each in where})
    plain = {"judgement": "generated"}
    content = {
        "posture": 1,
        "name": "Steps",
        "start": day(0),
        "end": day(DAYS - 1),
        "locations": {**{each: {} for each in where}, "home": {"outside": True}},
        "contingents": {
            name: {"personnel": draw(st.integers(70, 120)), "at": draw(weights)} for name in ("alpha", "bravo")
        },
        "phases": phases,
        "milestones": {
            "all-out": {"by": day(40), "strength": {"at_most": 0}, **plain},
            "half": {"by": day(30), "strength": {"at": "delta", "at_most": "50%"}, **plain},
        },
    }
    return content, number


def from_minute(played: Played, minute: int) -> tuple[object, ...]:
    """Return what a replication shows from a minute on: strengths, who left, what became of milestones.

    What was achieved before is achieved then.
    """
    outcome, cells = played.outcome, range(len(played.plan.contingents) * len(played.plan.locations))
    strengths = []
    for cell in cells:
        minutes, counts = outcome.strength([cell])
        steps = [(m, n) for m, n in zip(minutes, counts, strict=True) if m > minute]
        strengths.append((played.standing([cell], minute), steps))
    serials = [
        (played.plan.queues[index].name, each.size, each.planned_at, each.departed_at, each.arrives_at)
        for index, each in played.serials()
        if each.planned_at >= minute
    ]
    answers = [
        (each.met, max(minute // DAY, each.achieved_day or 0), each.persons_over, each.bound_by)
        for each in answer_all(outcome)
    ]
    return strengths, serials, [each.done_at for each in outcome.phases], answers


@for_all(40, plan_and_day=stepped())
def test_from_a_day_on_which_steps_begin_the_rest_is_that_of_the_plain_run(plan_and_day):
    """Who stands there at 00:00 of the day, counted as they are: the same serials, strengths and answers from there."""
    content, number = plan_and_day
    plain = play(content, 1)
    cells = {
        (who, where): plain.standing([cell], number * DAY - 1)
        for cell in range(len(plain.plan.contingents) * len(plain.plan.locations))
        for who, where in [plain.plan.cell_names(cell)]
    }
    rest = play(counted(content, number, cells), 1)

    assert from_minute(rest, number * DAY) == from_minute(plain, number * DAY)


class OracleAsOf(Oracle):
    """The rules written down a second time, for a run that begins on a later day with every cell counted."""

    def __init__(self, content: dict, *, seed: int) -> None:
        super().__init__(content, seed=seed, replication=0)
        self.now = begins = self.minute(content["as_of"]["day"])
        at_start = dict(self.standing)
        self.standing.clear()
        self.changes.clear()
        for each in content["as_of"]["strength"].values():
            self.change(begins, (each["of"], each["at"]), each["persons"])
        for phase in self.phases:
            is_under_way = phase.starts < begins and not phase.after and phase.gate is None
            phase.starts = max(phase.starts, begins)
            for drawdown in (each for each in self.drawdowns if each.phase is phase):
                drawdown.begins = [max(each, begins) for each in drawdown.begins]
                drawdown.ends = [max(each, begins) for each in drawdown.ends]
                drawdown.first_found = sum(at_start.get(cell, 0) for cell in drawdown.cells) if is_under_way else None
        for gate in self.gates:
            while gate.next_at is not None and gate.next_at < begins:
                gate.next_at += gate.every


@st.composite
def fully_counted(draw: st.DrawFn) -> dict:
    """Draw a content as of any day of its run, with a count of every cell."""
    content = draw(comparable)
    counts = draw(any_counts(content))
    for phase in content["phases"].values():
        if any(isinstance(level, str) for part in phase["drawdowns"].values() for level in part["schedule"].values()):
            phase.pop(
                "gate", None
            )  # nobody knows of a day before whether a gate had passed, and of whom a percentage is
    return counted(content, draw(days), counts | {(who, "home"): 0 for who in people(content)})


@for_all(30, content=fully_counted(), seed=st.integers(0, 50))
def test_engine_and_rules_agree_on_every_serial_of_a_run_as_of_a_day(content, seed):
    """Queues, lifts, capacity, gates, phases in turn, latecomers, from the day on: the same to the minute."""
    outcome = play(content, seed).outcome
    oracle = OracleAsOf(content, seed=seed).run()

    found, wanted = record(outcome), expected(oracle)

    for part in wanted:
        assert found[part] == wanted[part], part


@for_all(
    60,
    persons=st.integers(1, 900),
    level=st.integers(0, 900),
    length=st.integers(0, 30),
    margin=st.integers(0, 12),
    pace=st.sampled_from(["early", "even", "late", 2, 0.3]),
    number=days,
)
def test_the_line_of_a_schedule_is_where_people_who_leave_one_by_one_would_stand(
    persons, level, length, margin, pace, number
):
    """Serials of one, no lift: those planned before 00:00 of any day have gone, to half a person."""
    home = {
        "of": "alpha",
        "at": "delta",
        "schedule": {day(4 + length): min(level, persons), day(40): 0},
        "to": {"home": {}},
        "pace": pace,
        "margin_days": margin,
        "serial_persons": 1,
    }
    content = {
        "posture": 1,
        "name": "One by one",
        "start": day(0),
        "end": day(DAYS - 1),
        "locations": {"delta": {}, "home": {"outside": True}},
        "contingents": {"alpha": {"personnel": persons, "at": "delta"}},
        "phases": {"p1": {"starts": day(4), "drawdowns": {"d1": home}}},
    }
    played = play(content, 1)
    at = number * DAY
    standing = planned_strengths(played.row, minute=at)

    assert abs(standing[0] - played.standing([0], at - 1 if at else 0)) <= 1
    assert sum(standing.values()) == persons


def as_of(number: int, **strength: object) -> dict[str, object]:
    """Return the section of a day so many days after the start: persons counted at each location."""
    return {"as_of": {"day": day(number), "strength": {key: {"at": key, "persons": n} for key, n in strength.items()}}}


def begun(outcome: Outcome) -> dict[tuple[str, str], int]:
    """Return who stood in each cell when the run began, of replications in which nobody moves in that minute."""
    plan = outcome.plan
    return {plan.cell_names(cell): change for minute, cell, _, change in outcome.changes if minute == plan.begins}


def departures(outcome: Outcome) -> list[tuple[int, float]]:
    """Return size and day of every departure."""
    return [(each.size, each.departed_at / DAY) for queue in outcome.queues for each in queue.gone]


HOME = "phases.exit.drawdowns.alpha-home"


def test_a_step_without_length_that_begins_on_the_day_has_moved_nobody_yet(outcome):
    """The phase starts on the 4th, 40 days of margin plan all 180 at its 00:00: as of the 4th they stand there."""
    done = outcome(as_of(3) | {"phases.exit.starts": day(3), f"{HOME}.margin_days": 40, "lift.trucks.slots": 0})

    assert begun(done) == {("alpha", "northport"): 180}


def test_a_step_without_length_before_the_day_has_moved_everybody(outcome):
    """The same as of the 5th: a day after all were planned to go, nobody is left by the line of the plan."""
    done = outcome(as_of(4) | {"phases.exit.starts": day(3), f"{HOME}.margin_days": 40, "lift.trucks.slots": 0})

    assert begun(done) == {("alpha", "home"): 180}


def test_as_of_the_last_day_there_is_one_day_and_no_question_left(scenario, outcome):
    """31 December, day 364: 90 are far above the level of January and planned at its 00:00."""
    done = outcome(as_of(364, northport=90))

    assert departures(done) == [(60, 364), (30, 364)]
    assert compile_plan(scenario(as_of(364, northport=90))).milestones == ()


def test_a_count_above_the_capacity_stands_and_stops_nobody_who_leaves(outcome):
    """Capacity stops serials that come: 150 stand where 100 may, and leave at 1/6, 1/2 and 5/6 of six days."""
    done = outcome(as_of(3, northport=150) | {"locations.northport.capacity": 100})

    assert begun(done)["alpha", "northport"] == 150
    assert departures(done) == [(60, 4), (60, 6), (30, 8)]


def test_a_count_of_nobody_ends_what_there_was_to_do_on_the_day(outcome):
    """Nobody at northport on the 4th, day 3: phase, the one after it and the milestones are done at its 00:00.

    The hand-over begins then, and takes five days.
    """
    more = {
        "phases.exit.handovers": {"northport": {"after": ["personnel"], "takes_days": 5}},
        "phases.second": {"starts": day(1), "judgement": "invented"},
        "phases.third": {"starts": day(1), "after": "second", "judgement": "invented"},
        "milestones.third-done": {"by": day(9), "phase": "third", "judgement": "invented"},
    }
    done = outcome(as_of(3, northport=0) | more)

    assert [(each.ready_at, each.done_at) for each in done.phases[1:]] == [(3 * DAY, 3 * DAY)] * 2
    assert [(each.begun_at, each.done_at) for each in done.sites] == [(3 * DAY, 8 * DAY)]
    assert [(each.met, each.achieved_day) for each in answer_all(done)] == [(True, 3), (True, 3)]


def test_a_spell_that_has_to_last_counts_from_the_day(outcome):
    """Nobody from the 4th on, to be sustained 30 days by the 9th: met, since the 4th; back on the 20th it is not."""
    back = {"of": "alpha", "from": "home", "to": "northport", "persons": 10}
    event = {"events.back": {"on": day(19), "effects": {"some": {"move": back}}}, f"{HOME}.schedule": {day(8): 10}}
    sustained = as_of(3, northport=0) | {"milestones.all-out.sustained_days": 30}

    assert [(each.met, each.achieved_day) for each in answer_all(outcome(sustained))] == [(True, 3)]
    assert [each.met for each in answer_all(outcome(sustained | event))] == [False]


def test_an_event_dated_on_the_day_happens_and_one_the_day_before_is_not_remembered(outcome):
    """A hold of three days strikes on the 4th; a gate that forbids the event of the 3rd knows of none."""
    stop = {"on": day(3), "effects": {"stop": {"hold": "exit", "for_days": 3}}}
    unless = {"seen": {"event": "before", "at_least": 1, "in_days": 30}}
    events = {"events.before": {"on": day(2)}, "phases.exit.gate": {"review_every_days": 1, "passes": 1}}
    done = outcome(as_of(3, northport=90) | events | {"phases.exit.gate.unless": unless, "events.stop": stop})

    assert done.reviews == (((3 * DAY, True),),)
    assert departures(done) == [(60, 6), (30, 7.5)]
    assert [done.waits(0, each) for each in done.queues[0].gone] == [{"hold": 3 * DAY // 2}, {}]


def test_a_tour_whose_relief_came_before_the_day_ends_unseen(outcome):
    """Ends on days 19, 49, 79, ten days of overlap: as of day 14 the first relief, of day 9, is among those counted.

    The next, of a third of 90, comes on day 39 and leaves with its unit on day 49.
    """
    tours = {"days": 90, "units": 3, "first_ends": day(19), "overlap_days": 10}
    quiet = {f"{HOME}.schedule": {day(8): None, day(300): "100%"}, "milestones.all-out.by": day(300)}
    done = outcome(as_of(14, northport=90) | {"contingents.alpha.tours": tours} | quiet)
    relief = [(minute / DAY, change) for minute, _, kind, change in done.changes if kind == 1]

    assert relief[:2] == [(39, 30), (49, -30)]


def test_a_relief_due_on_the_day_itself_comes(outcome):
    """An end on day 19 with ten days of overlap: as of day 9 its relief, of 30 of 90, comes at 00:00."""
    tours = {"days": 90, "units": 3, "first_ends": day(19), "overlap_days": 10}
    quiet = {f"{HOME}.schedule": {day(8): None, day(300): "100%"}, "milestones.all-out.by": day(300)}
    done = outcome(as_of(9, northport=90) | {"contingents.alpha.tours": tours} | quiet)
    relief = [(minute / DAY, change) for minute, _, kind, change in done.changes if kind == 1]

    assert relief[:2] == [(9, 30), (19, -30)]


def test_a_milestone_due_on_the_day_itself_is_asked(outcome):
    """By the 9th, as of the 9th, day 8: the step has a day left, 60 of 90 go at its quarter and 30 at its three."""
    done = outcome(as_of(8, northport=90))

    assert departures(done) == [(60, 8.25), (30, 8.75)]
    assert [(each.met, each.days_late) for each in answer_all(done)] == [(True, 0)]


def test_a_wider_count_is_what_it_says_with_the_narrower_inside_it(outcome):
    """80 in Northland and 30 of them at hilltop: 50 are left for northport."""
    counts = {"wide": {"at": "Northland", "persons": 80}, "narrow": {"at": "hilltop", "persons": 30}}
    places = {"locations.hilltop": {"country": "Northland"}, "contingents.alpha.at": {"northport": 1, "hilltop": 1}}
    done = begun(outcome(places | {"as_of": {"day": day(3), "strength": counts}}))

    assert (done["alpha", "northport"], done["alpha", "hilltop"]) == (50, 30)


def test_a_place_outside_and_people_who_are_not_counted_may_be_counted_by_their_ids(outcome):
    """200 at home and 10 of 40 contractors; a count of everybody leaves the contractors alone."""
    con = {"contingents.con": {"personnel": 40, "counted": False, "at": "northport", "judgement": "invented"}}
    counts = {"home": {"at": "home", "persons": 200}, "inside": {"persons": 70}}
    few = {"con": {"of": "con", "persons": 10}}
    section = {"as_of": {"day": day(3), "strength": counts}}
    named = {"as_of": {"day": day(3), "strength": counts | few}}

    assert begun(outcome(con | section)) == {
        ("alpha", "home"): 200,
        ("alpha", "northport"): 70,
        ("con", "northport"): 40,
    }
    assert begun(outcome(con | named))["con", "northport"] == 10


COUNTED = """
posture: 1
name: Counted
start: 2030-01-01
end: 2030-12-31
sources: {PRESS: {title: A count, publisher: A paper, date: 2030-02-01}}
locations:
  northport: {country: Northland}
contingents:
  alpha: {nation: Alphaland, personnel: {choice: {20: 1, 2000: 1}}, at: northport, judgement: invented}
milestones:
  few: {by: 2030-03-01, strength: {at: northport, at_most: 1000}, judgement: invented}
observed:
  strength: {alpha: {file: alpha.csv, of: alpha}}
"""


@pytest.fixture
def counted_run(tmp_path):
    """Run a scenario of 20 or 2,000 people, of whom 20 were counted on 10 January and five after the run."""
    rows = "2030-01-10,20,,,PRESS\n2031-01-01,5,,,PRESS\n"
    (tmp_path / "s.yaml").write_text(COUNTED)
    (tmp_path / "alpha.csv").write_text(f"date,actual,low,high,source\n{rows}")
    return run_scenario(posture.load(tmp_path / "s.yaml"), replications=40)


def test_a_cause_of_replications_without_any_weight_is_none(counted_run):
    """2,000 are 1,980 standard errors from 20: those replications weigh nothing, and the milestone is always met."""
    (estimate,) = estimate_weighted(counted_run, weigh(counted_run, date(2030, 1, 10)))

    assert (estimate.met.estimate, estimate.bound_by, estimate.bound_share) == (1, None, None)


def test_a_count_after_the_last_day_of_the_run_weighs_nothing(counted_run):
    """The run ends in 2030: of counts up to 2032 one is used."""
    assert weigh(counted_run, date(2032, 1, 1)).counts == 1


def test_the_weighted_fan_of_a_run_as_of_a_day_knows_the_start(counted_run):
    """As of 1 February, 31 days after the start."""
    run = run_scenario(counted_run.scenario.as_of(date(2030, 2, 1)), replications=3)
    band = weighted_band(run, weigh(run, date(2030, 2, 1)))

    assert (band.start, band.origin) == (date(2030, 1, 1), date(2030, 2, 1))
