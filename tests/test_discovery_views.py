"""Discoveries shown: ranges in words, whether box and check agree, and boxes drawn where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import build
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle
from test_comparison_views import misplaced
from test_discoveries import PLANTED

from posture.study.discoveries import Discovery, discover_run, discover_study
from posture.study.estimates import Interval
from posture.study.inputs import Input
from posture.study.runs import run_scenario
from posture.study.studies import create_study, run_study
from posture.study.trees import Cut, Leaf, Tree
from posture.view.discovery_plots import axes_of, discovery_figure
from posture.view.discovery_tables import (
    box_table,
    discovery_rows,
    discovery_sentences,
    leaf_reaches,
    reach_text,
    tree_table,
)

SHARE = Input("a", "a", "share", "number")
DAY = Input("d", "d", "date", "date")
PACE = Input("p", "p", "", "category", ("early", "even", "late"))
FIRST = date(2030, 1, 1).toordinal()


@pytest.fixture(scope="module")
def found() -> Discovery:
    """Return what is found of a planted threshold."""
    return discover_run(run_scenario(build(PLANTED), replications=400), "all-out")


@pytest.fixture(scope="module")
def of_study(tmp_path_factory) -> Discovery:
    """Return what is found of a study of dates and cycles."""
    points = [
        {"assumptions.cycle.value": cycle, "phases.exit.starts": f"2030-01-0{day}"}
        for cycle in range(1, 7)
        for day in (1, 2, 3)
    ]
    made = create_study(tmp_path_factory.mktemp("found") / "study", build(PLANTED), points, seed=1, replications=4)
    run_study(made)
    return discover_study(made, "all-out")


@pytest.mark.parametrize(
    ("one", "reach", "words"),
    [
        (SHARE, (0.25, None), "at least 0.25"),
        (SHARE, (None, 0.5), "at most 0.5"),
        (SHARE, (0.25, 0.5), "0.25 to 0.5"),
        (DAY, (FIRST, FIRST + 30.4), "1 Jan 2030 to 31 Jan 2030"),
        (PACE, (1, None), "even or late"),
        (PACE, (0, 0), "early"),
    ],
)
def test_a_restriction_reads_in_its_unit(one, reach, words):
    """Both ends inside; dates to the nearest day; categories by name."""
    assert reach_text(one, reach) == words


def test_the_lower_end_of_a_leaf_is_outside():
    """Above 0.2 and above 0.3, up to 0.9: from the last cut on, the nearer; a category above `early` is not `early`."""
    cuts = (Cut("a", 0.2, above=True), Cut("a", 0.9, above=False), Cut("a", 0.3, above=True), Cut("p", 0.0, above=True))

    assert leaf_reaches(Leaf(cuts, 1, 1)) == {"a": (0.3, 0.9), "p": (0.0, None)}
    assert reach_text(SHARE, (0.2, None), above=True) == "above 0.2"
    assert reach_text(PACE, (0.0, None), above=True) == "even or late"


def test_the_tables_have_a_row_a_restriction_and_a_row_a_leaf(found):
    """One restriction of the cycle; the leaf of most misses comes first."""
    boxes, leaves = box_table(found), tree_table(found)

    (row,) = boxes.rows
    assert row[:2] == ("1", "cycle")
    assert row[2].startswith("at least ")
    assert row[3] == "days"
    assert len(boxes.columns) == len(boxes.numeric) == len(row)
    assert leaves.rows[0][0].startswith("cycle above ")
    assert len(leaves.rows) == len(found.leaves)


def test_the_sentences_say_whether_the_box_holds_and_the_check_agrees(found):
    """The planted threshold does both; `slow` is told as left out."""
    lines = discovery_sentences(found)

    assert lines[0].endswith(" of 200 replications, judged.")
    assert lines[1].startswith("Box 1 holds out of sample: ")
    assert lines[2].startswith("The check, a tree, agrees: it puts the same first, cycle")
    assert lines[3] == "Left out: slow, which goes wholly with road."


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Interval(0.2, -0.05, 0.4), "Box 1 is in doubt out of sample: missed in "),
        (Interval(-0.1, -0.2, 0.01), "Box 1 does not hold out of sample: missed in "),
        (None, "Box 1 cannot be judged"),
    ],
)
def test_a_box_that_does_not_hold_is_told_so(found, difference, words):
    """Denser inside than outside, but not for sure; less dense; no row to tell by."""
    changed = replace(found, boxes=(replace(found.boxes[0], difference=difference),))

    assert discovery_sentences(changed)[1].startswith(words)


@pytest.mark.parametrize(
    ("gains", "boxed", "words"),
    [
        ((("road", 0.5),), True, "does not agree: it puts road first, and the box cycle."),
        ((), True, "makes no split: it does not bear the box out."),
        ((), False, "makes no split either."),
        ((("road", 0.5),), False, "splits by road: a weak sign that no box confirms."),
    ],
)
def test_a_check_that_does_not_agree_is_told_so(found, gains, boxed, words):
    """Of the box's cycle and a tree of something else, or of nothing, and of no box at all."""
    changed = replace(found, tree=Tree((), gains), boxes=found.boxes if boxed else ())

    assert any(line.endswith(words) for line in discovery_sentences(changed))


def test_rows_for_machines_have_every_restriction_of_box_and_tree(found, of_study):
    """The box's only one with its interval, then the leaves'; dates as ISO text."""
    rows = discovery_rows(found)

    assert [each["part"] for each in rows][:2] == ["box", "leaf"]
    assert rows[0]["low"] == found.boxes[0].limits[0].restriction.low
    assert rows[0]["judged_density_low"] == found.boxes[0].judged.density.low
    assert len({tuple(each) for each in rows}) == 1
    dates = [each[end] for each in discovery_rows(of_study) for end in ("low", "high") if each["unit"] == ""]
    assert all(each is None or each.startswith("2030-01-0") for each in dates)


def test_the_figure_sets_met_and_missed_apart_and_draws_the_box(found):
    """Each judged replication once; the box from its edge of the cycle to the panel's."""
    figure = discovery_figure(found)
    ax = figure.axes[0]
    lines = {each.get_label(): each for each in ax.get_lines()}
    missed = int(found.scatter.shares.sum())
    (box,) = (each for each in ax.patches if isinstance(each, Rectangle))

    assert {name: len(each.get_xdata()) for name, each in lines.items()} == {
        f"missed ({missed})": missed,
        f"met ({200 - missed})": 200 - missed,
    }
    assert [each.name for each in axes_of(found)] == ["cycle", "road"]
    assert box.get_x() == found.boxes[0].limits[0].restriction.low
    assert box.get_x() + box.get_width() == pytest.approx(ax.get_xlim()[1])
    assert box.get_linestyle() == "-"
    assert misplaced(figure) == []


def test_the_figure_of_a_study_shades_its_points_by_share(of_study):
    """Eighteen points at their dates and cycles, the shade of each the share missed."""
    figure = discovery_figure(of_study)
    (points,) = figure.axes[0].collections
    places = dict(zip((each.name for each in axes_of(of_study)), points.get_offsets().T, strict=True))

    days = {float(date2num(date(2030, 1, day))) for day in (1, 2, 3)}
    assert set(places["phases.exit.starts"].tolist()) == days
    assert set(places["assumptions.cycle.value"].tolist()) == set(range(1, 7))
    assert sorted(points.get_array().tolist()) == sorted(of_study.scatter.shares.tolist())
    assert misplaced(figure) == []


def test_a_box_of_more_than_is_shown_is_dashed(found):
    """A third restriction: not all that stands inside the lines keeps to it."""
    other = replace(found.boxes[0].limits[0], restriction=replace(found.boxes[0].limits[0].restriction, input="late"))
    box = replace(found.boxes[0], limits=(*found.boxes[0].limits, other))
    inputs = (*found.inputs, Input("late", "late", "days", "number"))
    changed = replace(found, inputs=inputs, boxes=(found.boxes[0], box))
    figure = discovery_figure(changed)
    styles = [each.get_linestyle() for each in figure.axes[0].patches]

    assert sorted(styles) == ["-", "--"]
    assert any(each.get_text().startswith("dashed: also restricted by late") for each in figure.legends[0].get_texts())
