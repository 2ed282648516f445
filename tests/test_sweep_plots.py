"""Figures of sweeps: by the numbers on their artists, and words that lie on no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import build
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from test_comparison_views import misplaced

from posture.study.inputs import Input
from posture.study.studies import Study, create_study, run_study
from posture.study.sweeps import estimate_points
from posture.view.scales import axis_name, format_axis, tick_text
from posture.view.sweep_plots import COLOURS, heat_figure, lines_figure, sweep_figures, swept_inputs

GATED = {"phases.exit.gate": {"review_every_days": 2, "passes": 0.5}, "lift.trucks.slots": 1}
DATES = ("2030-01-01", "2030-01-03", "2030-01-05")


def study(folder: Path, points: list[dict[str, object]], *, replications: int = 10) -> Study:
    """Return a study of the smallest scenario with a gate that passes half the time, done."""
    made = create_study(folder, build(GATED), points, seed=1, replications=replications)
    run_study(made)
    return made


@pytest.fixture(scope="module")
def dated(tmp_path_factory) -> Study:
    """Return a grid of three dates by two cycles."""
    points = [{"lift.trucks.cycle_days": days, "phases.exit.starts": day} for days in (0, 3) for day in DATES]
    return study(tmp_path_factory.mktemp("dated") / "study", points)


def met(made: Study) -> list[tuple[float, float, float]]:
    """Return P(met) with its interval by design point."""
    return [(each.met.estimate, each.met.low, each.met.high) for each in estimate_points(made)]


def test_lines_are_the_estimates_with_their_intervals(dated):
    """The three dates along the axis, a panel a cycle: every point and both ends of its interval."""
    figure = lines_figure(dated)

    assert [each.get_title(loc="left") for each in figure.axes] == [
        "lift.trucks.cycle_days 0",
        "lift.trucks.cycle_days 3",
    ]
    for ax, expected in zip(figure.axes, (met(dated)[:3], met(dated)[3:]), strict=True):
        (line,), (spans,) = ax.get_lines(), ax.collections
        assert line.get_ydata().tolist() == [each[0] for each in expected]
        assert [tuple(each[:, 1]) for each in spans.get_segments()] == [each[1:] for each in expected]
        assert np.diff(line.get_xdata()).tolist() == [2, 2]
        assert [each.get_text() for each in ax.get_xticklabels()] == ["1 Jan\n2030", "3 Jan\n2030", "5 Jan\n2030"]
    assert misplaced(figure) == []


def test_a_heat_map_has_a_cell_a_point_with_its_number_and_interval(dated):
    """Two cycles up, three dates across: the colour is the share's on the scale from 0 to 1, and so is the number."""
    figure = heat_figure(dated, "all-out")
    ax = figure.axes[0]
    cells = [each for each in ax.patches if isinstance(each, Rectangle)]
    words = [each.get_text() for each in ax.texts]

    expected = met(dated)
    assert [each.get_xy() for each in cells] == [(x - 0.5, y - 0.5) for y in range(2) for x in range(3)]
    assert words[::2] == [f"{100 * each[0]:.0f}%" for each in expected]
    assert words[1::2] == [f"{100 * low:.0f} to {100 * high:.0f}%" for _, low, high in expected]
    assert [each.get_text() for each in ax.get_yticklabels()] == ["0", "3"]
    assert misplaced(figure) == []
    shade = figure.axes[1].collections[-1].cmap
    assert shade.name == COLOURS
    assert np.allclose([each.get_facecolor() for each in cells], shade([each[0] for each in expected]))


def test_many_cells_have_no_numbers(tmp_path):
    """Sixteen by two columns are too many for numbers; eight by two have both, twelve by two the number alone."""
    words = {}
    for count in (8, 12, 16):
        points = [{"lift.trucks.seats": 10 + seats, "lift.trucks.slots": n} for seats in range(count) for n in (1, 2)]
        figure = heat_figure(study(tmp_path / f"{count}", points, replications=1), "all-out")
        words[count] = len(figure.axes[0].texts) / len(points)

    assert words == {8: 2, 12: 1, 16: 0}


def test_the_figures_of_a_sweep_are_lines_and_a_heat_map_a_milestone(dated, tmp_path):
    """Of one path lines alone; of two a heat map of the only milestone as well."""
    one = study(tmp_path / "one", [{"lift.trucks.slots": n} for n in (1, 2)])

    assert [name for name, _ in sweep_figures(dated)] == ["lines", "heat-all-out"]
    assert [name for name, _ in sweep_figures(one)] == ["lines"]
    with pytest.raises(ValueError, match="wanted two or more"):
        heat_figure(one, "all-out")


def test_paths_that_go_together_are_one_and_the_figure_says_so(tmp_path):
    """A zip of seats and slots: lines against the first, and below that the second goes with it."""
    made = study(tmp_path / "study", [{"lift.trucks.slots": n, "lift.trucks.seats": 40 + 10 * n} for n in (1, 2, 3)])
    table, twins = swept_inputs(made)
    figure = lines_figure(made)

    assert [each.name for each in table.inputs] == ["lift.trucks.slots"]
    assert twins == "lift.trucks.seats goes with lift.trucks.slots; "
    assert any(each.get_text().startswith(twins) for each in figure.texts)


def test_a_design_that_is_no_grid_has_no_lines(tmp_path):
    """Three points of a plane."""
    points = [{"lift.trucks.slots": n, "lift.trucks.seats": seats} for n, seats in ((1, 40), (2, 30), (3, 50))]

    with pytest.raises(ValueError, match="is no grid"):
        lines_figure(study(tmp_path / "study", points))


def test_categories_are_not_joined(tmp_path):
    """Paces by name, in the order of the design: points without a line."""
    points = [{"phases.exit.pace": pace, "lift.trucks.slots": n} for pace in ("early", "even", "late") for n in (1, 2)]
    made = study(tmp_path / "study", points)
    lines, heat = lines_figure(made), heat_figure(made, "all-out")

    assert all(line.get_linestyle() == "None" for ax in lines.axes for line in ax.get_lines())
    assert [each.get_text() for each in lines.axes[0].get_xticklabels()] == ["early", "even", "late"]
    assert misplaced(lines) == misplaced(heat) == []


@pytest.mark.parametrize(
    ("one", "at", "words"),
    [
        (Input("a", "a", "days", "number"), 1234.0, "1,234"),
        (Input("a", "a", "share", "number"), 0.12345, "0.123"),
        (Input("a", "a", "percent", "percent"), 12.5, "12.5 %"),
        (Input("a", "a", "date", "date"), 0.0, "1 Jan\n1970"),
        (Input("a", "a", "", "category", ("late", None)), 1.0, "as stated"),
    ],
)
def test_a_tick_reads_in_its_unit(one, at, words):
    """Thousands apart, three digits, percent, a date over its year, what a point does not set."""
    assert tick_text(one, at) == words


def test_an_axis_of_many_values_has_round_ticks_and_says_its_unit():
    """A hundred days: at most seven ticks; the unit stands by the name, that of a date does not."""
    ax = Figure().add_subplot()
    format_axis(ax, Input("margin", "margin", "days", "number"), np.arange(100.0))
    ticks = [each for each in ax.get_xticks() if 0 <= each <= 99]

    assert 3 <= len(ticks) <= 7
    assert ax.get_xlabel() == "margin (days)"
    assert axis_name(Input("start", "start", "date", "date")) == "start"
    assert axis_name(Input("a", "a", "per_year", "number")) == "a (per year)"
