"""Tables, words and figure of a sensitivity: what they say, and the numbers on the artists."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from posture.study.estimates import Interval
from posture.study.sensitivity import (
    ElementaryEffect,
    SobolIndex,
    VarianceSplit,
    declared_inputs,
    estimate_indices,
    respond_with,
    split_variance,
)
from posture.study.unknowns import Sensitivity, clear_leaders, count_runs, estimate_sensitivity, plan_points
from posture.view.sensing import ShownSensitivity, sensitivity
from posture.view.sensitivity_plots import (
    MOST_BARS,
    plot_effects,
    plot_indices,
    plot_split,
    sensitivity_figure,
)
from posture.view.sensitivity_tables import effect_table, index_table, sensitivity_sentences, split_table

CHANCE = {"value": {"uniform": [0.1, 0.9]}, "unit": "probability", "judgement": "invented"}
GATE = {"review_every_days": 40, "passes": "chance", "judgement": "invented"}
GATED = {"assumptions.chance": CHANCE, "phases.exit.gate": GATE}

SPLIT = VarianceSplit(100, 8, variance_unknown=0.05, variance_chance=0.2, unknown=Interval(0.2, 0.1, 0.3))
INDICES = (
    SobolIndex("cycle", first=Interval(0.5, 0.4, 0.6), total=Interval(0.7, 0.6, 0.8)),
    SobolIndex("seats", first=Interval(-0.004, -0.2, 0.1), total=Interval(0.3, 0.2, 0.45)),
    SobolIndex("start", first=Interval(0.0, 0.0, 0.0), total=Interval(0.1, 0.0, 0.25)),
)
EFFECTS = (
    ElementaryEffect("cycle", size=Interval(0.4, 0.3, 0.5), mean=Interval(-0.4, -0.5, -0.3), spread=0.1),
    ElementaryEffect("seats", size=Interval(0.2, 0.1, 0.35), mean=Interval(0.1, -0.1, 0.3), spread=0.3),
    ElementaryEffect("start", size=Interval(0.1, 0.05, 0.2), mean=Interval(0.1, 0.05, 0.2), spread=0.0),
)


@pytest.fixture
def found(scenario) -> Sensitivity:
    """Return a sensitivity with everything asked."""
    return Sensitivity(
        scenario(),
        "all-out",
        "met",
        seed=1,
        replications=8,
        inputs=("cycle", "seats", "start"),
        points={"split": 100, "sobol": 64, "morris": 10},
        split=SPLIT,
        indices=INDICES,
        effects=EFFECTS,
    )


@pytest.fixture
def ax() -> Axes:
    """Return axes on a figure of their own."""
    return Figure(figsize=(6.4, 4.8)).add_subplot()


def test_the_table_of_a_split_gives_shares_and_variances():
    """A fifth is not known, the rest is chance: 1 less its ends."""
    assert split_table(SPLIT).rows == (
        ("chance", "0.2", "80%", "70 to 90%"),
        ("not known", "0.05", "20%", "10 to 30%"),
    )


def test_the_table_of_indices_gives_two_digits_with_intervals():
    """-0.004 rounds to nothing, and nothing has no sign."""
    assert index_table(INDICES, replications=8).rows[:2] == (
        ("cycle", "0.50", "0.40 to 0.60", "0.70", "0.60 to 0.80"),
        ("seats", "0.00", "-0.20 to 0.10", "0.30", "0.20 to 0.45"),
    )


def test_effects_are_in_points_or_in_days():
    """0.4 of P(met) is 40 percentage points; 0.4 days late are 0.4 days."""
    points, days = (effect_table(EFFECTS, response=response) for response in ("met", "days_late"))

    assert points.rows[0] == ("cycle", "40.0", "30.0 to 50.0", "-40.0", "-50.0 to -30.0", "10.0")
    assert days.rows[0] == ("cycle", "0.4", "0.3 to 0.5", "-0.4", "-0.5 to -0.3", "0.1")
    assert (points.columns[1], days.columns[1]) == ("size mu*, points", "size mu*, days")


@pytest.mark.parametrize(
    "table", [split_table(SPLIT), index_table(INDICES, replications=8), effect_table(EFFECTS, response="met")]
)
def test_each_row_has_a_cell_for_each_column(table):
    """And each column says on which side it lines up."""
    assert {len(table.columns), len(table.numeric), *(len(each) for each in table.rows)} == {len(table.columns)}


def test_the_sentences_say_what_chance_makes_and_who_is_ahead(found):
    """80 % is chance; the total of cycle, 0.6 at least, is above 0.45; its size, 0.3 at least, is not above 0.35."""
    assert sensitivity_sentences(found) == [
        "Chance makes 80% (70 to 90%) of the variance of all-out, what is not known 20% (10 to 30%).",
        "By total index cycle is ahead of all other assumptions.",
        "By size of effect no assumption is ahead of all others: intervals are too wide to rank them, more points "
        "would tell, now 10.",
    ]


def test_a_share_around_a_half_is_not_settled(found):
    """45 %, 30 to 60: either may be more."""
    split = replace(SPLIT, unknown=Interval(0.45, 0.3, 0.6))

    assert sensitivity_sentences(replace(found, split=split))[1].startswith("Which of them is more is not settled")


def test_too_few_that_came_out_the_rarer_way_are_told(found):
    """Variance 0.01 x 0.99 of 800: 8 missed, or 8 met. Of days late a variance tells no such thing."""
    rare = replace(found, split=replace(SPLIT, variance_unknown=-0.0001, variance_chance=0.01))

    assert rare.rarer == 8
    assert "Beware: only about 8 of 800 replications" in sensitivity_sentences(rare)[1]
    assert replace(rare, response="days_late").rarer is None


def test_too_few_values_tried_are_told(found):
    """Half met, half not, yet of 8 values alone."""
    few = replace(found, split=replace(SPLIT, points=8, replications=100))

    assert few.rarer == 400
    assert "only 8 values of the assumptions were tried" in sensitivity_sentences(few)[1]


def test_what_never_varies_is_said_to(found):
    """No variance, no index, no effect."""
    effects = tuple(replace(each, size=Interval(0.0, 0.0, 0.0)) for each in EFFECTS)
    split = replace(SPLIT, variance_unknown=0.0, variance_chance=0.0, unknown=None)
    still = replace(found, split=split, indices=(), effects=effects)

    told = sensitivity_sentences(still)

    assert told[0] == "There is no variance to split: all-out came out the same in every replication."
    assert [each.startswith("Nothing to rank by") for each in told[1:]] == [True, True]
    assert split_table(split).rows == index_table((), replications=8).rows == ()


def test_of_many_that_are_ahead_the_number_is_told(found):
    """Seven alike before one: they are ahead, and not to be ranked; two alike are named."""
    ahead = [SobolIndex(f"a{each}", Interval(0, 0, 0), Interval(0.5, 0.4, 0.6)) for each in range(7)]
    last = SobolIndex("z", Interval(0, 0, 0), Interval(0.1, 0.0, 0.2))
    told = [
        sensitivity_sentences(replace(found, split=None, effects=None, indices=(*ahead[:count], last)))[0]
        for count in (2, 7)
    ]

    assert told[0].startswith("By total index a0 and a1 are ahead of all other assumptions; intervals are too wide")
    assert told[1].startswith("By total index 7 of 8 assumptions are ahead of the others; intervals are too wide")


def test_leaders_are_the_fewest_above_all_others():
    """Cut after the second: 0.5 against 0.4; touching is not above; one alone is ahead of nobody."""
    first, second, third = Interval(0.8, 0.5, 0.9), Interval(0.6, 0.5, 0.7), Interval(0.3, 0.2, 0.4)

    assert clear_leaders([("a", first), ("b", second), ("c", third)]) == ("a", "b")
    assert clear_leaders([("a", first), ("b", Interval(0.4, 0.3, 0.5))]) == ()
    assert clear_leaders([("a", first)]) == ()


@pytest.mark.parametrize(
    ("inputs", "replications", "points"),
    [(3, 8, 128), (26, 8, 32), (26, 4, 64), (1000, 100, 8)],
)
def test_indices_take_as_many_points_as_eight_thousand_runs_allow(inputs, replications, points):
    """8,000 / (5 x 8) = 200; / (28 x 8) = 35.7; / (28 x 4) = 71.4, so 64; never fewer than 8."""
    assert plan_points(inputs, replications=replications) == {"split": 256, "sobol": points}


def test_points_that_are_stated_are_taken_and_runs_counted():
    """Of 3 inputs: 16 for a split, 16 x 5 for indices, 16 x 4 for effects, 2 replications each."""
    points = plan_points(3, methods=("split", "sobol", "morris"), points=16)

    assert count_runs(3, points=points, replications=2) == 2 * 16 * (1 + 5 + 4)


def test_as_many_replications_are_run_as_are_counted(scenario):
    """One input, progress told after each chunk: 2 x (4 + 3 x 4 + 2 x 4) = 48."""
    pytest.importorskip("SALib", reason="the extra `sensitivity`")
    done: list[int] = []

    made = estimate_sensitivity(
        scenario(GATED),
        "all-out",
        points={"split": 4, "sobol": 4, "morris": 4},
        replications=2,
        progress=done.append,
    )

    assert sum(done) == made.runs == 48
    assert made.frame()["kind"].tolist() == ["share", "share", "first", "total", "size", "mean", "spread"]
    assert made.frame()["method"].unique().tolist() == ["split", "sobol", "morris"]


def test_indices_are_under_common_draws_and_a_split_under_independent_ones(scenario):
    """As each method wants it; of days late, which tell one draw from another."""
    base = scenario(GATED)
    inputs, points = declared_inputs(base), {"split": 8, "sobol": 8}
    respond = partial(respond_with, base, "all-out", response="days_late", replications=3, seed=4)

    made = estimate_sensitivity(base, "all-out", response="days_late", points=points, replications=3, seed=4)

    assert made.indices == tuple(estimate_indices(respond(common=True), inputs=inputs, points=8, seed=4))
    assert made.split == split_variance(respond(common=False), inputs=inputs, points=8, seed=4)


@pytest.mark.parametrize(
    ("points", "replications", "told"),
    [
        ({"split": 1}, 8, "found 1 points for split"),
        ({"morris": 1}, 8, "found 1 points for morris"),
        ({"split": 4}, 1, "found 1 replications"),
        ({"split": 4, "sobol": 5}, 2, "wanted a power of 2"),
        ({}, 8, "found no method"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_run(scenario, points, replications, told):
    """No progress is told."""
    done: list[int] = []

    with pytest.raises(ValueError, match=told):
        estimate_sensitivity(scenario(GATED), "all-out", points=points, replications=replications, progress=done.append)

    assert done == []


def test_a_sensitivity_shows_itself_in_a_notebook(scenario):
    """Sentence, table, notes; text of the file escaped; a figure; one line as text."""
    made = sensitivity(scenario(GATED), milestone="all-out", methods=("split",), points=4, replications=3)

    assert isinstance(made, ShownSensitivity)
    assert "<table><caption>Unknown or chance</caption>" in made._repr_html_()
    assert "of the variance of all-out" in made._repr_html_()
    assert repr(made) == "<Sensitivity of 'all-out': split, 12 runs, seed 1>"
    assert len(made.figure().axes) == 1


def test_the_split_is_one_bar_of_two_parts_that_meet_inside_the_interval(ax):
    """Chance 0.8 wide from nothing, the rest 0.2 from there, the interval 0.7 to 0.9."""
    plot_split(SPLIT, ax=ax)

    assert [(each.get_x(), each.get_width()) for each in ax.patches] == [
        pytest.approx((0, 0.8)),
        pytest.approx((0.8, 0.2)),
    ]
    assert ax.get_lines()[0].get_xdata() == pytest.approx([0.7, 0.9])
    assert [each.get_text() for each in ax.texts] == ["chance", "what is not known"]


def test_doubt_about_a_split_stands_on_its_bar(ax):
    """Below it, in words."""
    plot_split(SPLIT, doubt="only 8 values", ax=ax)

    assert ax.texts[-1].get_text() == "beware: only 8 values"


def test_indices_have_a_bar_each_with_its_interval(ax):
    """Total, then first, from the top down; names end left of everything in their row."""
    plot_indices(INDICES, ax=ax)
    ends = [tuple(each.get_xdata()) for each in ax.get_lines()[1:]]
    ax.figure.canvas.draw()
    panel = ax.get_window_extent()

    assert [each.get_width() for each in ax.patches] == [0.7, 0.5, 0.3, -0.004, 0.1, 0.0]
    assert ends[:3] == [(0.6, 0.8), (0.4, 0.6), (0.2, 0.45)]
    assert [each.get_text() for each in ax.texts] == ["cycle", "seats", "start"]
    for name, interval in zip(ax.texts, ax.get_lines()[2::2], strict=True):
        assert panel.x0 <= name.get_window_extent().x0
        assert name.get_window_extent().x1 < interval.get_window_extent().x0 + 6


def test_of_many_indices_the_first_are_drawn_and_the_others_counted(ax):
    """Twenty: twelve and eight more."""
    plot_indices([replace(INDICES[0], input=f"i{each}") for each in range(20)], ax=ax)

    assert len(ax.patches) == 2 * MOST_BARS == 24
    assert ax.get_xlabel().endswith("; 8 smaller not shown")


def test_effects_are_points_of_size_and_spread_told_apart_by_their_sign(ax):
    """In percentage points: (40, 10) lowers it, (20, 30) either, (10, 0) raises it."""
    plot_effects(EFFECTS, response="met", ax=ax)
    markers = [each for each in ax.get_lines() if each.get_marker() in ("^", "v", "o")]

    assert [(each.get_xdata()[0], each.get_ydata()[0], each.get_marker()) for each in markers] == [
        (pytest.approx(40), pytest.approx(10), "v"),
        (pytest.approx(20), pytest.approx(30), "o"),
        (pytest.approx(10), 0, "^"),
    ]
    assert "percentage points" in ax.get_xlabel()


def test_names_of_effects_do_not_overlap(ax):
    """Eight in one place: each name is above the one before."""
    plot_effects([replace(EFFECTS[0], input=f"i{each}") for each in range(8)], response="met", ax=ax)
    ax.figure.canvas.draw()
    middles = sorted(float(ax.transData.transform(each.xyann)[1]) for each in ax.texts)
    tallest = max(Text.get_window_extent(each).height for each in ax.texts)  # of the words without their lines

    assert len(middles) == 8
    assert all(upper - lower >= tallest for lower, upper in pairwise(middles))


@pytest.mark.parametrize("plot", [plot_indices, lambda each, ax: plot_effects(each, response="met", ax=ax)])
def test_panels_of_nothing_say_so(ax, plot):
    """No bars, no points."""
    plot((), ax=ax)

    assert [each.get_text() for each in ax.texts] == ["nothing to show"]


def test_the_figure_shows_whatever_was_asked(found):
    """Three axes of everything, one of indices alone; what made it stands below."""
    whole, alone = sensitivity_figure(found), sensitivity_figure(replace(found, split=None, effects=None))
    words = " ".join(each.get_text().replace("\n", " ") for each in whole.texts)

    assert len(whole.axes) == 3
    assert len(alone.axes) == 1
    assert "Chance makes 80% (70 to 90%) of the variance of all-out" in words
    assert f"{found.runs:,} replications, 8 at each point, seed 1" in words
