"""Tables and tornado of causes: what they say, and the numbers on the artists."""

from __future__ import annotations

from datetime import date

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posture.study.assumptions import Association
from posture.study.causes import Causes, CauseShare, Counterfactual, Lateness, estimate_causes
from posture.study.estimates import Interval
from posture.study.runs import run_scenario
from posture.view.cause_plots import MOST_BARS, Bar, association_bars, causes_figure, cost_bars, plot_tornado
from posture.view.cause_tables import (
    association_table,
    cause_rows,
    counterfactual_table,
    lateness_table,
    points,
)

HALF = Interval(0.5, 0.4, 0.6)
LATENESS = Lateness(
    missed=140,
    never=36,
    days=314.4,
    shares=(
        CauseShare("hold", Interval(0.61, 0.52, 0.69), 191.4, Interval(0.46, 0.38, 0.54)),
        CauseShare("closure", Interval(0.008, 0.004, 0.012), 2.5, Interval(0.27, 0.2, 0.35)),
    ),
)
COSTS = (
    Counterfactual("gate", HALF, Interval(0.7, 0.6, 0.8), Interval(0.2, 0.15, 0.25)),
    Counterfactual("travel", HALF, HALF, Interval(0.0, -0.004, 0.004)),
    Counterfactual("station", HALF, Interval(0.48, 0.4, 0.6), Interval(-0.02, -0.05, 0.01)),
    Counterfactual("everything", HALF, Interval(1.0, 0.97, 1.0), Interval(0.5, 0.4, 0.6)),
)
ASSOCIATIONS = (
    Association("cycle", "Cycle of trucks", "days", Interval(-0.23, -0.36, -0.09), Interval(0.4, 0.3, 0.5)),
    Association("seats", "seats", "persons", Interval(0.3, 0.2, 0.4), None),
    Association("never", "never", "share", None, Interval(0.001, -0.2, 0.2)),
)
CAUSES = Causes("all-out", "All out", date(2030, 1, 9), 200, HALF, LATENESS, COSTS, ASSOCIATIONS)


@pytest.fixture
def ax() -> Axes:
    """Return axes on a figure of their own."""
    return Figure(figsize=(6.4, 4.8)).add_subplot()


def test_the_table_of_lateness_gives_shares_days_and_how_often():
    """Small shares with one more digit; how many are censored stands below."""
    table = lateness_table(LATENESS)

    assert table.rows == (
        ("hold", "61%", "52 to 69%", "191.4", "46%", "38 to 54%"),
        ("closure", "0.8%", "0.4 to 1.2%", "2.5", "27%", "20 to 35%"),
    )
    assert "Of the 140 replications that missed it, 36 of them never within the run" in table.notes[0]


def test_the_table_of_costs_is_in_signed_points():
    """20 points; none, to a tenth where the interval is under two points wide; two points better with its station."""
    rows = counterfactual_table(COSTS).rows

    assert rows == (
        ("gate", "50%", "70%", "+20", "+15 to +25"),
        ("travel", "50%", "50%", "0.0", "-0.4 to +0.4"),
        ("station", "50%", "48%", "-2", "-5 to +1"),
        ("all of them", "50%", "100%", "+50", "+40 to +60"),
    )


def test_what_rounds_to_nothing_has_no_sign():
    """0.4 points below nothing, with an interval eight points wide: 0."""
    assert points(Interval(-0.004, -0.04, 0.04)) == ("0", "-4 to +4")


def test_the_table_of_associations_leaves_empty_what_there_is_not():
    """Two digits; `seats` has no days late, `never` nothing to be met with."""
    assert association_table(ASSOCIATIONS).rows == (
        ("cycle", "days", "-0.23", "-0.36 to -0.09", "+0.40", "+0.30 to +0.50"),
        ("seats", "persons", "+0.30", "+0.20 to +0.40", "", ""),
        ("never", "share", "", "", "0.00", "-0.20 to +0.20"),
    )


@pytest.mark.parametrize(
    "table", [lateness_table(LATENESS), counterfactual_table(COSTS), association_table(ASSOCIATIONS)]
)
def test_each_row_has_a_cell_for_each_column(table):
    """And each column says on which side it lines up."""
    assert {len(table.columns), len(table.numeric), *(len(each) for each in table.rows)} == {len(table.columns)}


def test_tables_of_nothing_have_no_rows_and_no_notes():
    """Nothing can be taken away, nothing varies."""
    assert counterfactual_table(()).rows == association_table(()).rows == ()
    assert counterfactual_table(()).notes == association_table(()).notes == ()


def test_rows_for_machines_keep_every_estimate_with_its_interval():
    """Two shares of lateness, four costs, two correlations with met and two with days late."""
    rows = cause_rows(CAUSES)

    assert [each["kind"] for each in rows].count("counterfactual") == 4
    assert [(each["name"], each["kind"]) for each in rows[-4:]] == [
        ("cycle", "met"),
        ("cycle", "days_late"),
        ("seats", "met"),
        ("never", "days_late"),
    ]
    assert rows[0] == {
        "milestone": "all-out",
        "replications": 200,
        "kind": "lateness",
        "name": "hold",
        "estimate": 0.61,
        "low": 0.52,
        "high": 0.69,
    }


def test_bars_are_in_points_with_all_of_them_on_top():
    """Everything first, then the others as they come, times a hundred."""
    bars = cost_bars(COSTS)

    assert [each.name for each in bars] == ["all of them", "gate", "travel", "station"]
    assert bars[1].reach == Interval(20.0, 15.0, 25.0)


def test_bars_of_assumptions_are_sorted_by_their_size():
    """0.3 before -0.23; what has no correlation with being met has no bar."""
    assert [each.name for each in association_bars(ASSOCIATIONS)] == ["seats", "Cycle of trucks"]


def test_the_tornado_draws_each_bar_from_nothing_with_its_interval(ax):
    """Widths are the estimates, lines the intervals, from the top down."""
    plot_tornado(cost_bars(COSTS), label="points", title="Costs", ax=ax)
    ends = [end for each in ax.get_lines()[1:] for end in each.get_xdata()]

    assert [each.get_width() for each in ax.patches] == pytest.approx([50, 20, 0, -2])
    assert ends == pytest.approx([40, 60, 15, 25, -0.4, 0.4, -5, 1])
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_xlabel() == "points"


def test_names_stand_opposite_to_their_bars_and_on_nothing(ax):
    """Left of a bar to the right, right of one to the left, inside the panel."""
    plot_tornado(cost_bars(COSTS), ax=ax)
    ax.figure.canvas.draw()
    panel = ax.get_window_extent()

    for name, bar, line in zip(ax.texts, ax.patches, ax.get_lines()[1:], strict=True):
        box, interval = name.get_window_extent(), line.get_window_extent()
        assert panel.x0 <= box.x0 < box.x1 <= panel.x1
        assert box.x1 < interval.x0 if bar.get_width() >= 0 else box.x0 > interval.x1


def test_of_many_bars_the_first_are_drawn_and_the_others_counted(ax):
    """Twenty: twelve and eight more."""
    plot_tornado([Bar(f"bar-{each}", HALF) for each in range(20)], label="rho", ax=ax)

    assert len(ax.patches) == MOST_BARS == 12
    assert ax.get_xlabel() == "rho; 8 smaller not shown"


def test_a_tornado_of_nothing_says_so(ax):
    """No bars."""
    plot_tornado([], ax=ax)

    assert [each.get_text() for each in ax.texts] == ["nothing to show"]


def test_a_tornado_of_bars_without_length_has_an_axis(ax):
    """All nothing: limits differ all the same."""
    plot_tornado([Bar("gate", Interval(0.0, 0.0, 0.0))], ax=ax)

    assert ax.get_xlim()[0] < 0 < ax.get_xlim()[1]


def test_the_figure_of_a_run_shows_both_tornados(scenario):
    """Lift and travel cost nothing; the uncertain gate does; its assumed chance goes with it."""
    chance = {"value": {"uniform": [0.1, 0.9]}, "unit": "probability", "judgement": "invented"}
    gate = {"review_every_days": 40, "passes": "chance", "judgement": "invented"}
    run = run_scenario(scenario({"assumptions.chance": chance, "phases.exit.gate": gate}), replications=30)
    figure = causes_figure(run, estimate_causes(run, "all-out"))
    left, right = figure.axes

    assert [each.get_text() for each in left.texts] == ["all of them", "gate", "lift", "travel"]
    assert [each.get_text() for each in right.texts] == ["chance"]
    assert "30 replications, seed 1" in " ".join(each.get_text() for each in figure.texts)
    assert figure.texts[0].get_text().replace("\n", " ").startswith("all-out by 9 Jan 2030: met in ")
