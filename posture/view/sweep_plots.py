"""Figures of a sweep: P(met) against what varies, as lines with intervals and as heat maps."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import ScaledTranslation, Transform

from posture.study.estimates import Interval
from posture.study.inputs import Input, InputTable, distinct_inputs, is_grid, varied_inputs
from posture.study.store import versions
from posture.study.studies import Study
from posture.study.sweeps import estimate_points
from posture.view.comparison_plots import SCENARIOS
from posture.view.discovery_tables import value_text
from posture.view.labels import shown
from posture.view.layout import GAP, LETTER, POINTS, SMALL, SMALLER, TITLE, lay_out, letters_in
from posture.view.panels import MOST_PANELS
from posture.view.plots import PHASE, QUIET, Axes
from posture.view.scales import axis_name, format_axis, positions, tick_text
from posture.view.tables import percent

DPI = 150

COLOURS = "cividis"
"""Dark for seldom met, light for often, to the colour-blind too: Nunez, Anderton and Renslow (2018), PLoS ONE 13(7)."""

LIGHT = 0.55
"""The share from which on words in a cell are dark."""

CELLS = ((8, 40, 0.78, 0.46), (14, 150, 0.45, 0.3))
"""Most columns and cells for number and interval, then for the number alone; width and height of a cell, inches."""

WIDEST, HIGHEST = 5.2, 3.8
"""A panel of more cells than those that are written in, inches."""

LINES = (4.6, 2.9)
"""Width and height of a panel of lines, inches."""

APART = 1.4
"""Between two lines at one value, points."""

LEAST = (2.4, 1.0)
"""Of a panel of few cells, inches."""

WIDEST_PAGE = 15
"""Inches: more panels stand below."""

MOST_TICKS = 14

LONGEST = 24
"""Letters beside a row of cells."""

ROOM = 0.5
"""For them in the gap left of any panel, inches."""

NOT_A_GRID = "found a design that is no grid, wanted every combination of values: `posture discover` reads any design"

Met = Mapping[tuple[int, str], Interval]
"""P(met) by design point and milestone."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Design points that differ in nothing but the inputs shown, and what the others are, in words."""

    title: str
    points: tuple[int, ...]


def swept_inputs(study: Study) -> tuple[InputTable, str]:
    """Return what a study varies, those of most values first, and in words what goes wholly with one of these.

    Raises
    ------
    ValueError
        The design is no grid of them.
    """
    table, twins = distinct_inputs(varied_inputs(study))
    if not is_grid(table):
        raise ValueError(NOT_A_GRID)
    order = sorted(range(len(table.inputs)), key=lambda each: -len(np.unique(table.values[:, each])))
    ordered = InputTable(tuple(table.inputs[each] for each in order), table.values[:, order])
    return ordered, "".join(f"{shown(name)} goes with {shown(twin)}; " for name, twin in twins)


def slices_of(table: InputTable, *, seen: int) -> list[Slice]:
    """Return the design points by the values of all inputs but the first `seen`."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for point, row in enumerate(table.values[:, seen:]):
        groups.setdefault(tuple(row.tolist()), []).append(point)
    others = table.inputs[seen:]
    return [
        Slice(
            ", ".join(
                f"{shown(one.label, most=40)} {value_text(one, value)}" for one, value in zip(others, key, strict=True)
            ),
            tuple(points),
        )
        for key, points in groups.items()
    ]


def plot_lines(table: InputTable, met: Met, *, points: Sequence[int], ax: Axes) -> Axes:
    """Draw P(met) with its interval against the first input, a line a milestone, each moved aside by a hair.

    Parameters
    ----------
    points
        Design points to draw.
    ax
        Where to draw.
    """
    one, column = table.inputs[0], table.values[:, 0]
    ordered = sorted(points, key=lambda each: float(column[each]))
    format_axis(ax, one, column)
    milestones = list(dict.fromkeys(name for _, name in met))
    for number, milestone in enumerate(milestones):
        colour, marker = SCENARIOS[number % len(SCENARIOS)]
        there = [each for each in ordered if (each, milestone) in met]
        places = positions(one, column[there])
        found = [met[each, milestone] for each in there]
        aside = _moved(ax, (number - (len(milestones) - 1) / 2) * APART)
        ends = [each.low for each in found], [each.high for each in found]
        ax.vlines(places, *ends, color=colour, lw=1.0, transform=aside)
        style: dict[str, Any] = {"color": colour, "marker": marker, "ms": 4.5, "mec": "white", "mew": 0.4, "lw": 1.2}
        style |= {"label": shown(milestone), "clip_on": False, "zorder": 3, "transform": aside}
        style["ls"] = "none" if one.kind == "category" else "--" if number >= len(SCENARIOS) else "-"
        ax.plot(places, [each.estimate for each in found], **style)
    ax.set_ylim(-0.02, 1.02)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    ax.set_ylabel("P(met) with its 95 % interval", fontsize=SMALL)
    ax.tick_params(labelsize=SMALL)
    ax.grid(axis="y", color=PHASE, lw=0.4, alpha=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _moved(ax: Axes, points: float) -> Transform:
    """Return where data stand, so many points to the right: intervals beside each other hide none."""
    return ax.transData + ScaledTranslation(points / POINTS, 0, ax.figure.dpi_scale_trans)


def plot_heat(table: InputTable, met: Mapping[int, Interval], *, points: Sequence[int], ax: Axes) -> Axes:
    """Draw P(met) as a cell a design point, the first input across and the second up, written in where there is room.

    Parameters
    ----------
    met
        P(met) of one milestone by design point; a point without any is left blank.
    points
        Design points to draw.
    ax
        Where to draw.
    """
    codes = [np.unique(column, return_inverse=True) for column in table.values[:, :2].T]
    colours = _shades()
    size = _cell_size(*(len(values) for values, _ in codes))
    for point in points:
        if (share := met.get(point)) is not None:
            across, up = (int(order[point]) for _, order in codes)
            colour = colours.to_rgba(np.array(share.estimate))
            ax.add_patch(Rectangle((across - 0.5, up - 0.5), 1, 1, facecolor=colour, edgecolor="white", lw=0.6))
            _write_cell(ax, share, (across, up), with_interval=size == CELLS[0][2:], plain=size is None)
    for one, (values, _), which in zip(table.inputs, codes, ("x", "y"), strict=False):
        _format_cells(ax, one, values.tolist(), width=(size or (WIDEST / len(values),))[0], which=which)
    ax.tick_params(labelsize=SMALL, length=0)
    ax.spines[:].set_visible(False)
    return ax


def _shades() -> ScalarMappable:
    return ScalarMappable(Normalize(0, 1), COLOURS)


def _cell_size(columns: int, rows: int) -> tuple[float, float] | None:
    """Return how wide and high a cell is, inches; None: too small to be written in."""
    sizes = ((width, height) for most, cells, width, height in CELLS if columns <= most and columns * rows <= cells)
    return next(sizes, None)


def _write_cell(ax: Axes, share: Interval, at: tuple[int, int], *, with_interval: bool, plain: bool) -> None:
    if plain:
        return
    number, interval = percent(share)
    style: dict[str, Any] = {"ha": "center", "color": "black" if share.estimate >= LIGHT else "white"}
    if not with_interval:
        ax.text(*at, number, va="center", fontsize=SMALL, **style)
        return
    ax.text(at[0], at[1] + 0.05, number, va="bottom", fontsize=SMALL + 1, **style)
    ax.text(at[0], at[1] - 0.08, interval, va="top", fontsize=SMALLER - 0.5, **style)


def _format_cells(ax: Axes, one: Input, values: Sequence[float], *, width: float, which: str) -> None:
    """Name the cells along one axis, of many every so manieth."""
    step = _step(values)
    most = max(6, letters_in(width * step)) if which == "x" else LONGEST
    ticks, short = range(0, len(values), step), _cell_words(one, values, most=most)
    setters = (
        (ax.set_xticks, ax.set_xlim, ax.set_xlabel) if which == "x" else (ax.set_yticks, ax.set_ylim, ax.set_ylabel)
    )
    setters[0](ticks, short)
    setters[1](-0.5, len(values) - 0.5)
    setters[2](axis_name(one), fontsize=SMALL)


def _step(values: Sequence[float]) -> int:
    return -(-len(values) // MOST_TICKS)


def _cell_words(one: Input, values: Sequence[float], *, most: int = LONGEST) -> list[str]:
    """Return the names of cells, of many every so manieth, each line of a name short enough."""
    words = [tick_text(one, float(each)) for each in positions(one, np.array(values[:: _step(values)]))]
    return ["\n".join(shown(line, most=most) for line in each.split("\n")) for each in words]


def lines_figure(study: Study) -> Figure:
    """Return P(met) against the input of most values, a line a milestone; a panel a combination of the others.

    Raises
    ------
    ValueError
        The design is no grid.
    """
    (table, twins), met = swept_inputs(study), _met(study)
    widest = max((len(shown(name)) for _, name in met), default=0)
    beside = (widest * SMALL * LETTER) / POINTS + 0.5
    figure, axes, place = _page(
        study, slices_of(table, seen=1), panel=LINES, around=(0.0, beside), about="P(met) of milestones", note=twins
    )
    for each, ax in axes:
        plot_lines(table, met, points=each.points, ax=ax)
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0, "borderpad": 0}
    handles, names = axes[0][1].get_legend_handles_labels()
    figure.legend(handles, names, loc="upper left", bbox_to_anchor=place, **style)
    return figure


def heat_figure(study: Study, milestone: str) -> Figure:
    """Return P(met) of a milestone by the two inputs of most values; a panel a combination of the others.

    Raises
    ------
    ValueError
        The design is no grid of two inputs or more.
    """
    table, twins = swept_inputs(study)
    if len(table.inputs) < 2:
        raise ValueError("found one thing that varies, wanted two or more for a heat map")
    met = {point: share for (point, name), share in _met(study).items() if name == milestone}
    values = [np.unique(column).tolist() for column in table.values[:, :2].T]
    counts = [len(each) for each in values]
    longest = max(len(line) for words in _cell_words(table.inputs[1], values[1]) for line in words.split("\n"))
    before = max(0.0, longest * SMALL * LETTER / POINTS - ROOM)
    width, height = _cell_size(*counts) or (WIDEST / counts[0], HIGHEST / counts[1])
    panel = (max(LEAST[0], width * counts[0]), max(LEAST[1], height * counts[1]))
    widest = max((each.high - each.low for each in met.values()), default=0.0)
    about = f"P(met) of {shown(milestone)}"
    note = f"{twins}95 % intervals are at most {100 * widest:.0f} points wide; "
    figure, axes, place = _page(
        study, slices_of(table, seen=2), panel=panel, around=(before, 0.9), about=about, note=note
    )
    for each, ax in axes:
        plot_heat(table, met, points=each.points, ax=ax)
    inches = figure.get_size_inches()
    high = min(2.0, panel[1])
    bar = figure.colorbar(
        _shades(), cax=figure.add_axes((place[0], place[1] - high / inches[1], 0.14 / inches[0], high / inches[1]))
    )
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    bar.ax.tick_params(labelsize=SMALL)
    return figure


def sweep_figures(study: Study) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of a sweep with their names: lines and, where two paths vary, a heat map a milestone.

    Raises
    ------
    ValueError
        The design is no grid.
    """
    yield "lines", lines_figure(study)
    if len(swept_inputs(study)[0].inputs) > 1:
        for milestone in dict.fromkeys(name for _, name in _met(study)):
            yield f"heat-{milestone}", heat_figure(study, milestone)


def _met(study: Study) -> Met:
    return {(each.point, each.milestone): each.met for each in estimate_points(study)}


def _page(
    study: Study,
    slices: Sequence[Slice],
    *,
    panel: tuple[float, float],
    around: tuple[float, float],
    about: str,
    note: str = "",
) -> tuple[Figure, list[tuple[Slice, Axes]], tuple[float, float]]:
    """Return a page with a panel a slice, and where what stands right of them begins.

    `around` is what more there is left of each panel, and right of them all, inches.
    """
    drawn = slices[:MOST_PANELS]
    columns = min(len(drawn), max(1, min(3, int(WIDEST_PAGE / (panel[0] + GAP)))))
    lanes = int(any(each.title for each in drawn))
    name = f"{study.scenario.title}: {about}"
    page = lay_out(name, panels=len(drawn), columns=columns, panel=panel, lanes=lanes, key=True)
    before, beside = around
    width = page.width + columns * before + beside
    sides = {
        "left": (page.margins["left"] * page.width + before) / width,
        "right": (page.margins["right"] * page.width + columns * before) / width,
        "wspace": (GAP + before) / panel[0],
    }
    figure = Figure(figsize=(width, page.height), dpi=DPI)
    grid = figure.add_gridspec(page.rows, page.columns, **page.margins | sides)
    axes = [(each, figure.add_subplot(grid[divmod(index, columns)])) for index, each in enumerate(drawn)]
    for each, ax in axes:
        ax.set_title(shown(each.title, most=letters_in(panel[0])), loc="left", fontsize=SMALL)
    more = f"; {len(slices) - len(drawn)} more panels not drawn" if len(slices) > len(drawn) else ""
    by_what = f"scenario {study.scenario.hash[:8]}, posture {versions()['posture']}"
    made = f"{note}{study.replications:,} replications a design point, seed {study.seed}, {by_what}{more}"
    lines = textwrap.wrap(made, letters_in(width - 0.4, size=SMALLER))
    figure.text(0.2 / width, 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    figure.text(0.2 / width, page.up(0.1), "\n".join(lines), fontsize=SMALLER, color=QUIET, va="bottom")
    return figure, axes, (sides["right"] + 0.15 / width, page.margins["top"])
