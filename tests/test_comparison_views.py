"""Comparisons and waterfalls shown: by the words in their tables and the numbers on their artists."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.text import Text

from posture.scenario.scenario import load
from posture.study.comparisons import Comparison, run_comparison
from posture.study.estimates import Interval, estimate_milestones
from posture.study.waterfalls import Waterfall, WaterfallPart, run_waterfall, settings_apart
from posture.view.comparison_plots import (
    comparison_figure,
    plot_scoreboard,
    plot_waterfall,
    scoreboard_figure,
    waterfall_figure,
)
from posture.view.comparison_tables import (
    MOST_LISTED,
    comparison_table,
    difference_lines,
    points,
    waterfall_table,
)

GATED = {"phases.exit.gate": {"review_every_days": 400, "passes": 0.5}}


@pytest.fixture(scope="module")
def agreement() -> Comparison:
    """Return a short comparison of the scenario that ships with three of its variants."""
    plan = load(Path(__file__).parent.parent / "scenarios" / "agreement-2024.yaml")
    variants = {name: plan.variant(name) for name in ("no-political-hold", "calm", "fast")}
    return run_comparison({"agreement": plan, **variants}, replications=10)


def waterfall(*changes: float, base: float = 0.4, interaction: float = 0.1) -> Waterfall:
    """Return a waterfall of given changes, every interval 0.1 to both sides."""

    def around(estimate: float) -> Interval:
        return Interval(estimate, estimate - 0.1, estimate + 0.1)

    parts = tuple(
        WaterfallPart((f"lift.trucks.{i}", f"lift.{'x' * 80}"), around(c), None) for i, c in enumerate(changes)
    )
    change = sum(changes) + interaction
    return Waterfall(
        milestone="all-out",
        label="$all_out$",
        replications=100,
        seed=1,
        base=around(base),
        other=around(base + change),
        change=around(change),
        parts=parts,
        sum_of_parts=around(sum(changes)),
        interaction=around(interaction),
        without_effect=("name",),
    )


def words_on(figure: Figure) -> list[Text]:
    """Return every word that is drawn: ticks beyond the limits are kept by matplotlib and not drawn."""
    unseen = set()
    for ax in figure.axes:
        for axis, (low, high) in ((ax.xaxis, sorted(ax.get_xlim())), (ax.yaxis, sorted(ax.get_ylim()))):
            outside = (each for each in axis.get_major_ticks() if not low <= each.get_loc() <= high)
            unseen |= {each for tick in outside for each in (tick.label1, tick.label2)}
    return [each for each in figure.findobj(Text) if each.get_visible() and each.get_text() and each not in unseen]


def misplaced(figure: Figure) -> list[str]:
    """Return the words of a figure that lie on another by more than a hair, or past its edge."""
    FigureCanvasAgg(figure).draw()
    boxes = [(each.get_text(), each.get_window_extent()) for each in words_on(figure)]
    edge = figure.bbox.padded(0.5)
    inside = [edge.x0 <= b.x0 < b.x1 <= edge.x1 and edge.y0 <= b.y0 < b.y1 <= edge.y1 for _, b in boxes]
    found = [name for (name, _), fits in zip(boxes, inside, strict=True) if not fits]
    pairs = combinations(boxes, 2)
    return found + [f"{one} on {two}" for (one, a), (two, b) in pairs if a.padded(-1).overlaps(b.padded(-1))]


def test_points_have_the_digits_that_their_interval_allows():
    """An interval of 20 points shows whole ones, one of less than 2 a decimal; nothing is minus nothing."""
    assert points(Interval(0.1234, 0.02, 0.22)) == ("+12", "+2 to +22")
    assert points(Interval(-0.1234, -0.132, -0.1151)) == ("-12.3", "-13.2 to -11.5")
    assert points(Interval(0.0, -0.001, 0.04)) == ("0", "0 to +4")


def test_the_table_sets_each_scenario_beside_the_base(scenario):
    """The plan is always met, a gate lets it be met about half the time: every number of the row is the estimate's."""
    comparison = run_comparison({"plan": scenario(), "gated": scenario(GATED)}, replications=100)

    table = comparison_table(comparison)

    (found,) = comparison.estimates
    heading, row = table.rows
    assert heading[0] == "gated"
    assert row[:3] == ("  all-out", row[1], "100% (96 to 100%)")
    assert row[1].startswith(f"{found.met.estimate:.0%} (")
    assert row[3].startswith(f"{100 * found.difference.estimate:+.0f} (")
    assert row[6] == "0 / 0 / 357 *"
    assert len(table.columns) == len(table.numeric) == len(row) == len(heading)
    assert table.notes[0] == "The base is plan; 100 pairs, seed 1."


def test_the_notes_name_what_is_not_comparable(scenario):
    """The other lacks the only milestone."""
    comparison = run_comparison({"plan": scenario(), "other": scenario({"milestones.all-out": None})}, replications=2)

    assert comparison_table(comparison).notes[-1] == "Not comparable: all-out, only in plan (against other)."


def test_differences_are_listed_up_to_a_dozen(scenario):
    """Twenty contingents more: twelve lines and how many more there are; one seat more: that alone."""
    crowd = {f"contingents.c{i}": {"personnel": 1, "at": "home", "judgement": "invented"} for i in range(20)}
    plans = {"plan": scenario(), "crowd": scenario(crowd), "seat": scenario({"lift.trucks.seats": 61})}

    lines = difference_lines(run_comparison(plans, replications=1))

    assert lines[0] == "crowd differs from plan in 20 values:"
    assert lines[MOST_LISTED + 1 :] == [
        "  and 8 more",
        "seat differs from plan in 1 value:",
        "  lift.trucks.seats: 60 -> 61",
    ]


def test_the_table_of_a_waterfall_goes_from_the_base_to_the_other():
    """0.4 + 0.2 - 0.1 + 0.1 = 0.6, each with its interval; what was laid over together, and under all, is said."""
    table = waterfall_table(waterfall(0.2, -0.1), names=("plan", "gated"))

    assert [row[1] for row in table.rows] == ["40%", "+20", "-10", "+10", "+10", "+20", "60%"]
    assert [table.rows[0][0], table.rows[-1][0]] == ["plan", "gated"]
    assert any("+ are no valid scenario without each other" in each for each in table.notes)
    assert "name" in table.notes[-1]


def test_the_scoreboard_has_a_point_a_scenario_and_milestone(agreement):
    """Each stands at its estimate, its line from end to end of its interval, in a row that is its own."""
    estimates = {name: estimate_milestones(run) for name, run in agreement.runs.items()}

    ax = plot_scoreboard(estimates, ax=Figure(figsize=(8, 8)).add_subplot())

    heights = [float(each) for line in ax.get_lines() for each in line.get_ydata()]
    assert len(set(heights)) == len(heights) == 4 * 13
    for line, (name, found) in zip(ax.get_lines(), estimates.items(), strict=True):
        assert line.get_label() == name
        assert line.get_xdata().tolist() == [each.met.estimate for each in found]


def test_a_milestone_that_one_scenario_lacks_keeps_its_row(scenario):
    """Two rows, three points."""
    half = {"milestones.half": {"by": "2030-01-05", "strength": {"at_most": "50%"}, "judgement": "invented"}}
    comparison = run_comparison({"plan": scenario(), "more": scenario(half)}, replications=2)

    (ax,) = scoreboard_figure(comparison).axes

    assert len(ax.get_yticks()) == 2
    assert [len(line.get_xdata()) for line in ax.get_lines()] == [1, 2]


def test_each_bar_of_a_waterfall_begins_where_the_last_one_ended():
    """From 0 to 0.4, on to 0.6, back to 0.5, the interaction to 0.6, and the other from 0 to 0.6."""
    ax = plot_waterfall(waterfall(0.2, -0.1), ax=Figure(figsize=(9, 4)).add_subplot())

    ends = [value for bar in ax.patches for value in (bar.get_x(), bar.get_x() + bar.get_width())]
    assert ends == pytest.approx([0, 0.4, 0.4, 0.6, 0.6, 0.5, 0.5, 0.6, 0, 0.6])


def test_fans_side_by_side_have_one_scale(scenario):
    """180 in a year, 720, and half a year: every panel goes up to 1.04 x 720 and covers the year."""
    other = {"more": {"contingents.alpha.personnel": 720}, "short": {"end": "2030-06-30"}}
    plans = {"plan": scenario(), **{name: scenario(each) for name, each in other.items()}}

    axes = comparison_figure(run_comparison(plans, replications=2)).axes

    assert len({(ax.get_ylim(), ax.get_xlim()) for ax in axes}) == 1
    assert axes[0].get_ylim()[1] >= 720
    assert axes[2].get_xlim()[1] == date2num(date(2031, 1, 1))


def test_other_panels_show_the_median_of_the_base(agreement):
    """Four panels, the base first; in the three others its median is dashed, and begins where it does in its own."""
    axes = comparison_figure(agreement, at=("Iraq",)).axes

    assert [ax.get_title(loc="left") for ax in axes][:2] == ["agreement (base)", "no-political-hold"]
    dashed = [[line for line in ax.get_lines() if line.get_linestyle() == "--"] for ax in axes]
    assert [len(each) for each in dashed] == [0, 1, 1, 1]
    assert dashed[1][0].get_ydata()[0] == axes[0].get_lines()[0].get_ydata()[0]


def test_a_place_the_base_does_not_have_is_refused(agreement):
    """It is no panel."""
    with pytest.raises(ValueError, match="no 'Irak'"):
        comparison_figure(agreement, at=("Irak",))


def test_no_word_lies_on_another(agreement, scenario):
    """Every figure, of what ships, of long and hostile names, and of a real waterfall."""
    hostile = {r"_$\frac{$ a scenario whose name goes on until nobody reads it": scenario(), "gated": scenario(GATED)}
    overrides = settings_apart({"lift.trucks.slots": 1, "contingents.alpha.personnel": 240})
    figures = [
        scoreboard_figure(agreement),
        comparison_figure(agreement, at=("Iraq",)),
        comparison_figure(agreement, at=("ain-al-asad",)),
        scoreboard_figure(run_comparison(hostile, replications=3)),
        comparison_figure(run_comparison(hostile, replications=3)),
        waterfall_figure(waterfall(0.2, -0.1)),
        waterfall_figure(waterfall(-0.3, -0.3, 0.9), names=(r"$\frac{$", "b" * 90)),
        waterfall_figure(run_waterfall(scenario(GATED), overrides, milestone="all-out", replications=5)),
    ]

    assert [misplaced(each) for each in figures] == [[]] * len(figures)
