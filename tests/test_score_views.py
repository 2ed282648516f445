"""Tables and figures of scores: the words in the tables and the numbers on the artists."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from posture.study.estimates import Interval
from posture.study.forecasts import REFERENCE_CLASS
from posture.study.scores import BEST_SIMPLE, ReliabilityBin, Score, ScoreCard
from posture.view.comparison_plots import SCENARIOS
from posture.view.score_plots import WORST, plot_pit, plot_reliability, plot_skill
from posture.view.score_tables import (
    coverage_table,
    milestone_score_table,
    reliability_table,
    strength_score_table,
)

CASE, LEAD = ("case", "iraq-2009-2011"), ("lead", "30-59")


def score(
    name: str,
    value: float | None,
    ends: tuple[float | None, float | None] = (None, None),
    *,
    of: tuple[str, str] = ("all", "all"),
    baseline: str | None = None,
    chosen: str | None = None,
) -> Score:
    """Return a score of 1,200 forecasts of four cases, or 40 of one case."""
    forecasts, cases = (40, 1) if of[0] == "case" else (1200, 4)
    return Score(*of, name, baseline, value, *ends, forecasts, cases, chosen)


def shares(of: tuple[str, str]) -> list[Score]:
    """Return what a part says of bands and PIT: 44, 76 and 91 % inside, 1 % to 19 % in the bins."""
    bands = [score(f"coverage-{band}", share, (share - 0.1, share + 0.05), of=of) for band, share in BANDS.items()]
    by_case = [score(f"coverage-{band}-by-case", share + 0.01, of=of) for band, share in BANDS.items()]
    bins = [score(f"pit-{index:02d}", 0.2 - index / 100, (0.0, 0.3), of=of) for index in range(1, 11)]
    return [*bands, *by_case, *bins, score("pit-outer", 0.29, (0.21, 0.4), of=of)]


BANDS = {50: 0.44, 80: 0.76, 90: 0.91}
CARD = ScoreCard(
    scores=(
        score("crps", 0.0231, (0.018, 0.0297)),
        score("crps-plain", 0.03, (0.02, 0.04)),
        score("crps", 0.046, (0.04, 0.05), baseline="persistence"),
        score("crps-skill", 0.498, (0.3, 0.61), baseline="persistence"),
        score("crps", 0.02, baseline=REFERENCE_CLASS),
        score("crps-skill", -0.155, (None, 0.1), baseline=REFERENCE_CLASS),
        score("crps-skill", 0.498, (0.3, 0.61), baseline=BEST_SIMPLE, chosen="persistence"),
        *shares(("all", "all")),
        score("crps", 0.05, of=CASE),
        score("crps-skill", -1.7, of=CASE, baseline="persistence"),
        score("crps-skill", None, of=CASE, baseline=REFERENCE_CLASS),
        score("crps", 0.01, (0.0, 0.02), of=LEAD),
        score("crps-skill", 0.25, (-3.0, 0.5), of=LEAD, baseline="persistence"),
        score("brier", 0.1876, (0.1, 0.2)),
        score("brier-plain", 0.19),
        score("brier-reliability", 0.02),
        score("brier-resolution", 0.09),
        score("brier-uncertainty", 0.25),
        score("brier-within", 0.01),
    ),
    reliability=(
        ReliabilityBin("all", "all", 0.0, 0.1, 0.03, Interval(0.12, 0.03, 0.34), 17, 4),
        ReliabilityBin("all", "all", 0.7, 0.9, 0.79, Interval(0.64, 0.43, 0.8), 1022, 3),
        ReliabilityBin(*CASE, 0.9, 1.0, 0.95, Interval(1.0, 0.2, 1.0), 1, 1),
    ),
    unscored=3,
)
NOTHING = ScoreCard((), (), 0)


@pytest.fixture
def ax() -> Axes:
    """Return axes on a figure of their own."""
    figure = Figure(figsize=(6.4, 4.8))
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def words_on(ax: Axes) -> list[str]:
    """Return what is written in a panel."""
    return [each.get_text() for each in ax.texts]


def test_the_table_of_strength_has_a_row_for_all_each_case_and_each_bin_of_leads():
    """Errors to a tenth of a percent; one case has no interval; a part without a plain mean leaves it blank."""
    table = strength_score_table(CARD)

    assert table.rows == (
        ("all", "1,200", "4", "2.3% (1.8 to 3.0%)", "3.0% (2.0 to 4.0%)", "29% (21 to 40%)"),
        ("iraq-2009-2011", "40", "1", "5.0%", "", ""),
        ("30-59 days ahead", "1,200", "4", "1.0% (0.0 to 2.0%)", "", ""),
    )
    assert table.notes[-1].startswith("Not scored: 3 forecasts")
    assert "20% if calibrated" in table.notes[1]


def test_the_table_of_bands_has_both_intervals():
    """44 % of forecasts were in the 50 % band, by case 45 %."""
    table = coverage_table(CARD)

    assert table.rows[0][3:5] == ("44% (34 to 49%)", "45%")
    assert table.columns[3:5] == ("in the 50 % band", "by case")


def test_the_table_of_milestones_has_what_adds_up():
    """0.02 - 0.09 + 0.25 + 0.01 = 0.19."""
    table = milestone_score_table(CARD)

    assert table.rows == (("all", "1,200", "4", "0.188 (0.100 to 0.200)", "0.190", "0.020", "0.090", "0.250", "0.010"),)


def test_the_table_of_reliability_is_of_one_part():
    """Two bins of all, one of the case."""
    assert reliability_table(CARD).rows == (
        ("0 to 10%", "17", "4", "3%", "12%", "3 to 34%"),
        ("70 to 90%", "1,022", "3", "79%", "64%", "43 to 80%"),
    )
    assert len(reliability_table(CARD, scope=CASE[0], part=CASE[1]).rows) == 1


def test_the_tables_of_nothing_have_no_rows():
    """Their headings stand all the same."""
    tables = (strength_score_table, coverage_table, milestone_score_table, reliability_table)

    assert [table(NOTHING).rows for table in tables] == [()] * 4


def test_the_histogram_has_a_bar_and_an_interval_a_bin(ax):
    """0.19 to 0.10 in tenths of the axis; the dashed line is at a tenth."""
    plot_pit(CARD, ax=ax)

    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.2 - index / 100 for index in range(1, 11)])
    assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == pytest.approx(
        [0.05 + i / 10 for i in range(10)]
    )
    assert [each.get_segments()[0][:, 1].tolist() for each in ax.collections] == [[0.0, 0.3]] * 10
    assert list(ax.lines[0].get_ydata()) == [0.1, 0.1]
    assert ax.get_title(loc="left") == (
        "all: 1,200 forecasts, 4 cases\nboth ends: 29% (21 to 40%); if calibrated (dashed): 20%"
    )


def test_the_diagram_has_each_bin_at_its_mean_with_its_count_above(ax):
    """The diagonal, then 3 % foretold and 12 % met, 79 % and 64 %; counts in the middle of the bins."""
    plot_reliability(CARD, ax=ax)

    diagonal, *points = ax.lines[:1] + ax.lines[-2:]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [0, 1]
    assert [(*each.get_xdata(), *each.get_ydata()) for each in points] == [(0.03, 0.12), (0.79, 0.64)]
    assert [each.get_segments()[0][:, 1].tolist() for each in ax.collections] == [[0.03, 0.34], [0.43, 0.8]]
    assert [(each.get_text(), each.xy[0]) for each in ax.texts] == [("17", 0.05), ("1,022", pytest.approx(0.8))]


def test_skill_has_a_row_for_all_and_each_case(ax):
    """Persistence first, dodged up; what is far below the axis is at its edge with its number."""
    plot_skill(CARD, ax=ax)

    lines = {line.get_label(): line for line in ax.lines}
    assert [text.get_text() for text in ax.get_yticklabels()] == ["all (1,200)", "iraq-2009-2011 (40)"]
    assert list(lines["persistence"].get_xdata()) == [0.498]
    assert list(lines["reference class"].get_xdata()) == [-0.155]
    assert lines["persistence"].get_ydata()[0] < 0 < lines["reference class"].get_ydata()[0]
    assert words_on(ax) == ["-1.70", "none: it made no error"]
    assert lines["persistence"].get_color() == SCENARIOS[0][0]


def test_intervals_of_skill_end_at_the_edge_of_the_axis(ax):
    """By lead: 0.3 to 0.61; without a lower bound from the edge to 0.1; -3 to 0.5 from the edge."""
    plot_skill(CARD, by="lead", ax=ax)

    ends = [each.get_segments()[0][:, 0].tolist() for each in ax.collections]
    assert ends == [[0.3, 0.61], [WORST, 0.5], [WORST, 0.1]]
    assert [each.get_text() for each in ax.get_legend().get_texts()] == ["persistence", "reference class"]


@pytest.mark.parametrize("plot", [plot_pit, plot_reliability, plot_skill])
def test_a_figure_of_nothing_says_so(plot, ax):
    """A card without forecasts; milestones that no baseline foretold."""
    plot(NOTHING, ax=ax)

    assert words_on(ax) == ["no forecasts to show"]


def test_a_figure_fits_the_names_of_cases_from_files(ax):
    """A `$` begins no formula: the figure is drawn."""
    card = ScoreCard((score("crps", 0.1, of=("case", "$a_b$")),), (), 0)

    plot_skill(card, ax=ax)

    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[0].get_text() == r"\$a_b\$ (40)"
