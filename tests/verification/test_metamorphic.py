"""What changes nothing, and what changes in a known way: two files side by side, with the same draws."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import astuple
from datetime import date, timedelta

import numpy as np
from befallen import Played, anything, befallen, drawdowns_of, effects, events, for_all, play
from generated import DAYS, HOW, day, durations, paces, scenario_of
from hypothesis import strategies as st
from theory import seeds

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome


def named(played: Played, *, without: str = "", times: int = 1) -> dict[str, object]:
    """Return everything a replication shows, by name and not by index; all persons and loads times a number."""
    plan, outcome = played.plan, played.outcome
    return {
        "changes": [
            (minute, *plan.cell_names(cell), kind, change * times)
            for minute, cell, kind, change in outcome.changes
            if plan.cell_names(cell)[0] != without
        ],
        "serials": {
            plan.queues[index].name: [
                (e.number, e.size * times, e.planned_at, e.departed_at, e.arrives_at, e.lift, outcome.waits(index, e))
                for e in queue.gone + queue.waiting
            ]
            for index, queue in enumerate(outcome.queues)
        },
        "phases": outcome.phases,
        "drawdowns": outcome.drawdowns_done_at,
        "reviews": outcome.reviews,
        "sites": outcome.sites,
        "regimes": outcome.regimes,
        "happenings": [
            (plan.events[each.event].id, each.minute)
            for each in outcome.happenings
            if plan.events[each.event].id != without
        ],
    }


def numbered(outcome: Outcome) -> tuple[object, ...]:
    """Return everything a replication shows, by index and without any name."""
    return (
        outcome.changes,
        outcome.phases,
        outcome.drawdowns_done_at,
        outcome.reviews,
        [([astuple(each) for each in (*queue.gone, *queue.waiting)], queue.causes) for queue in outcome.queues],
        outcome.sites,
        outcome.regimes,
        outcome.happenings,
    )


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


@for_all(12, **anything, weeks=st.integers(-500, 500))
def test_a_shift_of_all_dates_changes_nothing(content, seed, weeks):
    """No rule and no draw looks at the calendar: minutes count from the start."""
    there = shifted(content, timedelta(days=7 * weeks + 3))

    assert named(play(there, seed)) == named(play(content, seed))


def backwards(node: object) -> object:
    """Return a content with the entries of every mapping in the opposite order; lists stay."""
    if isinstance(node, dict):
        return {key: backwards(node[key]) for key in reversed(node)}
    return [backwards(each) for each in node] if isinstance(node, list) else node


@for_all(12, **anything)
def test_the_order_of_lines_in_the_file_changes_nothing(content, seed):
    """Plan order is the order of ids: the file from its last line to its first says the same."""
    assert named(play(backwards(content), seed)) == named(play(content, seed))


SECTIONS = ("locations", "contingents", "lift", "stations", "events", "phases")


def ids_of(content: dict) -> set[str]:
    """Return every id that a content gives to something."""
    parts = [*content["phases"].values(), *(drawdown for *_, drawdown in drawdowns_of(content))]
    return {
        *(name for section in SECTIONS for name in content.get(section, {})),
        *(key for _, key, _ in drawdowns_of(content)),
        *content.get("regimes", {}).get("states", {}),
        *(key for event in content["events"].values() for key in event["effects"]),
        *(key for part in parts for key in part.get("gate", {}).get("unless", {})),
    }


def renamed(node: object, ids: set[str]) -> object:
    """Return a content in which every id has another name that sorts alike."""
    if isinstance(node, dict):
        return {renamed(key, ids): renamed(value, ids) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(each, ids) for each in node]
    if not isinstance(node, str) or not set(node.split(".")) <= ids:
        return node
    return ".".join(f"new-{each}" for each in node.split("."))


@for_all(12, content=befallen())
def test_other_names_change_nothing_but_the_draws(content):
    """With every uncertain value at its median, and names that sort alike, all is the same, bit for bit."""
    ids = ids_of(content)
    there = renamed(content, ids)

    assert ids_of(there) == {f"new-{each}" for each in ids}
    assert numbered(play(there, None).outcome) == numbered(play(content, None).outcome)


RICH = {
    "posture": 1,
    "name": "Everything is uncertain",
    "start": day(0),
    "end": day(119),
    "locations": {"delta": {}, "echo": {"capacity": 60}, "home": {"outside": True}},
    "contingents": {
        "alpha": {"personnel": {"uniform": [60, 100]}, "at": {"delta": 2, "echo": {"uniform": [0, 1]}}},
        "bravo": {"personnel": 40, "at": "delta", "tours": {"days": 40, "units": 2, "first_ends": day(9)}},
    },
    "lift": {"road": {"slots": 1, "seats": 10, "cycle_days": {"triangular": [1, 2, 6]}, "transit_days": 1}},
    "stations": {"wash": {"slots": 1, "seats": 20, "service_days": {"exponential": 1}}},
    "regimes": {
        "initial": "calm",
        "states": {
            "calm": {"lasts_days": {"exponential": 20}, "then": {"war": 1}},
            "war": {"lasts_days": {"exponential": 10}, "then": {"calm": 3, "war": 1}},
        },
    },
    "events": {
        "attack": {
            "per_day": {"calm": 0.02, "war": 0.3},
            "at": {"delta": 1, "echo": 1},
            "effects": {"shut": {"close": "here", "for_days": {"uniform": [1, 4]}, "probability": 0.7}},
        },
        "upheaval": {
            "probability": 0.5,
            "between": [day(5), day(60)],
            "effects": {
                "stop": {"hold": "all", "keep": {"uniform": [0, 60]}, "for_days": {"exponential": 15}},
                "slip": {"reschedule": "p2", "by_days": {"uniform": [-5, 20]}},
            },
        },
    },
    "phases": {
        "p1": {
            "starts": day(0),
            "drawdowns": {
                "d1": {"of": "alpha", "at": "delta", "schedule": {day(20): 0}, "to": {"echo": {"by": "road"}}}
            },
            "handovers": {"delta": {"takes_days": {"uniform": [1, 9]}}},
        },
        "p2": {
            "starts": day(10),
            "gate": {"review_every_days": 5, "passes": 0.4, "unless": {"at-war": {"regime": "war"}}},
            "drawdowns": {
                "d2": {"at": "echo", "schedule": {day(50): 0}, "to": {"home": {"through": "wash", "by": "road"}}},
                "d3": {"of": "bravo", "at": "delta", "schedule": {day(60): 0}, "to": "home", "pace": "late"},
            },
        },
    },
}
"""A small plan in which nearly every number is drawn, by streams that bear the names of what they are for."""


def measured(content: dict, *, seed: int, replications: int) -> np.ndarray:
    """Return what replications show, a row each: person-days in place, days waited, events, and when all was done."""
    plan = compile_plan(scenario_of(content))
    draws = draw(plan, seed=seed, replications=replications)
    rows = []
    for replication in range(replications):
        outcome = simulate(plan, draws, replication=replication)
        inside_days = sum(
            change * (plan.horizon - minute) / 1440
            for minute, cell, _, change in outcome.changes
            if not plan.locations[cell % len(plan.locations)].outside
        )
        waits: dict[str, int] = {}
        for index, queue in enumerate(outcome.queues):
            for each in queue.gone + queue.waiting:
                for cause, minutes in outcome.waits(index, each).items():
                    waits[cause] = waits.get(cause, 0) + minutes
        done = [plan.horizon if each.done_at is None else each.done_at for each in (*outcome.phases, *outcome.sites)]
        causes = [waits.get(cause, 0) for cause in ("gate", "hold", "closure", "room", "station", "lift")]
        rows.append([inside_days, *causes, len(outcome.happenings), len(outcome.regimes), *done])
    return np.array(rows)


@seeds(47, replications=200)
def test_other_names_leave_the_law_as_it_was(seed, replications):
    """Names that sort alike draw other numbers from the same law: 200 replications each, twelve means.

    Each pair of means differs by less than 4 standard errors of the difference; none of the samples are the same.
    """
    there = renamed(RICH, ids_of(RICH))
    one = measured(RICH, seed=seed, replications=replications)
    other = measured(there, seed=seed, replications=replications)

    error = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / replications)
    assert (one.std(axis=0) > 0).all()
    assert (abs(one.mean(axis=0) - other.mean(axis=0)) < 4 * error).all()
    assert (one != other).any(axis=0).all()


@for_all(12, **anything)
def test_an_unrelated_place_changes_nothing(content, seed):
    """A place and its contingent that sort before all others: every other row stays, bit for bit."""
    more = deepcopy(content)
    more["locations"]["aaa"] = {"capacity": 10}
    more["contingents"]["aaa"] = {"personnel": {"uniform": [3, 9]}, "at": "aaa"}

    assert named(play(more, seed), without="aaa") == named(play(content, seed))


@for_all(12, **anything, data=st.data())
def test_a_drawdown_of_others_elsewhere_changes_nothing(content, seed, data):
    """A contingent of its own in a place of its own, on a lift of its own, behind a gate of its own."""
    more = deepcopy(content)
    more["locations"]["zzz"] = {}
    more["contingents"]["zzz"] = {"personnel": 50, "at": "zzz"}
    lift = {"slots": 1, "seats": 7, "cycle_days": data.draw(durations), "transit_days": 1}
    more["lift"] = {**more.get("lift", {}), "zzz": lift}
    assert "zzz" not in HOW
    more["phases"]["zzz"] = {
        "starts": day(2),
        "gate": {"review_every_days": 3, "passes": 0.5},
        "drawdowns": {"zzz": {"of": "zzz", "at": "zzz", "schedule": {day(30): 0}, "to": {"home": {"by": "zzz"}}}},
    }
    for event in more["events"].values():
        for effect in event["effects"].values():
            if effect.get("reschedule") == "all" and effect.pop("within_days", None):
                effect["by_days"] = 1  # compressed, all would share the last deadline of the other plan
    base = deepcopy(more)
    for part in ("locations", "contingents", "lift", "phases"):
        del base[part]["zzz"]

    found, wanted = named(play(more, seed), without="zzz"), named(play(base, seed))

    assert found["changes"] == wanted["changes"]
    assert {name: found["serials"][name] for name in wanted["serials"]} == wanted["serials"]


@st.composite
def neighbours(draw: st.DrawFn) -> dict:
    """Make a plan of two contingents at one place that share nothing else: each has a lift and phase of its own."""
    content = {
        "posture": 1,
        "name": "Neighbours",
        "start": day(0),
        "end": day(DAYS - 1),
        "locations": {"delta": {}, "home": {"outside": True}},
        "contingents": {},
        "lift": {},
        "phases": {},
    }
    for who in ("alpha", "bravo"):
        units, first_ends = draw(st.integers(1, 3)), day(draw(st.integers(0, 30)))
        tours = {"days": draw(st.integers(10, 60)), "units": units, "first_ends": first_ends, "overlap_days": 3}
        content["contingents"][who] = {"personnel": draw(st.integers(20, 90)), "at": "delta", "tours": tours}
        slots, seats = draw(st.integers(1, 2)), draw(st.integers(5, 20))
        lift = {"slots": slots, "seats": seats, "cycle_days": draw(durations), "transit_days": draw(durations)}
        content["lift"][f"by-{who}"] = lift
        home = {
            "of": who,
            "at": "delta",
            "schedule": {day(draw(st.integers(10, 40))): draw(st.integers(0, 10))},
            "to": {"home": {"by": f"by-{who}"}},
            "pace": draw(st.one_of(paces, st.just("at-tour-end"))),
        }
        content["phases"][f"p-{who}"] = {"starts": day(draw(st.integers(0, 9))), "drawdowns": {f"d-{who}": home}}
    content["events"] = {f"event-{number}": draw(events(content)) for number in range(3)}
    for event in content["events"].values():
        event.pop("at", None)
        for effect in event["effects"].values():
            if "move" in effect:
                effect["move"]["of"] = effect["move"]["of"][:1]
            if "close" in effect:
                effect["close"] = "delta"
    return content


def split(content: dict) -> dict:
    """Return the plan with bravo at a place of its own; what befell the one place befalls both."""
    there = deepcopy(content)
    there["locations"]["echo"] = {}
    there["contingents"]["bravo"]["at"] = "echo"
    there["phases"]["p-bravo"]["drawdowns"]["d-bravo"]["at"] = "echo"
    for event in there["events"].values():
        for key, effect in list(event["effects"].items()):
            if "close" in effect:
                event["effects"][f"{key}-too"] = {**effect, "close": "echo"}
            elif effect.get("move", {}).get("of") == ["bravo"]:
                effect["move"]["to"] = "echo"
    return there


def strengths(played: Played) -> list[tuple[int, str, int, int]]:
    """Return the changes of everybody inside, wherever that is."""
    places = played.plan.locations
    return sorted(
        (minute, played.plan.cell_names(cell)[0], kind, change)
        for minute, cell, kind, change in played.outcome.changes
        if not places[cell % len(places)].outside
    )


@for_all(20, content=neighbours())
def test_two_who_share_nothing_but_a_place_may_as_well_stand_apart(content):
    """Two contingents with lifts of their own at a place without limit, or at two: the same serials and strengths.

    Every uncertain value is at its median: queues are named by places, and so are their draws.
    """
    together, apart = play(content, None), play(split(content), None)

    assert numbered(apart.outcome)[1:5] == numbered(together.outcome)[1:5]
    assert strengths(apart) == strengths(together)


def without_remainders(content: dict) -> dict:
    """Return a plan in which nothing leaves a remainder: one place, destination and unit each, levels of nobody.

    A drawdown of one cell may keep all for a time: whoever is more than that is not shared out.
    """
    content = deepcopy(content)
    for part in content["contingents"].values():
        part["at"] = {next(iter(part["at"])): 1}
        if "tours" in part:
            part["tours"]["units"] = 1
    for *_, drawdown in drawdowns_of(content):
        dates = sorted(drawdown["schedule"])
        is_of_one_cell = len(drawdown["at"]) == len(drawdown["of"]) == 1
        drawdown["schedule"] = {**dict.fromkeys(dates, "100%" if is_of_one_cell else 0), dates[-1]: 0}
        name, destination = list(drawdown["to"].items())[-1]
        drawdown["to"] = {name: {key: value for key, value in destination.items() if key != "share"}}
    for event in content["events"].values():
        for effect in event["effects"].values():
            if "move" in effect:
                effect["move"]["of"] = effect["move"]["of"][:1]
                effect.pop("within_days", None)
    return content


SCALED = {"personnel", "loads", "seats", "capacity", "keep", "persons", "serial_persons", "at_most", "at_least"}


def scaled(node: object, times: int) -> object:
    """Return a content in which every number of persons or loads is so many times as large."""
    if isinstance(node, list):
        return [scaled(each, times) for each in node]
    if not isinstance(node, dict):
        return node
    counts_events = "event" in node
    return {
        key: value * times if key in SCALED and isinstance(value, int) and not counts_events else scaled(value, times)
        for key, value in node.items()
    }


@for_all(20, content=befallen().map(without_remainders), seed=st.integers(0, 99), times=st.integers(2, 9))
def test_more_people_in_larger_seats_do_the_same_at_the_same_minutes(content, seed, times):
    """All that counts persons or loads times k: every serial and strength is times k, and no minute moves."""
    assert named(play(scaled(content, times), seed)) == named(play(content, seed), times=times)


@for_all(
    20,
    slots=st.integers(0, 4),
    more=st.integers(1, 3),
    cycle=durations,
    pace=st.sampled_from(["early", "even", "late"]),
    seed=st.integers(0, 99),
)
def test_more_slots_let_nobody_go_later_in_one_queue(slots, more, cycle, pace, seed):
    """One first-come queue under the same draws: each serial goes as early or earlier.

    Kiefer and Wolfowitz (1955): the ordered workloads of c + k servers lie below those of c.
    """
    departed = []
    for each in (slots, slots + more):
        lift = {"slots": each, "seats": 7, "cycle_days": cycle, "transit_days": 1}
        home = {"of": "alpha", "at": "delta", "schedule": {day(10): 0}, "pace": pace, "to": {"home": {"by": "road"}}}
        content = {
            "posture": 1,
            "name": "One queue",
            "start": day(0),
            "end": day(DAYS - 1),
            "locations": {"delta": {}, "home": {"outside": True}},
            "contingents": {"alpha": {"personnel": 80, "at": "delta"}},
            "lift": {"road": lift},
            "phases": {"p1": {"starts": day(0), "drawdowns": {"d1": home}}},
        }
        played = play(content, seed)
        numbers = sorted(played.serials(), key=lambda one: one[1].number)
        departed.append([played.plan.horizon if one.departed_at is None else one.departed_at for _, one in numbers])

    assert all(later >= earlier for later, earlier in zip(*departed, strict=True))


@for_all(12, **anything, data=st.data())
def test_an_event_that_never_happens_changes_nothing(content, seed, data):
    """Probability 0 on a day of the run, with any effect: what may be held or closed then is not."""
    more = deepcopy(content)
    made = {"one": data.draw(effects(content)), "two": data.draw(effects(content))}
    more["events"]["aaa"] = {"probability": 0, "between": [day(0), day(DAYS - 1)], "effects": made}

    assert named(play(more, seed)) == named(play(content, seed))


@for_all(12, **anything, data=st.data())
def test_an_effect_that_never_acts_changes_nothing(content, seed, data):
    """An event every four days whose only effect has probability 0."""
    more = deepcopy(content)
    effect = {**data.draw(effects(content)), "probability": 0}
    more["events"]["aaa"] = {"per_day": 0.25, "effects": {"one": effect}}

    assert named(play(more, seed), without="aaa") == named(play(content, seed))


@for_all(12, **anything)
def test_what_is_sure_to_happen_may_as_well_state_no_probability(content, seed):
    """Probability 1 of an effect, and of an event on a day, is the same as none, bit for bit."""
    sure, plain = deepcopy(content), deepcopy(content)
    for each, probability in ((sure, 1), (plain, None)):
        for event in each["events"].values():
            for part in (event, *event["effects"].values()):
                if part is not event or "on" in part:
                    part.pop("probability", None)
                    part.update({} if probability is None else {"probability": probability})

    assert named(play(sure, seed)) == named(play(plain, seed))


@for_all(12, **anything, first=st.integers(0, DAYS - 1), length=st.integers(0, 9))
def test_an_event_of_probability_1_happens_once_within_its_days(content, seed, first, length):
    """From 00:00 of the first day to the end of the last, or of the run's last."""
    last = min(first + length, DAYS - 1)
    content["events"]["aaa"] = {"probability": 1, "between": [day(first), day(last)]}
    happened = [minute for event, minute in named(play(content, seed))["happenings"] if event == "aaa"]

    assert len(happened) == 1
    assert 1440 * first <= happened[0] < 1440 * (last + 1)


@for_all(12, **anything)
def test_a_rate_that_is_the_same_in_every_regime_is_one_rate(content, seed):
    """A change of regime then uses up what it would have used up anyway."""
    content["regimes"] = {
        "initial": "calm",
        "states": {each: {"lasts_days": 3, "then": {"calm": 1, "war": 1}} for each in ("calm", "war")},
    }
    by_regime = deepcopy(content)
    for event in content["events"].values():
        if "per_day" in event:
            event["per_day"] = 0.1
    for event in by_regime["events"].values():
        if "per_day" in event:
            event["per_day"] = {"calm": 0.1, "war": 0.1}

    assert named(play(by_regime, seed)) == named(play(content, seed))


@for_all(12, **anything, more=st.integers(1, 40))
def test_a_later_end_changes_nothing_before_the_old_one(content, seed, more):
    """What is yet to come has no hold on what has been: changes, departures, reviews and events up to then stay."""
    horizon = 1440 * DAYS
    longer = {**content, "end": day(DAYS - 1 + more)}
    found, wanted = play(longer, seed).outcome, play(content, seed).outcome

    assert [each for each in found.changes if each[0] < horizon] == list(wanted.changes)
    assert [each for each in found.happenings if each.minute < horizon] == list(wanted.happenings)
    assert [[each for each in one if each[0] < horizon] for one in found.reviews] == [
        list(one) for one in wanted.reviews
    ]
    for later, queue in zip(found.queues, wanted.queues, strict=True):
        assert [astuple(each) for each in later.gone if each.departed_at < horizon] == [astuple(e) for e in queue.gone]


def test_a_rate_a_year_is_a_rate_a_day_of_a_year_of_365_and_a_quarter_days(scenario):
    """1,461 a year and 4 a day are one rate: 1,461 / 365.25 = 4. The same events at the same minutes."""
    found = []
    for rate in ({"per_year": 1461}, {"per_day": 4}):
        plan = compile_plan(scenario({"events.strike": {**rate, "judgement": "invented"}}))
        outcome = simulate(plan, draw(plan, seed=1, replications=1), replication=0)
        found.append([each.minute for each in outcome.happenings])

    assert found[0] == found[1]
    assert len(found[0]) > 1000
