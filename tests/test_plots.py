"""Figures by the numbers and words on their artists: nothing is compared by pixel, and nothing may lie on another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import posture
from posture.errors import StoreError
from posture.scenario.observed import Observation
from posture.scenario.scenario import Scenario, load
from posture.study.estimates import Band, Interval
from posture.study.runs import Run, run_scenario
from posture.study.timelines import (
    MilestoneTimeline,
    PhaseSpan,
    Target,
    estimate_timelines,
    median_targets,
    moved_cells,
    planned_spans,
)
from posture.view.figures import milestones_figure, picture, save_figure, strength_figure
from posture.view.labels import in_words, shown, target_text
from posture.view.layout import letters_in, place_names
from posture.view.notebook import ShownRun, read_run
from posture.view.panels import MOST_PANELS, choose_panels, make_panel
from posture.view.plots import CURVE, DUE, FAN, GROUND, QUIET, SEEN, plot_milestones, plot_strength

START = date(2030, 1, 1)
HOSTILE = r"_$ \frac{$ of a place \$ whose name goes on and on until nobody reads it any more"


@pytest.fixture
def ax() -> Axes:
    """Return axes of the size that pyplot gives, on a figure of their own."""
    return Figure(figsize=(6.4, 4.8)).add_subplot()


@pytest.fixture
def pyplot() -> Iterator[object]:
    """Return pyplot, without a figure before and after."""
    from matplotlib import pyplot

    pyplot.close("all")
    yield pyplot
    pyplot.close("all")


@pytest.fixture(scope="module")
def agreement() -> Run:
    """Return a short run of the scenario that ships."""
    return run_scenario(load(Path(__file__).parent.parent / "scenarios" / "agreement-2024.yaml"), replications=10)


def band(*rows: list[int], quantiles: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> Band:
    """Return a fan from 1 January 2030 by its quantiles, a value a day."""
    strength = np.array(rows, dtype=np.int64)
    return Band(quantiles, START, strength=strength, histories=strength[:1])


def flat(level: int = 100, *, days: int = 60) -> Band:
    """Return a fan without spread that never changes."""
    return band(*[[level] * days] * 5)


def target(**changes: object) -> Target:
    """Return an invented milestone: at most 20 by 20 January 2030."""
    values: dict[str, object] = {
        "milestone": "all-out",
        "label": "all-out",
        "first": None,
        "due": date(2030, 1, 20),
        "at_most": True,
        "level": 20,
        "percent": None,
    }
    return Target(**{**values, **changes})


def timeline(**changes: object) -> MilestoneTimeline:
    """Return an invented milestone due on 20 January 2030, achieved by 3 in 10 before and 8 in 10 after it."""
    values: dict[str, object] = {
        "milestone": "all-out",
        "label": "all-out",
        "first": None,
        "due": date(2030, 1, 20),
        "met": Interval(0.3, 0.11, 0.60),
        "dates": (date(2030, 1, 15), date(2030, 2, 10)),
        "shares": (0.3, 0.8),
        "met_on": None,
    }
    return MilestoneTimeline(**{**values, **changes})


def lines_of(ax: Axes, colour: str, **wanted: object) -> list[Line2D]:
    """Return the lines of a colour whose properties are as wanted."""
    lines = [each for each in ax.get_lines() if to_hex(each.get_color()) == colour.lower()]
    return [each for each in lines if all(getattr(each, f"get_{key}")() == value for key, value in wanted.items())]


def points_of(line: Line2D) -> list[tuple[date, float]]:
    """Return the points of a line as days and values."""
    return [(num2date(x).date(), float(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def words_on(ax: Axes) -> list[Text]:
    """Return the words written inside and beside axes, those of the legend left out."""
    title = [each for each in ax.get_children() if isinstance(each, Text) and each.get_text()]
    return [each for each in title if each.get_visible()]


def boxes(texts: list[Text]) -> list[Bbox]:
    """Return where texts stand, pixels."""
    return [each.get_window_extent() for each in texts]


def overlapping(texts: list[Text]) -> list[tuple[str, str]]:
    """Return the pairs of texts that lie on each other by more than a hair."""
    pairs = combinations(zip(texts, boxes(texts), strict=True), 2)
    return [(a.get_text(), b.get_text()) for (a, one), (b, two) in pairs if one.padded(-1).overlaps(two.padded(-1))]


def test_the_median_is_a_step_at_the_change_points_alone(ax):
    """100 on 1 and 2 January, 40 from the 3rd to the end of the 5th, where the run ends: three points."""
    middle = [100, 100, 40, 40, 40]
    plot_strength(band([90] * 5, middle, [110] * 5, quantiles=(0.1, 0.5, 0.9)), ax=ax)

    (line,) = lines_of(ax, FAN)

    assert line.get_drawstyle() == "steps-post"
    assert points_of(line) == [(START, 100), (date(2030, 1, 3), 40), (date(2030, 1, 6), 40)]


def test_bands_are_named_by_their_quantiles(ax):
    """The outer pair and the inner pair of five quantiles, the middle as a line."""
    plot_strength(band(*([each] * 5 for each in (80, 90, 100, 110, 120))), ax=ax)

    assert [each.get_text() for each in ax.get_legend().get_texts()] == [
        "median",
        "5 to 95 % of all",
        "25 to 75 % of all",
        "single replications",
    ]


def test_the_first_replications_are_drawn_as_they_went(ax):
    """Quantiles of 100 throughout, and one history that is 100, drops to 20 on 3 January and stays: two points more."""
    fan = band([90] * 5, [100] * 5, [110] * 5, quantiles=(0.1, 0.5, 0.9))
    fan = replace(fan, histories=np.array([[100, 100, 20, 20, 20]]))
    plot_strength(fan, ax=ax)

    (line,) = lines_of(ax, QUIET)

    assert points_of(line) == [(START, 100), (date(2030, 1, 3), 20), (date(2030, 1, 6), 20)]


def test_a_fan_without_spread_is_one_line(ax):
    """One replication, or one that nothing changes: no bands to explain, and no median of one."""
    plot_strength(flat(), ax=ax)

    assert not ax.collections
    assert [each.get_text() for each in ax.get_legend().get_texts()] == ["strength"]


def test_axes_have_units_and_show_the_whole_run(ax):
    """60 days from 1 January to 2 March, a hair before them; from 0 persons up."""
    plot_strength(flat(1500), title="All in Northland", ax=ax)

    left, right = ax.get_xlim()
    assert "persons" in ax.get_ylabel()
    assert "date" in ax.get_xlabel()
    assert ax.get_title(loc="left") == "All in Northland"
    assert (num2date(left).date(), num2date(right).date()) == (date(2029, 12, 31), date(2030, 3, 2))
    assert ax.get_ylim()[0] < 0
    assert ax.get_ylim()[1] > 1500
    assert "1,200" in [each.get_text() for each in ax.get_yticklabels()]


@pytest.mark.parametrize("days", [1, 2, 7, 20, 60, 365, 1100, 4000])
def test_ticks_are_days_and_not_hours(ax, days):
    """From a day to eleven years: two to nine ticks, each at a midnight; of months and years the first day."""
    plot_strength(flat(days=days), ax=ax)

    left, right = ax.get_xlim()
    ticks = [num2date(each) for each in ax.get_xticks() if left <= each <= right]
    assert 2 <= len(ticks) <= 9
    assert all((each.hour, each.minute) == (0, 0) for each in ticks)
    assert days < 365 or {each.day for each in ticks} == {1}


def test_a_count_is_a_point_on_a_bar_from_low_to_high(ax):
    """70 on 10 January, between 60 and 90."""
    plot_strength(flat(), observations=[Observation(date(2030, 1, 10), 70, 60, 90, "S")], ax=ax)

    (point,) = lines_of(ax, SEEN, marker="o")
    (bar,) = lines_of(ax, SEEN, marker="_")
    assert points_of(point) == [(date(2030, 1, 10), 70)]
    assert points_of(bar) == [(date(2030, 1, 10), 60), (date(2030, 1, 10), 90)]


@pytest.mark.parametrize(("low", "high", "marker"), [(None, 80, "v"), (80, None, "^")])
def test_one_bound_is_an_arrow_without_a_point(ax, low, high, marker):
    """Fewer than 80: from 80 down. More than 80: from 80 up."""
    plot_strength(flat(), observations=[Observation(date(2030, 1, 10), None, low, high, "S")], ax=ax)

    (arrow,) = lines_of(ax, SEEN, marker=marker)
    tip = float(arrow.get_ydata()[0])
    assert not lines_of(ax, SEEN, marker="o")
    assert tip < 80 if high else tip > 80


def test_counts_outside_the_run_are_left_out(ax):
    """The run ends with 1 March; a count of 2 March and its 10,000 would stretch the axis for nothing."""
    late = Observation(date(2030, 3, 2), 10_000, None, None, "S")
    plot_strength(flat(), observations=[late], ax=ax)

    assert not lines_of(ax, SEEN)
    assert ax.get_ylim()[1] < 200


def test_a_milestone_points_at_its_level_on_its_day(ax):
    """At most 20 by 20 January: down, at 20; at least 50 from 5 to 25 January: up, a line at 50."""
    throughout = target(first=date(2030, 1, 5), due=date(2030, 1, 25), at_most=False, level=50)
    plot_strength(flat(), targets=[target(), throughout], ax=ax)

    (down,), (up,) = lines_of(ax, DUE, marker="v"), lines_of(ax, DUE, marker="^")
    assert set(points_of(down)) == {(date(2030, 1, 20), 20)}
    assert points_of(up) == [(date(2030, 1, 5), 50), (date(2030, 1, 25), 50)]
    assert [each.get_text() for each in ax.get_legend().get_texts()] == [
        "strength",
        "all-out: at most 20 by 20 Jan 2030",
        "all-out: at least 50, 5 Jan 2030 to 25 Jan 2030",
    ]


def test_of_many_milestones_four_are_named_and_all_marked(ax):
    """Ten of them: four lines of words and one for the other six."""
    many = [target(due=START + timedelta(days=each)) for each in range(10)]
    plot_strength(flat(), targets=many, legend=False, ax=ax)

    assert len(lines_of(ax, DUE, marker="v")) == 10
    assert [each.get_text() for each in ax.get_legend().get_texts()][4:] == ["and 6 more"]


def test_the_legend_stands_above_the_data(ax):
    """Whatever is drawn ends below the legend's foot, with the highest count at 130."""
    seen = [Observation(date(2030, 1, 10), 120, 60, 130, "S")]
    plot_strength(flat(), observations=seen, targets=[target(), target(level=90)], ax=ax)

    foot = ax.get_legend().get_window_extent().y0
    assert ax.transData.transform((0, 130))[1] < foot
    assert ax.get_legend().get_window_extent().y1 <= ax.get_window_extent().y1 + 1


def test_phases_are_shaded_from_their_first_day_to_their_last(ax):
    """5 to 20 January, both included: to midnight of the 21st; its name above the panel."""
    plot_strength(flat(), spans=[PhaseSpan("exit", "exit", date(2030, 1, 5), date(2030, 1, 20))], ax=ax)

    (shade,) = ax.patches
    name = next(each for each in words_on(ax) if each.get_text() == "exit")
    assert num2date(shade.get_x()).date() == date(2030, 1, 5)
    assert shade.get_width() == 16
    assert name.get_window_extent().y0 >= ax.get_window_extent().y1


def test_names_of_phases_never_touch(ax):
    """Twelve phases, some on the same day and some at the very end: what finds no lane goes unnamed."""
    firsts = [0, 0, 1, 3, 9, 10, 20, 33, 40, 55, 58, 59]
    spans = [
        PhaseSpan(f"p{i}", f"phase number {i}", START + timedelta(each), START + timedelta(each + 9))
        for i, each in enumerate(firsts)
    ]
    plot_strength(flat(), spans=spans, title="All in Northland", ax=ax)

    texts = words_on(ax)
    assert len(texts) > 6
    assert not overlapping(texts)
    assert max(each.x1 for each in boxes(texts)) <= ax.get_window_extent().x1 + 1


def test_a_name_takes_the_lowest_lane_that_is_free():
    """Two on one day in two lanes, the third 50 days on back in the first."""
    spans = [PhaseSpan(each, each, START + timedelta(day), START) for each, day in (("a", 0), ("b", 0), ("c", 50))]

    placed = place_names(spans, first=START, days=100, inches=4)

    assert [(each.span.phase, each.lane) for each in placed] == [("a", 0), ("b", 1), ("c", 0)]


def test_a_row_rises_by_its_shares_at_their_dates(ax):
    """Three in ten from 15 January, eight in ten from 10 February on, to the end of the window on 1 March."""
    plot_milestones([timeline()], window=(START, date(2030, 3, 1)), ax=ax)

    (curve,) = lines_of(ax, FAN)
    foot = -1 + GROUND
    rise = [(day, round((y - foot) / CURVE, 9)) for day, y in points_of(curve)]
    assert rise == [
        (date(2029, 12, 31), 0),
        (date(2030, 1, 15), 0.3),
        (date(2030, 2, 10), 0.8),
        (date(2030, 3, 2), 0.8),
    ]
    assert [each.get_text() for each in ax.get_yticklabels()] == ["0 %", "100 %"]


def test_a_row_says_when_it_was_due_and_how_likely_it_is(ax):
    """The chance stands before the due date, above the curve: 30 % of a hundred leaves room there."""
    plot_milestones([timeline(met_on=date(2030, 2, 1))], window=(date(2029, 12, 1), date(2030, 3, 1)), ax=ax)

    words = [each.get_text() for each in words_on(ax)]
    assert "all-out by 20 Jan 2030; observed: 1 Feb 2030" in words
    assert "30% (11 to 60%)" in words
    (diamond,) = lines_of(ax, SEEN, marker="D")
    assert points_of(diamond)[0][0] == date(2030, 2, 1)


def test_what_never_happened_is_said_in_words(ax):
    """No day to mark: the row says `never`."""
    plot_milestones([timeline(met_on="never", dates=(), shares=())], window=(START, date(2030, 3, 1)), ax=ax)

    assert any(each.get_text().startswith("all-out by 20 Jan 2030; observed: never") for each in words_on(ax))
    assert not lines_of(ax, SEEN)


def test_throughout_is_a_bar_over_its_time(ax):
    """From 5 to 20 January at nine in ten."""
    plot_milestones([timeline(first=date(2030, 1, 5), met=Interval(0.9, 0.6, 0.98), dates=(), shares=())], ax=ax)

    (bar,) = lines_of(ax, FAN)
    assert [(day, round((y + 1 - GROUND) / CURVE, 9)) for day, y in points_of(bar)] == [
        (date(2030, 1, 5), 0.9),
        (date(2030, 1, 20), 0.9),
    ]


@pytest.mark.parametrize("share", [0.1, 0.45, 0.5, 0.55, 1.0])
@pytest.mark.parametrize("due", [date(2030, 3, 31), date(2030, 6, 30), date(2030, 9, 1)])
def test_the_chance_is_written_where_the_curve_is_not(ax, share, due):
    """A curve that jumps to `share` on the due date, and to 1 a month on, never crosses the words."""
    jumps = timeline(
        label="jumps", due=due, met=Interval(share, 0, 1), dates=(due, due + timedelta(30)), shares=(share, 1.0)
    )
    plot_milestones([jumps], window=(START, date(2030, 12, 31)), ax=ax)

    (box,) = boxes([each for each in words_on(ax) if each.get_text().startswith(f"{share:.0%} (")])
    steps = ax.transData.transform(lines_of(ax, FAN)[0].get_xydata())
    ends = [*(x for x, _ in steps[1:]), np.inf]
    heights = [height for (begin, height), end in zip(steps, ends, strict=True) if begin < box.x1 and end > box.x0]
    assert heights
    assert min(heights) >= box.y1 - 1 or max(heights) <= box.y0 + 1


@pytest.mark.parametrize(("due", "share"), [(date(2030, 1, 9), 0.25), (date(2030, 12, 20), 0.75)])
def test_a_chance_without_room_stands_with_the_words(ax, due, share):
    """Unlikely and due in the first days, or likely and due in the last: there is no room on that side."""
    row = timeline(due=due, met=Interval(share, 0, 1), dates=(due,), shares=(share,))
    plot_milestones([row], window=(START, date(2030, 12, 31)), ax=ax)

    assert [each.get_text() for each in words_on(ax)] == [f"all-out by {in_words(due)}; met: {share:.0%} (0 to 100%)"]


def test_many_rows_stay_apart(ax):
    """Twenty-five milestones on axes of ordinary size: smaller letters, nothing on anything."""
    rows = [timeline(label=f"milestone-{each}", due=START + timedelta(2 * each)) for each in range(25)]
    plot_milestones(rows, ax=ax)

    assert not overlapping(words_on(ax))


def test_no_milestones_are_no_rows(ax):
    """The axes say so instead."""
    plot_milestones([], ax=ax)

    assert [each.get_text() for each in words_on(ax)] == ["the scenario has no milestones"]


def test_text_of_files_is_made_harmless():
    """No formula, no legend entry that vanishes, one line, at most so many letters."""
    assert shown("cost: $5 to $9") == r"cost: \$5 to \$9"
    assert shown("_hidden") == " _hidden"
    assert shown("two\n lines\x1b[31m") == r"two lines\x1b[31m"
    assert shown("abcdefgh", most=5) == "abcd…"


def test_long_names_give_way_to_the_level_and_the_day():
    """Room for 40 letters: level and day are whole, of the name stay the eight that it keeps in any case."""
    left = target(label="everybody-has-left-northport", level=1200, percent="50%")

    assert target_text(left, most=40) == "everybo…: at most 50% (1,200) by 20 Jan 2030"


def test_days_are_written_without_zeros():
    """No leading zero, the month in letters: the same for every reader."""
    assert in_words(date(2030, 1, 5)) == "5 Jan 2030"


def test_letters_that_are_counted_fit(ax):
    """As many letters as are said to fit into the width of the axes are not wider than it."""
    inches = ax.get_window_extent().width / ax.figure.dpi
    sentence = "asad-vacated: at most 0 by 30 Sep 2025, and so on and so forth. " * 3
    text = ax.text(0, 0, sentence[: letters_in(inches)], fontsize=8)

    assert text.get_window_extent().width <= ax.get_window_extent().width


def test_hostile_names_draw(scenario, tmp_path):
    """A `$`, a `_` and a long tail in every name of a file: both figures are saved, and the words are there."""
    made = run_scenario(
        scenario(
            {
                "name": HOSTILE * 3,
                "locations.northport.name": HOSTILE,
                "contingents.alpha.title": HOSTILE,
                "phases.exit.title": HOSTILE,
                "milestones.all-out.title": HOSTILE,
            }
        ),
        replications=2,
    )
    for number, figure in enumerate((strength_figure(made), milestones_figure(made))):
        save_figure(figure, tmp_path / f"{number}.svg")

        written = (tmp_path / f"{number}.svg").read_text(encoding="utf-8")
        assert r"_$ \frac{$ of a place" in written
        assert figure.texts[0].get_text().count("\n") == 1


def test_the_same_run_gives_the_same_bytes(scenario):
    """Neither the day nor the versions of libraries stand in a picture."""
    made = run_scenario(scenario(), replications=3)

    for form in ("png", "svg", "pdf"):
        one, two = (picture(strength_figure(made), form=form) for _ in range(2))
        assert one == two
        assert b"Matplotlib" not in one


def test_a_figure_that_cannot_be_written_is_told(scenario, tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    figure = milestones_figure(run_scenario(scenario(), replications=1))

    with pytest.raises(StoreError, match=r"m\.png cannot be written"):
        save_figure(figure, tmp_path / "taken" / "m.png")


def test_figures_say_what_made_them(scenario):
    """The scenario's name above; replications, seed, hash and version below."""
    small = scenario()
    figure = strength_figure(run_scenario(small, replications=1, seed=7))

    name, made = (each.get_text() for each in figure.texts)
    assert name == small.name
    assert made.startswith(f"1 replication, seed 7, scenario {small.hash[:8]}, posture ")


def test_figures_need_no_pyplot(shipped):
    """The command line draws without windows: pyplot is never imported."""
    program = (
        "import sys, posture\n"
        "from posture.view.figures import milestones_figure, picture, strength_figure\n"
        f"run = posture.run({str(shipped / 'agreement-2024.yaml')!r}, replications=1)\n"
        "picture(strength_figure(run)), picture(milestones_figure(run))\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)\n"
    )
    repository = Path(__file__).parent.parent

    assert subprocess.run([sys.executable, "-c", program], cwd=repository, check=False).returncode == 0


def test_nothing_of_the_agreement_lies_on_anything(agreement):
    """Nine panels and nine rows: every word inside the figure, no two on each other, no legend on the data."""
    for figure in (strength_figure(agreement), milestones_figure(agreement)):
        figure.draw_without_rendering()
        texts = [*figure.texts, *(text for ax in figure.axes for text in words_on(ax))]
        texts += [each for ax in figure.axes for each in (ax.xaxis.label, ax.yaxis.label) if each.get_text()]
        inside = figure.bbox.padded(1)
        assert not overlapping(texts)
        assert all(inside.contains(box.x0, box.y0) and inside.contains(box.x1, box.y1) for box in boxes(texts))
        for ax in figure.axes:
            tops = [ax.transData.transform((0, float(np.max(line.get_ydata()))))[1] for line in ax.get_lines()]
            assert ax.get_legend() is None or max(tops) < ax.get_legend().get_window_extent().y0


def test_the_agreement_has_a_panel_for_each_selection_once(agreement):
    """Iraq first; then what milestones ask by due date; then what was only observed. Kurdistan is Erbil: one panel."""
    titles = [ax.get_title(loc="left") for ax in strength_figure(agreement).axes]

    assert titles == [
        "All in Iraq",
        "All in Syria",
        "US at Coalition sites, Baghdad and Office at the embassy",
        "All at Ain al-Asad Air Base",
        "All at Coalition sites, Baghdad and Office at the embassy",
        "US in Iraq",
        "US at Erbil and Harir",
        "All in kurdistan",
        "US at Ain al-Asad Air Base",
    ]


def test_counts_of_one_nation_are_never_drawn_on_the_fan_of_all(agreement):
    """`asad-us` counts the US at Ain al-Asad: on that panel, and not on that of all who stand there."""
    file = agreement.scenario.parts

    assert make_panel(file, of=("US",), at=("ain-al-asad",)).observed == ("asad-us",)
    assert make_panel(file, at=("ain-al-asad",)).observed == ()
    assert make_panel(file, at=("ain-al-asad",)).milestones == ("asad-vacated",)


def test_selections_that_mean_the_same_people_are_one(agreement):
    """All at Erbil and all in Kurdistan: the milestone and the count of either stand on both."""
    file = agreement.scenario.parts
    one, two = make_panel(file, at=("erbil",)), make_panel(file, at=("kurdistan",))

    assert (
        (one.milestones, one.observed) == (two.milestones, two.observed) == (("kurdistan-empty",), ("kurdistan-all",))
    )


def test_one_place_in_one_country_is_one_panel(scenario):
    """The total of Northland, the milestone at northport and whoever leaves it are the same people."""
    made = run_scenario(scenario(), replications=1)

    (panel,) = choose_panels(made.scenario.parts, moved=moved_cells(made))

    assert (panel.title, panel.milestones) == ("All in Northland", ("all-out",))


def test_unknown_names_are_named_with_the_nearest(agreement):
    """`Irak` is none; a run knows `Iraq`."""
    with pytest.raises(ValueError, match="no 'Irak'; did you mean 'Iraq'"):
        make_panel(agreement.scenario.parts, at=("Irak",))


def test_places_where_nothing_happens_have_no_panel(scenario):
    """Nobody leaves the south; without a country to add up by, all locations together come first."""
    settings = {
        "locations.south": {},
        "locations.northport.country": None,
        "contingents.bravo": {"personnel": 5, "at": "south", "judgement": "invented"},
    }
    made = run_scenario(scenario(settings), replications=1)

    titles = [each.title for each in choose_panels(made.scenario.parts, moved=moved_cells(made))]

    assert titles == ["All at all locations", "All at northport"]


def test_a_scenario_in_which_nobody_moves_has_one_panel(scenario):
    """No phases and no milestone on strength: the total, flat."""
    made = run_scenario(scenario({"phases.exit.drawdowns": None, "milestones": None}), replications=1)

    figure = strength_figure(made)

    assert [ax.get_title(loc="left") for ax in figure.axes] == ["All at all locations"]
    assert picture(figure)
    assert picture(milestones_figure(made))


def test_there_are_at_most_nine_panels(scenario):
    """Fifteen places that milestones ask of: nine panels, the total among them."""
    places = {f"locations.p{each}": {} for each in range(15)}
    asked = {
        f"milestones.m{each}": {
            "by": "2030-02-01",
            "strength": {"at": f"p{each}", "at_most": 0},
            "judgement": "invented",
        }
        for each in range(15)
    }
    made = run_scenario(scenario({**places, **asked}), replications=1)

    panels = choose_panels(made.scenario.parts, moved=moved_cells(made))

    assert len(panels) == MOST_PANELS == len(strength_figure(made).axes)
    assert panels[0].title == "All in Northland"


def test_phases_span_their_median_start_to_their_last_date(scenario):
    """Uniform from 1 to 7 January: the 4th; the schedule's last day is the 9th, the deadline its end."""
    made = run_scenario(scenario({"phases.exit.starts": {"uniform": ["2030-01-01", "2030-01-07"]}}), replications=1)

    assert planned_spans(made.plan) == (PhaseSpan("exit", "exit", date(2030, 1, 4), date(2030, 1, 9)),)


def test_a_percentage_is_a_level_of_those_at_the_start(scenario):
    """Half of 180: 90. A shared assumption has no one percentage to state."""
    asked = {"strength": {"at": "northport", "at_most": "50%"}, "by": "2030-01-09", "judgement": "invented"}
    made = run_scenario(scenario({"milestones.half-out": asked}), replications=1)

    half, out = sorted(median_targets(made, ["half-out", "all-out"]), key=lambda each: -each.level)

    assert (half.level, half.percent, half.at_most) == (90, "50%", True)
    assert (out.level, out.percent, out.due) == (0, None, date(2030, 1, 9))


def test_only_cells_that_change_have_moved(scenario):
    """Alpha leaves northport and comes home; bravo stays where it is."""
    settings = {"contingents.bravo": {"personnel": 5, "at": "northport", "judgement": "invented"}}
    changed = {**settings, "phases.exit.drawdowns.alpha-home.of": "alpha"}

    assert moved_cells(run_scenario(scenario(changed), replications=1)) == {("alpha", "northport"), ("alpha", "home")}


def test_timelines_follow_the_due_dates(agreement):
    """Nine milestones, those due first first; what was observed beside them."""
    timelines = estimate_timelines(agreement)

    assert [each.due for each in timelines] == sorted(each.due for each in timelines)
    assert {each.milestone: each.met_on for each in timelines}["asad-vacated"] == date(2026, 1, 17)
    assert next(each.first for each in timelines if each.milestone == "support-for-syria") == date(2025, 10, 1)


def test_a_run_shows_itself_as_a_table(scenario):
    """Rows of HTML with every name escaped, and one line where only text will do."""
    made = posture.run(scenario({"name": "<b>&"}), replications=2)

    html = made._repr_html_()

    assert isinstance(made, ShownRun)
    assert "&lt;b&gt;&amp;: 2 replications, seed 1" in html
    assert html.count("<tr>") == 2
    assert repr(made) == "<Run of '<b>&', 2 replications, seed 1>"


def test_a_run_draws_itself_on_the_axes_given(scenario, ax):
    """A name alone will do for a selection; without axes, pyplot's current ones."""
    made = posture.run(scenario(), replications=2)

    assert made.plot.strength(ax, at="northport") is ax
    assert ax.get_title(loc="left") == "All at northport"


def test_without_axes_pyplot_has_the_current_ones(scenario, pyplot):
    """Two figures of a run, one after the other on the same figure of pyplot."""
    made = posture.run(scenario(), replications=2)

    assert made.plot.strength(of=["Alphaland"]) is pyplot.gca()
    assert made.plot.milestones() is pyplot.gca()


def test_a_summary_has_a_row_a_milestone(scenario):
    """Met in both replications; without milestones, no rows and no error."""
    assert posture.run(scenario(), replications=2).summary()["p_met"].to_dict() == {"all-out": 1.0}
    assert posture.run(scenario({"milestones": None}), replications=1).summary().empty


def test_an_executor_changes_no_row(scenario):
    """Five replications in chunks of two, here and on threads."""
    small = scenario()
    with ThreadPoolExecutor(2) as executor:
        threaded = posture.run(small, replications=5, chunk=2, executor=executor)

    assert threaded.digest == posture.run(small, replications=5).digest


def test_workers_and_an_executor_exclude_each_other(scenario):
    """Two ways to spread the work at once, or none at all, are a mistake."""
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="2 workers"):
        posture.run(scenario(), workers=2, executor=executor)
    with pytest.raises(ValueError, match="0 workers"):
        posture.run(scenario(), workers=0)


def test_a_saved_run_reads_back_as_one_that_shows_itself(shipped, tmp_path):
    """From a path, through a folder, with the same rows and the counts that were observed."""
    made = posture.run(str(shipped / "agreement-2024.yaml"), replications=2)
    posture.write_run(made, tmp_path / "run")

    again = read_run(str(tmp_path / "run"))

    assert again.digest == made.digest
    assert picture(strength_figure(again)) == picture(strength_figure(made))


def test_a_variant_is_drawn_like_any_other(agreement):
    """Without the gate of phase 1 the figure has the same panels."""
    ungated: Scenario = agreement.scenario.vary({"phases.phase-1.gate": None})

    figure = strength_figure(run_scenario(ungated, replications=2))

    assert len(figure.axes) == MOST_PANELS
