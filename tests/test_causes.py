"""Why a milestone is missed: lateness split by hand on each kind of chain, counterfactuals known exactly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy.stats import t

from posture.model.chains import split_lateness
from posture.model.compiling import compile_plan
from posture.model.counterfactuals import EVERYTHING
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.scenario.scenario import load
from posture.study.causes import (
    estimate_causes,
    estimate_counterfactuals,
    estimate_lateness,
    estimate_ratio,
)
from posture.study.runs import run_scenario

DAY = 1440
ASK = {"judgement": "invented"}
EXIT = "phases.exit.drawdowns"
HOME = f"{EXIT}.alpha-home"
MISSED = "milestones.all-out"
GATE = {"review_every_days": 5, "passes": 1, **ASK}
ON_DAY_30 = {**GATE, "first_review": "2030-01-31"}
HANDOVER = {"northport": {"takes_days": 10, **ASK}}
HANDED_OVER = {"strength": None, "handover": "northport"}
TO_HILLTOP = {"locations.hilltop": {}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}
BRAVO = {"contingents.bravo": {"personnel": 30, "at": "northport", **ASK}, f"{HOME}.of": "alpha"}
ONWARD = {
    "starts": "2030-01-01",
    "after": "exit",
    **ASK,
    "drawdowns": {"bravo-home": {"of": "bravo", "at": "northport", "schedule": {"2030-01-01": 0}, "to": "home"}},
}
"""A second phase: bravo leaves northport at once when exit is done."""


def event(day: str, **effect: object) -> dict[str, object]:
    """Return an event of a day with one effect."""
    return {"on": day, "effects": {"act": effect}, **ASK}


def days(parts: dict[str, int] | None) -> dict[str, float]:
    """Return parts of a lateness in days."""
    return {cause: minutes / DAY for cause, minutes in (parts or {}).items()}


SPLITS: dict[str, tuple[dict[str, object], dict[str, float]]] = {
    "a gate of the drawdown passes on day 30": ({f"{HOME}.gate": ON_DAY_30}, {"gate": 21}),
    "a gate of the phase does": ({"phases.exit.gate": ON_DAY_30}, {"gate": 21}),
    "it never passes: 356 days to the horizon": ({"phases.exit.gate": {**GATE, "passes": 0}}, {"gate": 356}),
    "one slot of 20 days, from day 1.5: the third leaves on 41.5": (
        {"lift.trucks": {"slots": 1, "cycle_days": 20}},
        {"lift": 32.5},
    ),
    "the gate on day 30, then one slot of 20 days: the third leaves on 70": (
        {f"{HOME}.gate": ON_DAY_30, "lift.trucks": {"slots": 1, "cycle_days": 20}},
        {"gate": 21, "lift": 40},
    ),
    "held from day 1 to 31": ({"events.stop": event("2030-01-02", hold="exit", for_days=30)}, {"hold": 22}),
    "closed from day 1 to 31": ({"events.stop": event("2030-01-02", close="northport", for_days=30)}, {"closure": 22}),
    "150 places for serials of 60: the third never goes": (
        {**TO_HILLTOP, "locations.hilltop": {"capacity": 150}},
        {"room": 356},
    ),
    "washed for 10 days each from day 1.5 on: the third is done on 31.5": (
        {
            "stations.wash": {"slots": 1, "service_days": 10, **ASK},
            f"{HOME}.to": {"home": {"through": "wash", "by": "trucks"}},
        },
        {"station": 22.5},
    ),
    "planned for 20 days: the last serial leaves on 15.8333": (
        {f"{HOME}.schedule": {"2030-01-09": None, "2030-01-19": 0}},
        {"plan": 15.8333 - 9},
    ),
    "60 are to stay": ({f"{HOME}.schedule": {"2030-01-09": 60}}, {"plan": 356}),
    "the serial of day 7.5 moved by 30 days": (
        {"events.order": event("2030-01-02", reschedule="exit", by_days=30)},
        {"reschedule": 28.5},
    ),
    "the phase, of day 5, moved by 30 before it was counted: the third leaves on 38.3333": (
        {"phases.exit.starts": "2030-01-06", "events.order": event("2030-01-02", reschedule="exit", by_days=30)},
        {"reschedule": 38.3333 - 9},
    ),
    "reinforced from day 5 to 25": (
        {
            "events.come": event(
                "2030-01-06", move={"of": "alpha", "from": "home", "to": "northport", "persons": 9}, for_days=20
            )
        },
        {"reinforcement": 16},
    ),
    "nine come for good on day 5 and wait with the rest for the gate of day 30": (
        {
            f"{HOME}.gate": ON_DAY_30,
            "events.come": event("2030-01-06", move={"of": "alpha", "from": "home", "to": "northport", "persons": 9}),
        },
        {"gate": 21},
    ),
    "nine come on day 20, after the third left on 12 for its hold, and wait for a hold until 24": (
        {
            "events.stop": event("2030-01-02", hold="exit", for_days=11),
            "events.come": event("2030-01-21", move={"of": "alpha", "from": "home", "to": "northport", "persons": 9}),
            "events.stop-again": event("2030-01-21", hold="exit", for_days=4),
            MISSED: {"sustained_days": 30},
        },
        {"hold": 3 + 4, "move": 8},
    ),
    "60 are held until day 15, then 40 days on the road to southport, and held there until 60": (
        {
            "contingents.alpha.personnel": 60,
            "locations.southport": {},
            "lift.trucks.transit_days": 40,
            "events.stop": event("2030-01-02", hold="exit.alpha-home", for_days=14),
            f"{HOME}.to": {"home": None, "southport": {"by": "trucks"}},
            f"{EXIT}.onward": {
                "of": "alpha",
                "at": "southport",
                "schedule": {"2030-01-01": 0},
                "margin_days": 1,
                "to": "home",
            },
            "events.stop-again": event("2030-02-25", hold="exit.onward", for_days=5),
            MISSED: {"sustained_days": 60, "strength": {"at": ["northport", "southport"]}},
        },
        {"hold": 6 + 5, "travel": 40},
    ),
    "emptied on 7.5 by another phase, and then the gate of the phase that hands it over passes on day 30": (
        {
            "phases.after": {"starts": "2030-01-01", "gate": ON_DAY_30, "handovers": HANDOVER, **ASK},
            MISSED: HANDED_OVER,
        },
        {"gate": 21, "handover": 10},
    ),
    "a phase of the phase before, late for its gate": (
        {
            **BRAVO,
            "phases.exit.gate": ON_DAY_30,
            "phases.onward": ONWARD,
            MISSED: {"strength": {"at": "northport", "of": "bravo"}},
        },
        {"gate": 21},
    ),
    "two phases: lift until 41.5, then the gate of the second until 60": (
        {
            **BRAVO,
            "lift.trucks": {"slots": 1, "cycle_days": 20},
            "phases.onward": {**ONWARD, "gate": {**GATE, "first_review": "2030-03-02"}},
            MISSED: {"strength": {"at": "northport", "of": "bravo"}},
        },
        {"lift": 32.5, "gate": 18.5},
    ),
    "three phases, the one in the middle with nothing to do but to be handed over in 10 days": (
        {
            **BRAVO,
            "locations.hilltop": {},
            "phases.exit.gate": ON_DAY_30,
            "phases.middle": {
                "starts": "2030-01-01",
                "after": "exit",
                "handovers": {"hilltop": {"takes_days": 10, **ASK}},
                **ASK,
            },
            "phases.onward": {**ONWARD, "after": "middle"},
            MISSED: {"strength": {"at": "northport", "of": "bravo"}},
        },
        {"gate": 21, "handover": 10},
    ),
    "a second phase that starts on day 40": (
        {
            **BRAVO,
            "phases.onward": {**ONWARD, "starts": "2030-02-10"},
            MISSED: {"strength": {"at": "northport", "of": "bravo"}},
        },
        {"plan": 31},
    ),
    "a phase is done when handed over, 10 days after the last left on day 30 for its gate": (
        {f"{HOME}.gate": ON_DAY_30, "phases.exit.handovers": HANDOVER, MISSED: {"strength": None, "phase": "exit"}},
        {"gate": 21, "handover": 10},
    ),
    "handed over from 7.5 to 17.5": (
        {"phases.exit.handovers": HANDOVER, MISSED: HANDED_OVER},
        {"handover": 8.5},
    ),
    "handed over from 30, closed [31, 36): done on 45": (
        {
            f"{HOME}.gate": ON_DAY_30,
            "phases.exit.handovers": HANDOVER,
            "events.stop": event("2030-02-01", close="northport", for_days=5),
            MISSED: HANDED_OVER,
        },
        {"gate": 21, "handover": 10, "closure": 5},
    ),
    "nobody stands at hilltop: handed over when the phase has started, its gate on day 30": (
        {
            "locations.hilltop": {},
            "phases.exit.gate": ON_DAY_30,
            "phases.exit.handovers": {"hilltop": {"takes_days": 2, **ASK}},
            MISSED: {"strength": None, "handover": "hilltop"},
        },
        {"gate": 21, "handover": 2},
    ),
    "180 are to be at hilltop: the third leaves on 7.5 and is there on 17.5": (
        {
            **TO_HILLTOP,
            "lift.trucks.transit_days": 10,
            MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 180}},
        },
        {"travel": 8.5},
    ),
    "the same, of the gate of day 30": (
        {
            **TO_HILLTOP,
            f"{HOME}.gate": ON_DAY_30,
            "lift.trucks.transit_days": 10,
            MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 180}},
        },
        {"gate": 21, "travel": 10},
    ),
    "the later of two decides for all of them": (
        {
            **BRAVO,
            f"{HOME}.gate": ON_DAY_30,
            f"{EXIT}.bravo-home": {**ONWARD["drawdowns"]["bravo-home"], "gate": {**GATE, "first_review": "2030-01-16"}},
            "milestones": {
                "alpha-out": {"by": "2030-01-09", "strength": {"of": "alpha", "at": "northport", "at_most": 0}, **ASK},
                "bravo-out": {"by": "2030-01-09", "strength": {"of": "bravo", "at": "northport", "at_most": 0}, **ASK},
                "all-out": {"by": None, "strength": None, "all": ["alpha-out", "bravo-out"], **ASK},
            },
        },
        {"gate": 21},
    ),
    "and the earlier for any": (
        {
            **BRAVO,
            f"{HOME}.gate": ON_DAY_30,
            f"{EXIT}.bravo-home": {**ONWARD["drawdowns"]["bravo-home"], "gate": {**GATE, "first_review": "2030-01-16"}},
            "milestones": {
                "alpha-out": {"by": "2030-01-09", "strength": {"of": "alpha", "at": "northport", "at_most": 0}, **ASK},
                "bravo-out": {"by": "2030-01-09", "strength": {"of": "bravo", "at": "northport", "at_most": 0}, **ASK},
                "all-out": {"by": None, "strength": None, "any": ["alpha-out", "bravo-out"], **ASK},
            },
        },
        {"gate": 6},
    ),
}
"""Due by the end of 9 January, day 9, unless it says otherwise: what is late, and for what, in days."""


@pytest.mark.parametrize("case", SPLITS)
def test_lateness_is_split_by_what_the_chain_waited_for(outcome, case):
    """Serials are planned for days 1.5, 4.5 and 7.5; only what is waited for from day 9 on counts."""
    settings, expected = SPLITS[case]

    assert days(split_lateness(outcome(settings), "all-out")) == pytest.approx(expected, abs=1e-3)


def test_a_relief_that_stays_behind_is_late_by_its_tour(outcome):
    """Of one unit 60 still stand there on day 5, when 60 come to relieve them; the 60 leave on 7.5 as planned.

    When the overlap ends on day 15 the relief are troops, latecomers of that minute who go at once: 6 days late.
    """
    tours = {"days": 300, "units": 1, "first_ends": "2030-01-16", "overlap_days": 10}
    played = outcome({"contingents.alpha.tours": tours, MISSED: {"sustained_days": 30}})

    assert days(split_lateness(played, "all-out")) == {"tour": 6}


def test_what_is_met_or_has_no_days_late_is_not_split(outcome):
    """Met; and missed, a `throughout`."""
    asked = {"by": None, "throughout": ["2030-01-03", "2030-01-06"], "strength": {"at_most": None, "at_least": 100}}

    assert split_lateness(outcome(), "all-out") is None
    assert split_lateness(outcome({MISSED: asked}), "all-out") is None


@pytest.mark.parametrize("name", ["agreement-2024", "iraq-2009-2011", "syria-2018-2019"])
def test_the_parts_of_each_replication_add_up_to_its_lateness(shipped, name):
    """Twelve replications of what ships: the parts, in days and a fraction, lie in the last of its calendar days."""
    plan = compile_plan(load(shipped / f"{name}.yaml"))
    draws = draw(plan, seed=4, replications=12)
    split = 0
    outcomes = [simulate(plan, draws, replication=each) for each in range(12)]
    for outcome, (index, milestone) in product(outcomes, enumerate(plan.milestones)):
        late = answer_all(outcome)[index].days_late
        parts = split_lateness(outcome, milestone.id)
        if parts is not None and milestone.joined_by is None:
            split += 1
            total = sum(parts.values())
            expected = plan.horizon - milestone.last - 1 if late is None else total
            assert total == expected
            assert late is None or late - 1 <= total / DAY < late
            assert min(parts.values(), default=1) > 0

    assert split > 0


EITHER = {"phases.exit.gate": {"review_every_days": 40, "passes": 0.5, **ASK}}
"""Passes on day 0 half of the time, else on 40, 80, 120, ...: late by 31, 71, ... days for its gate."""


def test_shares_of_one_cause_are_all_of_the_lateness(scenario):
    """Every replication that missed is late for its gate: 100 %, the mean of their days, and each of them took part."""
    run = run_scenario(scenario(EITHER), replications=60)
    found = estimate_lateness(run, "all-out")
    late = [len(each) for each in _reviews(run)]
    expected = [40 * (each - 1) - 9 for each in late if each > 1]

    assert found is not None
    (share,) = found.shares
    assert (share.cause, share.share.estimate, share.took_part.estimate) == ("gate", 1.0, 1.0)
    assert (found.missed, found.never) == (len(expected), 0)
    assert found.days == share.days == pytest.approx(np.mean(expected))


def _reviews(run) -> list[tuple[tuple[int, bool], ...]]:
    draws = draw(run.plan, seed=run.seed, replications=run.replications)
    return [simulate(run.plan, draws, replication=each).reviews[0] for each in range(run.replications)]


def test_shares_are_of_all_days_late_together(scenario):
    """Gate until day 30 or never a gate; 20 days a slot: gate 21 and lift 40 days, or lift 32.5 alone.

    With k of n late for both, the gate has 21 k of 61 k + 32.5 (n - k) days.
    """
    gate = {"review_every_days": 30, "passes": {"choice": {0: 1, 1: 1}}, **ASK}
    settings = {"phases.exit.gate": gate, "lift.trucks": {"slots": 1, "cycle_days": 20}}
    run = run_scenario(scenario(settings), replications=40)
    found = estimate_lateness(run, "all-out")
    delays = [30 * (len(each) - 1) for each in _reviews(run)]
    gated = sum(max(0, each - 9) for each in delays)
    total = sum(max(each, 1.5) + 40 - 9 for each in delays)

    assert found is not None
    assert found.missed == 40
    assert {each.cause: each.share.estimate for each in found.shares} == pytest.approx(
        {"gate": gated / total, "lift": 1 - gated / total}
    )
    assert sum(each.days for each in found.shares) == pytest.approx(found.days)


def test_an_executor_changes_no_share(scenario):
    """Three threads, and none."""
    run = run_scenario(scenario(EITHER), replications=30)
    with ThreadPoolExecutor(3) as threads:
        spread = estimate_lateness(run, "all-out", executor=threads)

    assert spread == estimate_lateness(run, "all-out")


def test_a_milestone_that_is_never_missed_has_no_lateness(scenario):
    """All out on day 7.5 of 9."""
    run = run_scenario(scenario(), replications=5)

    assert estimate_lateness(run, "all-out") is None


def test_a_ratio_by_hand():
    """1 of 2, 3 of 4 and 2 of 6: 6 of 12; residuals 0, 1, -1: error sqrt(2 / 6) / 4, times t of 2 degrees."""
    found = estimate_ratio(np.array([1.0, 3, 2]), np.array([2.0, 4, 6]))
    reach = t.ppf(0.975, 2) * sqrt(2 / 6) / 4

    assert found.estimate == 0.5
    assert (found.low, found.high) == pytest.approx((max(0, 0.5 - reach), min(1, 0.5 + reach)))


def test_one_replication_says_nothing_of_others():
    """A half, and anything from none to all."""
    found = estimate_ratio(np.array([1.0]), np.array([2.0]))

    assert (found.estimate, found.low, found.high) == (0.5, 0.0, 1.0)


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says():
    """1,000 times 400 pairs, exponential totals and a uniform share of each: the truth is a half; 95 %, 4 errors."""
    generator = np.random.Generator(np.random.Philox(5))
    totals = generator.exponential(1, (1000, 400))
    parts = totals * generator.uniform(0, 1, (1000, 400))
    found = [estimate_ratio(*pair) for pair in zip(parts, totals, strict=True)]
    covered = np.mean([each.low <= 0.5 <= each.high for each in found])

    assert covered == pytest.approx(0.95, abs=4 * sqrt(0.95 * 0.05 / 1000))


def test_what_a_cause_costs_is_the_share_of_replications_it_alone_made_miss(scenario):
    """Gate on day 40 or later half of the time, and nothing else late: without it all are met, pair by pair."""
    run = run_scenario(scenario(EITHER), replications=60)
    missed = sum(1 for each in _reviews(run) if len(each) > 1)
    found = {each.cause: each for each in estimate_counterfactuals(run, "all-out")}

    assert found["gate"].difference.estimate == pytest.approx(missed / 60)
    assert found["gate"].without.estimate == found[EVERYTHING].without.estimate == 1.0
    assert found["gate"].met.estimate == pytest.approx(1 - missed / 60)
    assert found["lift"].difference.estimate == 0.0
    assert found["lift"].difference.low < 0 < found["lift"].difference.high


def test_causes_that_bind_in_turn_cost_nothing_alone(scenario):
    """The gate passes on day 30 and one slot takes 20 days: either alone misses; both away, all are met."""
    settings = {f"{HOME}.gate": ON_DAY_30, "lift.trucks": {"slots": 1, "cycle_days": 20}}
    run = run_scenario(scenario(settings), replications=8)
    found = estimate_counterfactuals(run, "all-out")

    assert [(each.cause, each.difference.estimate) for each in found] == [
        ("gate", 0.0),
        ("lift", 0.0),
        ("travel", 0.0),
        (EVERYTHING, 1.0),
    ]


def test_the_costliest_cause_comes_first_and_what_a_plan_does_not_have_is_left_out(scenario):
    """A gate that costs half of all; lift and travel are there and cost nothing; no station, hold or event."""
    run = run_scenario(scenario(EITHER), replications=20)

    assert [each.cause for each in estimate_counterfactuals(run, "all-out")] == ["gate", "lift", "travel", EVERYTHING]


def test_why_a_milestone_is_missed_holds_all_three_answers(scenario):
    """An assumed gate that half of the time passes at once: lateness, what it costs, and what goes with it."""
    chance = {"value": {"uniform": [0.1, 0.9]}, "unit": "probability", **ASK}
    settings = {"assumptions.chance": chance, "phases.exit.gate": {"review_every_days": 40, "passes": "chance", **ASK}}
    run = run_scenario(scenario(settings), replications=60)
    found = estimate_causes(run, "all-out")

    assert found.lateness is not None
    assert found.lateness.missed == round(60 * (1 - found.met.estimate))
    assert found.counterfactuals[0].cause == "gate"
    assert [each.assumption for each in found.associations] == ["chance"]
    assert found.associations[0].lateness is not None
    assert found.associations[0].lateness.estimate < 0


def test_a_milestone_that_is_not_there_is_named(scenario):
    """The one there is comes with it."""
    run = run_scenario(scenario(), replications=1)

    with pytest.raises(ValueError, match="found no milestone 'all-in', wanted one of all-out"):
        estimate_causes(run, "all-in")
