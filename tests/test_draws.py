"""Draws: whole numbers by column, each from the stream of its own name."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import build
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.errors import PlanError
from posture.model.compiling import compile_plan
from posture.model.draws import Draws, draw, pace_table, share_out
from posture.model.plan import Plan, Value
from posture.model.streams import uniforms
from posture.scenario.quantities import Plain

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
VAGUE = {
    "contingents.alpha.personnel": {"uniform": [100, 300]},
    "lift.trucks": {
        "slots": {"choice": {1: 1, 2: 1, 3: 1}},
        "cycle_days": {"triangular": [1, 2, 5]},
        "transit_days": {"uniform": [1, 3]},
    },
    f"{HOME}.pace": {"uniform": [0.5, 3]},
    f"{HOME}.margin_days": {"triangular": [0, 1, 4]},
}


def once(draws: Draws) -> dict[str, list[int]]:
    """Return what is drawn once a replication, by stream."""
    return {value.stream: draws.once[:, index].tolist() for index, value in enumerate(draws.plan.values)}


def used(draws: Draws, plan: Plan, width: int = 20) -> dict[str, list[list[int]]]:
    """Return the first uses of what is drawn at every use, by stream."""
    rows = [draws.of(each) for each in range(draws.first, draws.first + draws.replications)]
    return {
        use.stream + use.chance: [[row.use(index, i) for i in range(width)] for row in rows]
        for index, use in enumerate(plan.uses)
    }


def test_a_quantity_takes_the_uniform_of_its_path(scenario):
    """Uniform [100, 300] of contingents.alpha.personnel: round(100 + 200 u), u of that stream and index 0."""
    plan = compile_plan(scenario(VAGUE))

    found = once(draw(plan, seed=7, replications=50))["contingents.alpha.personnel"]

    u = uniforms(7, "contingents.alpha.personnel", first=0, replications=50)[:, 0]
    assert found == np.floor(100 + 200 * u + 0.5).astype(int).tolist()


@pytest.mark.parametrize(("pace", "points"), [(1.0, [0, 250_000, 500_000]), (2.0, [0, 500_000, 707_107])])
def test_a_pace_table_tells_when_a_share_has_gone(pace, points):
    """T[i] = round(10^6 (i/1000)^(1/pace)): at 0, 1/4 and 1/2; a root for pace 2; T[1000] = 10^6."""
    table = pace_table(np.array([pace]))[0]

    assert [int(table[i]) for i in (0, 250, 500)] == points
    assert (len(table), int(table[1000])) == (1001, 10**6)


def test_a_pace_table_ends_at_the_end_alone():
    """With pace 1,000 nearly all of the time has passed at the first point; still T[999] is at most 999,999."""
    table = pace_table(np.array([1000.0, 0.01]))

    assert table[0, 999] == 999_999
    assert table[0, 1] == round(10**6 * 0.001**0.001)
    assert table[1, 500] == 0
    assert (np.diff(table) >= 0).all()


def test_each_replication_has_the_table_of_its_own_pace():
    """Paces 1, 3, 1: rows 0 and 2 are alike, row 1 is the cube root."""
    table = pace_table(np.array([1.0, 3.0, 1.0]))

    assert np.array_equal(table[0], table[2])
    assert table[1, 125] == 500_000


@settings(max_examples=30, deadline=None)
@given(weights=st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=7), seed=st.integers(0, 9))
def test_shares_sum_to_a_million(weights, seed):
    """Whole millionths by largest remainder: the sum is 10^6 and each within 1 of its exact share."""
    places = {f"place-{i}": weight for i, weight in enumerate(weights)}
    changed = {
        "locations": {place: {} for place in places},
        "contingents.bravo": {"personnel": 5, "at": places, "judgement": "invented"},
    }
    plan = compile_plan(build(changed))

    share = draw(plan, seed=seed, replications=1).shares[plan.contingents[1].weights][0]

    assert share.sum() == 10**6
    assert share.tolist() == pytest.approx([w / sum(weights) * 10**6 for w in weights], abs=1.001)


def test_shares_of_equal_remainder_round_up_the_earlier():
    """1 : 4 : 1 of a million: 166,666 2/3, 666,666 2/3, 166,666 2/3: the first two are rounded up."""
    columns = [np.array([float(weight)]) for weight in (1, 4, 1)]
    group = tuple(Value(f"weight-{i}", Plain(1.0), "millionths") for i in range(3))

    assert share_out(columns, group)[0].tolist() == [166_667, 666_667, 166_666]


def test_weights_that_are_all_zero_are_an_error(scenario):
    """A choice of 0 or 1 for the only place: in some of 50 replications nobody stands anywhere."""
    plan = compile_plan(scenario({"contingents.alpha.at": {"northport": {"choice": {0: 1, 1: 1}}}}))

    with pytest.raises(PlanError, match="all 0"):
        draw(plan, seed=1, replications=50)


def test_another_location_leaves_all_other_draws_unchanged(scenario):
    """A place, a contingent and a lift more, which sort before the others: every draw that was there stays."""
    more = {
        **VAGUE,
        "locations.abbey": {"capacity": {"uniform": [10, 90]}},
        "contingents.aaa": {"personnel": {"uniform": [1, 9]}, "at": "abbey", "judgement": "invented"},
        "lift.aaa": {
            "slots": {"uniform": [1, 9]},
            "cycle_days": {"uniform": [1, 9]},
            "transit_days": 1,
            "judgement": "invented",
        },
        f"{HOME}.to": {"home": {"by": ["aaa", "trucks"]}},
    }
    before, after = (compile_plan(scenario(each)) for each in (VAGUE, more))
    drawn = [draw(plan, seed=3, replications=6) for plan in (before, after)]

    first, second = (once(each) for each in drawn)
    uses, more_uses = (used(each, plan) for each, plan in zip(drawn, (before, after), strict=True))

    assert first == {stream: second[stream] for stream in first}
    assert uses == {stream: more_uses[stream] for stream in uses}
    assert len(second) > len(first)


def test_chunks_and_single_replications_draw_alike(scenario):
    """Replications 0 to 9 at once; 4 to 6 together; 5 alone: the same whole numbers, by use as well."""
    plan = compile_plan(scenario(VAGUE))
    whole, part, alone = (draw(plan, seed=3, replications=n, first=f) for n, f in ((10, 0), (3, 4), (1, 5)))

    assert whole.of(5).once == part.of(5).once == alone.of(5).once
    for index in range(len(plan.uses)):
        assert len({tuple(each.of(5).use(index, i) for i in range(40)) for each in (whole, part, alone)}) == 1


def test_a_wider_column_begins_with_the_narrower(scenario):
    """Use 0 to 7 before and after use 100 was asked for: the same."""
    plan = compile_plan(scenario(VAGUE))
    row = draw(plan, seed=3, replications=2).of(1)
    index = next(i for i, use in enumerate(plan.uses) if "cycle_days" in use.stream)

    before = [row.use(index, i) for i in range(8)]
    row.use(index, 100)

    assert [row.use(index, i) for i in range(8)] == before


FRICTION = {"assumptions.friction": {"value": {"uniform": [1, 3]}, "unit": "days", "judgement": "invented"}}


def by_stream(plan: Plan, part: str) -> int:
    """Return the index of the use whose stream has a part in it."""
    return next(i for i, use in enumerate(plan.uses) if part in use.stream)


def test_a_named_assumption_is_drawn_once_for_all_who_name_it(scenario):
    """Transit and cycle name it: 20 uses of both are one number, 1 + 2u of assumptions.friction."""
    settings = {**FRICTION, "lift.trucks": {"cycle_days": "friction", "transit_days": "friction"}}
    plan = compile_plan(scenario(settings))
    row = draw(plan, seed=3, replications=1).of(0)

    found = {row.use(by_stream(plan, each), i) for each in ("cycle_days", "transit_days") for i in range(20)}

    u = uniforms(3, "assumptions.friction", first=0, replications=1)[0, 0]
    assert found == {int((1 + 2 * u) * DAY + 0.5)}


def test_a_distribution_in_place_is_drawn_anew_at_each_use(scenario):
    """The same law stated twice in place: 40 uses of two streams, all different (1 in 2,880 minutes each)."""
    law = {"uniform": [1, 1000]}
    plan = compile_plan(scenario({"lift.trucks": {"cycle_days": law, "transit_days": law}}))
    row = draw(plan, seed=3, replications=1).of(0)

    found = {row.use(by_stream(plan, each), i) for each in ("cycle_days", "transit_days") for i in range(20)}

    assert len(found) == 40


@pytest.mark.parametrize(
    ("times", "stream", "width"),
    [("factor", "assumptions.factor", 1), ({"uniform": [1, 3]}, "{own}.times", 8), (3, None, 1)],
)
def test_scaling_leaves_the_draws_of_what_is_scaled(scenario, times, stream, width):
    """Cycle uniform [10, 20], alone and times 1 + 2u, or 3: the quotient is the factor, its own draws as they were."""
    factor = {"assumptions.factor": {"value": {"uniform": [1, 3]}, "unit": "factor", "judgement": "invented"}}
    law = {"uniform": [10, 20]}
    plans = [
        compile_plan(scenario({**factor, "lift.trucks.cycle_days": each}))
        for each in (law, {"times": times, "of": law})
    ]
    alone, scaled = (draw(plan, seed=3, replications=1).of(0) for plan in plans)
    index = by_stream(plans[0], "cycle_days")

    quotients = [scaled.use(index, i) / alone.use(index, i) for i in range(8)]

    expected = np.full(8, 3.0)
    if stream is not None:
        name = stream.format(own=plans[0].uses[index].stream)
        expected = np.broadcast_to(1 + 2 * uniforms(3, name, first=0, replications=1, width=width)[0], 8)
    assert quotients == pytest.approx(expected, abs=3e-4)


def test_without_a_seed_every_value_is_its_median(scenario):
    """Uniform [100, 300] is 200; a cycle uniform [1, 3] is 2 days at every use."""
    plan = compile_plan(scenario({**VAGUE, "lift.trucks.transit_days": {"uniform": [1, 3]}}))
    draws = draw(plan, seed=None, replications=3)

    assert once(draws)["contingents.alpha.personnel"] == [200] * 3
    assert draws.of(2).use(by_stream(plan, "transit_days"), 11) == 2 * DAY


def test_a_replication_outside_the_draws_is_an_error(scenario):
    """Draws of replications 5, 6, 7 hold neither 4 nor 8."""
    draws = draw(compile_plan(scenario()), seed=1, replications=3, first=5)

    with pytest.raises(IndexError, match="8 is not among 5 to 7"):
        draws.of(8)


def test_rounding_is_half_away_from_zero(scenario):
    """Half a minute of margin and half a person round up."""
    settings = {"contingents.alpha.personnel": 180.5, f"{HOME}.margin_days": 0.5 / DAY}
    found = once(draw(compile_plan(scenario(settings)), seed=1, replications=1))

    assert found["contingents.alpha.personnel"] == [181]
    assert [values for stream, values in found.items() if stream.endswith("margin_days")] == [[1]]
