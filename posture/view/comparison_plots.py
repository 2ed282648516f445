"""Figures of comparisons: scenarios side by side, their milestones on one scale, and a change split into its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.comparisons import Comparison
from posture.study.estimates import Band, Interval, MilestoneEstimate, estimate_band, estimate_milestones
from posture.study.runs import Run
from posture.study.store import versions
from posture.study.timelines import median_targets, planned_spans
from posture.study.waterfalls import Group, Waterfall
from posture.view.comparison_tables import points_text, share_text
from posture.view.labels import in_words, shown
from posture.view.layout import BELOW, POINTS, SMALL, TITLE, Page, lanes_of, lay_out, letters_in, place_names
from posture.view.panels import Panel, make_panel
from posture.view.plots import DUE, FAN, PHASE, QUIET, SEEN, Axes, key_to, plot_strength

DPI = 150

RISE = "#009E73"
"""What makes a milestone likelier; what makes it less so has the colour of due dates."""

SCENARIOS = (
    (FAN, "o"),
    (DUE, "s"),
    (RISE, "^"),
    ("#CC79A7", "D"),
    ("#E69F00", "v"),
    ("#56B4E9", "P"),
    (SEEN, "X"),
)
"""Colour and marker of each scenario, told apart by the colour-blind: Okabe and Ito (2008). More begin anew."""

ROW = 0.3
"""Height of a waterfall's bar with the gap to the next, inches."""

LINE = 1.25
"""Height of a line of words, in that of its letters."""

POINT = 0.13
"""Height that a scenario takes in a row of the scoreboard, inches."""

SPREAD = 0.7
"""The share of a row's height that its points or its bar take."""

LONGEST_HASHES = 90
"""Letters of the names and hashes of scenarios below a figure."""

LONGEST_LABEL = 44
"""Letters beside a row."""

MOST_NAMED = 3
"""Overrides of one group named beside its bar."""

NAMES = ("base", "other")
"""What a waterfall comes from and goes to."""

PANEL, MOST_COLUMNS = (3.4, 2.8), 4
"""Width and height of a panel of a comparison, inches, and how many stand side by side."""

PANEL_TITLE = 10
"""Height of letters, points."""


def plot_scoreboard(estimates: Mapping[str, Sequence[MilestoneEstimate]], *, ax: Axes) -> Axes:
    """Draw P(met) with its interval, a row a milestone and a point a scenario.

    Parameters
    ----------
    estimates
        Of each scenario, by name; a milestone that a scenario lacks has no point there.
    ax
        Where to draw.
    """
    named = {each.milestone: each for found in reversed(list(estimates.values())) for each in found}
    milestones = sorted(named.values(), key=lambda each: (each.due, each.milestone))
    rows = {each.milestone: row for row, each in enumerate(milestones)}
    step = SPREAD / max(1, len(estimates))
    for number, (name, found) in enumerate(estimates.items()):
        colour, marker = SCENARIOS[number % len(SCENARIOS)]
        away = (number - (len(estimates) - 1) / 2) * step
        heights = [rows[each.milestone] + away for each in found]
        ax.hlines(heights, [each.met.low for each in found], [each.met.high for each in found], color=colour, lw=1.2)
        style: dict[str, Any] = {"color": colour, "marker": marker, "ms": 4.5, "mec": "white", "mew": 0.4, "ls": "none"}
        ax.plot([each.met.estimate for each in found], heights, label=shown(name), clip_on=False, zorder=3, **style)
    for row in range(0, len(rows), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=PHASE, alpha=0.12, lw=0, zorder=0)
    _format_rows(ax, [_milestone_label(each) for each in milestones])
    ax.set_xlim(-0.01, 1.01)
    ax.set_xlabel("P(met) with its 95 % interval", fontsize=SMALL)
    return ax


def _milestone_label(each: MilestoneEstimate) -> str:
    when = f", until {in_words(each.due)}" if each.throughout else f", by {in_words(each.due)}"
    return shown(each.label, most=LONGEST_LABEL - len(when)) + when


def _format_rows(ax: Axes, labels: Sequence[str]) -> None:
    """Name the rows from the top down, on a scale of shares."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(max(1, len(labels)) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, labelsize=SMALL)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.grid(axis="x", color=PHASE, lw=0.4, alpha=0.6)
    ax.set_axisbelow(True)


@dataclass(frozen=True, slots=True)
class _Bar:
    """A row of a waterfall: from where to where it goes, its interval there, and what it says."""

    label: str
    begin: float
    end: float
    low: float
    high: float
    words: str
    style: dict[str, Any]


def plot_waterfall(waterfall: Waterfall, *, names: tuple[str, str] = NAMES, ax: Axes) -> Axes:
    """Draw how P(met) comes from the base to the other: a bar each part and the interaction, each from where one ended.

    Parameters
    ----------
    waterfall
        From the first row down; the line over the end of a bar is its interval, in numbers right of the panel.
    names
        Of the base and the other.
    ax
        Where to draw.
    """
    bars = _bars(waterfall, names)
    for row, bar in enumerate(bars):
        ax.barh(row, bar.end - bar.begin, left=bar.begin, height=SPREAD, **bar.style)
        ax.hlines(row, bar.low, bar.high, color="black", lw=1.1, zorder=3)
        if row < len(bars) - 1:
            ax.vlines(bar.end, row - SPREAD / 2, row + 1 + SPREAD / 2, color=QUIET, lw=0.6, ls=":", zorder=2)
        place: dict[str, Any] = {
            "xycoords": ax.get_yaxis_transform(),
            "va": "center",
            "fontsize": SMALL,
            "annotation_clip": False,
        }
        ax.annotate(bar.words, (1.02, row), **place)
    _format_rows(ax, [bar.label for bar in bars])
    ends = [edge for bar in bars for edge in (bar.begin, bar.end, bar.low, bar.high)]
    ax.set_xlim(min(0.0, *ends) - 0.01, max(1.0, *ends) + 0.01)
    ax.set_xlabel(f"P(met) of {shown(waterfall.label)}", fontsize=SMALL)
    return ax


def _bars(waterfall: Waterfall, names: tuple[str, str]) -> list[_Bar]:
    first, last = (
        _Bar(
            shown(name, most=LONGEST_LABEL), 0, each.estimate, each.low, each.high, share_text(each), _solid(FAN, 0.85)
        )
        for name, each in zip(names, (waterfall.base, waterfall.other), strict=True)
    )
    bars = [first]
    for each in waterfall.parts:
        bars.append(_change_bar(_group_label(each.overrides), each.change, begin=bars[-1].end, hatched=False))
    return [*bars, _change_bar("interaction", waterfall.interaction, begin=bars[-1].end, hatched=True), last]


def _whole_bar(name: str, met: Interval) -> _Bar:
    label = shown(name, most=LONGEST_LABEL)
    return _Bar(label, 0, met.estimate, met.low, met.high, share_text(met), _solid(FAN, 0.85))


def _solid(colour: str, alpha: float) -> dict[str, Any]:
    return {"color": colour, "alpha": alpha, "lw": 0}


def _change_bar(label: str, change: Interval, *, begin: float, hatched: bool) -> _Bar:
    colour = RISE if change.estimate >= 0 else DUE
    style = {"hatch": "////", "fill": False, "edgecolor": colour, "lw": 0.6} if hatched else _solid(colour, 0.64)
    end, low, high = (begin + each for each in (change.estimate, change.low, change.high))
    return _Bar(label, begin, end, low, high, f"{points_text(change)} points", style)


def _group_label(group: Group) -> str:
    """Return the overrides of a group, the ends of their paths, which tell them apart, kept."""
    named = [each if len(each) <= LONGEST_LABEL else f"…{each[1 - LONGEST_LABEL :]}" for each in group[:MOST_NAMED]]
    more = [f"and {len(group) - MOST_NAMED} more"] if len(group) > MOST_NAMED else []
    return "\n".join(shown(each) for each in [*named, *more])


def scoreboard_figure(comparison: Comparison) -> Figure:
    """Return the milestones of a comparison by scenario: how likely each is met, on one scale."""
    estimates = {name: estimate_milestones(run) for name, run in comparison.runs.items()}
    rows = len({each.milestone for found in estimates.values() for each in found})
    height = max(1, rows) * max(ROW, POINT * len(estimates))
    figure, ax = _bare_panel(5.5, height)
    plot_scoreboard(estimates, ax=ax)
    _key_above(ax, names=[shown(each) for each in estimates])
    _frame(figure, ax, title="Milestones by scenario", made=_made(comparison), right=0.3)
    return figure


def _key_above(ax: Axes, *, names: Sequence[str]) -> None:
    """Explain the scenarios above the panel, in as many columns as fit."""
    widest = max(len(each) for each in names) + 4
    across = ax.get_window_extent().width / ax.figure.dpi
    columns = max(1, min(len(names), letters_in(across) // widest))
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0.3, "columnspacing": 1.4}
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, **style)


def waterfall_figure(waterfall: Waterfall, *, names: tuple[str, str] = NAMES) -> Figure:
    """Return the change of P(met) between two scenarios, split; `names` are those of the base and the other."""
    made = f"{waterfall.replications:,} pairs, seed {waterfall.seed}, posture {versions()['posture']}"
    lines = max((_group_label(each.overrides).count("\n") + 1 for each in waterfall.parts), default=1)
    row = max(ROW, LINE * SMALL / POINTS * (lines + 0.5))
    title = f"From {names[0]} to {names[1]}: P(met) of {waterfall.label}"
    figure, ax = _bare_panel(4.5, row * (len(waterfall.parts) + 3))
    plot_waterfall(waterfall, names=names, ax=ax)
    _frame(figure, ax, title=title, made=made, right=1.9)
    return figure


def _bare_panel(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a panel of a size in inches that fills its figure, and the figure."""
    figure = Figure(figsize=(width, height), dpi=DPI)
    return figure, figure.add_axes((0, 0, 1, 1))


def _frame(figure: Figure, ax: Axes, *, title: str, made: str, right: float) -> None:
    """Make the figure of a bare panel as much larger as what stands around it takes.

    Parameters
    ----------
    title, made
        What it shows, written above; what made it, below.
    right
        What is left right of the panel, inches.
    """
    key = ax.get_legend()
    panel_width, panel_height = figure.get_size_inches()
    left = 0.35 + max((each.get_window_extent().width for each in ax.get_yticklabels()), default=0) / DPI
    above = 0.5 + (0 if key is None else key.get_window_extent().height / DPI)
    width, height = left + panel_width + right, above + panel_height + BELOW
    figure.set_size_inches(width, height)
    ax.set_position((left / width, BELOW / height, panel_width / width, panel_height / height))
    heading = figure.text(0.2 / width, 1 - 0.1 / height, shown(title, most=len(title)), fontsize=TITLE, va="top")
    most = len(title)
    while most > 1 and heading.get_window_extent().width > (width - 0.4) * DPI:
        most -= 1
        heading.set_text(shown(title, most=most))
    figure.text(0.2 / width, 0.1 / height, made, fontsize=SMALL, color=QUIET, va="bottom")


def comparison_figure(
    comparison: Comparison, *, of: tuple[str, ...] | None = None, at: tuple[str, ...] | None = None
) -> Figure:
    """Return the fans of a selection's strength in each scenario, side by side on one scale.

    Parameters
    ----------
    of, at
        Contingents or nations, and locations, groups or countries of the base; None: all that count.

    Raises
    ------
    ValueError
        A name that the base does not have.
    """
    title = make_panel(comparison.base.scenario.parts, of=of, at=at).title
    runs = comparison.runs
    columns = min(len(runs), MOST_COLUMNS)
    lanes = max(_lanes(run) for run in runs.values())
    page = lay_out(title, panels=len(runs), columns=columns, panel=PANEL, lanes=lanes, key=True)
    figure = Figure(figsize=(page.width, page.height), dpi=DPI)
    grid = figure.add_gridspec(page.rows, page.columns, **page.margins)
    axes = [figure.add_subplot(grid[divmod(index, columns)]) for index in range(len(runs))]
    bands = {name: estimate_band(run, of=of, at=at) for name, run in runs.items()}
    for index, (ax, name) in enumerate(zip(axes, runs, strict=True)):
        panel = make_panel(runs[name].scenario.parts, of=of, at=at)
        _plot_panel(runs[name], bands[name], panel=panel, title=name if index else f"{name} (base)", ax=ax)
        if index:
            _draw_base(ax, bands[comparison.base_name])
        if index % columns:
            ax.set_ylabel("")
        if index + columns < len(runs):
            ax.set_xlabel("")
    _share_scales(axes)
    _write_page(figure, page, axes, spans=lanes > 0, made=_made(comparison))
    return figure


def _lanes(run: Run) -> int:
    days = run.plan.horizon // MINUTES_PER_DAY
    return lanes_of(place_names(planned_spans(run.plan), first=run.plan.origin, days=days, inches=PANEL[0]))


def _plot_panel(run: Run, band: Band, *, panel: Panel, title: str, ax: Axes) -> None:
    plot_strength(
        band,
        targets=median_targets(run, panel.milestones),
        spans=planned_spans(run.plan),
        title=shown(title, most=letters_in(PANEL[0], size=PANEL_TITLE)),
        legend=False,
        ax=ax,
    )


def _draw_base(ax: Axes, band: Band) -> None:
    """Draw the median of the base over another scenario's fan."""
    first = float(date2num(band.origin))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    median = band.strength[len(band.quantiles) // 2]
    days = first + np.arange(band.days + 1)
    style: dict[str, Any] = {"color": SEEN, "lw": 1, "ls": "--", "drawstyle": "steps-post", "zorder": 2.2}
    ax.plot(days, np.append(median, median[-1]), label="median of the base", **style)


def _share_scales(axes: Sequence[Axes]) -> None:
    """Give every panel the widest of their scales: of persons, and of dates."""
    bottom, top = min(ax.get_ylim()[0] for ax in axes), max(ax.get_ylim()[1] for ax in axes)
    begin, end = min(ax.get_xlim()[0] for ax in axes), max(ax.get_xlim()[1] for ax in axes)
    for ax in axes:
        ax.set_ylim(bottom, top)
        ax.set_xlim(begin, end)


def _write_page(figure: Figure, page: Page, axes: Sequence[Axes], *, spans: bool, made: str) -> None:
    """Write what is counted above the panels, and what made them and what they share below."""
    left = page.across(0.2)
    figure.text(left, 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    figure.text(left, page.up(0.1), made, fontsize=SMALL, color=QUIET, va="bottom")
    named: dict[str, Artist] = {}
    for ax in reversed(axes):
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    named |= {str(each.get_label()): each for each in key_to(seen=False, spans=spans)}
    across = max(1, letters_in(page.width - 0.4) // (max(map(len, named)) + 6))
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0, "borderpad": 0}
    place = left, page.up(0.27)
    figure.legend(named.values(), named, loc="lower left", bbox_to_anchor=place, ncols=across, **style)


def _made(comparison: Comparison) -> str:
    hashes = ", ".join(f"{name} {run.scenario.hash[:8]}" for name, run in comparison.runs.items())
    made = f"{comparison.replications:,} pairs, seed {comparison.seed}, posture {versions()['posture']}"
    return f"{made}; {shown(hashes, most=LONGEST_HASHES)}"
