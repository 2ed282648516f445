"""What never happens, whatever the scenario: plans of all kinds under events, tours, closures, holds and moves."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta

from generated import DAYS, HOW, contents, day, durations, scenario_of, some
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import goes_round

from posture.model.compiling import compile_plan
from posture.model.draws import Draws, draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.model.plan import EffectPlan, Plan
from posture.model.queues import Serial
from posture.model.rules import scaled

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
FIND = [Phase.explicit, Phase.reuse, Phase.generate]
"""What fails is shown as found: it takes long to shrink."""
often = settings(max_examples=25, phases=FIND, deadline=None, suppress_health_check=CHECKS)
seldom = settings(max_examples=12, phases=FIND, deadline=None, suppress_health_check=CHECKS)
stays = st.integers(1, 60).map(lambda n: n / 4)

# ----- scenarios


def effects(content: dict) -> st.SearchStrategy[dict]:
    """One effect of any kind on a plan."""
    places = [each for each in content["locations"] if each != "home"]
    plans = ["all", *content["phases"]]
    plans += [f"{name}.{key}" for name, part in content["phases"].items() for key in part["drawdowns"]]
    target, place, who = st.sampled_from(plans), st.sampled_from(places), some(tuple(content["contingents"]))
    persons, lasting = st.integers(1, 60), {"for_days": stays}
    call = st.fixed_dictionaries({"of": who, "from": st.just("home"), "to": place, "persons": persons})
    kinds: list[tuple[dict, dict]] = [
        ({"close": place, **lasting}, {}),
        ({"hold": target, **lasting}, {}),
        ({"hold": target, "keep": persons, **lasting}, {}),
        ({"reschedule": target, "by_days": st.integers(-80, 80).map(lambda n: n / 8)}, {}),
        ({"reschedule": target, "within_days": stays}, {}),
        ({"move": call, "within_days": stays}, lasting),
    ]
    if len(places) > 1:
        ways = st.permutations(places).map(lambda each: {"from": each[0], "to": each[1]})
        shift = st.builds(lambda way, of, count: {**way, "of": of, "persons": count}, ways, who, persons)
        kinds.append(({"move": shift}, lasting))
    if "lift" in content:
        kinds.append(({"hurry": st.just("all"), "times": st.sampled_from([0, 0.5, 2]), **lasting}, {}))
    return st.one_of([st.fixed_dictionaries(always, optional=sometimes) for always, sometimes in kinds])


@st.composite
def befallen(draw: st.DrawFn, *, most_events: int = 4) -> dict:
    """Make a plan with events, and with tours for some of its contingents."""
    content = draw(contents().filter(lambda each: not goes_round(each)))
    for part in content["contingents"].values():
        if draw(st.booleans()):
            part["tours"] = {
                "days": draw(st.integers(10, 60)),
                "units": draw(st.integers(1, 4)),
                "first_ends": day(draw(st.integers(0, 30))),
                "overlap_days": draw(st.integers(0, 20)) / 4,
            }
    for phase in content["phases"].values():
        for drawdown in phase["drawdowns"].values():
            touring = all("tours" in content["contingents"][each] for each in drawdown["of"])
            if touring and set(drawdown["to"]) == {"home"} and draw(st.booleans()):
                drawdown["pace"] = "at-tour-end"
    content["events"] = {
        f"event-{number}": {
            **draw(
                st.one_of(
                    st.integers(0, DAYS - 1).map(lambda n: {"on": day(n)}),
                    st.just({"per_day": 0.05}),
                    st.just({"probability": 0.6, "between": [day(3), day(40)]}),
                )
            ),
            "effects": {f"effect-{i}": draw(effects(content)) for i in range(draw(st.integers(1, 2)))},
        }
        for number in range(draw(st.integers(1, most_events)))
    }
    return content


@dataclass(frozen=True)
class Played:
    """A replication and what it was played with."""

    plan: Plan
    draws: Draws
    outcome: Outcome

    def serials(self) -> list[tuple[int, Serial]]:
        """Return every serial with its queue."""
        return [(i, each) for i, queue in enumerate(self.outcome.queues) for each in queue.gone + queue.waiting]

    def gone(self) -> list[tuple[int, Serial, int]]:
        """Return those that departed as ordinary serials do, with the minute: not with a unit at its tour's end."""
        return [
            (i, each, each.departed_at)
            for i, each in self.serials()
            if each.departed_at is not None and each.departed_at != each.tour_end
        ]

    def in_force(self, verb: str) -> list[tuple[int, int, EffectPlan]]:
        """Return (from, until, effect) for all that ever struck."""
        row, found = self.draws.of(self.outcome.replication), []
        for each in self.outcome.happenings:
            for effect in self.plan.events[each.event].effects:
                if effect.verb == verb:
                    lasts = self.plan.horizon if effect.lasts is None else row.use(effect.lasts, each.number)
                    found.append((each.minute, each.minute + lasts, effect))
        return found


def play(content: dict, seed: int) -> Played:
    """Return one replication."""
    plan = compile_plan(scenario_of(content))
    draws = draw(plan, seed=seed, replications=1)
    return Played(plan, draws, simulate(plan, draws, replication=0))


anything = {"content": befallen(), "seed": st.integers(0, 99)}

# ----- what never happens


@often
@given(**anything)
def test_nobody_is_created_or_lost_and_no_strength_is_negative(content, seed):
    """Inside, every cell and kind stays at 0 or above; with home and the road, all add up to those of the start.

    Relief whose unit had left before its tour ended stays: then, with tours, there may be more.
    """
    played = play(content, seed)
    plan, standing = played.plan, defaultdict(int)

    for minute, cell, kind, change in played.outcome.changes:
        standing[cell, kind] += change
        assert plan.locations[cell % len(plan.locations)].outside or standing[cell, kind] >= 0, minute
    road = sum(e.size for _, e in played.serials() if e.departed_at is not None and e.arrives_at >= plan.horizon)
    troops = sum(count for (_, kind), count in standing.items() if kind == 0)
    called = sum(count for (_, kind), count in standing.items() if kind == 2)
    total = sum(part["personnel"] for part in content["contingents"].values())
    tours = any("tours" in part for part in content["contingents"].values())
    assert troops + road + called >= total if tours else troops + road + called == total


@often
@given(**anything)
def test_nobody_departs_before_it_is_planned_or_its_phase_has_started(content, seed):
    """Departed >= planned, >= the start of the phase, >= the pass of the gate; arrived >= departed."""
    played = play(content, seed)

    for index, each in played.serials():
        if each.departed_at is None:
            continue
        drawdown = played.plan.drawdowns[played.plan.queues[index].drawdown]
        assert each.departed_at >= each.planned_at
        assert each.departed_at >= played.outcome.phases[drawdown.phase].started_at
        assert each.arrives_at >= each.departed_at
        if drawdown.gate is not None:
            minute, passed = played.outcome.reviews[drawdown.gate][-1]
            assert passed
            assert each.departed_at >= minute


@often
@given(**anything)
def test_waits_add_up_to_departed_less_planned(content, seed):
    """To the minute, for whoever departed; for the rest up to the horizon."""
    played = play(content, seed)

    for index, each in played.serials():
        end = played.plan.horizon if each.departed_at is None else each.departed_at
        waits = played.outcome.waits(index, each)
        assert sum(waits.values()) == max(0, end - each.planned_at), (played.plan.queues[index].name, each, waits)


@often
@given(**anything)
def test_no_serial_departs_from_or_to_a_closed_place(content, seed):
    """Closed on [m, m + for_days) by the events that happened."""
    played = play(content, seed)
    closed = [(start, until, effect.location) for start, until, effect in played.in_force("close")]

    for index, _, minute in played.gone():
        queue = played.plan.queues[index]
        ends = {queue.location, queue.destination}
        assert not [each for each in closed if each[0] <= minute < each[1] and each[2] in ends]


@often
@given(**anything)
def test_no_serial_departs_while_held(content, seed):
    """Held on [m, m + for_days) without keep: of the drawdowns named nobody goes."""
    played = play(content, seed)
    held = [each for each in played.in_force("hold") if each[2].keep is None]

    for index, _, minute in played.gone():
        drawdown = played.plan.queues[index].drawdown
        assert not [each for each in held if each[0] <= minute < each[1] and drawdown in each[2].drawdowns]


@often
@given(**anything)
def test_no_serial_departs_into_a_full_place(content, seed):
    """After the departures of a minute, those at a place of limited room that got one, and on the way to it, fit in."""
    played = play(content, seed)
    plan, row = played.plan, played.draws.of(0)

    for index, _, minute in played.gone():
        place = plan.queues[index].destination
        capacity = plan.locations[place].capacity
        if capacity is None:
            continue
        there = sum(
            c for m, cell, _, c in played.outcome.changes if cell % len(plan.locations) == place and m <= minute
        )
        coming = sum(
            each.size
            for other, each in played.serials()
            if plan.queues[other].destination == place
            and each.departed_at is not None
            and each.departed_at <= minute < each.arrives_at
        )
        assert there + coming <= row.once[capacity]


@often
@given(**anything)
def test_no_more_slots_are_taken_than_there_are(content, seed):
    """Whenever a serial departs by lift, the busy slots with its own are at most the slots, hurried or stopped."""
    played = play(content, seed)
    plan, row = played.plan, played.draws.of(0)
    hurried = played.in_force("hurry")
    busy: dict[int, list[tuple[int, int]]] = {index: [] for index in range(len(plan.lifts))}
    for index, each, minute in played.gone():
        if each.lift is not None:
            queue = plan.queues[index]
            cycle = row.use(queue.cycles[queue.lifts.index(each.lift)], each.number)
            busy[each.lift].append((minute, minute + cycle))

    for lift, trips in busy.items():
        for minute, _ in trips:
            taken = sum(start <= minute < end for start, end in trips)
            strongest = [row.use(effect.times, 0) for start, until, effect in hurried if start <= minute < until]
            times = 10**6 if not strongest else 0 if 0 in strongest else max(strongest)
            assert taken <= scaled(row.once[plan.lifts[lift].slots], times)
            assert times > 0


@often
@given(**anything)
def test_no_serial_overtakes_in_its_queue(content, seed):
    """Those of a queue go by (planned, number), but for units that leave at their tour's end."""
    played = play(content, seed)

    for index, queue in enumerate(played.outcome.queues):
        if played.plan.drawdowns[played.plan.queues[index].drawdown].pace is None:
            continue
        keys = [(each.planned_at, each.number) for each in queue.gone + queue.waiting]
        assert keys == sorted(keys)
        assert len({each.number for each in queue.gone + queue.waiting}) == len(keys)


@often
@given(**anything)
def test_what_is_done_has_nobody_to_go_at_that_minute(content, seed):
    """A phase is done at the last of its drawdowns; a drawdown not before its phase starts."""
    played = play(content, seed)

    for plan, phase in zip(played.plan.phases, played.outcome.phases, strict=True):
        parts = [played.outcome.drawdowns_done_at[each] for each in plan.drawdowns]
        assert phase.done_at == (None if None in parts else max(parts))
        assert all(part is None or part >= phase.started_at for part in parts)
        for other in plan.after:
            before = played.outcome.phases[other].done_at
            assert phase.started_at is None or (before is not None and before <= phase.started_at)


@often
@given(**anything)
def test_the_record_holds_one_net_row_a_minute_and_cell(content, seed):
    """Rows in order of (minute, cell, kind), each once, none of them 0, all within [0, H)."""
    played = play(content, seed)
    rows = played.outcome.changes

    assert [each[:3] for each in rows] == sorted({each[:3] for each in rows})
    assert all(change and 0 <= minute < played.plan.horizon for minute, _, _, change in rows)


@often
@given(content=contents().filter(lambda each: not goes_round(each)), seed=st.integers(0, 99))
def test_the_record_is_what_the_serials_did(content, seed):
    """Without events and tours: who stood there at the start, less each departure, plus each arrival before H."""
    played = play(content, seed)
    plan, net = played.plan, defaultdict(int)
    for minute, cell, _, change in played.outcome.changes:
        net[minute, cell] += change

    for index, each in played.serials():
        if each.departed_at is not None:
            net[each.departed_at, plan.queues[index].cell] += each.size
            if each.arrives_at < plan.horizon:
                net[each.arrives_at, plan.queues[index].arrival_cell] -= each.size
    left = {key: change for key, change in net.items() if change}
    assert {minute for minute, _ in left} <= {0}
    assert sum(left.values()) == sum(part["personnel"] for part in content["contingents"].values())


@seldom
@given(
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
        home = {
            "of": "alpha",
            "at": "delta",
            "schedule": {day(10): 0},
            "pace": pace,
            "to": {"home": {"by": "road"}},
        }
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
        numbered = sorted(played.serials(), key=lambda one: one[1].number)
        departed.append([played.plan.horizon if one.departed_at is None else one.departed_at for _, one in numbered])

    assert all(later >= earlier for later, earlier in zip(*departed, strict=True))


# ----- what changes nothing


def named(played: Played, *, without: str = "") -> dict[str, object]:
    """Return everything a replication shows, by name and not by index."""
    plan, outcome = played.plan, played.outcome
    return {
        "changes": [
            (minute, *plan.cell_names(cell), kind, change)
            for minute, cell, kind, change in outcome.changes
            if plan.cell_names(cell)[0] != without
        ],
        "serials": {
            plan.queues[index].name: [
                (e.number, e.size, e.planned_at, e.departed_at, e.arrives_at, e.lift, outcome.waits(index, e))
                for e in queue.gone + queue.waiting
            ]
            for index, queue in enumerate(outcome.queues)
        },
        "phases": outcome.phases,
        "drawdowns": outcome.drawdowns_done_at,
        "reviews": outcome.reviews,
        "happenings": [
            (plan.events[each.event].id, each.minute)
            for each in outcome.happenings
            if plan.events[each.event].id != without
        ],
    }


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


@seldom
@given(**anything, weeks=st.integers(-500, 500))
def test_a_shift_of_all_dates_changes_nothing(content, seed, weeks):
    """No rule and no draw looks at the calendar: minutes count from the start."""
    there = shifted(content, timedelta(days=7 * weeks + 3))

    assert named(play(there, seed)) == named(play(content, seed))


@seldom
@given(**anything)
def test_an_unrelated_place_changes_nothing(content, seed):
    """A place, its contingent and a lift that sort before all others: every other row stays, bit for bit."""
    more = deepcopy(content)
    more["locations"]["aaa"] = {"capacity": 10}
    more["contingents"]["aaa"] = {"personnel": {"uniform": [3, 9]}, "at": "aaa"}

    assert named(play(more, seed), without="aaa") == named(play(content, seed))


@seldom
@given(**anything, data=st.data())
def test_an_event_that_never_happens_changes_nothing(content, seed, data):
    """Probability 0 on a day of the run, with any effect: what may be held or closed then is not."""
    more = deepcopy(content)
    never = {"probability": 0, "between": [day(0), day(DAYS - 1)]}
    more["events"]["aaa"] = {
        **never,
        "effects": {"one": data.draw(effects(content)), "two": data.draw(effects(content))},
    }

    assert named(play(more, seed)) == named(play(content, seed))


@seldom
@given(**anything, data=st.data())
def test_an_effect_that_never_acts_changes_nothing(content, seed, data):
    """An event every four days whose only effect has probability 0."""
    more = deepcopy(content)
    effect = {**data.draw(effects(content)), "probability": 0}
    more["events"]["aaa"] = {"per_day": 0.25, "effects": {"one": effect}}

    assert named(play(more, seed), without="aaa") == named(play(content, seed))


@seldom
@given(**anything, data=st.data())
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
