"""Figures of a back-test: the numbers on the artists, and fans that are the forecasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from posture.study.backtests import Backtest, run_backtest
from posture.study.conditioning import COUNT_ERROR
from posture.study.estimates import Interval, daily_strength, quantile_of
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast
from posture.study.runs import run_scenario
from posture.study.scores import score_forecasts
from posture.view.figures import picture
from posture.view.forecast_plots import CURVE, GROUND, backtest_figures, chances_figure, fan_figure, plot_chances
from posture.view.plots import DUE, FAN, SEEN

START, DUE_ON = date(2030, 1, 1), date(2030, 3, 1)
COUNTS = """date,actual,low,high,source
2030-01-15,120,,,S
2030-02-10,60,50,70,S
2030-03-05,0,,,S
"""


@pytest.fixture
def ax() -> Axes:
    """Return axes on a figure of their own."""
    figure = Figure(figsize=(8, 5))
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def forecast(name: str, days: int, p: float, *, due: date = DUE_ON) -> MilestoneForecast:
    """Return a forecast so many days after the start, with an interval of a tenth either way."""
    p_met = Interval(p, max(0.0, p - 0.1), min(1.0, p + 0.1))
    as_of = START + timedelta(days=days)
    return MilestoneForecast("alpha", name, as_of, due, True, p_met, {REFERENCE_CLASS: 0.6, "no change": 0.0})


@pytest.fixture
def built(scenario):
    """Build a back-test of made-up forecasts of the milestone `all-out`, or of others beside it."""

    def build(*forecasts: MilestoneForecast, met_on: date | Literal["never"] = DUE_ON, case: str = "alpha") -> Backtest:
        names = {each.milestone for each in forecasts}
        settings: dict[str, object] = {
            f"milestones.{name}": {
                "by": DUE_ON,
                "strength": {"at": "northport", "at_most": 0},
                "judgement": "invented",
            }
            for name in names
        }
        settings |= {f"observed.milestones.{name}": {"met_on": met_on, "source": "S"} for name in names}
        settings["sources.S"] = {"title": "A paper", "publisher": "A press", "date": "2030-12-01"}
        card = score_forecasts([], forecasts)
        return Backtest({case: scenario(settings)}, 2, 1, False, (), forecasts, card)

    return build


@pytest.fixture
def replayed(scenario, tmp_path) -> Backtest:
    """Replay the smallest scenario with counts of its own: 180 persons to leave by 1 March, seven serials a month."""
    file = tmp_path / "counts.csv"
    file.write_text(COUNTS, encoding="utf-8")
    settings = {
        "phases.exit.drawdowns.alpha-home.schedule": {"2030-03-01": 0},
        "lift.trucks": {"seats": 20, "slots": 1, "cycle_days": {"uniform": [1, 12]}},
        "milestones.all-out.by": "2030-03-01",
        "sources.S": {"title": "A paper", "publisher": "A press", "date": "2030-12-01"},
        "observed.milestones.all-out": {"met_on": "2030-03-05", "source": "S"},
    }
    observed = scenario(settings).observe(file, at=["northport"])
    return run_backtest({"northport": observed}, replications=25, seed=7)


def line_of(ax: Axes, colour: str, *, marker: str | None = None):
    """Return the one line of a colour, of several that with a marker."""
    [line] = [each for each in ax.lines if each.get_color() == colour and marker in {None, each.get_marker()}]
    return line


def test_a_row_has_the_forecasts_from_none_to_all_of_its_height(built, ax):
    """20 % and 70 % above the foot of the only row; its 95 % interval 10 points either way."""
    plot_chances(built(forecast("out", 31, 0.7), forecast("out", 0, 0.2)), "alpha", ax=ax)
    line, [band] = line_of(ax, FAN), [each for each in ax.collections if each.get_label() != "_" and each.get_alpha()]
    foot = GROUND - 1

    assert list(line.get_ydata()) == pytest.approx([foot + 0.2 * CURVE, foot + 0.7 * CURVE])
    assert list(line.get_xdata()) == [date2num(START), date2num(date(2030, 2, 1))]
    assert band.get_paths()[0].get_extents().ymin == pytest.approx(foot + 0.1 * CURVE)
    assert band.get_paths()[0].get_extents().ymax == pytest.approx(foot + 0.8 * CURVE)


def test_the_reference_class_is_a_dashed_line(built, ax):
    """60 % on both days."""
    plot_chances(built(forecast("out", 0, 0.2), forecast("out", 31, 0.7)), "alpha", ax=ax)
    [line] = [each for each in ax.lines if each.is_dashed()]

    assert list(line.get_ydata()) == pytest.approx([GROUND - 1 + 0.6 * CURVE] * 2)


@pytest.mark.parametrize(
    ("met_on", "height", "words"),
    [
        (DUE_ON, 1, "in time"),
        (DUE_ON + timedelta(days=1), 0, "1 day late"),
        (DUE_ON + timedelta(days=40), 0, "40 days late"),
    ],
)
def test_what_came_is_marked_where_a_sure_forecast_would_have_been(built, ax, met_on, height, words):
    """At 100 % on the day if in time, the due date included; at 0 % a day later."""
    plot_chances(built(forecast("out", 0, 0.2), met_on=met_on), "alpha", ax=ax)
    mark = line_of(ax, SEEN)

    assert list(mark.get_xdata()) == [date2num(met_on)]
    assert list(mark.get_ydata()) == pytest.approx([GROUND - 1 + height * CURVE])
    assert ax.texts[0].get_text().endswith(words)


def test_what_never_came_is_marked_at_the_end(built, ax):
    """A cross at 0 % on the right edge, and the word."""
    plot_chances(built(forecast("out", 0, 0.2), met_on="never"), "alpha", ax=ax)
    mark = line_of(ax, SEEN)

    assert (mark.get_marker(), list(mark.get_xdata())) == ("x", [ax.get_xlim()[1]])
    assert ax.texts[0].get_text() == "out by 1 Mar 2030: never met"


def test_the_due_date_is_the_one_announced_last(built, ax):
    """Put off by a month between the two forecasts."""
    later = date(2030, 4, 1)
    plot_chances(built(forecast("out", 0, 0.2), forecast("out", 31, 0.7, due=later)), "alpha", ax=ax)
    [line] = [each for each in ax.collections if tuple(each.get_edgecolor()[0][:3]) == to_rgb(DUE)]

    assert line.get_segments()[0][0][0] == date2num(later)


@pytest.mark.parametrize("count", [1, 4, 12])
def test_words_of_many_milestones_do_not_touch(built, ax, count):
    """Each above its own row, in letters as high as there is room, from the first due down."""
    forecasts = [
        forecast(f"{n:02}-is-a-milestone-whose-name-goes-on-and-on", day, 0.5, due=DUE_ON + timedelta(days=n))
        for n in range(count)
        for day in (0, 31)
    ]
    plot_chances(built(*forecasts), "alpha", ax=ax)
    ax.figure.canvas.draw()
    boxes = [each.get_window_extent() for each in ax.texts]

    assert [each.get_text()[:2] for each in ax.texts] == [f"{n:02}" for n in range(count)]
    assert all(upper.y0 >= lower.y1 for upper, lower in pairwise(boxes))
    assert all(each.x1 <= ax.get_window_extent().x1 for each in boxes)


def test_a_case_without_milestones_says_so_and_one_there_is_not_is_refused(built, ax):
    """Words in the middle; the names there are."""
    empty = built()
    plot_chances(empty, "alpha", ax=ax)

    assert ax.texts[0].get_text() == "no milestones were forecast"
    with pytest.raises(ValueError, match="found the case 'bravo', wanted one of alpha"):
        plot_chances(empty, "bravo", ax=ax)


def test_the_figure_of_chances_has_a_key(built):
    """Six things to tell apart, below a title with the name of the case."""
    figure = chances_figure(built(forecast("out", 0, 0.2)), "alpha")

    assert len(figure.legends[0].get_texts()) == 6
    assert figure.texts[0].get_text() == "How likely each milestone was: Two hundred leave northport"
    assert "assumptions as they ship" in figure.texts[1].get_text()


def test_every_figure_of_a_backtest_is_there_and_can_be_drawn(replayed):
    """One case, strength and milestones; the same bytes twice."""
    figures = backtest_figures(replayed)

    assert list(figures) == [
        "pit",
        "reliability",
        "skill-by-case",
        "skill-by-lead",
        "chances-northport",
        "fan-northport",
    ]
    assert picture(figures["skill-by-case"]) == picture(backtest_figures(replayed)["skill-by-case"])


def test_without_milestones_there_are_no_figures_of_them(replayed):
    """PIT, skill and the fan stay."""
    alone = replace(replayed, milestones=(), card=score_forecasts(replayed.strengths, []))

    assert list(backtest_figures(alone)) == ["pit", "skill-by-case", "skill-by-lead", "fan-northport"]


def test_the_fan_is_the_first_forecast_with_what_was_counted_over_it(replayed):
    """Median and first history are of the run as of the first day, a count's within what counts err; all are on it."""
    first = [each for each in replayed.strengths if each.as_of == START]
    daily = daily_strength(run_scenario(replayed.cases["northport"].as_of(START), replications=25, seed=7))
    [ax] = fan_figure(replayed, "northport").axes
    median = line_of(ax, FAN)
    days, strengths = (np.asarray(each, dtype=float) for each in (median.get_xdata(), median.get_ydata()))
    shown = [strengths[np.searchsorted(days, date2num(each.day), side="right") - 1] for each in first]
    points = [each for each in ax.lines if each.get_color() == SEEN and each.get_marker() == "o"]
    [history] = [each for each in ax.lines if each.get_label() == "single replications"]
    went = dict(zip(history.get_xdata()[:-1], history.get_ydata()[:-1], strict=True))

    assert went == {day: daily[0, int(day - date2num(START))] for day in went}
    assert shown == [quantile_of(daily[:, (each.day - START).days].tolist(), 0.5) for each in first]
    assert shown == pytest.approx([quantile_of(each.samples.tolist(), 0.5) for each in first], rel=4 * COUNT_ERROR)
    assert [float(each.get_ydata()[0]) for each in points] == [120, 60, 0]
