"""Waterfalls: parts, interaction and shares where they are known, and overrides that need one another."""

from __future__ import annotations

from math import sqrt

import pytest

from posture.errors import ScenarioError
from posture.scenario.scenario import Scenario, load
from posture.study.waterfalls import (
    Waterfall,
    overrides_between,
    run_waterfall,
    settings_apart,
    split_overrides,
    variant_overrides,
)


def two_drawdowns(scenario, *, alpha: float, bravo: float, at_most: int = 0) -> Scenario:
    """Return 180 of alpha and 180 of bravo, each behind a gate passed at once with a chance, else never in the run."""
    drawdown = {"at": "northport", "schedule": {"2030-01-09": 0}, "to": {"home": {"by": "trucks"}}}
    gates = {
        name: {"review_every_days": 400, "passes": chance} for name, chance in (("alpha", alpha), ("bravo", bravo))
    }
    return scenario(
        {
            "contingents.bravo": {"personnel": 180, "at": "northport", "judgement": "invented"},
            "phases.exit.drawdowns": {
                f"{name}-home": {**drawdown, "of": name, "gate": gate} for name, gate in gates.items()
            },
            "milestones.all-out.strength.at_most": at_most,
        }
    )


def passes(alpha: float, bravo: float) -> dict[str, dict[str, object]]:
    """Return new chances for the two gates as an override each."""
    chances = {"alpha": alpha, "bravo": bravo}
    return settings_apart({f"phases.exit.drawdowns.{name}-home.gate.passes": each for name, each in chances.items()})


def changes(waterfall: Waterfall) -> list[float]:
    """Return what each part changes, in the order of the names of their overrides."""
    return [each.change.estimate for each in sorted(waterfall.parts, key=lambda part: part.overrides)]


def shares(waterfall: Waterfall) -> list[float]:
    """Return the Shapley shares in the same order."""
    return [each.shapley.estimate for each in sorted(waterfall.parts, key=lambda part: part.overrides)]


def test_parts_add_up_where_one_of_them_does_all(scenario):
    """Bravo's gate is open, lift never short: all of the change is alpha's gate's, none a lost slot's, none is left."""
    base = two_drawdowns(scenario, alpha=0, bravo=1)
    overrides = settings_apart({"phases.exit.drawdowns.alpha-home.gate": None, "lift.trucks.slots": 8})

    found = run_waterfall(base, overrides, milestone="all-out", replications=20)

    assert (found.base.estimate, found.other.estimate) == (0, 1)
    assert changes(found) == [0, 1]
    assert (found.sum_of_parts.estimate, found.interaction.estimate) == (1, 0)
    assert shares(found) == [0, 1]


def test_where_it_takes_both_all_is_interaction(scenario):
    """Neither gate alone empties the place: 0 + 0, and 1 together, half of it due to each."""
    base = two_drawdowns(scenario, alpha=0, bravo=0)

    found = run_waterfall(base, passes(1, 1), milestone="all-out", replications=20)

    assert (changes(found), found.change.estimate, found.interaction.estimate) == ([0, 0], 1, 1)
    assert shares(found) == [0.5, 0.5]


def test_where_either_is_enough_the_interaction_is_negative(scenario):
    """At most 180 may stay, and either gate lets 180 go: 1 + 1, but 1 together, half of it due to each."""
    base = two_drawdowns(scenario, alpha=0, bravo=0, at_most=180)

    found = run_waterfall(base, passes(1, 1), milestone="all-out", replications=20)

    assert (changes(found), found.sum_of_parts.estimate) == ([1, 1], 2)
    assert (found.change.estimate, found.interaction.estimate) == (1, -1)
    assert shares(found) == [0.5, 0.5]


def test_two_independent_gates_by_their_chances(scenario):
    """0.5 x 0.4 to 0.9 x 0.8: alpha 0.4 x 0.4, bravo 0.5 x 0.4, interaction 0.4 x 0.4, within 4 standard errors.

    Each is the share of pairs in a box of two uniforms, so that its variance is that of a share.
    """
    base, replications = two_drawdowns(scenario, alpha=0.5, bravo=0.4), 500

    found = run_waterfall(base, passes(0.9, 0.8), milestone="all-out", replications=replications)

    estimates = [*changes(found), found.interaction.estimate, found.change.estimate]
    for estimate, truth in zip(estimates, (0.16, 0.20, 0.16, 0.52), strict=True):
        assert estimate == pytest.approx(truth, abs=4 * sqrt(truth * (1 - truth) / replications))
    assert sum(estimates[:3]) == pytest.approx(estimates[3])
    assert sum(shares(found)) == pytest.approx(estimates[3])


def test_all_intervals_hold_their_estimates(scenario):
    """None is a point, though in 20 replications alike nothing was seen to vary."""
    found = run_waterfall(two_drawdowns(scenario, alpha=0, bravo=0), passes(1, 1), milestone="all-out", replications=20)

    intervals = [found.base, found.other, found.change, found.sum_of_parts, found.interaction]
    intervals += [each for part in found.parts for each in (part.change, part.shapley)]
    assert all(each.low <= each.estimate <= each.high and each.low < each.high for each in intervals)


def test_overrides_that_are_not_valid_alone_go_with_the_fewest_that_make_them_so(scenario):
    """An assumption may go once its user does; the start of another entry stays by itself."""
    base = scenario(
        {
            "assumptions.go": {"value": 0.5, "unit": "probability", "judgement": "invented"},
            "phases.exit.gate": {"review_every_days": 3, "passes": "go"},
        }
    )
    overrides = settings_apart(
        {"assumptions.go": None, "lift.trucks.slots": 1, "phases.exit.gate": None, "contingents.alpha.personnel": 90}
    )

    split = split_overrides(base, overrides)

    assert split.groups == (
        ("assumptions.go", "phases.exit.gate"),
        ("lift.trucks.slots",),
        ("contingents.alpha.personnel",),
    )


def test_what_no_run_reads_is_laid_under_all(scenario):
    """A source, the entry that cites it, which is not valid without it, and a name: the slots alone are a part."""
    source = {"title": "A paper", "publisher": "Northland", "date": "2029-01-01", "url": "https://example.org/paper"}
    overrides = settings_apart(
        {"lift.trucks.source": "P1", "sources.P1": source, "lift.trucks.slots": 1, "name": "New"}
    )

    split = split_overrides(scenario(), overrides)

    assert split.groups == (("lift.trucks.slots",),)
    assert split.without_effect == ("lift.trucks.source", "sources.P1", "name")


def test_nothing_that_a_run_reads_changes_nothing(scenario):
    """A new name: no parts, no change, one scenario to run."""
    split = split_overrides(scenario(), settings_apart({"name": "New"}))

    found = run_waterfall(scenario(), settings_apart({"name": "New"}), milestone="all-out", replications=3)

    assert (split.groups, len(split.coalitions)) == ((), 1)
    assert (found.parts, found.change.estimate, found.interaction.estimate) == ((), 0, 0)


def test_two_scenarios_differ_by_entries(scenario):
    """Two values of one lift are one override; laid over the base they make the other."""
    base = scenario()
    other = scenario({"lift.trucks.slots": 2, "lift.trucks.seats": 30, "contingents.alpha.personnel": 90})

    overrides = overrides_between(base, other)

    assert list(overrides) == ["contingents.alpha", "lift.trucks"]
    assert split_overrides(base, overrides).scenario([0, 1]).hash == other.hash


def test_shares_are_reckoned_for_at_most_five_groups(scenario):
    """Of five: 2^5 scenarios; of six: the base, six alone, all."""
    settings: dict[str, object] = {
        "lift.trucks.slots": 1,
        "lift.trucks.seats": 30,
        "contingents.alpha.personnel": 90,
        "lift.trucks.transit_days": 1,
        "lift.trucks.cycle_days": 1,
        "phases.exit.margin_days": 1,
    }
    five = dict(list(settings.items())[:5])

    assert len(split_overrides(scenario(), settings_apart(five)).coalitions) == 32
    assert len(split_overrides(scenario(), settings_apart(settings)).coalitions) == 8


def test_what_cannot_be_split_is_refused(scenario):
    """No override, one path twice, a whole that is not valid, a milestone that is not there."""
    with pytest.raises(ValueError, match="found no overrides"):
        split_overrides(scenario(), {})
    with pytest.raises(ValueError, match="one path in two"):
        split_overrides(scenario(), {"a": {"lift.trucks.slots": 1}, "b": {"lift.trucks.slots": 2}})
    with pytest.raises(ScenarioError):
        split_overrides(scenario(), settings_apart({"contingents.alpha": None}))
    with pytest.raises(ValueError, match="found no milestone 'all-aut'"):
        run_waterfall(scenario(), settings_apart({"lift.trucks.slots": 1}), milestone="all-aut", replications=2)


@pytest.mark.parametrize("variant", ["no-political-hold", "regional-war"])
def test_groups_of_a_shipped_variant_make_the_variant(shipped, variant):
    """Whatever the groups, all of them laid over the base state what the variant states."""
    agreement = load(shipped / "agreement-2024.yaml")

    split = split_overrides(agreement, variant_overrides(agreement, variant))

    assert split.scenario(range(len(split.groups))).hash == agreement.variant(variant).hash
    assert len(split.groups) == {"no-political-hold": 5, "regional-war": 1}[variant]
