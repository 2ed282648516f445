"""Statistics: intervals and quantiles against published values and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from posture.study.estimates import (
    daily_strength,
    estimate_achieved,
    estimate_band,
    estimate_milestones,
    estimate_share,
)
from posture.study.estimates import quantile_of as quantile
from posture.study.runs import run_scenario

LATE = {"lift.trucks": {"slots": 1, "cycle_days": {"choice": {1: 1, 200: 1}}}}
"""One slot for 1 or 200 days a serial: the three leave by 9 January, or after at least 200 days."""


def test_wilson_interval_of_published_counts():
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives 0.2553 to 0.3662."""
    share = estimate_share(81, 263)

    assert share.low == pytest.approx(0.2553, abs=5e-5)
    assert share.high == pytest.approx(0.3662, abs=5e-5)


def test_wilson_interval_of_none_and_all():
    """0 of 29 gives 0 to 0.1170 (the same table); all mirrors it."""
    none, every = estimate_share(0, 29), estimate_share(29, 29)

    assert (none.low, none.high) == (pytest.approx(0, abs=1e-12), pytest.approx(0.1170, abs=5e-5))
    assert every.low == pytest.approx(1 - none.high)


def test_quantiles_are_order_statistics_with_never_on_top():
    """Of 1, 2, 3 and never: the median is the 2nd, the 75th percentile the 3rd, the 90th never."""
    values = [3, None, 1, 2]

    assert [quantile(values, share) for share in (0.1, 0.5, 0.75, 0.9)] == [1, 2, 3, None]


def test_quantiles_of_one_value():
    """One replication has no spread."""
    assert [quantile([7], share) for share in (0.1, 0.5, 0.9)] == [7, 7, 7]


def test_a_milestone_that_is_missed_half_the_time_is_censored_where_it_must(scenario):
    """The second and third serial wait for the slot: after a 200-day cycle they are out in July at the earliest."""
    run = run_scenario(scenario(LATE), replications=400)

    (estimate,) = estimate_milestones(run)

    late = run.milestones()["days_late"].dropna()
    assert estimate.met.estimate == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 400))
    assert estimate.days_late[0] is not None
    assert (late[late > 0] >= 190).all()
    assert (estimate.bound_by, estimate.bound_share) == ("lift", 1.0)


def test_the_band_follows_the_record_day_by_day(scenario):
    """Serials of 60 leave on days 1.5, 4.5 and 7.5: 180, then 120, 60 and 0 in the last minutes of days 1, 4 and 7."""
    run = run_scenario(scenario(), replications=3)

    band = estimate_band(run, at=["northport"])

    assert band.strength[2, :9].tolist() == [180, 120, 120, 120, 60, 60, 60, 0, 0]


def test_daily_strength_equals_the_strength_table(scenario):
    """The grid is the change points read at the end of each day: checked for every replication of an uncertain run."""
    run = run_scenario(scenario(LATE), replications=20, chunk=6)
    table = run.strength()
    inside = table[table["location"] == "northport"]

    grid = daily_strength(run)

    for replication, rows in inside.groupby("replication"):
        for day in (0, 5, 8, 200, 364):
            last = rows[rows["day"] < day + 1]["strength"].iloc[-1]
            assert grid[replication, day] == last


def test_strength_counts_persons_of_every_kind_and_no_loads(scenario):
    """300 with tours: 400 while a hundred overlap their relief, days 30 to 40; 500 loads beside them count nowhere."""
    run = run_scenario(
        scenario(
            {
                "contingents.alpha.personnel": 300,
                "contingents.alpha.tours": {"days": 270, "units": 3, "first_ends": "2030-02-10", "overlap_days": 10},
                "contingents.stores": {"loads": 500, "at": "northport", "judgement": "invented"},
                "phases.exit.starts": "2030-12-01",
                "phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": None, "2030-12-20": 0},
            }
        ),
        replications=2,
    )

    grid = daily_strength(run)

    assert grid[:, 29].tolist() == [300, 300]
    assert grid[:, 30].tolist() == [400, 400]
    assert grid[:, 40].tolist() == [300, 300]


def test_the_achieved_curve_ends_at_the_share_ever_achieved(scenario):
    """It never falls, and at the due date stands at P(met)."""
    run = run_scenario(scenario(LATE), replications=50)

    (curve,) = estimate_achieved(run)

    at_due = max(share for day, share in zip(curve.dates, curve.shares, strict=True) if day <= curve.due)
    assert list(curve.shares) == sorted(curve.shares)
    assert at_due == run.milestones()["met"].mean()
