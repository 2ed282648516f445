"""Scenarios made by Hypothesis in the language of a file, and the tools to play and read them."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import strategies as st

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.scenario.documents import parse_document
from posture.scenario.loading import validate
from posture.scenario.scenario import Scenario

START = date(2030, 1, 1)
DAYS = 70
"""Length of the run."""

WHERE = ("delta", "echo", "foxtrot")
WHO = ("alpha", "bravo")
HOW = ("road", "sea")
PHASES = ("p1", "p2", "p3")

Content = dict


def scenario_of(content: Content) -> Scenario:
    """Return the scenario that a file of this content states."""
    document = parse_document(json.dumps(content), file="generated.yaml")
    parts, warnings = validate(document)
    return Scenario(parts, document, warnings)


def play_content(content: Content, *, seed: int = 1, replication: int = 0) -> Outcome:
    """Return one replication of the scenario that a file of this content states."""
    plan = compile_plan(scenario_of(content))
    return simulate(plan, draw(plan, seed=seed, replications=1, first=replication), replication=replication)


def day(number: int) -> str:
    """Return the ISO date so many days after the start."""
    return (START + timedelta(days=number)).isoformat()


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Draw some of the names, at least one, in their order."""
    return st.sets(st.sampled_from(names), min_size=1).map(sorted)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Draw a value, or none half of the time."""
    return st.one_of(st.none(), strategy)


eighths = st.sampled_from([0, 0.125, 0.5, 1, 1.5, 2, 4, 7])
"""Days that make many things fall on the same minute."""

odd_days = st.integers(0, 9000).map(lambda n: n / 1440)
"""Days, to any minute."""

durations = st.one_of(
    eighths, odd_days, st.tuples(eighths, eighths).map(lambda two: {"choice": {str(each): 1 for each in {*two}}})
)

gates = st.fixed_dictionaries(
    {"review_every_days": st.sampled_from([1, 3, 7, 0.5]), "passes": st.sampled_from([1, 0.3, 0.6, 1, 0])},
    optional={"first_review": st.sampled_from([0, 4, 9, 20]).map(day)},
)

paces = st.sampled_from(["early", "even", "late", 2, 0.7])


def _without_none(entries: dict) -> dict:
    return {key: value for key, value in entries.items() if value is not None}


@st.composite
def locations(draw: st.DrawFn) -> dict:
    """One to three locations, some of them narrow, and home."""
    names = draw(some(WHERE))
    capacities = {each: draw(st.sampled_from([None, None, 40, 80, 120])) for each in names}
    inside = {each: _without_none({"capacity": capacities[each], "country": "Northland"}) for each in names}
    return {**inside, "home": {"outside": True}}


@st.composite
def contingents(draw: st.DrawFn, places: tuple[str, ...]) -> dict:
    """One or two contingents over some of the places."""
    return {
        name: {
            "personnel": draw(st.integers(1, 120)),
            "at": {place: draw(st.integers(1, 3)) for place in draw(some(places))},
        }
        for name in draw(some(WHO))
    }


@st.composite
def lifts(draw: st.DrawFn) -> dict:
    """No lift, one or two, with few slots."""
    names = draw(some(HOW)) if draw(st.integers(0, 5)) else []
    return {
        name: _without_none(
            {
                "slots": draw(st.sampled_from([1, 1, 1, 2, 3, 0])),
                "seats": draw(st.sampled_from([10, 20, 20, 35, None])),
                "cycle_days": draw(durations),
                "transit_days": draw(durations),
            }
        )
        for name in names
    }


@st.composite
def destinations(draw: st.DrawFn, others: tuple[str, ...], lift: tuple[str, ...]) -> dict:
    """One or two destinations, with shares, by lift or at once."""
    names = draw(st.sets(st.sampled_from(others), min_size=1, max_size=2).map(sorted))
    tenths = draw(st.integers(0, 10))
    shares = [None] if len(names) == 1 else [tenths / 10, round(1 - tenths / 10, 1)]
    ways = [draw(st.permutations(draw(some(lift)))) if lift and draw(st.integers(0, 3)) else None for _ in names]
    return {
        name: _without_none({"share": share, "by": by}) for name, share, by in zip(names, shares, ways, strict=True)
    }


@st.composite
def schedules(draw: st.DrawFn, earliest: int, standing: float) -> dict:
    """One to three deadlines with levels that do not rise, in persons or in percent."""
    days = draw(st.sets(st.sampled_from([0, 4, 9, 19]), min_size=1, max_size=3).map(sorted))
    days = [earliest + each for each in days]
    if draw(st.booleans()):
        levels = draw(st.lists(st.sampled_from([0, 0, 25, 50, 100]), min_size=len(days), max_size=len(days)))
        return {day(d): f"{level}%" for d, level in zip(days, sorted(levels, reverse=True), strict=True)}
    levels = draw(st.lists(st.integers(0, int(standing)), min_size=len(days), max_size=len(days)))
    return {day(d): level for d, level in zip(days, sorted(levels, reverse=True), strict=True)}


@st.composite
def contents(draw: st.DrawFn, *, most_phases: int = 3) -> Content:
    """Draw a whole file: phases may wait for one another and for gates, and shift people into each other's places."""
    where = draw(locations())
    places = tuple(each for each in where if each != "home")
    forward = places if draw(st.booleans()) else places[::-1]  # nobody comes back: a circle without lift never ends
    who = draw(contingents(places))
    lift = draw(lifts())
    phases = {}
    for name in PHASES[: draw(st.integers(1, most_phases))]:
        starts = draw(st.sampled_from([0, 0, 5, 9, 10]))
        split = draw(st.integers(1, len(places)))
        groups = [each for each in (forward[:split], forward[split:]) if each]
        drawdowns = {}
        for key, mine in zip(("d1", "d2"), groups[: draw(st.integers(1, len(groups)))], strict=False):
            drawdowns[key] = draw(_drawdown(mine, forward, who, tuple(lift), starts))
        before = tuple(phases)
        phases[name] = _without_none(
            {
                "starts": day(starts),
                "after": draw(maybe(some(before))) if before else None,
                "gate": draw(gates) if draw(st.integers(0, 3)) == 0 else None,
                "pace": draw(maybe(paces)),
                "margin_days": draw(st.sampled_from([None, None, 0, 0.5, 2, 40])),
                "drawdowns": drawdowns,
            }
        )
    content = {
        "posture": 1,
        "name": "Generated",
        "start": START.isoformat(),
        "end": day(DAYS - 1),
        "locations": where,
        "contingents": who,
        "phases": phases,
        "milestones": {"all-out": {"by": day(40), "strength": {"at_most": 0}, "judgement": "generated"}},
    }
    return {**content, "lift": lift} if lift else content


@st.composite
def _drawdown(draw: st.DrawFn, mine: tuple[str, ...], where: tuple[str, ...], who: dict, lift: tuple, starts: int):
    of = draw(some(tuple(who)))
    others = (*where[where.index(mine[-1]) + 1 :], "home")
    standing = 0.0
    for each in of:
        weights = who[each]["at"]
        standing += who[each]["personnel"] * sum(weights.get(place, 0) for place in mine) / sum(weights.values())
    to = draw(destinations(others, lift))
    return _without_none(
        {
            "of": of,
            "at": list(mine),
            "schedule": draw(schedules(starts, standing)),
            "to": to,
            "pace": draw(maybe(paces)),
            "margin_days": draw(st.sampled_from([None, None, 0, 0.5, 2, 40])),
            "gate": draw(gates) if draw(st.integers(0, 3)) == 0 else None,
            "order": draw(maybe(st.permutations(mine))),
            "serial_persons": None if any("by" in each for each in to.values()) else draw(maybe(st.integers(5, 50))),
        }
    )
