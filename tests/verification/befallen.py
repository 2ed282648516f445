"""Plans of every kind that anything may befall, made by Hypothesis, and the tools to play and read them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from generated import DAYS, contents, day, durations, paces, scenario_of, some
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import goes_round

from posture.model.compiling import compile_plan
from posture.model.draws import Draws, ReplicationDraws, draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.model.plan import EffectPlan, Plan
from posture.model.queues import Serial

TIMES_AS_MANY = 10
"""How many times the examples of an ordinary run a nightly one tries."""

SHOWN_AS_FOUND = [Phase.explicit, Phase.generate]
"""What fails is not made smaller: a plan takes long to shrink."""

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

HISTORIES = 240
"""How many histories every identity is asked of."""

STATIONS = ("customs", "wash")

stays = st.integers(1, 60).map(lambda n: n / 4)


def people(content: dict) -> tuple[str, ...]:
    """Return the contingents of a content that are people."""
    return tuple(name for name, part in content["contingents"].items() if "personnel" in part)


def inside(content: dict) -> list[str]:
    """Return the places of a content that are not outside."""
    return [each for each in content["locations"] if each != "home"]


def drawdowns_of(content: dict) -> Iterator[tuple[str, str, dict]]:
    """Yield every drawdown with the ids of its phase and its own."""
    for name, phase in content["phases"].items():
        for key, drawdown in phase["drawdowns"].items():
            yield name, key, drawdown


def effects(content: dict, *, here: bool = False) -> st.SearchStrategy[dict]:
    """One effect of any kind on a plan; `here`: of an event that takes place somewhere."""
    places = inside(content)
    plans = ["all", *content["phases"], *(f"{name}.{key}" for name, key, _ in drawdowns_of(content))]
    target, place, who = st.sampled_from(plans), st.sampled_from(places), some(people(content))
    closed = st.sampled_from([*places, "here"]) if here else place
    persons, lasting = st.integers(1, 60), {"for_days": stays}
    call = st.fixed_dictionaries({"of": who, "from": st.just("home"), "to": place, "persons": persons})
    kinds: list[tuple[dict, dict]] = [
        ({"close": closed, **lasting}, {}),
        ({"hold": target, **lasting}, {}),
        ({"hold": target, "keep": st.integers(1, 40), **lasting}, {}),
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
    if "regimes" in content:
        kinds.append(({"regime": st.sampled_from([*content["regimes"]["states"]])}, {}))
    chance = {"probability": st.just(0.6)}
    return st.one_of([st.fixed_dictionaries(always, optional={**more, **chance}) for always, more in kinds])


@st.composite
def events(draw: st.DrawFn, content: dict) -> dict:
    """One event: on a day, at a rate, by regime, or once within a time; some of them take place somewhere."""
    ways: list[st.SearchStrategy[dict]] = [
        st.integers(0, DAYS - 1).map(lambda n: {"on": day(n)}),
        st.just({"per_day": 0.05}),
        st.just({"per_day": 0.2, "between": [day(5), day(35)]}),
        st.just({"probability": 0.6, "between": [day(3), day(40)]}),
    ]
    if "regimes" in content:
        rates = {"calm": st.sampled_from([0, 0.02]), "war": st.sampled_from([0.1, 0.4])}
        ways += [st.fixed_dictionaries({"per_day": st.fixed_dictionaries(rates)})] * 2
    places = {each: draw(st.integers(1, 3)) for each in draw(some(tuple(inside(content))))}
    where = {"at": places} if draw(st.booleans()) else {}
    made = [draw(effects(content, here=bool(where))) for _ in range(draw(st.integers(1, 2)))]
    return {**draw(st.one_of(ways)), **where, "effects": {f"effect-{i}": each for i, each in enumerate(made)}}


@st.composite
def befallen(draw: st.DrawFn, *, most_events: int = 6) -> dict:
    """Make a plan with tours, loads, stations, hand-overs and regimes, each for some, and events."""
    content = draw(contents().filter(lambda each: not goes_round(each)))
    for place in inside(content):
        if draw(st.integers(0, 3)) == 0:
            content["locations"][place]["capacity"] = draw(st.integers(10, 60))
    for add in (_add_tours, _add_loads, _add_stations, _add_handovers, _add_regimes):
        add(draw, content)
    content["events"] = {
        f"event-{number}": draw(events(content)) for number in range(draw(st.integers(1, most_events)))
    }
    _add_unless(draw, content)
    return content


def _add_tours(draw: st.DrawFn, content: dict) -> None:
    for part in content["contingents"].values():
        if draw(st.booleans()):
            part["tours"] = {
                "days": draw(st.integers(5, 60)),
                "units": draw(st.integers(1, 4)),
                "first_ends": day(draw(st.integers(0, 15))),
                "overlap_days": draw(st.integers(0, 12)) / 4,
            }
    for _, _, drawdown in drawdowns_of(content):
        touring = any("tours" in content["contingents"][each] for each in drawdown["of"])
        if touring and set(drawdown["to"]) == {"home"} and draw(st.integers(0, 3)):
            drawdown["pace"] = "at-tour-end"
            drawdown["schedule"] = {day(draw(st.integers(20, 60))): draw(st.sampled_from([0, "50%"]))}


def _add_loads(draw: st.DrawFn, content: dict) -> None:
    if not draw(st.booleans()):
        return
    places = draw(some(tuple(inside(content))))
    content["contingents"]["gear"] = {"loads": draw(st.integers(1, 40)), "at": dict.fromkeys(places, 1)}
    for lift in content.get("lift", {}).values():
        lift["loads"] = draw(st.sampled_from([5, 10]))
    drawdown = {"of": "gear", "at": places, "schedule": {day(draw(st.sampled_from([15, 30]))): 0}, "to": {"home": {}}}
    if draw(st.booleans()):
        drawdown["pace"] = draw(paces)
    if "lift" in content:
        drawdown["to"]["home"]["by"] = draw(st.permutations(sorted(content["lift"])))
    content["phases"][draw(st.sampled_from(sorted(content["phases"])))]["drawdowns"]["gear"] = drawdown


def _add_stations(draw: st.DrawFn, content: dict) -> None:
    if not draw(st.booleans()):
        return
    names = draw(some(STATIONS))
    sizes = st.fixed_dictionaries({}, optional={"seats": st.sampled_from([8, 15]), "loads": st.just(3)})
    content["stations"] = {
        each: {"slots": draw(st.sampled_from([1, 1, 2])), "service_days": draw(durations), **draw(sizes)}
        for each in names
    }
    for _, _, drawdown in drawdowns_of(content):
        for destination in drawdown["to"].values():
            if drawdown.get("pace") != "at-tour-end" and draw(st.booleans()):
                destination["through"] = draw(st.permutations(draw(some(tuple(names)))))


def _add_handovers(draw: st.DrawFn, content: dict) -> None:
    for place in inside(content):
        if draw(st.booleans()):
            phase = content["phases"][draw(st.sampled_from(sorted(content["phases"])))]
            after = draw(some(("loads", "personnel")))
            phase.setdefault("handovers", {})[place] = {"after": after, "takes_days": draw(st.one_of(durations, stays))}


def _add_regimes(draw: st.DrawFn, content: dict) -> None:
    if not draw(st.booleans()):
        return
    lasts = st.sampled_from([3, 8.5, {"exponential": 10}])
    lull = {"lasts_days": draw(lasts), "then": {"war": 1}}
    war = {"lasts_days": draw(lasts), "then": {"calm": 2, "war": 1}} if draw(st.booleans()) else {}
    content["regimes"] = {"initial": "calm", "states": {"calm": lull, "war": war}}


def _add_unless(draw: st.DrawFn, content: dict) -> None:
    """Have something keep gates from passing: an event, a regime, a strength, a phase or hand-over done."""
    event = st.sampled_from(sorted(content["events"]))
    ways = [
        st.builds(lambda each, days: {"event": each, "at_least": 1, "in_days": days}, event, stays),
        st.integers(1, 100).map(lambda count: {"strength": {"of": list(people(content)), "at_least": count}}),
        st.sampled_from(sorted(content["phases"])).map(lambda each: {"phase": each}),
    ]
    if "regimes" in content:
        ways.append(st.just({"regime": "war"}))
    sites = [place for phase in content["phases"].values() for place in phase.get("handovers", {})]
    if sites:
        ways.append(st.sampled_from(sites).map(lambda each: {"handover": each}))
    owners = [*content["phases"].values(), *(drawdown for _, _, drawdown in drawdowns_of(content))]
    for owner in owners:
        if "gate" in owner and draw(st.booleans()):
            owner["gate"]["unless"] = {"not-now": draw(st.one_of(ways))}


@dataclass(frozen=True)
class Struck:
    """An effect that acted, in force in the minutes [`minute`, `until`); `location`: where its event took place."""

    effect: EffectPlan
    minute: int
    until: int
    location: int | None

    def holds_at(self, minute: int) -> bool:
        """Tell whether it is in force at a minute."""
        return self.minute <= minute < self.until


@dataclass(frozen=True)
class Played:
    """A replication and what it was played with."""

    plan: Plan
    draws: Draws
    outcome: Outcome

    @property
    def row(self) -> ReplicationDraws:
        """Return the draws of the replication."""
        return self.draws.of(self.outcome.replication)

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

    def struck(self, verb: str) -> list[Struck]:
        """Return the effects of a kind that acted, in the order in which they did."""
        row, found = self.row, []
        for each in self.outcome.happenings:
            for effect in self.plan.events[each.event].effects:
                if effect.verb == verb and (effect.happens is None or row.use(effect.happens, each.number)):
                    lasts = self.plan.horizon if effect.lasts is None else row.use(effect.lasts, each.number)
                    place = each.location if effect.location is None else effect.location
                    found.append(Struck(effect, each.minute, each.minute + lasts, place))
        return found

    def standing(self, cells: Sequence[int], minute: int, *, kinds: Sequence[int] = (0, 1, 2, 3)) -> int:
        """Return how many stand in some cells at the end of a minute."""
        rows = self.outcome.changes
        return sum(change for m, cell, kind, change in rows if m <= minute and cell in cells and kind in kinds)

    def is_loads(self, queue: int) -> bool:
        """Tell whether the serials of a queue are loads."""
        return self.plan.contingents[self.plan.queues[queue].contingent].is_loads

    def flows(self) -> dict[int, dict[int, int]]:
        """Return how many of each contingent take to the road, less those who leave it, by minute of the run."""
        net: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for index, each in self.serials():
            if each.departed_at is not None:
                who = self.plan.queues[index].contingent
                net[each.departed_at][who] += each.size
                if each.arrives_at < self.plan.horizon:
                    net[each.arrives_at][who] -= each.size
        return net


def play(content: dict, seed: int | None) -> Played:
    """Return one replication; without a seed every uncertain value is its median."""
    plan = compile_plan(scenario_of(content))
    draws = draw(plan, seed=seed, replications=1)
    return Played(plan, draws, simulate(plan, draws, replication=0))


anything = {"content": befallen(), "seed": st.integers(0, 99)}


def for_all(examples: int, **strategies: st.SearchStrategy) -> Callable[[Callable], Callable]:
    """Run a test on so many generated examples, always the same ones; every night on ten times as many fresh ones."""

    def decorate(test: Callable) -> Callable:
        return _twice(test, lambda fresh: _settings(examples, fresh=fresh)(given(**strategies)(test))())

    return decorate


def everywhere(test: Callable[[Played], None]) -> Callable:
    """Run a test on every one of the histories: it takes long to make them, and they are made once for all tests."""

    def try_all(fresh: bool) -> None:
        for content, seed, played in histories(fresh=fresh):
            try:
                test(played)
            except AssertionError as error:
                error.add_note(f"seed {seed} of {json.dumps(content)}")
                raise

    return _twice(test, try_all)


@cache
def histories(*, fresh: bool) -> list[tuple[dict, int, Played]]:
    """Return replications of plans of every kind, each with its content and seed."""
    found = []

    @_settings(HISTORIES, fresh=fresh)
    @given(content=befallen(), seed=st.integers(0, 99))
    def note(content: dict, seed: int) -> None:
        found.append((content, seed, play(content, seed)))

    note()
    return found


def _settings(examples: int, *, fresh: bool) -> settings:
    return settings(
        max_examples=TIMES_AS_MANY * examples if fresh else examples,
        derandomize=not fresh,
        phases=SHOWN_AS_FOUND,
        deadline=None,
        suppress_health_check=CHECKS,
        print_blob=True,
    )


def _twice(test: Callable, run: Callable[[bool], None]) -> Callable:
    """Return a test that runs as `test` says, pinned, and nightly on fresh examples."""

    def both(fresh: bool) -> None:
        run(fresh)

    both.__name__, both.__doc__, both.__module__ = test.__name__, test.__doc__, test.__module__
    ways = [pytest.param(False, id="pinned"), pytest.param(True, id="fresh", marks=pytest.mark.nightly)]
    return pytest.mark.parametrize("fresh", ways)(both)
