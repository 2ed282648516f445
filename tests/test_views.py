"""Tables and timetables: what they say, in how many digits."""

from __future__ import annotations

from datetime import date

import pytest

from posture.model.compiling import compile_plan
from posture.scenario.scenario import load
from posture.study.estimates import Interval, MilestoneEstimate, estimate_milestones
from posture.study.medians import at_medians, planned_months
from posture.study.runs import run_scenario
from posture.view.tables import MILESTONE_COLUMNS, estimate_rows, milestone_table, percent
from posture.view.timetable import origin_lines, timetable


def estimate(**changes: object) -> MilestoneEstimate:
    """Return an estimate of an invented milestone."""
    values: dict[str, object] = {
        "milestone": "all-out",
        "label": "All out",
        "due": date(2030, 1, 9),
        "throughout": False,
        "replications": 1000,
        "met": Interval(0.75, 0.72, 0.78),
        "median_achieved": date(2030, 1, 8),
        "days_late": (-3, -1, None),
        "beyond_days": 356,
        "persons_over": 1200,
        "bound_by": "lift",
        "bound_share": 0.8,
    }
    return MilestoneEstimate(**{**values, **changes})


def test_a_share_has_no_more_digits_than_its_interval_allows():
    """Six points wide: whole percent. Under two points: one more digit."""
    assert percent(Interval(0.754, 0.724, 0.784)) == ("75%", "72 to 78%")
    assert percent(Interval(0.9932, 0.9861, 0.9965)) == ("99.3%", "98.6 to 99.7%")


def test_what_is_never_achieved_shows_as_beyond_the_run():
    """The 90th percentile is never: > 356, the days from the due date to the last day."""
    (row,) = milestone_table([estimate()]).rows

    assert dict(zip(MILESTONE_COLUMNS, row, strict=True)) == {
        "milestone": "all-out",
        "due": "2030-01-09",
        "P(met)": "75%",
        "95 % interval": "72 to 78%",
        "median date met": "2030-01-08",
        "days late P10 / P50 / P90": "-3 / -1 / > 356",
        "persons over": "1,200",
        "bound by": "lift (80%)",
    }


def test_throughout_has_neither_date_nor_lateness():
    """It is kept or not; a milestone never missed was bound by nothing."""
    (row,) = milestone_table([estimate(throughout=True, persons_over=None, bound_by=None, bound_share=None)]).rows

    assert row[4:] == ("", "", "", "")


def test_rows_for_machines_keep_every_digit():
    """JSON and CSV carry the estimate itself, and nothing where there is nothing."""
    (row,) = estimate_rows([estimate()])

    assert (row["p_met"], row["days_late_p90"], row["median_achieved"]) == (0.75, None, "2030-01-08")


def test_the_table_of_a_run_has_a_row_a_milestone(scenario):
    """The smallest scenario always keeps its date: three serials are out on day 7.5 of 9."""
    run = run_scenario(scenario(), replications=5)

    (row,) = milestone_table(estimate_milestones(run)).rows

    assert row[:3] == ("all-out", "2030-01-09", "100%")
    assert row[5] == "-1 / -1 / -1"


def test_planned_months_count_serials_when_they_are_planned(scenario):
    """180 in three serials in January, whatever their gate does later."""
    settings = {"phases.exit.gate": {"review_every_days": 30, "passes": 0.01}}

    months = planned_months(at_medians(compile_plan(scenario(settings))))

    assert [(each.drawdown, each.month, each.serials, each.persons) for each in months] == [
        ("exit.alpha-home", date(2030, 1, 1), 3, 180)
    ]


def test_the_timetable_shows_phases_months_lift_milestones_and_sources(scenario):
    """Every heading with its entries; no line carries a control character."""
    text = timetable(scenario({"name": "Two\thundred"}))

    for expected in ("exit: starts 2030-01-01", "180 (3)", "trucks", "by 2030-01-09", "Strength at the start"):
        assert expected in text
    assert "\t" not in text


SAID = (
    "us-iraq  3 units of tour-days days  the first ends 2024-12-15  overlap 10 days",
    "kuwait through customs by convoy",
    "2 slots of convoy-seats persons or triangular(12, 33, 45) loads",
    "lull      at the start  lasts exponential(300) days  then campaign 1",
    "each passes with go-ahead, unless in war or 10 of attack within 30 days",
    "hands over baghdad after personnel, in friction x site-handover days",
    "0.018 a day in lull, 0.6 a day in campaign",
    "no-residual            No residual at Ain al-Asad",
)
"""Lines of the agreement: tours, stations, lift, regimes, gates, hand-overs, events, variants."""


@pytest.mark.parametrize("line", SAID)
def test_the_timetable_of_the_agreement_says_all_that_the_file_says(line, shipped):
    """One line of each kind of thing that the smallest scenario does not have."""
    assert line in timetable(load(shipped / "agreement-2024.yaml"))


def test_the_origin_of_each_value_is_one_line(scenario):
    """Path, value, place."""
    lines = origin_lines(scenario())

    assert any(line.startswith("contingents.alpha.personnel: 180") and "smallest.yaml:11" in line for line in lines)
